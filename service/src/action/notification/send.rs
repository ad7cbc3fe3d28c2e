//! `notification:send`: a message to people, through Backstage's notifications.
//!
//! It goes as the service that `backstage.token` stands for, as upstream sends it as a service. Nobody but its
//! reader can look at a notification, so one is begun once. With a `scope` Backstage takes a second one for the
//! same, and it may be sent again after a kill. A message is not worth a task: where it is not known whether it
//! was sent, the task goes on with a warning.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::action::backstage::{configured, missing};
use crate::action::{Action, ActionContext, ActionError, Capabilities, Definition, Example, Kind, schema};
use crate::backstage::{ApiPath, Backstage, Credentials, Request};

const ID: &str = "notification:send";
const SHOWN: &str = "the notification";
const TIMEOUT: Duration = Duration::from_secs(60);

/// The action `notification:send`.
#[derive(Debug)]
pub(crate) struct Send;

/// What it takes.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    recipients: String,
    entity_refs: Option<Vec<String>>,
    title: String,
    info: Option<String>,
    link: Option<String>,
    severity: Option<String>,
    scope: Option<String>,
    topic: Option<String>,
    optional: Option<bool>,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Tell the owners that their service is there",
        example: "\
steps:
  - id: tell
    name: Tell the owners
    action: notification:send
    input:
      recipients: entity
      entityRefs:
        - ${{ parameters.owner }}
      title: ${{ parameters.name }} is ready
      info: Its repository is at ${{ steps.publish.output.remoteUrl }}.
      link: ${{ steps.publish.output.remoteUrl }}
      severity: normal
      scope: created/${{ parameters.name }}
",
    },
    Example {
        description: "Tell everybody, and go on if that fails",
        example: "\
steps:
  - id: tell
    name: Tell everybody
    action: notification:send
    input:
      recipients: broadcast
      title: A new service is there
      optional: true
",
    },
];

impl Action for Send {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: ID.into(),
            description: "Sends a notification through Backstage to users, groups or everybody.".into(),
            kind: Kind::Effect,
            input: schema::closed(
                json!({
                    "recipients": schema::word(&["broadcast", "entity"], "Everybody, or the entities in `entityRefs`."),
                    "entityRefs": schema::texts("References of users, groups, or entities with an owner; needed with `entity`."),
                    "title": schema::text("Title."),
                    "info": schema::text("Text below the title."),
                    "link": schema::text("Address that the notification leads to."),
                    "severity": schema::word(&["low", "normal", "high", "critical"], "How urgent it is. Default: `normal`."),
                    "scope": schema::text("A later notification of the same scope takes the place of this one."),
                    "topic": schema::text("What it is about, for those who filter their notifications."),
                    "optional": schema::flag("Go on with a warning when it cannot be sent. Default: false."),
                }),
                &["recipients", "title"],
            ),
            output: None,
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    fn unusable(&self, capabilities: &Capabilities) -> Option<String> {
        capabilities.backstage.is_none().then(|| missing(ID))
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let optional = input.optional.unwrap_or(false);
        match send(ctx, &input).await {
            Err(error @ (ActionError::Cancelled | ActionError::Journal(_))) => Err(error),
            Err(error) if optional => {
                // What Backstage said may repeat what it was sent.
                let why =
                    if ctx.input.contains_secret() { error.name().to_owned() } else { error.to_string() };
                ctx.warn(format!("No notification was sent: {why}")).await
            }
            ended => ended,
        }
    }
}

async fn send(ctx: &mut ActionContext<'_>, input: &Input) -> Result<(), ActionError> {
    let body = input.body()?;
    let backstage = configured(ctx.capabilities, ID)?;
    let whom = match input.recipients.as_str() {
        "broadcast" => "everybody".to_owned(),
        _ => crate::action::phrase::count(input.entity_refs.as_ref().map_or(0, Vec::len), "recipient"),
    };
    ctx.log(format!("Sending a notification to {whom}")).await?;
    let sent = deliver(backstage, &body);
    let ended = match &input.scope {
        Some(_) => Some(ctx.effect("send", sent).await?),
        None => ctx.effect_unseen("send", sent).await?,
    };
    if ended.is_none() {
        ctx.warn(
            "The worker was stopped while the notification was sent: whether it arrived is not known, and it is not \
             sent again",
        )
        .await?;
    }
    Ok(())
}

async fn deliver(backstage: &Backstage, body: &Value) -> Result<(), ActionError> {
    let json_type = |name: &str| (name.to_owned(), "application/json".to_owned());
    let request = Request {
        method: "POST".to_owned(),
        path: ApiPath::parse("notifications")?,
        query: Vec::new(),
        headers: vec![json_type("content-type"), json_type("accept")],
        body: Some(body.to_string().into_bytes()),
        credentials: Credentials::Service,
        timeout: TIMEOUT,
        shown: SHOWN.to_owned(),
    };
    let answer = backstage.send(&request).await?;
    if answer.is_ok() { Ok(()) } else { Err(answer.refusal(SHOWN).into()) }
}

impl Input {
    /// What Backstage's notifications take.
    fn body(&self) -> Result<Value, ActionError> {
        let recipients = match (self.recipients.as_str(), &self.entity_refs) {
            ("broadcast", _) => json!({ "type": "broadcast" }),
            (_, Some(refs)) => json!({ "type": "entity", "entityRef": refs }),
            (_, None) => {
                return Err(ActionError::Input(
                    "`recipients: entity` needs `entityRefs`: say whom to tell, for example `group:default/platform`"
                        .to_owned(),
                ));
            }
        };
        let members = [
            ("title", Some(&self.title)),
            ("description", self.info.as_ref()),
            ("link", self.link.as_ref()),
            ("severity", self.severity.as_ref()),
            ("topic", self.topic.as_ref()),
            ("scope", self.scope.as_ref()),
        ];
        let payload: Map<String, Value> = members
            .into_iter()
            .filter_map(|(name, text)| Some((name.to_owned(), text?.clone().into())))
            .collect();
        Ok(json!({ "recipients": recipients, "payload": payload }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_given_is_not_sent() {
        let input =
            Input { recipients: "broadcast".to_owned(), title: "Hello".to_owned(), ..Input::default() };

        assert_eq!(
            input.body().unwrap(),
            json!({ "recipients": { "type": "broadcast" }, "payload": { "title": "Hello" } })
        );
    }

    #[test]
    fn entities_have_to_be_named() {
        let input = Input { recipients: "entity".to_owned(), ..Input::default() };

        assert!(matches!(input.body(), Err(ActionError::Input(_))));
        let named = Input { entity_refs: Some(vec!["user:default/jane".to_owned()]), ..input };
        assert_eq!(
            named.body().unwrap()["recipients"],
            json!({ "type": "entity", "entityRef": ["user:default/jane"] })
        );
    }
}
