//! What people have made in a repository, as it stands in `forge.json`.
//!
//! It only holds and finds; numbers are given here, to issues and pull requests from one row as on GitHub. The
//! invariant: one step of one task has at most one of each kind, and values of inputs and events are nowhere.

use serde::{Deserialize, Serialize};

use crate::forge::{Origin, PullFate, PullRequest};
use crate::git::CommitId;
use crate::ids::TaskId;

/// Everything.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in crate::forge::local) struct Book {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) issues: Vec<IssueNote>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) pull_requests: Vec<PullNote>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) runs: Vec<RunNote>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) events: Vec<EventNote>,
}

/// Which step of which task has made something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Maker {
    task: TaskId,
    step: String,
}

impl From<&Origin> for Maker {
    fn from(origin: &Origin) -> Self {
        Self { task: origin.task, step: origin.step.clone() }
    }
}

/// An issue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IssueNote {
    pub(super) number: u64,
    pub(super) by: Maker,
    pub(super) title: String,
    pub(super) body: Option<String>,
    pub(super) assignees: Vec<String>,
    pub(super) milestone: Option<serde_json::Value>,
    pub(super) labels: Vec<String>,
}

/// A pull request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PullNote {
    pub(super) by: Maker,
    pub(super) request: PullRequest,
    pub(super) branch: String,
    /// Where the branch left the one that it is to be merged into.
    pub(super) base: CommitId,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) draft: bool,
    pub(super) reviewers: Vec<String>,
    pub(super) team_reviewers: Vec<String>,
    pub(super) assignees: Vec<String>,
    /// The commit by which it was merged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) merged: Option<CommitId>,
}

/// A run of a workflow. It is noted and not run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RunNote {
    pub(super) id: u64,
    pub(super) by: Maker,
    pub(super) workflow: String,
    #[serde(rename = "ref")]
    pub(super) reference: String,
    /// Names of its inputs.
    pub(super) inputs: Vec<String>,
}

/// An event that was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EventNote {
    #[serde(rename = "type")]
    pub(super) event_type: String,
    /// Names of what came with it.
    pub(super) payload: Vec<String>,
}

impl Book {
    /// Whether anybody opened one.
    pub(in crate::forge::local) fn has_issues(&self) -> bool {
        !self.issues.is_empty()
    }

    /// Whether nothing was made yet.
    pub(in crate::forge::local) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The number of the next issue or pull request.
    pub(super) fn next_number(&self) -> u64 {
        let issues = self.issues.iter().map(|issue| issue.number);
        let pulls = self.pull_requests.iter().map(|pull| pull.request.number);
        issues.chain(pulls).max().unwrap_or(0) + 1
    }

    /// The issue that this step has made.
    pub(super) fn issue_by(&self, maker: &Maker) -> Option<&IssueNote> {
        self.issues.iter().find(|issue| issue.by == *maker)
    }

    /// The run that this step has started.
    pub(super) fn run_by(&self, maker: &Maker) -> Option<&RunNote> {
        self.runs.iter().find(|run| run.by == *maker)
    }

    /// The pull request that this step has made.
    pub(super) fn pull_by(&self, maker: &Maker) -> Option<&PullNote> {
        self.pull_requests.iter().find(|pull| pull.by == *maker)
    }

    /// The pull request of a branch that is not merged.
    pub(super) fn open_pull_of(&mut self, branch: &str) -> Option<&mut PullNote> {
        self.pull_requests.iter_mut().find(|pull| pull.branch == branch && pull.merged.is_none())
    }

    /// The newest pull request of a branch, and what has become of it: here none is closed but by being merged.
    pub(super) fn newest_pull_of(&self, branch: &str) -> Option<(u64, String, PullFate)> {
        let pull = self.pull_requests.iter().rev().find(|pull| pull.branch == branch)?;
        let fate = if pull.merged.is_some() { PullFate::Merged } else { PullFate::Open };
        Some((pull.request.number, pull.request.url.clone(), fate))
    }

    /// The pull request of this number.
    pub(super) fn pull(&mut self, number: u64) -> Option<&mut PullNote> {
        self.pull_requests.iter_mut().find(|pull| pull.request.number == number)
    }
}
