//! What GitHub delivers, directly or through a Backstage.
//!
//! A delivery of GitHub needs no token: its signature, over the bytes as they came, is its credential. What a Backstage
//! passes on was verified there, so it comes with a token of a service. What a delivery means is not looked at here.
//! The invariant: 202 is answered when the delivery is stored, and nothing of a body is used before its signature fits.

use std::time::Duration;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use super::body::{Fields, JsonBody, drain, media_type};
use super::catalog::services_only;
use super::error::ApiError;
use super::reply::{Answer, json as reply};
use super::state::Deliveries;
use crate::task::Caller;
use crate::webhook::{Arrived, Received, Source, WebhookError};
use futures_util::StreamExt;

/// The largest payload that GitHub sends.
const MAX_BODY: usize = 25 * 1024 * 1024;
/// How long a body may take: GitHub itself gives up after ten seconds, a server of one's own after thirty.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a body waits for room.
const ROOM_PATIENCE: Duration = Duration::from_secs(5);

const SIGNATURE: &str = "x-hub-signature-256";
const DELIVERY: &str = "x-github-delivery";
const EVENT: &str = "x-github-event";
const ENTERPRISE: &str = "x-github-enterprise-host";
/// Topics of Backstage's events are `github` or `github.<event>`.
const TOPIC: &str = "github";

/// `POST /webhooks/github`
pub(super) async fn receive(State(deliveries): State<Deliveries>, request: Request) -> Answer {
    if !deliveries.webhooks.are_expected() {
        let message = "no deliveries are expected here: give the GitHub in `forges` its `webhook_secret`";
        return Err(ApiError::not_found(message));
    }
    let headers = request.headers().clone();
    let signature = signature(&headers)?;
    let (id, event) = (delivery_id(one(&headers, DELIVERY))?, event_name(one(&headers, EVENT))?);
    if media_type(&headers).as_deref() != Some("application/json") {
        let message = "deliveries are read as JSON: set the content type of the webhook to `application/json` on GitHub";
        return Err(ApiError::input(message));
    }
    let (payload, _room) = read(request, &deliveries).await?;
    let host = deliveries.webhooks.signer(signature, &payload, one(&headers, ENTERPRISE));
    let host = host.map_err(|mismatch| ApiError::authentication(mismatch.to_string()))?;
    if payload.is_empty() {
        return Err(ApiError::input("the delivery has no body"));
    }
    let arrived = Arrived { id, host, event, source: Source::GitHub, payload };
    accepted(&deliveries.webhooks.receive(arrived).await?)
}

/// `POST /api/stagecraft/v1/events`
pub(super) async fn forwarded(
    State(deliveries): State<Deliveries>,
    Extension(caller): Extension<Caller>,
    JsonBody(body): JsonBody,
) -> Answer {
    services_only(&caller)?;
    let mut body = Fields::of_body(body, &["event"])?;
    let event = body.take("event").unwrap_or_default();
    let mut event = Fields::at("request/body/event".to_owned(), event, &["topic"])?;
    let topic = event.text("topic")?;
    let metadata = event.object_or("metadata", serde_json::Map::new())?;
    let payload =
        if event.has("payload") { event.object("payload")? } else { event.object("eventPayload")? };
    let named = |name: &str| metadata.get(name).and_then(Value::as_str);
    let name = match topic.strip_prefix(TOPIC) {
        Some("") => event_name(named(EVENT))?,
        Some(rest) => event_name(rest.strip_prefix('.'))?,
        None => {
            return Err(ApiError::input(format!(
                "events of the topic `{}` are not taken; send `github` or `github.<event>`",
                topic.escape_debug()
            )));
        }
    };
    let id = match named(DELIVERY) {
        Some(id) => delivery_id(Some(id))?,
        // Backstage's events bus passes no headers on.
        None => format!("backstage-{}", Uuid::now_v7()),
    };
    let payload = Value::Object(payload);
    let page = ["/repository/html_url", "/organization/html_url"];
    let page = page.iter().find_map(|place| payload.pointer(place)).and_then(Value::as_str);
    let host = named(ENTERPRISE).map(str::to_owned).filter(|host| deliveries.webhooks.has_host(host));
    let host = host.or_else(|| deliveries.webhooks.host_of(page));
    let host = host.ok_or_else(|| ApiError::input("the event is not of a GitHub that `forges` names"))?;
    let payload = payload.to_string().into_bytes();
    let arrived = Arrived { id, host, event: name, source: Source::Backstage, payload };
    accepted(&deliveries.webhooks.receive(arrived).await?)
}

