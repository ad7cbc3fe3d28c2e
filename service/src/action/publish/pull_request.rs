//! `publish:github:pull-request`: the workspace as a change that somebody looks at.
//!
//! What is left out, what bits files have and where links lead is as in a push. Whoever may not review or take care
//! of it is a warning: the pull request stands.

use catalog_gen::{FileTree, OnConflict, TreePath};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{common, push};
use crate::action::place::{place, place_inside};
use crate::action::target::{Target, origin};
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::forge::{NewPullRequest, PullRequest};
use crate::git::Author;
use crate::secret::Secret;

/// The number that upstream's dry run gives.
const DRY_NUMBER: u64 = 43;
/// As many as GitHub takes.
const MAX_ASSIGNEES: usize = 10;

/// The action `publish:github:pull-request`.
#[derive(Debug)]
pub(crate) struct OpenPullRequest;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    branch_name: String,
    target_branch_name: Option<String>,
    title: String,
    description: String,
    draft: Option<bool>,
    source_path: Option<String>,
    target_path: Option<String>,
    files_to_delete: Option<Vec<String>>,
    reviewers: Option<Vec<String>>,
    team_reviewers: Option<Vec<String>>,
    assignees: Option<Vec<String>>,
    commit_message: Option<String>,
    update: Option<bool>,
    force_fork: Option<bool>,
    git_author_name: Option<String>,
    git_author_email: Option<String>,
    force_empty_git_author: Option<bool>,
    create_when_empty: Option<bool>,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Propose the workspace as a change",
        example: "\
steps:
  - id: change
    name: Open a pull request
    action: publish:github:pull-request
    input:
      repoUrl: github.com?owner=acme&repo=infrastructure
      branchName: add-demo
      title: Add demo
      description: The new service needs a queue.
",
    },
    Example {
        description: "Propose one folder, take an old file away and ask a team for a review",
        example: "\
steps:
  - id: change
    name: Open a pull request
    action: publish:github:pull-request
    input:
      repoUrl: github.com?owner=acme&repo=infrastructure
      branchName: add-demo
      title: Add demo
      description: The new service needs a queue.
      sourcePath: queue
      targetPath: services/demo
      filesToDelete:
        - old.yaml
      commitMessage: add the queue of demo
      teamReviewers:
        - platform
",
    },
];

impl Action for OpenPullRequest {
    type Input = Input;

