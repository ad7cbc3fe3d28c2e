//! Pull requests.
//!
//! Everything is looked up before it is made: the pull request by its mark, the branch by what is on it, the fork by its
//! name.

use serde::Deserialize;
use serde_json::json;

use super::change::{Branch, Objects};
use super::people;
use super::{Stop, mark, name};
use crate::forge::github::GitHub;
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;
use crate::forge::github::patience::patiently;
use crate::forge::github::route::Route;
use crate::forge::{ForgeError, NewPullRequest, PullFate, PullRequest, RepoSlug};

#[derive(Deserialize)]
struct Repository {
    name: String,
    owner: Owner,
    default_branch: String,
    permissions: Option<Permissions>,
}

#[derive(Deserialize)]
struct Owner {
    login: String,
}

#[derive(Deserialize)]
struct Permissions {
    push: bool,
}

#[derive(Deserialize)]
struct Pull {
    number: u64,
    html_url: String,
    state: String,
    title: String,
    body: Option<String>,
    base: Base,
}

#[derive(Deserialize)]
struct Fated {
    number: u64,
    html_url: String,
    state: String,
    merged_at: Option<String>,
}

#[derive(Deserialize)]
struct Base {
    #[serde(rename = "ref")]
    reference: String,
}

/// Opens it, or gives back the one that this step has opened.
pub(super) async fn open(
    github: &GitHub,
    slug: &RepoSlug,
    wanted: &NewPullRequest,
) -> Result<Option<PullRequest>, ForgeError> {
    let route = &Route::repository(slug)?;
    let what = format!("a pull request of `{}`", name(slug));
    patiently(github, slug, &what, || async move {
        let Some(pull) = once(github, slug, route, wanted).await? else { return Ok(None) };
        let warnings = people::ask(github, slug, pull.number, wanted).await?;
        let (number, url, target) = (pull.number, pull.html_url, pull.base.reference);
        Ok::<_, Stop>(Some(PullRequest { number, url, target, warnings }))
    })
    .await
}

async fn once(
    github: &GitHub,
    slug: &RepoSlug,
    route: &Route,
    wanted: &NewPullRequest,
) -> Result<Option<Pull>, Stop> {
    let repository: Repository = github.ask(&slug.owner, Ask::get(route.clone())).await?.read()?;
    let target = wanted.target.clone().unwrap_or(repository.default_branch);
    let may_push = repository.permissions.is_none_or(|permissions| permissions.push);
    let fork = if wanted.force_fork || !may_push { Some(fork(github, slug, route).await?) } else { None };
    let place = fork.as_ref().unwrap_or(slug);
    if fork.is_none() && target == wanted.branch {
        return Err(Stop::Ours(ForgeError::Invalid(format!(
            "the branch `{target}` cannot be merged into itself; choose another `branchName`"
        ))));
    }
    let head = format!("{}:{}", place.owner, wanted.branch);
    let open = match find(github, slug, route, &head, wanted).await? {
        Found::Ours(pull) => return Ok(Some(pull)),
        Found::Other(pull) if !wanted.update => {
            return Err(Stop::Ours(ForgeError::Conflict(format!(
                "the branch `{}` has a pull request already: {}; set `update: true` to add to it, or choose another \
                 branch",
                wanted.branch, pull.html_url
            ))));
        }
        Found::Other(pull) => Some(pull),
        Found::None => None,
    };
    let base = Objects::of(github, slug)?.head(&target).await?;
    let base = base.ok_or_else(|| {
        ForgeError::NotFound(format!(
            "`{}` has no branch `{target}`; push to it first, or choose another",
            name(slug)
        ))
    })?;
    let changed = Objects::of(github, place)?.change(wanted, &base).await;
    let branch = if fork.is_some() { changed.map_err(not_yet)? } else { changed? };
    match (open, branch) {
        (Some(pull), Branch::Theirs) => Ok(Some(pull)),
        (Some(pull), _) => update(github, slug, route, pull, wanted).await.map(Some),
        (None, Branch::Same) if !wanted.when_empty => Ok(None),
        (None, _) => make(github, slug, route, (&head, &target), wanted).await.map(Some),
    }
}

