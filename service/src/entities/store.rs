//! The SQL of the entity store.

use serde_json::Value;

use crate::db::Db;

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
    /// The location is registered already.
    #[error("location `{0}` is already registered")]
    AlreadyRegistered(String),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] crate::db::DbError),
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

    /// Registers a location with the entities read from it, in one transaction. The same location
    /// registered by the same `owner` (a task id) is success; by another it is `AlreadyRegistered`.
    pub async fn register(&self, location: &str, owner: &str, entities: &[StoredEntity]) -> Result<(), EntityStoreError> {
        unimplemented!()
    }

    /// Whether a location is registered, and by whom.
    pub async fn location_owner(&self, location: &str) -> Result<Option<String>, EntityStoreError> {
        unimplemented!()
    }

    /// The entity with that reference (comparable form).
    pub async fn get(&self, entity_ref: &str) -> Result<Option<StoredEntity>, EntityStoreError> {
        unimplemented!()
    }

    /// Every entity, by reference.
    pub async fn list(&self) -> Result<Vec<StoredEntity>, EntityStoreError> {
        unimplemented!()
    }
}
