//! Commits through the Git Data API, which GitHub signs for an App that gives no author.
//!
//! Blobs for what is not text, the tree in one request for each thousand files, the commit, the branch. A
//! repository without a commit takes none of these: one file is put into it first, and the real commit, which has
//! no parent, takes the place of that beginning, or stands on it where rules forbid to replace it.
//!
//! The commit's id cannot be known beforehand, so its message ends in a mark, the id that the commit would have in
//! git; files and mark together say that a commit is ours. The invariant: the branch ends at the very files that are
//! wanted, by one commit of ours, however often this is repeated; anything else on it is a conflict.

use serde_json::{Value, json};

use super::super::GitHub;
use super::super::answer::Failure;
use super::super::client::Ask;
use super::super::patience::{Kind, Trouble, patiently};
use super::super::repository::called;
use super::super::route::Route;
use super::items::{self, Item};
use crate::forge::{ForgeError, RepoSlug};
use crate::git::{self, BranchUpdate, CommitId, NewCommit, TreeId};

/// What the last line of a message begins with.
const MARK: &str = "Stagecraft-Commit: ";

/// A commit that is wanted.
struct Wanted<'a> {
    github: &'a GitHub,
    slug: &'a RepoSlug,
    branch: String,
    /// Where the branch is to be found; `None` when it is to be made.
    expected: Option<CommitId>,
    /// The commit to build on, and its files.
    onto: Option<(CommitId, TreeId)>,
    items: Vec<Item>,
    /// What the files amount to.
    tree: TreeId,
    message: String,
    /// The last line of the message.
    mark: String,
}

/// Makes the commit of a new branch.
pub(super) async fn first(
    github: &GitHub,
    slug: &RepoSlug,
    commit: NewCommit,
) -> Result<CommitId, ForgeError> {
    let (id, tree) = git::foreseen(commit.clone()).await?;
    let wanted = Wanted {
        github,
        slug,
        expected: None,
        onto: None,
        items: items::of_tree(&commit.tree),
        tree,
        message: marked(&commit.message, &id),
        mark: mark(&id),
        branch: commit.branch,
    };
    wanted.deliver().await
}

