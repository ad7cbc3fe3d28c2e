//! What is different between the files of two runs.
//!
//! A list of changed files costs one comparison of bytes each; lines are compared only for a file that somebody
//! looks at. The invariant: content that stems from a secret is never part of a diff.

use catalog_gen::{Entry, FileTree, TreePath};

use crate::diff::{CONTEXT, ChangeTag, lines as compared};

/// Texts longer than this are told to differ, without the lines.
const LONGEST: usize = 512 * 1024;

/// A file that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file.
    pub path: TreePath,
    /// What became of it.
    pub kind: ChangeKind,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was not there before.
    Added,
    /// Its content, mode or kind is another one.
    Changed,
    /// It is no longer there.
    Removed,
}

/// The difference of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileDiff {
    /// Nothing is different.
    Same,
    /// The lines that differ, with those around them.
    Lines(Vec<Hunk>),
    /// They differ, but not in lines that can be shown; the reason.
    Opaque(&'static str),
}

/// Lines that stand together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// First line before and after, from 1.
    pub start: (usize, usize),
    /// The lines.
    pub lines: Vec<DiffLine>,
}

/// One line of a diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffLine {
    /// Where it stands.
    pub kind: LineKind,
    /// Its text without the line break.
    pub text: String,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// In both.
    Same,
    /// Only after.
    Added,
    /// Only before.
    Removed,
}

/// The files that differ, in the order of their paths.
pub(super) fn changes(before: &FileTree, after: &FileTree) -> Vec<Change> {
    let mut changes: Vec<Change> = after
        .iter()
        .filter_map(|(path, entry)| {
            let kind = match before.get(path) {
                None => ChangeKind::Added,
                Some(known) if known != entry => ChangeKind::Changed,
                Some(_) => return None,
            };
            Some(Change { path: path.clone(), kind })
        })
        .collect();
    let gone = before.iter().filter(|(path, _)| after.get(path).is_none());
    changes.extend(gone.map(|(path, _)| Change { path: path.clone(), kind: ChangeKind::Removed }));
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    changes
}

/// The difference of one file between two runs.
pub(super) fn file(before: Option<&Entry>, after: Option<&Entry>) -> FileDiff {
    if before == after {
        return FileDiff::Same;
    }
    let (old, new) = match (shown(before), shown(after)) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(reason), _) | (_, Err(reason)) => return FileDiff::Opaque(reason),
    };
    if old == new {
        return FileDiff::Opaque("the mode changed, the content did not");
    }
    if old.len() > LONGEST || new.len() > LONGEST {
        return FileDiff::Opaque("the file is too long to compare its lines");
    }
    FileDiff::Lines(hunks(&old, &new))
}

/// The text of an entry; a file that is not there is empty.
fn shown(entry: Option<&Entry>) -> Result<String, &'static str> {
    match entry {
        None | Some(Entry::Dir) => Ok(String::new()),
        Some(Entry::Symlink { target }) => Ok(format!("{target}\n")),
        Some(Entry::File(file)) if file.sensitive => Err("the file holds a secret and is not shown"),
        Some(Entry::File(file)) => match file.text() {
            Some(text) if !text.contains('\0') => Ok(text.to_owned()),
            _ => Err("the file is not text"),
        },
    }
}

fn hunks(old: &str, new: &str) -> Vec<Hunk> {
    let diff = compared(old, new);
    let groups = diff.grouped_ops(CONTEXT);
    groups
        .iter()
        .filter_map(|group| {
            let first = group.first()?;
            let lines = group.iter().flat_map(|op| diff.iter_changes(op)).map(|change| DiffLine {
                kind: match change.tag() {
                    ChangeTag::Equal => LineKind::Same,
                    ChangeTag::Insert => LineKind::Added,
                    ChangeTag::Delete => LineKind::Removed,
                },
                text: change.value().trim_end_matches(['\n', '\r']).to_owned(),
            });
            let start = (first.old_range().start + 1, first.new_range().start + 1);
            Some(Hunk { start, lines: lines.collect() })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use catalog_gen::File;

    use super::*;

    fn tree(files: &[(&str, &str)]) -> FileTree {
        let mut tree = FileTree::new();
        for (path, text) in files {
            tree.insert(TreePath::parse(path).unwrap(), Entry::file((*text).to_owned())).unwrap();
        }
        tree
    }

    #[test]
    fn files_that_came_changed_and_went_are_listed_in_order() {
        let before = tree(&[("a", "1"), ("b", "1"), ("d", "1")]);
        let after = tree(&[("a", "1"), ("b", "2"), ("c", "1")]);

        let found: Vec<_> =
            changes(&before, &after).into_iter().map(|c| (c.path.as_str().to_owned(), c.kind)).collect();

        let expected = [("b", ChangeKind::Changed), ("c", ChangeKind::Added), ("d", ChangeKind::Removed)];
        assert_eq!(found, expected.map(|(path, kind)| (path.to_owned(), kind)));
    }

    #[test]
    fn a_diff_keeps_three_lines_around_a_change() {
        let lines = |middle: &str| {
            (1..=9).map(|n| if n == 5 { format!("{middle}\n") } else { format!("{n}\n") }).collect::<String>()
        };
        let (before, after) = (Entry::file(lines("old")), Entry::file(lines("new")));

        let FileDiff::Lines(hunks) = file(Some(&before), Some(&after)) else { panic!("no lines") };

        assert_eq!(hunks[0].start, (2, 2));
        let shown: Vec<_> = hunks[0].lines.iter().map(|line| (line.kind, line.text.as_str())).collect();
        let same = |text| (LineKind::Same, text);
        assert_eq!(
            shown,
            [
                same("2"),
                same("3"),
                same("4"),
                (LineKind::Removed, "old"),
                (LineKind::Added, "new"),
                same("6"),
                same("7"),
                same("8")
            ]
        );
    }

    #[test]
    fn what_stems_from_a_secret_is_not_compared() {
        let secret = |text: &str| Entry::File(File { sensitive: true, ..File::new(text.to_owned()) });

        let diff = file(Some(&secret("hunter2")), Some(&secret("hunter3")));

        assert_eq!(diff, FileDiff::Opaque("the file holds a secret and is not shown"));
    }

    #[test]
    fn a_change_of_mode_alone_is_told() {
        let run = Entry::File(File { executable: true, ..File::new("x") });

        let diff = file(Some(&Entry::file("x")), Some(&run));

        assert_eq!(diff, FileDiff::Opaque("the mode changed, the content did not"));
    }

    #[test]
    fn bytes_that_are_no_text_are_not_compared_by_line() {
        let diff = file(None, Some(&Entry::file(vec![0_u8, 159])));

        assert_eq!(diff, FileDiff::Opaque("the file is not text"));
    }
}
