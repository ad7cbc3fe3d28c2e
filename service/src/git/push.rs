//! Pushing one commit to one branch of a repository on a server.
//!
//! Look where the branch is, send the commit with what it needs, read what became of it; and where the answer is
//! lost or tells of somebody faster, look again. Files never touch a disk on their way. It repeats nothing and
//! knows no host; why a push was refused is told by `refusal`. The invariants: a branch is created, or moved from
//! where the caller expects it, and never otherwise; a push is done when the server's report or its list of branches
//! says so; a push whose future is dropped sends nothing more.

pub(super) mod refusal;

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use git2::Oid;
use reqwest::Body;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::error::GitError;
use super::fetch::{Credentials, Origin};
use super::http::{AGENT, Remote, Service};
use super::objects::{Object, Objects};
use super::pack::PackStream;
use super::wire::{Advertisement, Decoder, PushAnswer, Verdict, WireError, command};
use super::{BranchUpdate, CommitId, NewCommit, ObjectStore, blocking, commit, setup};
use refusal::RefusalKind;

/// A pack whose files measure up to this is sent in one piece, as git does.
const ONE_PIECE: usize = 1024 * 1024;
/// How many pieces of a pack may wait for the network.
const WAITING_PIECES: usize = 8;
/// How long a second look may take.
const SECOND_LOOK: Duration = Duration::from_secs(10);

/// What pushing over the network may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PushLimits {
    /// How long nothing may be sent or come.
    pub idle: Duration,
    /// How long it may take in all.
    pub total: Duration,
    /// How many bytes each answer may have.
    pub max_answer: u64,
}

impl Default for PushLimits {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(60),
            total: Duration::from_secs(10 * 60),
            max_answer: 4 * 1024 * 1024,
        }
    }
}

/// Makes the commit and creates its branch in the repository at `url`, which is `http(s)://`. The branch already at
/// that very commit is success, whatever became of an earlier answer; at another it is [`GitError::Conflict`].
/// Dropping the future breaks the push off.
pub async fn push(
    url: &str,
    commit: NewCommit,
    credentials: Option<&Credentials>,
    limits: &PushLimits,
) -> Result<CommitId, GitError> {
    let remote = remote(url, credentials, limits)?;
    let branch = commit.branch.clone();
    let objects = blocking(move || commit::first(&commit)).await?;
    Push::new(remote, branch, None, &objects, *limits).deliver(objects.all).await
}

/// Makes a commit on top of another, which is in `store`, and moves or creates its branch. As with [`push`], a
/// branch that is at the new commit already is success; one that is not where it is expected is a conflict.
pub(super) async fn push_onto(
    store: &ObjectStore,
    url: &str,
    update: BranchUpdate,
    credentials: Option<&Credentials>,
    limits: &PushLimits,
) -> Result<CommitId, GitError> {
    let remote = remote(url, credentials, limits)?;
    let (branch, expected) = (update.branch.clone(), update.expected.clone());
    let path = store.path.clone();
    let objects = blocking(move || commit::next(&setup::open(&path)?, &update)).await?;
    Push::new(remote, branch, expected, &objects, *limits).deliver(objects.all).await
}

fn remote(url: &str, credentials: Option<&Credentials>, limits: &PushLimits) -> Result<Remote, GitError> {
    match Origin::parse(url)? {
        Origin::Http(url) => Remote::new(url, credentials, Service::Pushing, limits.idle),
        Origin::Local(folder) => Err(GitError::Invalid(format!(
            "`{}` is a folder, which is not pushed to; write the repository's address with `https://`",
            folder.display()
        ))),
    }
}

/// One push to one branch.
struct Push {
    remote: Remote,
    branch: String,
    /// The branch's full name.
    reference: String,
    /// Where the branch is to be found; `None` when it is to be created.
    expected: Option<CommitId>,
    commit: CommitId,
    limits: PushLimits,
    pulse: Arc<Pulse>,
}

impl Push {
    fn new(
        remote: Remote,
        branch: String,
        expected: Option<CommitId>,
        objects: &Objects,
        limits: PushLimits,
    ) -> Self {
        let reference = format!("refs/heads/{branch}");
        let commit = CommitId(objects.root.to_string());
        Self { remote, branch, reference, expected, commit, limits, pulse: Arc::default() }
    }

    async fn deliver(self, objects: Vec<Object>) -> Result<CommitId, GitError> {
        let deadline = Instant::now() + self.limits.total;
        let Some(listed) = self.within(deadline, self.look()).await? else { return Ok(self.commit) };
        match self.within(deadline, self.send(&listed, objects)).await {
            Err(error) if is_unsure(&error) => self.look_again(error).await,
            outcome => outcome.map(|()| self.commit),
        }
    }

    /// What the repository has; `None` when the branch is where it is wanted.
    async fn look(&self) -> Result<Option<Advertisement>, GitError> {
        let listed = self.remote.list(self.limits.max_answer).await?;
        let at = listed.find(&self.reference).map(|id| CommitId(id.to_ascii_lowercase()));
        let is_there = commit::is_there(&self.branch, at.as_ref(), &self.commit, self.expected.as_ref());
        if is_there.map_err(|error| self.here(error))? {
            return Ok(None);
        }
        if let Some(other) = listed.in_the_way_of(&self.reference) {
            return Err(self.here(GitError::Conflict(format!(
                "the branch `{}` cannot stand beside the branch `{other}`; choose another name",
                self.branch
            ))));
        }
        Ok(Some(listed))
    }

