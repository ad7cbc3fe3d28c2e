//! What GitHub asks of an App's JWT: RS256, by the App's key, not from the future, for ten minutes at most.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::{Identity, keys};
use crate::call::Answer;
use crate::errors;
use crate::state::State;

/// The longest life of a JWT, in seconds.
const LONGEST: u64 = 600;

/// Whether it is meant to be a JWT.
pub(crate) fn looks_like_one(value: &str) -> bool {
    value.starts_with("ey") && value.matches('.').count() == 2
}

/// The App that a JWT is of.
pub(crate) fn verify(state: &State, value: &str) -> Result<Identity, Answer> {
    let undecodable = || errors::error(401, "A JSON web token could not be decoded");
    let (message, signature) = value.rsplit_once('.').ok_or_else(undecodable)?;
    let (header, payload) = message.split_once('.').ok_or_else(undecodable)?;
    let header = part(header).ok_or_else(undecodable)?;
    let payload = part(payload).ok_or_else(undecodable)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| undecodable())?;
    if header["alg"] != "RS256" {
        return Err(undecodable());
    }
    times(state.now / 1000, &payload)?;
    let issuer = match &payload["iss"] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return Err(errors::error(401, "Missing 'issuer' claim ('iss')")),
    };
    let app = state.apps.iter().find(|app| app.id.to_string() == issuer || app.client_id == issuer);
    let app = app.ok_or_else(|| errors::error(404, "Integration not found"))?;
    if !keys::has_signed(app.key, message.as_bytes(), &signature) {
        return Err(undecodable());
    }
    Ok(Identity::App(app.id))
}

fn part(encoded: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()
}

fn times(now: u64, payload: &Value) -> Result<(), Answer> {
    let refuse = |message| Err(errors::error(401, message));
    let Some(issued) = payload["iat"].as_u64().filter(|issued| *issued <= now) else {
        return refuse(
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
        );
    };
    let Some(ends) = payload["exp"].as_u64().filter(|ends| *ends > now) else {
        return refuse(
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the \
             assertion expires",
        );
    };
    if ends > now + LONGEST || ends.saturating_sub(issued) > 2 * LONGEST {
        return refuse("'Expiration time' claim ('exp') is too far in the future");
    }
    Ok(())
}
