//! `workspace:template`: a folder of the workspace, rendered into another.

use catalog_gen::{FileTree, Follow, TreePath};
use serde::Deserialize;
use serde_json::json;

use crate::action::fetch::rendering::{Rendering, copies_schema, extension_schema, render_folder};
use crate::action::fetch::{COOKIECUTTER, REPLACE, VALUES, shown_values};
use crate::action::place::{place, shown};
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};

/// The action `workspace:template`.
#[derive(Debug)]
pub(crate) struct Template;

/// What it takes. The values are read from the marked input instead.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    source_path: String,
    target_path: String,
    #[serde(flatten)]
    rendering: Rendering,
}

const EXAMPLES: &[Example] = &[Example {
    description: "Render a folder that an earlier step has fetched",
    example: "\
steps:
  - id: render
    name: Render one of the skeletons
    action: workspace:template
    input:
      sourcePath: skeletons/${{ parameters.kind }}
      targetPath: ./
      copyWithoutTemplating:
        - .github/workflows/*
      values:
        name: ${{ parameters.name }}
",
}];

impl Action for Template {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "workspace:template".into(),
            description:
                "Renders the names and contents of a folder of the workspace with the given values and \
                          puts the result into another folder of the workspace. The source stays."
                    .into(),
            kind: Kind::Workspace,
            input: schema::closed(
                json!({
                    "sourcePath": schema::text("Folder of the workspace to render."),
                    "targetPath": schema::text(
                        "Folder of the workspace to write to. It must not be the source or lie in it."
                    ),
                    "values": schema::any_object(VALUES),
                    "copyWithoutTemplating": copies_schema(),
                    "cookiecutterCompat": schema::flag(COOKIECUTTER),
                    "templateFileExtension": extension_schema(),
                    "replace": schema::flag(REPLACE),
                }),
                &["sourcePath", "targetPath"],
            ),
            output: None,
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let from = place("sourcePath", &input.source_path)?;
        let to = place("targetPath", &input.target_path)?;
        let options = input.rendering.options()?;
        let ground = input.rendering.ground(ctx, to.as_ref())?;
        let line = format!("Rendering {} with values {}", shown(from.as_ref()), shown_values(ctx));
        ctx.log(line).await?;
        let skeleton = source(ctx.workspace, from.as_ref(), ground.at())?;
        let name = from.map(|from| from.to_string()).unwrap_or_default();
        render_folder(ctx, skeleton, name, (options, ground)).await
    }
}

/// The folder to render; the target must lie outside of it.
fn source(
    workspace: &FileTree,
    from: Option<&TreePath>,
    to: Option<&TreePath>,
) -> Result<FileTree, ActionError> {
    let within = |named: &str| {
        ActionError::Input(format!(
            "`targetPath` lies within `sourcePath`, {named}; name a folder beside it, or one above it"
        ))
    };
    let Some(named) = from else { return Err(within("the workspace itself")) };
    let Some(folder) = workspace.follow(named, Follow::All)? else {
        return Err(within("which leads to the workspace itself"));
    };
    if to.is_some_and(|to| to.starts_with(&folder)) {
        return Err(within(&shown(Some(named))));
    }
    if !workspace.is_dir(&folder) {
        return Err(ActionError::NotFound(format!(
            "there is no folder at `{named}` in the workspace; check `sourcePath` and the steps before"
        )));
    }
    Ok(workspace.subtree(&folder)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalog_gen::Entry;

    fn path(text: &str) -> TreePath {
        TreePath::parse(text).unwrap()
    }

    fn look(from: &str, to: Option<&str>) -> Result<usize, ActionError> {
        let mut tree = FileTree::new();
        tree.insert(path("a/x"), Entry::file("")).unwrap();
        tree.insert(path("file"), Entry::file("")).unwrap();
        tree.insert(path("link"), Entry::Symlink { target: "a".to_owned() }).unwrap();
        tree.insert(path("top/link"), Entry::Symlink { target: "../".to_owned() }).unwrap();
        let to = to.map(path);
        source(&tree, TreePath::resolve(None, from).unwrap().as_ref(), to.as_ref()).map(|tree| tree.len())
    }

    #[test]
    fn a_folder_is_found_also_behind_a_link() {
        assert_eq!((look("a", None).unwrap(), look("link", Some("b")).unwrap()), (1, 1));
    }

    #[test]
    fn a_target_in_the_source_is_refused() {
        for (from, to) in [("a", Some("a")), ("link", Some("a/b")), (".", Some("b")), ("top/link", None)] {
            let error = look(from, to).unwrap_err();
            assert!(error.to_string().contains("lies within `sourcePath`"), "{error}");
        }
    }

    #[test]
    fn a_source_that_is_no_folder_is_an_error_that_names_it() {
        for from in ["nowhere", "file"] {
            assert!(look(from, None).unwrap_err().to_string().contains(&format!("no folder at `{from}`")));
        }
    }
}
