//! Commits: pushed over git, or made through the API where the settings say so.
//!
//! Both ways end at the same files on the branch, and both look before they act. Over git the commit's id is known
//! beforehand; what the API makes carries a mark. The invariant: a push that this service repeats is recognised as
//! done, and a branch that is somewhere else is a conflict.

mod by_api;
mod items;

use std::time::Duration;

use super::GitHub;
use super::access::Refusal;
use super::answer::Failure;
use super::patience::{Kind, Trouble, patiently};
use super::repository::{TOKEN_USER, called, head_now};
use crate::config::CommitsBy;
use crate::forge::{ForgeError, RepoSlug};
use crate::git::{self, BranchUpdate, CommitId, Credentials, GitError, NewCommit, PushLimits, RefusalKind};

/// How long a push may take in all; one of a skeleton takes a second.
const LONGEST: Duration = Duration::from_secs(10 * 60);
/// So much longer than for an answer of the API it is waited for git: a large push is looked through first.
const SLOWER: u32 = 2;
/// What git answers to a push is a few lines.
const MAX_ANSWER: u64 = 8 * 1024 * 1024;

/// Puts a first commit on a branch.
pub(super) async fn push(
    github: &GitHub,
    slug: &RepoSlug,
    commit: NewCommit,
) -> Result<CommitId, ForgeError> {
    slug.check()?;
    let branch = commit.branch.clone();
    let id = match github.shared.settings.commits {
        CommitsBy::Git => over_git(github, slug, &Pushed::First(commit)).await?,
        CommitsBy::Api => by_api::first(github, slug, commit).await?,
    };
    wait_for(github, slug, &branch, None).await?;
    Ok(id)
}

impl GitHub {
    /// Puts a commit on top of another, which was read from the repository before; the branch is moved from where it
    /// is expected, or made. The very same commit already there is success.
    pub async fn commit_onto(&self, slug: &RepoSlug, update: BranchUpdate) -> Result<CommitId, ForgeError> {
        slug.check()?;
        let (branch, before) = (update.branch.clone(), update.expected.clone());
        let id = match self.shared.settings.commits {
            CommitsBy::Git => over_git(self, slug, &Pushed::Onto(update)).await?,
            CommitsBy::Api => by_api::onto(self, slug, update).await?,
        };
        wait_for(self, slug, &branch, before.as_ref()).await?;
        Ok(id)
    }
}

/// What is pushed.
enum Pushed {
    First(NewCommit),
    Onto(BranchUpdate),
}

async fn over_git(github: &GitHub, slug: &RepoSlug, what: &Pushed) -> Result<CommitId, ForgeError> {
    let url = format!("{}.git", github.page(slug));
    patiently(github, slug, &called(slug), || once(github, slug, &url, what)).await
}

/// One push. A token of an installation that is not taken any more is replaced once.
async fn once(github: &GitHub, slug: &RepoSlug, url: &str, what: &Pushed) -> Result<CommitId, Stopped> {
    let access = &github.shared.access;
    let answer = Duration::from_secs(github.shared.settings.timeout_seconds.max(1));
    let limits = PushLimits { idle: answer * SLOWER, total: LONGEST, max_answer: MAX_ANSWER };
    let mut is_second = false;
    loop {
        let token = access.token(github, &slug.owner).await?;
        let credentials =
            Credentials { url: url.to_owned(), username: TOKEN_USER.to_owned(), token: token.secret.clone() };
        let pushed = match what {
            Pushed::First(commit) => git::push(url, commit.clone(), Some(&credentials), &limits).await,
            Pushed::Onto(update) => {
                let store = &github.shared.store;
                store.push_onto(url, update.clone(), Some(&credentials), &limits).await
            }
        };
        let refused = match pushed {
            Err(GitError::PushRefused(refusal)) if refusal.kind == RefusalKind::Token => refusal,
            outcome => return Ok(outcome?),
        };
        let failure = Failure::Unauthorized(refused.message.clone());
        match access.explain(github, &slug.owner, &token, failure).await {
            Refusal::Again if !is_second => is_second = true,
            Refusal::Again => return Err(GitError::PushRefused(refused).into()),
            Refusal::Final(failure) => return Err(failure.into()),
        }
    }
}

/// Waits until the API knows of the commit too, because what comes next asks there.
async fn wait_for(
    github: &GitHub,
    slug: &RepoSlug,
    branch: &str,
    before: Option<&CommitId>,
) -> Result<(), ForgeError> {
    patiently(github, slug, &called(slug), || async {
        let head = head_now(github, slug, branch).await?;
        // Another commit than ours was made on top of it.
        if head.is_some() && head.as_ref() != before {
            return Ok(());
        }
        Err(Failure::NotYet(format!("the commit on the branch `{branch}` is not known yet")))
    })
    .await
}

/// Why a push stopped.
enum Stopped {
    Asking(Failure),
    Pushing(GitError),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Asking(failure)
    }
}

impl From<GitError> for Stopped {
    fn from(error: GitError) -> Self {
        Self::Pushing(error)
    }
}

impl Trouble for Stopped {
    fn kind(&self) -> Kind {
        match self {
            Self::Asking(failure) => failure.kind(),
            Self::Pushing(GitError::Unavailable(_)) => Kind::Away,
            Self::Pushing(GitError::NotFound(_)) => Kind::NotYetIfNew,
            // Of a new repository a token learns late.
            Self::Pushing(GitError::PushRefused(refusal))
                if matches!(refusal.kind, RefusalKind::Access | RefusalKind::Token) =>
            {
                Kind::NotYetIfNew
            }
            Self::Pushing(_) => Kind::Hopeless,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Asking(failure) => failure.words(),
            Self::Pushing(error) => error.to_string(),
        }
    }

    fn about(self, what: &str) -> ForgeError {
        match self {
            Self::Asking(failure) => failure.about(what),
            Self::Pushing(GitError::PushRefused(refusal)) => ForgeError::NotAllowed(refusal.message),
            Self::Pushing(GitError::Refused(message)) => ForgeError::NotAllowed(message),
            Self::Pushing(error) => error.into(),
        }
    }
}
