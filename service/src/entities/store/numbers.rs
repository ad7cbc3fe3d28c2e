//! Numbering changes: the one place where rows of the feed are written.
//!
//! What the feed offers under a reference follows from three tables: the library's template of that reference if
//! there is one, else the store's entity, else what is made of a repository. [`Numbers::renew`] works that out anew for references whose rows were
//! written in the same transaction, and gives a number to each that is not as it was. The invariant: the row of
//! the clock is held from before the first read to the commit, so that numbers are committed in their order and
//! whoever sees a number sees all before it.

use serde_json::Value;
use sqlx::Row;

use super::EntityStoreError;
use crate::db::{Db, WriteTx};
use crate::entities::outgoing::{self, Withheld};

/// Topic that is signalled when the feed changed.
pub const FEED_TOPIC: &str = "feed";

/// The clock of the feed, held until the transaction ends.
pub(super) struct Numbers {
    now: i64,
    seq: i64,
    changed: usize,
}

impl Numbers {
    /// Waits for the clock and holds it.
    pub(super) async fn hold(db: &Db, tx: &mut WriteTx) -> Result<Self, EntityStoreError> {
        let row = sqlx::query("update feed_clock set seq = seq where id = 1 returning seq")
            .fetch_one(&mut **tx)
            .await?;
        Ok(Self { now: db.now_ms(), seq: row.try_get(0)?, changed: 0 })
    }

    /// Brings the feed in line with the tables for one reference.
    pub(super) async fn renew(&mut self, tx: &mut WriteTx, entity_ref: &str) -> Result<(), EntityStoreError> {
        let row = sqlx::query(
            "select library_entities.entity, entities.entity, entities.location, feed.seq, feed.entity,
                    (select repository_entities.entity from repository_entities
                     where repository_entities.entity_ref = wanted.entity_ref
                     order by repository_entities.since, repository_entities.repository limit 1)
             from (select cast($1 as text) as entity_ref) as wanted
             left join library_entities on library_entities.entity_ref = wanted.entity_ref
             left join entities on entities.entity_ref = wanted.entity_ref
             left join feed on feed.entity_ref = wanted.entity_ref",
        )
        .bind(entity_ref)
        .fetch_one(&mut **tx)
        .await?;
        let wanted = offered(entity_ref, row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)?;
        // What is made of a repository was checked when it was written.
        let wanted = wanted.or(row.try_get(5)?);
        let (known, offered): (Option<i64>, Option<String>) = (row.try_get(3)?, row.try_get(4)?);
        // What was never offered has no removal.
        if wanted == offered || (wanted.is_none() && known.is_none()) {
            return Ok(());
        }
        self.seq += 1;
        self.changed += 1;
        sqlx::query(
            "insert into feed (entity_ref, seq, entity, changed_at) values ($1, $2, $3, $4)
             on conflict (entity_ref) do update set seq = excluded.seq, entity = excluded.entity, changed_at = excluded.changed_at",
        )
        .bind(entity_ref)
        .bind(self.seq)
        .bind(wanted)
        .bind(self.now)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// Writes the clock and wakes who waits for changes. Gives how many there were.
    pub(super) async fn done(self, tx: &mut WriteTx) -> Result<usize, EntityStoreError> {
        if self.changed > 0 {
            sqlx::query("update feed_clock set seq = $1 where id = 1")
                .bind(self.seq)
                .execute(&mut **tx)
                .await?;
            tx.signal(FEED_TOPIC);
        }
        Ok(self.changed)
    }
}

/// The library's template under a reference, which is checked already, else the store's entity.
fn offered(
    entity_ref: &str,
    template: Option<String>,
    entity: Option<String>,
    location: Option<String>,
) -> Result<Option<String>, EntityStoreError> {
    if template.is_some() {
        return Ok(template);
    }
    let (Some(entity), Some(location)) = (entity, location) else { return Ok(None) };
    let entity: Value = serde_json::from_str(&entity)?;
    match outgoing::registered(entity, &location) {
        Ok(entity) => Ok(Some(serde_json::to_string(&entity)?)),
        Err(Withheld::Location) => Ok(None),
        Err(Withheld::Broken(violations)) => {
            let why: Vec<String> = violations.iter().map(ToString::to_string).collect();
            tracing::warn!(
                entity.r#ref = entity_ref,
                location,
                "an entity is not offered to the catalog: {}",
                why.join("; ")
            );
            Ok(None)
        }
    }
}
