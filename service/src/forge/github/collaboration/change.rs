//! A commit on a branch, made through GitHub's API for git's objects.
//!
//! Texts go into the tree as they are, anything else as a blob of its own; a large change is several trees, each on top
//! of the one before. With an author the commit is a function of what is wanted and of the task's time, so that a
//! repeated run makes the very same one; without one GitHub signs it for an App. The invariant: a branch is made, or
//! moved forward, never back.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use catalog_gen::{Entry, TreePath};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Stop, mark};
use crate::forge::github::GitHub;
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;
use crate::forge::github::route::Route;
use crate::forge::{ForgeError, NewPullRequest, RepoSlug};
use crate::git::Author;

/// How many bytes of files one tree may bring.
const TREE_BYTES: usize = 3 * 1024 * 1024;
/// How many entries one tree may bring.
const TREE_ENTRIES: usize = 500;

const FILE: &str = "100644";
const EXECUTABLE: &str = "100755";
const LINK: &str = "120000";

#[derive(Deserialize)]
struct Reference {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    sha: String,
}

#[derive(Deserialize)]
struct Made {
    sha: String,
}

/// A commit, as far as it matters here.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Commit {
    pub(super) sha: String,
    message: String,
    author: Signed,
    tree: CommitTree,
    parents: Vec<CommitTree>,
}

/// Who made a commit.
#[derive(Clone, Debug, Deserialize)]
struct Signed {
    name: String,
    email: String,
}

#[derive(Clone, Debug, Deserialize)]
struct CommitTree {
    sha: String,
}

#[derive(Deserialize)]
struct Listing {
    tree: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    path: String,
    mode: String,
    #[serde(rename = "type")]
    kind: String,
}

/// What became of the branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Branch {
    /// It has the change.
    Changed,
    /// Nothing differs, and it was left as it was.
    Same,
    /// Somebody else committed to it last, and it was left as it was.
    Theirs,
}

/// Is the commit one of those that are made for this pull request, by its message and author?
fn made_by(wanted: &NewPullRequest, commit: &Commit) -> bool {
    let is_author =
        |author: &Author| author.name == commit.author.name && author.email == commit.author.email;
    commit.message.trim_end() == wanted.message.trim_end() && wanted.author.as_ref().is_none_or(is_author)
}

/// A repository in which objects are made.
pub(super) struct Objects<'a> {
    github: &'a GitHub,
    slug: &'a RepoSlug,
    base: Route,
}

impl<'a> Objects<'a> {
    /// In the repository or a fork of it.
    pub(super) fn of(github: &'a GitHub, slug: &'a RepoSlug) -> Result<Self, Stop> {
        Ok(Self { github, slug, base: Route::repository(slug)? })
    }

    async fn ask<T: for<'de> Deserialize<'de>>(&self, ask: Ask) -> Result<T, Failure> {
        self.github.ask(&self.slug.owner, ask).await?.read()
    }

