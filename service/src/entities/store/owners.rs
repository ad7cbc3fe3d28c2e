//! The SQL of owners all of whose repositories are looked after.
//!
//! Those that the settings name and those that somebody named through the API stand in one table. The invariant: what the
//! settings name no more goes from it, and what somebody named stays.

use sqlx::Row;
use sqlx::any::AnyRow;

use super::EntityStoreError;
use super::repositories::Repositories;
use crate::entities::repository::{Delivery, KeptOwner, of_word, word};

const COLUMNS: &str = "owner, shown, delivery, note, looked_at";
const BY_SETTINGS: &str = "settings";
const BY_CALLER: &str = "caller";

impl Repositories {
    /// Looks after all repositories of an owner from now on; those that are known already as well.
    pub async fn follow_owner(
        &self,
        key: &str,
        shown: &str,
        delivery: Delivery,
    ) -> Result<(), EntityStoreError> {
        let mut tx = self.db.begin().await?;
        sqlx::query(
            "insert into repository_owners (owner, shown, delivery, named_by, note) values ($1, $2, $3, $4, '')
             on conflict (owner) do update set delivery = excluded.delivery, named_by = excluded.named_by",
        )
        .bind(key)
        .bind(shown)
        .bind(word(delivery))
        .bind(BY_CALLER)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "update repositories set delivery = $1, input = null where owner = $2 and delivery <> $1",
        )
        .bind(word(delivery))
        .bind(key)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Brings the table in line with the settings.
    pub async fn settle_owners(&self, names: &[String], delivery: Delivery) -> Result<(), EntityStoreError> {
        let mut tx = self.db.begin().await?;
        let rows = sqlx::query("select owner from repository_owners where named_by = $1")
            .bind(BY_SETTINGS)
            .fetch_all(&mut *tx)
            .await?;
        for row in rows {
            let owner: String = row.try_get(0)?;
            if names.iter().any(|name| name.eq_ignore_ascii_case(&owner)) {
                continue;
            }
            sqlx::query("delete from repository_owners where owner = $1")
                .bind(&owner)
                .execute(&mut *tx)
                .await?;
        }
        for name in names {
            sqlx::query(
                "insert into repository_owners (owner, shown, delivery, named_by, note) values ($1, $2, $3, $4, '')
                 on conflict (owner) do update set
                   delivery = case when repository_owners.named_by = $4 then excluded.delivery else repository_owners.delivery end",
            )
            .bind(name.to_ascii_lowercase())
            .bind(name)
            .bind(word(delivery))
            .bind(BY_SETTINGS)
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }

    /// All of them, by key.
    pub async fn owners(&self) -> Result<Vec<KeptOwner>, EntityStoreError> {
        let sql = format!("select {COLUMNS} from repository_owners order by owner");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(self.db.reader()).await?;
        rows.iter().map(kept).collect()
    }

    /// The one of that key.
    pub async fn owner(&self, key: &str) -> Result<Option<KeptOwner>, EntityStoreError> {
        let sql = format!("select {COLUMNS} from repository_owners where owner = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(key).fetch_optional(self.db.reader()).await?;
        row.as_ref().map(kept).transpose()
    }

    /// Notes that all repositories of an owner were looked at; `note` says what was not done.
    pub async fn note_owner(&self, owner: &str, note: &str) -> Result<(), EntityStoreError> {
        let mut tx = self.db.begin().await?;
        sqlx::query("update repository_owners set note = $1, looked_at = $2 where owner = $3")
            .bind(note)
            .bind(self.db.now_ms())
            .bind(owner)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }
}

fn kept(row: &AnyRow) -> Result<KeptOwner, EntityStoreError> {
    Ok(KeptOwner {
        key: row.try_get(0)?,
        shown: row.try_get(1)?,
        delivery: of_word(row.try_get(2)?)?,
        note: row.try_get(3)?,
        looked_at: row.try_get(4)?,
    })
}
