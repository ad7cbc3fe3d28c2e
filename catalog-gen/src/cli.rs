//! The commands: what they take, and which code they end with.
//!
//! Reading, generating and judging are done by the crate; here is what a person gives and gets. It writes to a folder
//! only where `--write`, `--out` or `--state` say so. The invariant: results go to standard output, everything else to
//! standard error.

mod check;
mod generate;
mod graph;
mod map;
mod org;
mod target;
mod validate;

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Reads a repository and says what it is, in Backstage's catalog entities.
#[derive(Parser)]
#[command(name = "catalog-gen", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say what a repository is
    Generate(generate::Options),
    /// Judge the catalog files of a repository, or of all of an owner
    Validate(validate::Options),
    /// Tell where the catalog files of a repository differ from its code
    Check(check::Options),
    /// Say what every repository of an owner is
    Org(org::Options),
    /// Propose a site file from an existing catalog
    Map(map::Options),
    /// Draw systems, components, APIs and resources
    Graph(graph::Options),
}

/// How a command ended that did what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All is well.
    Fine,
    /// There is something to see to.
    Findings,
}

/// Why a command could not do what it was asked, as a sentence.
struct Failure(String);

impl<E: Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// What commands give.
type Done = Result<Outcome, Failure>;

/// Does what the arguments say.
pub(crate) fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; where they cannot be printed there is nobody to tell.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&Failure::from(error)),
    };
    let done = runtime.block_on(async {
        match cli.command {
            Command::Generate(options) => generate::run(options).await,
            Command::Validate(options) => validate::run(options).await,
            Command::Check(options) => check::run(options).await,
            Command::Org(options) => org::run(options).await,
            Command::Map(options) => map::run(&options),
            Command::Graph(options) => graph::run(options).await,
        }
    });
    match done {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(failure) => failed(&failure),
    }
}

fn failed(failure: &Failure) -> ExitCode {
    say(&format!("error: {}", failure.0));
    ExitCode::from(2)
}

/// Prints a result. A reader that closed early, such as `head`, is not an error.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
    match write!(out, "{text}{end}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Tells something that is no result.
fn say(text: &str) {
    // Where it cannot be told there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "{text}");
}
