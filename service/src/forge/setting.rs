//! What a forge keeps beside the code, as values.
//!
//! A [`Setting`] is what is wanted; a [`Change`] is what that changes. Nothing here talks to a forge. The invariant:
//! no value of a secret is in a [`Change`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::secret::Secret;

/// One thing a forge keeps beside the code. Applying the same setting twice changes nothing.
#[derive(Clone, Debug)]
pub enum Setting {
    /// Topics, lower-cased.
    Topics(Vec<String>),
    /// Team or user that administers the repository.
    Access(String),
    /// `[{user|team, access}]`.
    Collaborators(Value),
    /// Variables of GitHub Actions.
    Variables(BTreeMap<String, String>),
    /// Secrets of GitHub Actions; a forge never gives them back.
    Secrets(BTreeMap<String, Secret>),
    /// `{useDefault, includeClaimKeys}`.
    OidcCustomization(Value),
    /// Custom properties of the organisation.
    CustomProperties(Value),
    /// `none`, `organization` or `user`.
    WorkflowAccess(String),
    /// Whether the creator watches it.
    Subscription(bool),
    /// Classic branch protection by GitHub's names.
    BranchProtection {
        /// The branch.
        branch: String,
        /// The rules.
        rules: Map<String, Value>,
    },
    /// One line about the repository; `None` for none.
    Description(Option<String>),
    /// Whether it is read-only.
    Archived(bool),
    /// Secrets of Dependabot.
    DependabotSecrets(BTreeMap<String, Secret>),
    /// What its workflows may do.
    WorkflowPermissions(WorkflowPermissions),
    /// An environment with all that is in it.
    Environment(EnvironmentSetting),
    /// A webhook, told apart by its URL.
    Webhook(Webhook),
    /// A deploy key, told apart by its title.
    DeployKey(DeployKey),
    /// An autolink, told apart by its prefix.
    Autolink(Autolink),
    /// GitHub Pages.
    Pages(Pages),
    /// A ruleset, told apart by its name.
    Ruleset(Ruleset),
    /// Labels that an issue or a pull request has to carry; others stay.
    Labels {
        /// Number of the issue or pull request.
        number: u64,
        /// The labels.
        labels: Vec<String>,
    },
}

/// What workflows may do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WorkflowPermissions {
    /// Whether workflows run at all.
    pub enabled: Option<bool>,
    /// Which actions they may use: `all`, `local_only` or `selected`.
    pub allowed_actions: Option<String>,
    /// Default permission of `GITHUB_TOKEN`: `read` or `write`.
    pub default_permission: Option<String>,
    /// Whether workflows may approve pull requests.
    pub can_approve_pull_requests: Option<bool>,
}

/// An environment.
#[derive(Clone, Debug, Default)]
pub struct EnvironmentSetting {
    /// Its name.
    pub name: String,
    /// Which branches and tags may deploy.
    pub branches: Option<BranchPolicy>,
    /// Patterns of branches, where they are listed.
    pub branch_patterns: Vec<String>,
    /// Patterns of tags, where they are listed.
    pub tag_patterns: Vec<String>,
    /// Its variables.
    pub variables: BTreeMap<String, String>,
    /// Its secrets.
    pub secrets: BTreeMap<String, Secret>,
    /// Minutes that a deployment waits.
    pub wait_minutes: Option<u32>,
    /// Whether whoever started a deployment may not approve it.
    pub prevent_self_review: Option<bool>,
    /// Who has to approve; `None` leaves it as it is.
    pub reviewers: Option<Vec<Reviewer>>,
}

/// Which branches may deploy to an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BranchPolicy {
    /// Every branch.
    All,
    /// Branches with protection.
    Protected,
    /// Those that the patterns name.
    Listed,
}

/// Who has to approve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reviewer {
    /// A user, by login.
    User(String),
    /// A team of the repository's organisation, by its short name.
    Team(String),
}

/// A webhook.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Where deliveries go.
    pub url: String,
    /// What they are signed with.
    pub secret: Option<Secret>,
    /// Names of events, or `*`.
    pub events: Vec<String>,
    /// Whether it is on.
    pub active: bool,
    /// `json` or `form`.
    pub content_type: String,
    /// Whether certificates are not checked.
    pub insecure_ssl: bool,
}

/// A deploy key.
#[derive(Clone, Debug)]
pub struct DeployKey {
    /// Its title.
    pub title: String,
    /// The public key, as in an `authorized_keys` file.
    pub public_key: String,
    /// Whether it can only read.
    pub read_only: bool,
}

/// A prefix that becomes a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Autolink {
    /// For example `TICKET-`.
    pub key_prefix: String,
    /// URL with `<num>` in it.
    pub url_template: String,
    /// Whether letters count as part of the number.
    pub is_alphanumeric: bool,
}

/// GitHub Pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pages {
    /// `workflow` or `legacy`.
    pub build_type: String,
    /// Branch to build from, for `legacy`.
    pub source_branch: String,
    /// `/` or `/docs`, for `legacy`.
    pub source_path: String,
}

/// A ruleset, in the words of GitHub's API.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruleset {
    /// Its name.
    pub name: String,
    /// `branch`, `tag` or `push`.
    pub target: String,
    /// `active`, `evaluate` or `disabled`.
    pub enforcement: String,
    /// Which refs it is for.
    pub conditions: Value,
    /// `[{type, parameters}]`.
    pub rules: Vec<Value>,
    /// Who is exempt.
    pub bypass_actors: Vec<Value>,
}

/// Whether a setting is applied or only compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Look, then change what differs.
    Apply,
    /// Look, and say what would be changed.
    Plan,
}

/// One difference between what is and what is wanted. A setting that is as wanted has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// What it is about: ``variable `AWS_REGION` ``.
    pub what: String,
    /// What happens to it.
    pub kind: ChangeKind,
    /// What it was; never of a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What it becomes; never of a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// What happens to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// It is new.
    Add,
    /// It becomes another.
    Change,
    /// It goes.
    Remove,
    /// It is written though it cannot be known whether it differs, as with secrets.
    Write,
}

impl Change {
    /// Something new.
    pub fn add(what: impl Into<String>, after: Option<String>) -> Self {
        Self { what: what.into(), kind: ChangeKind::Add, before: None, after }
    }

    /// Something that becomes another.
    pub fn replace(what: impl Into<String>, before: Option<String>, after: Option<String>) -> Self {
        Self { what: what.into(), kind: ChangeKind::Change, before, after }
    }

    /// Something that goes.
    pub fn remove(what: impl Into<String>, before: Option<String>) -> Self {
        Self { what: what.into(), kind: ChangeKind::Remove, before, after: None }
    }

    /// Something that is written without a look at what it was.
    pub fn write(what: impl Into<String>) -> Self {
        Self { what: what.into(), kind: ChangeKind::Write, before: None, after: None }
    }
}
