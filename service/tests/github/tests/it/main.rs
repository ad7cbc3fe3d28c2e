//! The double asked over HTTP, as a client would: what it answers, what it then holds, what it refuses.
//!
//! `support::Client::ask` holds each request and each answer against GitHub's description.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that finds nothing has failed"
)]

mod apps;
mod changes;
mod client;
mod contents;
mod limits;
mod people;
mod permissions;
mod protection;
mod pulls;
mod pushes;
mod recorded;
mod repositories;
mod settings;
mod support;
mod tracker;
mod variants;
mod webhooks;
mod wiring;
mod workflows;
