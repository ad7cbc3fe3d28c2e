//! `stagecraft test`: the cases of templates, run and compared with what they expect.
//!
//! It finds the templates and chooses the cases; what a case means is `crate::cases`' business, and how the outcome
//! is shown that of the files below.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use tempfile::TempDir;
use tokio::sync::Semaphore;

use super::Global;
use super::error::CommandError;
use crate::app::Workbench;
use crate::cases::{Entry, Finding, Options, Outcome, Subject, Suite};
use crate::config::ExpressionErrors;
use crate::telemetry;
use crate::template::TemplatePlace;
use crate::words::did_you_mean;

mod json;
mod junit;
mod print;

/// Arguments of `test`.
#[derive(Debug, Args)]
pub(super) struct Test {
    /// Template files, folders of templates, or files of Locations that lead to them.
    #[arg(required = true, value_name = "TEMPLATE")]
    templates: Vec<PathBuf>,
    /// Run only the case of this name, or `<template>/<case>`; may be given several times.
    #[arg(long = "case", value_name = "NAME")]
    cases: Vec<String>,
    /// List the cases instead of running them.
    #[arg(long, conflicts_with_all = ["update", "junit"])]
    list: bool,
    /// Write the snapshots of the cases anew, and remove those that no case has.
    #[arg(long)]
    update: bool,
    /// Write the outcome as JUnit XML as well.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Print the outcome as JSON instead of lines for people.
    #[arg(long)]
    json: bool,
    /// Keep the text of a failing expression, as Backstage does, instead of failing the step.
    #[arg(long)]
    keep_expression_errors: bool,
}

/// One case that was run.
struct Ran<'s> {
    suite: &'s Suite,
    entry: &'s Entry,
    outcome: Outcome,
}

/// Everything that was found.
#[derive(Default)]
struct Report<'s> {
    ran: Vec<Ran<'s>>,
    /// What is wrong beside the cases: broken templates, snapshots of no case.
    apart: Vec<Finding>,
    /// Snapshots of no case that were removed.
    removed: Vec<String>,
}

impl Report<'_> {
    fn failed(&self) -> usize {
        self.ran.iter().filter(|ran| !ran.outcome.passed()).count()
    }
}

impl Test {
    pub(super) async fn run(self, global: &Global) -> Result<(), CommandError> {
        let started = Instant::now();
        let mut config = global.settings()?;
        config.log.filter = "error".to_owned();
        config.templates.sources.clear();
        // What lies in this machine's data folder or in a Backstage must not decide how a case ends.
        let away = TempDir::new().map_err(|error| CommandError::unavailable(error.to_string()))?;
        config.data_dir = away.path().to_owned();
        config.backstage.base_url.clear();
        telemetry::init(&config.log).map_err(|error| CommandError::usage(error.to_string()))?;
        let bench = Workbench::build(config).await?;
        let (suites, broken) = self.gather(&bench).await?;
        let chosen = self.choose(&suites)?;
        if chosen.is_empty() && broken.is_empty() {
            return Err(no_cases(&suites));
        }
        if self.list {
            print::list(&chosen, self.json);
            return report_broken(&broken);
        }
        let mut report = Report { apart: broken, ..Report::default() };
        self.run_all(&bench, chosen, &mut report).await;
        if self.cases.is_empty() {
            suites.iter().for_each(|suite| self.stale(suite, &mut report));
        }
        suites.iter().flat_map(Suite::notes).for_each(|note| eprintln!("note: {note}"));
        if let Some(file) = &self.junit {
            junit::write(&report, started.elapsed(), file)?;
        }
        if self.json {
            json::print(&report, started.elapsed());
        } else {
            print::end(&report, started.elapsed());
        }
        verdict(&report)
    }

    /// The templates below the given paths by folder, and what is wrong with those that cannot be used.
    async fn gather(&self, bench: &Workbench) -> Result<(Vec<Suite>, Vec<Finding>), CommandError> {
        let mut folders: BTreeMap<PathBuf, (String, Vec<Arc<Subject>>)> = BTreeMap::new();
        let mut broken = Vec::new();
        for given in &self.templates {
            let local =
                bench.local(given).await.map_err(|error| CommandError::reading(error.into(), given))?;
            for fault in &local.faults {
                let file = as_given(Path::new(&fault.file), given);
                let place = TemplatePlace { file, line: fault.line, column: fault.column };
                broken.push(Finding::new(place, fault.message.clone()));
            }
            for (file, name) in &local.templates {
                let shown = as_given(file, given);
                let single = match bench.read(file, Some(name)).await {
                    Ok(single) => single,
                    Err(error) => {
                        broken.push(Finding::of_file(shown, error.to_string()));
                        continue;
                    }
                };
                let folder = file.parent().unwrap_or(file).to_owned();
                let shown_folder = Path::new(&shown).parent().map(|folder| folder.display().to_string());
                let entry =
                    folders.entry(folder).or_insert_with(|| (shown_folder.unwrap_or_default(), Vec::new()));
                if entry.1.iter().any(|known| known.name() == name && known.shown == shown) {
                    continue;
                }
                let (template, files, path) = (single.template, single.files, single.path);
                entry.1.push(Arc::new(Subject { template, files, path, shown }));
            }
        }
        let read = |(folder, (shown, subjects)): (PathBuf, (String, Vec<Arc<Subject>>))| {
            Suite::read(&folder, &shown, subjects)
        };
        Ok((folders.into_iter().map(read).collect(), broken))
    }

