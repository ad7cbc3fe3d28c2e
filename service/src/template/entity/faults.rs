//! What is wrong with a Template entity: the catalog's rules, and the scaffolder's own.
//!
//! It only collects; what the entity says is taken over in `read`. What keeps a template from running, or the
//! catalog from naming it, is an error; the rest are warnings.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::locate::Source;
use super::{API_VERSION, ON_FAILURE, TemplateError, VALUE_MODE, on_failure, value_mode};
use crate::template::parameters::Patterns;
use crate::words::nearest;

/// Keys of a step that mean something.
const STEP_KEYS: [&str; 7] = ["id", "name", "action", "input", "if", "each", "backstage:permissions"];
/// Places in an entity where a fault keeps the template from being run or named.
const GRAVE: [&str; 7] = [
    "kind",
    "metadata.name",
    "metadata.namespace",
    "spec.type",
    "spec.steps",
    "spec.parameters",
    "spec.output",
];

/// Whether a fault at this path keeps the template from being run or named; the catalog takes the others.
pub(crate) fn is_grave(path: &str) -> bool {
    let below = |prefix: &&str| {
        path.strip_prefix(*prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    matches!(path, "" | "metadata" | "spec") || GRAVE.iter().any(below)
}

/// What was found, by weight.
#[derive(Default)]
pub(super) struct Faults {
    /// The template cannot be used.
    pub(super) errors: Vec<TemplateError>,
    /// It can, but hardly means this.
    pub(super) warnings: Vec<TemplateError>,
}

/// Looks at everything in the entity.
pub(super) fn find(entity: &Value, source: Source<'_>, patterns: &Patterns) -> Faults {
    let mut finder = Finder { source, faults: Faults::default() };
    let Some(root) = entity.as_object() else {
        finder.error("", "this is not a mapping; a template begins with `apiVersion`, `kind` and `metadata`");
        return finder.faults;
    };
    finder.api_version(root);
    finder.catalog_rules(root);
    finder.value_mode(root);
    finder.on_failure(root);
    if let Some(Value::Object(spec)) = root.get("spec") {
        finder.steps(spec);
        finder.schemas(spec, patterns);
    }
    finder.faults
}

struct Finder<'t> {
    source: Source<'t>,
    faults: Faults,
}

impl Finder<'_> {
    fn api_version(&mut self, root: &Map<String, Value>) {
        let message = match root.get("apiVersion").map(|version| version.as_str().unwrap_or_default()) {
            Some(API_VERSION) => return,
            Some("backstage.io/v1beta2") => format!(
                "templates of version `backstage.io/v1beta2` are no longer run; write `apiVersion: {API_VERSION}`, \
                 and `${{{{ … }}}}` in place of `{{{{ … }}}}`"
            ),
            Some(other) => {
                format!("`{other}` is not a version of templates; write `apiVersion: {API_VERSION}`")
            }
            None => format!("`apiVersion` is missing; write `apiVersion: {API_VERSION}`"),
        };
        self.error("apiVersion", &message);
    }

    /// The rules by which Backstage's catalog takes a template. The version was judged before.
    fn catalog_rules(&mut self, root: &Map<String, Value>) {
        let mut root = root.clone();
        root.insert("apiVersion".to_owned(), Value::String(API_VERSION.to_owned()));
        for violation in catalog_gen::validate(&Value::Object(root)) {
            let path = violation.path.as_str();
            let grave = is_grave(path);
            let message = violation.to_string();
            if grave { self.error(path, &message) } else { self.warn(path, &message) }
        }
    }

    /// A mode that is not known would be taken for the service's own, unseen.
    fn value_mode(&mut self, root: &Map<String, Value>) {
        let Some(metadata) = root.get("metadata") else { return };
        let Some(written) = metadata.get("annotations").and_then(|all| all.get(VALUE_MODE)) else { return };
        if value_mode(metadata).is_none() {
            let message = format!("`{VALUE_MODE}` is `current` or `legacy`, not {written}; correct it");
            self.error("metadata.annotations", &message);
        }
    }

    /// A wish that is not known would be taken for `keep`, unseen.
    fn on_failure(&mut self, root: &Map<String, Value>) {
        let Some(metadata) = root.get("metadata") else { return };
        let Some(written) = metadata.get("annotations").and_then(|all| all.get(ON_FAILURE)) else { return };
        if on_failure(metadata).is_none() {
            let message =
                format!("`{ON_FAILURE}` is `keep`, `archive` or `delete`, not {written}; correct it");
            self.error("metadata.annotations", &message);
        }
    }

    fn steps(&mut self, spec: &Map<String, Value>) {
        let mut seen: HashMap<String, usize> = HashMap::new();
        for (index, step) in spec.get("steps").and_then(Value::as_array).into_iter().flatten().enumerate() {
            let id = step_id(step, index);
            if let Some(first) = seen.get(&id) {
                let message = format!(
                    "the steps {} and {} both have the id `{id}`, so `steps.{id}` is the one that ran last; give \
                     one of them another id",
                    first + 1,
                    index + 1
                );
                self.warn(&format!("spec.steps[{index}].id"), &message);
            }
            seen.entry(id).or_insert(index);
            if let Some(step) = step.as_object() {
                self.step_keys(step, index);
            }
        }
        if spec.get("steps").and_then(Value::as_array).is_some_and(Vec::is_empty) {
            self.warn("spec.steps", "there are no steps, so a task does nothing; add one with an `action`");
        }
    }

    fn step_keys(&mut self, step: &Map<String, Value>, index: usize) {
        for key in step.keys().filter(|key| !STEP_KEYS.contains(&key.as_str())) {
            if let Some(known) = nearest(key, STEP_KEYS).filter(|known| !step.contains_key(*known)) {
                let message = format!("a step has no key `{key}`, so it is ignored; did you mean `{known}`?");
                self.warn(&format!("spec.steps[{index}].{key}"), &message);
            }
        }
        if step.get("action").and_then(Value::as_str).is_some_and(str::is_empty) {
            self.error(&format!("spec.steps[{index}].action"), "`action` is empty; name the action to run");
        }
    }

    fn schemas(&mut self, spec: &Map<String, Value>, patterns: &Patterns) {
        match spec.get("parameters") {
            Some(Value::Array(pages)) => {
                for (index, page) in pages.iter().enumerate() {
                    self.patterns(page, &format!("spec.parameters[{index}]"), patterns);
                }
            }
            Some(page) => self.patterns(page, "spec.parameters", patterns),
            None => {}
        }
        match spec.get("secrets").map(|secrets| (secrets, secrets.get("schema"))) {
            None | Some((Value::Object(_), None)) => {}
            Some((_, Some(schema @ (Value::Object(_) | Value::Bool(_))))) => {
                self.patterns(schema, "spec.secrets.schema", patterns);
            }
            Some(_) => self
                .error("spec.secrets", "`secrets` needs a `schema` that is a JSON Schema; write a mapping"),
        }
    }

    /// A pattern that nothing can match is told when the template is loaded, not when somebody fills the form.
    fn patterns(&mut self, schema: &Value, path: &str, patterns: &Patterns) {
        let Value::Object(map) = schema else {
            for (index, part) in schema.as_array().into_iter().flatten().enumerate() {
                self.patterns(part, &format!("{path}[{index}]"), patterns);
            }
            return;
        };
        for (key, part) in map {
            let below = format!("{path}.{key}");
            match part.as_str() {
                Some(pattern) if key == "pattern" && !patterns.is_readable(pattern) => {
                    let message =
                        format!("`{pattern}` is not a regular expression, so no value fits; correct it");
                    self.warn(&below, &message);
                }
                Some(_) => {}
                None => self.patterns(part, &below, patterns),
            }
        }
    }

    fn error(&mut self, path: &str, message: &str) {
        let fault = self.source.fault(path, message);
        self.faults.errors.push(fault);
    }

    fn warn(&mut self, path: &str, message: &str) {
        let fault = self.source.fault(path, message);
        self.faults.warnings.push(fault);
    }
}

/// The id that a step goes by.
pub(super) fn step_id(step: &Value, index: usize) -> String {
    let written = step.get("id").and_then(Value::as_str).filter(|id| !id.is_empty());
    written.map_or_else(|| format!("step-{}", index + 1), str::to_owned)
}
