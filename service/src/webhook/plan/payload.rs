//! The few fields of payloads that plans are made of.
//!
//! Everything else is skipped without being held, however deep or long it is. The invariant: a field that GitHub leaves
//! out is `None`, and one of another type than GitHub gives it is an error.

use serde::Deserialize;
use serde_json::Value;

use super::About;

/// Longest text that is kept for people.
const LONGEST: usize = 200;

#[derive(Debug, Deserialize)]
pub(super) struct Payload {
    pub(super) action: Option<String>,
    pub(super) repository: Option<Repository>,
    pub(super) organization: Option<Account>,
    pub(super) installation: Option<Installation>,
    pub(super) r#ref: Option<String>,
    pub(super) after: Option<String>,
    pub(super) created: Option<bool>,
    pub(super) deleted: Option<bool>,
    pub(super) forced: Option<bool>,
    pub(super) commits: Option<Vec<Commit>>,
    /// What was before, by the name of the field.
    #[serde(default)]
    pub(super) changes: Value,
    pub(super) repositories_added: Option<Vec<Named>>,
    pub(super) repositories_removed: Option<Vec<Named>>,
    pub(super) pull_request: Option<PullRequest>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Repository {
    pub(super) full_name: String,
    pub(super) default_branch: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Named {
    pub(super) full_name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Account {
    pub(super) login: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Installation {
    pub(super) account: Option<Account>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Commit {
    added: Option<Vec<String>>,
    removed: Option<Vec<String>>,
    modified: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PullRequest {
    pub(super) number: u64,
    pub(super) merged: Option<bool>,
    pub(super) head: Head,
}

#[derive(Debug, Deserialize)]
pub(super) struct Head {
    pub(super) r#ref: String,
    pub(super) repo: Option<Named>,
}

impl Commit {
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        let Self { added, removed, modified } = self;
        added.iter().chain(removed).chain(modified).flatten().map(String::as_str)
    }
}

impl Payload {
    pub(super) fn about(&self) -> About {
        let installed = self.installation.as_ref().and_then(|one| one.account.as_ref());
        let account = self.organization.as_ref().or(installed).map(|one| &one.login);
        let about = self.repository.as_ref().map(|one| &one.full_name).or(account);
        About { action: self.action.as_deref().map(short), about: about.map(|text| short(text)) }
    }
}

/// What can be told about a payload of any event.
pub(super) fn about(payload: &[u8]) -> About {
    #[derive(Deserialize)]
    struct Any {
        action: Option<String>,
        repository: Option<Named>,
    }

    let any = serde_json::from_slice::<Any>(payload);
    any.map(|any| About {
        action: any.action.as_deref().map(short),
        about: any.repository.map(|one| short(&one.full_name)),
    })
    .unwrap_or_default()
}

fn short(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}
