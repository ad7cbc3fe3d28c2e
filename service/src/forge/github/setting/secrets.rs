//! Secrets of a repository's workflows, of Dependabot, of an environment. Others than those that are wanted stay.
//!
//! A value leaves as a box that only GitHub opens, and GitHub never gives it back. Whether a secret is as wanted is
//! known by a keyed digest of what was last written and by the time GitHub says it was last changed: both have to
//! agree, else it is written again. The invariant: no value is in a change, an error, or the database.

mod store;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crypto_box::PublicKey;
use crypto_box::aead::OsRng;
use serde_json::{Value, json};

use super::plan::{Act, At, Plan, refused, text};
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;
use crate::forge::github::route::Route;
use crate::forge::{Change, checked};
use crate::secret::Secret;

pub(super) use store::Known;

/// Whose secrets they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Workflows.
    Actions,
    /// Dependabot.
    Dependabot,
    /// Workflows that deploy to this environment.
    Environment(String),
    /// Webhooks, by their addresses. GitHub keeps these with the webhook.
    Webhook,
}

impl Scope {
    /// The name under which it is remembered.
    fn key(&self) -> String {
        match self {
            Self::Actions => "actions".to_owned(),
            Self::Dependabot => "dependabot".to_owned(),
            Self::Environment(name) => format!("environment/{}", name.to_lowercase()),
            Self::Webhook => "webhook".to_owned(),
        }
    }

    fn route(&self, at: &At<'_>) -> Result<Route, Failure> {
        match self {
            Self::Actions => at.route("actions/secrets"),
            Self::Dependabot => at.route("dependabot/secrets"),
            Self::Environment(name) => {
                Ok(at.route("environments")?.name(name).map_err(refused)?.then("secrets"))
            }
            Self::Webhook => at.route("hooks"),
        }
    }

    fn what(&self, name: &str) -> String {
        match self {
            Self::Dependabot => format!("secret `{name}` of Dependabot"),
            Self::Environment(environment) => format!("secret `{name}` of the environment `{environment}`"),
            Self::Actions | Self::Webhook => format!("secret `{name}`"),
        }
    }
}

/// What differs.
pub(super) async fn look(
    at: &At<'_>,
    scope: Scope,
    wanted: &BTreeMap<String, Secret>,
) -> Result<Plan, Failure> {
    if wanted.is_empty() {
        return Ok(Plan::default());
    }
    let found = at.list(scope.route(at)?, Some("secrets")).await?;
    plan(at, scope, wanted, &found).await
}

/// What is to be done where `found` is there.
pub(super) async fn plan(
    at: &At<'_>,
    scope: Scope,
    wanted: &BTreeMap<String, Secret>,
    found: &[Value],
) -> Result<Plan, Failure> {
    let mut plan = Plan::default();
    let mut values = BTreeMap::new();
    let known = if found.is_empty() { None } else { Some(Known::of(at, scope.clone()).await?) };
    for (name, value) in checked::by_name("secret", wanted).map_err(refused)? {
        let current = updated_at(found, &name);
        let is_known = |at: &str| known.as_ref().is_some_and(|known| known.is(&name, value, at));
        match current {
            Some(updated_at) if is_known(updated_at) => continue,
            Some(_) => plan.differs(Change::write(scope.what(&name))),
            None => plan.differs(Change::add(scope.what(&name), None)),
        }
        values.insert(name, value.clone());
    }
    if !values.is_empty() {
        plan.act(Act::Secrets(Writes { scope, values }));
    }
    Ok(plan)
}

fn updated_at<'v>(found: &'v [Value], name: &str) -> Option<&'v str> {
    let found = found.iter().find(|item| text(item, "name").eq_ignore_ascii_case(name));
    found.map(|item| text(item, "updated_at"))
}

/// Secrets that are to be written.
#[derive(Debug)]
pub(super) struct Writes {
    scope: Scope,
    values: BTreeMap<String, Secret>,
}

impl Writes {
    /// Writes them under one public key, and remembers those that were.
    pub(super) async fn carry_out(self, at: &At<'_>) -> Result<(), Failure> {
        let route = self.scope.route(at)?;
        let key = at.get(route.clone().then("public-key")).await?;
        let (mut written, mut failure) = (Vec::new(), None);
        for (name, value) in &self.values {
            let body = json!({
                "encrypted_value": boxed(text(&key, "key"), value)?,
                "key_id": text(&key, "key_id"),
            });
            let one = route.clone().name(name).map_err(refused)?;
            match at.send(Ask::put(one, Some(body))).await {
                Ok(()) => written.push((name, value)),
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        let remembered = if written.is_empty() { Ok(()) } else { self.remember(at, route, &written).await };
        failure.map_or(remembered, Err)
    }

    /// What was written is known again, also where a later one failed: it need not be written twice.
    async fn remember(
        &self,
        at: &At<'_>,
        route: Route,
        written: &[(&String, &Secret)],
    ) -> Result<(), Failure> {
        let found = at.list(route, Some("secrets")).await?;
        let known = Known::of(at, self.scope.clone()).await?;
        for (name, value) in written {
            if let Some(updated_at) = updated_at(&found, name) {
                known.remember(name, value, updated_at).await?;
            }
        }
        Ok(())
    }
}

/// The value in a box that only the owner of `key` opens.
fn boxed(key: &str, value: &Secret) -> Result<String, Failure> {
    let bad = || Failure::Unknown("GitHub's answer holds no public key".to_owned());
    let bytes = STANDARD.decode(key).map_err(|_| bad())?;
    let key = PublicKey::from_slice(&bytes).map_err(|_| bad())?;
    let sealed = key
        .seal(&mut OsRng, value.expose().as_bytes())
        .map_err(|_| Failure::Invalid("a secret cannot be sealed".to_owned()))?;
    Ok(STANDARD.encode(sealed))
}

#[cfg(test)]
mod tests {
    use crypto_box::SecretKey;

    use super::*;

    #[test]
    fn a_box_opens_with_the_key_of_whom_it_is_for() {
        let key = SecretKey::generate(&mut OsRng);
        let public = STANDARD.encode(key.public_key().as_bytes());

        let sealed = boxed(&public, &Secret::new("hunter2")).unwrap();

        assert_eq!(key.unseal(&STANDARD.decode(&sealed).unwrap()).unwrap(), b"hunter2");
        assert_ne!(sealed, boxed(&public, &Secret::new("hunter2")).unwrap());
    }

    #[test]
    fn what_is_no_key_is_no_answer() {
        for bad in ["", "!", "AAAA"] {
            assert!(matches!(boxed(bad, &Secret::new("x")), Err(Failure::Unknown(_))), "{bad}");
        }
    }
}
