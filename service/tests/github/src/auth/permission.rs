//! Whether the one who calls may call this operation on this repository or organisation.
//!
//! Private repositories that one may not see are not there (404); what one sees but may not do is refused (403).

use super::Identity;
use crate::call::{Answer, Call};
use crate::errors;
use crate::state::State;
use crate::state::account::Role;
use crate::state::look::rank;
use crate::state::repository::Repository;

/// A permission of Apps and the level that is needed of it: `read`, `write` or `admin`.
pub(crate) type Permission = (&'static str, &'static str);

/// What an operation asks of the one who calls it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Needs {
    /// Nothing: anyone may.
    Nothing,
    /// Any credentials but an App's JWT.
    Credentials,
    /// An App's JWT.
    Jwt,
    /// An installation's token.
    Installation,
    /// A user's token with this scope; none if it is empty.
    User(&'static str),
    /// One of these permissions on the repository of the path.
    Repository(&'static [Permission]),
    /// One of these permissions on the organisation of the path.
    Organisation(&'static [Permission]),
    /// To be allowed to make repositories in the organisation of the path.
    Create,
    /// To be allowed to propose changes to the repository of the path: users need only see it.
    Propose,
}

/// How much a level allows.
pub(crate) fn strength(level: &str) -> u8 {
    match level {
        "read" => 1,
        "write" => 2,
        "admin" => 3,
        _ => 0,
    }
}

/// Whether one sees that the repository is there.
pub(crate) fn sees(state: &State, who: &Identity, repository: &Repository) -> bool {
    if state.not_yet(repository) {
        return false;
    }
    if !repository.is_private() {
        return true;
    }
    match who {
        Identity::Installation { id, .. } => covers(state, *id, who, repository),
        Identity::User { login, scopes } => {
            scopes.contains("repo") && state.role_in(login, repository).is_some()
        }
        Identity::Anonymous | Identity::App(_) => false,
    }
}

/// Whether the repository belongs to the installation and to its token.
fn covers(state: &State, installation: u64, who: &Identity, repository: &Repository) -> bool {
    let Identity::Installation { repositories, .. } = who else { return false };
    let there = state
        .installation(installation)
        .is_some_and(|installation| installation.account.eq_ignore_ascii_case(&repository.owner));
    there && repositories.as_ref().is_none_or(|only| only.contains(&repository.id))
}

/// Refuses a call that its caller may not make.
pub(crate) fn check(state: &State, needs: Needs, call: &Call) -> Result<(), Answer> {
    match (needs, &call.who) {
        (Needs::Nothing, _) | (Needs::Jwt, Identity::App(_)) => Ok(()),
        (Needs::Jwt, _) => Err(errors::error(401, "A JSON web token could not be decoded")),
        (_, Identity::App(_)) => Err(errors::not_by_integration()),
        (Needs::Repository(any), _) => on_repository(state, any, call),
        (_, Identity::Anonymous) => Err(errors::requires_authentication()),
        (Needs::Credentials, _) | (Needs::Installation, Identity::Installation { .. }) => Ok(()),
        (Needs::Installation, _) => Err(errors::error(
            403,
            "You must authenticate with an installation access token in order to list repositories for an installation.",
        )),
        (Needs::User(scope), Identity::User { scopes, .. }) => {
            if scope.is_empty() || scopes.contains(scope) {
                Ok(())
            } else {
                Err(errors::not_found())
            }
        }
        (Needs::User(_), _) => Err(errors::not_by_integration()),
        (Needs::Organisation(any), _) => in_organisation(state, any, call),
        (Needs::Create, _) => may_create(state, call),
        (Needs::Propose, Identity::User { .. }) => on_repository(state, &[("pull_requests", "read")], call),
        (Needs::Propose, _) => on_repository(state, &[("pull_requests", "write")], call),
    }
}

/// Whether one of the permissions is given.
fn has(who: &Identity, any: &[Permission]) -> bool {
    let Identity::Installation { permissions, .. } = who else { return false };
    any.iter().any(|(name, level)| {
        permissions.get(*name).is_some_and(|given| strength(given) >= strength(level))
            || (*name == "metadata" && *level == "read" && !permissions.is_empty())
    })
}

/// Whether these are permissions that everybody has on a public repository.
fn is_public_reading(any: &[Permission]) -> bool {
    const PUBLIC: [&str; 4] = ["metadata", "contents", "issues", "pull_requests"];
    any.iter().any(|(name, level)| *level == "read" && PUBLIC.contains(name))
}

fn on_repository(state: &State, any: &[Permission], call: &Call) -> Result<(), Answer> {
    let repository = call.repository(state)?;
    if !sees(state, &call.who, repository) {
        return Err(errors::not_found());
    }
    if !repository.is_private() && is_public_reading(any) {
        return Ok(());
    }
    match &call.who {
        Identity::Anonymous => Err(errors::requires_authentication()),
        Identity::App(_) => Err(errors::not_by_integration()),
        Identity::Installation { id, .. } => {
            let may = covers(state, *id, &call.who, repository) && has(&call.who, any);
            if may { Ok(()) } else { Err(errors::not_by_integration()) }
        }
        Identity::User { login, scopes } => {
            let needed = any.iter().map(role_for).min().unwrap_or(4);
            let role = state.role_in(login, repository).map_or(0, rank);
            let scoped = scopes.contains("repo")
                || (!repository.is_private() && scopes.contains("public_repo"))
                || needed == 0;
            match (scoped, role >= needed) {
                (true, true) => Ok(()),
                (true, false) if needed == rank("admin") => Err(errors::admin_rights()),
                _ => Err(errors::not_found()),
            }
        }
    }
}

/// The role of a user that does what a permission of Apps does.
fn role_for((name, level): &Permission) -> usize {
    const OF_WRITERS: [&str; 8] =
        ["actions", "checks", "contents", "deployments", "issues", "pull_requests", "statuses", "workflows"];
    match (*level, OF_WRITERS.contains(name) || *name == "metadata") {
        ("read", true) => rank("pull"),
        (_, true) => rank("push"),
        ("read", false) => rank("push"),
        _ => rank("admin"),
    }
}

fn in_organisation(state: &State, any: &[Permission], call: &Call) -> Result<(), Answer> {
    let organisation = state.organisation(call.param("org"))?;
    match &call.who {
        Identity::Installation { id, .. } => {
            let there = state
                .installation(*id)
                .is_some_and(|installation| installation.account.eq_ignore_ascii_case(&organisation.login));
            if there && has(&call.who, any) { Ok(()) } else { Err(errors::not_by_integration()) }
        }
        Identity::User { login, scopes } => {
            let writes = any.iter().all(|(_, level)| *level != "read");
            let scope = if writes { "admin:org" } else { "read:org" };
            let scoped = scopes.contains(scope) || scopes.contains("admin:org");
            match organisation.members.get(&login.to_lowercase()) {
                Some(Role::Admin) if scoped => Ok(()),
                Some(Role::Member) if scoped && !writes => Ok(()),
                Some(_) => Err(errors::error(403, "You must be an organization owner.")),
                None => Err(errors::not_found()),
            }
        }
        _ => Err(errors::requires_authentication()),
    }
}

fn may_create(state: &State, call: &Call) -> Result<(), Answer> {
    let organisation = state.organisation(call.param("org"))?;
    match &call.who {
        Identity::Installation { .. } => in_organisation(state, &[("administration", "write")], call),
        Identity::User { login, scopes } => {
            if !scopes.contains("repo") && !scopes.contains("public_repo") {
                return Err(errors::not_found());
            }
            match organisation.members.get(&login.to_lowercase()) {
                Some(Role::Admin) => Ok(()),
                Some(Role::Member) if organisation.members_create => Ok(()),
                Some(Role::Member) => Err(errors::error(
                    403,
                    "You need admin access to the organization before adding a repository to it.",
                )),
                None => Err(errors::not_found()),
            }
        }
        _ => Err(errors::requires_authentication()),
    }
}
