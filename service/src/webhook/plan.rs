//! What is to be done about a delivery: a function of the forge, the event and the payload, and of nothing else.
//!
//! Every event that the App subscribes to has its arm here, and every arm says why nothing is done where that is so.
//! Nobody is asked and nothing is looked up: a plan is cheap, and the same whenever it is made. The invariant: a plan
//! names repositories of the forge that signed the delivery, under names that a forge takes.

mod paths;
mod payload;

use crate::catalog::{Change, PROPOSAL_BRANCH, ProposalState};
use crate::forge::RepoSlug;

pub use paths::matters;
use payload::{Named, Payload, PullRequest};

/// GitHub lists no more commits of a push than this; what came before them is not told.
const COMMITS_LISTED: usize = 2048;

/// Events that are planned; all others say nothing to the catalog.
const PLANNED: [&str; 8] = [
    "ping",
    "push",
    "repository",
    "installation",
    "installation_repositories",
    "team",
    "membership",
    "pull_request",
];

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// This, in this order.
    Enqueue(Vec<Change>),
    /// Nothing, and why.
    Ignored(Reason),
    /// Nothing is ever done about such events.
    Unsupported,
}

/// Why nothing is done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// It says that deliveries arrive.
    #[error("GitHub tried out whether deliveries arrive: they do")]
    Hello,
    /// A push to another branch, or a tag.
    #[error("`{0}` is not the default branch")]
    OtherRef(String),
    /// The branch is no more.
    #[error("a branch was deleted")]
    Deleted,
    /// Nothing changed that the catalog reads.
    #[error("no file that the catalog reads changed")]
    NothingRead,
    /// The action changes nothing.
    #[error("`{0}` changes nothing in the catalog")]
    Action(String),
    /// Who is in a team is not in this catalog.
    #[error("the members of a team are not in this catalog")]
    Members,
    /// A pull request of somebody else.
    #[error("the pull request is not one of `{PROPOSAL_BRANCH}`")]
    OtherPullRequest,
    /// Events of that name are never planned.
    #[error("`{0}` events say nothing to the catalog")]
    Event(String),
}

/// Why a payload cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum Unplannable {
    /// It is not JSON, or a field has another type than GitHub gives it.
    #[error("the payload cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// A field is not there.
    #[error("the payload has no `{0}`")]
    Missing(&'static str),
    /// A repository is called as none can be.
    #[error("the payload names a repository that cannot be one: {0}")]
    Name(#[from] crate::forge::ForgeError),
}

/// What was read of a payload for people: the action, and whom it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct About {
    pub(super) action: Option<String>,
    pub(super) about: Option<String>,
}

/// What is to be done about `event` of `host`.
pub fn plan(host: &str, event: &str, payload: &[u8]) -> Result<Plan, Unplannable> {
    explained(host, event, payload).1
}

/// The same, with what can be told about the payload whatever becomes of it.
pub(super) fn explained(host: &str, event: &str, payload: &[u8]) -> (About, Result<Plan, Unplannable>) {
    if !PLANNED.contains(&event) {
        return (payload::about(payload), Ok(Plan::Unsupported));
    }
    match serde_json::from_slice::<Payload>(payload) {
        Ok(payload) => (payload.about(), Planner { host, payload: &payload }.plan(event)),
        Err(error) => (payload::about(payload), Err(error.into())),
    }
}

type Planned = Result<Plan, Unplannable>;

struct Planner<'a> {
    host: &'a str,
    payload: &'a Payload,
}

