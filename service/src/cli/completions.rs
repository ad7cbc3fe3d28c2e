//! `stagecraft completions` and `stagecraft settings`: texts made from what the program knows of itself.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::error::CommandError;
use crate::config;

const HOW_TO: &str = "\
In bash: source <(stagecraft completions bash)
In zsh:  source <(stagecraft completions zsh)
In fish: stagecraft completions fish | source";

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = HOW_TO)]
pub(super) struct Completions {
    /// The shell.
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self) -> Result<(), CommandError> {
        clap_complete::generate(self.shell, &mut super::Cli::command(), "stagecraft", &mut std::io::stdout());
        Ok(())
    }
}

/// Arguments of `settings`.
#[derive(Debug, Args)]
pub(super) struct Settings {
    /// Print them as documentation (`docs/configuration.md`) instead.
    #[arg(long)]
    markdown: bool,
}

impl Settings {
    pub(super) fn run(&self) -> Result<(), CommandError> {
        if self.markdown {
            print!("{}", config::markdown());
        } else {
            print!("{}", config::DEFAULTS);
        }
        Ok(())
    }
}
