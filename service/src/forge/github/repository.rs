//! Repositories: found, read, removed. How they are made stands in `create`, what there are in `lists`.
//!
//! A name that leads to another one is followed once, by the repository's number, and told. The invariant: what is
//! given out as a repository's name is the name that GitHub has for it now.

mod create;
mod lists;

use std::str::FromStr;
use std::time::Duration;

use catalog_gen::FileTree;
use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::GitHub;
use super::access::Refusal;
use super::answer::{Answer, Failure};
use super::client::Ask;
use super::patience::patiently;
use super::route::Route;
use crate::forge::{ForgeError, RepoSlug, Repository, RepositoryIds};
use crate::git::{CommitId, Credentials, GitError, TreeId};
use crate::ids::TaskId;

pub(super) use create::{create, generate};
pub(super) use lists::{all, branches, names, owners};

/// What the description of a repository says while a task makes it, before the task's id.
const MARK: &str = "Being made by Stagecraft, task ";
/// The user name that goes with a token in git.
pub(super) const TOKEN_USER: &str = "x-access-token";

/// A repository as GitHub tells of it.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) slug: RepoSlug,
    pub(super) default_branch: String,
    created_by: Option<TaskId>,
    ids: RepositoryIds,
    /// How long it has been there.
    pub(super) age: Option<Duration>,
    /// Everything that was told.
    pub(super) body: Value,
}

#[derive(Deserialize)]
struct Told {
    id: u64,
    name: String,
    owner: Owner,
    #[serde(default)]
    default_branch: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    created_at: Option<String>,
}

#[derive(Deserialize)]
struct Owner {
    id: u64,
    login: String,
}

impl Found {
    fn read(github: &GitHub, answer: Answer) -> Result<Self, Failure> {
        let body = answer.body.clone();
        Ok(Self::of(github, answer.read()?, body))
    }

    fn of(github: &GitHub, told: Told, body: Value) -> Self {
        let created = told.created_at.and_then(|at| OffsetDateTime::parse(&at, &Rfc3339).ok());
        let age_s = created.map(|created| github.shared.client.now_s() - created.unix_timestamp());
        let host = github.shared.host.clone();
        let description = told.description.unwrap_or_default();
        let task = description.strip_prefix(MARK).and_then(|id| TaskId::from_str(id.trim()).ok());
        Self {
            ids: RepositoryIds { owner: told.owner.id, repository: told.id },
            slug: RepoSlug { host, owner: told.owner.login, name: told.name },
            age: age_s.map(|age_s| Duration::from_secs(u64::try_from(age_s).unwrap_or_default())),
            default_branch: told.default_branch.unwrap_or_else(|| "main".to_owned()),
            created_by: task,
            body,
        }
    }

    pub(super) fn into_repository(self, github: &GitHub) -> Repository {
        let html_url = github.page(&self.slug);
        Repository {
            clone_url: format!("{html_url}.git"),
            contents_url: format!("{html_url}/blob/{}", self.default_branch),
            html_url,
            slug: self.slug,
            default_branch: self.default_branch,
            created_by: self.created_by,
            ids: self.ids,
        }
    }
}

impl GitHub {
    /// The page of a repository; with `.git` behind it, where it is cloned from.
    pub(super) fn page(&self, slug: &RepoSlug) -> String {
        format!("{}/{}/{}", self.shared.git.as_str().trim_end_matches('/'), slug.owner, slug.name)
    }
}

/// What messages call a repository.
pub(super) fn called(slug: &RepoSlug) -> String {
    format!("the repository `{slug}`")
}

/// Whether there is a token for what belongs to its owner. One that is missing where the settings ask for it is told
/// when it is needed.
pub(super) async fn can_ask(github: &GitHub, slug: &RepoSlug) -> Result<bool, ForgeError> {
    if slug.check().is_err() {
        return Ok(true);
    }
    patiently(github, slug, &called(slug), || github.shared.access.can_ask(github, &slug.owner)).await
}

/// The repository, if it is there.
pub(super) async fn find(github: &GitHub, slug: &RepoSlug) -> Result<Option<Repository>, ForgeError> {
    slug.check()?;
    let found = patiently(github, slug, &called(slug), || look(github, slug)).await?;
    if let Some(found) = found.as_ref().filter(|found| !found.slug.is_same(slug)) {
        github
            .acting
            .notices
            .tell(format!("`{slug}` is called `{}` now: it was renamed or transferred", found.slug));
    }
    Ok(found.map(|found| found.into_repository(github)))
}