/// Makes a commit on top of another.
pub(super) async fn onto(
    github: &GitHub,
    slug: &RepoSlug,
    update: BranchUpdate,
) -> Result<CommitId, ForgeError> {
    let store = &github.shared.store;
    let (_, base) = store.resolve(Some(&update.base.0)).await?;
    let (_, before) = store.files(&update.base.0).await?;
    let goes = |path: &str| {
        let is_below = |folder: &str| {
            path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let is_put = update.files.iter().any(|(new, _)| new.as_str() == path);
        !is_put && update.removed.iter().any(|gone| is_below(gone.as_str()))
    };
    let mut items: Vec<Item> =
        before.iter().filter(|file| goes(&file.path)).map(|file| items::gone(&file.path)).collect();
    items.extend(items::of_tree(&update.files));
    let tree = store.amended_tree(&update.base, update.files.clone(), update.removed.clone()).await?;
    let id = store.id_onto(update.clone()).await?;
    let wanted = Wanted {
        github,
        slug,
        expected: update.expected,
        onto: Some((update.base, base)),
        items,
        tree,
        message: marked(&update.message, &id),
        mark: mark(&id),
        branch: update.branch,
    };
    wanted.deliver().await
}

fn mark(id: &CommitId) -> String {
    format!("{MARK}{}", id.0)
}

fn marked(message: &str, id: &CommitId) -> String {
    format!("{}\n\n{}", message.trim_end(), mark(id))
}

/// Where the branch is.
enum At {
    /// Nowhere, nor is any other.
    Empty,
    Nowhere,
    /// Where it is to be found before.
    Expected(CommitId),
    /// At the beginning that was made for it.
    Begun(CommitId),
    /// Where it is wanted.
    Done(CommitId),
}

impl Wanted<'_> {
    async fn deliver(&self) -> Result<CommitId, ForgeError> {
        if self.items.is_empty() && self.onto.is_none() {
            return Err(ForgeError::Invalid(
                "a commit without files cannot be made through the API; add a file, or push over git"
                    .to_owned(),
            ));
        }
        patiently(self.github, self.slug, &called(self.slug), || async {
            match self.attempt().await {
                // Somebody was faster, perhaps an earlier attempt of ours.
                Err(Stopped::Failed(failure @ (Failure::Conflict(_) | Failure::Invalid(_)))) => {
                    match self.look().await {
                        Ok(At::Done(id)) => Ok(id),
                        Err(taken @ Stopped::Taken(_)) => Err(taken),
                        _ => Err(failure.into()),
                    }
                }
                outcome => outcome,
            }
        })
        .await
    }

    async fn attempt(&self) -> Result<CommitId, Stopped> {
        match self.look().await? {
            At::Done(id) => Ok(id),
            At::Begun(beginning) => self.replace(&beginning).await,
            At::Expected(from) => {
                let commit = self.make().await?;
                // What is given up was seen by the caller.
                let force = self.onto.as_ref().is_none_or(|(base, _)| *base != from);
                self.move_branch(&commit, force).await?;
                Ok(commit)
            }
            At::Empty => self.begin().await,
            At::Nowhere => match self.make().await {
                Ok(commit) => {
                    let route = self.route("git/refs")?;
                    let reference = json!({ "ref": format!("refs/heads/{}", self.branch), "sha": commit.0 });
                    self.ask(Ask::post(route, reference)).await?;
                    Ok(commit)
                }
                Err(Failure::Conflict(message)) if self.onto.is_none() && is_empty(&message) => {
                    self.begin().await
                }
                Err(failure) => Err(failure.into()),
            },
        }
    }

    async fn look(&self) -> Result<At, Stopped> {
        let route = self.route("git/ref/heads")?.names(&self.branch).map_err(Failure::from)?;
        match self.ask(Ask::get(route)).await {
            Ok(found) => self.judge(id_at(&found, "/object/sha")?).await,
            Err(Failure::NotFound(_) | Failure::Conflict(_)) if self.expected.is_some() => {
                Err(Stopped::Taken(format!(
                    "the branch `{}` of `{}` is gone; start again without it",
                    self.branch, self.slug
                )))
            }
            Err(Failure::NotFound(_)) => Ok(At::Nowhere),
            Err(Failure::Conflict(message)) if is_empty(&message) => Ok(At::Empty),
            Err(failure) => Err(failure.into()),
        }
    }

    /// What a commit at the head of the branch means.
    async fn judge(&self, head: CommitId) -> Result<At, Stopped> {
        let route = self.route("git/commits")?.name(&head.0).map_err(Failure::from)?;
        let found = self.ask(Ask::get(route)).await?;
        let text = |place: &str| found.pointer(place).and_then(Value::as_str).unwrap_or_default();
        let is_ours = text("/message").trim_end().ends_with(&self.mark);
        if is_ours && text("/tree/sha") == self.tree.0 {
            return Ok(At::Done(head));
        }
        if is_ours && self.onto.is_none() {
            return Ok(At::Begun(head));
        }
        if self.expected.as_ref() == Some(&head) {
            return Ok(At::Expected(head));
        }
        Err(Stopped::Taken(format!(
            "the branch `{}` of `{}` is at commit `{}`, which is not this task's; choose another branch or repository",
            self.branch, self.slug, head.0
        )))
    }

    /// Puts one file into a repository that has no commit, and goes on from there.
    async fn begin(&self) -> Result<CommitId, Stopped> {
        let file = items::beginning(&self.items).and_then(|item| Some((item, item.plain()?)));
        let Some((item, content)) = file else {
            let message =
                "links alone cannot be the first commit through the API; add a file, or push over git";
            return Err(Failure::Unaskable(message.to_owned()).into());
        };
        let body = json!({ "message": self.message, "content": content, "branch": self.branch });
        let route = self.route("contents")?.names(&item.path).map_err(Failure::from)?;
        let made = self.ask(Ask::put(route, Some(body))).await?;
        let beginning = id_at(&made, "/commit/sha")?;
        match self.judge(beginning.clone()).await? {
            At::Done(id) => Ok(id),
            _ => self.replace(&beginning).await,
        }
    }

    /// Puts the commit in the place of the beginning, or on top of it.
    async fn replace(&self, beginning: &CommitId) -> Result<CommitId, Stopped> {
        let tree = self.make_tree().await?;
        let commit = self.make_commit(&tree, None).await?;
        match self.move_branch(&commit, true).await {
            Ok(()) => Ok(commit),
            // A rule against replaced commits; the history then shows the beginning.
            Err(Failure::Invalid(_) | Failure::Forbidden(_) | Failure::Conflict(_)) => {
                let commit = self.make_commit(&tree, Some(beginning)).await?;
                self.move_branch(&commit, false).await?;
                Ok(commit)
            }
            Err(failure) => Err(failure.into()),
        }
    }

    async fn make(&self) -> Result<CommitId, Failure> {
        let tree = self.make_tree().await?;
        self.make_commit(&tree, self.onto.as_ref().map(|(base, _)| base)).await
    }

    async fn make_tree(&self) -> Result<TreeId, Failure> {
        let mut tree = self.onto.as_ref().map(|(_, base)| base.clone());
        for part in items::parts(&self.items) {
            let mut entries = Vec::with_capacity(part.len());
            for item in part {
                let blob = match item.blob() {
                    Some(blob) => {
                        Some(id_at(&self.ask(Ask::post(self.route("git/blobs")?, blob)).await?, "/sha")?)
                    }
                    None => None,
                };
                entries.push(item.entry(blob.as_ref().map(|id| id.0.as_str())));
            }
            let body = match &tree {
                Some(base) => json!({ "tree": entries, "base_tree": base.0 }),
                None => json!({ "tree": entries }),
            };
            let answer = self.ask(Ask::post(self.route("git/trees")?, body)).await?;
            tree = Some(TreeId(id_at(&answer, "/sha")?.0));
        }
        match tree {
            Some(tree) if tree == self.tree => Ok(tree),
            Some(tree) => Err(Failure::Unaskable(format!(
                "GitHub made the files `{}` of what are the files `{}`; nothing was committed, push over git instead",
                tree.0, self.tree.0
            ))),
            None => Err(Failure::Unaskable("there is nothing to commit".to_owned())),
        }
    }

    /// Without author and committer, so that GitHub signs it for an App.
    async fn make_commit(&self, tree: &TreeId, parent: Option<&CommitId>) -> Result<CommitId, Failure> {
        let parents: Vec<&str> = parent.iter().map(|parent| parent.0.as_str()).collect();
        let body = json!({ "message": self.message, "tree": tree.0, "parents": parents });
        id_at(&self.ask(Ask::post(self.route("git/commits")?, body)).await?, "/sha")
    }

    async fn move_branch(&self, commit: &CommitId, force: bool) -> Result<(), Failure> {
        let route = self.route("git/refs/heads")?.names(&self.branch)?;
        self.ask(Ask::patch(route, json!({ "sha": commit.0, "force": force }))).await.map(drop)
    }

    fn route(&self, words: &'static str) -> Result<Route, Failure> {
        Ok(Route::repository(self.slug)?.then(words))
    }

    async fn ask(&self, ask: Ask) -> Result<Value, Failure> {
        Ok(self.github.ask(&self.slug.owner, ask).await?.body)
    }
}

