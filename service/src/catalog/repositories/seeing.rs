//! Seeing to what happened to a repository.
//!
//! One repository after the other, and of one repository one change after the other. The forge is asked what is true
//! now: a change only says where to look. A failure that time may mend leaves the job to be claimed again; every other
//! one stands beside the repository, for people. The invariant: what is offered stays until something better was read,
//! or the repository is surely gone.

use std::time::Duration;

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::made::{Made, make};
use super::owners::MayGo;
use super::{SeeError, digest, key, owner_key, slug_of};
use crate::catalog::{Catalog, Change, ProposalState};
use crate::entities::{Delivery, KeptRepository, PullState, Reading, RepositoryState};
use crate::forge::{AboutRepository, Forge, ForgeError, RepoSlug};
use crate::git::CommitId;
use crate::queue::Lease;

/// Counts up when the same files would give other entities.
const GENERATION: &str = concat!("1 ", env!("CARGO_PKG_VERSION"));

impl Catalog {
    /// Sees to what waits about the subject of a claimed job.
    pub async fn see_to(&self, lease: Lease, shutdown: CancellationToken) {
        let work = self.see_to_all(&lease);
        tokio::pin!(work);
        let queue = &self.inner.keeping.queue;
        let pause = (queue.lease_duration() / 3).max(Duration::from_millis(50));
        loop {
            tokio::select! {
                () = &mut work => return,
                () = shutdown.cancelled() => {
                    if let Err(error) = queue.release(&lease).await {
                        tracing::debug!(%error, "a job was not given back; it is claimed again when its lease runs out");
                    }
                    return;
                }
                () = tokio::time::sleep(pause) => match queue.extend(&lease).await {
                    Ok(true) => {}
                    Ok(false) => return,
                    Err(error) => tracing::debug!(%error, "a lease was not extended"),
                },
            }
        }
    }

    async fn see_to_all(&self, lease: &Lease) {
        let changes = &self.inner.keeping.changes;
        let waiting = match changes.waiting(lease).await {
            Ok(waiting) => waiting,
            Err(error) => {
                tracing::warn!(%error, "what happened to `{}` cannot be read", lease.subject);
                return;
            }
        };
        for change in &waiting.changes {
            let Err(error) = self.see(change, lease.fence).await else { continue };
            let last = lease.attempts >= i64::from(self.inner.keeping.max_attempts);
            tracing::warn!(catalog.subject = lease.subject, %error, "a change was not seen to");
            if error.passes() && !last {
                // The job is claimed again when its lease has run out.
                return;
            }
            if let Err(error) = self.tell_failure(change, lease.fence, &error).await {
                tracing::warn!(catalog.subject = lease.subject, %error, "a failure was not kept");
            }
        }
        if let Err(error) = changes.done(lease, &waiting).await {
            tracing::warn!(catalog.subject = lease.subject, %error, "a job was not ended; it is seen to again");
        }
    }

    async fn see(&self, change: &Change, fence: i64) -> Result<(), SeeError> {
        match change {
            Change::Read { repository, .. }
            | Change::Archived { repository, .. }
            | Change::Gone { repository } => {
                let is_said = matches!(change, Change::Gone { .. });
                self.see_repository(repository, fence, is_said).await
            }
            Change::Moved { from, to } => {
                let repositories = &self.inner.keeping.repositories;
                if key(from) != key(to) && repositories.get(&key(from)).await?.is_some() {
                    repositories.rename(&key(from), &key(to), &to.to_string()).await?;
                }
                self.see_repository(to, fence, true).await
            }
            Change::Owner { host, owner } => self.see_owner(host, owner, fence).await,
            Change::Lost { host, owner } => self.see_lost(host, owner, fence).await,
            Change::Proposal { repository, number, became } => {
                self.see_proposal(repository, *number, *became).await
            }
        }
    }

    /// The row of a repository, made if its owner's repositories are looked after; none if nobody looks after it.
    async fn row(&self, slug: &RepoSlug) -> Result<Option<KeptRepository>, SeeError> {
        let repositories = &self.inner.keeping.repositories;
        let key = key(slug);
        if let Some(row) = repositories.get(&key).await? {
            return Ok(Some(row).filter(|row| row.delivery != Delivery::None));
        }
        let owner = owner_key(&slug.host, &slug.owner);
        let Some(delivery) = self.delivery_of(&owner).await? else { return Ok(None) };
        repositories.follow(&key, &slug.to_string(), delivery).await?;
        Ok(repositories.get(&key).await?)
    }

    /// Reads a repository if it changed. `is_said`: somebody has said that it goes, if it is gone.
    async fn see_repository(&self, slug: &RepoSlug, fence: i64, is_said: bool) -> Result<(), SeeError> {
        let Some(row) = self.row(slug).await? else {
            tracing::debug!(repo.slug = %slug, "a change of a repository that nobody looks after is passed over");
            return Ok(());
        };
        let forge = self.forge_of(slug)?;
        let Some(about) = forge.about(slug).await? else { return self.vanished(&row, fence, is_said).await };
        let now = key(&about.repository.slug);
        if now == row.key {
            return self.read(&*forge, &row, &about, fence).await;
        }
        let repositories = &self.inner.keeping.repositories;
        repositories.rename(&row.key, &now, &about.repository.slug.to_string()).await?;
        match repositories.get(&now).await? {
            Some(row) => self.read(&*forge, &row, &about, fence).await,
            None => Ok(()),
        }
    }

