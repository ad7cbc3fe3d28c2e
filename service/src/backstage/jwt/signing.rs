//! Tokens that this service makes: under a key of its own, and users' tokens in the form in which they are passed on.
//!
//! It keeps no key and decides nothing about who may have a token. The invariant: what it signs is a plugin's token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::{Algorithm, EncodingKey, Header, dangerous, encode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Fault, Head, LIMITED_USER, PLUGIN, USER};
use crate::crypto;

/// The private half of a key pair.
#[derive(Clone)]
pub(in crate::backstage) struct SigningKey {
    kid: String,
    key: EncodingKey,
}

/// A fresh key pair.
pub(in crate::backstage) struct NewKey {
    /// The public half, a JSON Web Key.
    pub(in crate::backstage) public: Value,
    /// The private half, PKCS #8.
    pub(in crate::backstage) private: Vec<u8>,
}

impl NewKey {
    /// Makes one under this name; `None` if the system's random numbers fail.
    pub(in crate::backstage) fn generate(kid: &str) -> Option<Self> {
        let (private, point) = crypto::generate()?;
        // A point that is not compressed: a mark, and two numbers of equal length.
        let (x, y) = point.get(1..).and_then(|numbers| numbers.split_at_checked(numbers.len() / 2))?;
        let public = json!({
            "kty": "EC", "crv": "P-256", "x": BASE64.encode(x), "y": BASE64.encode(y),
            "kid": kid, "alg": "ES256", "use": "sig",
        });
        Some(Self { public, private })
    }
}

/// What a plugin's token says.
#[derive(Debug, Serialize)]
pub(in crate::backstage) struct PluginClaims<'a> {
    /// Who asks.
    pub(in crate::backstage) sub: &'a str,
    /// Who is asked.
    pub(in crate::backstage) aud: &'a str,
    /// When it was made, seconds since 1970 UTC.
    pub(in crate::backstage) iat: i64,
    /// When it runs out, seconds since 1970 UTC.
    pub(in crate::backstage) exp: i64,
    /// The limited token of the user for whom it is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::backstage) obo: Option<&'a str>,
}

impl SigningKey {
    /// The key of this name; `private` is what [`NewKey`] made.
    pub(in crate::backstage) fn new(kid: &str, private: &[u8]) -> Self {
        Self { kid: kid.to_owned(), key: EncodingKey::from_ec_der(private) }
    }

    /// A plugin's token.
    pub(in crate::backstage) fn sign(&self, claims: &PluginClaims<'_>) -> Result<String, Fault> {
        crypto::provide();
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(PLUGIN.to_owned());
        header.kid = Some(self.kid.clone());
        encode(&header, claims, &self.key).map_err(|_| Fault::Signature)
    }
}

/// The limited form of a user's token, as Backstage makes it: a header and a payload with the needful alone, under a
/// signature that Backstage has put into the token for this. A token of the older form has none and is its own.
pub(in crate::backstage) fn limited_form(token: &str) -> Result<String, Fault> {
    #[derive(Deserialize)]
    struct Proven {
        sub: String,
        iat: i64,
        exp: i64,
        uip: Option<String>,
    }
    let head = Head::read(token)?;
    match head.typ.as_deref() {
        None | Some(LIMITED_USER) => return Ok(token.to_owned()),
        Some(USER) => {}
        Some(_) => return Err(Fault::Header),
    }
    let Proven { sub, iat, exp, uip } =
        dangerous::insecure_decode_claims(token).map_err(|_| Fault::Claims)?;
    let proof = uip.ok_or(Fault::Claims)?;
    // The signature is about these very bytes, so members stand in Backstage's order.
    let header = json!({ "typ": LIMITED_USER, "alg": head.algorithm, "kid": head.kid });
    let payload = json!({ "sub": sub, "iat": iat, "exp": exp });
    Ok(format!("{}.{}.{proof}", BASE64.encode(header.to_string()), BASE64.encode(payload.to_string())))
}
