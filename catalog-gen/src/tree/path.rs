//! Relative paths that are safe to write anywhere.
//!
//! For naming an entry of a [`FileTree`](super::FileTree); it touches no disk and does not normalise Unicode.
//! The invariant: a [`TreePath`] is never empty, never absolute, has no `.`, `..` or empty segment, no control
//! character and no backslash, and none of its segments is git's own directory on any common file system.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest path, in bytes.
const MAX_PATH_BYTES: usize = 4096;
/// The longest single segment, in bytes: what common file systems take.
const MAX_SEGMENT_BYTES: usize = 255;

/// A validated path relative to the root of a tree: UTF-8, separated by `/`. Ordered as text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreePath(Arc<str>);

/// Why a text is not a path of a tree. Each variant that has one carries the text it was found in, shortened
/// and escaped for display.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// There is no text at all.
    #[error("the path is empty; write a file name such as `README.md`")]
    Empty,
    /// The path starts at a root: `/x` or `C:/x`.
    #[error("the path `{0}` is absolute; write it relative to the root of the tree")]
    Absolute(String),
    /// A segment is `..`, or the folded path would leave the root.
    #[error("the path `{0}` leads upwards with `..`; write it from the root of the tree without `..`")]
    ParentSegment(String),
    /// Two slashes in a row, or one at the end.
    #[error("the path `{0}` has an empty segment; write single slashes, and none at the end")]
    EmptySegment(String),
    /// A segment is `.`.
    #[error("the path `{0}` has a `.` segment; leave the segment out")]
    DotSegment(String),
    /// A segment is git's own directory, as some file system would read it.
    #[error("the path `{0}` touches git's own directory; choose another name than `.git`")]
    GitMetadata(String),
    /// NUL, a line break or another control character.
    #[error("the path `{0}` holds a control character; remove it")]
    ControlCharacter(String),
    /// A `\`, which is a separator on some systems and a plain character on others.
    #[error("the path `{0}` holds a backslash; separate folders with `/`")]
    Backslash(String),
    /// The path or one of its segments is longer than file systems take.
    #[error("the path `{0}` is too long; at most 4096 bytes in all and 255 between two slashes are allowed")]
    TooLong(String),
}

