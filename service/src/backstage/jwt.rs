//! Tokens as texts: what they say, whether a key has signed them, and those that the service signs itself.
//!
//! It knows no server and no user: which key belongs to whom is the caller's to know. The invariants: the algorithm
//! of a token is one that its key was published for, never `none` and never one with a shared secret; nothing of a
//! token is taken for true before its signature.

mod signing;

use std::collections::HashMap;
use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, dangerous, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;

use crate::crypto;

pub(super) use signing::{NewKey, PluginClaims, SigningKey, limited_form};

/// `typ` of a user's token.
pub(super) const USER: &str = "vnd.backstage.user";
/// `typ` of the limited form of a user's token.
pub(super) const LIMITED_USER: &str = "vnd.backstage.limited-user";
/// `typ` of a plugin's token.
pub(super) const PLUGIN: &str = "vnd.backstage.plugin";
/// `aud` of a user's token.
pub(super) const USER_AUDIENCE: &str = "backstage";

/// Backstage makes none that is longer.
const MAX_LENGTH: usize = 32 * 1024;
/// Longest name of a key and longest subject.
const MAX_NAME: usize = 500;
/// Keys of one server that are taken.
const MAX_KEYS: usize = 1_000;
/// How long a token that has run out is still taken: clocks differ.
const EXPIRY_LEEWAY: u64 = 5;
/// How far in the future a token may have been made.
const CLOCK_LEEWAY: i64 = 60;

/// What is wrong with a token, as the end of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is no token, or none of ours.
    Unreadable,
    /// It is longer than any token.
    TooLong,
    /// Its header names no key, or wants something of its reader.
    Header,
    /// Its algorithm is not one that its key was published for.
    Algorithm,
    /// No key has signed it.
    Signature,
    /// Something is missing that it must say, or has another form.
    Claims,
    /// It has run out.
    Expired,
    /// It is not valid yet.
    TooEarly,
    /// It was made for somebody else.
    Audience,
    /// Somebody else made it.
    Issuer,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "it cannot be read",
            Self::TooLong => "it is too long",
            Self::Header => "its header names no key, or asks for what is not known here",
            Self::Algorithm => "its algorithm is not one of its key",
            Self::Signature => "its signature is wrong",
            Self::Claims => "it does not say what it must",
            Self::Expired => "it has run out; sign in again",
            Self::TooEarly => "it is not valid yet; do the clocks agree?",
            Self::Audience => "it was made for somebody else",
            Self::Issuer => "its issuer is not the one of `auth.backstage_issuer`",
        })
    }
}

/// The header of a token. Nobody has vouched for it.
#[derive(Clone, Debug)]
pub(super) struct Head {
    /// What kind of token it is.
    pub(super) typ: Option<String>,
    /// The name of the key.
    pub(super) kid: String,
    algorithm: Algorithm,
}

impl Head {
    /// Reads it.
    pub(super) fn read(token: &str) -> Result<Self, Fault> {
        if token.len() > MAX_LENGTH {
            return Err(Fault::TooLong);
        }
        let header = decode_header(token).map_err(|_| Fault::Unreadable)?;
        let asks = header.crit.is_some() || header.extras.inner().contains_key("b64");
        match header.kid {
            Some(kid) if !asks && !kid.is_empty() && kid.len() <= MAX_NAME => {
                Ok(Self { typ: header.typ, kid, algorithm: header.alg })
            }
            _ => Err(Fault::Header),
        }
    }
}

/// What a token says of itself. Nobody has vouched for it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Unverified {
    /// Whom it stands for.
    #[serde(default)]
    pub(super) sub: String,
    /// For whom it was made.
    #[serde(default)]
    pub(super) aud: Value,
}

impl Unverified {
    /// Reads it.
    pub(super) fn read(token: &str) -> Result<Self, Fault> {
        dangerous::insecure_decode_claims(token).map_err(|_| Fault::Unreadable)
    }
}

/// What a signed token says.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Claims {
    /// Whom it stands for.
    pub(super) sub: String,
    /// When it was made, seconds since 1970 UTC.
    iat: i64,
    /// When it runs out, seconds since 1970 UTC.
    pub(super) exp: i64,
    /// The user for whom a plugin acts.
    pub(super) obo: Option<String>,
    #[serde(default)]
    aud: Value,
    #[serde(default)]
    iss: Value,
}

