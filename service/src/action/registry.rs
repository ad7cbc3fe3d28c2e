//! The list of actions, and the one place where their input types are erased.
//!
//! Adding an action is one line in [`Registry::standard`]. Input is checked against the action's schema before
//! it is read into its type, so that a template's author sees every fault at once and in Backstage's words.

mod absent;
mod example;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Map, Value};

pub use absent::UnknownAction;

use super::{
    Action, ActionContext, ActionError, Capabilities, Definition, backstage, catalog, debug, fetch, fs,
    github, humanitec, notification, publish, roadie, workspace,
};
use crate::template::SchemaViolation;
use crate::template::parameters::validate_against;
use crate::words::{did_you_mean, nearest};

/// An action whose input type is forgotten.
#[async_trait]
trait ErasedAction: Send + Sync {
    fn unusable(&self, capabilities: &Capabilities) -> Option<String>;
    async fn run(&self, ctx: &mut ActionContext<'_>, input: Value) -> Result<(), ActionError>;
}

struct Erased<A> {
    action: A,
    id: Cow<'static, str>,
}

#[async_trait]
impl<A: Action> ErasedAction for Erased<A> {
    fn unusable(&self, capabilities: &Capabilities) -> Option<String> {
        self.action.unusable(capabilities)
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Value) -> Result<(), ActionError> {
        // What the parser says may hold the value, and the value may be a secret.
        let input = serde_json::from_value(input).map_err(|_| {
            let id = &self.id;
            ActionError::Input(format!("Invalid input passed to action {id}, a value is out of its range"))
        })?;
        self.action.run(ctx, input).await
    }
}

/// One registered action.
pub struct Registered {
    definition: Definition,
    action: Box<dyn ErasedAction>,
}

impl Registered {
    /// What it is.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// Checks rendered input; the message names every fault and the nearest known key for an unknown one.
    pub fn check(&self, input: &Value) -> Result<(), ActionError> {
        let Err(violations) = validate_against(&self.definition.input, input) else { return Ok(()) };
        let faults: Vec<String> = violations.iter().map(fault).collect();
        let message = format!("Invalid input passed to action {}, {}", self.definition.id, faults.join(", "));
        Err(ActionError::Input(message))
    }

    /// The keys of an unrendered input that the action does not know, each as a message with the nearest known
    /// one. Rendering changes no key, so they are wrong whatever the values are.
    pub fn unknown_keys(&self, input: &Map<String, Value>) -> Vec<(String, String)> {
        let schema = &self.definition.input;
        if !is_closed(schema) {
            return Vec::new();
        }
        let known = known_keys(schema);
        let unknown = input.keys().filter(|key| !known.contains(&key.as_str()));
        unknown
            .map(|key| {
                let hint = did_you_mean(key, known.iter().copied());
                (key.clone(), format!("action `{}` has no input `{key}`{hint}", self.definition.id))
            })
            .collect()
    }

    /// Why it cannot work with these capabilities, if it cannot.
    pub fn unusable(&self, capabilities: &Capabilities) -> Option<String> {
        self.action.unusable(capabilities)
    }

    /// Runs it on checked input.
    pub async fn run(&self, ctx: &mut ActionContext<'_>, input: Value) -> Result<(), ActionError> {
        self.action.run(ctx, input).await
    }

    /// Outputs for a dry run that leaves the action out, made from its output schema as Backstage does.
    pub fn example_output(&self) -> Value {
        self.definition.output.as_ref().map_or_else(|| Value::Object(Map::new()), example::of)
    }
}

/// A violation in Backstage's words, with the key that may have been meant.
fn fault(violation: &SchemaViolation) -> String {
    let known = known_keys(&violation.schema);
    let unknown: Vec<&str> = match (violation.name.as_str(), &violation.argument, &violation.instance) {
        ("additionalProperties", Some(Value::String(key)), _) => vec![key],
        // None of several forms fits: the keys that no form has are what was mistyped.
        ("anyOf", _, Some(Value::Object(given))) => {
            given.keys().map(String::as_str).filter(|key| !known.contains(key)).collect()
        }
        _ => Vec::new(),
    };
    let mut text = violation.stack.clone();
    for key in unknown {
        if let Some(meant) = nearest(key, known.iter().copied()) {
            text.push_str(&format!("; did you mean `{meant}` instead of `{key}`?"));
        }
    }
    text
}

/// Whether the schema, or each of its forms, takes no keys but its own.
fn is_closed(schema: &Value) -> bool {
    let closed = |schema: &Value| schema.get("additionalProperties") == Some(&Value::Bool(false));
    match schema.get("anyOf").and_then(Value::as_array) {
        Some(forms) => forms.iter().all(closed),
        None => closed(schema),
    }
}

fn known_keys(schema: &Value) -> Vec<&str> {
    let forms = schema.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    let keys = std::iter::once(schema)
        .chain(forms)
        .filter_map(|form| form.get("properties").and_then(Value::as_object))
        .flat_map(Map::keys);
    keys.map(String::as_str).collect()
}

/// All actions by id.
#[derive(Clone, Default)]
pub struct Registry {
    by_id: BTreeMap<Cow<'static, str>, Arc<Registered>>,
    /// Families whose actions could not be listed, and why.
    unlisted: BTreeMap<String, String>,
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.by_id.keys()).finish()
    }
}