impl TreePath {
    /// Reads a path strictly: what is not already in its one normal form is refused.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        check_text(text)?;
        if text.is_empty() {
            return Err(PathError::Empty);
        }
        for segment in text.split('/') {
            check_segment(segment, text)?;
        }
        Ok(Self(text.into()))
    }

    /// Reads a path leniently, from `base` or from the root: `.`, doubled and trailing slashes are dropped, and
    /// `..` is folded as long as it does not lead above the root. `None` means the root itself.
    pub fn resolve(base: Option<&TreePath>, text: &str) -> Result<Option<TreePath>, PathError> {
        check_text(text)?;
        let mut segments: Vec<&str> = base.map(|base| base.segments().collect()).unwrap_or_default();
        for segment in text.split('/') {
            match segment {
                "" | "." => {}
                ".." => {
                    segments.pop().ok_or_else(|| PathError::ParentSegment(shown(text)))?;
                }
                name => segments.push(name),
            }
        }
        if segments.is_empty() { Ok(None) } else { Self::parse(&segments.join("/")).map(Some) }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names between the slashes, from the root down.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }

    /// This path with a relative text below it, read as strictly as [`TreePath::parse`] does.
    pub fn join(&self, text: &str) -> Result<Self, PathError> {
        let below = Self::parse(text)?;
        self.join_path(&below)
    }

    /// This path with another below it; only the length can be wrong.
    pub fn join_path(&self, below: &TreePath) -> Result<Self, PathError> {
        let joined = format!("{self}/{below}");
        if joined.len() > MAX_PATH_BYTES {
            return Err(PathError::TooLong(shown(&joined)));
        }
        Ok(Self(joined.into()))
    }

    /// A name as the most forgiving of common file systems reads it: in lower case, without characters that HFS+
    /// ignores, without the streams and the trailing dots and blanks of NTFS. It tells names that are the same there.
    pub fn plain_name(segment: &str) -> String {
        let visible: String =
            segment.chars().filter(|c| !is_ignorable(*c)).map(|c| c.to_ascii_lowercase()).collect();
        let name = visible.split(':').next().unwrap_or_default();
        name.trim_end_matches(['.', ' ']).to_owned()
    }

    /// The directory that holds this path; `None` when that is the root.
    pub fn parent(&self) -> Option<TreePath> {
        self.0.rsplit_once('/').map(|(parent, _)| Self(parent.into()))
    }

    /// The last segment.
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&*self.0, |(_, name)| name)
    }

    /// Is this path `prefix`, or below it? Whole segments count: `ab` does not start with `a`.
    pub fn starts_with(&self, prefix: &TreePath) -> bool {
        self.0.strip_prefix(&*prefix.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// What remains below `prefix`; `None` when this path is not below it.
    pub fn strip_prefix(&self, prefix: &TreePath) -> Option<TreePath> {
        let rest = self.0.strip_prefix(&*prefix.0)?.strip_prefix('/')?;
        Some(Self(rest.into()))
    }

    /// The directories above this path as text, the nearest first, without the root.
    pub(crate) fn ancestors(&self) -> impl Iterator<Item = &str> {
        std::iter::successors(above(&self.0), |path| above(path))
    }

    /// A directory above this path, known to be one because it came from [`TreePath::ancestors`].
    pub(crate) fn from_ancestor(ancestor: &str) -> Self {
        Self(ancestor.into())
    }
}

fn above(path: &str) -> Option<&str> {
    path.rsplit_once('/').map(|(parent, _)| parent)
}

/// The rules that hold for the text as a whole, whether it is read strictly or leniently.
pub(super) fn check_text(text: &str) -> Result<(), PathError> {
    if text.len() > MAX_PATH_BYTES {
        return Err(PathError::TooLong(shown(text)));
    }
    if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err(PathError::ControlCharacter(shown(text)));
    }
    if text.contains('\\') {
        return Err(PathError::Backslash(shown(text)));
    }
    let first = text.split('/').next().unwrap_or_default();
    if text.starts_with('/') || is_drive(first) {
        return Err(PathError::Absolute(shown(text)));
    }
    Ok(())
}

fn check_segment(segment: &str, whole: &str) -> Result<(), PathError> {
    match segment {
        "" => Err(PathError::EmptySegment(shown(whole))),
        "." => Err(PathError::DotSegment(shown(whole))),
        ".." => Err(PathError::ParentSegment(shown(whole))),
        _ if segment.len() > MAX_SEGMENT_BYTES => Err(PathError::TooLong(shown(whole))),
        _ if is_git_metadata(segment) => Err(PathError::GitMetadata(shown(whole))),
        _ => Ok(()),
    }
}

fn is_drive(segment: &str) -> bool {
    matches!(segment.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic())
}

/// Would a common file system take this name for `.git`? Letter case, characters that HFS+ ignores, trailing
/// dots and blanks, streams and the short name of NTFS are all looked through.
fn is_git_metadata(segment: &str) -> bool {
    if segment.is_ascii() && !segment.starts_with(['.', 'g', 'G']) {
        return false;
    }
    matches!(TreePath::plain_name(segment).as_str(), ".git" | "git~1")
}

fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2064}'
            | '\u{206A}'..='\u{206F}'
            | '\u{FEFF}'
    )
}

/// A text as an error may show it: control characters escaped, and not longer than a line.
fn shown(text: &str) -> String {
    const LONGEST: usize = 120;
    let mut out: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl AsRef<str> for TreePath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for TreePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl FromStr for TreePath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        Self::parse(text)
    }
}

