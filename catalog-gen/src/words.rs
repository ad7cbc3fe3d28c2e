//! Names that look alike.

/// The candidate that looks most like `word`, if one is near enough to be what was meant.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    let farthest = |candidate: &str| (candidate.chars().count().max(length) / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= farthest(candidate))
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= farthest(candidate))
        .map(|(_, candidate)| candidate)
}

/// Is one the other with a letter left out, doubled or swapped? Another letter in its place may well be another name:
/// `team-a` and `team-b`.
pub(crate) fn is_slip(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    let swapped = || {
        let sorted = |text: &str| {
            let mut chars: Vec<char> = text.chars().collect();
            chars.sort_unstable();
            chars
        };
        sorted(&one) == sorted(&other)
    };
    let lengths = (one.chars().count(), other.chars().count());
    lengths.0.min(lengths.1) >= 4
        && strsim::damerau_levenshtein(&one, &other) == 1
        && (lengths.0 != lengths.1 || swapped())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_from_another_name() {
        assert!(is_slip("payments", "payment"));
        assert!(is_slip("paymenst", "payments"));
        assert!(!is_slip("team-a", "team-b"));
        assert!(!is_slip("db1", "db"));
    }

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        assert_eq!(nearest("Payment-api", ["orders", "payments-api"]), Some("payments-api"));
        assert_eq!(nearest("x", ["payments-api"]), None);
    }
}
