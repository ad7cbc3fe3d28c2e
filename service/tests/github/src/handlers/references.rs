//! Branches and tags: git's references, and branches as GitHub tells them.

use serde_json::{Value, json};

use super::{list, rulesets};
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::errors;
use crate::git::{Store, plumbing};
use crate::router::{Route, route};
use crate::shapes::{commit as shape, node_id};
use crate::state::State;
use crate::state::repository::Repository;

const READ: Needs = Needs::Repository(&[("contents", "read")]);
const WRITE: Needs = Needs::Repository(&[("contents", "write")]);
const ONE: &str = "/repos/{owner}/{repo}/git/refs/{ref*}";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", "/repos/{owner}/{repo}/git/ref/{ref*}", "git/get-ref", READ, get),
    route("GET", "/repos/{owner}/{repo}/git/matching-refs/{ref*}", "git/list-matching-refs", READ, matching),
    route("POST", "/repos/{owner}/{repo}/git/refs", "git/create-ref", WRITE, create),
    route("PATCH", ONE, "git/update-ref", WRITE, update),
    route("DELETE", ONE, "git/delete-ref", WRITE, delete),
    route("GET", "/repos/{owner}/{repo}/branches", "repos/list-branches", READ, branches),
    route("GET", "/repos/{owner}/{repo}/branches/{branch}", "repos/get-branch", READ, branch),
];

/// The bare repository, which must have a commit.
fn store(repository: &Repository) -> Result<Store, Answer> {
    let store = Store::at(&repository.folder);
    if store.is_empty() { Err(errors::empty_repository()) } else { Ok(store) }
}

fn shown(state: &State, repository: &Repository, name: &str, sha: &str) -> Value {
    let url = format!("{}/repos/{}/git", state.bases.api, repository.full_name());
    json!({
        "ref": name,
        "node_id": node_id(&format!("REF_{name}"), repository.id),
        "url": format!("{url}/{name}"),
        "object": { "sha": sha, "type": "commit", "url": format!("{url}/commits/{sha}") },
    })
}

fn get(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let name = format!("refs/{}", call.param("ref"));
    let sha = store(repository)?.resolve(&name).ok_or_else(errors::not_found)?;
    Ok(Answer::ok(shown(state, repository, &name, &sha)))
}

fn matching(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let refs = store(repository)?.refs(&format!("refs/{}", call.param("ref")));
    Ok(Answer::ok(refs.iter().map(|(name, sha)| shown(state, repository, name, sha)).collect()))
}

/// Whether git has a commit with this id.
fn has_commit(repository: &Repository, sha: &str) -> bool {
    let whole = sha.len() == 40 && sha.chars().all(|digit| digit.is_ascii_hexdigit());
    whole
        && plumbing::git(&repository.folder, &["cat-file", "-e", &format!("{sha}^{{commit}}")], None)
            .is_some()
}

fn create(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let store = store(repository)?;
    let (name, sha) = (call.text("ref").unwrap_or_default(), call.text("sha").unwrap_or_default());
    let proper = ["refs/heads/", "refs/tags/"].iter().any(|prefix| name.starts_with(prefix))
        && plumbing::git(&repository.folder, &["check-ref-format", name], None).is_some();
    if !proper {
        return Err(errors::unprocessable(&format!("{name} is not a valid ref name.")));
    }
    if store.resolve(name).is_some() {
        return Err(errors::unprocessable("Reference already exists"));
    }
    if !has_commit(repository, sha) {
        return Err(errors::unprocessable("Object does not exist"));
    }
    moved(repository, name, sha)?;
    pushed(state, call)?;
    Ok(Answer::created(shown(state, call.repository(state)?, name, sha)))
}

fn moved(repository: &Repository, name: &str, sha: &str) -> Result<(), Answer> {
    let done = plumbing::git(&repository.folder, &["update-ref", name, sha], None);
    done.map(|_| ()).ok_or_else(|| errors::unprocessable("Reference update failed"))
}