impl Serialize for TreePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for TreePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_unsafe_path_has_its_own_error() {
        type Check = fn(&PathError) -> bool;
        let cases: &[(&str, Check)] = &[
            ("", |e| matches!(e, PathError::Empty)),
            ("/etc/passwd", |e| matches!(e, PathError::Absolute(_))),
            ("c:/x", |e| matches!(e, PathError::Absolute(_))),
            ("../x", |e| matches!(e, PathError::ParentSegment(_))),
            ("a/../b", |e| matches!(e, PathError::ParentSegment(_))),
            ("a//b", |e| matches!(e, PathError::EmptySegment(_))),
            ("a/", |e| matches!(e, PathError::EmptySegment(_))),
            ("./a", |e| matches!(e, PathError::DotSegment(_))),
            ("a\\b", |e| matches!(e, PathError::Backslash(_))),
            ("a\0b", |e| matches!(e, PathError::ControlCharacter(_))),
            ("a\nb", |e| matches!(e, PathError::ControlCharacter(_))),
        ];
        for (text, check) in cases {
            let error = TreePath::parse(text).unwrap_err();
            assert!(check(&error), "{text:?} gave {error:?}");
        }
        assert!(matches!(TreePath::parse(&"a".repeat(256)), Err(PathError::TooLong(_))));
        assert!(matches!(TreePath::parse(&"a/".repeat(3000)), Err(PathError::TooLong(_))));
    }

    #[test]
    fn git_metadata_is_refused_in_every_disguise() {
        for name in [
            ".git",
            ".GIT",
            ".git ",
            ".git.",
            ".git. .",
            "git~1",
            "GIT~1",
            ".g\u{200c}it",
            ".git::$INDEX",
            "\u{feff}.git",
        ] {
            for text in [name.to_owned(), format!("{name}/config"), format!("a/{name}/hooks/pre-commit")] {
                assert!(matches!(TreePath::parse(&text), Err(PathError::GitMetadata(_))), "{text:?}");
                assert!(matches!(TreePath::resolve(None, &text), Err(PathError::GitMetadata(_))), "{text:?}");
            }
        }
    }

    #[test]
    fn names_that_only_look_like_git_metadata_are_taken() {
        for text in [".gitignore", ".github/workflows/ci.yml", "git", "a.git", ".gitmodules", "git~10", "x:y"]
        {
            assert_eq!(TreePath::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn resolve_folds_until_it_would_leave_the_root() {
        let resolve = |base: Option<&str>, text: &str| {
            let base = base.map(|base| TreePath::parse(base).unwrap());
            TreePath::resolve(base.as_ref(), text).map(|path| path.map(|path| path.to_string()))
        };
        assert_eq!(resolve(None, "./x/../y"), Ok(Some("y".into())));
        assert_eq!(resolve(None, "."), Ok(None));
        assert_eq!(resolve(None, ""), Ok(None));
        assert_eq!(resolve(None, "a/.."), Ok(None));
        assert_eq!(resolve(None, "a//b/"), Ok(Some("a/b".into())));
        assert_eq!(resolve(Some("a/b"), "../c"), Ok(Some("a/c".into())));
        assert_eq!(resolve(Some("a/b"), "../.."), Ok(None));
        assert!(matches!(resolve(Some("a/b"), "../../.."), Err(PathError::ParentSegment(_))));
        assert!(matches!(resolve(None, "a/../../b"), Err(PathError::ParentSegment(_))));
        assert!(matches!(resolve(Some("a"), "/b"), Err(PathError::Absolute(_))));
    }

    #[test]
    fn prefixes_count_whole_segments() {
        let path = |text: &str| TreePath::parse(text).unwrap();
        assert!(path("a/b").starts_with(&path("a")));
        assert!(path("a").starts_with(&path("a")));
        assert!(!path("ab").starts_with(&path("a")));
        assert_eq!(path("a/b/c").strip_prefix(&path("a")), Some(path("b/c")));
        assert_eq!(path("a").strip_prefix(&path("a")), None);
        assert_eq!(path("a/b/c").parent(), Some(path("a/b")));
        assert_eq!(path("a").parent(), None);
        assert_eq!(path("a/b").file_name(), "b");
        assert_eq!(path("a/b/c").ancestors().collect::<Vec<_>>(), ["a/b", "a"]);
    }

    #[test]
    fn an_error_shows_the_path_escaped() {
        let message = TreePath::parse("a\nb").unwrap_err().to_string();
        assert_eq!(message, "the path `a\\nb` holds a control character; remove it");
    }

    #[test]
    fn a_path_is_a_string_in_json_and_is_checked_there_too() {
        let path: TreePath = serde_json::from_str("\"a/b\"").unwrap();
        assert_eq!(serde_json::to_string(&path).unwrap(), "\"a/b\"");
        assert!(serde_json::from_str::<TreePath>("\"../b\"").is_err());
    }
}
