//! A git client's request: who, may he, and then git itself.

use std::collections::BTreeMap;

use super::Done;
use crate::auth::permission::{sees, strength};
use crate::auth::{Identity, identify};
use crate::git::backend::{self, Request};
use crate::git::pushed::{self, Refs};
use crate::git::rules::Push;
use crate::server::{Incoming, Reply};
use crate::shared::Shared;
use crate::state::State;
use crate::state::look::rank;
use crate::state::repository::Repository;

/// Serves it, or refuses.
pub(crate) async fn serve(shared: &Shared, request: &Request, incoming: &Incoming) -> Done {
    let (who, found) = {
        let mut state = shared.state();
        state.settle();
        let identified = identify(&state, &incoming.headers);
        let who = identified.as_ref().map_or_else(|_| "unknown".to_owned(), Identity::told);
        let writes = request.writes(&incoming.query);
        state.sender = identified.as_ref().map(|who| login(&state, who)).unwrap_or_default();
        let found = identified
            .map_err(|_| Reply::text(401, "Invalid username or token. Password authentication is not supported for Git operations.\n"))
            .and_then(|identity| {
                allowed(&state, request, &identity, writes).map(|one| (identity, one.id, one.folder.clone()))
            });
        (who, found)
    };
    match found {
        Err(reply) => Done { reply: demanding(reply), who, applied: false },
        Ok((identity, id, folder)) => {
            let push = (request.service == "git-receive-pack").then(|| Push::read(incoming)).flatten();
            let mut before = Refs::new();
            if let Some(push) = &push {
                let state = shared.state();
                let repository = state.repositories.get(&id);
                before = repository.map(pushed::refs).unwrap_or_default();
                if let Some(refusal) = repository.and_then(|one| push.refusal(&state, one, &identity)) {
                    return Done { reply: push.refused(&refusal), who, applied: false };
                }
            }
            let reply = backend::run(&folder, request, incoming).await;
            let applied = reply.status == 200;
            if push.is_some() {
                let mut state = shared.state();
                state.sender = login(&state, &identity);
                state.pushed(id, &before);
            }
            Done { reply, who, applied }
        }
    }
}

/// The login of the one who asks.
pub(super) fn login(state: &State, who: &Identity) -> String {
    match who {
        Identity::User { login, .. } => login.clone(),
        Identity::Installation { id, .. } => {
            let app = state.installation(*id).and_then(|one| state.app(one.app));
            app.map(|app| format!("{}[bot]", app.slug)).unwrap_or_default()
        }
        Identity::App(_) | Identity::Anonymous => String::new(),
    }
}

/// A 401 with what it demands.
fn demanding(mut reply: Reply) -> Reply {
    if reply.status == 401 {
        reply.headers.push(("www-authenticate".to_owned(), "Basic realm=\"GitHub\"".to_owned()));
    }
    reply
}

/// The repository, if the one who asks may read or write it.
fn allowed<'state>(
    state: &'state State,
    request: &Request,
    who: &Identity,
    writes: bool,
) -> Result<&'state Repository, Reply> {
    let not_there = || Reply::text(404, "Repository not found.\n");
    let moved = || {
        let id = state.moved.get(&format!("{}/{}", request.owner, request.name).to_lowercase())?;
        state.repositories.get(id)
    };
    let there = state.repository(&request.owner, &request.name);
    let has_moved = there.is_none();
    let Some(repository) = there.or_else(moved).filter(|one| sees(state, who, one)) else {
        // Without credentials there might be more to see with them.
        return Err(if matches!(who, Identity::Anonymous) {
            Reply::text(401, "Authentication required.\n")
        } else {
            not_there()
        });
    };
    if has_moved && request.service == "info/refs" {
        let query = if writes { "git-receive-pack" } else { "git-upload-pack" };
        let full_name = repository.full_name();
        let to = format!("{}/{full_name}.git/info/refs?service={query}", state.bases.web);
        let mut reply = Reply::text(301, "");
        reply.headers.push(("location".to_owned(), to));
        return Err(reply);
    }
    let needed = if writes { "write" } else { "read" };
    let refused = |name: &str| {
        Reply::text(403, &format!("Permission to {} denied to {name}.\n", repository.full_name()))
    };
    match who {
        Identity::App(_) => Err(refused("app")),
        Identity::Anonymous if writes => Err(Reply::text(401, "Authentication required.\n")),
        Identity::Anonymous => Ok(repository),
        Identity::Installation { id, permissions, repositories } => {
            let own = state.installation(*id);
            let there = own.is_some_and(|own| own.account == repository.owner)
                && repositories.as_ref().is_none_or(|only| only.contains(&repository.id));
            let may = there && given(permissions, "contents") >= strength(needed);
            let public = !writes && !repository.is_private();
            let slug = own.and_then(|own| state.app(own.app)).map_or("app", |app| app.slug.as_str());
            if may || public { writable(repository, writes) } else { Err(refused(&format!("{slug}[bot]"))) }
        }
        Identity::User { login, scopes } => {
            let role = state.role_in(login, repository).map_or(0, rank);
            let scoped =
                scopes.contains("repo") || (scopes.contains("public_repo") && !repository.is_private());
            let may = !writes || (scoped && role >= rank("push"));
            if may { writable(repository, writes) } else { Err(refused(login)) }
        }
    }
}

fn given(permissions: &BTreeMap<String, String>, name: &str) -> u8 {
    permissions.get(name).map_or(0, |level| strength(level))
}

fn writable(repository: &Repository, writes: bool) -> Result<&Repository, Reply> {
    if writes && repository.is_archived() {
        return Err(Reply::text(403, "This repository was archived so it is read-only.\n"));
    }
    Ok(repository)
}
