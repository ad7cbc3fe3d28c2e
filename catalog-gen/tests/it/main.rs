//! Tests of the crate from the outside.
//!
//! `oracle` asks Backstage's own code and holds ours to its answers.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail as the tests do"
)]

mod detectors;
mod oracle;