impl Registry {
    /// The actions that Stagecraft has.
    pub fn standard() -> Self {
        let mut registry = Self::default();
        registry.register(catalog::Fetch);
        registry.register(catalog::Generate);
        registry.register(catalog::Register);
        registry.register(catalog::ScaffoldedFrom);
        registry.register(catalog::TemplateVersion);
        registry.register(catalog::Write);
        registry.register(debug::Log);
        registry.register(debug::Wait);
        registry.register(fetch::Handlebars);
        registry.register(fetch::Plain);
        registry.register(fetch::PlainFile);
        registry.register(fetch::Template);
        registry.register(fetch::TemplateFile);
        registry.register(fs::Delete);
        registry.register(fs::ReadDir);
        registry.register(fs::Rename);
        registry.register(github::AddCollaborators);
        registry.register(github::Autolinks);
        registry.register(github::CheckCodeOwners);
        registry.register(github::CreateDeployKey);
        registry.register(github::CreateEnvironment);
        registry.register(github::CreateIssue);
        registry.register(github::CreateRuleset);
        registry.register(github::CreateWebhook);
        registry.register(github::DependabotSecrets);
        registry.register(github::DispatchRepository);
        registry.register(github::DispatchWorkflow);
        registry.register(github::EnablePages);
        registry.register(github::LabelIssue);
        registry.register(github::MergePullRequest);
        registry.register(github::ProtectBranch);
        registry.register(github::SetCustomProperties);
        registry.register(github::WireActions);
        registry.register(backstage::Request);
        registry.register(humanitec::CreateApp);
        registry.register(notification::Send);
        registry.register(publish::CreateRepository);
        registry.register(publish::GenerateRepository);
        registry.register(publish::GitHub);
        registry.register(publish::OpenPullRequest);
        registry.register(publish::PushRepository);
        registry.register(roadie::Append);
        registry.register(roadie::Jsonata);
        registry.register(roadie::Merge);
        registry.register(roadie::MergeJson);
        registry.register(roadie::Parse);
        registry.register(roadie::Replace);
        registry.register(roadie::SerializeJson);
        registry.register(roadie::SerializeYaml);
        registry.register(roadie::Sleep);
        registry.register(roadie::TransformJson);
        registry.register(roadie::TransformYaml);
        registry.register(roadie::Write);
        registry.register(roadie::Zip);
        registry.register(workspace::Template);
        registry.register(workspace::TemplateFile);
        registry
    }

    /// Adds one; an action of the same id gives way.
    pub fn register<A: Action>(&mut self, action: A) {
        let definition = action.definition();
        let id = definition.id.clone();
        let action = Box::new(Erased { action, id: id.clone() });
        self.by_id.insert(id, Arc::new(Registered { definition, action }));
    }

    /// Notes that there may be more actions of a family (`<family>:…`), and why they are not known.
    pub(crate) fn note_unlisted(&mut self, family: &str, why: String) {
        self.unlisted.insert(family.to_owned(), why);
    }

    /// The action with that id.
    pub fn get(&self, id: &str) -> Result<&Registered, UnknownAction> {
        let known = || self.by_id.keys().map(|id| &**id);
        let found = self.by_id.get(id).map(|registered| &**registered);
        found.ok_or_else(|| {
            let family = id.split_once(':').map(|(family, _)| family);
            let unlisted = family.and_then(|family| self.unlisted.get(family)).cloned();
            UnknownAction { unlisted, ..UnknownAction::new(id, known()) }
        })
    }

    /// All definitions, by id.
    pub fn definitions(&self) -> impl Iterator<Item = &Definition> {
        self.by_id.values().map(|registered| registered.definition())
    }
}

#[cfg(test)]
mod tests;
