//! GitHub, by its API: three calls for a repository that was not read before, none for one that did not change.
//!
//! One query tells what the host says of a repository, or of a hundred; one call lists it; one query brings the files
//! worth reading. Without a token, which GraphQL asks for, it uses REST alone and reads fewer files. It changes
//! nothing on GitHub. The invariant: the token goes to the API it was given for and into no message.

mod about;
mod blobs;
mod call;
mod tree;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Limits, Snapshot, SourceError, chosen, put, tree_for};
use crate::detect::Wanted;
use crate::{About, TreePath, WantedFile, catalog_files};

/// GitHub's own API.
pub const GITHUB_API: &str = "https://api.github.com";

/// A GitHub that repositories are read from.
pub struct GitHub {
    http: reqwest::Client,
    api: String,
    token: Option<String>,
    calls: AtomicUsize,
}

/// A repository and what its host says of it, before it is read.
#[derive(Debug, Clone)]
pub struct Found {
    /// `owner/name`.
    pub slug: String,
    /// Its default branch; none while it is empty.
    pub branch: Option<String>,
    /// What tells whether it changed: the commit that the branch points to, or the time of the last push.
    pub version: Option<String>,
    /// What the host says.
    pub about: About,
    /// Is it a fork of another?
    pub fork: bool,
}

/// Why GitHub did not give what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum GitHubError {
    /// There is none of that name, or the token does not show it.
    #[error("GitHub shows no `{0}`; check the name, and that `GITHUB_TOKEN` may read it")]
    NotFound(String),
    /// The token is not taken.
    #[error("GitHub does not take the token in `GITHUB_TOKEN`; make a new one")]
    Token,
    /// Too many calls.
    #[error("GitHub takes no more calls for {0} seconds; wait, or set `GITHUB_TOKEN` to be given more")]
    Limit(u64),
    /// Any other refusal.
    #[error("GitHub answered {status} to `{asked}`: {said}")]
    Refused {
        /// The number of the answer.
        status: u16,
        /// What was asked for.
        asked: String,
        /// What GitHub said.
        said: String,
    },
    /// There was no answer, or none that can be read.
    #[error("`{asked}` cannot be reached: {why}; check the network and the address of the API")]
    Unreachable {
        /// What was asked for.
        asked: String,
        /// What went wrong.
        why: String,
    },
}

impl GitHub {
    /// A GitHub by the base of its API, such as `https://api.github.com` or `https://<host>/api/v3`.
    pub fn new(api: &str, token: Option<String>) -> Result<Self, GitHubError> {
        let failed = |error: reqwest::Error| GitHubError::Unreachable {
            asked: api.to_owned(),
            why: error.without_url().to_string(),
        };
        // It is an error where somebody installed one before, which serves as well.
        drop(rustls::crypto::ring::default_provider().install_default());
        let agent = concat!("catalog-gen/", env!("CARGO_PKG_VERSION"));
        let timeout = std::time::Duration::from_secs(60);
        let http = reqwest::Client::builder().user_agent(agent).timeout(timeout).build().map_err(failed)?;
        let token = token.filter(|token| !token.trim().is_empty());
        Ok(Self { http, api: api.trim_end_matches('/').to_owned(), token, calls: AtomicUsize::new(0) })
    }

    /// The base of the API for a host: GitHub's own, or that of an Enterprise Server.
    pub fn api_of(host: &str) -> String {
        if host.eq_ignore_ascii_case("github.com") {
            GITHUB_API.to_owned()
        } else {
            format!("https://{host}/api/v3")
        }
    }

    /// How many calls were made.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    /// Reads a repository by its name.
    pub async fn snapshot(&self, slug: &str, limits: Limits) -> Result<Snapshot, SourceError> {
        let found = self.repository(slug).await?;
        self.read(&found, limits).await
    }

    /// Reads a repository that was found.
    pub async fn read(&self, found: &Found, limits: Limits) -> Result<Snapshot, SourceError> {
        let Some(branch) = &found.branch else {
            return Ok(Snapshot { about: found.about.clone(), ..Snapshot::default() });
        };
        let commit = found.version.clone().filter(|_| self.token.is_some());
        let listing = self.listing(&found.slug, commit.as_deref().unwrap_or(branch), limits).await?;
        let (wanted, mut unread) = chosen(&listing, limits);
        let mut files = tree_for(limits);
        // The files that people wrote come with the others; those that their locations name take a further query.
        let mut asked: BTreeSet<TreePath> = catalog_files(&listing, &files).into_iter().collect();
        let mut next: Vec<WantedFile> = asked.iter().cloned().map(needed).collect();
        next.extend(wanted.into_iter().filter(|file| !asked.contains(&file.path)));
        while !next.is_empty() {
            for (path, content) in self.blobs(&found.slug, &listing, next).await? {
                put(&mut files, &mut unread, path, content);
            }
            let people = catalog_files(&listing, &files).into_iter().filter(|path| !asked.contains(path));
            next = people.map(needed).collect();
            asked.extend(next.iter().map(|file| file.path.clone()));
        }
        unread.sort();
        Ok(Snapshot { listing, files, about: found.about.clone(), commit, unread })
    }
}

fn needed(path: TreePath) -> WantedFile {
    WantedFile { path, wanted: Wanted::Yes }
}
