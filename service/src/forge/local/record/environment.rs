//! An environment as the record keeps it; of its secrets the names alone.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::super::super::{BranchPolicy, Change, EnvironmentSetting, ForgeError, Reviewer};
use super::settings::{Changes, listed, of_environment, set, set_variables, when, write_secrets};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Environment {
    /// `all`, `protected` or `listed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    branches: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    branch_patterns: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tag_patterns: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wait_minutes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prevent_self_review: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reviewers: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    variables: BTreeMap<String, String>,
    /// Names only.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    secrets: BTreeSet<String>,
}

impl Environment {
    /// Brings it to what is wanted; what is not said stays.
    pub(super) fn with(&mut self, wanted: &EnvironmentSetting) -> Result<Changes, ForgeError> {
        let of = of_environment(&wanted.name);
        let what = |part: &str| format!("{part}{of}");
        let mut changes = Changes::new();
        let has_patterns = !wanted.branch_patterns.is_empty() || !wanted.tag_patterns.is_empty();
        let policy = wanted.branches.or(has_patterns.then_some(BranchPolicy::Listed));
        if let Some(policy) = policy {
            let word = match policy {
                BranchPolicy::All => "all",
                BranchPolicy::Protected => "protected",
                BranchPolicy::Listed => "listed",
            };
            changes.extend(set(&mut self.branches, &what("branches that may deploy"), word.to_owned()));
            changes.extend(replace(&mut self.branch_patterns, &wanted.branch_patterns, what("branches")));
            changes.extend(replace(&mut self.tag_patterns, &wanted.tag_patterns, what("tags")));
        }
        if let Some(minutes) = wanted.wait_minutes {
            changes.extend(set(&mut self.wait_minutes, &what("minutes to wait"), minutes));
        }
        if let Some(prevent) = wanted.prevent_self_review {
            changes.extend(set(&mut self.prevent_self_review, &what("no review of one's own"), prevent));
        }
        if let Some(reviewers) = &wanted.reviewers {
            let names: Vec<String> = reviewers.iter().map(name).collect();
            changes.extend(replace(&mut self.reviewers, &names, what("reviewers")));
        }
        changes.extend(set_variables(&mut self.variables, &wanted.variables, &of)?);
        changes.extend(write_secrets(&mut self.secrets, &wanted.secrets, &of)?);
        Ok(changes)
    }
}

fn replace(there: &mut Vec<String>, wanted: &[String], what: String) -> Changes {
    let before = std::mem::replace(there, wanted.to_vec());
    let is_same = BTreeSet::from_iter(&before) == BTreeSet::from_iter(wanted);
    when(!is_same, || Change::replace(what, listed(&before), listed(wanted)))
}

fn name(reviewer: &Reviewer) -> String {
    match reviewer {
        Reviewer::User(name) => format!("user:{name}"),
        Reviewer::Team(name) => format!("team:{name}"),
    }
}
