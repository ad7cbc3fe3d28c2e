//! `stagecraft render`: the workspace steps of a template, on disk, without a service.

use std::io::Read;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use catalog_gen::{Entry, FileTree, TreeBudget};
use clap::Args;
use serde_json::{Map, Value, json};

use super::Global;
use super::console::size;
use super::error::{CommandError, as_given};
use super::follow::{Follower, print_output};
use super::values::{self, ValueOptions};
use crate::app::Offline;
use crate::config::ExpressionErrors;
use crate::diff::TreeDiff;
use crate::journal::EventKind;
use crate::task::{Caller, DryRunError, DryRunResult};
use crate::telemetry;
use crate::template::{Template, with_defaults};

mod existing;
pub(super) mod write;

/// Arguments of `render`.
#[derive(Debug, Args)]
pub(super) struct Render {
    /// The template file, or the folder with its `template.yaml`.
    template: PathBuf,
    #[command(flatten)]
    values: ValueOptions,
    /// File with a case of the template (`cases/*.yaml`): its `values:` are taken; `--set` wins over them.
    #[arg(long, value_name = "FILE", conflicts_with = "values")]
    case: Option<PathBuf>,
    /// Folder to write the resulting files to; it must be empty or not there (see `--force`).
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Write into a folder that holds something: files of the same name are replaced, others stay.
    #[arg(long)]
    force: bool,
    /// Also tell what differs from a folder, from a repository's URL or from `github.com?owner=…&repo=…`.
    #[arg(long, value_name = "FOLDER_OR_URL")]
    diff: Option<String>,
    /// Print log, files and output as JSON instead of lines for people.
    #[arg(long)]
    json: bool,
    /// Keep the text of a failing expression, as Backstage does, instead of failing the step.
    #[arg(long)]
    keep_expression_errors: bool,
    /// Name of the template, if the file holds several.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Read secrets of the form as JSON from standard input.
    #[arg(long)]
    secrets_stdin: bool,
    /// Print every log line.
    #[arg(short, long)]
    verbose: bool,
}

impl Render {
    pub(super) async fn run(self, global: &Global) -> Result<(), CommandError> {
        let mut config = global.settings()?;
        config.log.filter = "error".to_owned();
        // Only the one template matters here.
        config.templates.sources.clear();
        telemetry::init(&config.log).map_err(|error| CommandError::usage(error.to_string()))?;
        if let Some(out) = &self.out {
            write::check_target(out, self.force)?;
        }
        let budget = TreeBudget {
            max_entries: config.tasks.max_workspace_files,
            max_bytes: config.tasks.max_workspace_bytes,
        };
        let given = self.values.read_over(self.case.as_deref())?;
        let secrets = self.secrets()?;
        let offline = Offline::build(config, &self.template, self.name.as_deref())
            .await
            .map_err(|error| CommandError::reading(error, &self.template))?;
        values::check(&offline.template, &given, &secrets)?;
        let filled = with_defaults(&offline.template, &Value::Object(given));
        let errors =
            if self.keep_expression_errors { ExpressionErrors::Keep } else { ExpressionErrors::Fail };
        let caller = Caller::named("external:command-line");
        let place = |at: &str| self.place(&offline.template, at);
        let rendered = offline.render(filled, secrets, caller, errors).await;
        let result = rendered.map_err(|error| match error {
            DryRunError::Steps(faults) => values::step_faults(&faults, &place),
            other => CommandError::failed(other.to_string()),
        })?;
        // Before anything is written: both may name the same folder.
        let diff = match &self.diff {
            Some(at) if result.failure.is_none() => {
                Some(existing::compare(&offline, at, &result.files, budget).await?)
            }
            _ => None,
        };
        if let Some(out) = &self.out
            && result.failure.is_none()
        {
            write::write_tree(&result.files, out)?;
        }
        let why = if self.json { print_json(&result, diff.as_ref()) } else { self.print(&result) };
        if let Some(diff) = diff.filter(|_| !self.json) {
            existing::print(&diff);
        }
        match &result.failure {
            None => Ok(()),
            Some(failure) => {
                let place = place(failure.at.as_deref().unwrap_or_default());
                Err(CommandError::failed(format!(
                    "{place}: {}",
                    why.unwrap_or_else(|| failure.message.clone())
                )))
            }
        }
    }

    fn place(&self, template: &Template, at: &str) -> String {
        let mut place = template.locate(at);
        place.file = as_given(&place.file, &self.template);
        place.to_string()
    }

    fn secrets(&self) -> Result<Map<String, Value>, CommandError> {
        if !self.secrets_stdin {
            return Ok(Map::new());
        }
        let mut text = String::new();
        let read = std::io::stdin().read_to_string(&mut text);
        read.map_err(|error| CommandError::usage(format!("standard input cannot be read: {error}")))?;
        serde_json::from_str(&text).map_err(|error| {
            CommandError::usage(format!("standard input is not a JSON object of secrets: {error}"))
        })
    }

    /// Prints what was done, and gives back why a step failed.
    fn print(&self, result: &DryRunResult) -> Option<String> {
        let names = result.steps.iter().map(|step| (step.id.clone(), step.name.clone())).collect();
        let mut follower = Follower::new(names, self.verbose);
        result.log.iter().for_each(|body| follower.show(EventKind::Log, body, None));
        if self.verbose && result.output != json!({}) {
            println!("Output, with examples in place of what skipped steps would give:");
            print_output(&result.output);
        }
        match &self.out {
            _ if result.failure.is_some() => {}
            Some(out) => println!("{}, written to {}", size(&result.files), out.display()),
            None => println!("{}; nothing was written, name a folder with `--out`", size(&result.files)),
        }
        follower.failure().map(str::to_owned)
    }
}

/// Prints everything for programs.
fn print_json(result: &DryRunResult, diff: Option<&TreeDiff>) -> Option<String> {
    let log: Vec<Value> = result.log.iter().map(|body| json!({ "body": body })).collect();
    let mut document = json!({
        "log": log,
        "files": files(&result.files),
        "output": result.output,
        "treeId": result.tree_id,
        "error": result.failure,
    });
    if let (Some(diff), Some(document)) = (diff, document.as_object_mut()) {
        document.insert("diff".to_owned(), existing::json(diff));
    }
    println!("{document:#}");
    None
}

fn files(tree: &FileTree) -> Vec<Value> {
    let base64 = base64::engine::general_purpose::STANDARD;
    tree.iter()
        .map(|(path, entry)| match entry {
            Entry::File(file) if file.sensitive => json!({ "path": path, "executable": file.executable, "sensitive": true }),
            Entry::File(file) => {
                json!({ "path": path, "executable": file.executable, "base64Content": base64.encode(&file.bytes) })
            }
            Entry::Symlink { target } => json!({ "path": path, "symlink": target }),
            Entry::Dir => json!({ "path": path, "directory": true }),
        })
        .collect()
}

/// Where a path lies, for messages.
fn shown(path: &Path) -> String {
    path.display().to_string()
}
