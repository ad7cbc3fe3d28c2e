//! GitHub: github.com, GitHub Enterprise Cloud with data residency, GitHub Enterprise Server.
//!
//! Every operation looks, acts, and looks again where an answer was lost, so that it can be repeated without doing
//! anything twice. It acts as the App's installation for the owner, or by the token of the settings, or by the
//! step's own token. How it is asked stands in [`client`], as whom in `access`, how fast in `governor`, how often in
//! `patience`; what is asked for has one module for each kind of thing.
//!
//! A repository that a task is making says so in its description (`Being made by Stagecraft, task …`) from the call
//! that creates it until its settings stand: by that a resumed task knows its own half-made repository, and people
//! know what they look at.
//!
//! The invariant: a request is built from a [`route::Route`] alone, so that no name of a user can lead it to another
//! place, and no token leaves for another host.

mod access;
mod answer;
mod checkup;
mod client;
mod collaboration;
mod deliveries;
mod discussed;
pub mod governor;
mod memory;
mod pages;
mod patience;
mod push;
mod reading;
mod recording;
mod repository;
mod route;
mod setting;
mod transport;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use catalog_gen::FileTree;
use reqwest::Url;

pub use checkup::{AppFacts, Checkup, HookFacts, InstallationFacts, Rate, Reached, TokenFacts};
pub use deliveries::FailedDelivery;
pub use recording::{Exchange, Recording};

use access::{Access, Refusal, Token};
use answer::{Answer, Failure};
use client::{Ask, Client};
use governor::Governor;
use memory::Memory;
use patience::Fresh;

use super::{Acting, Change, Forge, ForgeError, Mode, NewRepository, RepoSlug, Repository, Setting};
use crate::config;
use crate::db::Db;
use crate::git::{CommitId, NewCommit, ObjectStore};
use crate::secret::{Sealer, Secret};

/// A GitHub host as one step uses it. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct GitHub {
    shared: Arc<Shared>,
    acting: Acting,
}

/// What all steps share.
#[derive(Debug)]
struct Shared {
    host: String,
    /// Where repositories are cloned from and shown: `https://github.com`.
    git: Url,
    client: Client,
    access: Access,
    governor: Governor,
    memory: Memory,
    /// What was made lately.
    fresh: Fresh,
    /// Where repositories are read into.
    store: ObjectStore,
    settings: config::GitHubForge,
    db: Db,
    /// Makes the digests by which written secrets are known again.
    sealer: Sealer,
}

impl GitHub {
    /// The forge for `host`, by its settings; what it reads goes through `store`. Nothing is asked yet.
    pub fn new(
        host: &str,
        settings: &config::GitHubForge,
        db: Db,
        sealer: Sealer,
        store: ObjectStore,
    ) -> Result<Self, ForgeError> {
        let base = address(&settings.api_url(host))?;
        let timeout = Duration::from_secs(settings.timeout_seconds.max(1));
        let client = Client::new(base, &settings.api_version, timeout)?;
        let shared = Shared {
            host: host.to_owned(),
            git: address(&settings.git_url(host))?,
            access: Access::new(host, settings)?,
            governor: Governor::new(host, &settings.limits, timeout, db.clone()),
            memory: Memory::default(),
            fresh: Fresh::default(),
            store,
            client,
            settings: settings.clone(),
            db,
            sealer,
        };
        Ok(Self { shared: Arc::new(shared), acting: Acting::default() })
    }

    /// Asks as whoever this step acts as for `owner`: within the limits, once. A token that GitHub has taken back is
    /// replaced, and asked with again: a request with it has done nothing.
    async fn ask(&self, owner: &str, ask: Ask) -> Result<Answer, Failure> {
        let access = &self.shared.access;
        let mut is_second = false;
        loop {
            let token = access.token(self, owner).await?;
            let failure = match self.ask_with(&token, ask.clone()).await {
                Err(failure @ (Failure::Unauthorized(_) | Failure::Forbidden(_) | Failure::Lacks { .. })) => {
                    failure
                }
                answer => return answer,
            };
            // A new token is explained as the first one was: it may not be known yet.
            match access.explain(self, owner, &token, failure.clone()).await {
                Refusal::Again if !is_second => is_second = true,
                Refusal::Again => return Err(failure),
                Refusal::Final(failure) => return Err(failure),
            }
        }
    }

