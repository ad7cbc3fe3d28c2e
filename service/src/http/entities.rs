//! Our own list of the entities this service holds.

use axum::Extension;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;

use super::reply::{Answer, ok};
use crate::entities::{Entities, StoredEntity};
use crate::task::{Caller, Tasks};

#[derive(Serialize)]
struct ListShape<'a> {
    entities: Vec<EntityShape<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EntityShape<'a> {
    entity_ref: &'a str,
    location: &'a str,
    entity: &'a Value,
}

impl<'a> From<&'a StoredEntity> for EntityShape<'a> {
    fn from(stored: &'a StoredEntity) -> Self {
        Self { entity_ref: &stored.entity_ref, location: &stored.location, entity: &stored.entity }
    }
}

/// `GET /api/stagecraft/v1/entities`
pub(super) async fn list(
    State(entities): State<Entities>,
    State(tasks): State<Tasks>,
    Extension(caller): Extension<Caller>,
) -> Answer {
    tasks.for_services(&caller)?;
    let stored = entities.list().await?;
    ok(&ListShape { entities: stored.iter().map(EntityShape::from).collect() })
}
