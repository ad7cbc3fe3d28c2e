//! What tests of several modules share, and what holds the published form of evidence.

pub(crate) mod repository;
mod schema;
