//! The entities that this service has to offer to a catalog, and what changed about them.
//!
//! [`Entities`] is what `catalog:register` writes to and `catalog:fetch` reads from when no Backstage is
//! configured. [`Repositories`] remembers the repositories that are looked after and what is made of them. [`Feed`] tells whoever follows it what there is and what changed, from the stores and the
//! template library; [`Publisher`] brings the library's templates there. No module here serves an API, asks
//! Backstage or reads a template. The invariant: whoever reads the feed to its end, from wherever he was, has
//! exactly what is offered.

mod cursor;
mod outgoing;
mod repository;
pub(crate) mod store;

pub use outgoing::MANAGED_BY_LOCATION;
pub use repository::{
    Delivery, KeptOwner, KeptRepository, ListRepositories, MadeEntity, PullNote, PullState, Reading,
    RepositoryState,
};
pub use store::{
    Change, Entities, EntityStoreError, FEED_TOPIC, Feed, LibrarySource, Offered, Page, Published, Publisher,
    Repositories, Standing, StoredEntity, Watch,
};
