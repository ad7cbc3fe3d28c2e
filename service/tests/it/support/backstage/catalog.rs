//! The catalog of the double: entities, who may read them, files that it can read, and locations.
//!
//! It answers as the stock catalog does: an entity that the asker may not read is null among the others, a location
//! that is registered is a conflict, and a dry run reads the file and tells what it would bring.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{BackstageDouble, SERVICE_TOKEN, error, unavailable};

/// What the catalog knows.
#[derive(Default)]
pub(super) struct Catalog {
    entities: Mutex<BTreeMap<String, Value>>,
    hidden: Mutex<BTreeSet<String>>,
    files: Mutex<BTreeMap<String, Vec<Value>>>,
    locations: Mutex<Vec<String>>,
    closed: Mutex<bool>,
    away_for: Mutex<usize>,
    loses_answers: Mutex<bool>,
}

/// The reference of an entity as the catalog keys it.
fn reference(entity: &Value) -> String {
    let text = |pointer: &str| entity.pointer(pointer).and_then(Value::as_str);
    let namespace = text("/metadata/namespace").unwrap_or("default");
    format!("{}:{namespace}/{}", text("/kind").unwrap(), text("/metadata/name").unwrap()).to_lowercase()
}

impl BackstageDouble {
    /// Puts an entity into the catalog.
    pub(crate) fn has_entity(&self, entity: Value) {
        self.inner.catalog.entities.lock().unwrap().insert(reference(&entity), entity);
    }

    /// From now on only services can read it.
    pub(crate) fn hide(&self, entity_ref: &str) {
        self.inner.catalog.hidden.lock().unwrap().insert(entity_ref.to_owned());
    }

    /// A file that the catalog can read, and the entities in it.
    pub(crate) fn has_file(&self, target: &str, entities: &[Value]) {
        self.inner.catalog.files.lock().unwrap().insert(target.to_owned(), entities.to_vec());
    }

    /// Registers a location as somebody else would.
    pub(crate) fn has_location(&self, target: &str) {
        self.inner.catalog.locations.lock().unwrap().push(target.to_owned());
    }

    /// The targets of all locations.
    pub(crate) fn locations(&self) -> Vec<String> {
        self.inner.catalog.locations.lock().unwrap().clone()
    }

    /// The catalog does nothing of what it is asked next so many times, and says so.
    pub(crate) fn catalog_is_away_for(&self, requests: usize) {
        *self.inner.catalog.away_for.lock().unwrap() = requests;
    }

    /// The next registration is done, and answered as if it were not.
    pub(crate) fn lose_the_answer_of_a_registration(&self) {
        *self.inner.catalog.loses_answers.lock().unwrap() = true;
    }

    /// From now on no user may register anything.
    pub(crate) fn close_the_catalog(&self) {
        *self.inner.catalog.closed.lock().unwrap() = true;
    }
}

impl Catalog {
    /// What is answered to a request of the catalog's; none where it is about something else.
    pub(super) fn answer(
        &self,
        (method, uri): (&Method, &Uri),
        authorization: &str,
        given: &Value,
    ) -> Option<Response> {
        let by_service = authorization == format!("Bearer {SERVICE_TOKEN}");
        let path = uri.path().strip_prefix("/api/catalog/")?;
        let mut away_for = self.away_for.lock().unwrap();
        if *away_for > 0 {
            *away_for -= 1;
            return Some(unavailable());
        }
        match (method.as_str(), path) {
            ("POST", "entities/by-refs") => Some(self.by_refs(by_service, given)),
            ("POST", "locations") if !by_service && *self.closed.lock().unwrap() => {
                Some(error(StatusCode::FORBIDDEN, "NotAllowedError", ""))
            }
            ("POST", "locations") if uri.query() == Some("dryRun=true") => Some(self.preview(given)),
            ("POST", "locations") => Some(self.register(given)),
            _ => None,
        }
    }

    fn by_refs(&self, by_service: bool, given: &Value) -> Response {
        let (entities, hidden) = (self.entities.lock().unwrap(), self.hidden.lock().unwrap());
        let wanted = given["entityRefs"].as_array().unwrap().iter().map(|wanted| wanted.as_str().unwrap());
        let items: Vec<Option<&Value>> = wanted
            .map(|wanted| entities.get(wanted).filter(|_| by_service || !hidden.contains(wanted)))
            .collect();
        axum::Json(json!({ "items": items })).into_response()
    }

    fn preview(&self, given: &Value) -> Response {
        let target = given["target"].as_str().unwrap();
        let files = self.files.lock().unwrap();
        let Some(entities) = files.get(target) else {
            let message = format!("Error: Unable to read url, NotFoundError: {target} could not be read");
            return error(StatusCode::BAD_REQUEST, "InputError", &message);
        };
        let exists = self.locations.lock().unwrap().iter().any(|known| known == target);
        let location = json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "Location",
            "metadata": { "name": "generated-5d7e", "namespace": "default" }, "spec": { "type": "url", "target": target },
        });
        let entities: Vec<Value> = [location].into_iter().chain(entities.iter().cloned()).collect();
        let location = json!({ "id": format!("url:{target}"), "type": "url", "target": target });
        let body = json!({ "exists": exists, "location": location, "entities": entities });
        (StatusCode::CREATED, axum::Json(body)).into_response()
    }

    fn register(&self, given: &Value) -> Response {
        let target = given["target"].as_str().unwrap_or_default().to_owned();
        let mut known = self.locations.lock().unwrap();
        if known.contains(&target) {
            let message = format!("Location url:{target} already exists");
            return error(StatusCode::CONFLICT, "ConflictError", &message);
        }
        known.push(target.clone());
        if std::mem::take(&mut *self.loses_answers.lock().unwrap()) {
            return unavailable();
        }
        let body = json!({ "location": { "id": "1", "target": target }, "entities": [] });
        (StatusCode::CREATED, axum::Json(body)).into_response()
    }
}
