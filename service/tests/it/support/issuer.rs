//! [`Issuer`]: whoever signs tokens, with a key of his own, as Backstage's `auth` plugin and its other plugins do.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};
use serde_json::{Value, json};

/// A key pair under a name.
pub(crate) struct Issuer {
    pub(crate) kid: String,
    pair: EcdsaKeyPair,
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(elapsed.as_secs()).unwrap()
}

/// A part of a token.
pub(crate) fn part(value: &Value) -> String {
    BASE64.encode(value.to_string())
}

impl Issuer {
    /// With a fresh key.
    pub(crate) fn new(kid: &str) -> Self {
        let (scheme, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(scheme, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(scheme, pkcs8.as_ref(), &random).unwrap();
        Self { kid: kid.to_owned(), pair }
    }

    /// The public half, as Backstage publishes it.
    pub(crate) fn public(&self) -> Value {
        let (x, y) = self.pair.public_key().as_ref()[1..].split_at(32);
        json!({ "kty": "EC", "crv": "P-256", "x": BASE64.encode(x), "y": BASE64.encode(y), "kid": self.kid, "alg": "ES256" })
    }

    /// The bytes of the public half.
    pub(crate) fn public_bytes(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// The signature of a header and a payload that are encoded already.
    pub(crate) fn signature(&self, message: &str) -> String {
        BASE64.encode(self.pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap())
    }

    /// Whether it has signed this token.
    pub(crate) fn has_signed(&self, token: &str) -> bool {
        is_signed(token, self.public_bytes())
    }

    /// A token of exactly this header and payload.
    pub(crate) fn sign(&self, header: &Value, payload: &Value) -> String {
        let message = format!("{}.{}", part(header), part(payload));
        let signature = self.signature(&message);
        format!("{message}.{signature}")
    }

    /// A header as Backstage writes it.
    pub(crate) fn header(&self, typ: &str) -> Value {
        json!({ "typ": typ, "alg": "ES256", "kid": self.kid })
    }

    /// What a user's token says that is good for an hour.
    pub(crate) fn user_claims(&self, user: &str) -> Value {
        let (iat, exp) = (now(), now() + 3_600);
        let limited = self.limited(user, iat, exp);
        let proof = limited.rsplit('.').next().unwrap();
        json!({
            "iss": "http://localhost:7007/api/auth", "sub": user, "ent": [user], "aud": "backstage",
            "iat": iat, "exp": exp, "uip": proof,
        })
    }

    /// The token of a user who has signed in.
    pub(crate) fn user(&self, user: &str) -> String {
        self.sign(&self.header("vnd.backstage.user"), &self.user_claims(user))
    }

    /// The limited form of a user's token.
    pub(crate) fn limited(&self, user: &str, iat: i64, exp: i64) -> String {
        let payload = json!({ "sub": user, "iat": iat, "exp": exp });
        self.sign(&self.header("vnd.backstage.limited-user"), &payload)
    }

    /// What a plugin's token says that is good for an hour.
    pub(crate) fn plugin_claims(&self, plugin: &str) -> Value {
        json!({ "sub": plugin, "aud": "stagecraft", "iat": now(), "exp": now() + 3_600 })
    }

    /// The token of a plugin, for itself.
    pub(crate) fn plugin(&self, plugin: &str) -> String {
        self.sign(&self.header("vnd.backstage.plugin"), &self.plugin_claims(plugin))
    }

    /// The token of a plugin that acts for whomever this token stands for.
    pub(crate) fn plugin_for(&self, plugin: &str, user: &str) -> String {
        let mut claims = self.plugin_claims(plugin);
        claims["obo"] = json!(user);
        self.sign(&self.header("vnd.backstage.plugin"), &claims)
    }
}

/// Header and payload of a token.
pub(crate) fn read(token: &str) -> Option<(Value, Value)> {
    let mut parts = token.split('.').map(|part| serde_json::from_slice(&BASE64.decode(part).ok()?).ok());
    Some((parts.next()??, parts.next()??))
}

/// Whether the private half of this public key has signed the token.
pub(crate) fn is_signed_with(token: &str, key: &Value) -> bool {
    let number = |name: &str| BASE64.decode(key[name].as_str().unwrap()).unwrap();
    let point = [vec![4], number("x"), number("y")].concat();
    is_signed(token, &point)
}

fn is_signed(token: &str, point: &[u8]) -> bool {
    let Some((message, signature)) = token.rsplit_once('.') else { return false };
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
    BASE64.decode(signature).is_ok_and(|signature| key.verify(message.as_bytes(), &signature).is_ok())
}

/// Bytes as tokens hold them.
pub(crate) fn encoded(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}
