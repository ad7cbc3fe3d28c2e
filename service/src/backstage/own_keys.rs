//! The service's own keys, by which Backstage's plugins know it without a shared secret.
//!
//! Key pairs lie sealed in the database, so that replicas sign with the same one; the public halves are served over
//! HTTP. It asks nobody and judges no user. The invariants: the public half of a key is served for longer than any
//! token lives that it has signed; a token that acts for a user does not outlive the user's own.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use uuid::Uuid;

use super::jwt::{self, NewKey, PluginClaims, SigningKey};
use super::store::{self, StoredKey};
use super::{BackstageError, PluginId, UserToken};
use crate::db::{Db, DbError};
use crate::secret::{SealError, Sealer, Secret};

/// As which plugin the service asks.
const OWN_ID: &str = "stagecraft";
const HOUR_MS: i64 = 3_600_000;
/// How long a key signs.
const SIGNS_MS: i64 = 24 * HOUR_MS;
/// How long its public half is served: tokens live for an hour, and clocks differ.
const SERVED_MS: i64 = SIGNS_MS + 2 * HOUR_MS;
/// How long a token lives, seconds.
const TOKEN_SECONDS: i64 = 3_600;
/// How long before its end a token is replaced by a new one.
const RENEWED_SECONDS: i64 = 600;

/// Why the service's own keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A key could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A key could not be made.
    #[error("a key pair could not be made: the system's random numbers failed")]
    Random,
}

/// The keys. Cheap to clone; every clone is the same.
#[derive(Clone)]
pub struct OwnKeys {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    sealer: Sealer,
    signing: tokio::sync::Mutex<Option<Signing>>,
    /// The service's own tokens, by the plugin they are for, with their ends.
    tokens: Mutex<HashMap<PluginId, (Secret, i64)>>,
}

#[derive(Clone)]
struct Signing {
    key: SigningKey,
    until_ms: i64,
}

impl fmt::Debug for OwnKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnKeys")
    }
}

impl OwnKeys {
    /// Keys in `db`, whose private halves are sealed.
    pub fn new(db: Db, sealer: Sealer) -> Self {
        let (signing, tokens) = (tokio::sync::Mutex::default(), Mutex::default());
        Self { inner: Arc::new(Inner { db, sealer, signing, tokens }) }
    }

    /// The public halves, as `{"keys": […]}`. There is at least one.
    pub async fn published(&self) -> Result<Value, KeyError> {
        self.signing_key().await?;
        let inner = &self.inner;
        let stored = store::keys_since(&inner.db, inner.db.now_ms() - SERVED_MS).await?;
        let keys = stored.iter().filter_map(|key| serde_json::from_str(&key.public_key).ok());
        Ok(json!({ "keys": keys.collect::<Vec<Value>>() }))
    }

    /// A token for asking this plugin, as the service itself.
    pub(super) async fn own_token(&self, target: &PluginId) -> Result<Secret, BackstageError> {
        let now = jwt::now();
        let known = self.tokens(|tokens| tokens.get(target).cloned());
        if let Some((token, _)) = known.filter(|(_, end)| *end > now + RENEWED_SECONDS) {
            return Ok(token);
        }
        let exp = now + TOKEN_SECONDS;
        let claims = PluginClaims { sub: OWN_ID, aud: target.as_str(), iat: now, exp, obo: None };
        let token = self.sign(&claims).await?;
        self.tokens(|tokens| {
            tokens.retain(|_, (_, end)| *end > now);
            tokens.insert(target.clone(), (token.clone(), exp));
        });
        Ok(token)
    }

    /// A token for asking this plugin, for a user.
    pub(super) async fn token_for(
        &self,
        target: &PluginId,
        user: &UserToken,
    ) -> Result<Secret, BackstageError> {
        let limited = jwt::limited_form(user.jwt.expose()).map_err(|_| {
            BackstageError::NotAllowed(format!(
                "the service cannot act for `{}`: the user's token lacks what is passed on to other plugins; is the claim `uip` left out of it by Backstage's settings?",
                user.entity_ref
            ))
        })?;
        let iat = jwt::now();
        let exp = user.expires_at.min(iat + TOKEN_SECONDS);
        let obo = Some(limited.as_str());
        self.sign(&PluginClaims { sub: OWN_ID, aud: target.as_str(), iat, exp, obo }).await
    }

    async fn sign(&self, claims: &PluginClaims<'_>) -> Result<Secret, BackstageError> {
        let unusable = |error: &dyn fmt::Display| {
            tracing::error!(error = %error, "no token for Backstage can be signed");
            BackstageError::Unavailable("the service's own keys cannot be used; its log tells why".to_owned())
        };
        let key = self.signing_key().await.map_err(|error| unusable(&error))?;
        key.sign(claims).map(Secret::new).map_err(|fault| unusable(&fault))
    }

    fn tokens<T>(&self, use_them: impl FnOnce(&mut HashMap<PluginId, (Secret, i64)>) -> T) -> T {
        use_them(&mut self.inner.tokens.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The key that signs now: the newest of the database, or a new one.
    async fn signing_key(&self) -> Result<SigningKey, KeyError> {
        let mut signing = self.inner.signing.lock().await;
        let now = self.inner.db.now_ms();
        if let Some(current) = signing.as_ref().filter(|current| now < current.until_ms) {
            return Ok(current.key.clone());
        }
        let stored = store::keys_since(&self.inner.db, now - SIGNS_MS).await?;
        let current = match stored.iter().find_map(|key| self.open(key)) {
            Some(current) => current,
            None => self.make(now).await?,
        };
        *signing = Some(current.clone());
        Ok(current.key)
    }

    fn open(&self, stored: &StoredKey) -> Option<Signing> {
        match self.inner.sealer.open(&row(&stored.kid), &stored.sealed) {
            Ok(private) => Some(Signing {
                key: SigningKey::new(&stored.kid, &private),
                until_ms: stored.created_at + SIGNS_MS,
            }),
            Err(error) => {
                tracing::warn!(key.id = stored.kid, error = %error, "a key of the service is left aside");
                None
            }
        }
    }

    async fn make(&self, now: i64) -> Result<Signing, KeyError> {
        let kid = Uuid::now_v7().to_string();
        let NewKey { public, private } = NewKey::generate(&kid).ok_or(KeyError::Random)?;
        let sealed = self.inner.sealer.seal(&row(&kid), &private)?;
        let key = SigningKey::new(&kid, &private);
        let stored = StoredKey { kid, public_key: public.to_string(), sealed, created_at: now };
        store::add_key(&self.inner.db, &stored, now - SERVED_MS).await?;
        tracing::info!(key.id = stored.kid, "the service has a new key, by which Backstage knows it");
        Ok(Signing { key, until_ms: now + SIGNS_MS })
    }
}

/// The row that a sealed key is bound to.
fn row(kid: &str) -> String {
    format!("service_keys/{kid}")
}

#[cfg(test)]
mod tests;
