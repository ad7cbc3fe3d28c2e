//! `stagecraft lint`: what the rules have to say about templates on disk.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::Global;
use super::error::CommandError;
use crate::action::Registry;
use crate::app;
use crate::lint::{self, Level, Mended, Options, Report, report};

/// Mends of mends are few.
const MAX_ROUNDS: usize = 5;

/// Arguments of `lint`.
#[derive(Debug, Args)]
pub(super) struct Lint {
    /// Template files, folders with templates below, or files with Locations.
    #[arg(required_unless_present_any = ["list", "explain", "markdown"])]
    paths: Vec<PathBuf>,
    /// How to print the findings.
    #[arg(long, value_enum, default_value = "terminal")]
    format: Format,
    /// Ask only this rule; may be given several times.
    #[arg(long = "rule", value_name = "RULE")]
    rules: Vec<String>,
    /// Leave this rule out; may be given several times.
    #[arg(long, value_name = "RULE")]
    allow: Vec<String>,
    /// Correct what is certain in the files, then tell the rest.
    #[arg(long)]
    fix: bool,
    /// End with exit code 1 for these as well.
    #[arg(long, value_enum, value_name = "LEVEL")]
    deny: Option<Deny>,
    /// List the rules.
    #[arg(long, exclusive = true)]
    list: bool,
    /// Explain a rule, with examples.
    #[arg(long, value_name = "RULE", exclusive = true)]
    explain: Option<String>,
    /// Print `docs/lint.md`.
    #[arg(long, exclusive = true, hide = true)]
    markdown: bool,
}

/// How to print findings.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Lines for people, with the lines of the files.
    Terminal,
    /// One JSON object.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
}

/// What else ends a run with exit code 1.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Deny {
    /// Warnings.
    Warnings,
    /// Warnings and notes.
    Notes,
}

impl Lint {
    pub(super) async fn run(self, global: &Global) -> Result<(), CommandError> {
        if self.markdown {
            print!("{}", lint::page());
            return Ok(());
        }
        if self.list {
            for rule in lint::rules() {
                println!("{:8} {:32} {}", rule.level.word(), rule.id, rule.title);
            }
            return Ok(());
        }
        if let Some(wanted) = &self.explain {
            return explain(wanted);
        }
        // A Backstage of the settings may have actions that steps name.
        self.lint(app::actions(&global.settings()?)?.all().await)
    }

    fn lint(self, actions: Arc<Registry>) -> Result<(), CommandError> {
        let options =
            Options { only: self.rules.clone(), allowed: self.allow.clone(), actions: Some(actions) };
        let report = self.report(&options)?;
        if report.templates == 0 && report.findings.is_empty() {
            let paths: Vec<String> = self.paths.iter().map(|path| format!("`{}`", path.display())).collect();
            return Err(CommandError::usage(format!(
                "there is no template in {}: name a file with `kind: Template`, or a folder above one",
                paths.join(", ")
            )));
        }
        match self.format {
            Format::Terminal => print!("{}", report::terminal(&report, std::io::stdout().is_terminal())),
            Format::Json => println!("{:#}", report::json(&report)),
            Format::Sarif => println!("{:#}", report::sarif(&report)),
            Format::Github => print!("{}", report::github(&report)),
        }
        let lowest = match self.deny {
            None => Level::Error,
            Some(Deny::Warnings) => Level::Warning,
            Some(Deny::Notes) => Level::Note,
        };
        let denied = report.findings.iter().filter(|finding| finding.level >= lowest).count();
        if denied == 0 {
            return Ok(());
        }
        let plural = if denied == 1 { "finding is" } else { "findings are" };
        Err(CommandError::failed(format!("{denied} {plural} not allowed")))
    }
}

impl Lint {
    /// The findings; with `--fix` those that are left when nothing more can be mended.
    fn report(&self, options: &Options) -> Result<Report, CommandError> {
        let look =
            || lint::lint(&self.paths, options).map_err(|error| CommandError::usage(error.to_string()));
        let mut report = look()?;
        let mut all = Mended::default();
        for _ in 0..if self.fix { MAX_ROUNDS } else { 0 } {
            let mended =
                lint::fix(&report.findings).map_err(|error| CommandError::unavailable(error.to_string()))?;
            if mended.findings == 0 {
                break;
            }
            all = Mended { findings: all.findings + mended.findings, files: all.files.max(mended.files) };
            report = look()?;
        }
        if all.findings > 0 {
            let plural = |number: usize| if number == 1 { "" } else { "s" };
            eprintln!(
                "mended {} finding{} in {} file{}",
                all.findings,
                plural(all.findings),
                all.files,
                plural(all.files)
            );
        }
        Ok(report)
    }
}

fn explain(wanted: &str) -> Result<(), CommandError> {
    match lint::rules().find(|rule| rule.id == wanted) {
        Some(rule) => {
            print!("{}", lint::section(rule));
            Ok(())
        }
        None => {
            let hint = crate::words::did_you_mean(wanted, lint::rules().map(|rule| rule.id));
            Err(CommandError::usage(format!("there is no rule `{wanted}`{hint}")))
        }
    }
}
