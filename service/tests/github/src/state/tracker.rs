//! [`Tracker`]: labels, milestones, issues and pull requests of a repository.
//!
//! Issues and pull requests share one row of numbers, as on GitHub. What a pull request would merge is not here: it is
//! what its branches hold.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::clock::Millis;

/// A label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its colour, six hexadecimal digits.
    pub color: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether every new repository has it.
    pub default: bool,
}

/// A milestone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// Its id.
    pub id: u64,
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// What it is for.
    pub description: Option<String>,
    /// `open` or `closed`.
    pub state: String,
    /// When it is due, as it was put.
    pub due_on: Option<String>,
    /// Who made it: a login.
    pub creator: String,
    /// When it was made.
    pub created: Millis,
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its id.
    pub id: u64,
    /// Who wrote it: a login.
    pub user: String,
    /// The text.
    pub body: String,
    /// When it was written.
    pub created: Millis,
}

/// A review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Its id.
    pub id: u64,
    /// Who wrote it: a login.
    pub user: String,
    /// The text.
    pub body: String,
    /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED` or `PENDING`.
    pub state: String,
    /// The commit it is about.
    pub commit: String,
    /// When it was written.
    pub created: Millis,
}

/// What was merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The commit that came of it.
    pub sha: String,
    /// `merge`, `squash` or `rebase`.
    pub method: String,
    /// Who did it: a login.
    pub by: String,
    /// When.
    pub at: Millis,
}

/// The fork that a pull request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fork {
    /// Its id.
    pub id: u64,
    /// Its owner's login.
    pub owner: String,
    /// Its bare git folder.
    pub folder: PathBuf,
}

/// What an issue has beside if it is a pull request.
#[derive(Clone, Debug)]
pub struct Pull {
    /// The branch with the changes.
    pub head: String,
    /// The fork that the branch is in, if it is not in the repository itself.
    pub fork: Option<Fork>,
    /// The branch they are for.
    pub base: String,
    /// The commits of both when it was closed.
    pub closed_at: Option<(String, String)>,
    /// Whether it is not to be merged yet.
    pub draft: bool,
    /// Users who are asked to review: logins.
    pub reviewers: BTreeSet<String>,
    /// Teams that are asked to review: slugs.
    pub team_reviewers: BTreeSet<String>,
    /// Whether maintainers may change it.
    pub maintainer_can_modify: bool,
    /// The reviews.
    pub reviews: Vec<Review>,
    /// What was merged, if it was.
    pub merged: Option<Merge>,
    /// How it is merged by itself once it may be: `merge`, `squash` or `rebase`.
    pub auto_merge: Option<String>,
}

impl Pull {
    /// The folder that its branch is in; `folder` is the one of its repository.
    pub(crate) fn folder<'one>(&'one self, folder: &'one Path) -> &'one Path {
        self.fork.as_ref().map_or(folder, |fork| &fork.folder)
    }

    /// Whose branch it is; `owner` is the one of its repository.
    pub(crate) fn owner<'one>(&'one self, owner: &'one str) -> &'one str {
        self.fork.as_ref().map_or(owner, |fork| &fork.owner)
    }
}

/// An issue or a pull request.
#[derive(Clone, Debug)]
pub struct Issue {
    /// Its id.
    pub id: u64,
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: Option<String>,
    /// Who made it: a login.
    pub user: String,
    /// `open` or `closed`.
    pub state: String,
    /// Why it is in its state.
    pub state_reason: Option<String>,
    /// The names of its labels.
    pub labels: Vec<String>,
    /// Who is to do it: logins.
    pub assignees: Vec<String>,
    /// The number of its milestone.
    pub milestone: Option<u64>,
    /// Whether only collaborators may comment, and why.
    pub locked: Option<Option<String>>,
    /// The comments.
    pub comments: Vec<Comment>,
    /// What it has beside if it is a pull request.
    pub pull: Option<Pull>,
    /// When it was made.
    pub created: Millis,
    /// When it was last changed.
    pub updated: Millis,
    /// When it was closed.
    pub closed: Option<Millis>,
}

/// What somebody told of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Its id.
    pub id: u64,
    /// The commit.
    pub sha: String,
    /// The name of the check.
    pub context: String,
    /// `error`, `failure`, `pending` or `success`.
    pub state: String,
    /// What there is to say.
    pub description: Option<String>,
    /// Where there is more.
    pub target_url: Option<String>,
    /// Who told it: a login.
    pub creator: String,
    /// When.
    pub created: Millis,
}

/// Labels, milestones, issues and pull requests.
#[derive(Clone, Debug, Default)]
pub struct Tracker {
    /// Labels by name in lower case.
    pub labels: BTreeMap<String, Label>,
    /// Milestones, oldest first.
    pub milestones: Vec<Milestone>,
    /// Issues and pull requests by number.
    pub issues: BTreeMap<u64, Issue>,
    /// What was told of commits, oldest first.
    pub statuses: Vec<Status>,
}

/// The labels of every new repository.
const DEFAULT: [(&str, &str, &str); 9] = [
    ("bug", "d73a4a", "Something isn't working"),
    ("documentation", "0075ca", "Improvements or additions to documentation"),
    ("duplicate", "cfd3d7", "This issue or pull request already exists"),
    ("enhancement", "a2eeef", "New feature or request"),
    ("good first issue", "7057ff", "Good for newcomers"),
    ("help wanted", "008672", "Extra attention is needed"),
    ("invalid", "e4e669", "This doesn't seem right"),
    ("question", "d876e3", "Further information is requested"),
    ("wontfix", "ffffff", "This will not be worked on"),
];

impl Tracker {
    /// Of a new repository.
    pub(crate) fn new(mut next_id: impl FnMut() -> u64) -> Self {
        let labels = DEFAULT.into_iter().map(|(name, color, description)| {
            let label = Label {
                id: next_id(),
                name: name.to_owned(),
                color: color.to_owned(),
                description: Some(description.to_owned()),
                default: true,
            };
            (name.to_owned(), label)
        });
        Self { labels: labels.collect(), ..Self::default() }
    }

    /// An issue or a pull request by its number.
    #[must_use]
    pub fn issue(&self, number: u64) -> Option<&Issue> {
        self.issues.get(&number)
    }

    /// All pull requests, oldest first.
    pub fn pulls(&self) -> impl Iterator<Item = (&Issue, &Pull)> {
        self.issues.values().filter_map(|issue| Some((issue, issue.pull.as_ref()?)))
    }

    /// What was told last of a commit by a check.
    #[must_use]
    pub fn status(&self, sha: &str, context: &str) -> Option<&Status> {
        self.statuses.iter().rev().find(|status| status.sha == sha && status.context == context)
    }

    /// The number of the next issue.
    pub(crate) fn next_number(&self) -> u64 {
        self.issues.keys().next_back().map_or(1, |last| last + 1)
    }

    /// Gives the label of this name, made if it is not there.
    pub(crate) fn label_or_new(&mut self, name: &str, id: u64) -> &Label {
        self.labels.entry(name.to_lowercase()).or_insert_with(|| Label {
            id,
            name: name.to_owned(),
            color: "ededed".to_owned(),
            description: None,
            default: false,
        })
    }
}
