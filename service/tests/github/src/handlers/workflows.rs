//! Workflows and what starts them. A workflow is there when its file is on the default branch.
//!
//! Nothing runs: a run is noted as queued, with what it was given.

mod file;
mod runs;

use serde_json::{Map, Value, json};

use super::counted;
use super::labels::author;
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::clock::written;
use crate::errors;
use crate::git::{Store, plumbing};
use crate::router::{Route, route};
use crate::setup::Variant;
use crate::shapes::node_id;
use crate::state::State;
use crate::state::repository::Repository;
use crate::state::wiring::Run;

use file::Workflow;
use runs::{get_run, runs, runs_of_workflow};

const READ: Needs = Needs::Repository(&[("actions", "read")]);
const WRITE: Needs = Needs::Repository(&[("actions", "write")]);
const ALL: &str = "/repos/{owner}/{repo}/actions/workflows";
const ONE: &str = "/repos/{owner}/{repo}/actions/workflows/{workflow_id}";
const DISPATCHES: &str = "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches";
const RUNS: &str = "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs";
const OF_REPOSITORY: &str = "/repos/{owner}/{repo}/dispatches";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", ALL, "actions/list-repo-workflows", READ, all),
    route("GET", ONE, "actions/get-workflow", READ, get),
    route("POST", DISPATCHES, "actions/create-workflow-dispatch", WRITE, dispatch),
    route("GET", RUNS, "actions/list-workflow-runs", READ, runs_of_workflow),
    route("GET", "/repos/{owner}/{repo}/actions/runs", "actions/list-workflow-runs-for-repo", READ, runs),
    route("GET", "/repos/{owner}/{repo}/actions/runs/{run_id}", "actions/get-workflow-run", READ, get_run),
    route(
        "POST",
        OF_REPOSITORY,
        "repos/create-dispatch-event",
        Needs::Repository(&[("contents", "write")]),
        repository_dispatch,
    ),
];

/// A workflow's id: the same as long as its path is the same.
fn id_of(path: &str) -> u64 {
    path.bytes().fold(1_000_003, |id, byte| (id * 31 + u64::from(byte)) % 4_294_967_291)
}

fn shown(state: &State, repository: &Repository, workflow: &Workflow) -> Value {
    let (name, id, path) = (repository.full_name(), id_of(&workflow.path), &workflow.path);
    let file = path.rsplit('/').next().unwrap_or_default();
    json!({
        "id": id,
        "node_id": node_id("W", id),
        "name": workflow.name,
        "path": path,
        "state": "active",
        "created_at": written(repository.created),
        "updated_at": written(repository.updated),
        "url": format!("{}/repos/{name}/actions/workflows/{id}", state.bases.api),
        "html_url": format!("{}/{name}/blob/{}/{path}", state.bases.web, repository.default_branch),
        "badge_url": format!("{}/{name}/actions/workflows/{file}/badge.svg", state.bases.web),
    })
}

/// The workflows on a branch.
fn on_branch(repository: &Repository, branch: &str) -> Vec<Workflow> {
    let branch = format!("refs/heads/{branch}");
    if Store::at(&repository.folder).resolve(&branch).is_none() {
        return Vec::new();
    }
    let files = plumbing::files(&repository.folder, &branch, ".github/workflows/");
    let read = |path: String| {
        let text = plumbing::file(&repository.folder, &branch, &path)?;
        Workflow::read(path, &text)
    };
    files.into_iter().filter_map(read).collect()
}

/// The workflow that the path names by its file or its id, on the default branch.
fn found(state: &State, call: &Call) -> Result<Workflow, Answer> {
    let repository = call.repository(state)?;
    let asked = call.param("workflow_id");
    let fits = |workflow: &Workflow| {
        workflow.path == format!(".github/workflows/{asked}") || id_of(&workflow.path).to_string() == asked
    };
    on_branch(repository, &repository.default_branch).into_iter().find(fits).ok_or_else(errors::not_found)
}

