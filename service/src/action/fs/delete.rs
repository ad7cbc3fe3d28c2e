//! `fs:delete`: files and folders out of the workspace.

use catalog_gen::{Entry, FileTree, TreePath};
use globset::{GlobBuilder, GlobMatcher};
use serde::Deserialize;
use serde_json::json;

use crate::action::place::place;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};

/// The action `fs:delete`.
#[derive(Debug)]
pub(crate) struct Delete;

/// What it takes.
#[derive(Debug, Deserialize)]
pub(crate) struct Input {
    files: Vec<String>,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Delete a file and a folder",
        example: "\
steps:
  - id: tidy
    name: Tidy up
    action: fs:delete
    input:
      files:
        - NOTES.md
        - scratch
",
    },
    Example {
        description: "Delete all YAML files of one folder, and all backup files anywhere",
        example: "\
steps:
  - id: tidy
    name: Tidy up
    action: fs:delete
    input:
      files:
        - config/*.yaml
        - '**/*.bak'
",
    },
];

impl Action for Delete {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "fs:delete".into(),
            description:
                "Deletes files and folders from the workspace. Globs are understood: `*` stays within one \
                          folder, `**` crosses folders, dotfiles count."
                    .into(),
            kind: Kind::Workspace,
            input: schema::closed(
                json!({ "files": schema::texts("Files, folders and globs to delete.") }),
                &["files"],
            ),
            output: None,
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let masked = ctx.masked_input();
        for (index, pattern) in input.files.iter().enumerate() {
            let doomed = matches(ctx.workspace, pattern)?;
            for path in &doomed {
                ctx.workspace.remove(path);
            }
            let shown =
                masked.pointer(&format!("/files/{index}")).and_then(|text| text.as_str()).unwrap_or_default();
            match doomed.as_slice() {
                [] => ctx.log(format!("Nothing in the workspace matches `{shown}`")).await?,
                [one] => ctx.log(format!("Deleted `{one}`")).await?,
                many => ctx.log(format!("Deleted {} files that match `{shown}`", many.len())).await?,
            }
        }
        Ok(())
    }
}

/// Everything that a pattern names: the path itself with all below it, and the files that the glob matches.
/// A folder that only the glob matches is left alone, as Backstage does it: `*` clears the files of the top.
fn matches(tree: &FileTree, pattern: &str) -> Result<Vec<TreePath>, ActionError> {
    let Some(pattern) = place("files", pattern)? else {
        return Ok(tree.iter().map(|(path, _)| path.clone()).collect());
    };
    let glob = glob(pattern.as_str())?;
    let hit = |path: &TreePath, entry: &Entry| {
        path.starts_with(&pattern) || (*entry != Entry::Dir && glob.is_match(path.as_str()))
    };
    Ok(tree.iter().filter(|(path, entry)| hit(path, entry)).map(|(path, _)| path.clone()).collect())
}

fn glob(pattern: &str) -> Result<GlobMatcher, ActionError> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    glob.map(|glob| glob.compile_matcher())
        .map_err(|error| ActionError::Input(format!("`files`: `{pattern}` is not a glob: {}", error.kind())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(patterns: &[&str]) -> Vec<String> {
        let mut tree = FileTree::new();
        for path in ["README.md", ".env", "a/x.yaml", "a/.hidden", "a/b/y.yaml", "ab/z.yaml", "a[1]/q"] {
            tree.insert(TreePath::parse(path).unwrap(), Entry::file(path)).unwrap();
        }
        for pattern in patterns {
            for path in matches(&tree, pattern).unwrap() {
                tree.remove(&path);
            }
        }
        tree.iter().map(|(path, _)| path.to_string()).collect()
    }

    #[test]
    fn one_star_stays_in_its_folder_and_matches_dotfiles() {
        assert_eq!(left(&["*"]), ["a/.hidden", "a/b/y.yaml", "a/x.yaml", "a[1]/q", "ab/z.yaml"]);
        assert_eq!(
            left(&["a/*.yaml"]),
            [".env", "README.md", "a/.hidden", "a/b/y.yaml", "a[1]/q", "ab/z.yaml"]
        );
        assert_eq!(left(&["*.yaml"]).len(), 7);
    }

    #[test]
    fn two_stars_cross_folders() {
        assert_eq!(left(&["**/*.yaml"]), [".env", "README.md", "a/.hidden", "a[1]/q"]);
    }

    #[test]
    fn a_folder_stands_for_everything_below_it_and_no_more() {
        assert_eq!(left(&["./a/"]), [".env", "README.md", "a[1]/q", "ab/z.yaml"]);
        assert_eq!(left(&["."]), Vec::<String>::new());
    }

    #[test]
    fn a_name_with_glob_characters_is_found_as_it_is() {
        assert_eq!(left(&["a[1]", "a", "ab"]), [".env", "README.md"]);
    }

    #[test]
    fn a_path_that_leads_out_is_not_allowed() {
        assert!(matches!(matches(&FileTree::new(), "../x"), Err(ActionError::NotAllowed(_))));
        assert!(matches!(matches(&FileTree::new(), "a/{b"), Err(ActionError::Input(_))));
    }
}