fn pushed(state: &mut State, call: &Call) -> Result<(), Answer> {
    let now = state.now;
    let repository = call.repository_mut(state)?;
    (repository.pushed, repository.updated) = (Some(now), now);
    Ok(())
}

fn update(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let name = format!("refs/{}", call.param("ref"));
    let sha = call.text("sha").unwrap_or_default();
    let before = store(repository)?.resolve(&name);
    let before = before.ok_or_else(|| errors::unprocessable("Reference does not exist"))?;
    if !has_commit(repository, sha) {
        return Err(errors::unprocessable("Object does not exist"));
    }
    let forward = plumbing::ahead(&repository.folder, sha, &before) == 0;
    if !forward && !call.flag("force").unwrap_or(false) {
        return Err(errors::unprocessable("Update is not a fast forward"));
    }
    moved(repository, &name, sha)?;
    pushed(state, call)?;
    Ok(Answer::ok(shown(state, call.repository(state)?, &name, sha)))
}

fn delete(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let name = format!("refs/{}", call.param("ref"));
    let missing = || errors::unprocessable("Reference does not exist");
    store(repository)?.resolve(&name).ok_or_else(missing)?;
    plumbing::git(&repository.folder, &["update-ref", "-d", &name], None).ok_or_else(missing)?;
    Ok(Answer::nothing())
}

/// Whether pushes to a branch are held to rules.
fn protected(repository: &Repository, name: &str) -> bool {
    repository.wiring.protection.contains_key(name) || rulesets::rules_of(repository, name).next().is_some()
}

/// The short form of a protection that stands beside a branch.
fn protection(repository: &Repository, name: &str) -> Value {
    let classic = repository.wiring.protection.get(name);
    let checks = classic.map(|kept| &kept["required_status_checks"]).filter(|checks| checks.is_object());
    let contexts = checks.map_or_else(|| json!([]), |checks| checks["contexts"].clone());
    let listed = checks.and_then(|checks| checks["checks"].as_array()).cloned().unwrap_or_default();
    let listed =
        listed.iter().map(|one| json!({ "context": one["context"], "app_id": one["app_id"].as_i64() }));
    json!({
        "enabled": classic.is_some(),
        "required_status_checks": {
            "enforcement_level": if checks.is_some() { "non_admins" } else { "off" },
            "contexts": contexts,
            "checks": listed.collect::<Vec<_>>(),
        },
    })
}

fn branches(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let (api, full_name) = (&state.bases.api, repository.full_name());
    let only = call.query.get("protected").map(|text| text == "true");
    let refs = Store::at(&repository.folder).refs("refs/heads/");
    let all = refs.iter().filter_map(|(name, sha)| {
        let name = name.strip_prefix("refs/heads/")?;
        let is = protected(repository, name);
        let url = format!("{api}/repos/{full_name}");
        only.is_none_or(|only| only == is).then(|| {
            json!({
                "name": name,
                "commit": { "sha": sha, "url": format!("{url}/commits/{sha}") },
                "protected": is,
                "protection": protection(repository, name),
                "protection_url": format!("{url}/branches/{name}/protection"),
            })
        })
    });
    let all = all.collect();
    Ok(list(state, call, all))
}

fn branch(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (repository, name) = (call.repository(state)?, call.param("branch"));
    let sha = Store::at(&repository.folder).resolve(&format!("refs/heads/{name}"));
    let sha = sha.ok_or_else(|| errors::error(404, "Branch not found"))?;
    let full_name = repository.full_name();
    let url = format!("{}/repos/{full_name}/branches/{name}", state.bases.api);
    Ok(Answer::ok(json!({
        "name": name,
        "commit": shape::commit(state, repository, &sha).ok_or_else(errors::not_found)?,
        "_links": { "self": url, "html": format!("{}/{full_name}/tree/{name}", state.bases.web) },
        "protected": protected(repository, name),
        "protection": protection(repository, name),
        "protection_url": format!("{url}/protection"),
    })))
}
