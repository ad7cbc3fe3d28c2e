//! Request bodies: size, media type, JSON, and the shape of an object, with Backstage's words for each fault.
//!
//! [`JsonBody`] is the extractor; [`Fields`] takes a body apart field by field. What the fields mean is the
//! handlers'. The invariant: no more than the limit is ever held in memory.

use axum::body::BodyDataStream;
use axum::extract::{FromRef, FromRequest, Request};
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;
use serde_json::{Map, Value};

use super::error::ApiError;
use super::state::BodyLimit;
use crate::words::did_you_mean;

/// A JSON body that has to be there.
pub(super) struct JsonBody(pub(super) Value);

/// A JSON body that may be left out.
pub(super) struct OptionalJsonBody(pub(super) Option<Value>);

impl<S> FromRequest<S> for JsonBody
where
    S: Send + Sync,
    BodyLimit: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let media_type = media_type(request.headers());
        let bytes = read(request, BodyLimit::from_ref(state)).await?;
        require_json(media_type.as_deref().unwrap_or("undefined"))?;
        parse(&bytes).map(Self)
    }
}

impl<S> FromRequest<S> for OptionalJsonBody
where
    S: Send + Sync,
    BodyLimit: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let media_type = media_type(request.headers());
        let bytes = read(request, BodyLimit::from_ref(state)).await?;
        match media_type {
            None if bytes.is_empty() => Ok(Self(None)),
            other => {
                require_json(other.as_deref().unwrap_or("undefined"))?;
                parse(&bytes).map(|body| Self(Some(body)))
            }
        }
    }
}

/// The media type without its parameters.
pub(super) fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

fn require_json(media_type: &str) -> Result<(), ApiError> {
    if media_type == "application/json" {
        return Ok(());
    }
    Err(ApiError::input(format!("unsupported media type {media_type}")))
}

async fn read(request: Request, BodyLimit(limit): BodyLimit) -> Result<Vec<u8>, ApiError> {
    let mut chunks = request.into_body().into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| ApiError::input("the request body broke off; send it again"))?;
        if bytes.len() + chunk.len() > limit {
            drain(chunks, limit).await;
            return Err(ApiError::input("request entity too large"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Reads a little on and drops it: a client that is still writing sees the answer only once it has written.
pub(super) async fn drain(mut chunks: BodyDataStream, limit: usize) {
    let mut dropped = 0;
    while let Some(Ok(chunk)) = chunks.next().await {
        dropped += chunk.len();
        if dropped > limit {
            break;
        }
    }
}

/// An empty body counts as an empty object, as in Backstage.
fn parse(bytes: &[u8]) -> Result<Value, ApiError> {
    if bytes.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        if error.is_eof() {
            ApiError::input("Unexpected end of JSON input")
        } else {
            ApiError::input(format!("the body is not JSON: {error}"))
        }
    })
}

/// An object of the body, named by its place: `request/body`, `request/body/directoryContents/0`.
pub(super) struct Fields {
    place: String,
    fields: Map<String, Value>,
}

impl Fields {
    /// The body itself, with the names it must have.
    pub(super) fn of_body(body: Value, required: &[&str]) -> Result<Self, ApiError> {
        Self::at("request/body".to_owned(), body, required)
    }

    /// An object at a place.
    pub(super) fn at(place: String, value: Value, required: &[&str]) -> Result<Self, ApiError> {
        let Value::Object(fields) = value else {
            return Err(ApiError::input(format!("{place} must be object")));
        };
        match required.iter().find(|name| !fields.contains_key(**name)) {
            Some(missing) => Err(ApiError::input(format!("{place} must have required property '{missing}'"))),
            None => Ok(Self { place, fields }),
        }
    }

    /// A text.
    pub(super) fn text(&mut self, name: &str) -> Result<String, ApiError> {
        match self.fields.remove(name) {
            Some(Value::String(text)) => Ok(text),
            _ => Err(self.wrong(name, "string")),
        }
    }

    /// An object.
    pub(super) fn object(&mut self, name: &str) -> Result<Map<String, Value>, ApiError> {
        match self.fields.remove(name) {
            Some(Value::Object(object)) => Ok(object),
            _ => Err(self.wrong(name, "object")),
        }
    }

    /// A list.
    pub(super) fn list(&mut self, name: &str) -> Result<Vec<Value>, ApiError> {
        match self.fields.remove(name) {
            Some(Value::Array(list)) => Ok(list),
            _ => Err(self.wrong(name, "array")),
        }
    }

    /// An object whose values are texts; empty when it is left out.
    pub(super) fn texts(&mut self, name: &str) -> Result<Map<String, Value>, ApiError> {
        if !self.fields.contains_key(name) {
            return Ok(Map::new());
        }
        let texts = self.object(name)?;
        match texts.iter().find(|(_, value)| !value.is_string()) {
            Some((key, _)) => Err(ApiError::input(format!("{}/{name}/{key} must be string", self.place))),
            None => Ok(texts),
        }
    }

    /// Whether there is a field of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// The field, whatever it holds.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.fields.remove(name)
    }

    /// An object that may be left out.
    pub(super) fn object_or(
        &mut self,
        name: &str,
        otherwise: Map<String, Value>,
    ) -> Result<Map<String, Value>, ApiError> {
        if self.has(name) { self.object(name) } else { Ok(otherwise) }
    }

    /// A boolean that may be left out.
    pub(super) fn flag_or(&mut self, name: &str, otherwise: bool) -> Result<bool, ApiError> {
        match self.take(name) {
            None => Ok(otherwise),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(_) => Err(self.wrong(name, "boolean")),
        }
    }

    /// Refuses fields that nobody took, with the nearest of those that there are. Only for our own routes:
    /// Backstage's take everything.
    pub(super) fn nothing_else(self, known: &[&str]) -> Result<(), ApiError> {
        let Some(unknown) = self.fields.keys().next() else { return Ok(()) };
        let hint = did_you_mean(unknown, known.iter().copied());
        Err(ApiError::input(format!("{} has no property `{unknown}`{hint}", self.place)))
    }

    fn wrong(&self, name: &str, wanted: &str) -> ApiError {
        ApiError::input(format!("{}/{name} must be {wanted}", self.place))
    }
}

#[cfg(test)]
mod tests;
