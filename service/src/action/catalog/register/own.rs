//! Registering in the service's own store: what no catalog elsewhere can read, and all where there is no Backstage.
//!
//! Reading, judging and storing are one: a location that this very task has registered before is done, one that
//! somebody else has is in the way. Unlike upstream, `optional` forgives two things only: that there is no file,
//! and that the location is registered already. A file that is wrong is always an error.

use super::{Outcome, chain, occupied};
use crate::action::{ActionContext, ActionError, Capabilities};
use crate::entities::{EntityStoreError, StoredEntity};
use crate::ids::TaskId;

/// Registers the file at `url`, once for the task.
pub(super) async fn register(
    ctx: &mut ActionContext<'_>,
    url: &str,
    optional: bool,
) -> Result<Outcome, ActionError> {
    let (capabilities, task) = (ctx.capabilities, ctx.run.task_id);
    ctx.effect(super::KEY, read_and_store(capabilities, task, url, optional)).await
}

async fn read_and_store(
    capabilities: &Capabilities,
    task: TaskId,
    url: &str,
    optional: bool,
) -> Result<Outcome, ActionError> {
    let read = match chain::collect(capabilities, url, optional).await {
        Ok(read) => read,
        Err(ActionError::NotFound(reason)) if optional => return Ok(Outcome::LeftOut { reason }),
        Err(error) => return Err(error),
    };
    let location = format!("url:{url}");
    let stored: Vec<StoredEntity> = read
        .entities
        .iter()
        .map(|(entity_ref, entity)| StoredEntity {
            entity_ref: entity_ref.to_string(),
            entity: entity.clone(),
            location: location.clone(),
        })
        .collect();
    let store = &capabilities.entities;
    match store.register(&location, &task.to_string(), &stored).await {
        Ok(()) => Ok(Outcome::Registered {
            entity_ref: Some(read.chosen()),
            entities: stored.len(),
            warnings: read.warnings,
        }),
        Err(EntityStoreError::AlreadyRegistered(_)) => occupied(url, optional),
        Err(error) => Err(error.into()),
    }
}
