//! A git client's request: who, may he, and then git itself.

use std::collections::BTreeMap;

use super::Done;
use crate::auth::permission::{sees, strength};
use crate::auth::{Identity, identify};
use crate::git::backend::{self, Request};
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
        let found = identified
            .map_err(|_| Reply::text(401, "Invalid username or token. Password authentication is not supported for Git operations.\n"))
            .and_then(|identity| {
                allowed(&state, request, &identity, writes).map(|one| (identity, one.id, one.folder.clone()))
            });
        (who, found)
    };
    match found {
        Err(reply) => Done { reply: demanding(reply), who, applied: false },
        Ok((_, id, folder)) => {
            let reply = backend::run(&folder, request, incoming).await;
            let applied = reply.status == 200;
            if applied && request.service == "git-receive-pack" {
                let mut state = shared.state();
                let now = state.now;
                if let Some(repository) = state.repositories.get_mut(&id) {
                    repository.pushed = Some(now);
                    repository.updated = now;
                }
            }
            Done { reply, who, applied }
        }
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
    let found = state.repository(&request.owner, &request.name).or_else(moved);
    let Some(repository) = found.filter(|one| sees(state, who, one)) else {
        // Without credentials there might be more to see with them.
        return Err(if matches!(who, Identity::Anonymous) {
            Reply::text(401, "Authentication required.\n")
        } else {
            not_there()
        });
    };
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
