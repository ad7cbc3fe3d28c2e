//! `stagecraft score`: configuration made anew at every deployment, from `score.yaml` and the platform's rules.
//!
//! It reads files and writes files; what is made of them is the crate `score`'s business. It applies nothing and
//! calls no cloud.

use std::path::{Path, PathBuf};

use ::score::{Faults, Platform, Rendered, Request, Workload, render};
use catalog_gen::{Entry, FileTree};
use clap::{Args, Subcommand};
use serde_json::{Map, Value};

use super::error::CommandError;
use super::render::write;
use crate::diff::{self, Change, Lines, TreeDiff};

mod origin;

use origin::Origin;

/// Arguments of `score`.
#[derive(Debug, Args)]
pub(super) struct Score {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the manifests and Terraform inputs of a workload for one environment.
    Render(Render),
    /// Tell what differs between two environments, or between a commit and the files as they are.
    Diff(Diff),
}

/// What is rendered.
#[derive(Debug, Args)]
struct Inputs {
    /// The Score file.
    #[arg(long, value_name = "FILE", default_value = "score.yaml")]
    score: PathBuf,
    /// The platform's rules.
    #[arg(long, value_name = "FILE", default_value = "platform.yaml", env = "STAGECRAFT_PLATFORM")]
    platform: PathBuf,
    /// Image of the containers whose image is `.`, by digest: `repository@sha256:…`.
    #[arg(long, value_name = "IMAGE")]
    image: Option<String>,
    /// Outputs of the Terraform part, as `terraform output -json` writes them.
    #[arg(long, value_name = "FILE")]
    outputs: Option<PathBuf>,
}

/// Arguments of `score render`.
#[derive(Debug, Args)]
struct Render {
    #[command(flatten)]
    inputs: Inputs,
    /// The environment.
    #[arg(long, value_name = "NAME")]
    env: String,
    /// Folder to write to; it must be empty or not there (see `--force`). Without it the files are printed.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Write into a folder that holds something: files of the same name are replaced, others stay.
    #[arg(long)]
    force: bool,
    /// Stand-ins for values that only Terraform knows, once it was applied; for previews and policy checks.
    #[arg(long)]
    preview: bool,
    /// Tell what came from which rule.
    #[arg(long)]
    explain: bool,
    /// Draw what came from which rule, as a Mermaid flowchart.
    #[arg(long, conflicts_with = "explain")]
    graph: bool,
}

/// Arguments of `score diff`.
#[derive(Debug, Args)]
struct Diff {
    #[command(flatten)]
    inputs: Inputs,
    /// The environment.
    #[arg(long, value_name = "NAME")]
    env: String,
    /// Compare with this environment.
    #[arg(long, value_name = "NAME", required_unless_present = "since")]
    with: Option<String>,
    /// Compare with the files of this branch, tag or full commit id of the repository that the Score file is in.
    /// Rules that are not in that repository are taken as they are.
    #[arg(long, value_name = "REVISION")]
    since: Option<String>,
    /// End with exit code 1 when something differs.
    #[arg(long)]
    exit_code: bool,
}

impl Score {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self.command {
            Command::Render(render) => render.run().await,
            Command::Diff(diff) => diff.run().await,
        }
    }
}

impl Render {
    async fn run(self) -> Result<(), CommandError> {
        if let Some(out) = &self.out {
            write::check_target(out, self.force)?;
        }
        let rendered = self.inputs.render(&Origin::Disk, &self.env, self.preview).await?;
        let told = self.explain || self.graph;
        if !rendered.waits_for.is_empty() && !self.preview && (self.out.is_some() || !told) {
            let needed = rendered.waits_for.join("`, `");
            if self.inputs.outputs.is_some() {
                return Err(CommandError::failed(format!(
                    "`--outputs` has no `{needed}`; apply `terraform/` first"
                )));
            }
            eprintln!(
                "note: the manifests need `{needed}`: apply `terraform/`, then render again with `--outputs <FILE>`"
            );
        }
        if let Some(out) = &self.out {
            write::write_tree(&rendered.files, out)?;
            println!("Wrote {} files to {}", rendered.files.len(), out.display());
        }
        if self.explain {
            print!("{}", rendered.explanation.to_text());
        } else if self.graph {
            print!("{}", rendered.explanation.to_mermaid());
        } else if self.out.is_none() {
            print_files(&rendered.files);
        }
        Ok(())
    }
}

impl Diff {
    async fn run(self) -> Result<(), CommandError> {
        let before = match &self.since {
            None => Origin::Disk,
            Some(revision) => Origin::at(&self.inputs.score, revision).await?,
        };
        let with = self.with.as_deref().unwrap_or(&self.env);
        let old = self.inputs.render(&before, with, true).await?;
        let new = self.inputs.render(&Origin::Disk, &self.env, true).await?;
        let diff = diff::trees(&old.files, &new.files);
        print_diff(&diff);
        if self.exit_code && !diff.files.is_empty() {
            return Err(CommandError::failed("there are differences"));
        }
        Ok(())
    }
}

impl Inputs {
    async fn render(
        &self,
        origin: &Origin,
        environment: &str,
        preview: bool,
    ) -> Result<Rendered, CommandError> {
        let score = origin.text(&self.score)?;
        let rules = origin.text(&self.platform)?;
        let workload = Workload::read(&self.score.display().to_string(), &score).map_err(broken)?;
        let platform = Platform::read(&self.platform.display().to_string(), &rules).map_err(broken)?;
        let files = origin.beside(&self.score, &workload.sources())?;
        let outputs = self.outputs()?;
        let request = Request {
            workload: &workload,
            platform: &platform,
            environment,
            image: self.image.as_deref(),
            files: &files,
            outputs: &outputs,
            preview,
        };
        render(&request).map_err(broken)
    }

    fn outputs(&self) -> Result<Map<String, Value>, CommandError> {
        let Some(file) = &self.outputs else { return Ok(Map::new()) };
        let text = Origin::Disk.text(file)?;
        serde_json::from_str(&text).map_err(|error| {
            CommandError::usage(format!(
                "`{}` is not what `terraform output -json` writes: {error}",
                file.display()
            ))
        })
    }
}

fn broken(faults: Faults) -> CommandError {
    CommandError::failed(faults.to_string())
}

fn unreadable(path: &Path, why: impl std::fmt::Display) -> CommandError {
    CommandError::usage(format!("`{}` cannot be read: {why}", path.display()))
}

fn print_files(files: &FileTree) {
    for (path, entry) in files.iter() {
        if let Entry::File(file) = entry {
            let text = file.text().unwrap_or_default();
            println!("--- # {path}\n{}", text.trim_end());
        }
    }
}

fn print_diff(diff: &TreeDiff) {
    for file in &diff.files {
        match (&file.lines, file.change) {
            (_, Change::Removed) => println!("Removed {}", file.path),
            (Lines::Unified(text), _) => print!("{text}"),
            (_, Change::Added) => println!("Added {}", file.path),
            (_, Change::Changed) => println!("Changed {}", file.path),
        }
    }
    let (added, changed, removed) = diff.counts();
    println!("{added} added, {changed} changed, {removed} removed, {} the same", diff.unchanged);
}
