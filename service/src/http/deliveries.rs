//! Deliveries and what became of them: listed, shown, done again.
//!
//! For services only: deliveries name repositories that a user may not see. Payloads are not shown.

use axum::Extension;
use axum::extract::{Path, State};
use serde::Serialize;

use super::catalog::services_only;
use super::query::Pairs;
use super::reply::{Answer, ok};
use super::shape::Time;
use super::state::Deliveries;
use crate::catalog::Change;
use crate::task::Caller;
use crate::webhook::Delivery;

#[derive(Serialize)]
struct ListShape<'a> {
    deliveries: Vec<DeliveryShape<'a>>,
    /// `before` of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeliveryShape<'a> {
    id: &'a str,
    host: &'a str,
    event: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'a str>,
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<&'a str>,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    changes: &'a [Change],
    size: i64,
    repeats: i64,
    received_at: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    planned_at: Option<Time>,
}

impl<'a> From<&'a Delivery> for DeliveryShape<'a> {
    fn from(delivery: &'a Delivery) -> Self {
        Self {
            id: &delivery.id,
            host: &delivery.host,
            event: &delivery.event,
            action: delivery.action.as_deref(),
            source: &delivery.source,
            about: delivery.about.as_deref(),
            state: delivery.state.as_str(),
            reason: delivery.reason.as_deref(),
            changes: &delivery.changes,
            size: delivery.size,
            repeats: delivery.repeats,
            received_at: Time(delivery.received_at),
            planned_at: delivery.planned_at.map(Time),
        }
    }
}

/// `GET /api/stagecraft/v1/deliveries`
pub(super) async fn list(
    State(deliveries): State<Deliveries>,
    Extension(caller): Extension<Caller>,
    pairs: Pairs,
) -> Answer {
    services_only(&caller)?;
    let listing = pairs.deliveries()?;
    let found = deliveries.webhooks.list(&listing).await?;
    let is_full = found.len() >= usize::try_from(listing.limit).unwrap_or(usize::MAX);
    let next = found.last().filter(|_| is_full).map(|last| last.id.as_str());
    ok(&ListShape { deliveries: found.iter().map(DeliveryShape::from).collect(), next })
}

/// `GET /api/stagecraft/v1/deliveries/{deliveryId}`
pub(super) async fn get(
    State(deliveries): State<Deliveries>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Answer {
    services_only(&caller)?;
    ok(&DeliveryShape::from(&deliveries.webhooks.get(&id).await?))
}

/// `POST /api/stagecraft/v1/deliveries/{deliveryId}/replay`
pub(super) async fn replay(
    State(deliveries): State<Deliveries>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Answer {
    services_only(&caller)?;
    ok(&DeliveryShape::from(&deliveries.webhooks.replay(&id).await?))
}
