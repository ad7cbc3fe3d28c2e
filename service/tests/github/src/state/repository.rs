//! [`Repository`]: a repository and everything set in it.
//!
//! Its commits, branches and files are not here but in its bare git folder.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::tracker::Tracker;
use super::wiring::Wiring;
use crate::clock::Millis;

/// Content that a repository made from a template, or a fork, will get.
#[derive(Clone, Debug)]
pub struct Pending {
    /// When it gets it.
    pub at: Millis,
    /// The id of the template, or of what it is a fork of.
    pub template: u64,
    /// Whether all branches come along.
    pub all_branches: bool,
}

/// A repository.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Its id.
    pub id: u64,
    /// Its owner's login.
    pub owner: String,
    /// Its name.
    pub name: String,
    /// `public`, `private` or `internal`.
    pub visibility: String,
    /// The name of its default branch, which need not exist.
    pub default_branch: String,
    /// Its topics.
    pub topics: Vec<String>,
    /// Settings as the API names them: `description`, `has_issues`, `allow_squash_merge` and so on.
    pub settings: Map<String, Value>,
    /// What users may do in it beyond what they may as members, by login: `pull`, `push`, `admin` and so on.
    pub collaborators: BTreeMap<String, String>,
    /// What teams may do in it, by slug.
    pub teams: BTreeMap<String, String>,
    /// The values of its custom properties.
    pub properties: BTreeMap<String, Value>,
    /// The template it was made from.
    pub template: Option<u64>,
    /// The repository it is a fork of.
    pub parent: Option<u64>,
    /// Content that is still to come.
    pub pending: Option<Pending>,
    /// When it was made.
    pub created: Millis,
    /// When it was last changed.
    pub updated: Millis,
    /// When it was last pushed to.
    pub pushed: Option<Millis>,
    /// What is set in it beside: secrets, variables, protection, hooks and so on.
    pub wiring: Wiring,
    /// Its labels, milestones, issues and pull requests.
    pub tracker: Tracker,
    /// Its bare git folder.
    pub folder: PathBuf,
}

impl Repository {
    /// `owner/name`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// Whether not everybody sees it.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.visibility != "public"
    }

    /// Whether nothing may be changed in it.
    #[must_use]
    pub fn is_archived(&self) -> bool {
        self.setting("archived")
    }

    /// A setting that is on or off.
    #[must_use]
    pub fn setting(&self, name: &str) -> bool {
        self.settings.get(name).and_then(Value::as_bool).unwrap_or(false)
    }
}

/// The settings of a new repository.
pub(crate) fn default_settings() -> Map<String, Value> {
    let settings = json!({
        "description": null,
        "homepage": null,
        "has_issues": true,
        "has_projects": true,
        "has_wiki": true,
        "has_discussions": false,
        "has_downloads": true,
        "is_template": false,
        "archived": false,
        "allow_squash_merge": true,
        "allow_merge_commit": true,
        "allow_rebase_merge": true,
        "allow_auto_merge": false,
        "allow_update_branch": false,
        "allow_forking": true,
        "delete_branch_on_merge": false,
        "use_squash_pr_title_as_default": false,
        "squash_merge_commit_title": "COMMIT_OR_PR_TITLE",
        "squash_merge_commit_message": "COMMIT_MESSAGES",
        "merge_commit_title": "MERGE_MESSAGE",
        "merge_commit_message": "PR_TITLE",
        "web_commit_signoff_required": false,
        "security_and_analysis": {
            "secret_scanning": { "status": "disabled" },
            "secret_scanning_push_protection": { "status": "disabled" },
            "dependabot_security_updates": { "status": "disabled" },
        },
    });
    match settings {
        Value::Object(settings) => settings,
        _ => Map::new(),
    }
}
