//! The detectors: each reads a repository for one kind of fact, and all stand in one list.
//!
//! A detector says which files it reads, what it is for and where its limits are (`docs/catalog.md` is generated from
//! that), and writes [`Findings`]. They run in the order of the list; a later one may build on what earlier ones
//! found. No detector reads a disk, knows the catalog of a site, or decides what is written. The invariant: the same
//! repository gives the same findings, in the same order.

use crate::{Findings, Listed, ListedKind, Material, Site};

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
pub const DETECTORS: &[Detector] = &[];

impl Interest {
    /// Longest file that is read because of its name.
    pub const MAX_READ: u64 = 4 * 1024 * 1024;
    /// Longest file that is read for what it may hold.
    pub const MAX_SNIFFED: u64 = 1024 * 1024;

    /// Whether that file is to be read.
    pub fn wants(self, file: &Listed) -> Option<Wanted> {
        if !matches!(file.kind, ListedKind::File | ListedKind::Executable) {
            return None;
        }
        let name = file.path.file_name();
        let ends = |suffix: &str| {
            let start = name.len().checked_sub(suffix.len());
            start.and_then(|start| name.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
        };
        let (fits, most, wanted) = match self {
            Self::Name(wanted) => (name.eq_ignore_ascii_case(wanted), Self::MAX_READ, Wanted::Yes),
            Self::Suffix(suffix) => (ends(suffix), Self::MAX_READ, Wanted::Yes),
            Self::Path(path) => (file.path.as_str() == path, Self::MAX_READ, Wanted::Yes),
            Self::Sniff(suffix) => (ends(suffix), Self::MAX_SNIFFED, Wanted::IfCheap),
        };
        (fits && file.size <= most).then_some(wanted)
    }
}
