//! Tests of the template language from the outside.
//!
//! `oracle` holds us to recorded answers of the original engines: a corpus of our own
//! (`tests/data/sources.mjs` asks, `tests/data/regenerate.mjs` records) and the probes that were
//! put to a running Backstage. `secrets`, `budget` and `api` test what only this crate promises;
//! `properties` tests it on generated input.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as the tests do")]

mod api;
mod budget;
mod oracle;
mod properties;
mod secrets;

use nunjucks::{Context, Environment, Error, Text};

/// Renders a source in the default environment.
fn render(source: &str, context: &Context) -> Result<Text, Error> {
    let env = Environment::default();
    env.parse(source)?.render(&env, context)
}
