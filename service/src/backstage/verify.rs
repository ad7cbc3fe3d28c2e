//! Who presents a token: users that Backstage has signed in, and its plugins.
//!
//! It says who somebody is, not what he may do, and makes no token. The invariants: the address of a key is built
//! from the name of a plugin that the settings list, never from one that a token brings; a user's limited token is
//! good for nothing but a listed plugin's word, and is checked like any other.

use std::collections::BTreeMap;

use catalog_gen::EntityRef;

use super::jwt::{self, Claims, Expected, Fault, Head, PublicKey, Unverified};
use super::published::{Missing, Published};
use super::{ApiPath, Backstage, BackstageError, PluginId, TokenForm, UserToken};
use crate::config;
use crate::secret::Secret;

/// The plugins as which this service is asked.
const OWN_IDS: [&str; 2] = ["stagecraft", "scaffolder"];

/// Who presents a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// A user that Backstage has signed in.
    User(UserToken),
    /// A user for whom this plugin asks.
    UserThrough(UserToken, PluginId),
    /// A plugin, for nobody but itself.
    Plugin(PluginId),
}

/// Why nobody is known by a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The token is not good.
    #[error("{0}")]
    Refused(String),
    /// Backstage's keys cannot be read: trying again may help.
    #[error("Backstage's keys cannot be read: {0}")]
    Unavailable(#[source] BackstageError),
}

/// Verifies tokens of one Backstage.
#[derive(Debug)]
pub struct Verifier {
    users: Published,
    plugins: BTreeMap<PluginId, Published>,
    issuer: Option<String>,
}

impl Verifier {
    /// For the plugins and the issuer of `auth` in the settings.
    pub fn new(backstage: &Backstage, settings: &config::Auth) -> Result<Self, BackstageError> {
        let published = |path: &str| ApiPath::parse(path).map(|path| Published::new(backstage.clone(), path));
        let plugins = settings.backstage_plugins.iter().map(|name| {
            let id = PluginId::parse(name).ok_or_else(|| {
                BackstageError::Invalid(format!(
                    "`{}` in `auth.backstage_plugins` is not the id of a plugin; write it as Backstage does, for example `scaffolder`",
                    name.escape_debug()
                ))
            })?;
            let keys = published(&format!("{id}/.backstage/auth/v1/jwks.json"))?;
            Ok((id, keys))
        });
        Ok(Self {
            users: published("auth/.well-known/jwks.json")?,
            plugins: plugins.collect::<Result<_, BackstageError>>()?,
            issuer: Some(settings.backstage_issuer.clone()).filter(|issuer| !issuer.is_empty()),
        })
    }

    /// Who presents this token.
    pub async fn verify(&self, token: &str) -> Result<Principal, TokenError> {
        let head = Head::read(token).map_err(|fault| refused("Illegal token", fault))?;
        match head.typ.as_deref() {
            Some(jwt::PLUGIN) => self.plugin(token, &head).await,
            Some(jwt::USER) => Ok(Principal::User(self.user(token, &head, TokenForm::Full).await?)),
            None if is_for_backstage(token) => {
                Ok(Principal::User(self.user(token, &head, TokenForm::Full).await?))
            }
            Some(jwt::LIMITED_USER) => Err(TokenError::Refused("Illegal limited user token".to_owned())),
            _ => Err(TokenError::Refused("Illegal token".to_owned())),
        }
    }

    async fn plugin(&self, token: &str, head: &Head) -> Result<Principal, TokenError> {
        const FAILED: &str = "Failed plugin token verification";
        let named = Unverified::read(token).map_err(|fault| refused(FAILED, fault))?.sub;
        let id = PluginId::parse(&named).ok_or_else(|| refused(FAILED, Fault::Claims))?;
        let keys = self.plugins.get(&id).ok_or_else(|| {
            TokenError::Refused(format!(
                "{FAILED}: plugin `{id}` may not call this service; add it to `auth.backstage_plugins` in the settings of Stagecraft if it is to"
            ))
        })?;
        let key = key_of(keys, head, FAILED).await?;
        let expected = Expected { audience: &OWN_IDS, audience_needed: true, issuer: None };
        let claims = key.verify(token, head, expected).map_err(|fault| refused(FAILED, fault))?;
        match claims.obo {
            None => Ok(Principal::Plugin(id)),
            Some(user) => Ok(Principal::UserThrough(self.behind(&user).await?, id)),
        }
    }

    /// The user for whom a plugin asks.
    async fn behind(&self, token: &str) -> Result<UserToken, TokenError> {
        const FAILED: &str = "Failed verification of the user for whom a plugin asks";
        let head = Head::read(token).map_err(|fault| refused(FAILED, fault))?;
        match head.typ.as_deref() {
            Some(jwt::LIMITED_USER) => self.user(token, &head, TokenForm::Limited).await,
            None if is_for_backstage(token) => self.user(token, &head, TokenForm::Full).await,
            _ => Err(TokenError::Refused("Invalid user token in plugin token obo claim".to_owned())),
        }
    }

    async fn user(&self, token: &str, head: &Head, form: TokenForm) -> Result<UserToken, TokenError> {
        const FAILED: &str = "Failed user token verification";
        let key = key_of(&self.users, head, FAILED).await?;
        let expected = Expected {
            audience: &[jwt::USER_AUDIENCE],
            audience_needed: head.typ.is_none(),
            // The limited form does not say who made it.
            issuer: self.issuer.as_deref().filter(|_| form == TokenForm::Full),
        };
        let claims = key.verify(token, head, expected).map_err(|fault| refused(FAILED, fault))?;
        let Claims { sub, exp, .. } = claims;
        if !is_user(&sub) {
            return Err(refused(FAILED, Fault::Claims));
        }
        Ok(UserToken { jwt: Secret::new(token), form, entity_ref: sub, expires_at: exp })
    }
}

/// The older form has no type, and says that it is for Backstage.
fn is_for_backstage(token: &str) -> bool {
    Unverified::read(token).is_ok_and(|claims| claims.aud == jwt::USER_AUDIENCE)
}

/// A reference with a kind, and none that reads like a service of ours.
fn is_user(subject: &str) -> bool {
    EntityRef::parse(subject)
        .is_ok_and(|user| !["plugin", "external"].iter().any(|kind| user.kind().eq_ignore_ascii_case(kind)))
}

async fn key_of(keys: &Published, head: &Head, failed: &str) -> Result<PublicKey, TokenError> {
    keys.key(&head.kid).await.map_err(|missing| match missing {
        Missing::Unknown => {
            TokenError::Refused(format!("{failed}: it was signed with a key that Backstage does not publish"))
        }
        Missing::Unavailable(error) => TokenError::Unavailable(error),
    })
}

fn refused(failed: &str, fault: Fault) -> TokenError {
    TokenError::Refused(format!("{failed}: {fault}"))
}
