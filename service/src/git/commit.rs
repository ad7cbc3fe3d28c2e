//! First commits: deterministic bytes, and a branch that is created once.
//!
//! It never moves a branch that exists. The invariant: the same [`NewCommit`] has the same id in every process
//! and at any time, and of two makers of one branch exactly one makes it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use git2::{ErrorCode, ObjectType, Oid, Repository};

use super::error::GitError;
use super::objects::{EmptyFolders, Object, Objects};
use super::{CommitId, NewCommit, pack, read};

/// How long the lock of a branch is waited for.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);
/// A lock is held for a moment; one this old was left by a process that was killed.
const LOCK_ABANDONED_AFTER: Duration = Duration::from_secs(20);

/// Writes the commit and creates its branch.
pub(super) fn create_branch(repository: &Repository, commit: &NewCommit) -> Result<CommitId, GitError> {
    let branch = commit.branch.as_str();
    if !git2::Branch::name_is_valid(branch).unwrap_or(false) {
        return Err(GitError::Invalid(format!("`{branch}` is not a branch name that git takes")));
    }
    let objects = objects(commit)?;
    let id = CommitId(objects.root.to_string());
    if already_there(repository, branch, &id)? {
        return Ok(id);
    }
    pack::store(repository, &objects, pack::Form::Pack)?;
    create_reference(repository, branch, objects.root)?;
    Ok(id)
}

/// Is the branch at that commit? Another commit there is a conflict.
fn already_there(repository: &Repository, branch: &str, id: &CommitId) -> Result<bool, GitError> {
    match read::head(repository, branch)? {
        None => Ok(false),
        Some((there, _)) if there == *id => Ok(true),
        Some((there, _)) => Err(GitError::Conflict(format!(
            "the branch `{branch}` exists already, at commit `{}`; choose another branch or repository",
            there.0
        ))),
    }
}

fn objects(commit: &NewCommit) -> Result<Objects, GitError> {
    let objects = Objects::of_tree(&commit.tree, EmptyFolders::Drop)?;
    let by = format!("{} {} +0000", signature(commit)?, commit.time_ms.max(0) / 1000);
    let message = git2::message_prettify(commit.message.as_str(), None)
        .map_err(|_| GitError::Invalid("the commit message holds a NUL character; remove it".to_owned()))?;
    let text = format!("tree {}\nauthor {by}\ncommitter {by}\n\n{message}", objects.root);
    let commit = Object::new(ObjectType::Commit, text.into_bytes())?;
    Ok(objects.with_root(commit))
}

/// `Name <address>` without the characters that would end either of them, as git itself does.
fn signature(commit: &NewCommit) -> Result<String, GitError> {
    let clean = |text: &str| {
        let kept: String = text.chars().filter(|c| !c.is_control() && !matches!(c, '<' | '>')).collect();
        kept.trim_matches(|c: char| c.is_whitespace() || ".,:;\"\\'".contains(c)).to_owned()
    };
    let (name, email) = (clean(&commit.author.name), clean(&commit.author.email));
    if name.is_empty() {
        return Err(GitError::Invalid("the commit has no author; give a name".to_owned()));
    }
    Ok(format!("{name} <{email}>"))
}

fn create_reference(repository: &Repository, branch: &str, id: Oid) -> Result<(), GitError> {
    let name = format!("refs/heads/{branch}");
    let started = Instant::now();
    loop {
        // Compared under the lock with "no such branch": a plain creation looks before it locks.
        let made = repository.reference_matching(&name, id, true, Oid::ZERO_SHA1, "create");
        let Err(error) = made else { return sync_file(&repository.path().join(&name)) };
        if already_there(repository, branch, &CommitId(id.to_string()))? {
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
