//! The detectors: each reads a repository for one kind of fact, and all stand in one list.
//!
//! A detector says which files it reads, what it is for and where its limits are (`docs/catalog.md` is generated from
//! that), and writes [`Findings`]. They run in the order of the list; a later one may build on what earlier ones
//! found. No detector reads a disk, knows the catalog of a site, or decides what is written. The invariant: the same
//! repository gives the same findings, in the same order.

mod annotations;
mod apis;
pub(crate) mod components;
mod compose;
mod dependencies;
mod docs;
pub(crate) mod frameworks;
mod kind;
mod kubernetes;
mod languages;
mod lifecycle;
mod links;
mod manifests;
mod near;
mod owner;
pub(crate) mod paths;
mod places;
mod prose;
mod resources;
mod slug;
mod system;
mod tags;
pub(crate) mod text;

use crate::{Findings, Listed, ListedKind, Material, Site, TreePath};

/// Which files a detector reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interest {
    /// Files of that name, in any folder; letter case is ignored.
    Name(&'static str),
    /// Files whose name ends so, such as `.csproj`; letter case is ignored.
    Suffix(&'static str),
    /// The file at that path.
    Path(&'static str),
    /// Files whose name ends so that are looked into because of what they may hold: read where reading is cheap,
    /// and not more than [`Interest::MAX_SNIFFED`] bytes long.
    Sniff(&'static str),
}

/// How a file came to be wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wanted {
    /// It may hold something; leave it out where each file costs a call.
    IfCheap,
    /// A detector reads files of that name.
    Yes,
}

/// One detector.
pub struct Detector {
    /// Its name, the first part of its rules' names.
    pub name: &'static str,
    /// What it finds, one line for `docs/catalog.md`.
    pub finds: &'static str,
    /// What it does not see, one line.
    pub limits: &'static str,
    /// The files it reads; what it only looks for in the listing is not named here.
    pub reads: &'static [Interest],
    /// Does it.
    pub run: fn(&Material<'_>, &Site, &mut Findings),
}

/// All detectors, in the order they run.
pub const DETECTORS: &[Detector] = &[
    manifests::DETECTOR,
    languages::DETECTOR,
    components::DETECTOR,
    frameworks::DETECTOR,
    kind::DETECTOR,
    apis::DETECTOR,
    resources::DETECTOR,
    lifecycle::DETECTOR,
    dependencies::DETECTOR,
    system::DETECTOR,
    owner::DETECTOR,
    docs::DETECTOR,
    annotations::DETECTOR,
    prose::DETECTOR,
    tags::DETECTOR,
    links::DETECTOR,
    places::DETECTOR,
];

impl Interest {
    /// Longest file that is read because of its name.
    pub const MAX_READ: u64 = 4 * 1024 * 1024;
    /// Longest file that is read for what it may hold.
    pub const MAX_SNIFFED: u64 = 1024 * 1024;

    /// Does the file's name fit?
    pub fn names(self, path: &TreePath) -> bool {
        let name = path.file_name();
        match self {
            Self::Name(wanted) => name.eq_ignore_ascii_case(wanted),
            Self::Path(wanted) => path.as_str() == wanted,
            Self::Suffix(suffix) | Self::Sniff(suffix) => {
                let start = name.len().checked_sub(suffix.len());
                start.and_then(|start| name.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
            }
        }
    }

    /// Whether that file is to be read.
    pub fn wants(self, file: &Listed) -> Option<Wanted> {
        if !matches!(file.kind, ListedKind::File | ListedKind::Executable) {
            return None;
        }
        let (most, wanted) = match self {
            Self::Name(_) | Self::Suffix(_) | Self::Path(_) => (Self::MAX_READ, Wanted::Yes),
            Self::Sniff(_) => (Self::MAX_SNIFFED, Wanted::IfCheap),
        };
        (file.size <= most && self.names(&file.path)).then_some(wanted)
    }
}

#[cfg(test)]
mod tests;
