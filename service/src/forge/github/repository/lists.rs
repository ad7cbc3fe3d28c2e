//! What there is: owners, repositories, branches, by name.
//!
//! For people who choose from a list; nothing is decided by it. The invariant: a list is sorted and holds each name
//! once.

use serde::Deserialize;
use serde_json::Value;

use super::{Found, Told, called};
use crate::forge::github::GitHub;
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;
use crate::forge::github::pages::{self, Asker};
use crate::forge::github::patience::patiently;
use crate::forge::github::route::Route;
use crate::forge::{ForgeError, RepoSlug};

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Account {
    login: String,
    #[serde(rename = "type", default)]
    kind: String,
}

#[derive(Deserialize)]
struct Installed {
    account: Account,
    suspended_at: Option<String>,
}

/// Accounts with an installation, or those of the token's user.
pub(in crate::forge::github) async fn owners(github: &GitHub) -> Result<Vec<String>, ForgeError> {
    let slug = nowhere(github, "");
    let names = patiently(github, &slug, "the list of owners", || async {
        if github.acting.token.is_none() && github.shared.access.has_app() {
            let all: Vec<Installed> =
                pages::all_as(github, Asker::App, Route::fixed("app/installations"), None).await?;
            let live = all.into_iter().filter(|one| one.suspended_at.is_none());
            return Ok::<_, Failure>(live.map(|one| one.account.login).collect());
        }
        let me: Account = github.ask("", Ask::get(Route::fixed("user")).kept()).await?.read()?;
        let organisations: Vec<Account> = pages::all(github, "", Route::fixed("user/orgs"), None).await?;
        Ok(organisations.into_iter().chain([me]).map(|account| account.login).collect())
    })
    .await?;
    Ok(sorted(names))
}

/// Repositories of an owner.
pub(in crate::forge::github) async fn names(github: &GitHub, owner: &str) -> Result<Vec<String>, ForgeError> {
    let slug = nowhere(github, owner);
    let names = patiently(github, &slug, &format!("the repositories of `{owner}`"), || async {
        let (route, key) = list_of(github, owner).await?;
        let all: Vec<Named> = pages::all(github, owner, route, key).await?;
        Ok::<_, Failure>(all.into_iter().map(|one| one.name).collect())
    })
    .await?;
    Ok(sorted(names))
}

/// The same with everything that is told of each.
pub(in crate::forge::github) async fn all(github: &GitHub, owner: &str) -> Result<Vec<Found>, ForgeError> {
    let slug = nowhere(github, owner);
    let mut found = patiently(github, &slug, &format!("the repositories of `{owner}`"), || async {
        let (route, key) = list_of(github, owner).await?;
        let all: Vec<Value> = pages::all(github, owner, route, key).await?;
        all.into_iter().map(|body| Found::listed(github, body)).collect::<Result<Vec<_>, Failure>>()
    })
    .await?;
    // A token of a user may see what others have as well.
    found.retain(|one| one.slug.owner.eq_ignore_ascii_case(owner));
    found.sort_by_cached_key(|one| one.slug.name.to_lowercase());
    found.dedup_by(|later, kept| later.slug == kept.slug);
    Ok(found)
}

impl Found {
    fn listed(github: &GitHub, body: Value) -> Result<Self, Failure> {
        let told: Told = serde_json::from_value(body.clone()).map_err(|error| {
            Failure::Unknown(format!("GitHub's answer is no list of repositories: {error}"))
        })?;
        Ok(Self::of(github, told, body))
    }
}

/// Where the repositories of an owner are listed for whoever asks.
async fn list_of(github: &GitHub, owner: &str) -> Result<(Route, Option<&'static str>), Failure> {
    let user = Route::fixed("users").name(owner)?;
    if github.shared.access.token(github, owner).await?.is_of_installation() {
        return Ok((Route::fixed("installation/repositories"), Some("repositories")));
    }
    let account: Account = github.ask(owner, Ask::get(user.clone()).kept()).await?.read()?;
    if account.kind == "Organization" {
        return Ok((Route::fixed("orgs").name(owner)?.then("repos"), None));
    }
    let me: Account = github.ask(owner, Ask::get(Route::fixed("user")).kept()).await?.read()?;
    if me.login.eq_ignore_ascii_case(owner) {
        return Ok((Route::fixed("user/repos").with("affiliation", "owner"), None));
    }
    Ok((user.then("repos"), None))
}

/// Branches of a repository.
pub(in crate::forge::github) async fn branches(
    github: &GitHub,
    slug: &RepoSlug,
) -> Result<Vec<String>, ForgeError> {
    slug.check()?;
    let names = patiently(github, slug, &called(slug), || async {
        let route = Route::repository(slug)?.then("branches");
        let all: Vec<Named> = pages::all(github, &slug.owner, route, None).await?;
        Ok::<_, Failure>(all.into_iter().map(|one| one.name).collect())
    })
    .await?;
    Ok(sorted(names))
}

/// No repository: lists belong to none.
fn nowhere(github: &GitHub, owner: &str) -> RepoSlug {
    RepoSlug { host: github.shared.host.clone(), owner: owner.to_owned(), name: String::new() }
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort_by_cached_key(|name| name.to_lowercase());
    names.dedup();
    names
}
