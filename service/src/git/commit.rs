//! Commits: deterministic bytes, and a branch that is created or moved once.
//!
//! It moves a branch only from where the caller expects it. The invariant: the same [`NewCommit`] or [`BranchUpdate`]
//! has the same id in every process and at any time, and of two makers of one branch exactly one makes it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use git2::{ErrorCode, ObjectType, Oid, Repository};

use super::error::GitError;
use super::objects::{EmptyFolders, Object, Objects};
use super::{Author, BranchUpdate, CommitId, NewCommit, amend, pack, read, vet};

/// How long the lock of a branch is waited for.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);
/// A lock is held for a moment; one this old was left by a process that was killed.
const LOCK_ABANDONED_AFTER: Duration = Duration::from_secs(20);

/// Writes the commit and creates its branch.
pub(super) fn create_branch(repository: &Repository, commit: &NewCommit) -> Result<CommitId, GitError> {
    place(repository, &first(commit)?, &commit.branch, None)
}

/// Writes the commit on top of its base and moves its branch, or creates it.
pub(super) fn update_branch(repository: &Repository, update: &BranchUpdate) -> Result<CommitId, GitError> {
    place(repository, &next(repository, update)?, &update.branch, update.expected.as_ref())
}

fn place(
    repository: &Repository,
    objects: &Objects,
    branch: &str,
    expected: Option<&CommitId>,
) -> Result<CommitId, GitError> {
    let id = CommitId(objects.root.to_string());
    let is_there =
        || is_there(branch, read::head(repository, branch)?.map(|(at, _)| at).as_ref(), &id, expected);
    if is_there()? {
        return Ok(id);
    }
    pack::store(repository, objects, pack::Form::Pack)?;
    let expected = expected.map(|expected| Oid::from_str(&expected.0)).transpose()?;
    move_reference(repository, branch, objects.root, expected.unwrap_or(Oid::ZERO_SHA1), is_there)?;
    Ok(id)
}

/// Is the branch at this commit already? `false` when it is where it is expected to be; anywhere else is a conflict.
pub(super) fn is_there(
    branch: &str,
    at: Option<&CommitId>,
    wanted: &CommitId,
    expected: Option<&CommitId>,
) -> Result<bool, GitError> {
    if at == Some(wanted) {
        return Ok(true);
    }
    match (at, expected) {
        (at, expected) if at == expected => Ok(false),
        (Some(at), None) => Err(GitError::Conflict(format!(
            "the branch `{branch}` exists already, at commit `{}`; choose another branch or repository",
            at.0
        ))),
        (Some(at), Some(expected)) => Err(GitError::Conflict(format!(
            "the branch `{branch}` is at commit `{}`, no longer at `{}`; start again from where it is now",
            at.0, expected.0
        ))),
        (None, _) => {
            Err(GitError::Conflict(format!("the branch `{branch}` is gone; start again without it")))
        }
    }
}

/// The objects of a first commit.
pub(super) fn first(commit: &NewCommit) -> Result<Objects, GitError> {
    vet::branch(&commit.branch)?;
    vet::files(&commit.tree)?;
    let NewCommit { message, author, time_ms, .. } = commit;
    let objects = Objects::of_tree(&commit.tree, EmptyFolders::Drop)?;
    let commit = text(objects.root, None, author, *time_ms, message)?;
    Ok(objects.with_root(commit))
}

/// The objects that a further commit has beyond its base, which must be in the repository.
pub(super) fn next(repository: &Repository, update: &BranchUpdate) -> Result<Objects, GitError> {
    vet::branch(&update.branch)?;
    vet::files(&update.files)?;
    let BranchUpdate { message, author, time_ms, .. } = update;
    let base = read::commit(repository, Some(&update.base.0))?;
    let objects = amend::amended(repository, base.tree_id(), &update.files, &update.removed)?;
    let commit = text(objects.root, Some(base.id()), author, *time_ms, message)?;
    Ok(objects.with_root(commit))
}

