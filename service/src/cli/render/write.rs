//! Writing a tree to disk: through a directory handle, so that no link that lies there is followed outward.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt};
use catalog_gen::{Entry, FileTree, TreePath};

use super::shown;
use crate::cli::error::CommandError;

/// More files than this are written by two threads.
const FEW: usize = 256;
const THREADS: usize = 2;

/// Refuses a target that holds something, unless that is wished.
pub(in crate::cli) fn check_target(out: &Path, force: bool) -> Result<(), CommandError> {
    match std::fs::read_dir(out).map(|mut entries| entries.next().is_some()) {
        Ok(true) if !force => Err(CommandError::usage(format!(
            "`{}` holds something: name an empty folder, or write over it with `--force`",
            shown(out)
        ))),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(CommandError::usage(format!("`{}` cannot be used: {error}", shown(out))))
        }
        _ => Ok(()),
    }
}

/// Writes every entry of `tree` below `out`.
pub(in crate::cli) fn write_tree(tree: &FileTree, out: &Path) -> Result<(), CommandError> {
    let failed = |name: &str, error: std::io::Error| {
        CommandError::unavailable(format!("`{}` cannot be written: {error}", out.join(name).display()))
    };
    std::fs::create_dir_all(out).map_err(|error| failed("", error))?;
    let dir = Dir::open_ambient_dir(out, ambient_authority()).map_err(|error| failed("", error))?;
    for folder in folders(tree) {
        dir.create_dir_all(folder.as_str()).map_err(|error| failed(folder.as_str(), error))?;
    }
    let entries: Vec<(&TreePath, &Entry)> = tree.iter().collect();
    let share = if entries.len() > FEW { entries.len().div_ceil(THREADS) } else { entries.len().max(1) };
    std::thread::scope(|scope| {
        let writers: Vec<_> = entries
            .chunks(share)
            .map(|chunk| {
                let dir = &dir;
                scope.spawn(move || {
                    chunk.iter().try_for_each(|(path, entry)| {
                        write_entry(dir, path, entry).map_err(|error| failed(path.as_str(), error))
                    })
                })
            })
            .collect();
        writers.into_iter().try_for_each(|writer| {
            writer
                .join()
                .unwrap_or_else(|_| Err(CommandError::failed("a thread that writes files broke down")))
        })
    })
}

fn folders(tree: &FileTree) -> BTreeSet<TreePath> {
    let of_entry = |(path, entry): (&TreePath, &Entry)| match entry {
        Entry::Dir => Some(path.clone()),
        Entry::File(_) | Entry::Symlink { .. } => path.parent(),
    };
    tree.iter().filter_map(of_entry).collect()
}

fn write_entry(dir: &Dir, path: &TreePath, entry: &Entry) -> std::io::Result<()> {
    match entry {
        Entry::Dir => Ok(()),
        Entry::File(file) => {
            let mode = if file.executable { 0o777 } else { 0o666 };
            let mut options = OpenOptions::new();
            options.write(true).create_new(true).mode(mode);
            let mut target = match dir.open_with(path.as_str(), &options) {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                    dir.remove_file(path.as_str())?;
                    dir.open_with(path.as_str(), &options)?
                }
                opened => opened?,
            };
            target.write_all(&file.bytes)
        }
        Entry::Symlink { target } => {
            if dir.symlink_metadata(path.as_str()).is_ok() {
                dir.remove_file(path.as_str())?;
            }
            dir.symlink(target, path.as_str())
        }
    }
}
