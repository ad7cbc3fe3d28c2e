//! `stagecraft doctor`: is everything as the settings say?

use std::io::IsTerminal;

use clap::{Args, ValueEnum};

use super::Global;
use super::error::CommandError;
use crate::app::App;
use crate::config::{Config, ForgeKind};
use crate::doctor::{self, Finding, Verdict};

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// How to print what was found.
    #[arg(long, value_enum, default_value = "terminal")]
    format: Format,
    /// Print a manifest for a GitHub App with the permissions that the templates need; give the address under which
    /// GitHub reaches this service.
    #[arg(long, value_name = "URL", conflicts_with = "format")]
    app_manifest: Option<String>,
}

/// How to print what was found.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Lines for people.
    Terminal,
    /// One JSON list.
    Json,
}

impl Doctor {
    pub(super) async fn run(self, global: &Global) -> Result<(), CommandError> {
        let config = global.settings()?;
        if let Some(service) = &self.app_manifest {
            let app = App::build(config).await?;
            let (_, uses) = doctor::templates(app.tasks.library());
            println!("{:#}", doctor::permissions::manifest(service, &uses));
            return Ok(());
        }
        let findings = examine(config).await?;
        match self.format {
            Format::Json => {
                let text = serde_json::to_string_pretty(&findings)
                    .map_err(|error| CommandError::failed(format!("the findings are not JSON: {error}")))?;
                println!("{text}");
            }
            Format::Terminal => print(&findings),
        }
        let wrong = findings.iter().filter(|finding| finding.verdict == Verdict::Wrong).count();
        match wrong {
            0 => Ok(()),
            1 => Err(CommandError::failed("1 thing does not work")),
            many => Err(CommandError::failed(format!("{many} things do not work"))),
        }
    }
}

async fn examine(config: Config) -> Result<Vec<Finding>, CommandError> {
    let mut findings = doctor::settings(&config);
    let app = App::build(config).await?;
    findings.push(Finding::well("database", "the database can be used, and has this version's schema"));
    let (of_templates, uses) = doctor::templates(app.tasks.library());
    findings.extend(of_templates);
    for (host, kind) in &app.config.forges {
        match kind {
            ForgeKind::Local { .. } => findings.push(Finding::well(
                host,
                "repositories are kept in the data folder (`kind: local`), not on this host",
            )),
            ForgeKind::GitHub(_) => {
                if let Some(github) = app.github.get(host) {
                    findings.extend(doctor::github(github, &uses).await);
                }
            }
        }
    }
    Ok(findings)
}

fn print(findings: &[Finding]) {
    let colours = std::io::stdout().is_terminal();
    for finding in findings {
        let (mark, colour) = match finding.verdict {
            Verdict::Well => ("✓", "32"),
            Verdict::Doubtful => ("!", "33"),
            Verdict::Wrong => ("✗", "31"),
        };
        let mark = if colours { format!("\x1b[{colour}m{mark}\x1b[0m") } else { mark.to_owned() };
        println!("{mark} {}: {}", finding.about, finding.found);
        if !finding.next.is_empty() {
            println!("  → {}", finding.next);
        }
    }
}
