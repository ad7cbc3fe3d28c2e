//! Taking a part out of a tree, and putting a tree into another.
//!
//! It holds no storage of its own. The invariant: a graft that is refused changes nothing, and grafting what
//! [`FileTree::subtree`] took out puts it back as it was.

use super::{Entry, FileTree, TreeError, TreePath, check_link};

/// What a graft does where something is already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnConflict {
    /// What was there stays; the new entry is left out.
    Keep,
    /// The new entry takes the place of the old. A file still never replaces a directory with entries, nor a
    /// directory a file: that is an error.
    Replace,
    /// The first conflict is an error.
    Fail,
}

impl FileTree {
    /// The directory at `dir` as a tree of its own, under the same budget. A missing directory gives an empty
    /// tree; a file, and a link that leads out of the part taken, are errors.
    pub fn subtree(&self, dir: &TreePath) -> Result<FileTree, TreeError> {
        if matches!(self.get(dir), Some(Entry::File(_) | Entry::Symlink { .. })) {
            return Err(TreeError::NotADirectory { path: dir.clone() });
        }
        let mut part = FileTree::with_budget(self.budget);
        for (path, entry) in self.below(&format!("{dir}/")) {
            if let Some(path) = path.strip_prefix(dir) {
                check_link(&path, entry)?;
                part.put(path, entry.clone());
            }
        }
        Ok(part)
    }

    /// Puts all entries of `tree` below `at` (`None`: at the root).
    pub fn graft(&mut self, at: Option<&TreePath>, tree: FileTree, on: OnConflict) -> Result<(), TreeError> {
        let mut incoming = Vec::with_capacity(tree.len());
        let (mut entries, mut bytes) = (self.len(), self.total_bytes());
        let mut marks = std::collections::BTreeSet::new();
        for (path, entry) in tree.iter() {
            let path = match at {
                Some(at) => at.join_path(path)?,
                None => path.clone(),
            };
            if !self.admits(&path, entry, on)? {
                continue;
            }
            check_link(&path, entry)?;
            let old = self.get(&path).map(Entry::size);
            entries += usize::from(old.is_none());
            entries -= usize::from(self.mark_above(&path).is_some_and(|mark| marks.insert(mark)));
            bytes = bytes - old.unwrap_or(0) + entry.size();
            self.check_budget(&path, entries, bytes)?;
            incoming.push((path, entry.clone()));
        }
        for (path, entry) in incoming {
            self.put(path, entry);
        }
        Ok(())
    }

    /// Is the entry to be put there, under the rule for conflicts? `false` means that it is left out.
    fn admits(&self, path: &TreePath, entry: &Entry, on: OnConflict) -> Result<bool, TreeError> {
        if let Err(error) = self.check_parents(path) {
            return if on == OnConflict::Keep { Ok(false) } else { Err(error) };
        }
        if *entry == Entry::Dir && self.is_dir(path) {
            return Ok(false);
        }
        let below = self.has_entries_below(path);
        match (self.get(path), on) {
            (None | Some(Entry::Dir), _) if !below => Ok(true),
            (_, OnConflict::Keep) => Ok(false),
            (_, OnConflict::Replace) if below => Err(TreeError::IsADirectory { path: path.clone() }),
            (_, OnConflict::Replace) if *entry == Entry::Dir => {
                Err(TreeError::NotADirectory { path: path.clone() })
            }
            (_, OnConflict::Replace) => Ok(true),
            (_, OnConflict::Fail) => Err(TreeError::AlreadyExists { path: path.clone() }),
        }
    }
}
