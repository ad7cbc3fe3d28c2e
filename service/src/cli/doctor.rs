//! `stagecraft doctor`: is everything as the settings say?

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Global;
use super::error::CommandError;
use crate::app::App;
use crate::config::{Config, ForgeKind};
use crate::doctor::live::{self, Live};
use crate::doctor::{self, Finding, Verdict};
use crate::forge::RepoSlug;
use crate::forge::github::GitHub;

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
    /// Do on GitHub what templates do: make a private repository of this owner, set it up, delete it again. Some
    /// thirty requests.
    #[arg(long, value_name = "OWNER", conflicts_with = "app_manifest")]
    live: Option<String>,
    /// The host for `--live`; needed where the settings name several.
    #[arg(long, value_name = "HOST", requires = "live")]
    host: Option<String>,
    /// File for the shapes of what GitHub answered to `--live`.
    #[arg(long, value_name = "FILE", requires = "live", default_value = "stagecraft-live.json")]
    record: PathBuf,
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
        let findings = match &self.live {
            Some(owner) => self.try_out(config, owner).await?,
            None => examine(config).await?,
        };
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

impl Doctor {
    /// The smoke test, with what GitHub answered compared with what is expected of it.
    async fn try_out(&self, config: Config, owner: &str) -> Result<Vec<Finding>, CommandError> {
        let app = App::build(config).await?;
        let (host, github) = self.only(&app)?;
        let now = time::OffsetDateTime::now_utc();
        let name = format!("stagecraft-doctor-{}", now.unix_timestamp());
        let slug = RepoSlug { host: host.to_owned(), owner: owner.to_owned(), name };
        let recording = github.record();
        let mut findings = Live::new(github, slug.clone(), now.unix_timestamp() * 1_000).run().await;
        let shapes = live::shapes(&recording, &slug);
        let text = serde_json::to_string_pretty(&shapes)
            .map_err(|error| CommandError::failed(format!("the record is not JSON: {error}")))?;
        let file = self.record.display();
        std::fs::write(&self.record, text + "\n")
            .map_err(|error| CommandError::unavailable(format!("`{file}` cannot be written: {error}")))?;
        let differences = live::shape::differences(&live::expected(), &shapes);
        findings.extend(differences.into_iter().map(|difference| {
            Finding::doubtful(host, difference, "what it does was well all the same, if the lines above are")
        }));
        findings.push(Finding::well(
            host,
            format!("{} requests; the shapes of their answers are in `{file}`", recording.exchanges().len()),
        ));
        Ok(findings)
    }

    /// The host that is meant.
    fn only<'a>(&self, app: &'a App) -> Result<(&'a str, &'a GitHub), CommandError> {
        let hosts: Vec<_> = app
            .github
            .iter()
            .filter(|(host, _)| self.host.as_ref().is_none_or(|wanted| wanted == *host))
            .collect();
        match hosts.as_slice() {
            [(host, github)] => Ok((host, github)),
            [] => Err(CommandError::usage("no such host has `kind: github` in the setting `forges`")),
            _ => Err(CommandError::usage(
                "the setting `forges` names several GitHub hosts: say which with `--host`",
            )),
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
