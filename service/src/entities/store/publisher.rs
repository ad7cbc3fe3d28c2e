//! Bringing the library's templates into the feed, by one process at a time.
//!
//! Every process has a library of its own and reads its sources at times of its own. If each wrote what it has,
//! one that is late would write an old template over a new one, and back. So one process holds this office, by a
//! lease; the others do nothing until it has run out or was given back. The same process tells Backstage, and how
//! far it has told stands beside. The invariant: what is written here is written by the holder, in the transaction
//! that looked whether he still is.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use sqlx::Row;

use super::EntityStoreError;
use super::numbers::Numbers;
use crate::db::{Db, WriteTx};
use crate::entities::outgoing::{self, Withheld};

/// How long the office is held without being seen to.
const LEASE: Duration = Duration::from_secs(30);

/// What one entry of `templates.sources` holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LibrarySource {
    /// The entry.
    pub source: String,
    /// Its usable templates, by reference in comparable form.
    pub templates: Vec<(String, Value)>,
    /// References of templates that are broken now.
    pub broken: Vec<String>,
    /// Whether all of it could be read. What is missing from a source that could not be read is not gone.
    pub whole: bool,
}

/// How far things are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// How many templates came, went or changed.
    pub changed: usize,
    /// Number of the last change.
    pub seq: i64,
    /// Number up to which Backstage was told.
    pub told: i64,
}

/// This process's claim to the office. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Publisher {
    db: Db,
    name: Arc<str>,
}

/// A row of `library_entities`.
struct Known {
    source: String,
    entity: String,
}

impl Publisher {
    /// A claim under a name that is unique among all processes.
    pub fn new(db: Db) -> Self {
        let name = format!("{}-{}", std::process::id(), uuid::Uuid::now_v7().simple());
        Self { db, name: name.into() }
    }

    /// Brings the feed in line with the library, if this process holds the office or can take it; else nothing is
    /// done.
    pub async fn publish(&self, library: &[LibrarySource]) -> Result<Option<Published>, EntityStoreError> {
        if self.is_anothers().await? {
            return Ok(None);
        }
        let mut tx = self.db.begin().await?;
        let Some((told, taken_over)) = self.hold(&mut tx).await? else { return Ok(None) };
        let mut numbers = Numbers::hold(&self.db, &mut tx).await?;
        let mut touched = replace(&mut tx, library).await?;
        if taken_over {
            touched.extend(never_offered(&mut tx).await?);
        }
        for entity_ref in &touched {
            numbers.renew(&mut tx, entity_ref).await?;
        }
        let changed = numbers.done(&mut tx).await?;
        let row = sqlx::query("select seq from feed_clock where id = 1").fetch_one(&mut *tx).await?;
        let seq = row.try_get(0)?;
        tx.commit().await?;
        Ok(Some(Published { changed, seq, told }))
    }

    /// Notes that Backstage was told of every change up to `seq`.
    pub async fn note_told(&self, seq: i64) -> Result<(), EntityStoreError> {
        let mut tx = self.db.begin().await?;
        sqlx::query("update feed_publisher set told = $1 where id = 1 and holder = $2 and told < $1")
            .bind(seq)
            .bind(&*self.name)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Gives the office back, for another process to take at once.
    pub async fn release(&self) -> Result<(), EntityStoreError> {
        let mut tx = self.db.begin().await?;
        sqlx::query("update feed_publisher set until_ms = 0 where id = 1 and holder = $1")
            .bind(&*self.name)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Whether nothing needs to be tried, because another process holds the office.
    async fn is_anothers(&self) -> Result<bool, EntityStoreError> {
        let row = sqlx::query("select holder, until_ms from feed_publisher where id = 1")
            .fetch_one(self.db.reader())
            .await?;
        let (holder, until): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
        Ok(holder != *self.name && until >= self.db.now_ms())
    }

    /// Holds the office for a while from now: what was told, and whether it was another's before.
    async fn hold(&self, tx: &mut WriteTx) -> Result<Option<(i64, bool)>, EntityStoreError> {
        let now = self.db.now_ms();
        let lease = i64::try_from(LEASE.as_millis()).unwrap_or(i64::MAX / 2);
        let row = sqlx::query("update feed_publisher set until_ms = until_ms where id = 1 returning holder")
            .fetch_one(&mut **tx)
            .await?;
        let before: String = row.try_get(0)?;
        let row = sqlx::query(
            "update feed_publisher set holder = $1, until_ms = $2
             where id = 1 and (holder = $1 or until_ms < $3) returning told",
        )
        .bind(&*self.name)
        .bind(now + lease)
        .bind(now)
        .fetch_optional(&mut **tx)
        .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?.map(|told| (told, before != *self.name)))
    }
}

/// Writes what the library has; gives the references whose row came, went or changed.
async fn replace(tx: &mut WriteTx, library: &[LibrarySource]) -> Result<Vec<String>, EntityStoreError> {
    let known = known(tx).await?;
    let mut touched = Vec::new();
    let mut kept: HashSet<&str> = HashSet::new();
    for part in library {
        kept.extend(part.broken.iter().map(String::as_str));
        for (entity_ref, entity) in &part.templates {
            kept.insert(entity_ref);
            let Some(text) = written(entity_ref, entity)? else { continue };
            let before = known.get(entity_ref);
            if before.is_some_and(|known| known.entity == text && known.source == part.source) {
                continue;
            }
            sqlx::query(
                "insert into library_entities (entity_ref, source, entity) values ($1, $2, $3)
                 on conflict (entity_ref) do update set source = excluded.source, entity = excluded.entity",
            )
            .bind(entity_ref)
            .bind(&part.source)
            .bind(&text)
            .execute(&mut **tx)
            .await?;
            touched.push(entity_ref.clone());
        }
    }
    let unread = |source: &str| library.iter().any(|part| part.source == source && !part.whole);
    for (entity_ref, row) in known {
        if kept.contains(entity_ref.as_str()) || unread(&row.source) {
            continue;
        }
        sqlx::query("delete from library_entities where entity_ref = $1")
            .bind(&entity_ref)
            .execute(&mut **tx)
            .await?;
        touched.push(entity_ref);
    }
    Ok(touched)
}

/// The template as it is offered; none if a catalog would not take it, and then the last good one stays.
fn written(entity_ref: &str, entity: &Value) -> Result<Option<String>, EntityStoreError> {
    match outgoing::template(entity.clone(), entity_ref) {
        Ok(entity) => Ok(Some(serde_json::to_string(&entity)?)),
        Err(Withheld::Location) => Ok(None),
        Err(Withheld::Broken(violations)) => {
            let why: Vec<String> = violations.iter().map(ToString::to_string).collect();
            tracing::debug!(
                entity.r#ref = entity_ref,
                "a template is not offered to the catalog: {}",
                why.join("; ")
            );
            Ok(None)
        }
    }
}

async fn known(tx: &mut WriteTx) -> Result<BTreeMap<String, Known>, EntityStoreError> {
    let rows =
        sqlx::query("select entity_ref, source, entity from library_entities").fetch_all(&mut **tx).await?;
    let known = rows
        .iter()
        .map(|row| Ok((row.try_get(0)?, Known { source: row.try_get(1)?, entity: row.try_get(2)? })));
    Ok(known.collect::<Result<_, sqlx::Error>>()?)
}

/// Entities that were stored before there was a feed.
async fn never_offered(tx: &mut WriteTx) -> Result<Vec<String>, EntityStoreError> {
    let rows = sqlx::query(
        "select entities.entity_ref from entities
         left join feed on feed.entity_ref = entities.entity_ref where feed.entity_ref is null",
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}
