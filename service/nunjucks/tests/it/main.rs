//! Tests of the template language from the outside.
//!
//! `differential` asks the original engines, `probes` holds us to what a running Backstage answered. `secrets`,
//! `budget` and `api` test what only this crate promises; `properties` tests it on generated input.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail as the tests do"
)]

mod api;
mod budget;
mod differential;
mod probes;
mod properties;
mod secrets;

use nunjucks::{Context, Environment, Error, Text};

/// Renders a source in the default environment.
fn render(source: &str, context: &Context) -> Result<Text, Error> {
    let env = Environment::default();
    env.parse(source)?.render(&env, context)
}
