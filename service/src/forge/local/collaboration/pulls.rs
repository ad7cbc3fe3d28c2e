//! Pull requests: a branch with a commit on it, a note about it, and a merge made of two trees.
//!
//! Commits are functions of what is wanted and of the task's time, so that a repeated run makes the very same ones.

use catalog_gen::{Entry, FileTree, TreePath};

use super::book::{Maker, PullNote};
use super::{LocalForge, missing};
use crate::forge::local::about;
use crate::forge::{Forge, ForgeError, MergeHow, NewPullRequest, PullRequest, RepoSlug};
use crate::git::{Author, BranchUpdate, CommitId, ObjectStore};

/// Opens it, or gives back the one that this step has opened.
pub(super) async fn open(
    forge: &LocalForge,
    slug: &RepoSlug,
    wanted: &NewPullRequest,
) -> Result<Option<PullRequest>, ForgeError> {
    let repository = forge.find(slug).await?.ok_or_else(|| missing(slug))?;
    let target = wanted.target.clone().unwrap_or(repository.default_branch);
    if target == wanted.branch {
        return Err(ForgeError::Invalid(format!(
            "the branch `{target}` cannot be merged into itself; choose another `branchName`"
        )));
    }
    let (by, branch, adds) = (Maker::from(&wanted.origin), wanted.branch.clone(), wanted.update);
    let there = forge
        .note(slug, move |book, _| {
            if let Some(made) = book.pull_by(&by) {
                return Ok(Some((made.request.clone(), true)));
            }
            let open = book.open_pull_of(&branch).map(|pull| (pull.request.clone(), false));
            match open {
                Some((request, _)) if !adds => Err(ForgeError::Conflict(format!(
                    "the branch `{branch}` has a pull request already: {}; set `update: true` to add to it, or choose \
                     another branch",
                    request.url
                ))),
                open => Ok(open),
            }
        })
        .await?;
    if let Some((made, true)) = &there {
        return Ok(Some(made.clone()));
    }
    let store = forge.store(slug)?;
    let base = forge.head(slug, Some(&target)).await?.ok_or_else(|| {
        ForgeError::NotFound(format!(
            "`{slug}` has no branch `{target}`; push to it first, or choose another"
        ))
    })?;
    let at = if wanted.update { forge.head(slug, Some(&wanted.branch)).await? } else { None };
    if let Some(at) = at.as_ref().filter(|at| wanted.only_ours && **at != base)
        && !is_ours(&store, at, wanted).await.map_err(|error| about(slug, error))?
    {
        return match there {
            Some((open, _)) => Ok(Some(open)),
            None => note(forge, slug, wanted, target, base).await.map(Some),
        };
    }
    let from = at.clone().unwrap_or_else(|| base.clone());
    let differs = differs(&store, &from, wanted).await.map_err(|error| about(slug, error))?;
    if !differs && there.is_none() && at.is_none() && !wanted.when_empty {
        return Ok(None);
    }
    if differs || at.is_none() {
        let commit = update(wanted, at, from);
        store.commit_onto(commit).await.map_err(|error| about(slug, error.into()))?;
    }
    note(forge, slug, wanted, target, base).await.map(Some)
}

/// Is the commit one of those that are made for this pull request, by its message and author?
async fn is_ours(store: &ObjectStore, at: &CommitId, wanted: &NewPullRequest) -> Result<bool, ForgeError> {
    let (author, message) = store.signed(at).await?;
    let is_author = wanted.author.as_ref().is_none_or(|own| *own == author);
    Ok(is_author && message.trim_end() == wanted.message.trim_end())
}

async fn differs(store: &ObjectStore, from: &CommitId, wanted: &NewPullRequest) -> Result<bool, ForgeError> {
    let (_, before) = store.resolve(Some(&from.0)).await?;
    let after = store.amended_tree(from, wanted.files.clone(), wanted.delete.clone()).await?;
    Ok(before != after)
}

fn update(wanted: &NewPullRequest, expected: Option<CommitId>, base: CommitId) -> BranchUpdate {
    let nobody = || Author { name: "Stagecraft".to_owned(), email: "stagecraft@localhost".to_owned() };
    BranchUpdate {
        branch: wanted.branch.clone(),
        expected,
        base,
        files: wanted.files.clone(),
        removed: wanted.delete.clone(),
        message: wanted.message.clone(),
        author: wanted.author.clone().unwrap_or_else(nobody),
        time_ms: wanted.origin.since_ms,
    }
}

/// Notes the pull request, or what has become of the one that the branch has.
async fn note(
    forge: &LocalForge,
    slug: &RepoSlug,
    wanted: &NewPullRequest,
    target: String,
    base: CommitId,
) -> Result<PullRequest, ForgeError> {
    let wanted = wanted.clone();
    forge
        .note(slug, move |book, repository| {
            let number = book.next_number();
            if let Some(pull) = book.open_pull_of(&wanted.branch) {
                (pull.title, pull.description) = (wanted.title, wanted.description);
                return Ok(pull.request.clone());
            }
            let url = format!("{}/pull/{number}", repository.html_url);
            let request = PullRequest { number, url, target, warnings: Vec::new() };
            book.pull_requests.push(PullNote {
                by: Maker::from(&wanted.origin),
                request: request.clone(),
                branch: wanted.branch,
                base,
                title: wanted.title,
                description: wanted.description,
                draft: wanted.draft,
                reviewers: wanted.reviewers,
                team_reviewers: wanted.team_reviewers,
                assignees: wanted.assignees,
                merged: None,
            });
            Ok(request)
        })
        .await
}

