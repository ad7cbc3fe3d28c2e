//! `stagecraft policy`: the files of a repository held against policies in Rego.
//!
//! It reads files and prints; what is asked and how is the crate `policy`'s business. Without `--policies` the
//! starter set is asked, which the program carries.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ::policy::{Level, Limits, Policy as Described, PolicySet, Report, Repository, check, input, prove};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Map, Value};

use super::builtin;
use super::error::CommandError;

mod disk;
mod show;

/// Arguments of `policy`.
#[derive(Debug, Args)]
pub(super) struct Policy {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ask the policies about the files of a folder.
    Check(Check),
    /// Run the tests that lie beside policies: rules named `test_…`.
    Test(Test),
    /// List the policies.
    List(Source),
    /// Print what policies see of the files of a folder, as JSON.
    Input(Input),
}

/// Which policies.
#[derive(Debug, Args)]
struct Source {
    /// Folder with policies, read with everything below it; may be given several times. Without it the starter set.
    #[arg(long, value_name = "FOLDER")]
    policies: Vec<PathBuf>,
}

/// Arguments of `policy check`.
#[derive(Debug, Args)]
struct Check {
    /// Folder, or one file.
    #[arg(default_value = ".")]
    path: PathBuf,
    #[command(flatten)]
    source: Source,
    /// How to print the findings.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// End with exit code 1 for these as well.
    #[arg(long, value_enum, value_name = "LEVEL")]
    deny: Option<Deny>,
}

/// Arguments of `policy test`.
#[derive(Debug, Args)]
struct Test {
    /// Folder with policies; without it the starter set.
    folder: Option<PathBuf>,
}

/// Arguments of `policy input`.
#[derive(Debug, Args)]
struct Input {
    /// Folder, or one file.
    #[arg(default_value = ".")]
    path: PathBuf,
}

/// How to print findings.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Lines for people.
    Text,
    /// One JSON object.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
}

/// What else ends a check with exit code 1.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Deny {
    /// Warnings.
    Warnings,
}

impl Policy {
    pub(super) fn run(self) -> Result<(), CommandError> {
        match self.command {
            Command::Check(check) => check.run(),
            Command::Test(test) => test.run(),
            Command::List(source) => {
                for policy in source.read()?.policies() {
                    println!("{:24} {}", policy.id, policy.title);
                }
                Ok(())
            }
            Command::Input(wanted) => {
                let (repository, _) = disk::repository(&wanted.path)?;
                println!("{:#}", input(&repository));
                Ok(())
            }
        }
    }
}

impl Check {
    fn run(self) -> Result<(), CommandError> {
        let set = self.source.read()?;
        let (repository, prefix) = disk::repository(&self.path)?;
        let report = placed(asked(&set, &repository)?, &prefix);
        match self.format {
            Format::Text => print!("{}", show::text(&report)),
            Format::Json => println!("{:#}", show::json(&report)),
            Format::Sarif => println!("{:#}", show::sarif(&report, set.policies())),
            Format::Github => print!("{}", show::github(&report)),
        }
        let lowest = if self.deny.is_some() { Level::Warning } else { Level::Error };
        let denied = report.findings.iter().filter(|finding| finding.level >= lowest).count();
        match denied {
            0 => Ok(()),
            1 => Err(CommandError::failed("1 finding is not allowed")),
            denied => Err(CommandError::failed(format!("{denied} findings are not allowed"))),
        }
    }
}

/// Asks; a set without policies has nothing to ask.
fn asked(set: &PolicySet, repository: &Repository) -> Result<Report, CommandError> {
    if set.policies().len() == 0 {
        return Err(CommandError::usage(
            "there is no policy: none of the files has a rule `deny`, `violation` or `warn`",
        ));
    }
    Ok(check(set, repository, Limits::default()))
}

/// The report with the files as the command line names them; policies are named that way already.
fn placed(mut report: Report, prefix: &str) -> Report {
    for finding in &mut report.findings {
        if !finding.policy.starts_with("policy-") {
            finding.file = format!("{prefix}{}", finding.file);
        }
    }
    report
}

impl Test {
    fn run(self) -> Result<(), CommandError> {
        let set = Source { policies: self.folder.into_iter().collect() }.read()?;
        let proven = prove(&set, Limits::default());
        let failed = proven.failed();
        for proof in &proven.proofs {
            if let Some(why) = &proof.failure {
                println!("failed: {}\n  --> {}:{}\n   = {why}\n", proof.name, proof.file, proof.line);
            }
        }
        let plural = |number: usize| if number == 1 { "test" } else { "tests" };
        let all = proven.proofs.len();
        println!("{all} {}: {} held, {failed} failed", plural(all), all - failed);
        if all == 0 {
            return Err(CommandError::usage("there are no tests: rules of tests are named `test_…`"));
        }
        if failed > 0 {
            return Err(CommandError::failed(format!("{failed} {} failed", plural(failed))));
        }
        Ok(())
    }
}

impl Source {
    fn read(&self) -> Result<PolicySet, CommandError> {
        let (files, data) = if self.policies.is_empty() {
            (builtin::policies(), Value::Object(Map::new()))
        } else {
            disk::policies(&self.policies)?
        };
        understood(&files, data)
    }
}

fn understood(files: &BTreeMap<String, String>, data: Value) -> Result<PolicySet, CommandError> {
    PolicySet::read(files, data).map_err(|faults| CommandError::failed(faults.to_string()))
}

fn unreadable(path: &Path, why: impl std::fmt::Display) -> CommandError {
    CommandError::usage(format!("`{}` cannot be read: {why}", path.display()))
}
