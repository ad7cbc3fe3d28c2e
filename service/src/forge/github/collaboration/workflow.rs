//! Runs of workflows, and events for them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::name;
use crate::forge::github::GitHub;
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;
use crate::forge::github::patience::patiently;
use crate::forge::github::route::Route;
use crate::forge::{Dispatch, ForgeError, RepoSlug, WorkflowRun};

/// From this version of the API on every answer tells which run was started.
const TELLS_EVERYBODY: &str = "2026-03-10";
/// The waits before each look for a run that was started and not told.
const LOOKS: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2)];

#[derive(Deserialize)]
struct Runs {
    workflow_runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    id: u64,
    url: String,
    html_url: String,
}

/// What GitHub answers to whoever asked which run it is.
#[derive(Deserialize)]
struct Started {
    workflow_run_id: u64,
    run_url: String,
    html_url: String,
}

#[derive(Deserialize)]
struct DefaultBranch {
    default_branch: String,
}

/// The ids of the workflow's newest runs.
pub(super) async fn runs(
    github: &GitHub,
    slug: &RepoSlug,
    wanted: &Dispatch,
) -> Result<Vec<u64>, ForgeError> {
    let what = what(slug, wanted);
    let route = &route(slug, wanted)?;
    let runs = patiently(github, slug, &what, || list(github, slug, route)).await?;
    Ok(runs.into_iter().map(|run| run.id).collect())
}

/// Starts it. After an answer that was lost, and where an earlier try was broken off, a run that was not there before is
/// the one.
pub(super) async fn dispatch(
    github: &GitHub,
    slug: &RepoSlug,
    wanted: &Dispatch,
) -> Result<Option<WorkflowRun>, ForgeError> {
    let what = what(slug, wanted);
    let route = route(slug, wanted)?;
    let before = match &wanted.before {
        Some(before) => before.clone(),
        None => runs(github, slug, wanted).await?,
    };
    let reference = match &wanted.reference {
        Some(reference) => reference.clone(),
        None => default_branch(github, slug).await?,
    };
    let body = if tells_when_asked(github) {
        json!({ "ref": reference, "inputs": wanted.inputs, "return_run_details": true })
    } else {
        json!({ "ref": reference, "inputs": wanted.inputs })
    };
    let tried = AtomicBool::new(wanted.before.is_some());
    let (route, before, body, tried) = (&route, &before, &body, &tried);
    patiently(github, slug, &what, || async move {
        if tried.load(Ordering::Relaxed) {
            let runs = list(github, slug, route).await?;
            if let Some(run) = runs.into_iter().find(|run| !before.contains(&run.id)) {
                let Run { id, url, html_url } = run;
                return Ok::<_, Failure>(Some(WorkflowRun { id, url, html_url }));
            }
        }
        tried.store(true, Ordering::Relaxed);
        let answer =
            github.ask(&slug.owner, Ask::post(route.clone().then("dispatches"), body.clone())).await?;
        if answer.body.is_null() {
            return newest(github, slug, route, before).await;
        }
        let Started { workflow_run_id: id, run_url: url, html_url } = answer.read()?;
        Ok(Some(WorkflowRun { id, url, html_url }))
    })
    .await
}

/// Whether it tells which run it has started to those alone who ask for it. Newer versions of the API tell everybody, a
/// server nobody.
fn tells_when_asked(github: &GitHub) -> bool {
    !github.shared.client.is_server() && github.shared.settings.api_version.as_str() < TELLS_EVERYBODY
}

/// The run that was not there before, as soon as it is seen; nothing where it is too long in coming.
async fn newest(
    github: &GitHub,
    slug: &RepoSlug,
    route: &Route,
    before: &[u64],
) -> Result<Option<WorkflowRun>, Failure> {
    for wait in LOOKS {
        tokio::time::sleep(wait).await;
        let runs = list(github, slug, route).await?;
        if let Some(Run { id, url, html_url }) = runs.into_iter().find(|run| !before.contains(&run.id)) {
            return Ok(Some(WorkflowRun { id, url, html_url }));
        }
    }
    Ok(None)
}

/// The newest runs that were started by hand or by a program.
async fn list(github: &GitHub, slug: &RepoSlug, route: &Route) -> Result<Vec<Run>, Failure> {
    let route = route.clone().then("runs").with("event", "workflow_dispatch").with("per_page", "100");
    let runs: Runs = github.ask(&slug.owner, Ask::get(route)).await?.read()?;
    Ok(runs.workflow_runs)
}

async fn default_branch(github: &GitHub, slug: &RepoSlug) -> Result<String, ForgeError> {
    let route = &Route::repository(slug)?;
    let what = format!("the repository `{}`", name(slug));
    let repository: DefaultBranch = patiently(github, slug, &what, || async move {
        github.ask(&slug.owner, Ask::get(route.clone())).await?.read()
    })
    .await?;
    Ok(repository.default_branch)
}

fn route(slug: &RepoSlug, wanted: &Dispatch) -> Result<Route, ForgeError> {
    Route::repository(slug)?.then("actions/workflows").name(&wanted.workflow)
}

fn what(slug: &RepoSlug, wanted: &Dispatch) -> String {
    format!("the workflow `{}` of `{}`", wanted.workflow, name(slug))
}

/// Sends the event. Where the answer was lost it is not sent again: nobody can look whether it arrived.
pub(super) async fn send_event(
    github: &GitHub,
    slug: &RepoSlug,
    event_type: &str,
    payload: &Map<String, Value>,
) -> Result<(), ForgeError> {
    let route = &Route::repository(slug)?.then("dispatches");
    let body = &json!({ "event_type": event_type, "client_payload": payload });
    let what = format!("the event `{event_type}` for `{}`", name(slug));
    let sent = patiently(github, slug, &what, || async move {
        match github.ask(&slug.owner, Ask::post(route.clone(), body.clone())).await {
            Ok(_) => Ok(Ok(())),
            Err(Failure::Unknown(message)) => Ok(Err(message)),
            Err(failure) => Err(failure),
        }
    })
    .await?;
    sent.map_err(|message| {
        ForgeError::Unavailable(format!(
            "{what}: {message}. Whether it arrived is not known; look at the runs of `{}` before trying again",
            name(slug)
        ))
    })
}
