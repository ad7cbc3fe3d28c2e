//! `fs:rename`: files and folders to another place in the workspace.

use catalog_gen::FileTree;
use serde::Deserialize;
use serde_json::json;

use crate::action::place::place_inside;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};

/// The action `fs:rename`.
#[derive(Debug)]
pub(crate) struct Rename;

/// What it takes.
#[derive(Debug, Deserialize)]
pub(crate) struct Input {
    files: Vec<Move>,
}

#[derive(Debug, Deserialize)]
struct Move {
    from: String,
    to: String,
    overwrite: Option<bool>,
}

const EXAMPLES: &[Example] = &[Example {
    description: "Rename a file, and move a folder over another",
    example: "\
steps:
  - id: rename
    name: Put things in their place
    action: fs:rename
    input:
      files:
        - from: README.service.md
          to: README.md
        - from: docs-draft
          to: docs
          overwrite: true
",
}];

impl Action for Rename {
    type Input = Input;

    fn definition(&self) -> Definition {
        let one = schema::object(
            json!({
                "from": schema::text("The file or folder to rename."),
                "to": schema::text("Its new place."),
                "overwrite": schema::flag("Replace what is at the new place. Default: false."),
            }),
            &["from", "to"],
        );
        Definition {
            id: "fs:rename".into(),
            description: "Renames or moves files and folders within the workspace.".into(),
            kind: Kind::Workspace,
            input: schema::closed(
                json!({ "files": { "type": "array", "items": one, "description": "What to rename, in order." } }),
                &["files"],
            ),
            output: None,
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let mut tree = ctx.workspace.clone();
        for one in &input.files {
            apply(&mut tree, one)?;
        }
        *ctx.workspace = tree;
        let moved = input.files.len();
        ctx.log(format!("Renamed {moved} {}", if moved == 1 { "entry" } else { "entries" })).await
    }
}

fn apply(tree: &mut FileTree, one: &Move) -> Result<(), ActionError> {
    let (from, to) = (place_inside("from", &one.from)?, place_inside("to", &one.to)?);
    if !tree.contains(&from) {
        return Err(ActionError::NotFound(format!(
            "there is nothing at `{from}` in the workspace; check the spelling and the letter case"
        )));
    }
    if from == to {
        return Ok(());
    }
    if tree.contains(&to) {
        if !one.overwrite.unwrap_or(false) {
            return Err(ActionError::Conflict(format!(
                "`{to}` exists already; delete it first, or set `overwrite: true`"
            )));
        }
        if from.starts_with(&to) || to.starts_with(&from) {
            return Err(ActionError::Input(format!(
                "cannot move `{from}` over `{to}`: one lies inside the other; move it to a third place first"
            )));
        }
        tree.remove_all(&to);
    }
    Ok(tree.rename(&from, &to)?)
}

#[cfg(test)]
mod tests {
    use catalog_gen::{Entry, TreePath};

    use super::*;

    fn renamed(from: &str, to: &str, overwrite: bool) -> Result<Vec<String>, ActionError> {
        let mut tree = FileTree::new();
        for path in ["a/one", "a/two", "b/three", "c"] {
            tree.insert(TreePath::parse(path).unwrap(), Entry::file(path)).unwrap();
        }
        apply(&mut tree, &Move { from: from.to_owned(), to: to.to_owned(), overwrite: Some(overwrite) })?;
        Ok(tree.iter().map(|(path, _)| path.to_string()).collect())
    }

    #[test]
    fn files_and_folders_move() {
        assert_eq!(renamed("c", "d/e", false).unwrap(), ["a/one", "a/two", "b/three", "d/e"]);
        assert_eq!(renamed("a", "x/y", false).unwrap(), ["b/three", "c", "x/y/one", "x/y/two"]);
    }

    #[test]
    fn what_is_in_the_way_stays_unless_overwrite_is_set() {
        assert!(matches!(renamed("a", "b", false), Err(ActionError::Conflict(_))));
        assert_eq!(renamed("a", "b", true).unwrap(), ["b/one", "b/two", "c"]);
        assert_eq!(renamed("c", "a", true).unwrap(), ["a", "b/three"]);
    }

    #[test]
    fn a_move_that_cannot_be_is_refused() {
        assert!(matches!(renamed("zzz", "b", true), Err(ActionError::NotFound(_))));
        assert!(matches!(renamed("a/one", "a", true), Err(ActionError::Input(_))));
        assert!(matches!(renamed("a", "a/b", true), Err(ActionError::Input(_))));
        assert!(matches!(renamed("a", "../b", true), Err(ActionError::NotAllowed(_))));
        assert!(matches!(renamed("a", ".", true), Err(ActionError::Input(_))));
    }
}