    /// The answer did not tell what became of the push, or somebody was faster: the list of branches tells.
    async fn look_again(self, error: GitError) -> Result<CommitId, GitError> {
        let patience = self.limits.idle.min(SECOND_LOOK);
        match tokio::time::timeout(patience, self.look()).await {
            Ok(Ok(None)) => Ok(self.commit),
            Ok(Err(conflict @ GitError::Conflict(_))) => Err(conflict),
            _ => Err(error),
        }
    }

    async fn send(&self, listed: &Advertisement, objects: Vec<Object>) -> Result<(), GitError> {
        let too_old = || self.remote.wire(WireError::Malformed("no report of pushes; its git is too old"));
        let capabilities = listed.push_capabilities(AGENT).ok_or_else(too_old)?;
        let none = Oid::ZERO_SHA1.to_string();
        let old = self.expected.as_ref().map_or(none.as_str(), |expected| &expected.0);
        let command = command(old, &self.commit.0, &self.reference, &capabilities);
        let body = body(command, objects, Arc::clone(&self.pulse)).await?;
        let mut response = self.remote.ask(body).await?;
        self.pulse.beat();
        let mut answer = PushAnswer::new(&self.reference, listed.has_side_band());
        let (mut decoder, mut total) = (Decoder::default(), 0);
        while let Some(piece) = response.chunk().await.map_err(|error| self.remote.broken(&error))? {
            self.pulse.beat();
            total += piece.len() as u64;
            self.remote.check_size(total, self.limits.max_answer)?;
            decoder.push(&piece);
            while let Some(packet) = decoder.pop().map_err(|error| self.remote.wire(error))? {
                answer.feed(packet).map_err(|error| self.remote.wire(error))?;
            }
        }
        match answer.verdict() {
            Some(Verdict::Done) => Ok(()),
            Some(Verdict::Refused(reasons)) => Err(refusal::of_report(&self.remote, &self.branch, &reasons)),
            None => Err(GitError::Unavailable(format!(
                "`{}` broke off before it told what became of the push; try again",
                self.remote.url
            ))),
        }
    }

    /// Does the work as long as something moves, and until the deadline.
    async fn within<T>(
        &self,
        deadline: Instant,
        work: impl Future<Output = Result<T, GitError>>,
    ) -> Result<T, GitError> {
        self.pulse.beat();
        tokio::pin!(work);
        loop {
            let still = self.pulse.last() + self.limits.idle;
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep_until(still.min(deadline)) => {
                    let now = Instant::now();
                    if now >= deadline {
                        return Err(self.too_long());
                    }
                    if now >= self.pulse.last() + self.limits.idle {
                        return Err(self.remote.stands_still());
                    }
                }
            }
        }
    }

    fn too_long(&self) -> GitError {
        GitError::Unavailable(format!(
            "the push to `{}` took longer than {} seconds; try again",
            self.remote.url,
            self.limits.total.as_secs_f32()
        ))
    }

    /// The same error, saying in which repository it was.
    fn here(&self, error: GitError) -> GitError {
        match error {
            GitError::Conflict(message) => GitError::Conflict(format!("`{}`: {message}", self.remote.url)),
            other => other,
        }
    }
}

/// May the branch be where it is wanted, or somewhere else, in spite of this error?
fn is_unsure(error: &GitError) -> bool {
    match error {
        GitError::Unavailable(_) => true,
        GitError::PushRefused(refusal) => refusal.kind == RefusalKind::BranchMoved,
        _ => false,
    }
}

/// The command and the pack: as one piece when it is small, otherwise made while it is sent.
async fn body(command: String, objects: Vec<Object>, pulse: Arc<Pulse>) -> Result<Body, GitError> {
    let failed = |error: std::io::Error| GitError::Unavailable(format!("no pack could be made: {error}"));
    let size: usize = objects.iter().map(|object| object.data.len()).sum();
    let pack = PackStream::new(objects).map_err(failed)?;
    if size <= ONE_PIECE {
        return blocking(move || {
            let mut whole = BytesMut::from(command.as_bytes());
            for piece in pack {
                whole.extend_from_slice(&piece.map_err(failed)?);
            }
            Ok(Body::from(whole.freeze()))
        })
        .await;
    }
    let (sender, receiver) = mpsc::channel(WAITING_PIECES);
    // Ends by itself when nobody takes the pieces any more.
    drop(tokio::task::spawn_blocking(move || {
        let mut pieces = std::iter::once(Ok(Bytes::from(command))).chain(pack);
        pieces.try_for_each(|piece| sender.blocking_send(piece))
    }));
    Ok(Body::wrap_stream(futures_util::stream::unfold(receiver, move |mut receiver| {
        let pulse = Arc::clone(&pulse);
        async move {
            let piece = receiver.recv().await?;
            pulse.beat();
            Some((piece, receiver))
        }
    })))
}

/// When something was sent or came last.
#[derive(Debug)]
struct Pulse(Mutex<Instant>);

impl Default for Pulse {
    fn default() -> Self {
        Self(Mutex::new(Instant::now()))
    }
}

impl Pulse {
    fn beat(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn last(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
