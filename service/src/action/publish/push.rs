//! The second half of publishing: one commit, made of the workspace.
//!
//! The commit is a function of the workspace, the input and the task, never of the clock, so that a repeated run
//! makes the very same one and finds it pushed.

use catalog_gen::{Entry, FileTree, TreePath};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Target;
use super::ignored::without_ignored;
use crate::action::phrase::{count, listed};
use crate::action::place::{place, shown};
use crate::action::{ActionContext, ActionError, lock_file, schema};
use crate::git::{Author, CommitId, NewCommit};

/// The branch if the input names none.
pub(super) const DEFAULT_BRANCH: &str = "main";

/// Push settings, as inputs name them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Push {
    source_path: Option<String>,
    default_branch: Option<String>,
    git_commit_message: Option<String>,
    git_author_name: Option<String>,
    git_author_email: Option<String>,
}

impl Push {
    /// The branch to push to.
    pub(super) fn branch(&self) -> &str {
        self.default_branch.as_deref().filter(|branch| !branch.is_empty()).unwrap_or(DEFAULT_BRANCH)
    }

    fn author(&self, default: &Author) -> Author {
        let given = |text: &Option<String>, default: &str| {
            text.clone().filter(|text| !text.is_empty()).unwrap_or_else(|| default.to_owned())
        };
        Author {
            name: given(&self.git_author_name, &default.name),
            email: given(&self.git_author_email, &default.email),
        }
    }
}

/// Makes the commit, without touching anything outside: what cannot be pushed is told before a repository is made.
pub(super) async fn prepare(
    ctx: &mut ActionContext<'_>,
    target: &Target,
    input: &Push,
) -> Result<NewCommit, ActionError> {
    let tree = content(ctx, input.source_path.as_deref()).await?;
    if tree.iter().all(|(_, entry)| *entry == Entry::Dir) {
        let folder = source(input.source_path.as_deref())?;
        return Err(ActionError::Input(format!(
            "there is nothing to push in {}; fetch or write files in an earlier step, or correct `sourcePath`",
            shown(folder.as_ref())
        )));
    }
    let tree =
        if ctx.run.write_lock_file { lock_file::with_lock_file(tree, ctx.run, &target.slug)? } else { tree };
    let message = input.git_commit_message.clone().filter(|message| !message.is_empty());
    Ok(NewCommit {
        tree,
        branch: input.branch().to_owned(),
        message: message.unwrap_or_else(|| ctx.capabilities.commit_message.clone()),
        author: input.author(&ctx.capabilities.author),
        time_ms: ctx.run.created_at_ms,
    })
}

/// Pushes the commit.
pub(super) async fn send(
    ctx: &mut ActionContext<'_>,
    target: &Target,
    commit: NewCommit,
) -> Result<CommitId, ActionError> {
    let files = commit.tree.iter().filter(|(_, entry)| **entry != Entry::Dir).count();
    let branch = commit.branch.clone();
    let id: CommitId =
        ctx.effect("push", async { Ok(target.forge.push(&target.slug, commit).await?) }).await?;
    let short = id.0.get(..12).unwrap_or(&id.0);
    let line =
        format!("Pushed {} to the branch `{branch}` of `{}`: {short}", count(files, "file"), target.name());
    ctx.log(line).await?;
    Ok(id)
}

/// The folder of the workspace that `sourcePath` names. As upstream, a leading slash stands for the workspace.
fn source(path: Option<&str>) -> Result<Option<TreePath>, ActionError> {
    place("sourcePath", path.unwrap_or_default().trim_start_matches('/'))
}

/// What is to be pushed, with a line in the log for everything that is left out or noteworthy.
pub(super) async fn content(
    ctx: &mut ActionContext<'_>,
    source_path: Option<&str>,
) -> Result<FileTree, ActionError> {
    let tree = match &source(source_path)? {
        Some(folder) => ctx.workspace.subtree(folder)?,
        None => ctx.workspace.clone(),
    };
    let (tree, left_out) = without_ignored(&tree);
    if !left_out.is_empty() {
        let line = format!("Left out what `.gitignore` names: {}", listed(&left_out));
        ctx.log(line).await?;
    }
    let sensitive = |entry: &Entry| matches!(entry, Entry::File(file) if file.sensitive);
    let secret: Vec<_> = tree.iter().filter(|(_, entry)| sensitive(entry)).map(|(path, _)| path).collect();
    if !secret.is_empty() {
        ctx.warn(format!("Values that stem from a secret are pushed in clear: {}", listed(&secret))).await?;
    }
    Ok(tree)
}

/// Schema properties of [`Push`].
pub(super) fn properties() -> Value {
    json!({
        "sourcePath": schema::text("Folder of the workspace to push. Default: the workspace."),
        "defaultBranch": {
            "type": "string", "description": "Branch to push to, and default branch.", "default": DEFAULT_BRANCH
        },
        "gitCommitMessage": schema::text("Message of the commit. Default: the setting `commits.message`."),
        "gitAuthorName": schema::text("Name of the commit's author. Default: the setting `commits.author_name`."),
        "gitAuthorEmail": schema::text("Address of the commit's author. Default: the setting `commits.author_email`."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_inputs_fall_back_to_the_defaults() {
        let default = Author { name: "Scaffolder".to_owned(), email: "scaffolder@acme.io".to_owned() };
        let push = Push {
            default_branch: Some(String::new()),
            git_author_name: Some("Jane".to_owned()),
            git_author_email: Some(String::new()),
            ..Push::default()
        };

        let author = push.author(&default);

        assert_eq!(push.branch(), "main");
        assert_eq!((author.name.as_str(), author.email.as_str()), ("Jane", "scaffolder@acme.io"));
    }
}
