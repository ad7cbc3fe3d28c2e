//! `github:ruleset:create`: rules for branches, tags or pushes.

use serde::Deserialize;
use serde_json::{Value, json};

use super::applying::apply;
use crate::action::target::Target;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::forge::{Ruleset, Setting};
use crate::secret::Secret;

/// The action `github:ruleset:create`.
#[derive(Debug)]
pub(crate) struct CreateRuleset;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    name: String,
    target: Option<String>,
    enforcement: Option<String>,
    conditions: Option<Value>,
    rules: Vec<Value>,
    bypass_actors: Option<Vec<Value>>,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Let nobody delete or rewrite the default branch",
        example: "\
steps:
  - id: rules
    name: Protect the default branch
    action: github:ruleset:create
    input:
      repoUrl: github.com?owner=acme&repo=demo
      name: default branch
      rules:
        - type: deletion
        - type: non_fast_forward
",
    },
    Example {
        description: "Ask for a pull request with an approval, administrators excepted",
        example: "\
steps:
  - id: rules
    name: Ask for reviews
    action: github:ruleset:create
    input:
      repoUrl: github.com?owner=acme&repo=demo
      name: reviews
      rules:
        - type: pull_request
          parameters:
            required_approving_review_count: 1
            dismiss_stale_reviews_on_push: true
            require_code_owner_review: false
            require_last_push_approval: false
            required_review_thread_resolution: false
      bypassActors:
        - actor_id: 5
          actor_type: RepositoryRole
          bypass_mode: always
",
    },
];

impl Action for CreateRuleset {
    type Input = Input;

    fn definition(&self) -> Definition {
        let choice = |words: &[&str], default: &str, description: &str| json!({ "type": "string", "enum": words, "default": default, "description": description });
        let rule = schema::object(
            json!({
                "type": schema::text("What it is, such as `required_status_checks`."),
                "parameters": {
                    "type": "object", "additionalProperties": {}, "description": "What this kind of rule takes."
                },
            }),
            &["type"],
        );
        let own = json!({
            "name": schema::text("Name of the ruleset; one of this name is replaced."),
            "target": choice(&["branch", "tag", "push"], "branch", "What it is for."),
            "enforcement": choice(&["active", "evaluate", "disabled"], "active", "Whether it holds."),
            "conditions": schema::any_object("For which refs, by GitHub's names. Default: the default branch; for tags, all."),
            "rules": { "type": "array", "items": rule, "description": "The rules, by GitHub's names." },
            "bypassActors": {
                "type": "array", "items": { "type": "object", "additionalProperties": {} },
                "description": "Who is exempt, by GitHub's names."
            },
        });
        Definition {
            id: "github:ruleset:create".into(),
            description: "Makes a ruleset of a repository. It holds from the start, for branches that are not there yet \
                          as well."
                .into(),
            kind: Kind::Effect,
            input: super::input(own, &["name", "rules"]),
            output: None,
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let target = Target::find(ctx, &input.repo_url, input.token).await?;
        let of = input.target.unwrap_or_else(|| "branch".to_owned());
        let ruleset = Ruleset {
            name: input.name,
            enforcement: input.enforcement.unwrap_or_else(|| "active".to_owned()),
            conditions: input.conditions.unwrap_or_else(|| default_conditions(&of)),
            rules: input.rules,
            bypass_actors: input.bypass_actors.unwrap_or_default(),
            target: of,
        };
        apply(ctx, &target, "ruleset", "the ruleset", &Setting::Ruleset(ruleset)).await?;
        Ok(())
    }
}

/// Rules of pushes are for the whole repository.
fn default_conditions(target: &str) -> Value {
    match target {
        "branch" => json!({ "ref_name": { "include": ["~DEFAULT_BRANCH"], "exclude": [] } }),
        "tag" => json!({ "ref_name": { "include": ["~ALL"], "exclude": [] } }),
        _ => json!({}),
    }
}