fn all(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let workflows = on_branch(repository, &repository.default_branch);
    let all = workflows.iter().map(|workflow| shown(state, repository, workflow)).collect();
    Ok(counted(state, call, "workflows", all))
}

fn get(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let workflow = found(state, call)?;
    Ok(Answer::ok(shown(state, call.repository(state)?, &workflow)))
}

fn dispatch(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let known = found(state, call)?;
    let repository = call.repository(state)?;
    if !repository.wiring.actions.enabled {
        return Err(errors::unprocessable("Actions has been disabled for this repository."));
    }
    let asked = call.text("ref").unwrap_or_default();
    let branch = asked.strip_prefix("refs/heads/").unwrap_or(asked).to_owned();
    let sha = Store::at(&repository.folder).resolve(&format!("refs/heads/{branch}"));
    let sha = sha.ok_or_else(|| errors::unprocessable(&format!("No ref found for: {asked}")))?;
    // What counts is the file as it is on the branch that is asked for.
    let there = on_branch(repository, &branch).into_iter().find(|one| one.path == known.path);
    let workflow = there.filter(|one| one.events.contains_key("workflow_dispatch"));
    let workflow = workflow
        .ok_or_else(|| errors::unprocessable("Workflow does not have 'workflow_dispatch' trigger"))?;
    let given = call.body["inputs"].as_object().cloned().unwrap_or_default();
    let inputs = workflow.inputs(given).map_err(|why| errors::unprocessable(&why))?;
    let name = repository.full_name();
    let id = begin(state, call, &workflow, "workflow_dispatch", (branch, sha, inputs))?;
    let asked = call.version != "2022-11-28" || call.flag("return_run_details").unwrap_or(false);
    if state.setup.variant == Variant::Server || !asked {
        return Ok(Answer::nothing());
    }
    Ok(Answer::ok(json!({
        "workflow_run_id": id,
        "run_url": format!("{}/repos/{name}/actions/runs/{id}", state.bases.api),
        "html_url": format!("{}/{name}/actions/runs/{id}", state.bases.web),
    })))
}

/// Notes a run; gives its id.
fn begin(
    state: &mut State,
    call: &Call,
    workflow: &Workflow,
    event: &str,
    (branch, sha, inputs): (String, String, Map<String, Value>),
) -> Result<u64, Answer> {
    let (id, created, actor) = (state.next_id(), state.now, author(state, call)?);
    let repository = call.repository_mut(state)?;
    let runs = &mut repository.wiring.runs;
    runs.push(Run {
        id,
        number: runs.iter().filter(|run| run.workflow == workflow.path).count() + 1,
        workflow: workflow.path.clone(),
        name: workflow.name.clone(),
        event: event.to_owned(),
        branch,
        sha,
        inputs,
        actor,
        created,
    });
    Ok(id)
}

fn repository_dispatch(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let kind = call.text("event_type").unwrap_or_default().to_owned();
    if kind.is_empty() || kind.len() > 100 {
        return Err(errors::validation("Repository", "event_type", "invalid"));
    }
    let payload = call.body.get("client_payload").cloned().unwrap_or_else(|| json!({}));
    if payload.as_object().is_some_and(|payload| payload.len() > 10) {
        let why = "No more than 10 properties are allowed; 11 were supplied.";
        return Err(errors::invalid(
            "Invalid request.",
            &[errors::custom("Repository", "client_payload", why)],
        ));
    }
    let repository = call.repository(state)?;
    let branch = repository.default_branch.clone();
    let sha = Store::at(&repository.folder).resolve(&format!("refs/heads/{branch}"));
    let listening: Vec<Workflow> =
        on_branch(repository, &branch).into_iter().filter(|workflow| workflow.hears(&kind)).collect();
    call.repository_mut(state)?.wiring.dispatches.push((kind, payload.clone()));
    for workflow in listening {
        let inputs = payload.as_object().cloned().unwrap_or_default();
        let at = (branch.clone(), sha.clone().unwrap_or_default(), inputs);
        begin(state, call, &workflow, "repository_dispatch", at)?;
    }
    Ok(Answer::nothing())
}
