//! `github:codeowners:check`: whether the file CODEOWNERS means what it says.

use serde::Deserialize;
use serde_json::json;

use crate::action::target::Target;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::secret::Secret;

/// The action `github:codeowners:check`.
#[derive(Debug)]
pub(crate) struct CheckCodeOwners;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    #[serde(rename = "ref")]
    reference: Option<String>,
    on_error: Option<String>,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Fail where an owner of code is written wrongly",
        example: "\
steps:
  - id: owners
    name: Check the owners of the code
    action: github:codeowners:check
    input:
      repoUrl: github.com?owner=acme&repo=demo
",
    },
    Example {
        description: "Only warn",
        example: "\
steps:
  - id: owners
    name: Check the owners of the code
    action: github:codeowners:check
    input:
      repoUrl: github.com?owner=acme&repo=demo
      onError: warn
",
    },
];

impl Action for CheckCodeOwners {
    type Input = Input;

    fn definition(&self) -> Definition {
        let own = json!({
            "ref": schema::text("Branch, tag or commit to look at. Default: the default branch."),
            "onError": {
                "type": "string", "enum": ["fail", "warn"], "default": "fail",
                "description": "What happens where something is wrong."
            },
        });
        Definition {
            id: "github:codeowners:check".into(),
            description:
                "Asks what is wrong with the file CODEOWNERS of a repository, such as owners that are not \
                          there, and fails or warns."
                    .into(),
            kind: Kind::Read,
            input: super::input(own, &[]),
            output: Some(schema::closed(
                json!({ "errors": schema::texts("What is wrong, one line each.") }),
                &["errors"],
            )),
            // What a template checks, it has made.
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let target = Target::find(ctx, &input.repo_url, input.token).await?;
        let reference = input.reference.filter(|reference| !reference.is_empty());
        let looked: Result<Vec<String>, ActionError> = ctx
            .read("errors", async {
                Ok(target.forge.code_owner_errors(&target.slug, reference.as_deref()).await?)
            })
            .await;
        let warns = input.on_error.as_deref() == Some("warn");
        let errors = match looked {
            Err(ActionError::NotFound(message)) if warns => vec![message],
            looked => looked?,
        };
        if errors.is_empty() {
            ctx.log(format!("The file CODEOWNERS of `{}` is in order", target.name())).await?;
        } else if warns {
            for error in &errors {
                ctx.warn(format!("CODEOWNERS: {error}")).await?;
            }
        } else {
            return Err(ActionError::Input(format!(
                "the file CODEOWNERS of `{}` is not in order: {}",
                target.name(),
                errors.join("; ")
            )));
        }
        ctx.output("errors", errors);
        Ok(())
    }
}