/// The newest pull request of a branch of the repository itself.
pub(super) async fn newest_of(
    github: &GitHub,
    slug: &RepoSlug,
    branch: &str,
) -> Result<Option<(u64, String, PullFate)>, ForgeError> {
    let head = format!("{}:{branch}", slug.owner);
    let route = Route::repository(slug)?.then("pulls").with("state", "all").with("head", &head);
    let route = route.with("sort", "created").with("direction", "desc").with("per_page", "1");
    let pulls: Vec<Fated> =
        patiently(github, slug, &format!("a pull request of `{}`", name(slug)), || async {
            github.ask(&slug.owner, Ask::get(route.clone())).await?.read()
        })
        .await?;
    Ok(pulls.into_iter().next().map(|pull| {
        let fate = match (pull.merged_at, pull.state.as_str()) {
            (Some(_), _) => PullFate::Merged,
            (None, "open") => PullFate::Open,
            (None, _) => PullFate::Closed,
        };
        (pull.number, pull.html_url, fate)
    }))
}

enum Found {
    /// This step has made it.
    Ours(Pull),
    /// Another one of this branch is open.
    Other(Pull),
    None,
}

async fn find(
    github: &GitHub,
    slug: &RepoSlug,
    route: &Route,
    head: &str,
    wanted: &NewPullRequest,
) -> Result<Found, Stop> {
    let mark = mark::of(&wanted.origin);
    let route = route.clone().then("pulls").with("state", "all").with("head", head).with("per_page", "100");
    let mut pulls: Vec<Pull> = github.ask(&slug.owner, Ask::get(route)).await?.read()?;
    let is_ours = |pull: &Pull| pull.body.as_deref().is_some_and(|body| body.contains(&mark));
    if let Some(index) = pulls.iter().position(is_ours) {
        return Ok(Found::Ours(pulls.swap_remove(index)));
    }
    match pulls.iter().position(|pull| pull.state == "open") {
        Some(index) => Ok(Found::Other(pulls.swap_remove(index))),
        None => Ok(Found::None),
    }
}

async fn make(
    github: &GitHub,
    slug: &RepoSlug,
    route: &Route,
    (head, base): (&str, &str),
    wanted: &NewPullRequest,
) -> Result<Pull, Stop> {
    let body = json!({
        "title": wanted.title,
        "body": mark::marked(&wanted.description, &wanted.origin),
        "head": head,
        "base": base,
        "draft": wanted.draft,
    });
    let made = github.ask(&slug.owner, Ask::post(route.clone().then("pulls"), body)).await;
    match made {
        Ok(answer) => Ok(answer.read()?),
        Err(failure @ Failure::Conflict(_)) => match find(github, slug, route, head, wanted).await? {
            Found::Ours(pull) => Ok(pull),
            _ => Err(failure.into()),
        },
        Err(failure) => Err(failure.into()),
    }
}

/// Title and text of a pull request that got the commit.
async fn update(
    github: &GitHub,
    slug: &RepoSlug,
    route: &Route,
    pull: Pull,
    wanted: &NewPullRequest,
) -> Result<Pull, Stop> {
    let text = mark::marked(&wanted.description, &wanted.origin);
    if pull.title == wanted.title && pull.body.as_deref() == Some(&text) {
        return Ok(pull);
    }
    let route = route.clone().then("pulls").number(pull.number);
    let body = json!({ "title": wanted.title, "body": text });
    Ok(github.ask(&slug.owner, Ask::patch(route, body)).await?.read()?)
}

/// What a fork does not have, or does not let anybody do, may be on its way: GitHub fills it after it has answered.
fn not_yet(stop: Stop) -> Stop {
    match stop {
        Stop::GitHub(Failure::NotFound(message) | Failure::Conflict(message)) => {
            Stop::GitHub(Failure::NotYet(format!("the fork is not ready: {message}")))
        }
        stop => stop,
    }
}

/// The token's fork of the repository; GitHub gives the one that is there already.
async fn fork(github: &GitHub, slug: &RepoSlug, route: &Route) -> Result<RepoSlug, Stop> {
    if github.shared.access.token(github, &slug.owner).await?.is_of_installation() {
        return Err(Stop::GitHub(Failure::Settings(format!(
            "an App has no account of its own that `{0}` could be forked into; give the step the user's own `token`, or \
             let the App push to `{0}` (`contents: write`) and leave `forceFork` out",
            name(slug)
        ))));
    }
    let ask = Ask::post(route.clone().then("forks"), json!({}));
    let made: Repository = github.ask(&slug.owner, ask).await?.read()?;
    let fork = RepoSlug { host: slug.host.clone(), owner: made.owner.login, name: made.name };
    fork.check()?;
    Ok(fork)
}
