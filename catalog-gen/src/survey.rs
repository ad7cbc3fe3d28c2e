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

/// What all detectors read, each interest once, by the whole name of a file or by what follows its last dot.
struct Interests {
    names: HashMap<String, Vec<Interest>>,
    endings: HashMap<String, Vec<Interest>>,
}

/// Asked for every file of a repository, so it is put in order once.
static INTERESTS: LazyLock<Interests> = LazyLock::new(|| {
    let mut interests = Interests { names: HashMap::new(), endings: HashMap::new() };
    for interest in DETECTORS.iter().flat_map(|detector| detector.reads) {
        let list = match interest {
            Interest::Name(name) => interests.names.entry(name.to_ascii_lowercase()),
            Interest::Path(path) => {
                interests.names.entry(path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase())
            }
            Interest::Suffix(end) | Interest::Sniff(end) => {
                interests.endings.entry(ending(end).to_ascii_lowercase())
            }
        };
        let list = list.or_default();
        if !list.contains(interest) {
            list.push(*interest);
        }
    }
    interests
});

/// What follows the last dot of a name.
fn ending(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// The files to read, in the order of their paths.
pub fn wanted(listing: &Listing) -> Vec<WantedFile> {
    let Interests { names, endings } = &*INTERESTS;
    // One room for all names: most files are asked for in vain.
    let mut name = String::new();
    let mut out = Vec::new();
    for file in listing.iter() {
        name.clear();
        name.push_str(file.path.file_name());
        name.make_ascii_lowercase();
        let named = names.get(name.as_str()).into_iter().flatten();
        let ending = endings.get(ending(&name)).into_iter().flatten();
        let wanted = named.chain(ending).filter_map(|interest| interest.wants(file)).max();
        if let Some(wanted) = wanted.filter(|_| !is_foreign(&file.path)) {
            out.push(WantedFile { path: file.path.clone(), wanted });
        }
    }
    out
}

/// Is the file below a folder that is not the repository's own?
pub fn is_foreign(path: &TreePath) -> bool {
    let mut folders = path.segments();
    folders.next_back();
    folders.any(|folder| FOREIGN.contains(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Listed, ListedKind};

    #[test]
    fn every_interest_finds_the_file_it_names() {
        for interest in DETECTORS.iter().flat_map(|detector| detector.reads) {
            let (path, wanted_as) = match interest {
                Interest::Name(name) => (format!("Some/{}", name.to_ascii_uppercase()), Wanted::Yes),
                Interest::Path(path) => ((*path).to_owned(), Wanted::Yes),
                Interest::Suffix(end) => (format!("some/x{}", end.to_ascii_uppercase()), Wanted::Yes),
                Interest::Sniff(end) => (format!("some/x-y{end}"), Wanted::IfCheap),
            };
            let listed = |path: &str| Listed {
                path: TreePath::parse(path).unwrap(),
                kind: ListedKind::File,
                size: 1,
                id: None,
            };
            let found = wanted(&Listing::new([listed(&path), listed("some/main.rs")], 0));

            let paths: Vec<&str> = found.iter().map(|file| file.path.as_str()).collect();
            assert_eq!(paths, [path.as_str()], "{interest:?}");
            assert!(found[0].wanted >= wanted_as, "{interest:?}");
            assert_eq!(wanted(&Listing::new([listed(&format!("vendor/{path}"))], 0)), [], "{interest:?}");
        }
    }
}
