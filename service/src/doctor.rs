//! Checks what is configured against what is there, before a developer finds out.
//!
//! It looks, compares and says what to do; it changes nothing, and runs no task. What GitHub answers is gathered by
//! [`crate::forge::github`]; what templates need of it stands in [`permissions`]. The invariant: every finding that
//! is not well names the next step.

mod github;
pub mod live;
pub mod permissions;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::config::Config;
use crate::forge::github::GitHub;
use crate::template::Library;

/// How a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it has to be.
    Well,
    /// It works, but not for long, or not for everybody.
    Doubtful,
    /// It does not work.
    Wrong,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where: `settings`, `templates`, or a host.
    pub about: String,
    /// How it is.
    pub verdict: Verdict,
    /// What was found.
    pub found: String,
    /// What to do; empty where all is well.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next: String,
}

impl Finding {
    /// All is well.
    pub fn well(about: &str, found: impl Into<String>) -> Self {
        Self { about: about.to_owned(), verdict: Verdict::Well, found: found.into(), next: String::new() }
    }

    /// It works, but.
    pub fn doubtful(about: &str, found: impl Into<String>, next: impl Into<String>) -> Self {
        Self { about: about.to_owned(), verdict: Verdict::Doubtful, found: found.into(), next: next.into() }
    }

    /// It does not work.
    pub fn wrong(about: &str, found: impl Into<String>, next: impl Into<String>) -> Self {
        Self { about: about.to_owned(), verdict: Verdict::Wrong, found: found.into(), next: next.into() }
    }
}

/// Which templates name which action: `publish:github` → `rust-service`, …
pub type Uses = BTreeMap<String, BTreeSet<String>>;

/// What is wrong with the templates themselves, and which actions they name.
pub fn templates(library: &Library) -> (Vec<Finding>, Uses) {
    let about = "templates";
    let mut uses = Uses::new();
    let mut usable = 0_usize;
    for template in library.parts().iter().flat_map(|part| &part.templates) {
        usable += 1;
        for step in &template.spec.steps {
            uses.entry(step.action.clone()).or_default().insert(template.entity_ref.clone());
        }
    }
    let broken = library.list().into_iter().filter(|listed| !listed.errors.is_empty());
    let mut findings: Vec<Finding> = broken
        .map(|listed| {
            let first = listed.errors.first().map(ToString::to_string).unwrap_or_default();
            let what = format!("`{}` cannot be used: {first}", listed.place);
            Finding::wrong(about, what, "`stagecraft lint` on its file tells all that is wrong with it")
        })
        .collect();
    findings.push(match usable {
        0 => Finding::doubtful(
            about,
            "there is no usable template",
            "name folders, files or git URLs with templates in `templates.sources`",
        ),
        1 => Finding::well(about, "1 template can be used"),
        many => Finding::well(about, format!("{many} templates can be used")),
    });
    (findings, uses)
}

/// What can be told from the settings alone.
pub fn settings(config: &Config) -> Vec<Finding> {
    let about = "settings";
    let mut findings = vec![Finding::well(about, "the settings can be read")];
    let postgres = !config.database.url.expose().is_empty();
    if postgres && config.secrets.key.expose().is_empty() {
        findings.push(Finding::doubtful(
            about,
            "`secrets.key` is empty though the database is PostgreSQL: each data folder has a key of its own",
            "set `secrets.key` to the same 64 hexadecimal digits for every process, or a task cannot move from one to another",
        ));
    }
    if config.backstage.base_url.is_empty() {
        findings.push(Finding::doubtful(
            about,
            "`backstage.base_url` is empty: tokens of Backstage's users are not accepted",
            "set it to the address of Backstage's backend, if there is one",
        ));
    }
    findings
}

/// What is found of one GitHub host.
pub async fn github(github: &GitHub, uses: &Uses) -> Vec<Finding> {
    let facts = github.checkup().await;
    let mut findings = github::examine(&facts, uses);
    match github.governor().status().await {
        Ok(accounts) => findings.extend(accounts.iter().map(|account| github::pace(&facts.host, account))),
        Err(error) => findings.push(Finding::wrong(
            &facts.host,
            format!("what is kept of GitHub's limits cannot be read: {error}"),
            "look after the database",
        )),
    }
    findings
}
