//! The command line: one file for each command; this one says what there is and which exit codes they give.
//!
//! Commands put settings together, build the [`App`](crate::app::App) and print; what they do is done by the
//! rows below.

mod actions;
mod builtin;
mod completions;
mod console;
mod demo;
mod dev;
mod doctor;
mod error;
mod follow;
mod lint;
mod new;
mod policy;
mod prompt;
mod render;
mod score;
mod serve;
mod test;
mod values;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::Config;
use error::CommandError;

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    the work failed: a step or a case failed, or a template is broken
  2    the command line, the values or the settings are wrong
  3    something Stagecraft needs cannot be reached or used: database, data folder, port
  130  interrupted";

/// Creates software from templates: repository, pipeline and catalog entry.
#[derive(Debug, Parser)]
#[command(name = "stagecraft", version, about, after_help = EXIT_CODES, propagate_version = true)]
struct Cli {
    #[command(flatten, next_help_heading = "Everywhere")]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
struct Global {
    /// Settings file (see docs/configuration.md).
    #[arg(long, global = true, env = "STAGECRAFT_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Data folder; wins over the settings.
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the whole way from a template to a repository, in a new data folder.
    Demo(demo::Demo),
    /// Serve the HTTP API and run tasks.
    Serve(serve::Serve),
    /// Run tasks only; others serve the API.
    Worker,
    /// Create a repository from a template, here and now.
    New(new::New),
    /// Run the workspace steps of a template on disk and write the files they make.
    Render(render::Render),
    /// Tell what in templates would fail or is likely wrong, before anybody runs them.
    Lint(lint::Lint),
    /// Preview a template while you write it, rendered again on every save.
    Dev(dev::Dev),
    /// Run the cases of templates and compare what comes out with what they expect.
    Test(test::Test),
    /// Turn a Score file into Kubernetes manifests and Terraform inputs, by the rules of a platform.
    Score(score::Score),
    /// Hold the files of a repository against policies in Rego.
    Policy(policy::Policy),
    /// Check the settings against what is there: database, templates, GitHub, permissions.
    Doctor(doctor::Doctor),
    /// Bring the database to the schema of this version.
    Migrate,
    /// List the actions that steps can name, or show one.
    Actions(actions::Actions),
    /// Print the OpenAPI description of the HTTP API.
    Openapi,
    /// Print the settings with their defaults, as a file to start from.
    Settings(completions::Settings),
    /// Print a completion script for a shell.
    Completions(completions::Completions),
}

/// The status of a program that writes to somebody who has stopped reading, as shells know it.
const UNREAD: i32 = 141;

/// Ends the program without a word where nobody reads what it says any more, as in `stagecraft actions | head`.
fn end_when_unread() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |found| {
        let said = found.payload_as_str().unwrap_or_default();
        if said.starts_with("failed printing to") && said.contains("Broken pipe") {
            std::process::exit(UNREAD);
        }
        usual(found);
    }));
}

/// Runs the command that the arguments name.
pub fn run() -> ExitCode {
    end_when_unread();
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return CommandError::unavailable(format!("the process cannot start its threads: {error}"))
                .report();
        }
    };
    let ended = runtime.block_on(dispatch(cli));
    // Reads of a terminal cannot be broken off; nobody waits for them.
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.report(),
    }
}

async fn dispatch(cli: Cli) -> Result<(), CommandError> {
    let global = cli.global;
    match cli.command {
        Command::Demo(demo) => demo.run(&global).await,
        Command::Serve(serve) => serve.run(&global).await,
        Command::Worker => serve::worker(&global).await,
        Command::New(new) => new.run(&global).await,
        Command::Render(render) => render.run(&global).await,
        Command::Lint(lint) => lint.run(&global).await,
        Command::Dev(dev) => dev.run(&global).await,
        Command::Test(test) => test.run(&global).await,
        Command::Score(score) => score.run().await,
        Command::Policy(policy) => policy.run(),
        Command::Doctor(doctor) => doctor.run(&global).await,
        Command::Migrate => serve::migrate(&global).await,
        Command::Actions(actions) => actions.run(&global).await,
        Command::Openapi => {
            println!("{:#}", crate::http::openapi());
            Ok(())
        }
        Command::Settings(settings) => settings.run(),
        Command::Completions(completions) => completions.run(),
    }
}

impl Global {
    /// The settings, with the options laid over them.
    fn settings(&self) -> Result<Config, CommandError> {
        let mut config = Config::load(self.config.as_deref())?;
        if let Some(data) = &self.data {
            config.data_dir.clone_from(data);
        }
        Ok(config)
    }
}
