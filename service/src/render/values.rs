//! Rendering of step values: `input`, `if`, `each`, `output`.

use nunjucks::{Context, Value as NValue};
use serde_json::Value;

/// An expression that failed; Backstage keeps the raw text in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionProblem {
    /// Where in the structure: `input.values.name`.
    pub path: String,
    /// The text that failed.
    pub source: String,
    /// Line, column and reason.
    pub message: String,
}

/// A rendered structure with what went wrong on the way.
#[derive(Clone, Debug)]
pub struct RenderedValue {
    /// The value; strings that stem from secrets are marked.
    pub value: NValue,
    /// Expressions whose raw text was kept.
    pub problems: Vec<ExpressionProblem>,
}

/// How the run stands, for `always()` and `failure()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepStatus {
    /// No step has failed.
    Succeeding,
    /// A step has failed.
    Failed,
}

/// Renders step values with Backstage's filters and globals.
#[derive(Debug)]
pub struct ValueRenderer {}

impl ValueRenderer {
    /// A renderer whose `parseRepoUrl` knows the hosts given.
    pub fn new(hosts: Vec<String>) -> Self {
        unimplemented!()
    }

    /// Renders every string in `value` (keys are left alone). A failing string is kept as it is and reported.
    pub fn render(&self, value: &Value, scope: &Context, path: &str) -> RenderedValue {
        unimplemented!()
    }

    /// Decides an `if`: JavaScript truthiness, except that an empty array is false. The second value says
    /// whether `always()` or `failure()` was called, which lets the step run after a failure.
    pub fn condition(&self, condition: &Value, scope: &Context, status: StepStatus) -> (bool, bool, Vec<ExpressionProblem>) {
        unimplemented!()
    }
}
