//! Who calls, and whether he may.
//!
//! Credentials are judged at the time of the request against what the state says then: an installation that was
//! suspended, narrowed or removed since its token was made counts at once. What one may not know of is not there.

pub(crate) mod jwt;
pub(crate) mod keys;
pub(crate) mod permission;
pub(crate) mod tokens;

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::call::Answer;
use crate::clock::millis;
use crate::errors;
use crate::state::State;
use crate::state::app::{Holder, Permissions};

/// Who calls.
#[derive(Clone, Debug)]
pub enum Identity {
    /// Without credentials.
    Anonymous,
    /// An App itself, by a JWT.
    App(u64),
    /// An installation of an App, with what its token is for.
    Installation {
        /// The installation's id.
        id: u64,
        /// The only repositories it is for, if not all of the account.
        repositories: Option<BTreeSet<u64>>,
        /// What it may do.
        permissions: Permissions,
    },
    /// A user.
    User {
        /// The user's login.
        login: String,
        /// The scopes of the token.
        scopes: BTreeSet<String>,
    },
}

impl Identity {
    /// In a word or two, for the recorder and the limits.
    #[must_use]
    pub fn told(&self) -> String {
        match self {
            Self::Anonymous => "anonymous".to_owned(),
            Self::App(id) => format!("app {id}"),
            Self::Installation { id, .. } => format!("installation {id}"),
            Self::User { login, .. } => format!("user {login}"),
        }
    }
}

/// Who sent these headers.
pub(crate) fn identify(state: &State, headers: &BTreeMap<String, String>) -> Result<Identity, Answer> {
    let Some(header) = headers.get("authorization") else { return Ok(Identity::Anonymous) };
    let (scheme, value) = header.split_once(' ').ok_or_else(errors::bad_credentials)?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "token" if jwt::looks_like_one(value.trim()) => jwt::verify(state, value.trim()),
        "bearer" | "token" => holder(state, value.trim()),
        "basic" => holder(state, &password(value.trim()).ok_or_else(errors::bad_credentials)?),
        _ => Err(errors::bad_credentials()),
    }
}

/// The token in a Basic header: the password, or the name if there is no password.
fn password(encoded: &str) -> Option<String> {
    let pair = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (name, password) = pair.split_once(':')?;
    Some(if password.is_empty() { name } else { password }.to_owned())
}

/// Whose token it is.
fn holder(state: &State, value: &str) -> Result<Identity, Answer> {
    let token = state.tokens.get(value).ok_or_else(errors::bad_credentials)?;
    if token.ends.is_some_and(|ends| ends <= state.now) {
        return Err(errors::bad_credentials());
    }
    match &token.holder {
        Holder::User { login, scopes } => Ok(Identity::User { login: login.clone(), scopes: scopes.clone() }),
        Holder::Installation { id, repositories, permissions } => {
            let known = token.created.saturating_add(millis(state.setup.lag.mint));
            let installation =
                state.installation(*id).filter(|_| state.now >= known).ok_or_else(errors::bad_credentials)?;
            if installation.suspended.is_some() {
                return Err(errors::error(403, "This installation has been suspended"));
            }
            let replicated = state.now >= known.saturating_add(millis(state.setup.lag.permissions));
            let permissions =
                if replicated { common(permissions, &installation.permissions) } else { Permissions::new() };
            let repositories = match (repositories, &installation.repositories) {
                (Some(of_token), Some(of_all)) => Some(of_token & of_all),
                (Some(only), None) | (None, Some(only)) => Some(only.clone()),
                (None, None) => None,
            };
            Ok(Identity::Installation { id: *id, repositories, permissions })
        }
    }
}

/// What both allow.
fn common(one: &Permissions, other: &Permissions) -> Permissions {
    let lower = |name: &String, level: &String| {
        let given = other.get(name)?;
        Some(if permission::strength(given) < permission::strength(level) { given } else { level }.clone())
    };
    one.iter().filter_map(|(name, level)| Some((name.clone(), lower(name, level)?))).collect()
}
