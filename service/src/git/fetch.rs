//! Bringing one revision of another repository into a store.
//!
//! It says which addresses can be read at all, in what order things happen, and how much they may cost. The
//! invariant: a store never gives out an object because somebody knew its id. What an address has served is
//! remembered by address (`refs/fetched/<hash of the address>/<commit>`, which names the commit's tree), a pack
//! is judged without the store's own objects, and the server is asked every time whether the caller may read.

use std::path::PathBuf;
use std::time::Duration;

use git2::{ErrorCode, ObjectType, Oid, Repository};
use reqwest::Url;

use super::error::GitError;
use super::http::{Remote, Service};
use super::pack::Incoming;
use super::{CommitId, ObjectStore, TreeId, blocking, read, setup};
use crate::secret::Secret;

/// A user name and token, bound to one scheme, host and port.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// `https://host[:port]`; a path behind it is ignored. The token is sent there and nowhere else.
    pub url: String,
    /// For example `x-access-token`.
    pub username: String,
    /// The token.
    pub token: Secret,
}

impl Credentials {
    /// May they be sent to this address?
    pub(super) fn are_for(&self, url: &Url) -> bool {
        Url::parse(&self.url).is_ok_and(|bound| bound.origin().is_tuple() && bound.origin() == url.origin())
    }
}

/// What reading a repository over the network may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchLimits {
    /// How long a transfer may stand still.
    pub idle: Duration,
    /// How long it may take in all.
    pub total: Duration,
    /// How many bytes may come.
    pub max_bytes: u64,
}

impl Default for FetchLimits {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(60),
            total: Duration::from_secs(15 * 60),
            max_bytes: 1024 * 1024 * 1024,
        }
    }
}

/// Where a repository is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// A folder of this machine.
    Local(PathBuf),
    /// A server.
    Http(Url),
}

impl Origin {
    /// Reads an address; kinds that cannot be read are refused by name.
    pub(super) fn parse(text: &str) -> Result<Self, GitError> {
        let shown = text.escape_debug();
        let Ok(url) = Url::parse(text) else {
            return match text.split_once(':') {
                Some((before, _)) if !before.contains('/') => Err(GitError::Invalid(format!(
                    "`{shown}` is an address for SSH, which is not supported; write it with `https://`"
                ))),
                _ if text.is_empty() => {
                    Err(GitError::Invalid("the repository's address is empty".to_owned()))
                }
                _ => Ok(Self::Local(PathBuf::from(text))),
            };
        };
        match url.scheme() {
            "file" => url.to_file_path().map(Self::Local).map_err(|()| {
                GitError::Invalid(format!("`{shown}` names another machine; write `file:///path`"))
            }),
            "http" | "https" if !url.username().is_empty() || url.password().is_some() => {
                Err(GitError::Invalid(format!(
                    "the address of a repository on `{}` holds a user name or token; take it out of the address",
                    url.host_str().unwrap_or_default()
                )))
            }
            "http" | "https" if url.query().is_some() || url.fragment().is_some() => Err(GitError::Invalid(
                format!("`{shown}` goes on after the repository; end it before `?` and `#`"),
            )),
            "http" | "https" => Ok(Self::Http(url)),
            scheme => Err(GitError::Invalid(format!(
                "`{scheme}:` addresses are not supported; write the repository's address with `https://`"
            ))),
        }
    }
}

/// Reads one revision from a server.
pub(super) async fn over_http(
    store: &ObjectStore,
    url: Url,
    revision: Option<&str>,
    credentials: Option<&Credentials>,
) -> Result<(CommitId, TreeId), GitError> {
    let total = store.limits.total;
    let remote = Remote::new(url.clone(), credentials, Service::Reading, store.limits.idle)?;
    tokio::time::timeout(total, transfer(store, &remote, &url, revision)).await.unwrap_or_else(|_| {
        Err(GitError::Unavailable(format!("`{url}` took longer than {} seconds; try again", total.as_secs())))
    })
}

async fn transfer(
    store: &ObjectStore,
    remote: &Remote,
    url: &Url,
    revision: Option<&str>,
) -> Result<(CommitId, TreeId), GitError> {
    let wanted = remote.want(revision, store.limits.max_bytes).await?;
    let (path, url) = (store.path.clone(), url.clone());
    if let Some(commit) = wanted.commit {
        let (path, url) = (path.clone(), url.clone());
        let known = blocking(move || known(&setup::open(&path)?, &url, &commit)).await?;
        if let Some(known) = known {
            return Ok(known);
        }
    }
    let place = path.clone();
    let incoming = blocking(move || Incoming::new(&setup::open(&place)?)).await?;
    remote.download(wanted.request, &incoming.spool(), store.limits.max_bytes).await?;
    blocking(move || take_in(&setup::open(&path)?, incoming, &url, &wanted.object)).await
}

/// The name under which it is remembered that an address served a commit.
fn marker(url: &Url, commit: &str) -> Result<String, GitError> {
    let address = Oid::hash_object(ObjectType::Blob, url.as_str().as_bytes())?;
    Ok(format!("refs/fetched/{address}/{commit}"))
}

/// The commit, if this very address served it before.
fn known(store: &Repository, url: &Url, commit: &str) -> Result<Option<(CommitId, TreeId)>, GitError> {
    match store.find_reference(&marker(url, commit)?) {
        Ok(reference) => {
            let tree = reference.target().map(|tree| TreeId(tree.to_string()));
            Ok(tree.map(|tree| (CommitId(commit.to_owned()), tree)))
        }
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Indexes what was downloaded, checks that it is whole, and moves it into the store.
fn take_in(
    store: &Repository,
    incoming: Incoming,
    url: &Url,
    object: &str,
) -> Result<(CommitId, TreeId), GitError> {
    let broken = || GitError::Unavailable(format!("`{url}` sent a pack that is not whole; try again"));
    let spool = incoming.spool();
    let indexed = incoming.index(|indexer| {
        let mut file = std::fs::File::open(&spool).map_err(|source| GitError::io(&spool, source))?;
        std::io::copy(&mut file, indexer).map_err(|_| broken())?;
        Ok(())
    });
    indexed.map_err(|error| if matches!(error, GitError::Git(_)) { broken() } else { error })?;
    let found = {
        let received = incoming.objects()?;
        let commit = read::commit(&received, Some(object)).map_err(|error| match error {
            GitError::NotFound(_) => GitError::NotFound(format!("`{url}` has no commit `{object}`")),
            other => other,
        })?;
        if !read::is_complete(&received, commit.tree_id())? {
            return Err(broken());
        }
        read::described(&commit)?
    };
    incoming.install()?;
    remember(store, url, &found)?;
    Ok(found)
}

fn remember(store: &Repository, url: &Url, found: &(CommitId, TreeId)) -> Result<(), GitError> {
    let (commit, tree) = found;
    let tree = Oid::from_str(&tree.0)?;
    match store.reference(&marker(url, &commit.0)?, tree, true, "fetch") {
        // Another process is remembering the same; if it was killed at that, the next reading is a download.
        Err(error) if error.code() == ErrorCode::Locked => Ok(()),
        other => other.map(drop).map_err(GitError::from),
    }
}
