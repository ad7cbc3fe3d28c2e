//! What GitHub tells of itself: addresses and limits.

use serde_json::json;

use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::router::{Route, route};
use crate::setup::Variant;
use crate::state::State;

pub(crate) const ROUTES: &[Route] = &[
    route("GET", "/meta", "meta/get", Needs::Nothing, meta),
    route("GET", "/rate_limit", "rate-limit/get", Needs::Nothing, rate_limit),
];

fn meta(state: &mut State, _call: &Call) -> Result<Answer, Answer> {
    if state.setup.variant == Variant::Server {
        let body = json!({ "verifiable_password_authentication": true, "installed_version": "3.19.0" });
        return Ok(Answer::ok(body));
    }
    let local = ["127.0.0.1/32", "::1/128"];
    Ok(Answer::ok(json!({
        "verifiable_password_authentication": false,
        "hooks": local,
        "web": local,
        "api": local,
        "git": local,
    })))
}

/// The layers put the figures in: a handler does not know what was counted.
fn rate_limit(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let figure = |name: &str| call.headers.get(name).and_then(|text| text.parse::<u64>().ok());
    if state.setup.variant == Variant::Server {
        return Err(crate::errors::error(404, "Rate limiting is not enabled."));
    }
    let (limit, used) = (figure("double-limit").unwrap_or(0), figure("double-used").unwrap_or(0));
    let core = json!({
        "limit": limit,
        "used": used,
        "remaining": limit.saturating_sub(used),
        "reset": figure("double-reset").unwrap_or(0),
    });
    let resources = json!({ "core": core, "search": core, "graphql": core });
    Ok(Answer::ok(json!({ "resources": resources, "rate": core })))
}
