//! `roadiehq:utils:fs:replace`: words in files by other words.

use catalog_gen::{Entry, FileTree, TreePath};
use globset::{GlobBuilder, GlobMatcher};
use nunjucks::js::{Find, Pattern, replace_all};
use serde::Deserialize;
use serde_json::json;

use super::put;
use crate::action::place::place_inside;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, phrase, schema};

/// The action `roadiehq:utils:fs:replace`.
#[derive(Debug)]
pub(crate) struct Replace;

/// What it takes.
#[derive(Debug, Deserialize)]
pub(crate) struct Input {
    files: Vec<One>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct One {
    file: Option<String>,
    find: Option<String>,
    replace_with: Option<String>,
    match_regex: Option<bool>,
    include_dot_files: Option<bool>,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Replace a word in one file, and another in all Markdown files",
        example: "\
steps:
  - id: replace
    name: Put the names in
    action: roadiehq:utils:fs:replace
    input:
      files:
        - file: src/main.rs
          find: PLACEHOLDER
          replaceWith: ${{ parameters.name }}
        - file: '**/*.md'
          find: OWNER
          replaceWith: ${{ parameters.owner }}
",
    },
    Example {
        description: "Replace what a regular expression matches, in dotfiles too",
        example: "\
steps:
  - id: replace
    name: Set the version
    action: roadiehq:utils:fs:replace
    input:
      files:
        - file: '**/*.toml'
          find: 'version = \"(\\d+)\\.\\d+\"'
          replaceWith: 'version = \"$1.9\"'
          matchRegex: true
          includeDotFiles: true
",
    },
];

impl Action for Replace {
    type Input = Input;

