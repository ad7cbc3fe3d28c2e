//! The SQL of repositories that are looked after.
//!
//! What is read and what is remembered beside the entities is here; what changes the feed stands in `made`, whose all
//! repositories are looked after in `owners`. It decides
//! nothing about a repository. The invariant: what a claim writes it writes only while no later claim has written.

use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::EntityStoreError;
use crate::db::{Db, WriteTx};
use crate::entities::repository::{
    Delivery, KeptRepository, ListRepositories, PullNote, RepositoryState, of_word, word,
};

const COLUMNS: &str =
    "repository, shown, delivery, state, note, commit_id, stamp, input, details, pull, read_at";

/// The repositories. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Repositories {
    pub(super) db: Db,
}

/// How an owner's repositories stand, for guards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Those that have entities on offer.
    pub offering: u64,
    /// Those that went since the given time, without anybody having said that they would.
    pub went: u64,
}

impl Repositories {
    /// The repositories in `db`.
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// The repository of that key.
    pub async fn get(&self, key: &str) -> Result<Option<KeptRepository>, EntityStoreError> {
        let sql = format!("select {COLUMNS} from repositories where repository = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(key).fetch_optional(self.db.reader()).await?;
        row.as_ref().map(kept).transpose()
    }

    /// A page of them, by key.
    pub async fn list(&self, wanted: &ListRepositories) -> Result<Vec<KeptRepository>, EntityStoreError> {
        // An empty text stands for any: every engine can tell its type.
        let sql = format!(
            "select {COLUMNS} from repositories
             where repository > $1 and ($2 = '' or owner = $2) and ($3 = '' or state = $3)
             order by repository limit $4"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(wanted.after.as_deref().unwrap_or_default())
            .bind(wanted.owner.as_deref().unwrap_or_default())
            .bind(wanted.state.map(word).unwrap_or_default())
            .bind(i64::from(wanted.limit))
            .fetch_all(self.db.reader())
            .await?;
        rows.iter().map(kept).collect()
    }

    /// The references that are made of a repository, each with whether it is this one's to offer.
    pub async fn made_of(&self, key: &str) -> Result<Vec<(String, bool)>, EntityStoreError> {
        let rows = sqlx::query(
            "select mine.entity_ref,
                    (select count(*) from repository_entities as first
                     where first.entity_ref = mine.entity_ref
                       and (first.since < mine.since or (first.since = mine.since and first.repository < mine.repository)))
             from repository_entities as mine where mine.repository = $1 order by mine.entity_ref",
        )
        .bind(key)
        .fetch_all(self.db.reader())
        .await?;
        let made = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)? == 0)));
        Ok(made.collect::<Result<_, sqlx::Error>>()?)
    }

    /// Looks after a repository from now on; says whether it was not looked after in that way before.
    pub async fn follow(&self, key: &str, shown: &str, delivery: Delivery) -> Result<bool, EntityStoreError> {
        let mut tx = self.db.begin().await?;
        let before = sqlx::query("select delivery from repositories where repository = $1")
            .bind(key)
            .fetch_optional(&mut *tx)
            .await?;
        let before = before.map(|row| row.try_get::<String, _>(0)).transpose()?;
        let is_new = before.as_deref() != Some(word(delivery).as_str());
        if is_new {
            self.insert(&mut tx, key, shown, delivery).await?;
            // It is read as if nothing were known of it.
            sqlx::query("update repositories set input = null where repository = $1")
                .bind(key)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(is_new)
    }

    /// Writes a row that is looked after so, or says so in the row that is there.
    pub(super) async fn insert(
        &self,
        tx: &mut WriteTx,
        key: &str,
        shown: &str,
        delivery: Delivery,
    ) -> Result<(), EntityStoreError> {
        sqlx::query(
            "insert into repositories (repository, owner, shown, delivery, state, note, changed_at)
             values ($1, $2, $3, $4, $5, '', $6)
             on conflict (repository) do update set delivery = excluded.delivery",
        )
        .bind(key)
        .bind(owner_of(key))
        .bind(shown)
        .bind(word(delivery))
        .bind(word(RepositoryState::Waiting))
        .bind(self.db.now_ms())
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// Notes how it stands, and leaves what is offered as it is.
    pub async fn note(
        &self,
        key: &str,
        fence: i64,
        state: RepositoryState,
        note: &str,
    ) -> Result<(), EntityStoreError> {
        let mut tx = self.db.begin().await?;
        sqlx::query(
            "update repositories set state = $1, note = $2, input = null, fence = $3,
                    changed_at = case when state = $1 then changed_at else $4 end
             where repository = $5 and fence <= $3",
        )
        .bind(word(state))
        .bind(note)
        .bind(fence)
        .bind(self.db.now_ms())
        .bind(key)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Notes the same of all repositories of an owner that have entities on offer.
    pub async fn note_all(
        &self,
        owner: &str,
        state: RepositoryState,
        note: &str,
    ) -> Result<(), EntityStoreError> {
        let mut tx = self.db.begin().await?;
        sqlx::query(
            "update repositories set state = $1, note = $2, input = null, changed_at = $3
             where owner = $4 and state <> 'gone' and delivery <> 'none'",
        )
        .bind(word(state))
        .bind(note)
        .bind(self.db.now_ms())
        .bind(owner)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Notes what its host said of it, where nothing else has changed.
    pub async fn note_stamp(&self, key: &str, stamp: &str) -> Result<(), EntityStoreError> {
        let mut tx = self.db.begin().await?;
        sqlx::query("update repositories set stamp = $1 where repository = $2 and stamp <> $1")
            .bind(stamp)
            .bind(key)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Has it read next time as if nothing were known of it.
    pub async fn forget_input(&self, key: &str) -> Result<(), EntityStoreError> {
        let mut tx = self.db.begin().await?;
        sqlx::query("update repositories set input = null where repository = $1")
            .bind(key)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Notes its pull request.
    pub async fn note_pull(&self, key: &str, pull: Option<&PullNote>) -> Result<(), EntityStoreError> {
        let text = pull.map(serde_json::to_string).transpose()?;
        let mut tx = self.db.begin().await?;
        sqlx::query("update repositories set pull = $1 where repository = $2")
            .bind(text)
            .bind(key)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// How many repositories keep their entities because too many would have gone at once.
    pub async fn kept(&self) -> Result<i64, EntityStoreError> {
        let row = sqlx::query("select count(*) from repositories where state = 'kept'")
            .fetch_one(self.db.reader())
            .await?;
        Ok(row.try_get(0)?)
    }

    /// How an owner's repositories stand. `since`: milliseconds UTC.
    pub async fn standing(&self, owner: &str, since: i64) -> Result<Standing, EntityStoreError> {
        let row = sqlx::query(
            "select (select count(distinct repository_entities.repository) from repository_entities
                     join repositories on repositories.repository = repository_entities.repository
                     where repositories.owner = $1),
                    (select count(*) from repositories
                     where owner = $1 and state = 'gone' and note <> '' and changed_at >= $2)",
        )
        .bind(owner)
        .bind(since)
        .fetch_one(self.db.reader())
        .await?;
        let count = |value: i64| u64::try_from(value).unwrap_or_default();
        Ok(Standing { offering: count(row.try_get(0)?), went: count(row.try_get(1)?) })
    }
}

/// `host/owner` of a key.
pub(super) fn owner_of(key: &str) -> &str {
    key.rsplit_once('/').map_or(key, |(owner, _)| owner)
}

fn kept(row: &AnyRow) -> Result<KeptRepository, EntityStoreError> {
    let (details, pull): (Option<String>, Option<String>) = (row.try_get(8)?, row.try_get(9)?);
    Ok(KeptRepository {
        key: row.try_get(0)?,
        shown: row.try_get(1)?,
        delivery: of_word(row.try_get(2)?)?,
        state: of_word(row.try_get(3)?)?,
        note: row.try_get(4)?,
        commit: row.try_get(5)?,
        stamp: row.try_get(6)?,
        input: row.try_get(7)?,
        details: details.map(|text| serde_json::from_str::<Value>(&text)).transpose()?,
        pull: pull.map(|text| serde_json::from_str(&text)).transpose()?,
        read_at: row.try_get(10)?,
    })
}
