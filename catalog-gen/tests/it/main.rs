//! Tests of the crate from the outside.
//!
//! `bad_input` reads repositories that nobody would want to read, `commands` runs the program, `github` reads from a
//! server that answers as GitHub does. `oracle` asks Backstage's own code and holds ours to its answers.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail as the tests do"
)]

#[cfg(feature = "cli")]
mod bad_input;
#[cfg(feature = "cli")]
mod commands;
#[cfg(feature = "cli")]
mod github;
mod oracle;
#[cfg(feature = "cli")]
mod support;
mod tables;
