//! Writing objects: few of them one by one, many as one pack file.
//!
//! A pack is made and indexed in a folder of its own, brought to the disk, and moved in: its data first, its
//! index last, because a pack is found by its index. The invariant: whatever is killed when, an object that
//! can be found can be read, and so can what it refers to.

mod stream;

use std::collections::HashSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use git2::{Indexer, Odb, OdbLookupFlags, Oid, Repository};

use super::error::GitError;
use super::objects::{Object, Objects};
use super::scratch::Scratch;

pub(super) use stream::PackStream;

/// Up to this many objects are written one by one.
const LOOSE_AT_MOST: usize = 64;

/// How objects are to lie on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// One file each when they are few: right for a store that is written to every now and then.
    BySize,
    /// One pack: right for a repository's first commit.
    Pack,
}

/// Writes what the repository does not hold yet.
pub(super) fn store(repository: &Repository, objects: &Objects, form: Form) -> Result<(), GitError> {
    let odb = repository.odb()?;
    let here = |id: Oid| odb.exists_ext(id, OdbLookupFlags::NO_REFRESH);
    // Children are written first and packs come whole: where the root is, everything is.
    if here(objects.root) {
        return Ok(());
    }
    let mut seen = HashSet::new();
    let missing: Vec<&Object> =
        objects.all.iter().filter(|object| seen.insert(object.id) && !here(object.id)).collect();
    if form == Form::BySize && missing.len() <= LOOSE_AT_MOST {
        for object in missing {
            odb.write(object.kind, &object.data)?;
        }
        return Ok(());
    }
    let incoming = Incoming::new(repository)?;
    let memory = in_memory(&missing)?;
    incoming.without_deltas(&memory)?;
    let mut builder = memory.packbuilder()?;
    for object in &missing {
        builder.insert_object(object.id, None)?;
    }
    incoming.index(|indexer| copy_pack(&mut builder, indexer))?;
    incoming.install()
}

/// Writes a builder's pack into an indexer.
pub(super) fn copy_pack(
    builder: &mut git2::PackBuilder<'_>,
    indexer: &mut Indexer<'_>,
) -> Result<(), GitError> {
    let mut failed = None;
    let written = builder.foreach(|chunk| match indexer.write_all(chunk) {
        Ok(()) => true,
        Err(error) => {
            failed = Some(error);
            false
        }
    });
    match failed {
        Some(error) => Err(GitError::Git(git2::Error::from_str(&error.to_string()))),
        None => Ok(written?),
    }
}

/// A repository that exists in memory only, for the pack builder to take objects from.
fn in_memory(objects: &[&Object]) -> Result<Repository, GitError> {
    let odb = Odb::new()?;
    odb.add_new_mempack_backend(1)?;
    for object in objects {
        odb.write(object.kind, &object.data)?;
    }
    Ok(Repository::from_odb(odb)?)
}

/// A pack on its way into a repository. What is dropped before [`Incoming::install`] leaves no trace.
pub(super) struct Incoming {
    scratch: Scratch,
    /// `objects/pack` of the repository.
    place: PathBuf,
}

impl Incoming {
    /// Makes room for a pack beside the repository's own.
    pub(super) fn new(repository: &Repository) -> Result<Self, GitError> {
        let (git, place) = (repository.path(), repository.path().join("objects").join("pack"));
        let scratch = Scratch::new_in(&git.join("incoming")).map_err(|source| GitError::io(git, source))?;
        let pack = scratch.path().join("pack");
        std::fs::create_dir(&pack).map_err(|source| GitError::io(&pack, source))?;
        Ok(Self { scratch, place })
    }

    /// A place for a file that is part of the work.
    pub(super) fn spool(&self) -> PathBuf {
        self.scratch.path().join("spool")
    }

    /// Makes packs of this repository hold every object whole. Looking for objects that are like each other
    /// takes most of the time that a pack takes, and new files hardly are.
    fn without_deltas(&self, repository: &Repository) -> Result<(), GitError> {
        let path = self.scratch.path().join("config");
        // The first name is git's; the second is where this libgit2 looks for that value.
        let text = "[core]\n\tbigFileThreshold = 1\n[pack]\n\tdeltaCacheSize = 1\n";
        std::fs::write(&path, text).map_err(|source| GitError::io(&path, source))?;
        Ok(repository.set_config(&git2::Config::open(&path)?)?)
    }

    /// Reads and indexes the pack that `feed` writes.
    pub(super) fn index(
        &self,
        feed: impl FnOnce(&mut Indexer<'_>) -> Result<(), GitError>,
    ) -> Result<(), GitError> {
        let mut indexer = Indexer::new(None, &self.scratch.path().join("pack"), 0o444, false)?;
        feed(&mut indexer)?;
        indexer.commit()?;
        Ok(())
    }

    /// The pack's objects and nothing else.
    pub(super) fn objects(&self) -> Result<Repository, GitError> {
        let odb = Odb::new()?;
        odb.add_disk_alternate(&self.scratch.path().to_string_lossy())?;
        Ok(Repository::from_odb(odb)?)
    }

    /// Moves the pack into the repository.
    pub(super) fn install(self) -> Result<(), GitError> {
        let folder = self.scratch.path().join("pack");
        for extension in ["pack", "idx"] {
            for file in files_with_extension(&folder, extension)? {
                self.move_in(&file).map_err(|source| GitError::io(&file, source))?;
            }
        }
        sync_folder(&self.place)
    }

    fn move_in(&self, file: &Path) -> std::io::Result<()> {
        File::open(file)?.sync_all()?;
        match file.file_name() {
            // A pack is named by its content: one that is there already is the same.
            Some(name) => std::fs::rename(file, self.place.join(name)),
            None => Ok(()),
        }
    }
}

fn files_with_extension(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, GitError> {
    let failed = |source| GitError::io(folder, source);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    Ok(files)
}

/// Brings new names in a folder to the disk.
fn sync_folder(folder: &Path) -> Result<(), GitError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|source| GitError::io(folder, source))
}