    /// The commit at the head of a branch.
    pub(super) async fn head(&self, branch: &str) -> Result<Option<Commit>, Stop> {
        let route = self.base.clone().then("git/ref/heads").names(branch)?;
        match self.ask::<Reference>(Ask::get(route)).await {
            Ok(reference) => self.commit(&reference.object.sha).await.map(Some),
            Err(Failure::NotFound(_)) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    /// The commit of that id.
    async fn commit(&self, sha: &str) -> Result<Commit, Stop> {
        let route = self.base.clone().then("git/commits").name(sha)?;
        Ok(self.ask(Ask::get(route)).await?)
    }

    /// Brings the branch to what is wanted. `base` is the head of the branch that it is to be merged into.
    pub(super) async fn change(&self, wanted: &NewPullRequest, base: &Commit) -> Result<Branch, Stop> {
        let there = self.head(&wanted.branch).await?;
        let is_theirs = |head: &Commit| head.sha != base.sha && !made_by(wanted, head);
        if wanted.only_ours && there.as_ref().is_some_and(is_theirs) {
            return Ok(Branch::Theirs);
        }
        let from = match &there {
            Some(head) if wanted.update => head,
            Some(head) => return self.is_ours(wanted, head).await,
            None => base,
        };
        let tree = self.tree(wanted, from).await?;
        if tree == from.tree.sha && (there.is_some() || !wanted.when_empty) {
            return Ok(Branch::Same);
        }
        let commit = self.make_commit(wanted, from, &tree).await?;
        match there {
            None => {
                let body = json!({ "ref": format!("refs/heads/{}", wanted.branch), "sha": commit });
                let made = self.ask::<Value>(Ask::post(self.base.clone().then("git/refs"), body)).await;
                self.or_there(made, wanted, &commit).await
            }
            Some(_) => {
                let route = self.base.clone().then("git/refs/heads").names(&wanted.branch)?;
                let moved =
                    self.ask::<Value>(Ask::patch(route, json!({ "sha": commit, "force": false }))).await;
                self.or_there(moved, wanted, &commit).await
            }
        }
    }

    /// A branch that is there already and is not to be moved: the work of an earlier try, or somebody else's.
    async fn is_ours(&self, wanted: &NewPullRequest, head: &Commit) -> Result<Branch, Stop> {
        if let ([parent], true) = (head.parents.as_slice(), head.message == wanted.message) {
            let parent = self.commit(&parent.sha).await?;
            if self.tree(wanted, &parent).await? == head.tree.sha {
                return Ok(Branch::Changed);
            }
        }
        Err(Stop::Ours(ForgeError::Conflict(format!(
            "the branch `{}` exists already; set `update: true` to add to it, or choose another",
            wanted.branch
        ))))
    }

    /// A failure is none if the branch is where it is wanted.
    async fn or_there(
        &self,
        outcome: Result<Value, Failure>,
        wanted: &NewPullRequest,
        commit: &str,
    ) -> Result<Branch, Stop> {
        match outcome {
            Ok(_) => Ok(Branch::Changed),
            Err(failure @ (Failure::Conflict(_) | Failure::Invalid(_))) => {
                match self.head(&wanted.branch).await? {
                    Some(head) if head.sha == commit => Ok(Branch::Changed),
                    _ => Err(failure.into()),
                }
            }
            Err(failure) => Err(failure.into()),
        }
    }

    async fn make_commit(
        &self,
        wanted: &NewPullRequest,
        parent: &Commit,
        tree: &str,
    ) -> Result<String, Stop> {
        let mut body = json!({ "message": wanted.message, "tree": tree, "parents": [parent.sha] });
        if let (Some(author), Some(map)) = (&wanted.author, body.as_object_mut()) {
            let date = mark::instant(wanted.origin.since_ms);
            let by = json!({ "name": author.name, "email": author.email, "date": date });
            map.insert("author".to_owned(), by.clone());
            map.insert("committer".to_owned(), by);
        }
        let made: Made = self.ask(Ask::post(self.base.clone().then("git/commits"), body)).await?;
        Ok(made.sha)
    }

    /// The tree of a commit with the change on it.
    async fn tree(&self, wanted: &NewPullRequest, on: &Commit) -> Result<String, Stop> {
        let mut entries = self.deletions(wanted, on).await?;
        let (mut sha, mut bytes) = (on.tree.sha.clone(), 0);
        for (path, entry) in wanted.files.iter().filter(|(_, entry)| **entry != Entry::Dir) {
            if bytes > TREE_BYTES || entries.len() >= TREE_ENTRIES {
                sha = self.make_tree(&sha, std::mem::take(&mut entries)).await?;
                bytes = 0;
            }
            bytes += usize::try_from(entry.size()).unwrap_or(usize::MAX);
            entries.push(self.entry(path, entry).await?);
        }
        if entries.is_empty() { Ok(sha) } else { self.make_tree(&sha, entries).await }
    }

    async fn make_tree(&self, on: &str, entries: Vec<Value>) -> Result<String, Stop> {
        let body = json!({ "base_tree": on, "tree": entries });
        let made: Made = self.ask(Ask::post(self.base.clone().then("git/trees"), body)).await?;
        Ok(made.sha)
    }

    async fn entry(&self, path: &TreePath, entry: &Entry) -> Result<Value, Stop> {
        let (mode, bytes) = match entry {
            Entry::File(file) => (if file.executable { EXECUTABLE } else { FILE }, &file.bytes[..]),
            Entry::Symlink { target } => (LINK, target.as_bytes()),
            Entry::Dir => (FILE, &[][..]),
        };
        let mut value = json!({ "path": path.as_str(), "mode": mode, "type": "blob" });
        let (key, content) = match std::str::from_utf8(bytes) {
            Ok(text) => ("content", text.to_owned()),
            Err(_) => {
                let body = json!({ "content": STANDARD.encode(bytes), "encoding": "base64" });
                let made: Made = self.ask(Ask::post(self.base.clone().then("git/blobs"), body)).await?;
                ("sha", made.sha)
            }
        };
        if let Some(map) = value.as_object_mut() {
            map.insert(key.to_owned(), content.into());
        }
        Ok(value)
    }

    /// Files that are there and go. GitHub refuses to take away what is not there.
    async fn deletions(&self, wanted: &NewPullRequest, on: &Commit) -> Result<Vec<Value>, Stop> {
        if wanted.delete.is_empty() {
            return Ok(Vec::new());
        }
        let route = self.base.clone().then("git/trees").name(&on.tree.sha)?;
        let there: Listing = self.ask(Ask::get(route.with("recursive", "1"))).await?;
        let goes = |listed: &&Listed| {
            listed.kind == "blob"
                && TreePath::parse(&listed.path).is_ok_and(|path| {
                    wanted.files.get(&path).is_none()
                        && wanted.delete.iter().any(|deleted| path.starts_with(deleted))
                })
        };
        let gone = there.tree.iter().filter(goes);
        Ok(gone
            .map(|listed| json!({ "path": listed.path, "mode": listed.mode, "type": "blob", "sha": null }))
            .collect())
    }
}
