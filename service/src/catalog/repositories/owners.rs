//! Looking at all repositories of an owner: on somebody's word, and from time to time.
//!
//! What a lost delivery would have told is found here: repositories that are new, were changed, or are not there any
//! more. Each of them is left as a change of its own. The invariant: a list that is empty, or lacks many that were there
//! before, takes nothing away; it is told instead.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{SeeError, key, owner_key, owner_of, slug_of};
use crate::catalog::{Catalog, Change};
use crate::entities::{Delivery, KeptRepository, ListRepositories, RepositoryState};
use crate::forge::{AboutRepository, ForgeError, RepoSlug};

/// How often it is asked whether everything is to be looked at.
const LOOK: Duration = Duration::from_secs(20);
/// How long one process may take to leave the changes of a look at everything.
const LEASE: Duration = Duration::from_secs(5 * 60);
/// How far back repositories count that went without anybody having said so.
const LATELY: Duration = Duration::from_secs(60 * 60);
/// Rows that are read at once.
const PAGE: u32 = 500;

/// Whether entities may go.
pub(super) enum MayGo {
    /// They may.
    Yes,
    /// They may not, in a sentence.
    No(String),
}

impl Catalog {
    /// Leaves a look at everything whenever it is time for one, until `shutdown` fires.
    pub async fn watch(&self, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            if let Err(error) = self.look_at_everything(false).await {
                tracing::warn!(%error, "the repositories could not be looked at; trying again");
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Leaves a look at every owner and every repository, if it is time for that and no other process does it; `now`:
    /// whatever the time is. Says whether it did.
    pub async fn look_at_everything(&self, now: bool) -> Result<bool, super::OnboardError> {
        let keeping = &self.inner.keeping;
        let every = if now { Some(Duration::ZERO) } else { keeping.interval() };
        let Some(every) = every else { return Ok(false) };
        if !keeping.watch.is_due(every, LEASE).await? {
            return Ok(false);
        }
        let settings = &keeping.settings;
        keeping.repositories.settle_owners(&settings.owners, keeping.delivery()).await?;
        let owners = keeping.repositories.owners().await?;
        let mut changes: Vec<Change> = owners
            .iter()
            .filter(|owner| owner.delivery != Delivery::None)
            .filter_map(|owner| owner_of(&owner.shown))
            .map(|(host, owner)| Change::Owner { host, owner })
            .collect();
        let covered: BTreeSet<&str> = owners.iter().map(|owner| owner.key.as_str()).collect();
        for row in self.rows(None).await? {
            let owner = row.key.rsplit_once('/').map_or("", |(owner, _)| owner);
            let is_alone = !covered.contains(owner) && row.delivery != Delivery::None;
            if is_alone && row.state != RepositoryState::Gone {
                let repository = slug_of(&row.shown);
                changes.extend(repository.map(|repository| Change::Read { repository, commit: None }));
            }
        }
        keeping.changes.leave(&changes).await?;
        keeping.watch.done().await?;
        Ok(true)
    }

    /// How many repositories the guards keep: they are not to be seen, and their entities stay.
    pub async fn kept(&self) -> Result<i64, crate::entities::EntityStoreError> {
        self.inner.keeping.repositories.kept().await
    }

    /// All rows, or those of an owner.
    pub(super) async fn rows(
        &self,
        owner: Option<&str>,
    ) -> Result<Vec<KeptRepository>, crate::entities::EntityStoreError> {
        let owner = owner.map(str::to_owned);
        let mut wanted = ListRepositories { limit: PAGE, owner, ..ListRepositories::default() };
        let mut all = Vec::new();
        loop {
            let page = self.inner.keeping.repositories.list(&wanted).await?;
            let is_last = page.len() < PAGE as usize;
            wanted.after = page.last().map(|row| row.key.clone());
            all.extend(page);
            if is_last {
                return Ok(all);
            }
        }
    }

    /// What is done with the repositories of an owner; none if nobody looks after all of them.
    pub(super) async fn delivery_of(&self, owner: &str) -> Result<Option<Delivery>, SeeError> {
        let keeping = &self.inner.keeping;
        let asked = keeping.repositories.owner(owner).await?;
        let settings = &keeping.settings;
        let is_set = || settings.owners.iter().any(|known| known.eq_ignore_ascii_case(owner));
        let delivery = match asked {
            Some(asked) => Some(asked.delivery),
            None => is_set().then_some(keeping.delivery()),
        };
        Ok(delivery.filter(|delivery| *delivery != Delivery::None))
    }

    /// Looks at all repositories of an owner and leaves a change for each that is not as it was.
    pub(super) async fn see_owner(&self, host: &str, owner: &str, fence: i64) -> Result<(), SeeError> {
        let keeping = &self.inner.keeping;
        let name = owner_key(host, owner);
        let known: BTreeMap<String, KeptRepository> =
            self.rows(Some(&name)).await?.into_iter().map(|row| (row.key.clone(), row)).collect();
        let all_are_wanted = self.delivery_of(&name).await?.is_some();
        if known.is_empty() && !all_are_wanted {
            return Ok(());
        }
        let forge = keeping_forge(self, host, owner)?;
        let there = forge.about_all(owner).await?;
        let mut changes: Vec<Change> = there
            .iter()
            .filter(|about| is_news(about, known.get(&key(&about.repository.slug)), all_are_wanted))
            .map(|about| read(about.repository.slug.clone()))
            .collect();
        let keys: BTreeSet<String> = there.iter().map(|about| key(&about.repository.slug)).collect();
        let missing: Vec<&KeptRepository> = known
            .values()
            .filter(|row| row.delivery != Delivery::None && row.state != RepositoryState::Gone)
            .filter(|row| !keys.contains(&row.key))
            .collect();
        let note = self.judge_missing(&name, there.is_empty(), &missing, fence).await?;
        if note.is_empty() {
            // Each is asked for by itself: it may have another name.
            changes.extend(missing.iter().filter_map(|row| slug_of(&row.shown)).map(read));
        }
        keeping.changes.leave(&changes).await?;
        Ok(keeping.repositories.note_owner(&name, &note).await?)
    }

    /// Why the repositories that are missing from a list do not go; empty where they may.
    async fn judge_missing(
        &self,
        owner: &str,
        is_empty: bool,
        missing: &[&KeptRepository],
        fence: i64,
    ) -> Result<String, SeeError> {
        if missing.is_empty() {
            return Ok(String::new());
        }
        let why = if is_empty {
            format!("`{owner}` shows no repository at all; see whether the App is still installed there")
        } else {
            match self.may_go(owner, missing.len() as u64).await? {
                MayGo::Yes => return Ok(String::new()),
                MayGo::No(why) => why,
            }
        };
        for row in missing {
            self.inner.keeping.repositories.note(&row.key, fence, RepositoryState::Kept, &why).await?;
        }
        tracing::error!(
            catalog.owner = owner,
            repositories.missing = missing.len(),
            "the entities of repositories that are missing are kept: {why}"
        );
        Ok(why)
    }

    /// Whether so many more repositories of an owner may go without anybody having said so.
    pub(super) async fn may_go(&self, owner: &str, more: u64) -> Result<MayGo, SeeError> {
        let keeping = &self.inner.keeping;
        let lately = i64::try_from(LATELY.as_millis()).unwrap_or_default();
        let standing = keeping.repositories.standing(owner, self.inner.db.now_ms() - lately).await?;
        let limit = &keeping.settings.removal_limit;
        let going = standing.went + more;
        let before = standing.offering + standing.went;
        let fits = going <= limit.repositories || going * 100 <= limit.percent * before;
        if fits {
            return Ok(MayGo::Yes);
        }
        Ok(MayGo::No(format!(
            "{going} of {before} repositories of `{owner}` are not to be seen any more, and `catalog.removal_limit` lets \
             {} or {} % go within an hour; see whether the App may still read them. If they are really gone, raise the limit",
            limit.repositories, limit.percent
        )))
    }

    /// The App is said not to see the repositories of an owner any more.
    pub(super) async fn see_lost(&self, host: &str, owner: &str, fence: i64) -> Result<(), SeeError> {
        let name = owner_key(host, owner);
        let forge = keeping_forge(self, host, owner)?;
        match forge.about_all(owner).await {
            // It was installed again since.
            Ok(there) if !there.is_empty() => self.see_owner(host, owner, fence).await,
            Err(error @ ForgeError::Unavailable(_)) => Err(error.into()),
            Ok(_) | Err(_) => {
                let note =
                    format!("the App is not installed on `{name}` any more; its entities stay as they were");
                self.inner.keeping.repositories.note_all(&name, RepositoryState::Lost, &note).await?;
                tracing::warn!(catalog.owner = name, "{note}");
                Ok(self.inner.keeping.repositories.note_owner(&name, &note).await?)
            }
        }
    }
}

fn keeping_forge(
    catalog: &Catalog,
    host: &str,
    owner: &str,
) -> Result<std::sync::Arc<dyn crate::forge::Forge>, SeeError> {
    let any = RepoSlug { host: host.to_owned(), owner: owner.to_owned(), name: "x".to_owned() };
    catalog.forge_of(&any)
}

fn read(repository: RepoSlug) -> Change {
    Change::Read { repository, commit: None }
}

/// Whether a repository is to be read: it is new, another one, or did not stand well.
fn is_news(about: &AboutRepository, row: Option<&KeptRepository>, all_are_wanted: bool) -> bool {
    let Some(row) = row else { return all_are_wanted };
    row.delivery != Delivery::None && (row.input.is_none() || row.stamp.as_ref() != Some(&about.stamp))
}
