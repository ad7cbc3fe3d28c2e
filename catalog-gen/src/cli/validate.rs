//! `catalog-gen validate`: what is wrong with the catalog files of a repository, or of all of an owner.
//!
//! The invariant: it ends with 1 exactly where there is an error.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use catalog_gen::{
    AllowedKind, DEFAULT_NAMESPACE, EntityRef, Finding, Level, Report, Surroundings, rules, validate_files_in,
};
use clap::{Args, ValueEnum};
use serde_json::Value;

use super::map::entities;
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
    /// What the catalog has: a folder of catalog files, or the answer of `/api/catalog/entities` in a file; with it every
    /// reference that leads nowhere is told
    #[arg(long, value_name = "CATALOG")]
    known: Option<PathBuf>,
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
    let known = options.known.as_deref().map(known).transpose()?;
    let around =
        Surroundings { allowed: allowed.as_deref(), known: known.as_deref(), ..Surroundings::default() };
    let mut report = Report::default();
    match &options.org {
        None => report.extend("", findings(&options.target.open().await?, &around)),
        Some(owner) => {
            let host = options.target.host();
            let mut failed = 0;
            each(owner, host, |name, opened| match opened {
                Ok(opened) => report.extend(name, findings(&opened, &around)),
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

fn findings(opened: &Opened, around: &Surroundings<'_>) -> Vec<Finding> {
    let surroundings = Surroundings { listing: Some(&opened.snapshot.listing), ..*around };
    validate_files_in(&opened.snapshot.files, &surroundings)
}

/// The entities that a catalog has.
fn known(path: &Path) -> Result<Vec<EntityRef>, Failure> {
    let found = entities(path)?;
    let text = |entity: &Value, place: &str| entity.pointer(place).and_then(Value::as_str).map(str::to_owned);
    let references = found.iter().filter_map(|entity| {
        let namespace = text(entity, "/metadata/namespace");
        let namespace = namespace.as_deref().unwrap_or(DEFAULT_NAMESPACE);
        EntityRef::new(&text(entity, "/kind")?, namespace, &text(entity, "/metadata/name")?).ok()
    });
    Ok(references.collect())
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
