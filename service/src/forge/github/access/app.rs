//! The App's own word: a short token that it signs to be given the tokens of its installations.
//!
//! It asks nobody. The invariant: no such token lives longer than GitHub's ten minutes, and the key is in no text.

use std::fmt;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::Serialize;

use crate::config;
use crate::crypto;
use crate::forge::ForgeError;
use crate::forge::github::answer::Failure;
use crate::secret::Secret;

/// How far in the past it says it was made: clocks differ.
const BACK_S: i64 = 60;
/// How long it holds. GitHub takes ten minutes at most, counted from when it says it was made.
const HOLDS_S: i64 = 480;

/// An App by its id and key.
pub(super) struct App {
    id: String,
    key: EncodingKey,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("id", &self.id).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iat: i64,
    exp: i64,
    iss: &'a str,
}

impl App {
    /// The App of the settings, if they name one.
    pub(super) fn new(host: &str, settings: &config::GitHubForge) -> Result<Option<Self>, ForgeError> {
        let id = settings.app_id.trim().to_owned();
        if id.is_empty() {
            return Ok(None);
        }
        let key = crypto::rsa_key(settings.private_key.expose()).ok_or_else(|| {
            ForgeError::Invalid(format!(
                "`forges.\"{host}\".private_key` is no RSA key in PEM form: give the whole file that GitHub made for \
                 the App, for example with `private_key: {{ file: /etc/stagecraft/app.pem }}`"
            ))
        })?;
        Ok(Some(Self { id, key }))
    }

    /// A token that is made now. `now_s` is seconds since 1970, by GitHub's clock if that is known.
    pub(super) fn token(&self, now_s: i64) -> Result<Secret, Failure> {
        crypto::provide();
        let claims = Claims { iat: now_s - BACK_S, exp: now_s + HOLDS_S, iss: &self.id };
        let signed = encode(&Header::new(Algorithm::RS256), &claims, &self.key);
        signed
            .map(Secret::new)
            .map_err(|_| Failure::Settings("nothing can be signed with the App's key".to_owned()))
    }
}
