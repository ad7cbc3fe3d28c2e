//! What lies in a folder: paths and the marks by which a change is noticed, without reading a file.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cap_std::fs::{Dir, DirEntry, Metadata, MetadataExt};
use catalog_gen::{PathError, TreeBudget, TreePath};

use super::FetchError;

/// A file that changed this lately may change again without a new time.
const UNSETTLED: Duration = Duration::from_millis(100);

/// The marks of a file: when they are the same, so is its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::template) struct Stamp {
    /// Bytes.
    pub(super) length: u64,
    /// Kind and permissions.
    pub(super) mode: u32,
    node: u64,
    written: (i64, i64),
    changed: (i64, i64),
    settled: bool,
}

impl Stamp {
    /// The marks in what the system says about a file.
    pub(super) fn of(metadata: &Metadata) -> Self {
        let changed = (metadata.ctime(), metadata.ctime_nsec());
        let seconds = Duration::from_secs(u64::try_from(changed.0).unwrap_or_default());
        let moment =
            UNIX_EPOCH + seconds + Duration::from_nanos(u64::try_from(changed.1).unwrap_or_default());
        let settled = SystemTime::now().duration_since(moment).is_ok_and(|age| age > UNSETTLED);
        Self {
            length: metadata.len(),
            mode: metadata.mode(),
            node: metadata.ino(),
            written: (metadata.mtime(), metadata.mtime_nsec()),
            changed,
            settled,
        }
    }

    /// Was nothing written between this look and the `later` one? In doubt something was.
    pub(in crate::template) fn holds(&self, later: &Self) -> bool {
        self.settled && Self { settled: true, ..*later } == *self
    }

    /// May its owner run the file? That is what git keeps of a mode.
    pub(super) fn is_executable(&self) -> bool {
        self.mode & 0o100 != 0
    }
}

/// One entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A regular file.
    File(Stamp),
    /// A link with its target.
    Link(String),
    /// A folder with nothing in it.
    EmptyFolder,
}

/// All entries of a folder, and those that no tree can hold, each with the reason.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// What can be taken.
    pub(super) entries: BTreeMap<TreePath, Found>,
    /// Place and reason of what cannot.
    pub(super) unfit: Vec<(String, String)>,
    bytes: u64,
}

impl Listing {
    /// Walks the folders `starts` below the root. Links are not followed; `.git` and the folders `left_out` are
    /// left out.
    pub(super) fn of(
        root: &Dir,
        shown: &str,
        starts: Vec<Option<TreePath>>,
        left_out: &BTreeSet<TreePath>,
    ) -> Result<Self, FetchError> {
        let mut walk = Walk { root, shown, left_out, listing: Self::default(), open: starts };
        while let Some(folder) = walk.open.pop() {
            let before = walk.seen();
            for entry in entries(root, folder.as_ref(), shown)? {
                walk.take(&entry, folder.as_ref())?;
                walk.listing.check_budget(shown)?;
            }
            if let (Some(folder), true) = (folder, before == walk.seen()) {
                walk.listing.entries.insert(folder, Found::EmptyFolder);
            }
        }
        Ok(walk.listing)
    }

    /// Would a walk now find the same, with nothing written since?
    pub(super) fn holds(&self, later: &Self) -> bool {
        self.entries.len() == later.entries.len()
            && self.unfit == later.unfit
            && self.entries.iter().zip(&later.entries).all(|((path, found), (later_path, later_found))| {
                path == later_path
                    && match (found, later_found) {
                        (Found::File(stamp), Found::File(later)) => stamp.holds(later),
                        (found, later) => found == later,
                    }
            })
    }

    fn check_budget(&self, shown: &str) -> Result<(), FetchError> {
        let TreeBudget { max_entries, max_bytes } = TreeBudget::default();
        let limit = if self.entries.len() > max_entries {
            format!("{max_entries} files")
        } else if self.bytes > max_bytes {
            format!("{max_bytes} bytes")
        } else {
            return Ok(());
        };
        Err(FetchError::Invalid(format!(
            "the template source `{shown}` holds more than {limit}; name a folder in `templates.sources` that holds \
             templates alone"
        )))
    }
}

struct Walk<'d> {
    root: &'d Dir,
    shown: &'d str,
    left_out: &'d BTreeSet<TreePath>,
    listing: Listing,
    open: Vec<Option<TreePath>>,
}

impl Walk<'_> {
    /// Grows with every entry that is met.
    fn seen(&self) -> usize {
        self.listing.entries.len() + self.listing.unfit.len() + self.open.len()
    }

    fn take(&mut self, entry: &DirEntry, folder: Option<&TreePath>) -> Result<(), FetchError> {
        let name = entry.file_name();
        let shown = folder.map(|folder| format!("{folder}/")).unwrap_or_default() + &name.to_string_lossy();
        let path = match name.to_str().map(|name| join(folder, name)) {
            Some(Ok(path)) => path,
            Some(Err(PathError::GitMetadata(_))) => return Ok(()),
            Some(Err(error)) => return self.unfit(shown, &error.to_string()),
            None => return self.unfit(shown, "its name is not UTF-8; rename it"),
        };
        let metadata = match entry.metadata() {
            // Removed while we looked.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(source) => return Err(FetchError::Io { path: format!("{}/{shown}", self.shown), source }),
            Ok(metadata) => metadata,
        };
        if metadata.is_dir() && self.left_out.contains(&path) {
            return Ok(());
        } else if metadata.is_dir() {
            self.open.push(Some(path));
        } else if metadata.is_file() {
            self.listing.bytes += metadata.len();
            self.listing.entries.insert(path, Found::File(Stamp::of(&metadata)));
        } else if metadata.is_symlink() {
            match self
                .root
                .read_link_contents(path.as_str())
                .ok()
                .and_then(|target| target.to_str().map(str::to_owned))
            {
                Some(target) => drop(self.listing.entries.insert(path, Found::Link(target))),
                None => return self.unfit(shown, "the link cannot be read; replace it"),
            }
        } else {
            return self.unfit(shown, "it is neither a file nor a folder nor a link; remove it");
        }
        Ok(())
    }

    fn unfit(&mut self, place: String, reason: &str) -> Result<(), FetchError> {
        self.listing.unfit.push((place, reason.to_owned()));
        Ok(())
    }
}

/// The entries of one folder below the root, unsorted.
pub(super) fn entries(
    root: &Dir,
    folder: Option<&TreePath>,
    shown: &str,
) -> Result<Vec<DirEntry>, FetchError> {
    let at = folder.map_or(".", TreePath::as_str);
    let read = || root.read_dir(at)?.collect::<std::io::Result<Vec<DirEntry>>>();
    match read() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && folder.is_some() => Ok(Vec::new()),
        Err(source) => Err(FetchError::Io { path: format!("{shown}/{at}"), source }),
        Ok(entries) => Ok(entries),
    }
}

/// A name below a folder.
pub(super) fn join(folder: Option<&TreePath>, name: &str) -> Result<TreePath, PathError> {
    match folder {
        Some(folder) => folder.join(name),
        None => TreePath::parse(name),
    }
}
