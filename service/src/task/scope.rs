//! The names in scope of step values.
//!
//! `parameters`, `environment`, `steps`, `user` and `context` are seen everywhere; `secrets` and
//! `environment.secrets` only where the caller asks for [`Scope::with_secrets`]. Every string of a secret is
//! marked, and so is every step output that holds one.

use std::sync::Arc;

use nunjucks::{Context, Object, Value as NValue};
use serde_json::{Map, Value, json};

use super::TaskSpec;
use super::model::TaskSecrets;
use crate::config;
use crate::ids::TaskId;

/// Secrets shorter than this are not looked for in plain text: they would match everywhere.
const SHORTEST_SECRET: usize = 2;

/// What templates see while a task runs.
pub(super) struct Scope {
    base: Context,
    environment: NValue,
    environment_with_secrets: NValue,
    secrets: NValue,
    /// Outputs by step. It grows in place: a template may have thousands of steps.
    steps: Arc<Object>,
    /// Every secret text, longest first.
    texts: Vec<String>,
}

impl Scope {
    pub(super) fn new(
        id: TaskId,
        spec: &TaskSpec,
        secrets: &TaskSecrets,
        environment: &config::Environment,
    ) -> Self {
        let base = Context::new()
            .with("parameters", NValue::from(&spec.parameters))
            .with("user", NValue::from(Value::Object(spec.user.clone())))
            .with("context", NValue::from(json!({ "task": { "id": id.to_string() } })));
        let parameters = NValue::from(json!(environment.parameters));
        let marked = |secrets: &TaskSecrets| {
            let pairs = secrets
                .iter()
                .map(|(name, secret)| (name.as_str(), NValue::from(secret.expose()).mark_secret()));
            NValue::object(pairs.collect::<Vec<_>>())
        };
        let environment_secrets = marked(&environment.secrets);
        let mut texts: Vec<String> = secrets
            .values()
            .chain(environment.secrets.values())
            .map(|secret| secret.expose().trim().to_owned())
            .filter(|text| text.len() >= SHORTEST_SECRET)
            .collect();
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        Self {
            base,
            environment: NValue::object([("parameters", parameters.clone())]),
            environment_with_secrets: NValue::object([
                ("parameters", parameters),
                ("secrets", environment_secrets),
            ]),
            secrets: marked(secrets),
            steps: Arc::default(),
            texts,
        }
    }

    /// Adds the outputs of a step, in place of those of an earlier one with the same id.
    pub(super) fn add_step(&mut self, id: &str, outputs: &Map<String, Value>, derived: &[String]) {
        let marked = self.marked(&Value::Object(outputs.clone()), derived);
        let step = NValue::object([("output", marked)]);
        Arc::make_mut(&mut self.steps).insert(id, step);
    }

    /// The outputs of a step as they may be shown.
    pub(super) fn shown_output(&self, id: &str) -> Value {
        let output = self.steps.get(id).and_then(|step| step.get("output").to_masked_json());
        output.unwrap_or_else(|| Value::Object(Map::new()))
    }

    /// Names for `if` and `output`: no secrets.
    pub(super) fn plain(&self) -> Context {
        self.common().with("environment", self.environment.clone())
    }

    /// Names for `input` and `each`.
    pub(super) fn with_secrets(&self) -> Context {
        self.common()
            .with("environment", self.environment_with_secrets.clone())
            .with("secrets", self.secrets.clone())
    }

    fn common(&self) -> Context {
        self.base.overlay().with("steps", NValue::Object(Arc::clone(&self.steps)))
    }

    /// Hides every secret that stands in `text`, and every text of `derived`. Marks are what keeps secrets out
    /// of logs; this is the net below them, for texts that actions make.
    pub(super) fn hide(&self, text: &str, derived: &[String]) -> String {
        self.needles(derived).fold(text.to_owned(), |text, needle| {
            if text.contains(needle) { text.replace(needle, nunjucks::MASK) } else { text }
        })
    }

    fn needles<'a>(&'a self, derived: &'a [String]) -> impl Iterator<Item = &'a str> {
        derived.iter().chain(&self.texts).map(String::as_str)
    }

    /// `value` with a mark on every string that holds a secret.
    fn marked(&self, value: &Value, derived: &[String]) -> NValue {
        match value {
            Value::String(text) => {
                let value = NValue::from(text.as_str());
                if self.needles(derived).any(|needle| text.contains(needle)) {
                    value.mark_secret()
                } else {
                    value
                }
            }
            Value::Array(items) => NValue::array(items.iter().map(|item| self.marked(item, derived))),
            Value::Object(members) => NValue::object(
                members
                    .iter()
                    .map(|(name, member)| (name.as_str(), self.marked(member, derived)))
                    .collect::<Vec<_>>(),
            ),
            plain => NValue::from(plain),
        }
    }
}

/// The marked texts in `value`, longest first.
pub(super) fn secret_texts(value: &NValue) -> Vec<String> {
    let mut texts = Vec::new();
    collect(value, &mut texts);
    texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    texts
}

fn collect(value: &NValue, texts: &mut Vec<String>) {
    if let Some(text) = value.as_text() {
        let trimmed = text.as_str().trim();
        if text.is_secret() && trimmed.len() >= SHORTEST_SECRET {
            texts.push(trimmed.to_owned());
        }
    }
    value.as_array().into_iter().flatten().for_each(|item| collect(item, texts));
    if let Some(members) = value.as_object() {
        members.values().for_each(|member| collect(member, texts));
    }
}