    pub(super) fn forge_of(&self, slug: &RepoSlug) -> Result<std::sync::Arc<dyn Forge>, SeeError> {
        let forge = self.inner.capabilities.forges.for_host(&slug.host);
        let none = || ForgeError::Invalid(format!("no forge serves `{}`; name it in `forges`", slug.host));
        Ok(forge.cloned().ok_or_else(none)?)
    }

    async fn read(
        &self,
        forge: &dyn Forge,
        row: &KeptRepository,
        about: &AboutRepository,
        fence: i64,
    ) -> Result<(), SeeError> {
        let keeping = &self.inner.keeping;
        let commit = forge.default_head(&about.repository.slug).await?;
        let input = self.input(about, commit.as_ref(), row.delivery);
        if row.input.as_ref() == Some(&input) {
            keeping.repositories.note_stamp(&row.key, &about.stamp).await?;
            return Ok(());
        }
        let made = match &commit {
            Some(commit) => Some(make(forge, about, commit, &keeping.site).await?),
            None => None,
        };
        let reading = reading(about, commit, input, made.as_ref());
        let Some(offered) = keeping.repositories.offer(&row.key, fence, &reading).await? else {
            return Ok(());
        };
        for (entity, why) in &offered.refused {
            tracing::warn!(repo.slug = %about.repository.slug, entity.r#ref = entity, "an entity is not offered: {why}");
        }
        tracing::debug!(
            repo.slug = %about.repository.slug,
            entities.count = reading.entities.len(),
            entities.changed = offered.changed,
            "a repository was read for the catalog"
        );
        match made {
            Some(made) if row.delivery == Delivery::PullRequest && !about.archived => {
                self.propose(forge, row, about, &made).await
            }
            _ => Ok(()),
        }
    }

    /// A digest of all that the entities of a repository follow from.
    fn input(&self, about: &AboutRepository, commit: Option<&CommitId>, delivery: Delivery) -> String {
        let AboutRepository { repository, description, homepage, topics, archived, template, .. } = about;
        let all = json!([
            GENERATION,
            self.inner.keeping.site_digest,
            commit,
            repository.html_url,
            repository.default_branch,
            description,
            homepage,
            topics,
            archived,
            template,
            delivery,
        ]);
        digest(&all.to_string())
    }

    /// It cannot be seen any more.
    async fn vanished(&self, row: &KeptRepository, fence: i64, is_said: bool) -> Result<(), SeeError> {
        let repositories = &self.inner.keeping.repositories;
        if is_said {
            repositories.withdraw(&row.key, fence, RepositoryState::Gone, "").await?;
            return Ok(());
        }
        let owner = row.key.rsplit_once('/').map_or("", |(owner, _)| owner);
        match self.may_go(owner, 1).await? {
            MayGo::Yes => {
                let note = "its forge does not know it any more, or does not show it to this service";
                repositories.withdraw(&row.key, fence, RepositoryState::Gone, note).await?;
            }
            MayGo::No(why) => {
                repositories.note(&row.key, fence, RepositoryState::Kept, &why).await?;
                tracing::error!(repo.slug = row.shown, "the entities of a repository are kept: {why}");
            }
        }
        Ok(())
    }

    async fn see_proposal(
        &self,
        slug: &RepoSlug,
        number: u64,
        became: ProposalState,
    ) -> Result<(), SeeError> {
        let repositories = &self.inner.keeping.repositories;
        let Some(row) = repositories.get(&key(slug)).await? else { return Ok(()) };
        let Some(mut pull) = row.pull.filter(|pull| pull.number == number) else { return Ok(()) };
        pull.state = match became {
            ProposalState::Open => PullState::Open,
            ProposalState::Declined => PullState::Declined,
            ProposalState::Taken => PullState::Taken,
        };
        Ok(repositories.note_pull(&row.key, Some(&pull)).await?)
    }

    /// Keeps beside a repository or an owner why a change was not seen to.
    async fn tell_failure(&self, change: &Change, fence: i64, error: &SeeError) -> Result<(), SeeError> {
        let repositories = &self.inner.keeping.repositories;
        match change {
            Change::Owner { host, owner } | Change::Lost { host, owner } => {
                repositories.note_owner(&owner_key(host, owner), &error.to_string()).await?;
            }
            other => {
                let subject = other.subject();
                let known = slug_of(&subject).map(|slug| key(&slug)).unwrap_or(subject);
                repositories.note(&known, fence, RepositoryState::Failed, &error.to_string()).await?;
            }
        }
        Ok(())
    }
}

fn reading(about: &AboutRepository, commit: Option<CommitId>, input: String, made: Option<&Made>) -> Reading {
    let (state, note, details, entities) = match made {
        Some(made) => (made.state, made.note.clone(), made.details.clone(), made.entities.clone()),
        None => (RepositoryState::Empty, "it has no commit yet".to_owned(), json!({}), Vec::new()),
    };
    let commit = commit.map(|commit| commit.0);
    Reading { state, note, commit, stamp: about.stamp.clone(), input, details, entities }
}
