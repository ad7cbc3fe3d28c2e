//! The list of actions, and the one place where their input types are erased.

use serde_json::Value;

use super::{Action, ActionContext, ActionError, Definition};

/// A step names an action that is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("action `{id}` is not available{}", .nearest.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
pub struct UnknownAction {
    /// The id asked for.
    pub id: String,
    /// The nearest id there is.
    pub nearest: Option<String>,
}

/// One registered action.
pub struct Registered {}

impl Registered {
    /// What it is.
    pub fn definition(&self) -> &Definition {
        unimplemented!()
    }

    /// Checks rendered input; the message names every fault and the nearest known key for an unknown one.
    pub fn check(&self, input: &Value) -> Result<(), ActionError> {
        unimplemented!()
    }

    /// Runs it on checked input.
    pub async fn run(&self, ctx: &mut ActionContext<'_>, input: Value) -> Result<(), ActionError> {
        unimplemented!()
    }

    /// Outputs for a dry run that leaves the action out, made from its output schema as Backstage does.
    pub fn example_output(&self) -> Value {
        unimplemented!()
    }
}

/// All actions by id.
pub struct Registry {}

impl Registry {
    /// The actions that Stagecraft has.
    pub fn standard() -> Self {
        unimplemented!()
    }

    /// Adds one.
    pub fn register<A: Action>(&mut self, action: A) {
        unimplemented!()
    }

    /// The action with that id.
    pub fn get(&self, id: &str) -> Result<&Registered, UnknownAction> {
        unimplemented!()
    }

    /// All definitions, by id.
    pub fn definitions(&self) -> impl Iterator<Item = &Definition> {
        [].into_iter()
    }
}
