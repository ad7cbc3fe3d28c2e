//! `debug:log`: a message and the workspace, into the task's log.
//!
//! What stems from a secret reads `***`: in the message by its mark, in files by theirs.

use catalog_gen::{Entry, FileTree};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};

/// How much of one file is shown.
const LONGEST_FILE: usize = 16_384;

/// The action `debug:log`.
#[derive(Debug)]
pub(crate) struct Log;

/// What it takes. The message is read from the marked input instead.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    list_workspace: Option<Listing>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
enum Listing {
    Flag(bool),
    Word(Word),
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    WithFilenames,
    WithContents,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Write a line to the log",
        example: "\
steps:
  - id: note
    name: Say what is made
    action: debug:log
    input:
      message: Making ${{ parameters.name }}
",
    },
    Example {
        description: "List the files of the workspace",
        example: "\
steps:
  - id: files
    name: Show the files
    action: debug:log
    input:
      listWorkspace: true
",
    },
    Example {
        description: "Show the files with their contents",
        example: "\
steps:
  - id: contents
    name: Show the contents
    action: debug:log
    input:
      message: This is what was rendered
      listWorkspace: with-contents
",
    },
];

impl Action for Log {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "debug:log".into(),
            description: "Writes a message to the task's log, the files of the workspace, or both.".into(),
            kind: Kind::Workspace,
            input: schema::closed(
                json!({
                    "message": schema::text("The message."),
                    "listWorkspace": {
                        "anyOf": [
                            { "type": "boolean" },
                            { "type": "string", "enum": ["with-filenames", "with-contents"] }
                        ],
                        "description": "List the files of the workspace; `with-contents` shows what is in them too."
                    },
                }),
                &[],
            ),
            output: None,
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let masked = ctx.masked_input();
        ctx.log(serde_json::to_string_pretty(&masked).unwrap_or_default()).await?;
        if let Some(Value::String(message)) = masked.get("message")
            && !message.is_empty()
        {
            ctx.log(message).await?;
        }
        let listing = match input.list_workspace {
            None | Some(Listing::Flag(false)) => return Ok(()),
            Some(Listing::Word(Word::WithContents)) => contents(ctx.workspace),
            Some(Listing::Flag(true) | Listing::Word(Word::WithFilenames)) => names(ctx.workspace),
        };
        ctx.log(format!("Workspace:\n{listing}")).await
    }
}

fn names(tree: &FileTree) -> String {
    let files = tree.iter().filter(|(_, entry)| **entry != Entry::Dir);
    files.map(|(path, _)| format!("  - {path}")).collect::<Vec<_>>().join("\n")
}

fn contents(tree: &FileTree) -> String {
    let files = tree.iter().filter_map(|(path, entry)| {
        let shown = match entry {
            Entry::Dir => return None,
            Entry::Symlink { target } => format!("(link to {target})"),
            Entry::File(file) if file.sensitive => "***".to_owned(),
            Entry::File(file) => match file.text() {
                Some(text) if !text.contains('\0') => shortened(text),
                _ => format!("(binary, {} bytes)", file.bytes.len()),
            },
        };
        Some(format!(" - {path}:\n\n  {shown}"))
    });
    files.collect::<Vec<_>>().join("\n")
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_FILE) {
        Some((end, _)) => {
            let start = text.get(..end).unwrap_or_default();
            format!("{start}\n(shortened; the file has {} bytes)", text.len())
        }
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use catalog_gen::{File, TreePath};

    use super::*;

    fn tree() -> FileTree {
        let mut tree = FileTree::new();
        let mut put = |path: &str, entry: Entry| tree.insert(TreePath::parse(path).unwrap(), entry).unwrap();
        put("a.md", Entry::file("hello"));
        put("b.bin", Entry::file(vec![0_u8, 159, 146]));
        put("c.env", Entry::File(File { sensitive: true, ..File::new("TOKEN=hunter2") }));
        put("d", Entry::Dir);
        put("e", Entry::Symlink { target: "a.md".to_owned() });
        tree
    }

    #[test]
    fn file_names_are_listed_without_folders() {
        assert_eq!(names(&tree()), "  - a.md\n  - b.bin\n  - c.env\n  - e");
    }

    #[test]
    fn contents_that_stem_from_a_secret_or_are_no_text_are_not_shown() {
        assert_eq!(
            contents(&tree()),
            " - a.md:\n\n  hello\n - b.bin:\n\n  (binary, 3 bytes)\n - c.env:\n\n  ***\n - e:\n\n  (link to a.md)"
        );
    }

    #[test]
    fn a_long_file_is_cut() {
        let text = "x".repeat(LONGEST_FILE + 10);

        assert!(shortened(&text).ends_with("(shortened; the file has 16394 bytes)"));
    }
}
