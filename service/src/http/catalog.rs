//! What Backstage's catalog asks of this service.
//!
//! Services only: the feed holds entities that a user may not see, and an analysis reads with the service's own rights.
//! For an analysis Backstage's catalog may also ask on behalf of a user, whom it has judged by then.

use axum::Extension;
use axum::extract::State;
use catalog_gen::Proposal;
use serde::Serialize;
use serde_json::Value;

use super::body::{Fields, JsonBody};
use super::error::ApiError;
use super::query::Pairs;
use super::reply::{Answer, ok};
use crate::backstage::PluginId;
use crate::catalog::{Analysis, AnalyzeRequest, Catalog, Existing};
use crate::entities::{Change, Page};
use crate::task::Caller;

/// The plugin of Backstage behind whose import wizard the analysis stands.
const CATALOG: &str = "catalog";
/// The only locations that repositories are read from.
const LOCATION_TYPE: &str = "url";

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

/// Backstage's `AnalyzeLocationResponse`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AnalysisShape<'a> {
    existing_entity_files: Vec<ExistingShape<'a>>,
    generate_entities: &'a [Proposal],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExistingShape<'a> {
    location: LocationShape<'a>,
    is_registered: bool,
    entity: &'a Value,
}

#[derive(Serialize)]
struct LocationShape<'a> {
    r#type: &'static str,
    target: &'a str,
}

impl<'a> From<&'a Existing> for ExistingShape<'a> {
    fn from(existing: &'a Existing) -> Self {
        let Existing { target, registered, entity } = existing;
        Self { location: LocationShape { r#type: LOCATION_TYPE, target }, is_registered: *registered, entity }
    }
}

impl<'a> From<&'a Analysis> for AnalysisShape<'a> {
    fn from(analysis: &'a Analysis) -> Self {
        Self {
            existing_entity_files: analysis.existing.iter().map(ExistingShape::from).collect(),
            generate_entities: &analysis.proposals,
        }
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

/// `POST /api/stagecraft/v1/analyze-location`
pub(super) async fn analyze(
    State(catalog): State<Catalog>,
    Extension(caller): Extension<Caller>,
    JsonBody(body): JsonBody,
) -> Answer {
    // Backstage's catalog has asked its own policy whether the user may analyse locations.
    if caller.through.as_ref().map(PluginId::as_str) != Some(CATALOG) {
        services_only(&caller)?;
    }
    let request = analyze_request(body)?;
    let analysis = catalog.analyze(&request).await?;
    ok(&AnalysisShape::from(&analysis))
}

/// Backstage's `AnalyzeLocationRequest`.
fn analyze_request(body: Value) -> Result<AnalyzeRequest, ApiError> {
    let mut fields = Fields::of_body(body, &["location"])?;
    let location = fields.take("location").unwrap_or_default();
    let mut location = Fields::at("request/body/location".to_owned(), location, &["type", "target"])?;
    let kind = location.text("type")?;
    if kind != LOCATION_TYPE {
        let kind = kind.escape_debug();
        let message = format!("a location of type `{kind}` cannot be analysed; give one of type `url`");
        return Err(ApiError::input(message));
    }
    let target = location.text("target")?;
    let named = fields.has("catalogFilename").then(|| fields.text("catalogFilename")).transpose()?;
    Ok(AnalyzeRequest { target, catalog_filename: named.filter(|name| !name.is_empty()) })
}

pub(super) fn services_only(caller: &Caller) -> Result<(), ApiError> {
    match caller.user_ref() {
        None => Ok(()),
        Some(_) => Err(ApiError::not_allowed(
            "This is for services such as Backstage's catalog; a user goes through Backstage",
        )),
    }
}
