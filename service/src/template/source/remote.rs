//! Git repositories elsewhere: which address is asked, with whose token, and how often.
//!
//! Rewrites turn a URL into the address that is asked; the URL as written stays the name of the source. A
//! token goes to the scheme, host and port that it is for and to no other. A repository may lie nearby: then its
//! folder is read, and no server is asked. The invariant: one transfer at a
//! time for a repository, and what was fetched for one caller's token is never given to another.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::Mutex as AsyncMutex;

use super::FetchError;
use crate::config;
use crate::git::{CommitId, Credentials, GitError, ObjectStore, TreeId};
use crate::secret::Secret;

/// Revisions that are remembered for a repository.
const MAX_REMEMBERED: usize = 1_000;
/// The user name that code hosts take beside a token.
const TOKEN_USER: &str = "x-access-token";

/// A revision; none is the remote's own choice.
type Revision = Option<String>;

/// Gives the folder of an address.
type FolderOf = dyn Fn(&str) -> Option<PathBuf> + Send + Sync;

/// Web addresses whose repositories lie on this machine.
pub(super) struct Nearby(Box<FolderOf>);

impl Nearby {
    pub(super) fn new(folder: impl Fn(&str) -> Option<PathBuf> + Send + Sync + 'static) -> Self {
        Self(Box::new(folder))
    }
}

impl fmt::Debug for Nearby {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nearby")
    }
}

/// A token for an address, or why it cannot be had.
type Lent = Pin<Box<dyn Future<Output = Result<Option<Secret>, String>> + Send>>;

/// Gives the service's own token for an address, another one than that which was refused.
pub(super) struct Lender(Box<dyn Fn(String, Option<Secret>) -> Lent + Send + Sync>);

impl Lender {
    pub(super) fn new<F, Fut>(lend: F) -> Self
    where
        F: Fn(String, Option<Secret>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Option<Secret>, String>> + Send + 'static,
    {
        Self(Box::new(move |address, refused| Box::pin(lend(address, refused))))
    }
}

impl fmt::Debug for Lender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lender")
    }
}

#[derive(Debug)]
pub(super) struct Remotes {
    store: ObjectStore,
    git: config::Git,
    nearby: Nearby,
    lender: Option<Lender>,
    repositories: Mutex<HashMap<String, Arc<AsyncMutex<Repository>>>>,
}

#[derive(Debug, Default)]
struct Repository {
    fetched: HashMap<Revision, Answer>,
}

#[derive(Clone, Debug)]
struct Answer {
    asked: Instant,
    commit: CommitId,
    tree: TreeId,
}

impl Remotes {
    pub(super) fn new(store: ObjectStore, git: config::Git, nearby: Nearby) -> Self {
        Self { store, git, nearby, lender: None, repositories: Mutex::default() }
    }

    /// Has somebody who gives tokens for addresses without credentials.
    pub(super) fn lend(&mut self, lender: Lender) {
        self.lender = Some(lender);
    }

    /// The commit that a revision names now, and its tree, both in the store.
    pub(super) async fn fetch(
        &self,
        url: &str,
        revision: Option<&str>,
        token: Option<&Secret>,
    ) -> Result<(CommitId, TreeId), FetchError> {
        let arrived = Instant::now();
        let address = self.rewritten(url);
        let repository = self.repository(&address);
        let mut repository = repository.lock().await;
        let known = repository.fetched.get(&revision.map(str::to_owned));
        // A commit never changes; a branch was asked for us if the question was put after we came.
        let current = known.filter(|known| known.asked >= arrived || revision.is_some_and(is_commit));
        if let (Some(answer), None) = (current, token) {
            return Ok((answer.commit.clone(), answer.tree.clone()));
        }
        let asked = Instant::now();
        let (commit, tree) = match (self.nearby.0)(&address) {
            Some(folder) if folder.is_dir() => {
                self.store.fetch(&folder.display().to_string(), revision, None).await?
            }
            Some(_) => {
                let reason = format!("there is no repository at `{url}`; check the spelling");
                return Err(FetchError::NotFound(reason));
            }
            None => {
                let given = self.credentials(url, &address, token);
                // Whoever brings a token of his own is not helped out with the service's.
                let lends = given.is_none() && token.is_none();
                let lent = if lends { self.lent(&address, None).await? } else { None };
                let credentials = given.as_ref().or(lent.as_ref());
                match (self.store.fetch(&address, revision, credentials).await, lent) {
                    (Err(GitError::TokenRefused(_)), Some(lent)) => {
                        let lent = self.lent(&address, Some(lent.token)).await?;
                        self.store.fetch(&address, revision, lent.as_ref()).await?
                    }
                    (fetched, _) => fetched?,
                }
            }
        };
        if token.is_none() {
            if repository.fetched.len() >= MAX_REMEMBERED {
                repository.fetched.clear();
            }
            let answer = Answer { asked, commit: commit.clone(), tree: tree.clone() };
            repository.fetched.insert(Some(commit.0.clone()), answer.clone());
            repository.fetched.insert(revision.map(str::to_owned), answer);
        }
        Ok((commit, tree))
    }