/// What GitHub says of a repository without a commit.
fn is_empty(message: &str) -> bool {
    message.contains("is empty")
}

fn id_at(answer: &Value, place: &str) -> Result<CommitId, Failure> {
    let id = answer.pointer(place).and_then(Value::as_str);
    let id = id.filter(|id| id.len() == 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    id.map(|id| CommitId(id.to_owned()))
        .ok_or_else(|| Failure::Unknown("GitHub's answer names no object".to_owned()))
}

/// Why an attempt stopped.
enum Stopped {
    Failed(Failure),
    /// The branch is another's. No time mends that, however new the repository is.
    Taken(String),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Trouble for Stopped {
    fn kind(&self) -> Kind {
        match self {
            Self::Failed(failure) => failure.kind(),
            Self::Taken(_) => Kind::Hopeless,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Failed(failure) => failure.words(),
            Self::Taken(message) => message.clone(),
        }
    }

    fn about(self, what: &str) -> ForgeError {
        match self {
            Self::Taken(message) => ForgeError::Conflict(message),
            Self::Failed(failure) => match (git::what_to_do(failure.message()), failure.about(what)) {
                (
                    Some(advice),
                    ForgeError::Invalid(message)
                    | ForgeError::NotAllowed(message)
                    | ForgeError::Conflict(message),
                ) => ForgeError::NotAllowed(format!("{message}; {advice}")),
                (_, error) => error,
            },
        }
    }
}
