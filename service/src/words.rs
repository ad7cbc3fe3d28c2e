//! Help for people who mistype a name.

/// The candidate that looks most like `word`, if one is near enough to be what was meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .min()
        .filter(|(distance, candidate)| {
            *distance <= (candidate.chars().count().max(word.chars().count()) / 3).max(1)
        })
        .map(|(_, candidate)| candidate)
}

/// `; did you mean …?` for a message, or nothing.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map(|candidate| format!("; did you mean `{candidate}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_name_that_was_meant() {
        assert_eq!(
            nearest("fetch:templat", ["fetch:plain", "fetch:template", "fs:delete"]),
            Some("fetch:template")
        );
    }

    #[test]
    fn swapped_letters_and_letter_case_are_slips() {
        let known = ["input", "action", "if"];

        assert_eq!(
            ["inputs", "acton", "fi", "Input"].map(|word| nearest(word, known)),
            [Some("input"), Some("action"), Some("if"), Some("input")]
        );
    }

    #[test]
    fn a_word_unlike_all_finds_none() {
        assert_eq!(nearest("kubernetes:apply", ["fetch:plain", "fs:delete"]), None);
    }
}
