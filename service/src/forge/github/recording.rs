//! What was asked and answered, for whoever wants to compare it.
//!
//! Nothing is recorded until somebody asks for it, and no header is: there are the tokens.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

/// One request and its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// `GET`, `POST` …
    pub method: String,
    /// Path with query, below the API's base.
    pub path: String,
    /// The status.
    pub status: u16,
    /// The answer's body.
    pub body: Value,
}

/// The exchanges of one host since somebody asked for them.
#[derive(Clone, Debug, Default)]
pub struct Recording(Arc<Mutex<Vec<Exchange>>>);

impl Recording {
    /// Everything so far, in order.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds one.
    pub(super) fn add(&self, exchange: Exchange) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
    }
}
