//! Snapshots on disk: found, read, written and removed through handles that no link leads out of.
//!
//! The folders above a snapshot have to be folders: one that is a link is refused, because an update would write
//! somewhere else. The invariant: nothing outside of `cases/snapshots/` beside the template is ever written or
//! removed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, Metadata, MetadataExt, OpenOptions, OpenOptionsExt};
use catalog_gen::{Entry, TreeBudget};

use super::super::finding::Finding;
use crate::template::CASE_SNAPSHOTS;

/// Where the snapshots of a template lie.
#[derive(Clone, Debug)]
pub(in crate::cases) struct Home {
    /// The template's folder.
    folder: PathBuf,
    /// The same as the command line names it.
    shown: String,
}

/// One entry of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    File {
        executable: bool,
        length: u64,
    },
    Link(String),
    /// Something that no snapshot has, and why.
    Other(&'static str),
}

/// The snapshot of one case.
#[derive(Debug)]
pub(super) struct Opened {
    dir: Dir,
    pub(super) shown: String,
}

impl Home {
    pub(in crate::cases) fn new(folder: &Path, shown: &str) -> Self {
        Self { folder: folder.to_owned(), shown: shown.to_owned() }
    }

    /// The folder of a case's snapshot for messages.
    pub(in crate::cases) fn shown(&self, case: &str) -> String {
        join(&self.shown, &format!("{CASE_SNAPSHOTS}/{case}"))
    }

    /// The snapshot of a case, if there is one.
    pub(super) fn open(&self, case: &str) -> Result<Option<Opened>, Finding> {
        let dir = self.walk(&format!("{CASE_SNAPSHOTS}/{case}"), false)?;
        Ok(dir.map(|dir| Opened { dir, shown: self.shown(case) }))
    }

    /// The same, made if it is not there.
    pub(super) fn create(&self, case: &str) -> Result<Opened, Finding> {
        let opened = self.walk(&format!("{CASE_SNAPSHOTS}/{case}"), true)?;
        let dir = opened.ok_or_else(|| Finding::of_file(self.shown(case), "the folder cannot be made"))?;
        Ok(Opened { dir, shown: self.shown(case) })
    }

    /// Goes down folder by folder, refusing links.
    fn walk(&self, below: &str, create: bool) -> Result<Option<Dir>, Finding> {
        let failed = |at: &str, error: std::io::Error| {
            Finding::of_file(join(&self.shown, at), format!("the folder cannot be used: {error}"))
        };
        let mut dir =
            Dir::open_ambient_dir(&self.folder, ambient_authority()).map_err(|error| failed("", error))?;
        let mut at = String::new();
        for segment in below.split('/') {
            at = join(&at, segment);
            // Another case may make the folders above at the same time.
            if create
                && let Err(error) = dir.create_dir(segment)
                && error.kind() != ErrorKind::AlreadyExists
            {
                return Err(failed(&at, error));
            }
            match dir.symlink_metadata(segment) {
                Ok(found) if found.is_dir() => {}
                Ok(_) => {
                    let message = "this has to be a folder, and not a link to one, so that a snapshot lies where it seems to";
                    return Err(Finding::of_file(join(&self.shown, &at), message));
                }
                Err(error) if error.kind() == ErrorKind::NotFound && !create => return Ok(None),
                Err(error) => return Err(failed(&at, error)),
            }
            dir = dir.open_dir(segment).map_err(|error| failed(&at, error))?;
        }
        Ok(Some(dir))
    }
}

fn join(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("" | ".", name) => name.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, name) => format!("{}/{name}", folder.trim_end_matches('/')),
    }
}

/// The snapshots that belong to none of these cases.
pub(in crate::cases) fn stale(home: &Home, cases: &BTreeSet<&str>) -> Result<Vec<String>, Finding> {
    let Some(dir) = home.walk(CASE_SNAPSHOTS, false)? else { return Ok(Vec::new()) };
    let shown = join(&home.shown, CASE_SNAPSHOTS);
    let mut found = Vec::new();
    for entry in dir.entries().map_err(|error| unreadable(&shown, &error))? {
        let entry = entry.map_err(|error| unreadable(&shown, &error))?;
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        match entry.file_name().to_str() {
            Some(name) if is_folder && !cases.contains(name) => found.push(name.to_owned()),
            _ => {}
        }
    }
    found.sort();
    Ok(found)
}

