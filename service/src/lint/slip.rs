//! Slips of the pen: the name that was meant, and whether that is certain.

use crate::words::nearest;

/// The most names that a word is compared with, so that many slips among many names stay cheap.
const MAX_CANDIDATES: usize = 64;

/// A name that may have been meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Meant<'a> {
    /// The name.
    pub name: &'a str,
    /// Whether nothing else can have been meant: one letter is wrong in a long word, or only case and
    /// separators differ.
    pub certain: bool,
}

/// The candidate that was meant, if one is near.
pub(crate) fn meant<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<Meant<'a>> {
    let length = word.chars().count();
    let alike = |candidate: &&str| candidate.chars().count().abs_diff(length) <= length.div_ceil(2).max(3);
    let candidates: Vec<&str> = candidates.into_iter().filter(alike).take(MAX_CANDIDATES).collect();
    let bare = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
    let same: Vec<&&str> = candidates.iter().filter(|candidate| bare(candidate) == bare(word)).collect();
    if let [only] = same.as_slice() {
        return Some(Meant { name: only, certain: true });
    }
    let name = nearest(word, candidates.iter().copied())?;
    let near = |candidate: &str| strsim::osa_distance(word, candidate) <= 1;
    let rivals = candidates.iter().filter(|candidate| near(candidate)).count();
    Some(Meant { name, certain: near(name) && rivals == 1 && word.chars().count() >= 4 })
}

/// `did you mean …?`, or what else to do.
pub(crate) fn question(meant: Option<Meant<'_>>, otherwise: &str) -> String {
    meant.map_or_else(|| otherwise.to_owned(), |meant| format!("did you mean `{}`?", meant.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wrong_letter_or_another_case_is_certain() {
        let known = ["copyWithoutTemplating", "targetPath", "token", "url"];
        let certain = |word| meant(word, known).map(|meant| (meant.name, meant.certain));

        assert_eq!(certain("targetpath"), Some(("targetPath", true)));
        assert_eq!(certain("target_path"), Some(("targetPath", true)));
        assert_eq!(certain("tokn"), Some(("token", true)));
        assert_eq!(certain("targtPaht"), Some(("targetPath", false)));
        assert_eq!(certain("uri"), Some(("url", false)));
        assert_eq!(certain("kubernetes"), None);
    }

    #[test]
    fn between_two_that_are_as_near_nothing_is_certain() {
        assert_eq!(meant("inputs", ["input", "inputz"]).map(|meant| meant.certain), Some(false));
    }
}
