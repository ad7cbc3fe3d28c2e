//! `github:autolinks:create`: a prefix that becomes a link wherever it is written.

use serde::Deserialize;
use serde_json::json;

use super::applying::apply;
use crate::action::target::Target;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::forge::{Autolink, Setting};
use crate::secret::Secret;

/// What stands for the number in the address.
const NUMBER: &str = "<num>";

/// The action `github:autolinks:create`.
#[derive(Debug)]
pub(crate) struct Autolinks;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    key_prefix: String,
    url_template: String,
    is_alphanumeric: Option<bool>,
}

const EXAMPLES: &[Example] = &[Example {
    description: "Make links of the numbers of tickets",
    example: "\
steps:
  - id: tickets
    name: Link tickets
    action: github:autolinks:create
    input:
      repoUrl: github.com?owner=acme&repo=demo
      keyPrefix: TICKET-
      urlTemplate: https://tickets.acme.io/browse/TICKET-<num>
      isAlphanumeric: false
",
}];

impl Action for Autolinks {
    type Input = Input;

    fn definition(&self) -> Definition {
        let own = json!({
            "keyPrefix": schema::text("What stands before the number, for example `TICKET-`."),
            "urlTemplate": schema::text("Address with `<num>` in the place of the number."),
            "isAlphanumeric": schema::flag_or(true, "Whether letters and `-` count as part of the number."),
        });
        Definition {
            id: "github:autolinks:create".into(),
            description:
                "Makes a link of every reference with a prefix; one with the same prefix is replaced.".into(),
            kind: Kind::Effect,
            input: super::input(own, &["keyPrefix", "urlTemplate"]),
            output: None,
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        if !input.url_template.contains(NUMBER) {
            let message = "`urlTemplate` has no `<num>`: write it where the number of the reference belongs";
            return Err(ActionError::Input(message.to_owned()));
        }
        let target = Target::find(ctx, &input.repo_url, input.token).await?;
        let autolink = Autolink {
            key_prefix: input.key_prefix,
            url_template: input.url_template,
            is_alphanumeric: input.is_alphanumeric.unwrap_or(true),
        };
        apply(ctx, &target, "autolink", "the autolink", &Setting::Autolink(autolink)).await?;
        Ok(())
    }
}
