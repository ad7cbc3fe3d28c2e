//! `github:pages:enable`: a web page of the repository.

use serde::Deserialize;
use serde_json::json;

use super::applying::apply;
use crate::action::target::Target;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind};
use crate::forge::{Pages, Setting};
use crate::secret::Secret;

/// The action `github:pages:enable`.
#[derive(Debug)]
pub(crate) struct EnablePages;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    build_type: Option<String>,
    source_branch: Option<String>,
    source_path: Option<String>,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Publish what a workflow builds",
        example: "\
steps:
  - id: pages
    name: Switch GitHub Pages on
    action: github:pages:enable
    input:
      repoUrl: github.com?owner=acme&repo=demo
",
    },
    Example {
        description: "Publish the folder `docs`",
        example: "\
steps:
  - id: pages
    name: Switch GitHub Pages on
    action: github:pages:enable
    input:
      repoUrl: github.com?owner=acme&repo=demo
      buildType: legacy
      sourceBranch: main
      sourcePath: /docs
",
    },
];

impl Action for EnablePages {
    type Input = Input;

    fn definition(&self) -> Definition {
        let choice = |words: &[&str], default: &str, description: &str| json!({ "type": "string", "enum": words, "default": default, "description": description });
        let own = json!({
            "buildType": choice(&["legacy", "workflow"], "workflow", "Whether a workflow builds it, or GitHub from a branch (`legacy`)."),
            "sourceBranch": { "type": "string", "default": "main", "description": "Branch to build from." },
            "sourcePath": choice(&["/", "/docs"], "/", "Folder to build from."),
        });
        Definition {
            id: "github:pages:enable".into(),
            description: "Switches GitHub Pages on for a repository.".into(),
            kind: Kind::Effect,
            input: super::input(own, &[]),
            output: None,
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let target = Target::find(ctx, &input.repo_url, input.token).await?;
        let or = |given: Option<String>, default: &str| {
            given.filter(|text| !text.is_empty()).unwrap_or_else(|| default.to_owned())
        };
        let pages = Pages {
            build_type: or(input.build_type, "workflow"),
            source_branch: or(input.source_branch, "main"),
            source_path: or(input.source_path, "/"),
        };
        apply(ctx, &target, "pages", "the site of GitHub Pages", &Setting::Pages(pages)).await?;
        Ok(())
    }
}