    fn definition(&self) -> Definition {
        let output = json!({
            "targetBranchName": schema::text("Branch that it is to be merged into."),
            "remoteUrl": schema::text("Page of the pull request."),
            "pullRequestNumber": schema::number("Number of the pull request."),
        });
        let required = ["repoUrl", "branchName", "title", "description"];
        Definition {
            id: "publish:github:pull-request".into(),
            description: "Puts files of the workspace on a branch of an existing repository and opens a pull request. A \
                          task that is run again finds what it has made."
                .into(),
            kind: Kind::Effect,
            input: schema::closed(schema::merged([common(), change(), people()]), &required),
            output: Some(schema::closed(output, &["targetBranchName", "remoteUrl", "pullRequestNumber"])),
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let target = Target::find(ctx, &input.repo_url, input.token.clone()).await?;
        let wanted = wanted(ctx, &input).await?;
        if ctx.run.dry_run {
            ctx.output("targetBranchName", input.branch_name);
            ctx.output("remoteUrl", input.repo_url);
            ctx.output("pullRequestNumber", DRY_NUMBER);
            return ctx.log(format!("A dry run opens no pull request in `{}`", target.name())).await;
        }
        let opened: Option<PullRequest> = ctx
            .effect("pullRequest", async { Ok(target.forge.open_pull_request(&target.slug, &wanted).await?) })
            .await?;
        let Some(opened) = opened else {
            let line = format!("Nothing differs in `{}`, so there is no pull request", target.name());
            return ctx.log(line).await;
        };
        for warning in &opened.warnings {
            ctx.warn(warning).await?;
        }
        ctx.log(format!("Pull request {} of `{}`: {}", opened.number, target.name(), opened.url)).await?;
        ctx.output("targetBranchName", opened.target);
        ctx.output("remoteUrl", opened.url);
        ctx.output("pullRequestNumber", opened.number);
        Ok(())
    }
}

async fn wanted(ctx: &mut ActionContext<'_>, input: &Input) -> Result<NewPullRequest, ActionError> {
    let below = below(input.target_path.as_deref())?;
    let files = push::content(ctx, input.source_path.as_deref()).await?;
    let files = match &below {
        Some(_) => {
            let mut moved = FileTree::new();
            moved.graft(below.as_ref(), files, OnConflict::Fail)?;
            moved
        }
        None => files,
    };
    let paths = input.files_to_delete.iter().flatten();
    let delete: Vec<TreePath> = paths.map(|path| deleted(below.as_ref(), path)).collect::<Result<_, _>>()?;
    let mut assignees = input.assignees.clone().unwrap_or_default();
    if assignees.len() > MAX_ASSIGNEES {
        let rest = assignees.split_off(MAX_ASSIGNEES).len();
        ctx.warn(format!("`assignees`: GitHub takes {MAX_ASSIGNEES}; the last {rest} are left out")).await?;
    }
    let text = |given: &Option<String>, default: &str| {
        given.clone().filter(|text| !text.is_empty()).unwrap_or_else(|| default.to_owned())
    };
    let default = &ctx.capabilities.author;
    let author = Author {
        name: text(&input.git_author_name, &default.name),
        email: text(&input.git_author_email, &default.email),
    };
    Ok(NewPullRequest {
        origin: origin(ctx),
        branch: input.branch_name.clone(),
        target: input.target_branch_name.clone().filter(|branch| !branch.is_empty()),
        files,
        delete,
        message: text(&input.commit_message, &input.title),
        author: (input.force_empty_git_author != Some(true)).then_some(author),
        title: input.title.clone(),
        description: input.description.clone(),
        draft: input.draft.unwrap_or(false),
        update: input.update.unwrap_or(false),
        only_ours: false,
        force_fork: input.force_fork.unwrap_or(false),
        when_empty: input.create_when_empty.unwrap_or(true),
        reviewers: input.reviewers.clone().unwrap_or_default(),
        team_reviewers: input.team_reviewers.clone().unwrap_or_default(),
        assignees,
    })
}

/// The folder of the repository that the files go to; a leading slash stands for its root.
fn below(target: Option<&str>) -> Result<Option<TreePath>, ActionError> {
    place("targetPath", target.unwrap_or_default().trim_start_matches('/'))
}

fn deleted(below: Option<&TreePath>, path: &str) -> Result<TreePath, ActionError> {
    let path = place_inside("filesToDelete", path.trim_start_matches('/'))?;
    match below {
        Some(below) => below.join_path(&path).map_err(|error| ActionError::Input(error.to_string())),
        None => Ok(path),
    }
}

fn change() -> Value {
    json!({
        "branchName": schema::text("Branch of the change."),
        "targetBranchName": schema::text("Branch to merge into. Default: the default branch."),
        "title": schema::text("Title of the pull request."),
        "description": schema::text("Text of the pull request, in Markdown."),
        "draft": schema::flag("Whether it is a draft. Default: false."),
        "sourcePath": schema::text("Folder of the workspace to take files from. Default: the workspace."),
        "targetPath": schema::text("Folder of the repository to put them into. Default: its root."),
        "filesToDelete": schema::texts("Files that go, by their paths in `targetPath`; one that is not there is no error."),
        "commitMessage": schema::text("Message of the commit. Default: the title."),
        "update": schema::flag("Put the commit on an existing branch and into its pull request. Default: false, and an existing one is an error."),
        "forceFork": schema::flag("Put the branch into a fork, even if it could lie in the repository. Default: false."),
        "createWhenEmpty": schema::flag_or(true, "Open it although nothing differs."),
        "gitAuthorName": schema::text("Name of the commit's author. Default: the setting `commits.author_name`."),
        "gitAuthorEmail": schema::text("Address of the commit's author. Default: the setting `commits.author_email`."),
        "forceEmptyGitAuthor": schema::flag("Name no author, so that GitHub takes whoever the token belongs to, and signs the commit of an App. Default: false."),
    })
}

fn people() -> Value {
    json!({
        "reviewers": schema::texts("Users who are asked for a review."),
        "teamReviewers": schema::texts("Teams that are asked for a review."),
        "assignees": schema::texts("Users who are to take care of it, at most 10."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_go_by_their_paths_in_the_target() {
        let at = below(Some("/services/demo")).unwrap();

        assert_eq!(deleted(at.as_ref(), "old.yaml").unwrap().as_str(), "services/demo/old.yaml");
        assert_eq!(deleted(None, "/a/b").unwrap().as_str(), "a/b");
    }

    #[test]
    fn no_path_leads_out_of_the_repository() {
        let at = below(Some("services")).unwrap();

        for path in ["../x", ".git/config", "a/../../x", ""] {
            assert!(deleted(at.as_ref(), path).is_err(), "{path}");
        }
        assert!(below(Some("../x")).is_err());
    }
}