/// Removes the snapshot of a case that there is no more.
pub(in crate::cases) fn remove_stale(home: &Home, case: &str) -> Result<(), Finding> {
    let Some(dir) = home.walk(CASE_SNAPSHOTS, false)? else { return Ok(()) };
    dir.remove_dir_all(case)
        .map_err(|error| Finding::of_file(home.shown(case), format!("the folder cannot be removed: {error}")))
}

fn unreadable(shown: &str, error: &std::io::Error) -> Finding {
    Finding::of_file(shown, format!("this cannot be read: {error}"))
}

impl Opened {
    /// Everything in the snapshot by its stored name, without its content; nothing if that is more than `most`.
    /// Empty folders are looked over: git cannot hold them.
    pub(super) fn entries(&self, most: usize) -> Result<Option<BTreeMap<String, Found>>, Finding> {
        let mut found = BTreeMap::new();
        let mut open = vec![String::new()];
        while let Some(folder) = open.pop() {
            let shown = join(&self.shown, &folder);
            let at = if folder.is_empty() { "." } else { folder.as_str() };
            for entry in self.dir.read_dir(at).map_err(|error| unreadable(&shown, &error))? {
                let entry = entry.map_err(|error| unreadable(&shown, &error))?;
                let name = entry.file_name();
                let Some(name) = name.to_str() else {
                    let message =
                        format!("`{}` has a name that is not UTF-8; remove it", name.to_string_lossy());
                    return Err(Finding::of_file(shown, message));
                };
                let path = join(&folder, name);
                let metadata =
                    entry.metadata().map_err(|error| unreadable(&join(&self.shown, &path), &error))?;
                if metadata.is_dir() {
                    open.push(path);
                } else {
                    found.insert(path.clone(), self.found(&path, &metadata));
                }
            }
            if found.len() > most {
                return Ok(None);
            }
        }
        Ok(Some(found))
    }

    fn found(&self, path: &str, metadata: &Metadata) -> Found {
        if metadata.is_file() {
            return Found::File { executable: metadata.mode() & 0o111 != 0, length: metadata.len() };
        }
        if !metadata.is_symlink() {
            return Found::Other("this is neither a file nor a folder nor a link; remove it");
        }
        let target = self.dir.read_link_contents(path).ok();
        match target.as_ref().and_then(|target| target.to_str()) {
            Some(target) => Found::Link(target.to_owned()),
            None => Found::Other("this link cannot be read; remove it"),
        }
    }

    /// The bytes of a file; only one that [`Opened::entries`] calls a file is read.
    pub(super) fn read(&self, stored: &str) -> Result<Vec<u8>, Finding> {
        let most = TreeBudget::default().max_bytes;
        let mut bytes = Vec::new();
        let read = self.dir.open(stored).and_then(|file| file.take(most).read_to_end(&mut bytes));
        read.map(|_| bytes).map_err(|error| unreadable(&join(&self.shown, stored), &error))
    }

    /// Removes an entry, and the folders above it that are empty then.
    pub(super) fn remove(&self, stored: &str) -> Result<(), Finding> {
        self.dir.remove_file(stored).map_err(|error| self.unwritable(stored, &error))?;
        let mut folder = stored;
        while let Some((above, _)) = folder.rsplit_once('/') {
            if self.dir.remove_dir(above).is_err() {
                break;
            }
            folder = above;
        }
        Ok(())
    }

    /// Writes an entry, in place of what is there.
    pub(super) fn write(&self, stored: &str, entry: &Entry) -> Result<(), Finding> {
        self.put(stored, entry).map_err(|error| self.unwritable(stored, &error))
    }

    fn put(&self, stored: &str, entry: &Entry) -> std::io::Result<()> {
        if let Some((folder, _)) = stored.rsplit_once('/') {
            self.dir.create_dir_all(folder)?;
        }
        match self.dir.symlink_metadata(stored) {
            // Entries below it have been removed, so that only empty folders are left.
            Ok(found) if found.is_dir() => self.dir.remove_dir_all(stored)?,
            Ok(_) => self.dir.remove_file(stored)?,
            Err(_) => {}
        }
        let (bytes, mode) = match entry {
            Entry::Symlink { target } => return self.dir.symlink_contents(target, stored),
            Entry::File(file) => (&file.bytes[..], if file.executable { 0o777 } else { 0o666 }),
            Entry::Dir => (&[][..], 0o666),
        };
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(mode);
        self.dir.open_with(stored, &options)?.write_all(bytes)
    }

    fn unwritable(&self, stored: &str, error: &std::io::Error) -> Finding {
        Finding::of_file(join(&self.shown, stored), format!("this cannot be written: {error}"))
    }
}