impl Claims {
    fn check(&self, expected: Expected<'_>) -> Result<(), Fault> {
        if self.iat > now() + CLOCK_LEEWAY {
            return Err(Fault::TooEarly);
        }
        if self.sub.is_empty() || self.sub.len() > MAX_NAME || self.sub.contains(char::is_control) {
            return Err(Fault::Claims);
        }
        let named = match &self.aud {
            Value::Null if expected.audience_needed => return Err(Fault::Audience),
            Value::Null => true,
            Value::String(name) => expected.audience.contains(&name.as_str()),
            Value::Array(names) => {
                names.iter().filter_map(Value::as_str).any(|name| expected.audience.contains(&name))
            }
            _ => false,
        };
        if !named {
            return Err(Fault::Audience);
        }
        match expected.issuer {
            Some(issuer) if self.iss.as_str() != Some(issuer) => Err(Fault::Issuer),
            _ => Ok(()),
        }
    }
}

/// What a token must say beside subject and times.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Expected<'a> {
    /// Whom it may have been made for.
    pub(super) audience: &'a [&'a str],
    /// Whether it must say so.
    pub(super) audience_needed: bool,
    /// Who must have made it, if that matters.
    pub(super) issuer: Option<&'a str>,
}

/// A public key and what it may be used for.
#[derive(Clone, Debug)]
pub(super) struct PublicKey {
    key: DecodingKey,
    algorithms: Vec<Algorithm>,
}

impl PublicKey {
    fn read(jwk: Value) -> Option<(String, Self)> {
        let jwk: Jwk = serde_json::from_value(jwk).ok()?;
        let common = &jwk.common;
        let signs = common.public_key_use.as_ref().is_none_or(|used| *used == PublicKeyUse::Signature)
            && common.key_operations.as_ref().is_none_or(|list| list.contains(&KeyOperations::Verify));
        let kid = common.key_id.clone().filter(|kid| !kid.is_empty() && kid.len() <= MAX_NAME)?;
        let fitting: &[Algorithm] = match &jwk.algorithm {
            AlgorithmParameters::EllipticCurve(key) => match key.curve {
                EllipticCurve::P256 => &[Algorithm::ES256],
                EllipticCurve::P384 => &[Algorithm::ES384],
                _ => return None,
            },
            AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
                &[Algorithm::EdDSA]
            }
            AlgorithmParameters::RSA(_) => &[
                Algorithm::RS256,
                Algorithm::RS384,
                Algorithm::RS512,
                Algorithm::PS256,
                Algorithm::PS384,
                Algorithm::PS512,
            ],
            _ => return None,
        };
        let algorithms = match common.key_algorithm {
            Some(named) => vec![Algorithm::try_from(named).ok().filter(|named| fitting.contains(named))?],
            None => fitting.to_vec(),
        };
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        signs.then_some((kid, Self { key, algorithms }))
    }

    /// What the token says, if this key has signed it and it says what is expected.
    pub(super) fn verify(&self, token: &str, head: &Head, expected: Expected<'_>) -> Result<Claims, Fault> {
        crypto::provide();
        if !self.algorithms.contains(&head.algorithm) {
            return Err(Fault::Algorithm);
        }
        let mut rules = Validation::new(head.algorithm);
        rules.leeway = EXPIRY_LEEWAY;
        rules.validate_nbf = true;
        // Judged below: the library lets an audience pass that it cannot read.
        rules.validate_aud = false;
        rules.set_required_spec_claims(&["exp", "sub"]);
        let claims: Claims = decode(token, &self.key, &rules).map_err(|error| fault_of(error.kind()))?.claims;
        claims.check(expected)?;
        Ok(claims)
    }
}

fn fault_of(kind: &ErrorKind) -> Fault {
    match kind {
        ErrorKind::ExpiredSignature => Fault::Expired,
        ErrorKind::ImmatureSignature => Fault::TooEarly,
        ErrorKind::MissingRequiredClaim(_) | ErrorKind::InvalidClaimFormat(_) | ErrorKind::Json(_) => {
            Fault::Claims
        }
        _ => Fault::Signature,
    }
}

/// The public keys that a server publishes, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct KeySet(HashMap<String, PublicKey>);

impl KeySet {
    /// Reads `{"keys": […]}`. Keys that cannot be used are left out; what has no such list is no set.
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Published {
            keys: Vec<Value>,
        }
        let published: Published = serde_json::from_slice(text).ok()?;
        let mut keys = HashMap::new();
        for (kid, key) in published.keys.into_iter().take(MAX_KEYS).filter_map(PublicKey::read) {
            keys.entry(kid).or_insert(key);
        }
        Some(Self(keys))
    }

    /// The key of this name.
    pub(super) fn get(&self, kid: &str) -> Option<&PublicKey> {
        self.0.get(kid)
    }
}

/// Seconds since 1970 UTC.
pub(super) fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
