//! Webhooks: what happened, and who was told of it.

use serde_json::Value;

use crate::clock::Millis;

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// The event, `push` for example.
    pub event: &'static str,
    /// The repository's id, if it is one's.
    pub repository: Option<u64>,
    /// The organisation's or user's login.
    pub account: String,
    /// What is told.
    pub payload: Value,
}

/// An attempt to tell of it.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Its id.
    pub id: u64,
    /// The same for all attempts to tell of one event.
    pub guid: String,
    /// When it was sent.
    pub at: Millis,
    /// The App or the hook that was told.
    pub hook: u64,
    /// The event.
    pub event: Event,
    /// The status it was answered with; 0 if there was no answer.
    pub status: u16,
    /// Whether it was sent again on request.
    pub redelivery: bool,
    /// Where it was sent.
    pub url: String,
    /// What it is signed with.
    pub secret: String,
}
