//! A workspace as a value: paths and what stands at them, in memory.
//!
//! Steps hand such trees to each other, git makes them into commits, and a repository is read as one. It does
//! not match globs, does not hash, and never touches a disk. The invariant: no sequence of operations yields a
//! tree with a path or a link that leads out of it, with a file above another entry, or over its budget; an
//! operation that is refused leaves the tree as it was.

mod entry;
mod error;
mod follow;
mod graft;
mod path;

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

pub use entry::{Entry, File};
pub use error::TreeError;
pub use follow::Follow;
pub use graft::OnConflict;
pub use path::{PathError, TreePath};

use entry::{TargetFault, check_target};

/// How much a tree may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeBudget {
    /// Files, links and kept directories together.
    pub max_entries: usize,
    /// Bytes of content and of link targets together.
    pub max_bytes: u64,
}

impl Default for TreeBudget {
    fn default() -> Self {
        Self { max_entries: 100_000, max_bytes: 512 * 1024 * 1024 }
    }
}

/// A tree of files. Cloning is cheap: clones share everything until one of them is changed.
///
/// Two trees are equal when they hold the same entries, whatever their budgets are.
#[derive(Debug, Clone, Default)]
pub struct FileTree {
    entries: Arc<BTreeMap<TreePath, Entry>>,
    total_bytes: u64,
    budget: TreeBudget,
}

impl PartialEq for FileTree {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.entries, &other.entries) || self.entries == other.entries
    }
}

impl Eq for FileTree {}

impl FileTree {
    /// An empty tree with the default budget.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty tree with a budget of its own.
    pub fn with_budget(budget: TreeBudget) -> Self {
        Self { budget, ..Self::default() }
    }

    /// What the tree may hold.
    pub fn budget(&self) -> TreeBudget {
        self.budget
    }

    /// Puts an entry at a path and gives back the one that it replaced.
    ///
    /// The directories above it come into being. A kept empty directory gives way to what is put in its place
    /// or below it; [`Entry::Dir`] where a directory with entries is changes nothing.
    pub fn insert(&mut self, path: TreePath, entry: Entry) -> Result<Option<Entry>, TreeError> {
        self.check_parents(&path)?;
        check_link(&path, &entry)?;
        if self.has_entries_below(&path) {
            return if entry == Entry::Dir { Ok(None) } else { Err(TreeError::IsADirectory { path }) };
        }
        let old_size = self.entries.get(&path).map(Entry::size);
        let entries = self.entries.len() + usize::from(old_size.is_none());
        let bytes = self.total_bytes - old_size.unwrap_or(0) + entry.size();
        let freed = usize::from(self.mark_above(&path).is_some());
        self.check_budget(&path, entries - freed, bytes)?;
        Ok(self.put(path, entry))
    }

    /// What is at the path: a file, a link, or a kept empty directory. See also [`FileTree::is_dir`].
    pub fn get(&self, path: &TreePath) -> Option<&Entry> {
        self.entries.get(path)
    }

    /// The file at the path; links are not followed.
    pub fn file(&self, path: &TreePath) -> Option<&File> {
        match self.get(path) {
            Some(Entry::File(file)) => Some(file),
            _ => None,
        }
    }

    /// Is there anything at the path: a file, a link or a directory?
    pub fn contains(&self, path: &TreePath) -> bool {
        self.entries.contains_key(path) || self.has_entries_below(path)
    }

    /// Is the path a directory, kept empty or with entries below it?
    pub fn is_dir(&self, path: &TreePath) -> bool {
        matches!(self.get(path), Some(Entry::Dir)) || self.has_entries_below(path)
    }

    /// The files, links and directories directly in a directory (`None`: the root), in order.
    pub fn children(&self, dir: Option<&TreePath>) -> Vec<TreePath> {
        let prefix = dir.map(|dir| format!("{dir}/")).unwrap_or_default();
        let mut children: Vec<TreePath> = Vec::new();
        for (path, _) in self.below(&prefix) {
            let rest = path.as_str().get(prefix.len()..).unwrap_or_default();
            let child = match rest.find('/') {
                Some(end) => path.as_str().get(..prefix.len() + end).unwrap_or_default(),
                None => path.as_str(),
            };
            if children.last().is_none_or(|last| last.as_str() != child) {
                children.push(TreePath::from_ancestor(child));
            }
        }
        children
    }

