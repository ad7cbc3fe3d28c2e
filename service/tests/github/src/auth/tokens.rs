//! Making tokens: of installations, in the long form of 2026 or the short one before it, and of users.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::keys;
use crate::clock::Millis;
use crate::state::State;
use crate::state::app::{Holder, Permissions, Token};

/// How long an installation token lives.
const LIFE: Millis = 3_600_000;

/// Makes a token of an installation; gives its value.
pub(crate) fn mint(
    state: &mut State,
    installation: u64,
    repositories: Option<BTreeSet<u64>>,
    permissions: Permissions,
) -> String {
    let app = state.installation(installation).map_or(0, |installation| installation.app);
    let number = state.next_id();
    let value = if state.setup.long_tokens {
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let header = part(json!({ "alg": "RS256", "kid": "double", "typ": "JWT" }));
        let (issued, ends) = (state.now / 1000, (state.now + LIFE) / 1000);
        let payload = part(json!({
            "iss": app.to_string(),
            "sub": installation.to_string(),
            "iat": issued,
            "exp": ends,
            "jti": number.to_string(),
        }));
        let message = format!("{header}.{payload}");
        let signature = URL_SAFE_NO_PAD.encode(keys::sign(2, message.as_bytes()));
        format!("ghs_{app}_{message}.{signature}")
    } else {
        format!("ghs_{}", letters(number))
    };
    let holder = Holder::Installation { id: installation, repositories, permissions };
    let (created, ends) = (state.now, Some(state.now + LIFE));
    state.tokens.insert(value.clone(), Token { holder, created, ends });
    value
}

/// Makes a token of a user that does not end; gives its value.
pub(crate) fn of_user(state: &mut State, login: &str, scopes: BTreeSet<String>) -> String {
    let value = format!("ghp_{}", letters(state.next_id()));
    let holder = Holder::User { login: login.to_owned(), scopes };
    state.tokens.insert(value.clone(), Token { holder, created: state.now, ends: None });
    value
}

/// 36 letters and digits that look like chance and are not: the same number gives the same ones.
fn letters(number: u64) -> String {
    const LETTERS: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut seed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        let index = usize::try_from(seed % 62).unwrap_or_default();
        char::from(LETTERS.get(index).copied().unwrap_or(b'0'))
    };
    (0..36).map(|_| next()).collect()
}