    fn definition(&self) -> Definition {
        let one = schema::object(
            json!({
                "file": schema::text("The file, or a glob of files: `*` stays within one folder, `**` crosses folders."),
                "find": schema::text("What to replace, everywhere in the file."),
                "matchRegex": schema::flag("Read `find` as a regular expression of JavaScript. Default: false."),
                "replaceWith": schema::text("What to put in its place; `$&` and `$1` stand for what was found."),
                "includeDotFiles": schema::flag("Let a glob find names that start with a dot. Default: false."),
            }),
            &[],
        );
        Definition {
            id: "roadiehq:utils:fs:replace".into(),
            description: "Replaces text in files of the workspace.".into(),
            kind: Kind::Workspace,
            input: schema::closed(
                json!({ "files": { "type": "array", "items": one, "description": "What to replace, in order." } }),
                &["files"],
            ),
            output: None,
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        for (at, one) in input.files.iter().enumerate() {
            let (file, find, with) = one.complete()?;
            let find = match one.match_regex {
                Some(true) => Find::Pattern(Pattern::new(find).map_err(|why| {
                    ActionError::Input(format!(
                        "`files[{at}].find` cannot be used as a regular expression: {why}"
                    ))
                })?),
                _ => Find::Text(find),
            };
            let secret = ctx.input.get("files").contains_secret();
            let paths = matches(ctx.workspace, file, one.include_dot_files.unwrap_or(false))?;
            let mut changed = 0;
            for path in &paths {
                match replaced(ctx.workspace, path, &find, with, secret)? {
                    Done::Changed => changed += 1,
                    Done::Same => {}
                    Done::NoText => {
                        ctx.warn(format!("`{path}` is not text in UTF-8; it stays as it is")).await?
                    }
                }
            }
            let searched = phrase::count(paths.len(), "file");
            ctx.log(format!("Replaced text in {changed} of {searched} that `files[{at}]` names")).await?;
        }
        Ok(())
    }
}

impl One {
    /// File, text and replacement, of which none may be empty.
    fn complete(&self) -> Result<(&str, &str, &str), ActionError> {
        fn given(text: Option<&String>) -> Option<&str> {
            text.map(String::as_str).filter(|text| !text.is_empty())
        }
        let missing = |what: &str| ActionError::Input(format!("each entry of `files` must have {what}"));
        let file = given(self.file.as_ref()).ok_or_else(|| missing("a `file`"))?;
        match (given(self.find.as_ref()), given(self.replace_with.as_ref())) {
            (Some(find), Some(with)) => Ok((file, find, with)),
            _ => Err(missing("a `find` and a `replaceWith` that are not empty")),
        }
    }
}

enum Done {
    Changed,
    Same,
    NoText,
}

fn replaced(
    tree: &mut FileTree,
    path: &TreePath,
    find: &Find<'_>,
    with: &str,
    secret: bool,
) -> Result<Done, ActionError> {
    let most = usize::try_from(tree.budget().max_bytes).unwrap_or(usize::MAX);
    let Some(file) = tree.file(path) else { return Ok(Done::Same) };
    let Some(before) = file.text() else { return Ok(Done::NoText) };
    let Some(after) = replace_all(before, find, with, most) else {
        return Err(ActionError::Input(format!(
            "`{path}` would grow beyond the {most} bytes that a workspace may have; replace less"
        )));
    };
    if after == before {
        return Ok(Done::Same);
    }
    let sensitive = secret || file.sensitive;
    put(tree, path, after, sensitive)?;
    Ok(Done::Changed)
}

/// The files that a pattern names, in the order of their paths.
fn matches(tree: &FileTree, pattern: &str, dotfiles: bool) -> Result<Vec<TreePath>, ActionError> {
    let pattern = place_inside("file", pattern)?;
    let whole = glob(pattern.as_str())?;
    // A part of a path that starts with a dot has to be written out with its dot.
    let written = pattern.as_str().split('/').filter(|part| part.starts_with('.')).map(glob);
    let written: Vec<GlobMatcher> = written.collect::<Result<_, _>>()?;
    let shown = |path: &TreePath| {
        let mut hidden = path.segments().filter(|part| part.starts_with('.'));
        hidden.all(|part| written.iter().any(|written| written.is_match(part)))
    };
    let hit = |path: &TreePath| whole.is_match(path.as_str()) && (dotfiles || shown(path));
    let files = tree.iter().filter(|(_, entry)| matches!(entry, Entry::File(_)));
    Ok(files.map(|(path, _)| path).filter(|path| hit(path)).cloned().collect())
}

fn glob(pattern: &str) -> Result<GlobMatcher, ActionError> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).empty_alternates(true).build();
    glob.map(|glob| glob.compile_matcher())
        .map_err(|error| ActionError::Input(format!("`file`: `{pattern}` is not a glob: {}", error.kind())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> FileTree {
        let mut tree = FileTree::new();
        for path in ["README.md", ".hidden.md", "docs/a.md", "docs/.b.md", ".github/x.md", "src/main.rs"] {
            tree.insert(TreePath::parse(path).unwrap(), Entry::file("one two one")).unwrap();
        }
        tree
    }

    fn found(pattern: &str, dotfiles: bool) -> Vec<String> {
        matches(&tree(), pattern, dotfiles).unwrap().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn dotfiles_are_found_when_asked_for_or_written_out() {
        assert_eq!(found("**/*.md", false), ["README.md", "docs/a.md"]);
        assert_eq!(found("**/*.md", true).len(), 5);
        assert_eq!(found(".github/*.md", false), [".github/x.md"]);
        assert_eq!(found("./docs/a.md", false), ["docs/a.md"]);
        assert_eq!(found("docs", false), Vec::<String>::new());
    }

    #[test]
    fn an_entry_without_its_parts_is_refused() {
        let one = |find: &str, with: &str| One {
            file: Some("x".to_owned()),
            find: Some(find.to_owned()),
            replace_with: Some(with.to_owned()),
            match_regex: None,
            include_dot_files: None,
        };

        assert!(one("a", "b").complete().is_ok());
        assert!(one("a", "").complete().is_err());
        assert!(one("", "b").complete().is_err());
        assert!(matches!(matches(&tree(), "../x", false), Err(ActionError::NotAllowed(_))));
    }

    #[test]
    fn text_that_grows_without_end_is_refused() {
        let mut tree = FileTree::with_budget(catalog_gen::TreeBudget { max_bytes: 2_000, ..tree().budget() });
        let path = TreePath::parse("a").unwrap();
        tree.insert(path.clone(), Entry::file("a".repeat(1_000))).unwrap();

        let grown = replaced(&mut tree, &path, &Find::Text("a"), "$`$'", false);

        assert!(matches!(grown, Err(ActionError::Input(_))));
    }
}
