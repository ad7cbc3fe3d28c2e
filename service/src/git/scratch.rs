//! Folders for unfinished work, gone when it ends.
//!
//! What is made here is moved to its place in one step or vanishes. It knows nothing of git. The invariant:
//! no two makers ever share a folder, and one left behind by a killed process is swept a day later.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How long an unfinished folder may be somebody's work.
const ABANDONED_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// A folder of one's own, removed with everything in it when dropped.
#[derive(Debug)]
pub(crate) struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// Makes a new folder in `parent` (made too, if need be) and sweeps out what killed processes left there.
    pub(crate) fn new_in(parent: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(parent)?;
        sweep(parent);
        let path = parent.join(uuid::Uuid::now_v7().to_string());
        std::fs::create_dir(&path)?;
        Ok(Self { path })
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed now is swept later.
        drop(std::fs::remove_dir_all(&self.path));
    }
}

/// Removes folders that nobody has touched for a day. Failing to is no reason to fail the work at hand.
fn sweep(parent: &Path) {
    let Ok(folders) = std::fs::read_dir(parent) else { return };
    for folder in folders.flatten() {
        let modified = folder.metadata().and_then(|metadata| metadata.modified());
        let age = modified.ok().and_then(|time| SystemTime::now().duration_since(time).ok());
        if age.is_some_and(|age| age > ABANDONED_AFTER) {
            drop(std::fs::remove_dir_all(folder.path()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_gone_with_its_owner() {
        let parent = tempfile::tempdir().unwrap();
        let scratch = Scratch::new_in(parent.path()).unwrap();
        std::fs::write(scratch.path().join("half"), "x").unwrap();

        drop(scratch);

        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0);
    }

    #[test]
    fn only_folders_that_nobody_touched_for_a_day_are_swept() {
        let parent = tempfile::tempdir().unwrap();
        let age = |name: &str, seconds: u64| {
            let path = parent.path().join(name);
            std::fs::create_dir(&path).unwrap();
            let then = SystemTime::now() - Duration::from_secs(seconds);
            std::fs::File::open(&path).unwrap().set_modified(then).unwrap();
            path
        };
        let (old, young) = (age("old", 25 * 60 * 60), age("young", 60));

        let _scratch = Scratch::new_in(parent.path()).unwrap();

        assert!(!old.exists());
        assert!(young.exists());
    }
}
