//! Actions: the units that template steps are made of.
//!
//! One action, one file: id, description, typed input, schema, examples, and what it does. Actions are of
//! three kinds ([`Kind`]): *workspace* actions are functions from tree to tree, *reads* look outside and
//! *effects* change something outside, both through [`ActionContext::read`] and [`ActionContext::effect`], so
//! that a run can be repeated. An action never sees the database, the task row or another step.

mod address;
mod context;
mod error;
mod lock_file;
mod page;
mod phrase;
mod place;
mod registry;
mod schema;
mod target;

pub mod backstage;
pub mod catalog;
pub mod debug;
pub mod fetch;
pub mod fs;
pub mod github;
pub mod humanitec;
pub mod notification;
pub mod publish;
pub mod roadie;
pub mod workspace;

use std::borrow::Cow;
use std::future::Future;

use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) use address::{Address, is_absolute};
pub use backstage::Actions;
pub use context::{ActionContext, Capabilities, Heard, RunInfo, StepInfo, TemplateInfo};
pub(crate) use context::{MAKES, VERSION_ANNOTATION};
pub use error::ActionError;
pub use page::{listed, markdown, shown};
pub use registry::{Registered, Registry, UnknownAction};

/// What an action touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only the workspace: repeating it costs nothing and changes nothing.
    Workspace,
    /// Looks at something outside.
    Read,
    /// Changes something outside.
    Effect,
}

/// An example for people and tests: a description and a YAML text with `steps:`.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// One line.
    pub description: &'static str,
    /// YAML, `steps: [...]`.
    pub example: &'static str,
}

/// What is known about an action without running it.
#[derive(Clone, Debug)]
pub struct Definition {
    /// For example `fetch:plain`.
    pub id: Cow<'static, str>,
    /// One or two sentences.
    pub description: Cow<'static, str>,
    /// What it touches.
    pub kind: Kind,
    /// Draft-07 schema of the input, closed (`additionalProperties: false`).
    pub input: Value,
    /// Draft-07 schema of the output.
    pub output: Option<Value>,
    /// Whether a dry run runs it for real.
    pub supports_dry_run: bool,
    /// At least one.
    pub examples: &'static [Example],
}

/// A unit of work that a template step names.
pub trait Action: Send + Sync + 'static {
    /// The input after validation.
    type Input: DeserializeOwned + Send;

    /// What it is.
    fn definition(&self) -> Definition;

    /// Why it cannot work with what the service has, and what to do about it: such a task is not created.
    fn unusable(&self, capabilities: &Capabilities) -> Option<String> {
        let _ = capabilities;
        None
    }

    /// Does it. Outputs go through [`ActionContext::output`].
    fn run(
        &self,
        ctx: &mut ActionContext<'_>,
        input: Self::Input,
    ) -> impl Future<Output = Result<(), ActionError>> + Send;
}
