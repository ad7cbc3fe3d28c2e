//! From rendered entries to a tree: clashes, budgets, and the list of what was left out.
//!
//! It renders nothing. The invariant: an entry of the skeleton is in the tree, or in the list of what was left
//! out, or there is an error that names it; never is one file silently written over another.

use std::fmt;

use catalog_gen::{Entry, FileTree, TreeError, TreePath};

use super::RenderError;

/// A rendered tree, and what of the skeleton is not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RenderedTree {
    /// The tree.
    pub tree: FileTree,
    /// Entries whose names rendered to nothing that can be written, in the order of the skeleton.
    pub skipped: Vec<Skipped>,
    /// How many files were left out because one stands there already.
    pub kept: usize,
}

/// An entry of the skeleton that was left out because of its rendered name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The entry, as it is named in the skeleton.
    pub file: String,
    /// Why it was left out.
    pub reason: SkipReason,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` was left out: {}", self.file, self.reason)
    }
}

/// Why an entry was left out. The first three are Backstage's rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// The whole path is empty.
    Empty,
    /// The path starts with a slash: its first folder rendered to nothing.
    LeadingSlash,
    /// The path has two slashes in a row: a folder rendered to nothing.
    DoubleSlash,
    /// The path names a folder: the file's own name rendered to nothing.
    NoName,
}

impl SkipReason {
    /// The reason to leave a rendered path out, if there is one.
    pub(super) fn of(rendered: &str) -> Option<Self> {
        match rendered {
            "" => Some(Self::Empty),
            _ if rendered.starts_with('/') => Some(Self::LeadingSlash),
            _ if rendered.contains("//") => Some(Self::DoubleSlash),
            _ if rendered.ends_with('/') => Some(Self::NoName),
            _ => None,
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty | Self::NoName => "its name renders to nothing",
            Self::LeadingSlash => {
                "its path renders with a `/` in front, as when the first folder's name is empty"
            }
            Self::DoubleSlash => "its path renders with `//`, as when a folder's name is empty",
        })
    }
}

/// What one entry of the skeleton came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// An entry of the tree.
    Put(TreePath, Entry),
    /// Nothing.
    Skip(SkipReason),
    /// Nothing, because what stands there already stays; a folder is not worth telling.
    Keep {
        /// Is it a file or a link?
        told: bool,
    },
}

impl Outcome {
    /// What it costs of the tree's byte budget.
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::Put(_, entry) => entry.size(),
            Self::Skip(_) | Self::Keep { .. } => 0,
        }
    }
}

/// Makes a tree of the outcomes, which are in the order of the skeleton. The first error wins.
pub(super) fn assemble<'a>(
    skeleton: &FileTree,
    outcomes: impl IntoIterator<Item = (&'a TreePath, Result<Outcome, RenderError>)>,
) -> Result<RenderedTree, RenderError> {
    let tree = FileTree::with_budget(skeleton.budget());
    let mut rendered = RenderedTree { tree, skipped: Vec::new(), kept: 0 };
    let mut placed: Vec<(&TreePath, TreePath)> = Vec::with_capacity(skeleton.len());
    for (file, outcome) in outcomes {
        match outcome? {
            Outcome::Keep { told } => rendered.kept += usize::from(told),
            // A folder that is there only for what lies in it is not an entry that anybody misses.
            Outcome::Skip(_) if skeleton.get(file).is_none() => {}
            Outcome::Skip(reason) => rendered.skipped.push(Skipped { file: file.to_string(), reason }),
            Outcome::Put(path, entry) => {
                let is_dir = entry == Entry::Dir;
                match rendered.tree.insert(path.clone(), entry) {
                    Ok(None) => {}
                    Ok(Some(Entry::Dir)) if is_dir => {}
                    Ok(Some(_)) => return Err(clash(file, &path, &placed)),
                    Err(error) => return Err(refused(file, &path, error, &placed)),
                }
                placed.push((file, path));
            }
        }
    }
    Ok(rendered)
}

/// Two entries want one name, or one wants to be a file where the other needs a folder.
fn clash(file: &TreePath, path: &TreePath, placed: &[(&TreePath, TreePath)]) -> RenderError {
    let other = placed
        .iter()
        .find(|(_, other)| other == path)
        .or_else(|| placed.iter().find(|(_, other)| other.starts_with(path) || path.starts_with(other)));
    let message = match other {
        Some((other, place)) if place == path => {
            format!("it renders to the same name as `{other}`: `{path}`; make the two names differ")
        }
        Some((other, place)) => {
            format!(
                "it renders to `{path}`, but `{other}` renders to `{place}`, and only one can be a file there"
            )
        }
        None => format!("it renders to `{path}`, which is taken"),
    };
    RenderError::about(file.as_str(), message)
}

fn refused(
    file: &TreePath,
    path: &TreePath,
    error: TreeError,
    placed: &[(&TreePath, TreePath)],
) -> RenderError {
    match error {
        TreeError::IsADirectory { .. } | TreeError::ParentIsNotADirectory { .. } => clash(file, path, placed),
        error => RenderError::about(file.as_str(), error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> TreePath {
        TreePath::parse(text).unwrap()
    }

    fn build(outcomes: &[(&str, Outcome)]) -> Result<RenderedTree, RenderError> {
        let files: Vec<TreePath> = outcomes.iter().map(|(file, _)| path(file)).collect();
        let mut skeleton = FileTree::new();
        for file in &files {
            skeleton.insert(file.clone(), Entry::Dir).unwrap();
        }
        let outcomes = files.iter().zip(outcomes.iter().map(|(_, outcome)| Ok(outcome.clone())));
        assemble(&skeleton, outcomes)
    }

    fn put(at: &str, entry: Entry) -> Outcome {
        Outcome::Put(path(at), entry)
    }

    #[test]
    fn two_files_of_one_name_are_an_error_that_names_both() {
        let error =
            build(&[("a", put("x", Entry::file("1"))), ("b", put("x", Entry::file("2")))]).unwrap_err();
        assert_eq!(error.file, "b");
        assert!(error.message.contains("`a`") && error.message.contains("`x`"), "{error}");
    }

    #[test]
    fn a_file_where_another_needs_a_folder_is_an_error_that_names_both() {
        let pairs = [("x", "x/y"), ("x/y", "x")];
        for (first, second) in pairs {
            let error = build(&[("a", put(first, Entry::file("1"))), ("b", put(second, Entry::file("2")))]);
            let error = error.unwrap_err();
            assert!(error.file == "b" && error.message.contains("`a`"), "{error}");
        }
        let mixed = [("a", put("x", Entry::file("1"))), ("b", put("x", Entry::Dir))];
        assert!(build(&mixed).unwrap_err().message.contains("`a`"));
    }

    #[test]
    fn folders_of_one_name_are_one_folder() {
        let rendered = build(&[("a", put("x", Entry::Dir)), ("b", put("x", Entry::Dir))]).unwrap();
        assert_eq!(rendered.tree.len(), 1);
    }

    #[test]
    fn what_is_left_out_is_listed() {
        let rendered = build(&[("a", Outcome::Skip(SkipReason::DoubleSlash))]).unwrap();
        assert_eq!(rendered.skipped[0].file, "a");
        assert!(rendered.skipped[0].to_string().starts_with("`a` was left out: its path renders with `//`"));
    }

    #[test]
    fn a_link_that_leads_out_from_its_new_place_is_an_error() {
        let link = Entry::Symlink { target: "../x".to_owned() };
        let error = build(&[("a", put("y", link))]).unwrap_err();
        assert!(error.message.contains("leads outside"), "{error}");
    }
}
