//! What is in a repository at one revision, before any of it is read.
//!
//! Names, sizes and kinds of everything git tracks: enough to say which files are worth reading, and to notice what
//! is there without reading it. It holds no content and reaches no disk: whoever has the repository (a folder, a bare
//! git repository, GitHub's API) fills it. The invariant: the entries are in the order of their paths, each once.

use crate::TreePath;

/// What an entry of a listing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListedKind {
    /// A file.
    File,
    /// A file with the executable bit.
    Executable,
    /// A symbolic link.
    Link,
    /// A commit of another repository.
    Submodule,
}

/// One entry of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Where it is.
    pub path: TreePath,
    /// What it is.
    pub kind: ListedKind,
    /// Bytes of its content; 0 where whoever lists cannot tell.
    pub size: u64,
    /// Git's name of its content, where whoever lists knows it.
    pub id: Option<String>,
}

/// Everything in a repository at one revision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    entries: Vec<Listed>,
    left_out: usize,
}

impl Listing {
    /// The listing of these entries. `left_out`: how many more there are that cannot be named here, for example
    /// because their path is not UTF-8 or the host cut the answer.
    pub fn new(entries: impl IntoIterator<Item = Listed>, left_out: usize) -> Self {
        let mut entries: Vec<Listed> = entries.into_iter().collect();
        entries.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        entries.dedup_by(|later, kept| later.path == kept.path);
        Self { entries, left_out }
    }

    /// All entries in the order of their paths.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Listed> + Clone {
        self.entries.iter()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Is there nothing in it?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many entries could not be listed.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// The entry at a path.
    pub fn get(&self, path: &TreePath) -> Option<&Listed> {
        let at = self.entries.binary_search_by(|entry| entry.path.cmp(path)).ok()?;
        self.entries.get(at)
    }

    /// Everything below a folder (`None`: everything), in order.
    pub fn below<'l>(&'l self, folder: Option<&TreePath>) -> impl Iterator<Item = &'l Listed> + Clone {
        let prefix = folder.map(|folder| format!("{folder}/")).unwrap_or_default();
        let start = self.entries.partition_point(|entry| entry.path.as_str() < prefix.as_str());
        let entries = self.entries.get(start..).unwrap_or_default();
        entries.iter().take_while(move |entry| entry.path.as_str().starts_with(&prefix))
    }

    /// Is there anything below that folder?
    pub fn is_folder(&self, folder: &TreePath) -> bool {
        self.below(Some(folder)).next().is_some()
    }
}
