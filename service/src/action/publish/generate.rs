//! `github:repo:generate`: a repository made of a template repository of the same host.

use serde::Deserialize;
use serde_json::json;

use super::repository::{self, Made, Settings};
use super::{Target, places};
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema, target};
use crate::forge::RepoSlug;
use crate::secret::Secret;

/// The action `github:repo:generate`.
#[derive(Debug)]
pub(crate) struct GenerateRepository;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    template_repo_url: String,
    token: Option<Secret>,
    #[serde(flatten)]
    settings: Settings,
}

const EXAMPLES: &[Example] = &[Example {
    description: "Make a repository of a template repository",
    example: "\
steps:
  - id: repository
    name: Make the repository
    action: github:repo:generate
    input:
      repoUrl: github.com?owner=acme&repo=demo
      templateRepoUrl: github.com?owner=acme&repo=service-template
      description: A demonstration
      topics:
        - demo
",
}];

impl Action for GenerateRepository {
    type Input = Input;

    fn definition(&self) -> Definition {
        let own = json!({
            "templateRepoUrl": schema::text("The template repository, as `github.com?owner=acme&repo=template`; it is on the same host."),
            "workflowAccess": repository::workflow_access(),
        });
        let groups = [target::properties(), own, repository::properties()];
        Definition {
            id: "github:repo:generate".into(),
            description:
                "Makes a repository with the files of a template repository and applies its settings. One of \
                          that name that is not this task's own is an error and stays untouched."
                    .into(),
            kind: Kind::Effect,
            input: schema::closed(schema::merged(groups), &["repoUrl", "templateRepoUrl"]),
            output: Some(schema::closed(places(), &["remoteUrl", "repoContentsUrl"])),
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let target = Target::find(ctx, &input.repo_url, input.token).await?;
        let template = RepoSlug::parse_repo_url(&input.template_repo_url)?;
        if !template.host.eq_ignore_ascii_case(&target.slug.host) {
            return Err(ActionError::Input(format!(
                "`templateRepoUrl` is on `{}` and `repoUrl` on `{}`; GitHub makes a repository only of one on the same \
                 host. Fetch its files with `fetch:plain` and publish them instead",
                template.host, target.slug.host
            )));
        }
        let place = repository::create(ctx, &target, input.settings, Made::From(&template)).await?;
        place.put_out(ctx);
        Ok(())
    }
}