    /// The cases that `--case` names, or all.
    fn choose<'s>(&self, suites: &'s [Suite]) -> Result<Vec<(&'s Suite, &'s Entry)>, CommandError> {
        let all = || suites.iter().flat_map(|suite| suite.cases.iter().map(move |entry| (suite, entry)));
        if self.cases.is_empty() {
            return Ok(all().collect());
        }
        for wanted in &self.cases {
            if !all().any(|(_, entry)| is_called(entry, wanted)) {
                let hint = did_you_mean(wanted, all().map(|(_, entry)| entry.name.as_str()));
                return Err(CommandError::usage(format!("there is no case `{wanted}`{hint}")));
            }
        }
        Ok(all().filter(|(_, entry)| self.cases.iter().any(|wanted| is_called(entry, wanted))).collect())
    }

    /// Runs the cases beside one another, and shows each in its turn.
    async fn run_all<'s>(
        &self,
        bench: &Workbench,
        chosen: Vec<(&'s Suite, &'s Entry)>,
        report: &mut Report<'s>,
    ) {
        let expression_errors =
            if self.keep_expression_errors { ExpressionErrors::Keep } else { ExpressionErrors::Fail };
        let options = Options { update: self.update, expression_errors };
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        // One more than threads, so that none waits while another's snapshot is read.
        let turns = Arc::new(Semaphore::new(threads + 1));
        let started: Vec<_> = chosen
            .into_iter()
            .map(|(suite, entry)| {
                let (run, turns) = (suite.prepare(entry, &bench.tasks, options), Arc::clone(&turns));
                let handle = tokio::spawn(async move {
                    let _turn = turns.acquire().await;
                    run.run().await
                });
                (suite, entry, handle)
            })
            .collect();
        for (suite, entry, handle) in started {
            let outcome = handle.await.unwrap_or_else(|_| Outcome::broken_down(&entry.file));
            let ran = Ran { suite, entry, outcome };
            if !self.json {
                print::case(&ran, report.ran.last());
            }
            report.ran.push(ran);
        }
    }

    /// Looks for snapshots that no case has, and removes them if that is wished.
    fn stale(&self, suite: &Suite, report: &mut Report<'_>) {
        let names = match suite.stale() {
            Ok(names) => names,
            Err(finding) => return report.apart.push(finding),
        };
        for name in names {
            let file = suite.snapshot(&name);
            if !self.update {
                let message = "no case has this snapshot; remove it with `--update`";
                report.apart.push(Finding::of_file(file, message));
                continue;
            }
            match suite.remove_stale(&name) {
                Ok(()) => report.removed.push(file),
                Err(finding) => report.apart.push(finding),
            }
        }
    }
}

fn is_called(entry: &Entry, wanted: &str) -> bool {
    entry.name == wanted
        || entry.case.as_ref().is_ok_and(|(subject, _)| {
            wanted
                .split_once('/')
                .is_some_and(|(template, case)| template == subject.name() && case == entry.name)
        })
}

fn no_cases(suites: &[Suite]) -> CommandError {
    let beside = suites.first().map(|suite| suite.shown.as_str()).filter(|shown| !shown.is_empty());
    CommandError::usage(format!(
        "there is no case to run; write one, such as `{}/cases/first.yaml` with `values:`",
        beside.unwrap_or(".")
    ))
}

/// A file below the path on the command line, named as that is.
fn as_given(file: &Path, given: &Path) -> String {
    let inside = given.canonicalize().ok().and_then(|root| {
        let rest = file.strip_prefix(&root).ok()?.to_owned();
        if rest.as_os_str().is_empty() {
            return Some(given.to_owned());
        }
        Some(if given == Path::new(".") { rest } else { given.join(rest) })
    });
    let beside = || {
        let root = given.canonicalize().ok()?;
        let rest = file.strip_prefix(root.parent()?).ok()?;
        Some(given.parent()?.join(rest))
    };
    let named = inside.or_else(beside).unwrap_or_else(|| file.to_owned());
    if file.is_absolute() {
        named.display().to_string()
    } else {
        super::error::as_given(&file.to_string_lossy(), given)
    }
}

fn report_broken(broken: &[Finding]) -> Result<(), CommandError> {
    if broken.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = broken.iter().map(ToString::to_string).collect();
    Err(CommandError::failed(lines.join("\n")))
}

fn verdict(report: &Report<'_>) -> Result<(), CommandError> {
    let (failed, all, apart) = (report.failed(), report.ran.len(), report.apart.len());
    if failed + apart == 0 {
        return Ok(());
    }
    let cases = match (failed, all) {
        (0, _) => None,
        (1, 1) => Some("the case failed".to_owned()),
        (failed, all) => Some(format!("{failed} of {all} cases failed")),
    };
    let apart = match apart {
        0 => None,
        1 => Some("there is one more finding".to_owned()),
        more => Some(format!("there are {more} more findings")),
    };
    let text: Vec<String> = cases.into_iter().chain(apart).collect();
    let differs = report.ran.iter().flat_map(|ran| &ran.outcome.findings).any(|finding| finding.of_snapshot);
    let hint = if differs { "; if what is rendered now is right, take it over with `--update`" } else { "" };
    Err(CommandError::failed(format!("{}{hint}", text.join(", and "))))
}
