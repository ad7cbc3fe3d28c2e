//! [`Wiring`]: what is set in a repository beside its content, its issues and its pull requests.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::vault::Vault;
use crate::clock::Millis;

/// A variable of Actions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// What it holds.
    pub value: String,
    /// Of an organisation's variable: `all`, `private` or `selected`.
    pub visibility: Option<String>,
    /// Of an organisation's variable: the repositories that are selected.
    pub repositories: BTreeSet<u64>,
    /// When it was made.
    pub created: Millis,
    /// When it was last set.
    pub updated: Millis,
}

/// Variables by their names in capitals.
pub type Variables = BTreeMap<String, Variable>;

/// Who has to agree to a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reviewer {
    /// The user with this id.
    User(u64),
    /// The team with this id.
    Team(u64),
}

/// A pattern of branches or tags that may be deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchPolicy {
    /// Its id.
    pub id: u64,
    /// The pattern.
    pub name: String,
    /// `branch` or `tag`.
    pub kind: String,
}

/// An environment.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Minutes that a deployment waits.
    pub wait_timer: u64,
    /// Whether one may not agree to one's own deployment.
    pub prevent_self_review: bool,
    /// Who has to agree.
    pub reviewers: Vec<Reviewer>,
    /// Which branches may be deployed: `protected_branches` and `custom_branch_policies`; all if there is none.
    pub branch_policy: Option<(bool, bool)>,
    /// The patterns of custom policies.
    pub branch_policies: Vec<BranchPolicy>,
    /// Its secrets.
    pub secrets: Vault,
    /// Its variables.
    pub variables: Variables,
    /// When it was made.
    pub created: Millis,
    /// When it was last changed.
    pub updated: Millis,
}

/// What Actions may do.
#[derive(Clone, Debug)]
pub struct ActionsPolicy {
    /// Whether workflows run at all.
    pub enabled: bool,
    /// `all`, `local_only` or `selected`.
    pub allowed_actions: String,
    /// Whether actions must be pinned to a commit.
    pub sha_pinning_required: bool,
    /// Of `selected`: which, as the API has it.
    pub selected: Map<String, Value>,
    /// From where workflows of this repository may be used: `none`, `user` or `organization`.
    pub access_level: String,
    /// What a workflow's token may do: `read` or `write`.
    pub default_workflow_permissions: String,
    /// Whether workflows may approve pull requests.
    pub can_approve_pull_request_reviews: bool,
}

impl Default for ActionsPolicy {
    fn default() -> Self {
        Self {
            enabled: true,
            allowed_actions: "all".to_owned(),
            sha_pinning_required: false,
            selected: Map::new(),
            access_level: "none".to_owned(),
            default_workflow_permissions: "read".to_owned(),
            can_approve_pull_request_reviews: false,
        }
    }
}

/// How the subject of OIDC tokens is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidcSubject {
    /// Whether as GitHub does it by itself.
    pub use_default: bool,
    /// The claims in it.
    pub include_claim_keys: Vec<String>,
    /// Whether it has ids in place of names.
    pub use_immutable_subject: Option<bool>,
}

/// A set of rules.
#[derive(Clone, Debug)]
pub struct Ruleset {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// `branch`, `tag` or `push`.
    pub target: String,
    /// `disabled`, `active` or `evaluate`.
    pub enforcement: String,
    /// Who need not keep to it.
    pub bypass_actors: Vec<Value>,
    /// Which refs it is for.
    pub conditions: Value,
    /// The rules, each with its `type` and `parameters`.
    pub rules: Vec<Value>,
    /// When it was made.
    pub created: Millis,
    /// When it was last changed.
    pub updated: Millis,
}

/// A webhook.
#[derive(Clone, Debug)]
pub struct Hook {
    /// Its id.
    pub id: u64,
    /// Where it tells.
    pub url: String,
    /// `json` or `form`.
    pub content_type: String,
    /// `0` or `1`: whether certificates are not looked at.
    pub insecure_ssl: String,
    /// What it is signed with.
    pub secret: Option<String>,
    /// Of what it tells.
    pub events: Vec<String>,
    /// Whether it does.
    pub active: bool,
    /// When it was made.
    pub created: Millis,
    /// When it was last changed.
    pub updated: Millis,
}

