//! What the process tells about itself: log lines and numbers.
//!
//! [`init`] sets the log up once; [`Metrics`] counts and is rendered in Prometheus' text form. Nothing is sent
//! anywhere and nothing here knows what a task or a request is beyond its labels. The invariant: a label is
//! something an operator named (a template, a step, a route), never a value of a form, a token or an address.

mod logging;
mod metrics;
mod text;

pub use logging::{TelemetryError, init};
pub use metrics::{
    CatalogDepth, Depths, GitHubAccount, Metrics, Outcome, QueueDepth, StepLabels, StreamGuard,
};
