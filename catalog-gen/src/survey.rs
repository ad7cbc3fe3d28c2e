//! Which files of a repository are worth reading.
//!
//! Asked once, between listing a repository and reading it, so that whoever reads can fetch all of them in one go. It
//! knows no detector: it asks [`DETECTORS`] what they read. The invariant: a file that somebody else wrote
//! (`node_modules`, `vendor`) or that a program made is never wanted.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::detect::{DETECTORS, Interest, Wanted};
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

/// What all detectors read, each interest once: by name, and the others.
struct Interests {
    names: HashMap<String, Vec<Interest>>,
    others: Vec<Interest>,
}

/// Asked for every file of a repository, so it is put in order once.
static INTERESTS: LazyLock<Interests> = LazyLock::new(|| {
    let mut interests = Interests { names: HashMap::new(), others: Vec::new() };
    for interest in DETECTORS.iter().flat_map(|detector| detector.reads) {
        let list = match interest {
            Interest::Name(name) => interests.names.entry(name.to_ascii_lowercase()).or_default(),
            _ => &mut interests.others,
        };
        if !list.contains(interest) {
            list.push(*interest);
        }
    }
    interests
});

/// The files to read, in the order of their paths.
pub fn wanted(listing: &Listing) -> Vec<WantedFile> {
    let Interests { names, others } = &*INTERESTS;
    let own = listing.iter().filter(|file| !is_foreign(&file.path));
    own.filter_map(|file| {
        let named = names.get(&file.path.file_name().to_ascii_lowercase()).into_iter().flatten();
        let wanted = named.chain(others).filter_map(|interest| interest.wants(file)).max()?;
        Some(WantedFile { path: file.path.clone(), wanted })
    })
    .collect()
}

/// Is the file below a folder that is not the repository's own?
pub fn is_foreign(path: &TreePath) -> bool {
    let mut folders = path.segments();
    folders.next_back();
    folders.any(|folder| FOREIGN.contains(&folder))
}
