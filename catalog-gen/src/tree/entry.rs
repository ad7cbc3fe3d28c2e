//! What stands at a path: a file, a link or a kept empty directory.
//!
//! It holds content, not names. The invariant: content never reaches a log through `Debug`, and a link's target
//! that passed [`check_target`] leads to a place inside the tree whatever other links it passes through.

use std::fmt;

use bytes::Bytes;

use super::path::{PathError, TreePath};

/// The content of a file and what git and the log need to know about it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct File {
    /// The content; cloning shares it.
    pub bytes: Bytes,
    /// Is the file's executable bit set?
    pub executable: bool,
    /// Does the content derive from a secret? Then it is never shown.
    pub sensitive: bool,
}

impl File {
    /// A plain file: not executable, not sensitive.
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self { bytes: bytes.into(), executable: false, sensitive: false }
    }

    /// The content as text, when it is UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("bytes", &format_args!("<{} bytes>", self.bytes.len()))
            .field("executable", &self.executable)
            .field("sensitive", &self.sensitive)
            .finish()
    }
}

/// One entry of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A regular file.
    File(File),
    /// A symbolic link. The target is relative to the directory that holds the link.
    Symlink {
        /// Where the link leads, as written.
        target: String,
    },
    /// A directory that is kept although nothing is in it. All other directories follow from their files.
    Dir,
}

impl Entry {
    /// A plain file: not executable, not sensitive.
    pub fn file(bytes: impl Into<Bytes>) -> Self {
        Self::File(File::new(bytes))
    }

    /// What the entry costs of a tree's byte budget.
    pub fn size(&self) -> u64 {
        let bytes = match self {
            Self::File(file) => file.bytes.len(),
            Self::Symlink { target } => target.len(),
            Self::Dir => 0,
        };
        bytes as u64
    }
}

impl From<File> for Entry {
    fn from(file: File) -> Self {
        Self::File(file)
    }
}

/// Why a link's target was refused, without the link's own path.
pub(super) enum TargetFault {
    /// It leads out of the tree, or to a place that no entry may have.
    Path(PathError),
    /// A `..` follows a name, so that another link could turn it outward.
    ParentAfterName,
}

/// Does the target of a link at `link` stay in the tree?
///
/// A `..` is allowed only in front: from a real directory it leads to a real directory. Behind a name, which may
/// itself be a link, it would lead somewhere that the text alone cannot tell.
pub(super) fn check_target(link: &TreePath, target: &str) -> Result<(), TargetFault> {
    if target.is_empty() {
        return Err(TargetFault::Path(PathError::Empty));
    }
    let named = target.split('/').skip_while(|segment| matches!(*segment, "" | "." | ".."));
    if named.into_iter().any(|segment| segment == "..") {
        super::path::check_text(target).map_err(TargetFault::Path)?;
        return Err(TargetFault::ParentAfterName);
    }
    TreePath::resolve(link.parent().as_ref(), target).map(drop).map_err(TargetFault::Path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_content() {
        let file = File { bytes: "hunter2".into(), executable: false, sensitive: true };
        let shown = format!("{file:?} {:?}", Entry::File(file.clone()));
        assert!(!shown.contains("hunter2"));
        assert!(shown.contains("<7 bytes>"));
    }

    #[test]
    fn a_parent_segment_after_a_name_is_refused_because_the_name_may_be_a_link() {
        let link = TreePath::parse("a/b/c/link").unwrap();
        assert!(matches!(check_target(&link, "d/../../x"), Err(TargetFault::ParentAfterName)));
        assert!(matches!(check_target(&link, "../../../d/../x"), Err(TargetFault::ParentAfterName)));
        assert!(check_target(&link, "../../../x").is_ok());
        assert!(check_target(&link, "./x/").is_ok());
        assert!(matches!(check_target(&link, "../../../../x"), Err(TargetFault::Path(_))));
        assert!(matches!(check_target(&link, "/x"), Err(TargetFault::Path(PathError::Absolute(_)))));
        assert!(matches!(
            check_target(&link, "../.git/config"),
            Err(TargetFault::Path(PathError::GitMetadata(_)))
        ));
    }
}
