//! A workflow's file: its name, what starts it, and the inputs that it takes.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// A workflow.
pub(super) struct Workflow {
    /// Its file.
    pub(super) path: String,
    /// Its name.
    pub(super) name: String,
    /// What starts it, each with its settings.
    pub(super) events: BTreeMap<String, Value>,
}

impl Workflow {
    /// Of the text of its file; nothing if that is no workflow.
    pub(super) fn read(path: String, text: &str) -> Option<Self> {
        if ![".yml", ".yaml"].iter().any(|ending| path.ends_with(ending)) {
            return None;
        }
        let file: Value = serde_yaml::from_str(text).ok()?;
        // YAML 1.1 reads the key `on` as a truth value.
        let on = file.get("on").or_else(|| file.get("true"))?;
        let events = match on {
            Value::String(event) => BTreeMap::from([(event.clone(), Value::Null)]),
            Value::Array(events) => {
                events.iter().filter_map(Value::as_str).map(|event| (event.to_owned(), Value::Null)).collect()
            }
            Value::Object(events) => events.clone().into_iter().collect(),
            _ => return None,
        };
        let name = file.get("name").and_then(Value::as_str).unwrap_or(&path).to_owned();
        Some(Self { path, name, events })
    }

    /// Whether a repository dispatch of this kind starts it.
    pub(super) fn hears(&self, kind: &str) -> bool {
        let Some(settings) = self.events.get("repository_dispatch") else { return false };
        let types = &settings["types"];
        types.is_null()
            || types == kind
            || types.as_array().is_some_and(|types| types.iter().any(|one| one == kind))
    }

    /// The inputs of a run with those that were not given; GitHub's words for what is wrong with them.
    pub(super) fn inputs(&self, given: Map<String, Value>) -> Result<Map<String, Value>, String> {
        let declared =
            self.events.get("workflow_dispatch").and_then(|settings| settings["inputs"].as_object());
        let none = Map::new();
        let declared = declared.unwrap_or(&none);
        let unknown: Vec<&str> =
            given.keys().filter(|name| !declared.contains_key(*name)).map(String::as_str).collect();
        if !unknown.is_empty() {
            return Err(format!("Unexpected inputs provided: {}", json!(unknown)));
        }
        let mut all = given;
        for (name, input) in declared {
            if let Some(value) = all.get(name) {
                fitting(name, input, value)?;
            } else if !input["default"].is_null() {
                all.insert(name.clone(), input["default"].clone());
            } else if input["required"] == true {
                return Err(format!("Required input '{name}' not provided"));
            }
        }
        Ok(all)
    }
}

/// Refuses a value that is none of the options.
fn fitting(name: &str, input: &Value, value: &Value) -> Result<(), String> {
    let options = input["options"].as_array();
    if input["type"] == "choice" && options.is_some_and(|options| !options.contains(value)) {
        let value = value.as_str().unwrap_or_default();
        return Err(format!("Provided value '{value}' for input '{name}' not in the list of allowed values"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Workflow;

    const TEXT: &str = "name: Deploy\non:\n  push:\n  repository_dispatch:\n    types: [go]\n  workflow_dispatch:\n    \
                        inputs:\n      where: { required: true, type: choice, options: [a, b] }\n      \
                        fast: { default: 'no' }\njobs: {}\n";

    fn inputs(given: serde_json::Value) -> Result<serde_json::Value, String> {
        let workflow = Workflow::read("ci.yaml".to_owned(), TEXT).unwrap();
        workflow.inputs(given.as_object().unwrap().clone()).map(serde_json::Value::Object)
    }

    #[test]
    fn inputs_are_those_that_the_file_declares() {
        assert_eq!(inputs(json!({ "where": "a" })).unwrap(), json!({ "where": "a", "fast": "no" }));
        assert_eq!(inputs(json!({})).unwrap_err(), "Required input 'where' not provided");
        assert!(inputs(json!({ "where": "c" })).is_err());
        assert_eq!(
            inputs(json!({ "where": "a", "x": 1 })).unwrap_err(),
            "Unexpected inputs provided: [\"x\"]"
        );
    }

    #[test]
    fn events_are_a_word_a_list_or_a_table() {
        for on in ["push", "[push]", "{ push: }"] {
            let workflow = Workflow::read("ci.yml".to_owned(), &format!("on: {on}\n")).unwrap();
            assert!(workflow.events.contains_key("push"), "{on}");
        }
        let workflow = Workflow::read("ci.yaml".to_owned(), TEXT).unwrap();
        assert!(workflow.hears("go") && !workflow.hears("stop"));
        assert!(Workflow::read("notes.md".to_owned(), TEXT).is_none());
    }
}
