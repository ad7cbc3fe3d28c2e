//! What a catalog is generated from: a listing, the files that were read, and what the host says of the repository.
//!
//! Detectors see a repository through this and through nothing else. It parses what several of them ask for only
//! once. It reads nothing itself: a file that was not read is not there, though the listing names it.

use crate::{FileTree, Listing, Remote, TreePath};

/// What the code host says of a repository; all of it may be unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// Where it is.
    pub remote: Option<Remote>,
    /// Its line of description.
    pub description: Option<String>,
    /// Its web page.
    pub homepage: Option<String>,
    /// Its topics.
    pub topics: Vec<String>,
    /// Is it archived?
    pub archived: bool,
    /// Is it a template repository?
    pub template: bool,
    /// Has it a published release? `None`: not asked.
    pub released: Option<bool>,
    /// Slugs of the teams that may administer or maintain it, those with the fewest members first.
    pub teams: Vec<String>,
}

/// What a catalog is generated from.
#[derive(Debug, Clone, Copy)]
pub struct Material<'r> {
    /// Everything in the repository.
    pub listing: &'r Listing,
    /// Those files of it that were read: [`crate::wanted()`] says which to read.
    pub files: &'r FileTree,
    /// What its host says.
    pub about: &'r About,
}

impl<'r> Material<'r> {
    /// The text of a file that was read and is UTF-8; a byte order mark is left out.
    pub fn text(&self, path: &TreePath) -> Option<&'r str> {
        let text = self.files.file(path)?.text()?;
        Some(text.strip_prefix('\u{feff}').unwrap_or(text))
    }

    /// The text of the file of that name in a folder (`None`: the root).
    pub fn text_in(&self, folder: Option<&TreePath>, name: &str) -> Option<(TreePath, &'r str)> {
        let path = match folder {
            Some(folder) => folder.join(name).ok()?,
            None => TreePath::parse(name).ok()?,
        };
        let text = self.text(&path)?;
        Some((path, text))
    }
}
