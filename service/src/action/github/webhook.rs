//! `github:webhook`: where a repository tells what happens in it.

use serde::Deserialize;
use serde_json::json;

use super::applying::apply;
use crate::action::target::Target;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::forge::{Setting, Webhook};
use crate::secret::Secret;

/// The action `github:webhook`.
#[derive(Debug)]
pub(crate) struct CreateWebhook;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    webhook_url: String,
    webhook_secret: Option<Secret>,
    events: Option<Vec<String>>,
    active: Option<bool>,
    content_type: Option<String>,
    insecure_ssl: Option<bool>,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Tell a service about pushes",
        example: "\
steps:
  - id: webhook
    name: Tell the builder about pushes
    action: github:webhook
    input:
      repoUrl: github.com?owner=acme&repo=demo
      webhookUrl: https://builder.acme.io/hooks
",
    },
    Example {
        description: "Tell a service about everything, signed, as JSON",
        example: "\
steps:
  - id: webhook
    name: Tell the builder about everything
    action: github:webhook
    input:
      repoUrl: github.com?owner=acme&repo=demo
      webhookUrl: https://builder.acme.io/hooks
      webhookSecret: ${{ secrets.HOOK_SECRET }}
      contentType: json
      events:
        - '*'
",
    },
];

impl Action for CreateWebhook {
    type Input = Input;

    fn definition(&self) -> Definition {
        let event = json!({ "type": "string", "pattern": "^(\\*|[a-z_]+)$" });
        let own = json!({
            "webhookUrl": schema::text("Where deliveries go."),
            "webhookSecret": schema::text("What deliveries are signed with."),
            "events": {
                "type": "array", "items": event, "default": ["push"],
                "description": "Names of GitHub's events, or `*` for all."
            },
            "active": schema::flag_or(true, "Whether deliveries are sent."),
            "contentType": {
                "type": "string", "enum": ["form", "json"], "default": "form", "description": "Form of the deliveries."
            },
            "insecureSsl": schema::flag_or(false, "Send although the certificate cannot be checked."),
        });
        Definition {
            id: "github:webhook".into(),
            description:
                "Sets up a webhook of a repository; one with the same URL is brought to what is wanted."
                    .into(),
            kind: Kind::Effect,
            input: super::input(own, &["webhookUrl"]),
            output: None,
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let target = Target::find(ctx, &input.repo_url, input.token).await?;
        let events = input.events.filter(|events| !events.is_empty());
        let webhook = Webhook {
            url: input.webhook_url,
            secret: input.webhook_secret.filter(|secret| !secret.expose().is_empty()),
            events: events.unwrap_or_else(|| vec!["push".to_owned()]),
            active: input.active.unwrap_or(true),
            content_type: input.content_type.unwrap_or_else(|| "form".to_owned()),
            insecure_ssl: input.insecure_ssl.unwrap_or(false),
        };
        if ctx.run.dry_run {
            let url = ctx.shown("webhookUrl", "the given address");
            return ctx.log(format!("A dry run sets up no webhook for {url}")).await;
        }
        apply(ctx, &target, "webhook", "the webhook", &Setting::Webhook(webhook)).await?;
        Ok(())
    }
}