/// Merges it; one that is merged already gives its commit.
pub(super) async fn merge(
    forge: &LocalForge,
    slug: &RepoSlug,
    number: u64,
    how: &MergeHow,
) -> Result<CommitId, ForgeError> {
    let pull = forge
        .note(slug, move |book, repository| {
            book.pull(number).cloned().ok_or_else(|| {
                ForgeError::NotFound(format!("`{}` has no pull request {number}", repository.slug))
            })
        })
        .await?;
    if let Some(merged) = pull.merged {
        return Ok(merged);
    }
    if pull.draft {
        let message = format!("pull request {number} of `{slug}` is a draft, which cannot be merged");
        return Err(ForgeError::Conflict(message));
    }
    let target = pull.request.target.clone();
    let (_, base) = forge.read(slug, Some(&pull.base.0)).await?;
    let (_, head) = forge.read(slug, Some(&pull.branch)).await?;
    let (at, there) = forge.read(slug, Some(&target)).await?;
    let (files, removed) = merged(&base, &head, &there).map_err(|path| {
        ForgeError::Conflict(format!(
            "pull request {number} of `{slug}` cannot be merged: `{path}` was changed on `{target}` as well"
        ))
    })?;
    let commit = if files.is_empty() && removed.is_empty() {
        at
    } else {
        let title = how.title.clone().unwrap_or_else(|| format!("{} (#{number})", pull.title));
        let message = how.message.as_ref().map_or_else(|| title.clone(), |rest| format!("{title}\n\n{rest}"));
        let author = Author { name: "Stagecraft".to_owned(), email: "stagecraft@localhost".to_owned() };
        let (branch, expected, base, time_ms) = (target, Some(at.clone()), at, now_ms());
        let update = BranchUpdate { branch, expected, base, files, removed, message, author, time_ms };
        forge.store(slug)?.commit_onto(update).await.map_err(|error| about(slug, error.into()))?
    };
    let merged = commit.clone();
    forge
        .note(slug, move |book, _| {
            if let Some(pull) = book.pull(number) {
                pull.merged = Some(merged);
            }
            Ok(())
        })
        .await?;
    Ok(commit)
}

fn now_ms() -> i64 {
    time::OffsetDateTime::now_utc().unix_timestamp().saturating_mul(1_000)
}

/// What is to be put on and taken from `there`, so that it has what `head` changed since `base`; the path of the first
/// file that was changed in both ways.
fn merged(base: &FileTree, head: &FileTree, there: &FileTree) -> Result<(FileTree, Vec<TreePath>), TreePath> {
    let (mut files, mut removed) = (FileTree::with_budget(head.budget()), Vec::new());
    let clashes = |path: &TreePath, wanted: Option<&Entry>| {
        let now = there.get(path);
        now != base.get(path) && now != wanted
    };
    for (path, entry) in head.iter().filter(|(_, entry)| **entry != Entry::Dir) {
        if base.get(path) == Some(entry) || there.get(path) == Some(entry) {
            continue;
        }
        if clashes(path, Some(entry)) || files.insert(path.clone(), entry.clone()).is_err() {
            return Err(path.clone());
        }
    }
    for (path, _) in base.iter().filter(|(path, _)| head.get(path).is_none()) {
        if clashes(path, None) {
            return Err(path.clone());
        }
        if there.contains(path) {
            removed.push(path.clone());
        }
    }
    Ok((files, removed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> FileTree {
        let mut tree = FileTree::new();
        for (path, text) in files {
            tree.insert(TreePath::parse(path).unwrap(), Entry::file((*text).to_owned())).unwrap();
        }
        tree
    }

    #[test]
    fn what_one_side_changed_goes_over() {
        let base = tree(&[("a", "1"), ("b", "1"), ("c", "1")]);
        let head = tree(&[("a", "2"), ("b", "1"), ("d", "1")]);
        let there = tree(&[("a", "1"), ("b", "2"), ("c", "1")]);

        let (files, removed) = merged(&base, &head, &there).unwrap();

        assert_eq!(files, tree(&[("a", "2"), ("d", "1")]));
        assert_eq!(removed, [TreePath::parse("c").unwrap()]);
    }

    #[test]
    fn what_is_there_already_is_nothing_to_do() {
        let (base, head) = (tree(&[("a", "1"), ("c", "1")]), tree(&[("a", "2")]));

        let (files, removed) = merged(&base, &head, &head).unwrap();

        assert!(files.is_empty() && removed.is_empty());
    }

    #[test]
    fn a_file_that_both_sides_changed_is_in_the_way() {
        let path = TreePath::parse("a").unwrap();

        assert_eq!(
            merged(&tree(&[("a", "1")]), &tree(&[("a", "2")]), &tree(&[("a", "3")])),
            Err(path.clone())
        );
        assert_eq!(merged(&tree(&[("a", "1")]), &tree(&[]), &tree(&[("a", "3")])), Err(path.clone()));
        assert_eq!(merged(&tree(&[]), &tree(&[("a", "2")]), &tree(&[("a", "3")])), Err(path));
    }
}
