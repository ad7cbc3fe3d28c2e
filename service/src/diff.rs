//! How two file trees differ: which files came, changed and went, and the lines that did.
//!
//! Texts are compared as unified diffs that `patch` and `git apply` read; of other files only the names are
//! told. It is bounded: a long text, or the rest after many, is said to differ without its lines. The
//! invariant: content that stems from a secret is never part of a diff.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use catalog_gen::{Entry, File, FileTree, TreePath};
use similar::{Algorithm, TextDiff};

pub(crate) use similar::ChangeTag;

/// Lines around a change.
pub(crate) const CONTEXT: usize = 3;
/// Longer texts are not compared line by line.
const LONGEST_TEXT: usize = 1024 * 1024;
/// Longer diffs are left out.
const LONGEST_DIFF: usize = 256 * 1024;
/// All diffs together.
const LONGEST_DIFFS: usize = 4 * 1024 * 1024;
/// After this time the diff of one file is finished coarsely.
const PATIENCE: Duration = Duration::from_millis(200);
/// After this time no further lines are compared.
const PATIENCE_FOR_ALL: Duration = Duration::from_secs(1);

/// The difference of two trees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TreeDiff {
    /// Files that differ, by path.
    pub files: Vec<FileDiff>,
    /// How many are the same.
    pub unchanged: usize,
}

/// A file that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDiff {
    /// Its path.
    pub path: TreePath,
    /// What became of it.
    pub change: Change,
    /// Its lines.
    pub lines: Lines,
    /// The git modes before and after, where they differ.
    pub modes: Option<(&'static str, &'static str)>,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Only the new tree has it.
    Added,
    /// Both have it.
    Changed,
    /// Only the old tree has it.
    Removed,
}

/// The lines of a file that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lines {
    /// A unified diff; empty where only the mode differs.
    Unified(String),
    /// It is not text.
    Binary,
    /// It stems from a secret.
    Secret,
    /// It is text, and too much of it.
    TooLong,
}

impl TreeDiff {
    /// The number of files that were added, changed and removed.
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |change| self.files.iter().filter(|file| file.change == change).count();
        (count(Change::Added), count(Change::Changed), count(Change::Removed))
    }
}

/// What turns `old` into `new`. Folders that are kept empty are no files.
pub fn trees(old: &FileTree, new: &FileTree) -> TreeDiff {
    let mut room = Room { bytes: LONGEST_DIFFS, until: Instant::now() + PATIENCE_FOR_ALL };
    let mut diff = TreeDiff::default();
    let mut all: Vec<&TreePath> = files(old).chain(files(new)).map(|(path, _)| path).collect();
    all.sort();
    all.dedup();
    for path in all {
        let (before, after) = (entry(old, path), entry(new, path));
        let change = match (before, after) {
            (Some(before), Some(after)) if same(before, after) => {
                diff.unchanged += 1;
                continue;
            }
            (Some(_), Some(_)) => Change::Changed,
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
        };
        let modes = before.map(mode).zip(after.map(mode)).filter(|(before, after)| before != after);
        let lines = room.lines(path, before, after);
        diff.files.push(FileDiff { path: path.clone(), change, lines, modes });
    }
    diff
}

/// Two texts compared line by line, coarsely once it takes long.
pub(crate) fn lines<'t>(old: &'t str, new: &'t str) -> TextDiff<'t, 't, 't, str> {
    TextDiff::configure().algorithm(Algorithm::Myers).deadline(Instant::now() + PATIENCE).diff_lines(old, new)
}

fn files(tree: &FileTree) -> impl Iterator<Item = (&TreePath, &Entry)> {
    tree.iter().filter(|(_, entry)| **entry != Entry::Dir)
}

fn entry<'t>(tree: &'t FileTree, path: &TreePath) -> Option<&'t Entry> {
    tree.get(path).filter(|entry| **entry != Entry::Dir)
}

/// Whether a secret is behind a file does not change the file.
fn same(before: &Entry, after: &Entry) -> bool {
    match (before, after) {
        (Entry::File(before), Entry::File(after)) => {
            before.executable == after.executable && before.bytes == after.bytes
        }
        (before, after) => before == after,
    }
}

fn mode(entry: &Entry) -> &'static str {
    match entry {
        Entry::File(File { executable: true, .. }) => "100755",
        Entry::File(_) => "100644",
        Entry::Symlink { .. } => "120000",
        Entry::Dir => "040000",
    }
}

/// What is left for lines.
struct Room {
    bytes: usize,
    until: Instant,
}

impl Room {
    fn lines(&mut self, path: &TreePath, before: Option<&Entry>, after: Option<&Entry>) -> Lines {
        let secret = |entry: &Entry| matches!(entry, Entry::File(file) if file.sensitive);
        if before.is_some_and(secret) || after.is_some_and(secret) {
            return Lines::Secret;
        }
        let (Some(old), Some(new)) = (text(before), text(after)) else { return Lines::Binary };
        if old.len().max(new.len()) > LONGEST_TEXT || Instant::now() > self.until {
            return Lines::TooLong;
        }
        let names = |prefix: &str, entry: Option<&Entry>| match entry {
            Some(_) => format!("{prefix}/{path}"),
            None => "/dev/null".to_owned(),
        };
        let diff = lines(old.as_ref(), new.as_ref());
        let unified = diff
            .unified_diff()
            .context_radius(CONTEXT)
            .header(&names("a", before), &names("b", after))
            .to_string();
        if unified.len() > LONGEST_DIFF.min(self.bytes) {
            return Lines::TooLong;
        }
        self.bytes -= unified.len();
        Lines::Unified(unified)
    }
}

/// The text of an entry; one that is not there is empty, and a link is the path it leads to, as in git.
fn text(entry: Option<&Entry>) -> Option<Cow<'_, str>> {
    match entry {
        None | Some(Entry::Dir) => Some(Cow::Borrowed("")),
        Some(Entry::Symlink { target }) => Some(Cow::Owned(target.to_string())),
        Some(Entry::File(file)) => file.text().filter(|text| !text.contains('\0')).map(Cow::Borrowed),
    }
}

#[cfg(test)]
mod tests;
