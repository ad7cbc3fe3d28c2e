//! The SQL of the entity store.
//!
//! Here are the entities that tasks registered; below, the feed that tells of them. Whatever is written here is
//! told there in the same transaction.

mod feed;
mod made;
mod numbers;
mod owners;
mod publisher;
mod repositories;
mod watch;

use std::collections::BTreeSet;

use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::db::{Db, DbError};
use numbers::Numbers;

pub use feed::{Change, Feed, Page};
pub use made::Offered;
pub use numbers::FEED_TOPIC;
pub use publisher::{LibrarySource, Published, Publisher};
pub use repositories::{Repositories, Standing};
pub use watch::Watch;

/// An entity with the location it was read from.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEntity {
    /// Comparable form, `kind:namespace/name` in lower case.
    pub entity_ref: String,
    /// The entity.
    pub entity: Value,
    /// For example `url:https://github.com/acme/demo/blob/main/catalog-info.yaml`.
    pub location: String,
}

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum EntityStoreError {
    /// The location is registered already, by another owner.
    #[error("location `{0}` is already registered")]
    AlreadyRegistered(String),
    /// An entity of that reference came from another location.
    #[error("entity `{entity_ref}` is already registered from `{location}`")]
    Taken {
        /// The reference.
        entity_ref: String,
        /// Where the other one came from.
        location: String,
    },
    /// A stored entity is not JSON.
    #[error("a stored entity cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<sqlx::Error> for EntityStoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Db(error.into())
    }
}

/// The entities this service knows.
#[derive(Clone, Debug)]
pub struct Entities {
    db: Db,
}

impl Entities {
    /// The store in `db`.
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// Registers a location with the entities read from it, in one transaction. Registering it again as the
    /// same `owner` (a task id) replaces its entities; as another it is `AlreadyRegistered`.
    pub async fn register(
        &self,
        location: &str,
        owner: &str,
        entities: &[StoredEntity],
    ) -> Result<(), EntityStoreError> {
        let mut tx = self.db.begin().await?;
        let mut numbers = Numbers::hold(&self.db, &mut tx).await?;
        let now = self.db.now_ms();
        let row = sqlx::query(
            "insert into locations (location, owner, created_at) values ($1, $2, $3)
             on conflict (location) do update set created_at = locations.created_at
             returning owner",
        )
        .bind(location)
        .bind(owner)
        .bind(now)
        .fetch_one(&mut *tx)
        .await?;
        if row.try_get::<String, _>(0)? != owner {
            return Err(EntityStoreError::AlreadyRegistered(location.to_owned()));
        }
        let gone = sqlx::query("delete from entities where location = $1 returning entity_ref")
            .bind(location)
            .fetch_all(&mut *tx)
            .await?;
        let gone = gone.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?;
        let mut touched: BTreeSet<&str> = gone.iter().map(String::as_str).collect();
        for entity in entities {
            touched.insert(&entity.entity_ref);
            let row = sqlx::query(
                "insert into entities (entity_ref, location, entity, updated_at) values ($1, $2, $3, $4)
                 on conflict (entity_ref) do update set entity_ref = entities.entity_ref
                 returning location",
            )
            .bind(&entity.entity_ref)
            .bind(location)
            .bind(serde_json::to_string(&entity.entity)?)
            .bind(now)
            .fetch_one(&mut *tx)
            .await?;
            let holder: String = row.try_get(0)?;
            if holder != location {
                return Err(EntityStoreError::Taken {
                    entity_ref: entity.entity_ref.clone(),
                    location: holder,
                });
            }
        }
        for entity_ref in touched {
            numbers.renew(&mut tx, entity_ref).await?;
        }
        numbers.done(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    /// Who registered a location, if anybody has.
    pub async fn location_owner(&self, location: &str) -> Result<Option<String>, EntityStoreError> {
        let row = sqlx::query("select owner from locations where location = $1")
            .bind(location)
            .fetch_optional(self.db.reader())
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// The entity with that reference (comparable form).
    pub async fn get(&self, entity_ref: &str) -> Result<Option<StoredEntity>, EntityStoreError> {
        let row = sqlx::query("select entity_ref, entity, location from entities where entity_ref = $1")
            .bind(entity_ref)
            .fetch_optional(self.db.reader())
            .await?;
        row.as_ref().map(stored).transpose()
    }

    /// Every entity, by reference.
    pub async fn list(&self) -> Result<Vec<StoredEntity>, EntityStoreError> {
        let rows = sqlx::query("select entity_ref, entity, location from entities order by entity_ref")
            .fetch_all(self.db.reader())
            .await?;
        rows.iter().map(stored).collect()
    }
}

fn stored(row: &AnyRow) -> Result<StoredEntity, EntityStoreError> {
    let text: String = row.try_get(1)?;
    Ok(StoredEntity {
        entity_ref: row.try_get(0)?,
        entity: serde_json::from_str(&text)?,
        location: row.try_get(2)?,
    })
}