impl Planner<'_> {
    fn plan(&self, event: &str) -> Planned {
        match event {
            "ping" => Ok(Plan::Ignored(Reason::Hello)),
            "push" => self.push(),
            "repository" => self.repository_event(),
            "installation" => self.installation(),
            "installation_repositories" => self.installation_repositories(),
            "team" => self.team(),
            "membership" => Ok(Plan::Ignored(Reason::Members)),
            "pull_request" => self.pull_request(),
            _ => Ok(Plan::Unsupported),
        }
    }

    fn push(&self) -> Planned {
        let payload = self.payload;
        let pushed = payload.r#ref.as_deref().ok_or(Unplannable::Missing("ref"))?;
        let repository = payload.repository.as_ref().ok_or(Unplannable::Missing("repository"))?;
        let branch =
            repository.default_branch.as_deref().ok_or(Unplannable::Missing("repository.default_branch"))?;
        if pushed.strip_prefix("refs/heads/") != Some(branch) {
            return Ok(Plan::Ignored(Reason::OtherRef(pushed.chars().take(200).collect())));
        }
        if payload.deleted == Some(true) {
            return Ok(Plan::Ignored(Reason::Deleted));
        }
        if self.tells_all_paths() && !self.changed_paths().any(matters) {
            return Ok(Plan::Ignored(Reason::NothingRead));
        }
        Ok(Plan::Enqueue(vec![Change::Read {
            repository: self.repository()?,
            commit: payload.after.clone().filter(|sha| is_commit(sha)),
        }]))
    }

    /// Whether the push lists everything that changed between what the branch was and what it is.
    fn tells_all_paths(&self) -> bool {
        let Payload { created, forced, commits, .. } = self.payload;
        let commits = commits.as_deref().unwrap_or_default();
        let made_anew = *created == Some(true) || *forced == Some(true);
        !made_anew && (1..COMMITS_LISTED).contains(&commits.len())
    }

    fn changed_paths(&self) -> impl Iterator<Item = &str> {
        self.payload.commits.iter().flatten().flat_map(payload::Commit::paths)
    }

    fn repository_event(&self) -> Planned {
        let (action, repository) = (self.action()?, self.repository()?);
        Ok(Plan::Enqueue(vec![match action {
            "created" | "publicized" | "privatized" => read(repository),
            "archived" | "unarchived" => Change::Archived { repository, archived: action == "archived" },
            "deleted" => Change::Gone { repository },
            "renamed" => {
                let name = self.before("/repository/name/from", "changes.repository.name.from")?;
                Change::Moved { from: checked(RepoSlug { name, ..repository.clone() })?, to: repository }
            }
            "transferred" => {
                let user = self.before("/owner/from/user/login", "changes.owner.from");
                let owner =
                    user.or_else(|_| self.before("/owner/from/organization/login", "changes.owner.from"))?;
                Change::Moved { from: checked(RepoSlug { owner, ..repository.clone() })?, to: repository }
            }
            "edited" if self.is_edited(&["default_branch", "description", "homepage", "topics"]) => {
                read(repository)
            }
            other => return Ok(Plan::Ignored(Reason::Action(other.to_owned()))),
        }]))
    }

    fn installation(&self) -> Planned {
        let host = self.host.to_owned();
        let account = self.payload.installation.as_ref().and_then(|one| one.account.as_ref());
        let owner = account.ok_or(Unplannable::Missing("installation.account"))?.login.clone();
        owner_is_one(&host, &owner)?;
        Ok(match self.action()? {
            "created" | "unsuspend" | "new_permissions_accepted" => {
                Plan::Enqueue(vec![Change::Owner { host, owner }])
            }
            "deleted" | "suspend" => Plan::Enqueue(vec![Change::Lost { host, owner }]),
            other => Plan::Ignored(Reason::Action(other.to_owned())),
        })
    }

    fn installation_repositories(&self) -> Planned {
        let Payload { repositories_added: added, repositories_removed: removed, .. } = self.payload;
        let mut changes = Vec::new();
        for one in removed.iter().flatten() {
            changes.push(Change::Gone { repository: self.named(one)? });
        }
        for one in added.iter().flatten() {
            changes.push(read(self.named(one)?));
        }
        if changes.is_empty() {
            return Ok(Plan::Ignored(Reason::Action(self.action()?.to_owned())));
        }
        Ok(Plan::Enqueue(changes))
    }

    /// A team that exists now, or no longer, may be the owner in any repository of its organisation.
    fn team(&self) -> Planned {
        let action = self.action()?;
        if self.payload.repository.is_some() {
            return Ok(Plan::Enqueue(vec![read(self.repository()?)]));
        }
        if !matches!(action, "created" | "deleted" | "edited") {
            return Ok(Plan::Ignored(Reason::Action(action.to_owned())));
        }
        if action == "edited" && !self.is_edited(&["name"]) {
            return Ok(Plan::Ignored(Reason::Action(action.to_owned())));
        }
        let owner = self.payload.organization.as_ref().ok_or(Unplannable::Missing("organization"))?;
        owner_is_one(self.host, &owner.login)?;
        let (host, owner) = (self.host.to_owned(), owner.login.clone());
        Ok(Plan::Enqueue(vec![Change::Owner { host, owner }]))
    }

    fn pull_request(&self) -> Planned {
        let pull = self.payload.pull_request.as_ref().ok_or(Unplannable::Missing("pull_request"))?;
        let became = match (self.action()?, pull.merged == Some(true)) {
            ("closed", true) => ProposalState::Taken,
            ("closed", false) => ProposalState::Declined,
            ("reopened", _) => ProposalState::Open,
            (other, _) => return Ok(Plan::Ignored(Reason::Action(other.to_owned()))),
        };
        let repository = self.repository()?;
        if !self.is_ours(pull, &repository)? {
            return Ok(Plan::Ignored(Reason::OtherPullRequest));
        }
        Ok(Plan::Enqueue(vec![Change::Proposal { repository, number: pull.number, became }]))
    }

    /// A branch of that name in a fork is somebody else's.
    fn is_ours(&self, pull: &PullRequest, repository: &RepoSlug) -> Result<bool, Unplannable> {
        let home = pull.head.repo.as_ref().map(|home| self.named(home)).transpose()?;
        Ok(pull.head.r#ref == PROPOSAL_BRANCH && home.is_some_and(|home| home.is_same(repository)))
    }

    fn action(&self) -> Result<&str, Unplannable> {
        self.payload.action.as_deref().ok_or(Unplannable::Missing("action"))
    }

    fn repository(&self) -> Result<RepoSlug, Unplannable> {
        let repository = self.payload.repository.as_ref().ok_or(Unplannable::Missing("repository"))?;
        self.slug(&repository.full_name)
    }

    fn named(&self, named: &Named) -> Result<RepoSlug, Unplannable> {
        self.slug(&named.full_name)
    }

    fn slug(&self, full_name: &str) -> Result<RepoSlug, Unplannable> {
        let (owner, name) = full_name.split_once('/').unwrap_or((full_name, ""));
        checked(RepoSlug { host: self.host.to_owned(), owner: owner.to_owned(), name: name.to_owned() })
    }

    fn before(&self, pointer: &str, shown: &'static str) -> Result<String, Unplannable> {
        let before = self.payload.changes.pointer(pointer).and_then(serde_json::Value::as_str);
        before.map(str::to_owned).ok_or(Unplannable::Missing(shown))
    }

    fn is_edited(&self, fields: &[&str]) -> bool {
        fields.iter().any(|field| self.payload.changes.get(field).is_some())
    }
}

fn read(repository: RepoSlug) -> Change {
    Change::Read { repository, commit: None }
}

fn checked(slug: RepoSlug) -> Result<RepoSlug, Unplannable> {
    slug.check()?;
    Ok(slug)
}

/// Any repository name will do for looking at the owner's.
fn owner_is_one(host: &str, owner: &str) -> Result<(), Unplannable> {
    checked(RepoSlug { host: host.to_owned(), owner: owner.to_owned(), name: "any".to_owned() }).map(drop)
}

/// Forty digits, or sixty-four where a repository uses SHA-256; all zeros are no commit.
fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64)
        && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        && text.bytes().any(|byte| byte != b'0')
}

#[cfg(test)]
mod tests;
