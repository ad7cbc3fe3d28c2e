//! `github:repository-dispatch`: an event for a repository's workflows.
//!
//! GitHub keeps no list of such events, so an interrupted one cannot be looked up: it is not sent again, and the log
//! says that nobody knows whether it arrived.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::action::target::Target;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::secret::Secret;

/// As many keys as GitHub takes in a payload.
const MAX_KEYS: usize = 10;
/// As long as GitHub lets the name of an event be.
const MAX_TYPE: usize = 100;

/// The action `github:repository-dispatch`.
#[derive(Debug)]
pub(crate) struct DispatchRepository;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    event_type: String,
    client_payload: Option<Map<String, Value>>,
}

const EXAMPLES: &[Example] = &[Example {
    description: "Tell the repository of the infrastructure about a new service",
    example: "\
steps:
  - id: announce
    name: Announce the service
    action: github:repository-dispatch
    input:
      repoUrl: github.com?owner=acme&repo=infrastructure
      eventType: service-created
      clientPayload:
        name: demo
",
}];

impl Action for DispatchRepository {
    type Input = Input;

    fn definition(&self) -> Definition {
        let own = json!({
            "eventType": schema::text("Name of the event, as workflows list it under `repository_dispatch`."),
            "clientPayload": schema::any_object("What the workflows read as `github.event.client_payload`; at most 10 keys."),
        });
        Definition {
            id: "github:repository-dispatch".into(),
            description:
                "Sends an event to the workflows of a repository that have the trigger `repository_dispatch`."
                    .into(),
            kind: Kind::Effect,
            input: super::input(own, &["eventType"]),
            output: None,
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let payload = input.client_payload.unwrap_or_default();
        check(&input.event_type, &payload)?;
        let target = Target::find(ctx, &input.repo_url, input.token).await?;
        let sent = async { Ok(target.forge.send_event(&target.slug, &input.event_type, &payload).await?) };
        if ctx.effect_unseen("event", sent).await?.is_none() {
            return ctx
                .warn(
                    "The worker was stopped while the event was sent: whether it arrived is not known, and it is not \
                     sent again",
                )
                .await;
        }
        let shown = ctx.shown("eventType", "the event");
        ctx.log(format!("Sent the event `{shown}` to `{}`", target.name())).await
    }
}

fn check(event_type: &str, payload: &Map<String, Value>) -> Result<(), ActionError> {
    if event_type.is_empty() || event_type.chars().count() > MAX_TYPE {
        return Err(ActionError::Input(format!("`eventType` needs 1 to {MAX_TYPE} characters")));
    }
    if payload.len() > MAX_KEYS {
        return Err(ActionError::Input(format!(
            "`clientPayload` has {} keys; GitHub takes at most {MAX_KEYS}: put them into an object of its own",
            payload.len()
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_github_would_refuse_is_refused_before_it_is_sent() {
        let payload = |count: usize| (0..count).map(|n| (n.to_string(), Value::Null)).collect();

        assert!(check("created", &payload(10)).is_ok());
        assert!(matches!(check("created", &payload(11)), Err(ActionError::Input(_))));
        assert!(matches!(check("", &payload(0)), Err(ActionError::Input(_))));
        assert!(matches!(check(&"x".repeat(101), &payload(0)), Err(ActionError::Input(_))));
    }
}
