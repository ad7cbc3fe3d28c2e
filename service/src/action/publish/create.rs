//! `github:repo:create`: a repository with its settings, without content.

use catalog_gen::{Entry, FileTree, TreePath};
use serde::Deserialize;
use serde_json::json;

use super::repository::{self, Made, Settings};
use super::{Target, common, places};
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::git::{CommitId, NewCommit};
use crate::secret::Secret;

/// The action `github:repo:create`.
#[derive(Debug)]
pub(crate) struct CreateRepository;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    auto_init: Option<bool>,
    #[serde(flatten)]
    settings: Settings,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Make a private repository",
        example: "\
steps:
  - id: repository
    name: Make the repository
    action: github:repo:create
    input:
      repoUrl: github.com?owner=acme&repo=demo
      description: A demonstration
",
    },
    Example {
        description: "Make a public repository with topics and a variable, and a first commit in it",
        example: "\
steps:
  - id: repository
    name: Make the repository
    action: github:repo:create
    input:
      repoUrl: github.com?owner=acme&repo=demo
      repoVisibility: public
      autoInit: true
      topics:
        - demo
        - rust
      repoVariables:
        AWS_REGION: eu-central-1
",
    },
];

impl Action for CreateRepository {
    type Input = Input;

    fn definition(&self) -> Definition {
        let own = json!({
            "autoInit": schema::flag_or(false, "Make a first commit with an empty README."),
            "workflowAccess": repository::workflow_access(),
        });
        Definition {
            id: "github:repo:create".into(),
            description:
                "Makes a repository and applies its settings. One of that name that is not this task's own \
                          is an error and stays untouched."
                    .into(),
            kind: Kind::Effect,
            input: schema::closed(schema::merged([common(), own, repository::properties()]), &["repoUrl"]),
            output: Some(schema::closed(places(), &["remoteUrl", "repoContentsUrl"])),
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let target = Target::find(ctx, &input.repo_url, input.token).await?;
        let branch = super::push::DEFAULT_BRANCH;
        let place = repository::create(ctx, &target, input.settings, Made::Empty(branch)).await?;
        if input.auto_init == Some(true) {
            start(ctx, &target, branch).await?;
        }
        place.put_out(ctx);
        Ok(())
    }
}

/// The first commit of `autoInit`.
async fn start(ctx: &mut ActionContext<'_>, target: &Target, branch: &str) -> Result<(), ActionError> {
    let mut tree = FileTree::new();
    let readme = TreePath::parse("README.md").map_err(|error| ActionError::Input(error.to_string()))?;
    tree.insert(readme, Entry::file(format!("# {}\n", target.slug.name)))?;
    let commit = NewCommit {
        tree,
        branch: branch.to_owned(),
        message: ctx.capabilities.commit_message.clone(),
        author: ctx.capabilities.author.clone(),
        time_ms: ctx.run.created_at_ms,
    };
    let pushed: CommitId =
        ctx.effect("init", async { Ok(target.forge.push(&target.slug, commit).await?) }).await?;
    let short = pushed.0.get(..12).unwrap_or(&pushed.0);
    ctx.log(format!("Made the first commit on `{branch}`: {short}")).await
}
