//! What a repository says about itself: the catalog files that are in it, or else an entity to begin with.
//!
//! The repository is read as a tree, without a checkout. What is proposed, and why, is `catalog-gen`'s. Nothing is
//! registered and nothing is written. The invariant: nothing is asked of a host that the settings do not name.

mod existing;
mod proposals;
mod read;

use std::time::Duration;

use catalog_gen::Proposal;
use serde_json::Value;
use tokio::sync::Semaphore;

use super::Catalog;
use crate::action::ActionError;
use crate::entities::EntityStoreError;

pub(super) use read::Hosts;

/// How long reading a repository may take: somebody is waiting for it.
const PATIENCE: Duration = Duration::from_secs(60);
/// Repositories that are held in memory at once.
const AT_ONCE: usize = 4;

/// What is to be analysed.
#[derive(Clone, Debug)]
pub struct AnalyzeRequest {
    /// Address of a repository, or of a folder in one.
    pub target: String,
    /// What catalog files are called, where it is not `catalog-info.yaml`.
    pub catalog_filename: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// Entities of catalog files that are there, in the order of the files.
    pub existing: Vec<Existing>,
    /// Entities to begin with, where there is no such file.
    pub proposals: Vec<Proposal>,
}

/// An entity of a catalog file.
#[derive(Clone, Debug, PartialEq)]
pub struct Existing {
    /// Address of the file.
    pub target: String,
    /// Whether the file is registered with this service.
    pub registered: bool,
    /// The entity.
    pub entity: Value,
}

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum AnalyzeError {
    /// The repository cannot be read, or is not what the address says.
    #[error(transparent)]
    Repository(#[from] ActionError),
    /// What is registered cannot be told.
    #[error(transparent)]
    Store(#[from] EntityStoreError),
}

/// What the analysis stands on beside the parts of [`Catalog`].
pub(super) struct Desk {
    hosts: Hosts,
    places: Semaphore,
}

impl Desk {
    pub(super) fn new(hosts: Hosts) -> Self {
        Self { hosts, places: Semaphore::new(AT_ONCE) }
    }
}

impl Catalog {
    /// Reads the repository and says what is there.
    pub async fn analyze(&self, request: &AnalyzeRequest) -> Result<Analysis, AnalyzeError> {
        let late = || {
            ActionError::Unavailable(format!(
                "`{}` could not be read within {} seconds; try again later",
                request.target.escape_debug(),
                PATIENCE.as_secs()
            ))
        };
        tokio::time::timeout(PATIENCE, self.analyze_at_leisure(request)).await.map_err(|_| late())?
    }

    async fn analyze_at_leisure(&self, request: &AnalyzeRequest) -> Result<Analysis, AnalyzeError> {
        let inner = &self.inner;
        let stopping = |()| ActionError::Unavailable("the service is stopping; try again later".to_owned());
        let _place = inner.desk.places.acquire().await.map_err(|_| stopping(()))?;
        let place = read::read(&inner.capabilities, &inner.desk.hosts, &request.target).await?;
        let files = existing::find(&place, request.catalog_filename.as_deref())?;
        if files.is_empty() {
            let site = inner.keeping.site().clone();
            let proposed = tokio::task::spawn_blocking(move || proposals::proposal(&place, &site)).await;
            let proposal = proposed.map_err(|_| stopping(()))?;
            return Ok(Analysis { existing: Vec::new(), proposals: vec![proposal] });
        }
        let mut found = Vec::new();
        for file in files {
            let registered = self.is_registered(&file.target).await?;
            found.extend(file.entities.into_iter().map(|entity| Existing {
                target: file.target.clone(),
                registered,
                entity,
            }));
        }
        Ok(Analysis { existing: found, proposals: Vec::new() })
    }

    /// Actions register a file under its page among the files or among the folders.
    async fn is_registered(&self, target: &str) -> Result<bool, EntityStoreError> {
        let entities = &self.inner.capabilities.entities;
        for url in [target.to_owned(), target.replacen("/blob/", "/tree/", 1)] {
            if entities.location_owner(&format!("url:{url}")).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
