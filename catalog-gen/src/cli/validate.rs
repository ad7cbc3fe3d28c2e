//! `catalog-gen validate`: what is wrong with the catalog files of a repository, or of all of an owner.
//!
//! The invariant: it ends with 1 exactly where there is an error.

use std::io::IsTerminal;

use catalog_gen::{AllowedKind, Finding, Level, Report, Surroundings, rules, validate_files_in};
use clap::{Args, ValueEnum};

use super::org::each;
use super::target::{Opened, Target};
use super::{Done, Failure, Outcome, print, say};

#[derive(Args)]
pub(super) struct Options {
    #[command(flatten)]
    target: Target,
    /// All repositories of that organisation or user, or in that folder
    #[arg(long, value_name = "OWNER", conflicts_with = "target")]
    org: Option<String>,
    /// Kinds that `catalog.rules` lets files declare, such as `Component,API,System`; without it those of Backstage
    #[arg(long, value_delimiter = ',', value_name = "KINDS")]
    allow: Vec<String>,
    #[command(flatten)]
    shown: Shown,
}

/// How findings are told.
#[derive(Args)]
pub(super) struct Shown {
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Rules that are left out, such as `drift.owner,catalog.rule`
    #[arg(long, value_delimiter = ',', value_name = "RULES")]
    ignore: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// As data.
    Json,
    /// For code scanning.
    Sarif,
    /// For the log of a GitHub workflow.
    Github,
}

pub(super) async fn run(options: Options) -> Done {
    let allowed: Vec<AllowedKind> = options
        .allow
        .iter()
        .map(|kind| AllowedKind { kind: kind.trim().to_owned(), spec_type: None })
        .collect();
    let allowed = (!allowed.is_empty()).then_some(allowed);
    let mut report = Report::default();
    match &options.org {
        None => report.extend("", findings(&options.target.open().await?, allowed.as_deref())),
        Some(owner) => {
            let host = options.target.host();
            let mut failed = 0;
            each(owner, host, |name, opened| match opened {
                Ok(opened) => report.extend(name, findings(&opened, allowed.as_deref())),
                Err(failure) => {
                    failed += 1;
                    say(&format!("{name}: {}", failure.0));
                }
            })
            .await?;
            if failed > 0 {
                return Err(Failure(format!("{failed} repositories could not be read")));
            }
        }
    }
    options.shown.tell(&options.shown.kept(report)?)
}

fn findings(opened: &Opened, allowed: Option<&[AllowedKind]>) -> Vec<Finding> {
    let listing = Some(&opened.snapshot.listing);
    let surroundings = Surroundings { allowed, listing, ..Surroundings::default() };
    validate_files_in(&opened.snapshot.files, &surroundings)
}

impl Shown {
    /// A report without the rules that are left out.
    pub(super) fn kept(&self, report: Report) -> Result<Report, Failure> {
        let mut ignored = Vec::new();
        for id in self.ignore.iter().map(|id| id.trim()) {
            let rule = rules().iter().find(|rule| rule.id == id);
            ignored.push(
                rule.ok_or_else(|| {
                    Failure(format!("there is no rule `{id}`; `docs/catalog.md` lists them"))
                })?,
            );
        }
        Ok(report.without(&ignored))
    }

    /// Prints a report; with an error or a warning in it the command ends with 1.
    pub(super) fn tell(&self, report: &Report) -> Done {
        let colours = std::io::stdout().is_terminal();
        match self.format {
            Format::Text => print(&report.text(colours))?,
            Format::Json => print(&serde_json::to_string_pretty(&report.json())?)?,
            Format::Sarif => print(&serde_json::to_string_pretty(&report.sarif())?)?,
            Format::Github => print(&report.annotations())?,
        }
        Ok(if report.count(Level::Error) > 0 { Outcome::Findings } else { Outcome::Fine })
    }
}
