//! Runs of workflows, as they are listed.

use serde_json::{Value, json};

use super::{found, id_of};
use crate::call::{Answer, Call};
use crate::clock::written;
use crate::errors;
use crate::git::plumbing;
use crate::handlers::counted;
use crate::shapes::account::simple_of;
use crate::shapes::{node_id, repository as shape};
use crate::state::State;
use crate::state::repository::Repository;
use crate::state::wiring::Run;

fn shown(state: &State, call: &Call, repository: &Repository, run: &Run) -> Value {
    let name = repository.full_name();
    let url = format!("{}/repos/{name}/actions/runs/{}", state.bases.api, run.id);
    let workflow = id_of(&run.workflow);
    let suite = run.id + 1_000_000;
    let commit = plumbing::told(&repository.folder, &run.sha);
    let who = |(name, email): &(String, String)| json!({ "name": name, "email": email });
    let of = |part: &str| format!("{url}/{part}");
    json!({
        "id": run.id,
        "name": run.name,
        "node_id": node_id("WFR", run.id),
        "check_suite_id": suite,
        "check_suite_node_id": node_id("CS", suite),
        "head_branch": run.branch,
        "head_sha": run.sha,
        "path": run.workflow,
        "run_number": run.number,
        "run_attempt": 1,
        "event": run.event,
        "display_title": run.name,
        "status": "queued",
        "conclusion": null,
        "workflow_id": workflow,
        "url": url,
        "html_url": format!("{}/{name}/actions/runs/{}", state.bases.web, run.id),
        "pull_requests": [],
        "created_at": written(run.created),
        "updated_at": written(run.created),
        "run_started_at": written(run.created),
        "actor": simple_of(state, &run.actor),
        "triggering_actor": simple_of(state, &run.actor),
        "jobs_url": of("jobs"),
        "logs_url": of("logs"),
        "check_suite_url": format!("{}/repos/{name}/check-suites/{suite}", state.bases.api),
        "artifacts_url": of("artifacts"),
        "cancel_url": of("cancel"),
        "rerun_url": of("rerun"),
        "previous_attempt_url": null,
        "workflow_url": format!("{}/repos/{name}/actions/workflows/{workflow}", state.bases.api),
        "head_commit": {
            "id": run.sha,
            "tree_id": commit.as_ref().map(|commit| commit.tree.clone()).unwrap_or_default(),
            "message": commit.as_ref().map(|commit| commit.message.clone()).unwrap_or_default(),
            "timestamp": commit.as_ref().map_or_else(|| written(run.created), |commit| commit.when.clone()),
            "author": commit.as_ref().map(|commit| who(&commit.author)),
            "committer": commit.as_ref().map(|commit| who(&commit.committer)),
        },
        "repository": shape::short(state, repository, &call.who),
        "head_repository": shape::short(state, repository, &call.who),
    })
}

/// Those of the runs that the query asks for, newest first.
fn asked(state: &State, call: &Call, only: impl Fn(&Run) -> bool) -> Result<Vec<Value>, Answer> {
    let repository = call.repository(state)?;
    let is = |key: &str, value: &str| call.query.get(key).is_none_or(|wanted| wanted == value);
    let fits = |run: &&Run| {
        only(run)
            && is("branch", &run.branch)
            && is("event", &run.event)
            && is("head_sha", &run.sha)
            && is("actor", &run.actor)
            && is("status", "queued")
    };
    let runs = repository.wiring.runs.iter().rev().filter(fits);
    Ok(runs.map(|run| shown(state, call, repository, run)).collect())
}

pub(super) fn runs(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let all = asked(state, call, |_| true)?;
    Ok(counted(state, call, "workflow_runs", all))
}

pub(super) fn runs_of_workflow(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let path = found(state, call)?.path;
    let all = asked(state, call, |run| run.workflow == path)?;
    Ok(counted(state, call, "workflow_runs", all))
}

pub(super) fn get_run(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (repository, id) = (call.repository(state)?, call.number("run_id")?);
    let run = repository.wiring.runs.iter().find(|run| run.id == id).ok_or_else(errors::not_found)?;
    Ok(Answer::ok(shown(state, call, repository, run)))
}
