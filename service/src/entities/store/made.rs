//! Entities that are made of repositories, on their way into the feed.
//!
//! Whatever changes here is told in the feed in the same transaction. A reference that two repositories make is the
//! first's until that one lets go of it. The invariant: an entity is written only if a catalog would take it, and the
//! same reading twice changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row;

use super::EntityStoreError;
use super::numbers::Numbers;
use super::repositories::{Repositories, owner_of};
use crate::db::WriteTx;
use crate::entities::outgoing::{self, Withheld};
use crate::entities::repository::{MadeEntity, Reading, RepositoryState, word};

/// What became of a reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// How many references of the feed changed.
    pub changed: usize,
    /// What a catalog would not take, each with the reason.
    pub refused: Vec<(String, String)>,
}

impl Repositories {
    /// Keeps what a reading gave and offers its entities in place of those before. `None`: a later claim has written,
    /// or nobody looks after the repository.
    pub async fn offer(
        &self,
        key: &str,
        fence: i64,
        reading: &Reading,
    ) -> Result<Option<Offered>, EntityStoreError> {
        let mut tx = self.db.begin().await?;
        let mut numbers = Numbers::hold(&self.db, &mut tx).await?;
        if !self.write_reading(&mut tx, key, fence, reading).await? {
            return Ok(None);
        }
        let (touched, refused) = self.replace(&mut tx, key, &reading.entities).await?;
        for entity_ref in &touched {
            numbers.renew(&mut tx, entity_ref).await?;
        }
        let changed = numbers.done(&mut tx).await?;
        tx.commit().await?;
        Ok(Some(Offered { changed, refused }))
    }

    /// Takes the entities of a repository away. `note` says why, where nobody has said that it would go. A `fence` of 0 is
    /// nobody's claim: somebody's word counts whatever a claim writes.
    pub async fn withdraw(
        &self,
        key: &str,
        fence: i64,
        state: RepositoryState,
        note: &str,
    ) -> Result<usize, EntityStoreError> {
        let mut tx = self.db.begin().await?;
        let mut numbers = Numbers::hold(&self.db, &mut tx).await?;
        let row = sqlx::query(
            "update repositories set state = $1, note = $2, input = null, stamp = null, commit_id = null,
                    fence = case when fence < $3 then $3 else fence end, changed_at = $4
             where repository = $5 and (fence <= $3 or $3 = 0) returning repository",
        )
        .bind(word(state))
        .bind(note)
        .bind(fence)
        .bind(self.db.now_ms())
        .bind(key)
        .fetch_optional(&mut *tx)
        .await?;
        if row.is_none() {
            return Ok(0);
        }
        for entity_ref in self.replace(&mut tx, key, &[]).await?.0 {
            numbers.renew(&mut tx, &entity_ref).await?;
        }
        let changed = numbers.done(&mut tx).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Gives a repository another name, with all that is known of it. One that is known under that name stays, and the
    /// other goes.
    pub async fn rename(&self, from: &str, to: &str, shown: &str) -> Result<(), EntityStoreError> {
        let mut tx = self.db.begin().await?;
        let mut numbers = Numbers::hold(&self.db, &mut tx).await?;
        sqlx::query(
            "insert into repositories (repository, owner, shown, delivery, state, note, pull, fence, changed_at)
             select $1, $2, $3, delivery, state, note, pull, fence, $4 from repositories where repository = $5
             on conflict (repository) do update set shown = excluded.shown",
        )
        .bind(to)
        .bind(owner_of(to))
        .bind(shown)
        .bind(self.db.now_ms())
        .bind(from)
        .execute(&mut *tx)
        .await?;
        // What the new name makes as well stays as the new name has it.
        sqlx::query(
            "update repository_entities set repository = $1
             where repository = $2 and entity_ref not in (select entity_ref from repository_entities where repository = $1)",
        )
        .bind(to)
        .bind(from)
        .execute(&mut *tx)
        .await?;
        let touched = self.replace(&mut tx, from, &[]).await?.0;
        sqlx::query("delete from repositories where repository = $1").bind(from).execute(&mut *tx).await?;
        for entity_ref in touched {
            numbers.renew(&mut tx, &entity_ref).await?;
        }
        numbers.done(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    async fn write_reading(
        &self,
        tx: &mut WriteTx,
        key: &str,
        fence: i64,
        reading: &Reading,
    ) -> Result<bool, EntityStoreError> {
        let row = sqlx::query(
            "update repositories set state = $1, note = $2, commit_id = $3, stamp = $4, input = $5, details = $6,
                    fence = $7, read_at = $8, changed_at = case when state = $1 then changed_at else $8 end
             where repository = $9 and fence <= $7 and delivery <> 'none' returning repository",
        )
        .bind(word(reading.state))
        .bind(&reading.note)
        .bind(reading.commit.as_deref())
        .bind(&reading.stamp)
        .bind(&reading.input)
        .bind(serde_json::to_string(&reading.details)?)
        .bind(fence)
        .bind(self.db.now_ms())
        .bind(key)
        .fetch_optional(&mut **tx)
        .await?;
        Ok(row.is_some())
    }

    /// Writes what a repository makes now; gives the references that came, went or changed, and what is not taken.
    async fn replace(
        &self,
        tx: &mut WriteTx,
        key: &str,
        entities: &[MadeEntity],
    ) -> Result<(BTreeSet<String>, Vec<(String, String)>), EntityStoreError> {
        let mut before = self.texts_of(tx, key).await?;
        let (mut touched, mut refused) = (BTreeSet::new(), Vec::new());
        for made in entities {
            let entity = match outgoing::registered(made.entity.clone(), &made.location) {
                Ok(entity) => serde_json::to_string(&entity)?,
                Err(why) => {
                    refused.push((made.entity_ref.clone(), reason(&why)));
                    continue;
                }
            };
            let known = before.remove(&made.entity_ref);
            if known.as_deref() == Some(entity.as_str()) {
                continue;
            }
            sqlx::query(
                "insert into repository_entities (entity_ref, repository, entity, since) values ($1, $2, $3, $4)
                 on conflict (entity_ref, repository) do update set entity = excluded.entity",
            )
            .bind(&made.entity_ref)
            .bind(key)
            .bind(&entity)
            .bind(self.db.now_ms())
            .execute(&mut **tx)
            .await?;
            touched.insert(made.entity_ref.clone());
        }
        for gone in before.into_keys() {
            sqlx::query("delete from repository_entities where repository = $1 and entity_ref = $2")
                .bind(key)
                .bind(&gone)
                .execute(&mut **tx)
                .await?;
            touched.insert(gone);
        }
        Ok((touched, refused))
    }

    async fn texts_of(
        &self,
        tx: &mut WriteTx,
        key: &str,
    ) -> Result<BTreeMap<String, String>, EntityStoreError> {
        let rows = sqlx::query("select entity_ref, entity from repository_entities where repository = $1")
            .bind(key)
            .fetch_all(&mut **tx)
            .await?;
        let texts = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
        Ok(texts.collect::<Result<_, sqlx::Error>>()?)
    }
}

fn reason(why: &Withheld) -> String {
    match why {
        Withheld::Location => "a `Location` is not offered".to_owned(),
        Withheld::Broken(violations) => {
            let all: Vec<String> = violations.iter().map(ToString::to_string).collect();
            all.join("; ")
        }
    }
}
