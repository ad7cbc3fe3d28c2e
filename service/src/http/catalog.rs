//! What Backstage's catalog asks of this service. Services only: the feed holds entities that a user may not see.

use axum::Extension;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;

use super::error::ApiError;
use super::query::Pairs;
use super::reply::{Answer, ok};
use crate::catalog::Catalog;
use crate::entities::{Change, Page};
use crate::task::Caller;

#[derive(Serialize)]
struct PageShape<'a> {
    cursor: &'a str,
    more: bool,
    reset: bool,
    changes: Vec<ChangeShape<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChangeShape<'a> {
    entity_ref: &'a str,
    entity: Option<&'a Value>,
}

impl<'a> From<&'a Page> for PageShape<'a> {
    fn from(page: &'a Page) -> Self {
        let Page { cursor, more, reset, changes } = page;
        Self { cursor, more: *more, reset: *reset, changes: changes.iter().map(ChangeShape::from).collect() }
    }
}

impl<'a> From<&'a Change> for ChangeShape<'a> {
    fn from(change: &'a Change) -> Self {
        Self { entity_ref: &change.entity_ref, entity: change.entity.as_ref() }
    }
}

/// `GET /api/stagecraft/v1/catalog/changes`
pub(super) async fn changes(
    State(catalog): State<Catalog>,
    Extension(caller): Extension<Caller>,
    pairs: Pairs,
) -> Answer {
    services_only(&caller)?;
    let (after, limit) = pairs.feed()?;
    let page = catalog.feed().changes(after.as_deref(), limit).await?;
    ok(&PageShape::from(&page))
}

fn services_only(caller: &Caller) -> Result<(), ApiError> {
    match caller.user_ref() {
        None => Ok(()),
        Some(_) => Err(ApiError::not_allowed(
            "This is for services such as Backstage's catalog; a user reads the catalog in Backstage",
        )),
    }
}
