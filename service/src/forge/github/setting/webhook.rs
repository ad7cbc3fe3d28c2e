//! Webhooks, told apart by the address that deliveries go to.
//!
//! GitHub does not give the secret back: whether it is the wanted one is known by what was written last. Where none is
//! wanted, the one that is there stays.

use serde_json::{Map, Value, json};

use super::plan::{Act, At, Plan, flag, id, text};
use super::secrets::{Known, Scope};
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;
use crate::forge::{Change, Webhook};
use crate::secret::Secret;

/// A request after which the secret is known again by another time.
#[derive(Debug)]
pub(super) struct Signed {
    ask: Ask,
    url: String,
    secret: Secret,
}

impl Signed {
    /// Sends it and remembers what was written.
    pub(super) async fn carry_out(self, at: &At<'_>) -> Result<(), Failure> {
        at.send(self.ask).await?;
        let found = find(at, &self.url).await?;
        let updated = found.as_ref().map(|hook| text(hook, "updated_at")).unwrap_or_default();
        Known::of(at, Scope::Webhook).await?.remember(&self.url, &self.secret, updated).await
    }
}

/// What differs.
pub(super) async fn look(at: &At<'_>, wanted: &Webhook) -> Result<Plan, Failure> {
    check_address(&wanted.url)?;
    let what = format!("webhook `{}`", shown_address(&wanted.url));
    let Some(found) = find(at, &wanted.url).await? else {
        let mut config = config(wanted);
        sign(&mut config, wanted);
        let body =
            json!({ "name": "web", "active": wanted.active, "events": wanted.events, "config": config });
        let mut plan = Plan::default();
        plan.differs(Change::add(what, Some(wanted.events.join(", "))));
        plan.act(act(Ask::post(at.route("hooks")?, body), wanted));
        return Ok(plan);
    };
    let mut plan = Plan::default();
    let route = at.route("hooks")?.number(id(&found));
    let of_it = |part: &str| format!("{part} of the {what}");
    let mut body = Map::new();
    let events = events(&found);
    if sorted(&events) != sorted(&wanted.events) {
        let change =
            Change::replace(of_it("events"), Some(events.join(", ")), Some(wanted.events.join(", ")));
        plan.differs(change);
        body.insert("events".to_owned(), json!(wanted.events));
    }
    let active = flag(&found, "active");
    if active != wanted.active {
        let change = Change::replace(of_it("state"), Some(on(active)), Some(on(wanted.active)));
        plan.differs(change);
        body.insert("active".to_owned(), wanted.active.into());
    }
    let changes = configuration(at, wanted, &found, &of_it).await?;
    if !body.is_empty() {
        let ask = Ask::patch(route.clone(), Value::Object(body));
        // The time by which the secret is known moves: it is remembered anew, or written below.
        plan.act(if changes.is_empty() { act(ask, wanted) } else { Act::Ask(ask) });
    }
    if !changes.is_empty() {
        let mut config = config(wanted);
        sign(&mut config, wanted);
        plan.act(act(Ask::patch(route.then("config"), Value::Object(config)), wanted));
    }
    for change in changes {
        plan.differs(change);
    }
    Ok(plan)
}

async fn configuration(
    at: &At<'_>,
    wanted: &Webhook,
    found: &Value,
    of_it: &(dyn Fn(&str) -> String + Sync),
) -> Result<Vec<Change>, Failure> {
    let none = Value::Null;
    let current = found.get("config").unwrap_or(&none);
    let mut changes = Vec::new();
    let content_type = Some(text(current, "content_type")).filter(|it| !it.is_empty()).unwrap_or("form");
    if content_type != wanted.content_type {
        let (before, after) = (Some(content_type.to_owned()), Some(wanted.content_type.clone()));
        changes.push(Change::replace(of_it("type of content"), before, after));
    }
    let unchecked = match current.get("insecure_ssl") {
        Some(Value::String(text)) => text == "1",
        Some(Value::Number(number)) => number.as_u64() == Some(1),
        _ => false,
    };
    if unchecked != wanted.insecure_ssl {
        let (before, after) = (Some(on(!unchecked)), Some(on(!wanted.insecure_ssl)));
        changes.push(Change::replace(of_it("check of certificates"), before, after));
    }
    if let Some(secret) = &wanted.secret {
        let known = Known::of(at, Scope::Webhook).await?;
        if !known.is(&wanted.url, secret, text(found, "updated_at")) {
            changes.push(Change::write(of_it("secret")));
        }
    }
    Ok(changes)
}

/// An address as RFC 3986 has it: one that only browsers understand is told in the form that all do.
fn check_address(url: &str) -> Result<(), Failure> {
    let shown = || shown_address(url).escape_debug().to_string();
    let Ok(parsed) = reqwest::Url::parse(url) else {
        return Err(Failure::Invalid(format!("`{}` is no address for a webhook", shown())));
    };
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
    if url.bytes().all(is_plain) {
        return Ok(());
    }
    Err(Failure::Invalid(format!(
        "the address `{}` of the webhook has characters that addresses do not have; write `{}`",
        shown(),
        shown_address(parsed.as_str())
    )))
}

async fn find(at: &At<'_>, url: &str) -> Result<Option<Value>, Failure> {
    let hooks = at.list(at.route("hooks")?, None).await?;
    Ok(hooks.into_iter().find(|hook| hook.get("config").is_some_and(|config| text(config, "url") == url)))
}

fn config(wanted: &Webhook) -> Map<String, Value> {
    Map::from_iter([
        ("url".to_owned(), wanted.url.clone().into()),
        ("content_type".to_owned(), wanted.content_type.clone().into()),
        ("insecure_ssl".to_owned(), if wanted.insecure_ssl { "1" } else { "0" }.into()),
    ])
}

fn sign(config: &mut Map<String, Value>, wanted: &Webhook) {
    if let Some(secret) = &wanted.secret {
        config.insert("secret".to_owned(), secret.expose().into());
    }
}

fn act(ask: Ask, wanted: &Webhook) -> Act {
    match &wanted.secret {
        Some(secret) => Act::Webhook(Signed { ask, url: wanted.url.clone(), secret: secret.clone() }),
        None => Act::Ask(ask),
    }
}

fn events(found: &Value) -> Vec<String> {
    let events = found.get("events").and_then(Value::as_array);
    events.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn sorted(events: &[String]) -> Vec<&String> {
    let mut events: Vec<&String> = events.iter().collect();
    events.sort();
    events.dedup();
    events
}

fn on(is: bool) -> String {
    if is { "on" } else { "off" }.to_owned()
}

/// An address without what may be a secret in it.
fn shown_address(url: &str) -> &str {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    match url.split_once("://") {
        Some((_, rest)) => rest.rsplit_once('@').map_or(url, |(_, rest)| rest),
        None => url,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_without_what_may_be_secret_in_it() {
        assert_eq!(shown_address("https://ci.acme.io/hook"), "https://ci.acme.io/hook");
        assert_eq!(shown_address("https://ci.acme.io/hook?token=hunter2"), "https://ci.acme.io/hook");
        assert_eq!(shown_address("https://jane:hunter2@ci.acme.io/hook"), "ci.acme.io/hook");
    }
}