/// One look at the repository.
pub(super) async fn look(github: &GitHub, slug: &RepoSlug) -> Result<Option<Found>, Failure> {
    match github.ask(&slug.owner, Ask::get(Route::repository(slug)?).kept()).await {
        Ok(answer) => Found::read(github, answer).map(Some),
        Err(Failure::NotFound(_)) => Ok(None),
        Err(Failure::Moved { to: Some(id), .. }) => look_by_id(github, slug, id).await,
        Err(failure) => Err(failure),
    }
}

/// Asks once for the repository that a name leads to.
async fn look_by_id(github: &GitHub, slug: &RepoSlug, id: u64) -> Result<Option<Found>, Failure> {
    match github.ask(&slug.owner, Ask::get(Route::fixed("repositories").number(id))).await {
        Ok(answer) => Found::read(github, answer).map(Some),
        Err(Failure::NotFound(_)) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// What a repository that has moved is called now.
pub(super) async fn new_name(github: &GitHub, slug: &RepoSlug) -> Option<RepoSlug> {
    let found = look(github, slug).await.ok().flatten()?;
    (!found.slug.is_same(slug)).then_some(found.slug)
}

/// Its files.
pub(super) async fn read(
    github: &GitHub,
    slug: &RepoSlug,
    revision: Option<&str>,
) -> Result<(CommitId, FileTree), ForgeError> {
    slug.check()?;
    let url = format!("{}.git", github.page(slug));
    let store = &github.shared.store;
    let what = called(slug);
    let (commit, tree) = patiently(github, slug, &what, || fetch(github, slug, &url, revision)).await?;
    Ok((commit, store.read_tree(&tree, None).await?))
}

/// One reading. A token of an installation that is not taken any more is replaced once.
async fn fetch(
    github: &GitHub,
    slug: &RepoSlug,
    url: &str,
    revision: Option<&str>,
) -> Result<(CommitId, TreeId), ForgeError> {
    let access = &github.shared.access;
    let about = |failure: Failure| failure.about(&called(slug));
    let mut is_second = false;
    loop {
        let token = access.token(github, &slug.owner).await.map_err(about)?;
        let credentials =
            Credentials { url: url.to_owned(), username: TOKEN_USER.to_owned(), token: token.secret.clone() };
        let refused = match github.shared.store.fetch(url, revision, Some(&credentials)).await {
            Err(GitError::TokenRefused(message)) if !is_second => message,
            outcome => return Ok(outcome?),
        };
        is_second = true;
        match access.explain(github, &slug.owner, &token, Failure::Unauthorized(refused)).await {
            Refusal::Again => {}
            Refusal::Final(failure) => return Err(about(failure)),
        }
    }
}

/// The head of a branch.
pub(super) async fn head(
    github: &GitHub,
    slug: &RepoSlug,
    branch: Option<&str>,
) -> Result<Option<CommitId>, ForgeError> {
    slug.check()?;
    patiently(github, slug, &called(slug), || async {
        match branch {
            Some(branch) => head_now(github, slug, branch).await,
            None => {
                let found =
                    look(github, slug).await?.ok_or_else(|| Failure::NotFound("Not Found".to_owned()))?;
                head_now(github, slug, &found.default_branch).await
            }
        }
    })
    .await
}

/// One look at the head of a branch.
pub(super) async fn head_now(
    github: &GitHub,
    slug: &RepoSlug,
    branch: &str,
) -> Result<Option<CommitId>, Failure> {
    let route = Route::repository(slug)?.then("git/ref/heads").names(branch)?;
    match github.ask(&slug.owner, Ask::get(route)).await {
        Ok(answer) => match answer.body.pointer("/object/sha").and_then(Value::as_str) {
            Some(sha) => Ok(Some(CommitId(sha.to_owned()))),
            None => Err(Failure::Unknown("GitHub's answer names no commit".to_owned())),
        },
        // A repository without a commit is a conflict.
        Err(Failure::NotFound(_) | Failure::Conflict(_)) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Removes it.
pub(super) async fn delete(github: &GitHub, slug: &RepoSlug) -> Result<(), ForgeError> {
    slug.check()?;
    patiently(github, slug, &called(slug), || async {
        match github.ask(&slug.owner, Ask::delete(Route::repository(slug)?)).await {
            Ok(_) => Ok(()),
            Err(Failure::NotFound(message)) => match look(github, slug).await? {
                // What may not be done is often said not to be there.
                Some(found) if found.slug.is_same(slug) => Err(Failure::Forbidden(message)),
                _ => Ok(()),
            },
            Err(failure) => Err(failure),
        }
    })
    .await
}