    /// All entries, in the order of their paths.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&TreePath, &Entry)> + ExactSizeIterator {
        self.entries.iter()
    }

    /// How many entries there are: files, links and kept empty directories.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Is there no entry at all?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The bytes of all contents and link targets.
    pub fn total_bytes(&self) -> u64 {
        self.total_bytes
    }

    /// Takes one entry out and gives it back; a directory with entries is left alone.
    ///
    /// A directory whose last entry goes is gone too, as in git.
    pub fn remove(&mut self, path: &TreePath) -> Option<Entry> {
        if !self.entries.contains_key(path) {
            return None;
        }
        let entry = Arc::make_mut(&mut self.entries).remove(path)?;
        self.total_bytes -= entry.size();
        Some(entry)
    }

    /// Takes out the path and everything below it; tells how many entries that were.
    pub fn remove_all(&mut self, path: &TreePath) -> usize {
        let doomed = self.at_and_below(path);
        for path in &doomed {
            self.remove(path);
        }
        doomed.len()
    }

    /// Moves a file, a link or a whole directory to a place where nothing is yet.
    pub fn rename(&mut self, from: &TreePath, to: &TreePath) -> Result<(), TreeError> {
        let sources = self.at_and_below(from);
        if sources.is_empty() {
            return Err(TreeError::NotFound { path: from.clone() });
        }
        if from == to {
            return Ok(());
        }
        if to.starts_with(from) {
            return Err(TreeError::IntoItself { from: from.clone(), to: to.clone() });
        }
        if self.contains(to) {
            return Err(TreeError::AlreadyExists { path: to.clone() });
        }
        self.check_parents(to)?;
        let mut moves = Vec::with_capacity(sources.len());
        for source in sources {
            let target = match source.strip_prefix(from) {
                Some(rest) => to.join_path(&rest)?,
                None => to.clone(),
            };
            if let Some(entry) = self.get(&source) {
                check_link(&target, entry)?;
            }
            moves.push((source, target));
        }
        for (source, target) in moves {
            if let Some(entry) = self.remove(&source) {
                self.put(target, entry);
            }
        }
        Ok(())
    }

    /// Groups of paths that differ only in letter case and would be one on many disks, directories included.
    pub fn case_clashes(&self) -> Vec<Vec<TreePath>> {
        let mut by_folded: BTreeMap<String, std::collections::BTreeSet<&str>> = BTreeMap::new();
        let mut last_parent = None;
        for path in self.entries.keys() {
            by_folded.entry(path.as_str().to_lowercase()).or_default().insert(path.as_str());
            let parent = path.ancestors().next();
            if parent != last_parent {
                for dir in path.ancestors() {
                    by_folded.entry(dir.to_lowercase()).or_default().insert(dir);
                }
                last_parent = parent;
            }
        }
        by_folded
            .into_values()
            .filter(|group| group.len() > 1)
            .map(|group| group.into_iter().map(TreePath::from_ancestor).collect())
            .collect()
    }

    /// Everything below the prefix (a text that ends in `/`, or is empty for the root).
    fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a TreePath, &'a Entry)> {
        self.entries
            .range::<str, _>((Bound::Included(prefix), Bound::Unbounded))
            .take_while(move |(path, _)| path.as_str().starts_with(prefix))
    }

    fn at_and_below(&self, path: &TreePath) -> Vec<TreePath> {
        let here = self.entries.get_key_value(path).map(|(path, _)| path.clone());
        here.into_iter().chain(self.below(&format!("{path}/")).map(|(path, _)| path.clone())).collect()
    }

    fn has_entries_below(&self, path: &TreePath) -> bool {
        // What follows the path in the order of texts tells in most cases; `a-b` comes before `a/b`, though.
        let next = self.entries.range::<str, _>((Bound::Excluded(path.as_str()), Bound::Unbounded)).next();
        next.is_some_and(|(next, _)| next.as_str().starts_with(path.as_str()))
            && self.below(&format!("{path}/")).next().is_some()
    }

    /// Does the entry just before the path in order share its directory? Then all above it are true directories.
    fn has_neighbour(&self, path: &TreePath) -> bool {
        let Some(parent) = path.ancestors().next() else { return true };
        let before =
            self.entries.range::<str, _>((Bound::Unbounded, Bound::Excluded(path.as_str()))).next_back();
        before
            .and_then(|(before, _)| before.as_str().strip_prefix(parent))
            .is_some_and(|rest| rest.starts_with('/'))
    }

    /// The mark of a kept directory above the path, if there is one: there can be only one.
    fn mark_above(&self, path: &TreePath) -> Option<TreePath> {
        if self.has_neighbour(path) {
            return None;
        }
        path.ancestors()
            .find(|dir| self.entries.get(*dir).is_some_and(|entry| *entry == Entry::Dir))
            .map(TreePath::from_ancestor)
    }

    fn check_parents(&self, path: &TreePath) -> Result<(), TreeError> {
        if self.has_neighbour(path) {
            return Ok(());
        }
        for dir in path.ancestors() {
            if let Some(Entry::File(_) | Entry::Symlink { .. }) = self.entries.get(dir) {
                let parent = TreePath::from_ancestor(dir);
                return Err(TreeError::ParentIsNotADirectory { path: path.clone(), parent });
            }
        }
        Ok(())
    }

    fn check_budget(&self, path: &TreePath, entries: usize, bytes: u64) -> Result<(), TreeError> {
        if entries > self.budget.max_entries {
            return Err(TreeError::TooManyEntries { path: path.clone(), limit: self.budget.max_entries });
        }
        if bytes > self.budget.max_bytes {
            return Err(TreeError::TooManyBytes { path: path.clone(), limit: self.budget.max_bytes });
        }
        Ok(())
    }

    /// Puts an entry where every check has already said yes.
    fn put(&mut self, path: TreePath, entry: Entry) -> Option<Entry> {
        if let Some(mark) = self.mark_above(&path) {
            self.remove(&mark);
        }
        self.total_bytes += entry.size();
        let old = Arc::make_mut(&mut self.entries).insert(path, entry);
        self.total_bytes -= old.as_ref().map_or(0, Entry::size);
        old
    }
}

fn check_link(path: &TreePath, entry: &Entry) -> Result<(), TreeError> {
    let Entry::Symlink { target } = entry else { return Ok(()) };
    check_target(path, target).map_err(|fault| match fault {
        TargetFault::Path(source) => TreeError::LinkLeadsOut { path: path.clone(), source },
        TargetFault::ParentAfterName => TreeError::LinkTurnsBack { path: path.clone() },
    })
}

#[cfg(test)]
mod tests;