fn accepted(received: &Received) -> Answer {
    reply(StatusCode::ACCEPTED, &json!({ "id": received.id, "repeated": received.repeated }))
}

/// Of several headers of a name nobody can say which one another server on the way has looked at.
fn one<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next().filter(|_| values.next().is_none());
    first.and_then(|value| value.to_str().ok())
}

fn signature(headers: &HeaderMap) -> Result<&str, ApiError> {
    if !headers.contains_key(SIGNATURE) {
        let message = "the delivery is not signed: it has no `x-hub-signature-256`; give the webhook a secret on GitHub";
        return Err(ApiError::authentication(message));
    }
    let signature = one(headers, SIGNATURE).filter(|text| crate::webhook::is_signature(text));
    signature.ok_or_else(|| {
        ApiError::authentication(
            "`x-hub-signature-256` is not `sha256=` and 64 hexadecimal digits in small letters",
        )
    })
}

fn delivery_id(id: Option<&str>) -> Result<String, ApiError> {
    let plain = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let id = id.filter(plain).map(str::to_owned);
    id.ok_or_else(|| ApiError::input("the delivery has no `x-github-delivery`, or one that is no id"))
}

fn event_name(name: Option<&str>) -> Result<String, ApiError> {
    let plain = |name: &&str| {
        (1..=64).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let name = name.filter(plain).map(str::to_owned);
    name.ok_or_else(|| {
        ApiError::input("the delivery has no `x-github-event`, or one that is no name of an event")
    })
}

/// The body with the room that it takes; everything that is not larger than GitHub's largest.
async fn read(
    request: Request,
    deliveries: &Deliveries,
) -> Result<(Vec<u8>, Vec<OwnedSemaphorePermit>), ApiError> {
    let late = |_| ApiError::busy("the body did not come in time; send it again");
    tokio::time::timeout(PATIENCE, read_at_leisure(request, deliveries)).await.map_err(late)?
}

async fn read_at_leisure(
    request: Request,
    deliveries: &Deliveries,
) -> Result<(Vec<u8>, Vec<OwnedSemaphorePermit>), ApiError> {
    let mut chunks = request.into_body().into_data_stream();
    let (mut bytes, mut room) = (Vec::new(), Vec::new());
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| ApiError::input("the request body broke off; send it again"))?;
        if bytes.len() + chunk.len() > MAX_BODY {
            drain(chunks, MAX_BODY).await;
            return Err(ApiError::too_large(
                "the body is larger than 25 MB, which is more than GitHub sends",
            ));
        }
        let size = u32::try_from(chunk.len()).unwrap_or(u32::MAX);
        let taken = deliveries.room.clone().acquire_many_owned(size);
        match tokio::time::timeout(ROOM_PATIENCE, taken).await {
            Ok(Ok(permit)) => room.push(permit),
            _ => return Err(ApiError::busy("too many deliveries are being read; send it again later")),
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok((bytes, room))
}

impl From<WebhookError> for ApiError {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::NotFound(_) => Self::not_found(error.to_string()),
            WebhookError::NothingToReplay(..) => Self::conflict(error.to_string()),
            WebhookError::NotKept | WebhookError::Stopping => Self::busy(error.to_string()),
            WebhookError::Db(error) => error.into(),
            other @ WebhookError::Change(_) => Self::internal(other),
        }
    }
}
