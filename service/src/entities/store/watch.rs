//! Which process looks at everything from time to time.
//!
//! The office is held by a lease, as that of the feed's publisher is. The invariant: between two looks there is at least
//! the interval, however many processes ask.

use std::sync::Arc;
use std::time::Duration;

use super::EntityStoreError;
use crate::db::Db;

/// This process's claim to the office. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Watch {
    db: Db,
    name: Arc<str>,
}

impl Watch {
    /// A claim under a name that is unique among all processes.
    pub fn new(db: Db) -> Self {
        let name = format!("{}-{}", std::process::id(), uuid::Uuid::now_v7().simple());
        Self { db, name: name.into() }
    }

    /// Whether everything is to be looked at now, and by this process; it has `lease` to do so.
    pub async fn is_due(&self, every: Duration, lease: Duration) -> Result<bool, EntityStoreError> {
        let now = self.db.now_ms();
        let (every, lease) = (ms(every), ms(lease));
        let due =
            sqlx::query("select 1 from repository_watch where id = 1 and done_at <= $1 and until_ms < $2")
                .bind(now.saturating_sub(every))
                .bind(now)
                .fetch_optional(self.db.reader())
                .await?;
        if due.is_none() {
            return Ok(false);
        }
        let mut tx = self.db.begin().await?;
        let held = sqlx::query(
            "update repository_watch set holder = $1, until_ms = $2
             where id = 1 and done_at <= $3 and until_ms < $4",
        )
        .bind(&*self.name)
        .bind(now.saturating_add(lease))
        .bind(now.saturating_sub(every))
        .bind(now)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(held.rows_affected() == 1)
    }

    /// Everything was looked at.
    pub async fn done(&self) -> Result<(), EntityStoreError> {
        let mut tx = self.db.begin().await?;
        sqlx::query("update repository_watch set done_at = $1, until_ms = 0 where id = 1 and holder = $2")
            .bind(self.db.now_ms())
            .bind(&*self.name)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 2)
}