/// The commit itself.
fn text(
    tree: Oid,
    parent: Option<Oid>,
    author: &Author,
    time_ms: i64,
    message: &str,
) -> Result<Object, GitError> {
    let by = format!("{} {} +0000", signature(author)?, time_ms.max(0) / 1000);
    let message = git2::message_prettify(message, None)
        .map_err(|_| GitError::Invalid("the commit message holds a NUL character; remove it".to_owned()))?;
    let parent = parent.map(|parent| format!("parent {parent}\n")).unwrap_or_default();
    let text = format!("tree {tree}\n{parent}author {by}\ncommitter {by}\n\n{message}");
    Ok(Object::new(ObjectType::Commit, text.into_bytes())?)
}

/// `Name <address>` without the characters that would end either of them, as git itself does.
fn signature(author: &Author) -> Result<String, GitError> {
    let clean = |text: &str| {
        let kept: String = text.chars().filter(|c| !c.is_control() && !matches!(c, '<' | '>')).collect();
        kept.trim_matches(|c: char| c.is_whitespace() || ".,:;\"\\'".contains(c)).to_owned()
    };
    let (name, email) = (clean(&author.name), clean(&author.email));
    if name.is_empty() {
        return Err(GitError::Invalid("the commit has no author; give a name".to_owned()));
    }
    Ok(format!("{name} <{email}>"))
}

/// Moves the branch from one commit (zero where there is none) to another, unless it `is_there` by now.
fn move_reference(
    repository: &Repository,
    branch: &str,
    id: Oid,
    from: Oid,
    is_there: impl Fn() -> Result<bool, GitError>,
) -> Result<(), GitError> {
    let name = format!("refs/heads/{branch}");
    let started = Instant::now();
    loop {
        // Compared under the lock with what is expected: a plain creation looks before it locks.
        let made = repository.reference_matching(&name, id, true, from, "commit");
        let Err(error) = made else { return sync_file(&repository.path().join(&name)) };
        if is_there()? {
            return Ok(());
        }
        match error.code() {
            ErrorCode::Locked if started.elapsed() < LOCK_PATIENCE => {
                break_abandoned_lock(&repository.path().join(format!("{name}.lock")));
                std::thread::sleep(Duration::from_millis(20));
            }
            ErrorCode::Locked => {
                return Err(GitError::Unavailable(format!(
                    "another process is writing the branch `{branch}`; try again in a moment"
                )));
            }
            ErrorCode::Modified => {}
            _ => return Err(clash(repository, branch, error)),
        }
        if started.elapsed() > LOCK_PATIENCE * 2 {
            return Err(GitError::Git(error));
        }
    }
}

/// A branch cannot be beside one whose name is a folder of its own, or the other way round.
fn clash(repository: &Repository, branch: &str, error: git2::Error) -> GitError {
    let is_folder_of =
        |folder: &str, name: &str| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    let names = repository.references_glob("refs/heads/*").and_then(|mut references| {
        references.names().map(|name| name.map(str::to_owned)).collect::<Result<Vec<_>, _>>()
    });
    let other = names.unwrap_or_default().into_iter().find_map(|name| {
        let other = name.strip_prefix("refs/heads/")?;
        (is_folder_of(other, branch) || is_folder_of(branch, other)).then(|| other.to_owned())
    });
    match other {
        Some(other) => GitError::Conflict(format!(
            "the branch `{branch}` cannot stand beside the branch `{other}`; choose another name"
        )),
        None => GitError::Git(error),
    }
}

/// Takes away a lock that nobody holds any more. It is moved aside first, so that only one process does.
fn break_abandoned_lock(lock: &Path) {
    let age = |path: &Path| {
        let modified = std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok()?;
        SystemTime::now().duration_since(modified).ok()
    };
    if age(lock).is_some_and(|age| age > LOCK_ABANDONED_AFTER) {
        let mut aside = PathBuf::from(lock);
        aside.set_extension(format!("{}.lock", uuid::Uuid::now_v7()));
        if std::fs::rename(lock, &aside).is_ok() {
            drop(std::fs::remove_file(&aside));
        }
    }
}

/// Brings the branch to the disk. It may have been packed by another program in the meantime.
fn sync_file(path: &Path) -> Result<(), GitError> {
    match std::fs::File::open(path).and_then(|file| file.sync_all()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(GitError::io(path, error)),
        _ => Ok(()),
    }
}
