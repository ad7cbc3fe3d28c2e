//! A request to an operation of the API: who, how much, may he, what.

use std::collections::BTreeMap;

use serde_json::Value;

use super::finish::{Around, finished};
use super::served::login;
use super::{Done, described};
use crate::auth::permission::{self, Needs};
use crate::auth::{Identity, identify};
use crate::call::{Answer, Call};
use crate::errors;
use crate::git::pushed;
use crate::router::{self, Found};
use crate::server::Incoming;
use crate::shared::{Shared, locked};
use crate::state::State;

/// The versions of the API that there are.
const VERSIONS: [&str; 2] = ["2022-11-28", "2026-03-10"];

/// Does what was asked, or refuses.
pub(crate) fn apply(shared: &Shared, found: Found, incoming: &Incoming) -> Done {
    let mut state = shared.state();
    state.settle();
    let identified = identify(&state, &incoming.headers);
    let who = identified.as_ref().map_or_else(|_| "unknown".to_owned(), Identity::told);
    let identity = identified.as_ref().map_or(Identity::Anonymous, Clone::clone);
    let operation = found.route.operation;
    let reads = matches!(incoming.method.as_str(), "GET" | "HEAD");
    let counts = operation != "rate-limit/get" && identified.is_ok();
    let writes = !reads && operation != "apps/create-installation-access-token" && operation != "graphql";
    let needs = found.route.needs;
    let version = version(&state, incoming);
    let mut governor = locked(&shared.governor);
    let begun = if counts { governor.begin(&who, writes, state.now) } else { Ok(()) };
    let quota = governor.quota(&who, state.now);
    drop(governor);
    let mut headers = incoming.headers.clone();
    if let Some(quota) = &quota {
        headers.insert("double-limit".to_owned(), quota.limit.to_string());
        headers.insert("double-used".to_owned(), quota.used.to_string());
        headers.insert("double-reset".to_owned(), quota.reset.to_string());
    }
    let answered = identified.and_then(|identity| {
        begun?;
        let call = call(&state, &found, incoming, headers, (identity, version.clone()?))?;
        permission::check(&state, needs, &call)?;
        described::request(shared, &state, &call)?;
        state.sender = login(&state, &call.who);
        let before = call.repository.filter(|_| !reads && moves_refs(needs)).and_then(|id| {
            let repository = state.repositories.get(&id)?;
            Some((id, pushed::refs(repository)))
        });
        let answer = (found.route.run)(&mut state, &call)?;
        if let Some((id, before)) = before {
            state.pushed(id, &before);
        }
        Ok(answer)
    });
    let applied = answered.is_ok();
    let selected = (operation, version.as_deref().unwrap_or(state.setup.version));
    let mut told = answered.unwrap_or_else(|refusal| refusal);
    described::pruned(&state, selected, &mut told);
    described::answer(shared, &state, selected, &told);
    let around = Around {
        who: &identity,
        quota,
        version: version.as_deref().unwrap_or(state.setup.version),
        accepted: accepted(needs),
        variant: state.setup.variant,
        reads,
        if_none_match: incoming.headers.get("if-none-match").map(String::as_str),
    };
    let mut reply = finished(shared, told, &around);
    if incoming.method == "HEAD" {
        reply.body = bytes::Bytes::new();
    }
    if counts && reply.status == 304 {
        locked(&shared.governor).give_back(&who);
    }
    Done { reply, who, applied }
}

/// Whether an operation with these needs may change refs.
fn moves_refs(needs: Needs) -> bool {
    matches!(needs, Needs::Repository(any) if any.contains(&("contents", "write")))
}

/// The version of the API that was asked for.
fn version(state: &State, incoming: &Incoming) -> Result<String, Answer> {
    let asked = incoming.headers.get("x-github-api-version").map_or(state.setup.version, String::as_str);
    if VERSIONS.contains(&asked) {
        return Ok(asked.to_owned());
    }
    Err(errors::error(400, "The version specified in the X-GitHub-Api-Version header is not supported."))
}

/// The request as handlers take it.
fn call(
    state: &State,
    found: &Found,
    incoming: &Incoming,
    headers: BTreeMap<String, String>,
    (who, version): (Identity, String),
) -> Result<Call, Answer> {
    if !incoming.headers.contains_key("user-agent") {
        return Err(errors::error(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
        ));
    }
    let body = if incoming.body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&incoming.body).map_err(|_| errors::error(400, "Problems parsing JSON"))?
    };
    Ok(Call {
        operation: found.route.operation,
        method: incoming.method.clone(),
        path: incoming.path.clone(),
        query: router::query(&incoming.query),
        repository: repository(state, found, incoming, &who)?,
        params: found.params.clone(),
        headers,
        body,
        who,
        version,
    })
}

/// The repository that the path names; where it is now, if it was renamed.
fn repository(
    state: &State,
    found: &Found,
    incoming: &Incoming,
    who: &Identity,
) -> Result<Option<u64>, Answer> {
    let (Some(owner), Some(name)) = (found.params.get("owner"), found.params.get("repo")) else {
        return Ok(None);
    };
    if let Some(repository) = state.repository(owner, name) {
        return Ok(Some(repository.id));
    }
    let id = state.moved.get(&format!("{owner}/{name}").to_lowercase()).ok_or_else(errors::not_found)?;
    let repository = state.repositories.get(id).filter(|one| permission::sees(state, who, one));
    let repository = repository.ok_or_else(errors::not_found)?;
    let rest = incoming.path.splitn(5, '/').nth(4).map(|rest| format!("/{rest}")).unwrap_or_default();
    let query = if incoming.query.is_empty() { String::new() } else { format!("?{}", incoming.query) };
    let url = format!("{}/repositories/{}{rest}{query}", state.bases.api, repository.id);
    let status = if matches!(incoming.method.as_str(), "GET" | "HEAD") { 301 } else { 307 };
    Err(errors::moved(status, &url))
}

/// The permissions that an operation takes, as GitHub's header tells them.
fn accepted(needs: Needs) -> String {
    match needs {
        Needs::Repository(any) | Needs::Organisation(any) => {
            any.iter().map(|(name, level)| format!("{name}={level}")).collect::<Vec<_>>().join("; ")
        }
        Needs::Create => "administration=write".to_owned(),
        Needs::Propose => "pull_requests=write".to_owned(),
        _ => String::new(),
    }
}
