//! Which files of a repository are worth reading.
//!
//! Asked once, between listing a repository and reading it, so that whoever reads can fetch all of them in one go. It
//! knows no detector: it asks [`DETECTORS`] what they read. The invariant: a file that somebody else wrote
//! (`node_modules`, `vendor`) or that a program made is never wanted.

use crate::detect::{DETECTORS, Wanted};
use crate::{Listing, TreePath};

/// Folders whose content is not the repository's own.
const FOREIGN: [&str; 14] = [
    "node_modules",
    "bower_components",
    "vendor",
    "third_party",
    "third-party",
    "site-packages",
    ".venv",
    "venv",
    "__pycache__",
    ".terraform",
    ".yarn",
    ".git",
    "Pods",
    "__MACOSX",
];

/// A file that is worth reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedFile {
    /// Where it is.
    pub path: TreePath,
    /// How much.
    pub wanted: Wanted,
}

/// The files to read, in the order of their paths.
pub fn wanted(listing: &Listing) -> Vec<WantedFile> {
    let own = listing.iter().filter(|file| !is_foreign(&file.path));
    own.filter_map(|file| {
        let interests = DETECTORS.iter().flat_map(|detector| detector.reads);
        let wanted = interests.filter_map(|interest| interest.wants(file)).max()?;
        Some(WantedFile { path: file.path.clone(), wanted })
    })
    .collect()
}

/// Is the file below a folder that is not the repository's own?
pub fn is_foreign(path: &TreePath) -> bool {
    let mut folders: Vec<&str> = path.as_str().split('/').collect();
    folders.pop();
    folders.iter().any(|folder| FOREIGN.contains(folder))
}
