//! Reading the feed: pages of everything there is, then of what changed.
//!
//! Everything is told by reference, and changes by number. A reading remembers the number at which it began, so
//! what changes while its pages are read is told after them, whatever page it would have been on. Reads take no
//! lock. The invariant: the clock is read before the rows are; every change up to the number that it shows is
//! committed then, and one that is newer is only told twice.

use std::time::Duration;

use futures_util::TryStreamExt;
use serde_json::Value;
use sqlx::Row;

use super::EntityStoreError;
use crate::db::Db;
use crate::entities::cursor::Position;

/// Bytes of entities that a page holds, more or less.
const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// What is offered to a catalog, and what changed.
#[derive(Clone, Debug)]
pub struct Feed {
    db: Db,
}

/// A piece of the feed.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Where the reader stands after it.
    pub cursor: String,
    /// Whether there is more to read now.
    pub more: bool,
    /// The reader's cursor is of no use any more: this page is the first of everything there is.
    pub reset: bool,
    /// In the order in which they are to be applied; no reference twice.
    pub changes: Vec<Change>,
}

/// What is now under a reference.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Comparable form, `kind:namespace/name` in lower case.
    pub entity_ref: String,
    /// The entity; none if it was removed.
    pub entity: Option<Value>,
}

struct Clock {
    epoch: String,
    seq: i64,
    forgotten: i64,
}

/// Rows of one page, each with its number.
struct Rows {
    rows: Vec<(i64, Change)>,
    more: bool,
}

impl Feed {
    /// The feed in `db`.
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// The next piece for whoever stands at `after`; without it, the first piece of everything.
    pub async fn changes(&self, after: Option<&str>, limit: u32) -> Result<Page, EntityStoreError> {
        let clock = self.clock().await?;
        let position = after.map(|cursor| clock.position(cursor));
        match position {
            None => self.everything(&clock, None, limit).await,
            Some(None) => Ok(Page { reset: true, ..self.everything(&clock, None, limit).await? }),
            Some(Some(Position::Within { start, after })) => {
                self.everything(&clock, Some((start, after)), limit).await
            }
            Some(Some(Position::After(seq))) => self.since(&clock, seq, limit).await,
        }
    }

    /// The cursor of whoever has every change that there is now.
    pub async fn cursor(&self) -> Result<String, EntityStoreError> {
        let clock = self.clock().await?;
        Ok(Position::After(clock.seq).written(&clock.epoch))
    }

    /// Drops removals that are older. Gives their number. Whoever has not heard of them reads everything anew.
    pub async fn forget_removals(&self, older_than: Duration) -> Result<u64, EntityStoreError> {
        let kept = i64::try_from(older_than.as_millis()).unwrap_or(i64::MAX / 2);
        let before = self.db.now_ms() - kept;
        let old = sqlx::query("select 1 from feed where entity is null and changed_at < $1 limit 1")
            .bind(before)
            .fetch_optional(self.db.reader())
            .await?;
        if old.is_none() {
            return Ok(0);
        }
        let mut tx = self.db.begin().await?;
        sqlx::query(
            "update feed_clock
             set forgotten = (select coalesce(max(seq), feed_clock.forgotten) from feed where entity is null and changed_at < $1)
             where id = 1",
        )
        .bind(before)
        .execute(&mut *tx)
        .await?;
        let done = sqlx::query("delete from feed where entity is null and changed_at < $1")
            .bind(before)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(done.rows_affected())
    }

    async fn clock(&self) -> Result<Clock, EntityStoreError> {
        let row = sqlx::query("select epoch, seq, forgotten from feed_clock where id = 1")
            .fetch_one(self.db.reader())
            .await?;
        Ok(Clock { epoch: row.try_get(0)?, seq: row.try_get(1)?, forgotten: row.try_get(2)? })
    }

    async fn everything(
        &self,
        clock: &Clock,
        begun: Option<(i64, String)>,
        limit: u32,
    ) -> Result<Page, EntityStoreError> {
        let (start, after) = begun.unwrap_or((clock.seq, String::new()));
        let sql = "select seq, entity_ref, entity from feed
                   where entity is not null and entity_ref > $1 order by entity_ref limit $2";
        let Rows { rows, more } = self.rows(sqlx::query(sql).bind(&after), limit).await?;
        let position = match rows.last() {
            Some((_, last)) if more => Position::Within { start, after: last.entity_ref.clone() },
            _ => Position::After(start),
        };
        Ok(page(clock, &position, rows, more))
    }

    async fn since(&self, clock: &Clock, seq: i64, limit: u32) -> Result<Page, EntityStoreError> {
        let sql = "select seq, entity_ref, entity from feed where seq > $1 order by seq limit $2";
        let Rows { rows, more } = self.rows(sqlx::query(sql).bind(seq), limit).await?;
        if self.clock().await?.forgotten > seq {
            // Removals were dropped while the rows were read.
            return Ok(Page { reset: true, ..self.everything(clock, None, limit).await? });
        }
        let last = rows.last().map_or(seq, |(last, _)| *last);
        // Numbers between the last row and the clock were taken by rows that have changed again since.
        let position = Position::After(if more { last } else { last.max(clock.seq) });
        Ok(page(clock, &position, rows, more))
    }

    /// Reads up to `limit` rows, and less when they are large.
    async fn rows(
        &self,
        query: sqlx::query::Query<'_, sqlx::Any, sqlx::any::AnyArguments>,
        limit: u32,
    ) -> Result<Rows, EntityStoreError> {
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut stream = query.bind(i64::from(limit) + 1).fetch(self.db.reader());
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while let Some(row) = stream.try_next().await? {
            let entity: Option<String> = row.try_get(2)?;
            bytes += entity.as_ref().map_or(0, String::len);
            if rows.len() >= most || (bytes > PAGE_BYTES && !rows.is_empty()) {
                return Ok(Rows { rows, more: true });
            }
            let entity = entity.map(|text| serde_json::from_str(&text)).transpose()?;
            rows.push((row.try_get(0)?, Change { entity_ref: row.try_get(1)?, entity }));
        }
        Ok(Rows { rows, more: false })
    }
}

impl Clock {
    /// The position that a cursor means; none where it says nothing here: another database wrote it, it is ahead of
    /// this one (which was brought back from a copy), or removals since then are no longer told.
    fn position(&self, cursor: &str) -> Option<Position> {
        Position::read(cursor, &self.epoch)
            .filter(|position| (self.forgotten..=self.seq).contains(&position.seq()))
    }
}

fn page(clock: &Clock, position: &Position, rows: Vec<(i64, Change)>, more: bool) -> Page {
    Page {
        cursor: position.written(&clock.epoch),
        more,
        reset: false,
        changes: rows.into_iter().map(|(_, change)| change).collect(),
    }
}
