//! Where a rendered name puts an entry, by the same rules for both languages.
//!
//! Backstage leaves out an entry whose rendered path is empty, starts with a slash or holds two slashes in a
//! row; that is how a template drops a folder on a condition. A path that leads out or into git's own
//! directory is an error here. The invariant: what is placed has a [`TreePath`], and no name stems from a
//! secret, because names are shown in logs.

use catalog_gen::{PathError, TreePath};

use super::outcome::SkipReason;

/// What a rendered name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The entry goes there.
    At(TreePath),
    /// The entry is left out.
    Skip(SkipReason),
}

/// Judges the path that a name was rendered to.
pub(super) fn judge(rendered: &str, secret: bool) -> Result<Verdict, String> {
    if let Some(reason) = SkipReason::of(rendered) {
        return Ok(Verdict::Skip(reason));
    }
    if secret {
        return Err(
            "the file's name holds a secret, and names are shown in logs; name it otherwise".to_owned()
        );
    }
    match TreePath::resolve(None, rendered) {
        // What is left of `a/.` is the folder that the entry lies in.
        Ok(Some(path)) if folder(rendered).is_some_and(|folder| folder.starts_with(&path)) => {
            Ok(Verdict::Skip(SkipReason::NoName))
        }
        Ok(Some(path)) => Ok(Verdict::At(path)),
        Ok(None) => Ok(Verdict::Skip(SkipReason::NoName)),
        Err(error) => Err(refused(&error)),
    }
}

/// The folder that a rendered path names before its last slash.
fn folder(rendered: &str) -> Option<TreePath> {
    TreePath::resolve(None, rendered.rsplit_once('/')?.0).ok()?
}

fn refused(error: &PathError) -> String {
    format!("the file's name cannot be used as it is rendered: {error}")
}

/// The name as the ending counts, as Node reads it: from the last dot, which must not be the name's first
/// character.
pub(super) fn ending(path: &str) -> Option<&str> {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    let dot = name.rfind('.').filter(|dot| *dot > 0)?;
    name.get(dot..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Result<Verdict, String> {
        Ok(Verdict::At(TreePath::parse(text).unwrap()))
    }

    #[test]
    fn names_that_render_to_nothing_are_left_out() {
        for (text, reason) in [
            ("", SkipReason::Empty),
            ("/x", SkipReason::LeadingSlash),
            ("/", SkipReason::LeadingSlash),
            ("a//b", SkipReason::DoubleSlash),
            ("//b", SkipReason::LeadingSlash),
            ("a/", SkipReason::NoName),
            (".", SkipReason::NoName),
        ] {
            assert_eq!(judge(text, false), Ok(Verdict::Skip(reason)), "{text:?}");
        }
    }

    #[test]
    fn names_that_lead_out_are_refused_with_the_reason() {
        for (text, part) in [
            ("../x", "leads upwards"),
            ("a/../../b", "leads upwards"),
            (".git/config", "git's own directory"),
            ("a/.GIT/hooks/x", "git's own directory"),
            ("a\\b", "backslash"),
            ("a\u{0}b", "control character"),
            ("c:/x", "absolute"),
        ] {
            let message = judge(text, false).unwrap_err();
            assert!(message.contains(part), "{text:?}: {message}");
        }
    }

    #[test]
    fn dots_are_folded_as_the_stock_backend_does() {
        assert_eq!(judge("./a/./b", false), at("a/b"));
        assert_eq!(judge("a/../b/c/../d", false), at("b/d"));
        assert_eq!(judge("a/b/..", false), Ok(Verdict::Skip(SkipReason::NoName)));
        assert_eq!(judge("a/.", false), Ok(Verdict::Skip(SkipReason::NoName)));
        assert_eq!(judge("a/..", false), Ok(Verdict::Skip(SkipReason::NoName)));
        assert_eq!(judge("a.b/.c", false), at("a.b/.c"));
    }

    #[test]
    fn a_secret_never_becomes_a_name() {
        assert!(judge("hunter2.txt", true).unwrap_err().contains("holds a secret"));
    }

    #[test]
    fn the_ending_is_read_as_node_does() {
        assert_eq!(ending("a/b.njk"), Some(".njk"));
        assert_eq!(ending("a.x/b"), None);
        assert_eq!(ending("a/.njk"), None);
        assert_eq!(ending("a.tar.njk"), Some(".njk"));
    }
}
