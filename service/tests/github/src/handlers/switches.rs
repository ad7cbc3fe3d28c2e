//! What of a repository is on or off: alerts, Dependabot's fixes, immutable releases, and who watches it.

use serde_json::{Value, json};

use crate::auth::Identity;
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::clock::{Millis, written};
use crate::errors;
use crate::router::{Route, route};
use crate::state::State;
use crate::state::wiring::Wiring;

const READ: Needs = Needs::Repository(&[("administration", "read")]);
const WRITE: Needs = Needs::Repository(&[("administration", "write")]);
const WATCHING: Needs = Needs::Repository(&[("metadata", "read")]);
const ALERTS: &str = "/repos/{owner}/{repo}/vulnerability-alerts";
const FIXES: &str = "/repos/{owner}/{repo}/automated-security-fixes";
const IMMUTABLE: &str = "/repos/{owner}/{repo}/immutable-releases";
const SUBSCRIPTION: &str = "/repos/{owner}/{repo}/subscription";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", ALERTS, "repos/check-vulnerability-alerts", READ, alerts),
    route("PUT", ALERTS, "repos/enable-vulnerability-alerts", WRITE, |s, c| {
        set(s, c, |w| w.vulnerability_alerts = true)
    }),
    route("DELETE", ALERTS, "repos/disable-vulnerability-alerts", WRITE, |s, c| {
        set(s, c, |w| {
            w.vulnerability_alerts = false;
            w.automated_security_fixes = false;
        })
    }),
    route("GET", FIXES, "repos/check-automated-security-fixes", READ, fixes),
    route("PUT", FIXES, "repos/enable-automated-security-fixes", WRITE, enable_fixes),
    route("DELETE", FIXES, "repos/disable-automated-security-fixes", WRITE, |s, c| {
        set(s, c, |w| w.automated_security_fixes = false)
    }),
    route("GET", IMMUTABLE, "repos/check-immutable-releases", READ, immutable),
    route("PUT", IMMUTABLE, "repos/enable-immutable-releases", WRITE, |s, c| {
        set(s, c, |w| w.immutable_releases = true)
    }),
    route("DELETE", IMMUTABLE, "repos/disable-immutable-releases", WRITE, |s, c| {
        set(s, c, |w| w.immutable_releases = false)
    }),
    route("GET", SUBSCRIPTION, "activity/get-repo-subscription", WATCHING, subscription),
    route("PUT", SUBSCRIPTION, "activity/set-repo-subscription", WATCHING, subscribe),
    route("DELETE", SUBSCRIPTION, "activity/delete-repo-subscription", WATCHING, unsubscribe),
];

fn set(state: &mut State, call: &Call, change: fn(&mut Wiring)) -> Result<Answer, Answer> {
    change(&mut call.repository_mut(state)?.wiring);
    Ok(Answer::nothing())
}

fn alerts(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let on = call.repository(state)?.wiring.vulnerability_alerts;
    if on { Ok(Answer::nothing()) } else { Err(errors::error(404, "Vulnerability alerts are disabled.")) }
}

fn fixes(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let enabled = call.repository(state)?.wiring.automated_security_fixes;
    Ok(Answer::ok(json!({ "enabled": enabled, "paused": false })))
}

fn enable_fixes(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    if !call.repository(state)?.wiring.vulnerability_alerts {
        return Err(errors::unprocessable(
            "Vulnerability alerts must be enabled to configure automated security fixes.",
        ));
    }
    set(state, call, |wiring| wiring.automated_security_fixes = true)
}

fn immutable(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let on = call.repository(state)?.wiring.immutable_releases;
    if !on {
        return Err(errors::not_found());
    }
    Ok(Answer::ok(json!({ "enabled": true, "enforced_by_owner": false })))
}

/// Who watches: only users can.
fn watcher(call: &Call) -> Result<String, Answer> {
    match &call.who {
        Identity::User { login, .. } => Ok(login.to_lowercase()),
        _ => Err(errors::not_by_integration()),
    }
}

fn shown(state: &State, call: &Call, (subscribed, since): (bool, Millis)) -> Result<Value, Answer> {
    let url = format!("{}/repos/{}", state.bases.api, call.repository(state)?.full_name());
    Ok(json!({
        "subscribed": subscribed,
        "ignored": !subscribed,
        "reason": null,
        "created_at": written(since),
        "url": format!("{url}/subscription"),
        "repository_url": url,
    }))
}

fn subscription(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let found = call.repository(state)?.wiring.subscriptions.get(&watcher(call)?).copied();
    Ok(Answer::ok(shown(state, call, found.ok_or_else(errors::not_found)?)?))
}

fn subscribe(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let subscribed = !call.flag("ignored").unwrap_or(false);
    let set = (subscribed, state.now);
    call.repository_mut(state)?.wiring.subscriptions.insert(watcher(call)?, set);
    Ok(Answer::ok(shown(state, call, set)?))
}

fn unsubscribe(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    call.repository_mut(state)?.wiring.subscriptions.remove(&watcher(call)?);
    Ok(Answer::nothing())
}