    fn repository(&self, address: &str) -> Arc<AsyncMutex<Repository>> {
        let mut repositories = self.repositories.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(repositories.entry(address.to_owned()).or_default())
    }

    /// The first rewrite whose prefix fits.
    fn rewritten(&self, url: &str) -> String {
        let fits = |rewrite: &config::Rewrite| {
            url.strip_prefix(&rewrite.prefix).map(|rest| format!("{}{rest}", rewrite.replacement))
        };
        self.git.rewrites.iter().find_map(fits).unwrap_or_else(|| url.to_owned())
    }

    /// The service's own token for an address, another one than `refused` if there is one.
    async fn lent(&self, address: &str, refused: Option<Secret>) -> Result<Option<Credentials>, FetchError> {
        let Some(Lender(lend)) = &self.lender else { return Ok(None) };
        let lent = lend(address.to_owned(), refused).await.map_err(GitError::Unavailable)?;
        let username = TOKEN_USER.to_owned();
        Ok(lent.map(|token| Credentials { url: address.to_owned(), username, token }))
    }

    /// A token that was given is meant for the URL as written; elsewhere the configured ones count.
    fn credentials(&self, url: &str, address: &str, token: Option<&Secret>) -> Option<Credentials> {
        let target = origin(address)?;
        if let Some(token) = token
            && origin(url).as_ref() == Some(&target)
        {
            let username = TOKEN_USER.to_owned();
            return Some(Credentials { url: url.to_owned(), username, token: token.clone() });
        }
        let configured =
            self.git.credentials.iter().find(|one| origin(&one.url).as_ref() == Some(&target))?;
        let config::GitCredential { url, username, token } = configured.clone();
        Some(Credentials { url, username, token })
    }
}

fn is_commit(revision: &str) -> bool {
    revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Scheme, host and port of a web address.
fn origin(url: &str) -> Option<(String, String, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let default = match scheme.as_str() {
        "https" => 443,
        "http" => 80,
        _ => return None,
    };
    let host = rest.split(['/', '?', '#']).next()?.to_ascii_lowercase();
    match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => Some((scheme, name.to_owned(), port.parse().ok()?)),
        _ => Some((scheme, host, default)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remotes() -> Remotes {
        let folder = tempfile::tempdir().unwrap();
        let credential = |url: &str, token: &str| config::GitCredential {
            url: url.to_owned(),
            username: "bot".to_owned(),
            token: Secret::new(token),
        };
        let rewrite = |prefix: &str, replacement: &str| config::Rewrite {
            prefix: prefix.to_owned(),
            replacement: replacement.to_owned(),
        };
        let git = config::Git {
            rewrites: vec![
                rewrite("https://github.com/acme/", "https://mirror.acme.io/acme/"),
                rewrite("https://github.com/", "https://elsewhere/"),
            ],
            credentials: vec![
                credential("https://git.acme.io", "one"),
                credential("https://git.acme.io:8443", "two"),
            ],
            timeout_seconds: 60,
        };
        Remotes::new(ObjectStore::open_or_init(folder.path()).unwrap(), git, Nearby::new(|_| None))
    }

    fn token(url: &str, address: &str, given: Option<&str>) -> Option<String> {
        let given = given.map(Secret::new);
        remotes().credentials(url, address, given.as_ref()).map(|found| found.token.expose().to_owned())
    }

    #[test]
    fn the_first_fitting_rewrite_counts() {
        assert_eq!(remotes().rewritten("https://github.com/acme/x"), "https://mirror.acme.io/acme/x");
        assert_eq!(remotes().rewritten("https://github.com/o/x"), "https://elsewhere/o/x");
        assert_eq!(remotes().rewritten("https://gitlab.com/o/x"), "https://gitlab.com/o/x");
    }

    #[test]
    fn a_configured_token_goes_to_its_scheme_host_and_port_alone() {
        let asked = |url: &str| token(url, url, None);

        assert_eq!(asked("https://git.acme.io/a/b").as_deref(), Some("one"));
        assert_eq!(asked("https://GIT.acme.io:443/a/b").as_deref(), Some("one"));
        assert_eq!(asked("https://git.acme.io:8443/a/b").as_deref(), Some("two"));
        assert_eq!(asked("http://git.acme.io/a/b"), None);
        assert_eq!(asked("https://git.acme.io.evil.com/a/b"), None);
        assert_eq!(asked("file:///git.acme.io"), None);
    }

    #[test]
    fn a_given_token_does_not_follow_a_rewrite_to_another_host() {
        assert_eq!(token("https://x.io/a", "https://x.io/a", Some("mine")).as_deref(), Some("mine"));
        assert_eq!(token("https://x.io/a", "https://y.io/a", Some("mine")), None);
        assert_eq!(token("https://x.io/a", "https://git.acme.io/a", Some("mine")).as_deref(), Some("one"));
    }
}
