//! Who looks at a pull request and takes care of it, and the owners of code.
//!
//! Somebody who cannot be asked is a warning with his name: the pull request stands.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Stop, name};
use crate::forge::github::GitHub;
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;
use crate::forge::github::patience::patiently;
use crate::forge::github::route::Route;
use crate::forge::{ForgeError, NewPullRequest, RepoSlug};

#[derive(Deserialize)]
struct Assigned {
    assignees: Option<Vec<Login>>,
}

#[derive(Deserialize)]
struct Login {
    login: String,
}

#[derive(Deserialize)]
struct Faults {
    errors: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    line: u64,
    path: String,
    kind: String,
    source: Option<String>,
    suggestion: Option<String>,
}

/// Asks reviewers and sets assignees; gives what could not be done.
pub(super) async fn ask(
    github: &GitHub,
    slug: &RepoSlug,
    number: u64,
    wanted: &NewPullRequest,
) -> Result<Vec<String>, Stop> {
    let mut warnings = Vec::new();
    let pull = Route::repository(slug)?.then("pulls").number(number);
    let reviewers = pull.then("requested_reviewers");
    let people = wanted.reviewers.iter().map(|login| ("reviewers", login));
    let teams = wanted.team_reviewers.iter().map(|team| ("team_reviewers", team));
    let everybody: Vec<(&str, &String)> = people.chain(teams).collect();
    if !everybody.is_empty() {
        let all = json!({ "reviewers": wanted.reviewers, "team_reviewers": wanted.team_reviewers });
        // One who cannot be asked spoils it for all: then each is asked by himself.
        if is_done(github, slug, &reviewers, all).await?.is_some() {
            for (key, who) in everybody {
                let why = is_done(github, slug, &reviewers, json!({ key: [who] })).await?;
                warnings
                    .extend(why.into_iter().map(|why| format!("`{who}` was not asked for a review: {why}")));
            }
        }
    }
    if !wanted.assignees.is_empty() {
        warnings.extend(assign(github, slug, number, &wanted.assignees).await?);
    }
    Ok(warnings)
}

async fn assign(
    github: &GitHub,
    slug: &RepoSlug,
    number: u64,
    assignees: &[String],
) -> Result<Vec<String>, Stop> {
    let route = Route::repository(slug)?.then("issues").number(number).then("assignees");
    let answer = github.ask(&slug.owner, Ask::post(route, json!({ "assignees": assignees }))).await;
    let assigned: Assigned = match answer {
        Ok(answer) => answer.read()?,
        Err(failure) if is_for_good(&failure) => {
            let names = assignees.join("`, `");
            return Ok(vec![format!("`{names}` were not made assignees: {}", failure.message())]);
        }
        Err(failure) => return Err(failure.into()),
    };
    let there = assigned.assignees.unwrap_or_default();
    let is_there = |login: &&String| there.iter().any(|one| one.login.eq_ignore_ascii_case(login));
    let missing = assignees.iter().filter(|login| !is_there(login));
    let why = "GitHub takes only people who may work on the repository";
    Ok(missing.map(|login| format!("`{login}` was not made an assignee: {why}")).collect())
}

/// Nothing if it was done, else why not.
async fn is_done(
    github: &GitHub,
    slug: &RepoSlug,
    route: &Route,
    body: Value,
) -> Result<Option<String>, Stop> {
    match github.ask(&slug.owner, Ask::post(route.clone(), body)).await {
        Ok(_) => Ok(None),
        Err(failure) if is_for_good(&failure) => Ok(Some(failure.message().to_owned())),
        Err(failure) => Err(failure.into()),
    }
}

/// Whether another try would fail as well.
fn is_for_good(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::NotFound(_)
            | Failure::Conflict(_)
            | Failure::Invalid(_)
            | Failure::Forbidden(_)
            | Failure::Lacks { .. }
    )
}

/// What GitHub finds wrong with the file CODEOWNERS.
pub(super) async fn code_owner_errors(
    github: &GitHub,
    slug: &RepoSlug,
    revision: Option<&str>,
) -> Result<Vec<String>, ForgeError> {
    let route = Route::repository(slug)?.then("codeowners/errors");
    let route = &match revision {
        Some(revision) => route.with("ref", revision),
        None => route,
    };
    let what = format!("the file CODEOWNERS of `{}`", name(slug));
    let faults: Faults = patiently(github, slug, &what, || async move {
        github.ask(&slug.owner, Ask::get(route.clone())).await?.read()
    })
    .await?;
    Ok(faults.errors.iter().map(told).collect())
}

fn told(fault: &Fault) -> String {
    let Fault { line, path, kind, source, suggestion } = fault;
    let source = source.as_deref().map(str::trim).unwrap_or_default();
    let mut text = format!("`{path}` line {line}: {kind}");
    if !source.is_empty() {
        text.push_str(&format!(" in `{source}`"));
    }
    if let Some(suggestion) = suggestion.as_deref().filter(|text| !text.is_empty()) {
        text.push_str(&format!("; {}", suggestion.trim()));
    }
    text
}
