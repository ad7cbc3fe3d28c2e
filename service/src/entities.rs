//! The service's own entity store: what `catalog:register` writes to and `catalog:fetch` reads from when
//! no Backstage is configured.
//!
//! Entities are stored whole, by reference in its comparable form, with the location they came from. It
//! validates nothing (that is `catalog-gen`'s) and serves no API.

pub(crate) mod store;

pub use store::{Entities, EntityStoreError, StoredEntity};