    /// Asks with this token: within its limits, once.
    async fn ask_with(&self, token: &Token, ask: Ask) -> Result<Answer, Failure> {
        let Shared { governor, memory, client, .. } = &*self.shared;
        let ask = memory.remind(&token.bucket, ask);
        let pass = governor.let_pass(&token.bucket, &ask, &self.acting.notices).await?;
        let answer = client.send(ask.clone(), Some(&token.secret)).await;
        governor.learn_from(pass, &answer).await;
        Ok(memory.recall(&token.bucket, &ask, answer?))
    }

    /// The token by which the service reads the repository at a web address; `None` where it is not one of this host,
    /// or the service has no token there. One that was `refused` is looked into first.
    pub async fn reading_token(
        &self,
        address: &str,
        refused: Option<&Secret>,
    ) -> Result<Option<Secret>, ForgeError> {
        let Some(slug) = self.slug_of(address) else { return Ok(None) };
        let (access, about) =
            (&self.shared.access, |failure: Failure| failure.about(&repository::called(&slug)));
        if let Some(refused) = refused {
            access.refused(self, &slug.owner, refused).await.map_err(about)?;
        }
        let token = access.service_token(self, &slug.owner).await.map_err(about)?;
        Ok(token.map(|token| token.secret))
    }

    /// The repository at an address of this host, if it is one.
    fn slug_of(&self, address: &str) -> Option<RepoSlug> {
        let url = Url::parse(address).ok().filter(|url| url.origin() == self.shared.git.origin())?;
        RepoSlug::from_url(url.as_str()).ok().map(|found| found.slug)
    }

    /// From now on every exchange with this host is kept: for a smoke test, never for a service.
    pub fn record(&self) -> Recording {
        self.shared.client.record()
    }

    /// How fast it is asked: for whoever looks after the service.
    pub fn governor(&self) -> &Governor {
        &self.shared.governor
    }
}

fn address(text: &str) -> Result<Url, ForgeError> {
    Url::parse(text).map_err(|_| ForgeError::Invalid(format!("`{text}` is no address of a GitHub")))
}

#[async_trait]
impl Forge for GitHub {
    fn acting(&self, acting: Acting) -> Arc<dyn Forge> {
        Arc::new(Self { shared: Arc::clone(&self.shared), acting })
    }

    async fn can_ask(&self, slug: &RepoSlug) -> Result<bool, ForgeError> {
        repository::can_ask(self, slug).await
    }

    async fn find(&self, slug: &RepoSlug) -> Result<Option<Repository>, ForgeError> {
        repository::find(self, slug).await
    }

    async fn create(&self, slug: &RepoSlug, new: &NewRepository) -> Result<Repository, ForgeError> {
        repository::create(self, slug, new).await
    }

    async fn generate(
        &self,
        from: &RepoSlug,
        slug: &RepoSlug,
        new: &NewRepository,
    ) -> Result<Repository, ForgeError> {
        repository::generate(self, from, slug, new).await
    }

    async fn converge(
        &self,
        slug: &RepoSlug,
        setting: &Setting,
        mode: Mode,
    ) -> Result<Vec<Change>, ForgeError> {
        setting::converge(self, slug, setting, mode).await
    }

    async fn push(&self, slug: &RepoSlug, commit: NewCommit) -> Result<CommitId, ForgeError> {
        push::push(self, slug, commit).await
    }

    async fn read(
        &self,
        slug: &RepoSlug,
        revision: Option<&str>,
    ) -> Result<(CommitId, FileTree), ForgeError> {
        repository::read(self, slug, revision).await
    }

    async fn head(&self, slug: &RepoSlug, branch: Option<&str>) -> Result<Option<CommitId>, ForgeError> {
        repository::head(self, slug, branch).await
    }

    async fn is_discussed(&self, slug: &RepoSlug) -> Result<bool, ForgeError> {
        discussed::is_discussed(self, slug).await
    }

    async fn delete(&self, slug: &RepoSlug) -> Result<(), ForgeError> {
        repository::delete(self, slug).await
    }

    async fn owners(&self) -> Result<Vec<String>, ForgeError> {
        repository::owners(self).await
    }

    async fn repositories(&self, owner: &str) -> Result<Vec<String>, ForgeError> {
        repository::names(self, owner).await
    }

    async fn branches(&self, slug: &RepoSlug) -> Result<Vec<String>, ForgeError> {
        repository::branches(self, slug).await
    }
}