/// A key that may read or write the repository.
#[derive(Clone, Debug)]
pub struct DeployKey {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub title: String,
    /// The public key.
    pub key: String,
    /// Whether it may not write.
    pub read_only: bool,
    /// Who put it there: a login.
    pub added_by: String,
    /// When it was made.
    pub created: Millis,
}

/// A link made of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Autolink {
    /// Its id.
    pub id: u64,
    /// What the text begins with.
    pub key_prefix: String,
    /// The link, with `<num>` in it.
    pub url_template: String,
    /// Whether letters may follow, too.
    pub is_alphanumeric: bool,
}

/// Somebody who was asked to be a collaborator, and has not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: u64,
    /// Who was asked.
    pub login: String,
    /// What he is to be allowed: `pull`, `push`, `admin` and so on.
    pub role: String,
    /// Who asked.
    pub inviter: String,
    /// When.
    pub created: Millis,
}

/// Pages.
#[derive(Clone, Debug)]
pub struct Pages {
    /// `legacy` or `workflow`.
    pub build_type: String,
    /// The branch and the folder it is made of.
    pub source: Option<(String, String)>,
    /// Its domain.
    pub cname: Option<String>,
    /// Whether only by HTTPS.
    pub https_enforced: bool,
    /// Whether everybody sees it.
    pub public: bool,
}

/// A run of a workflow.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its id.
    pub id: u64,
    /// Its number among those of its workflow.
    pub number: usize,
    /// The workflow's file, `.github/workflows/ci.yaml`.
    pub workflow: String,
    /// The workflow's name.
    pub name: String,
    /// What it was begun by: `workflow_dispatch`, `repository_dispatch`.
    pub event: String,
    /// The branch.
    pub branch: String,
    /// The commit.
    pub sha: String,
    /// The inputs it was given.
    pub inputs: Map<String, Value>,
    /// Who began it: a login.
    pub actor: String,
    /// When it was begun.
    pub created: Millis,
}

/// Everything that is set in a repository.
#[derive(Clone, Debug, Default)]
pub struct Wiring {
    /// The secrets of Actions.
    pub secrets: Vault,
    /// The secrets of Dependabot.
    pub dependabot: Vault,
    /// The variables of Actions.
    pub variables: Variables,
    /// The environments, by name in lower case.
    pub environments: BTreeMap<String, Environment>,
    /// What Actions may do.
    pub actions: ActionsPolicy,
    /// How the subject of OIDC tokens is made; as the organisation says if there is none.
    pub oidc: Option<OidcSubject>,
    /// The classic protection of branches, by branch, as it was put.
    pub protection: BTreeMap<String, Value>,
    /// Branches whose commits must be signed.
    pub signed: Vec<String>,
    /// The sets of rules.
    pub rulesets: Vec<Ruleset>,
    /// The webhooks.
    pub hooks: Vec<Hook>,
    /// The deploy keys.
    pub keys: Vec<DeployKey>,
    /// The autolinks.
    pub autolinks: Vec<Autolink>,
    /// Who is asked to be a collaborator.
    pub invitations: Vec<Invitation>,
    /// Pages, if there are any.
    pub pages: Option<Pages>,
    /// The runs of workflows, oldest first.
    pub runs: Vec<Run>,
    /// What repository dispatches said: their event and their payload.
    pub dispatches: Vec<(String, Value)>,
    /// Whether known vulnerabilities are told.
    pub vulnerability_alerts: bool,
    /// Whether Dependabot mends them.
    pub automated_security_fixes: bool,
    /// Whether releases cannot be changed.
    pub immutable_releases: bool,
    /// Who watches it, by login: whether subscribed, else ignored; and since when.
    pub subscriptions: BTreeMap<String, (bool, Millis)>,
}

impl Wiring {
    /// An environment.
    #[must_use]
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments.get(&name.to_lowercase())
    }

    /// A variable's value.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(&name.to_uppercase()).map(|variable| variable.value.as_str())
    }

    /// A set of rules by its name.
    #[must_use]
    pub fn ruleset(&self, name: &str) -> Option<&Ruleset> {
        self.rulesets.iter().find(|ruleset| ruleset.name == name)
    }
}

impl Environment {
    /// A variable's value.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(&name.to_uppercase()).map(|variable| variable.value.as_str())
    }
}
