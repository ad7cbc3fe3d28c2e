//! Repositories that are looked after: which there are, how they stand, and which are to be.
//!
//! Whoever may see or register locations in Backstage's catalog may see or name them here; services may do both.

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use super::body::{Fields, JsonBody};
use super::error::ApiError;
use super::query::Pairs;
use super::reply::{Answer, json, ok};
use super::shape::Time;
use crate::backstage::permission::{LOCATION_CREATE, LOCATION_READ};
use crate::catalog::{Catalog, OnboardRequest, Onboarded, RepositoryPage};
use crate::entities::{Delivery, KeptOwner, KeptRepository, PullNote, RepositoryState};
use crate::task::{Caller, Tasks};

const FIELDS: [&str; 4] = ["repositories", "owners", "delivery", "again"];
/// Names that one request can hold.
const MOST_NAMES: usize = 1_000;

#[derive(Serialize)]
struct PageShape<'a> {
    repositories: Vec<RepositoryShape<'a>>,
    next: Option<&'a str>,
    owners: Vec<OwnerShape<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RepositoryShape<'a> {
    repository: &'a str,
    delivery: Delivery,
    state: RepositoryState,
    #[serde(skip_serializing_if = "str::is_empty")]
    note: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    read_at: Option<Time>,
    entities: Vec<EntityShape<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pull_request: Option<PullShape<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EntityShape<'a> {
    entity_ref: &'a str,
    /// Whether it is this repository's to offer: another one may have made it first.
    offered: bool,
}

#[derive(Serialize)]
struct PullShape<'a> {
    number: u64,
    url: &'a str,
    state: crate::entities::PullState,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OwnerShape<'a> {
    owner: &'a str,
    delivery: Delivery,
    #[serde(skip_serializing_if = "str::is_empty")]
    note: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    looked_at: Option<Time>,
}

#[derive(Serialize)]
struct OnboardedShape<'a> {
    repositories: &'a [String],
    owners: &'a [String],
}

impl<'a> From<&'a RepositoryPage> for PageShape<'a> {
    fn from(page: &'a RepositoryPage) -> Self {
        Self {
            repositories: page.repositories.iter().map(RepositoryShape::from).collect(),
            next: page.next.as_deref(),
            owners: page.owners.iter().map(OwnerShape::from).collect(),
        }
    }
}

impl<'a> From<&'a (KeptRepository, Vec<(String, bool)>)> for RepositoryShape<'a> {
    fn from((row, made): &'a (KeptRepository, Vec<(String, bool)>)) -> Self {
        Self {
            repository: &row.shown,
            delivery: row.delivery,
            state: row.state,
            note: &row.note,
            commit: row.commit.as_deref(),
            read_at: row.read_at.map(Time),
            entities: made
                .iter()
                .map(|(entity_ref, offered)| EntityShape { entity_ref, offered: *offered })
                .collect(),
            details: row.details.as_ref(),
            pull_request: row.pull.as_ref().map(PullShape::from),
        }
    }
}

impl<'a> From<&'a PullNote> for PullShape<'a> {
    fn from(pull: &'a PullNote) -> Self {
        Self { number: pull.number, url: &pull.url, state: pull.state }
    }
}

impl<'a> From<&'a KeptOwner> for OwnerShape<'a> {
    fn from(owner: &'a KeptOwner) -> Self {
        let KeptOwner { shown, delivery, note, looked_at, .. } = owner;
        Self { owner: shown, delivery: *delivery, note, looked_at: looked_at.map(Time) }
    }
}

/// `GET /api/stagecraft/v1/repositories`
pub(super) async fn list(
    State(catalog): State<Catalog>,
    State(tasks): State<Tasks>,
    Extension(caller): Extension<Caller>,
    pairs: Pairs,
) -> Answer {
    tasks.may(&caller, LOCATION_READ).await?;
    let page = catalog.repositories(&pairs.repositories()?).await?;
    ok(&PageShape::from(&page))
}

/// `POST /api/stagecraft/v1/repositories/onboard`
pub(super) async fn onboard(
    State(catalog): State<Catalog>,
    State(tasks): State<Tasks>,
    Extension(caller): Extension<Caller>,
    JsonBody(body): JsonBody,
) -> Answer {
    tasks.may(&caller, LOCATION_CREATE).await?;
    let Onboarded { repositories, owners } = catalog.onboard(&request(body)?).await?;
    json(StatusCode::ACCEPTED, &OnboardedShape { repositories: &repositories, owners: &owners })
}

fn request(body: Value) -> Result<OnboardRequest, ApiError> {
    let mut fields = Fields::of_body(body, &[])?;
    let repositories = names(&mut fields, "repositories")?;
    let owners = names(&mut fields, "owners")?;
    let delivery = match fields.take("delivery") {
        None => Delivery::Feed,
        Some(word) => serde_json::from_value(word)
            .map_err(|_| ApiError::input("request/body/delivery must be one of feed, pull-request, none"))?,
    };
    let again = fields.flag_or("again", false)?;
    fields.nothing_else(&FIELDS)?;
    if repositories.is_empty() && owners.is_empty() {
        return Err(ApiError::input(
            "request/body names no repository and no owner; fill `repositories` or `owners`",
        ));
    }
    Ok(OnboardRequest { repositories, owners, delivery, again })
}

fn names(fields: &mut Fields, name: &str) -> Result<Vec<String>, ApiError> {
    if !fields.has(name) {
        return Ok(Vec::new());
    }
    let list = fields.list(name)?;
    if list.len() > MOST_NAMES {
        return Err(ApiError::input(format!(
            "request/body/{name} must NOT have more than {MOST_NAMES} items"
        )));
    }
    let text = |(position, value): (usize, Value)| match value {
        Value::String(text) => Ok(text),
        _ => Err(ApiError::input(format!("request/body/{name}/{position} must be string"))),
    };
    list.into_iter().enumerate().map(text).collect()
}
