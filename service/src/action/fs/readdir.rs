//! `fs:readdir`: what lies in folders of the workspace.

use std::collections::BTreeSet;

use catalog_gen::{Entry, FileTree, TreePath};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::action::place::{place, shown};
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};

/// The action `fs:readdir`.
#[derive(Debug)]
pub(crate) struct ReadDir;

/// What it takes.
#[derive(Debug, Deserialize)]
pub(crate) struct Input {
    paths: Vec<String>,
    recursive: Option<bool>,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "List the top of the workspace",
        example: "\
steps:
  - id: list
    name: List the workspace
    action: fs:readdir
    input:
      paths:
        - .
",
    },
    Example {
        description: "List two folders with everything below them",
        example: "\
steps:
  - id: list
    name: List sources and tests
    action: fs:readdir
    input:
      paths:
        - src
        - tests
      recursive: true
",
    },
];

impl Action for ReadDir {
    type Input = Input;

    fn definition(&self) -> Definition {
        let entry = schema::object(
            json!({
                "name": schema::text("Name of the file or folder."),
                "path": schema::text("Path in the workspace."),
                "fullPath": schema::text("The same path: the workspace has no place on a disk."),
            }),
            &["name", "path", "fullPath"],
        );
        let entries =
            |description: &str| json!({ "type": "array", "items": entry, "description": description });
        Definition {
            id: "fs:readdir".into(),
            description:
                "Lists the files and folders in folders of the workspace, in the order of their paths.".into(),
            kind: Kind::Workspace,
            input: schema::closed(
                json!({
                    "paths": {
                        "type": "array",
                        "items": { "type": "string", "minLength": 1 },
                        "description": "The folders to list."
                    },
                    "recursive": schema::flag_or(false, "List what lies in the folders below as well."),
                }),
                &["paths"],
            ),
            output: Some(schema::closed(
                json!({ "files": entries("The files."), "folders": entries("The folders.") }),
                &["files", "folders"],
            )),
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        for path in &input.paths {
            let listing = list(ctx.workspace, path, input.recursive.unwrap_or(false))?;
            files.extend(listing.files.iter().map(output));
            folders.extend(listing.folders.iter().map(output));
        }
        ctx.output("files", files);
        ctx.output("folders", folders);
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Listing {
    files: Vec<TreePath>,
    folders: BTreeSet<TreePath>,
}

fn list(tree: &FileTree, path: &str, recursive: bool) -> Result<Listing, ActionError> {
    let top = place("paths", path)?;
    if let Some(top) = &top
        && !tree.is_dir(top)
    {
        return Err(match tree.get(top) {
            Some(_) => {
                ActionError::Input(format!("`{top}` is not a folder; name the folder that it lies in"))
            }
            None => {
                ActionError::NotFound(format!("there is no folder {} in the workspace", shown(Some(top))))
            }
        });
    }
    let mut listing = Listing::default();
    let mut ahead = vec![top];
    while let Some(folder) = ahead.pop() {
        for child in tree.children(folder.as_ref()) {
            if tree.is_dir(&child) {
                if recursive {
                    ahead.push(Some(child.clone()));
                }
                listing.folders.insert(child);
            } else if let Some(Entry::File(_)) = tree.get(&child) {
                listing.files.push(child);
            }
        }
    }
    listing.files.sort();
    Ok(listing)
}

fn output(path: &TreePath) -> Value {
    json!({ "name": path.file_name(), "path": path.as_str(), "fullPath": path.as_str() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(path: &str, recursive: bool) -> (Vec<String>, Vec<String>) {
        let mut tree = FileTree::new();
        for file in ["top", "a/one", "a/b/two"] {
            tree.insert(TreePath::parse(file).unwrap(), Entry::file(file)).unwrap();
        }
        tree.insert(TreePath::parse("a/empty").unwrap(), Entry::Dir).unwrap();
        tree.insert(TreePath::parse("a/link").unwrap(), Entry::Symlink { target: "one".to_owned() }).unwrap();
        let listing = list(&tree, path, recursive).unwrap();
        let text = |path: &TreePath| path.to_string();
        (listing.files.iter().map(text).collect(), listing.folders.iter().map(text).collect())
    }

    fn texts(all: &[&str]) -> Vec<String> {
        all.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_listing_stays_in_its_folder() {
        assert_eq!(listed(".", false), (texts(&["top"]), texts(&["a"])));
        assert_eq!(listed("a", false), (texts(&["a/one"]), texts(&["a/b", "a/empty"])));
    }

    #[test]
    fn a_recursive_listing_goes_all_the_way_down() {
        assert_eq!(
            listed("./", true),
            (texts(&["a/b/two", "a/one", "top"]), texts(&["a", "a/b", "a/empty"]))
        );
    }

    #[test]
    fn what_is_no_folder_is_an_error() {
        let mut tree = FileTree::new();
        tree.insert(TreePath::parse("file").unwrap(), Entry::file("x")).unwrap();

        assert!(matches!(list(&tree, "file", false), Err(ActionError::Input(_))));
        assert!(matches!(list(&tree, "nothing", false), Err(ActionError::NotFound(_))));
        assert!(matches!(list(&tree, "../x", false), Err(ActionError::NotAllowed(_))));
    }
}
