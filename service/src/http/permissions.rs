//! What Backstage's permission framework asks every plugin: which permissions and rules it has, and whether
//! conditions fit a resource.
//!
//! The service answers as two plugins, `scaffolder` and `stagecraft`. What they have stands in
//! `permissions.json`, which the plugin packages register as well. The invariant: nothing but that file and verdicts
//! is told.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::body::{Fields, JsonBody};
use super::error::ApiError;
use super::reply::{Answer, ok};
use crate::task::{Caller, Tasks};

/// Permissions and rules by plugin.
const KNOWN: &str = include_str!("permissions.json");

/// `GET /api/scaffolder/.well-known/backstage/permissions/metadata`
pub(super) async fn scaffolder() -> Answer {
    metadata("scaffolder")
}

/// `GET /api/stagecraft/.well-known/backstage/permissions/metadata`
pub(super) async fn stagecraft() -> Answer {
    metadata("stagecraft")
}

fn metadata(plugin: &str) -> Result<Response, ApiError> {
    let known: Value = serde_json::from_str(KNOWN).map_err(ApiError::internal)?;
    ok(&known.get(plugin))
}

/// `POST …/.well-known/backstage/permissions/apply-conditions`
pub(super) async fn apply(
    State(tasks): State<Tasks>,
    Extension(caller): Extension<Caller>,
    JsonBody(body): JsonBody,
) -> Answer {
    tasks.may_judge(&caller)?;
    let items = Fields::of_body(body, &["items"])?.list("items")?;
    let mut judged = Vec::with_capacity(items.len());
    for (position, item) in items.into_iter().enumerate() {
        let required = ["id", "resourceRef", "resourceType", "conditions"];
        let mut item = Fields::at(format!("request/body/items/{position}"), item, &required)?;
        let (id, resource_type) = (item.text("id")?, item.text("resourceType")?);
        let conditions = item.object("conditions")?.into();
        let (refs, several) = refs(&mut item)?;
        let fitting = tasks.judge(&resource_type, &conditions, &refs).await?;
        let words: Vec<&str> = fitting.iter().map(|fits| if *fits { "ALLOW" } else { "DENY" }).collect();
        let result = if several { json!(words) } else { json!(words.first()) };
        judged.push(json!({ "id": id, "result": result }));
    }
    ok(&json!({ "items": judged }))
}

/// One reference, or a list of them.
fn refs(item: &mut Fields) -> Result<(Vec<String>, bool), ApiError> {
    let wrong = || ApiError::input("`resourceRef` must be a text or a list of texts that is not empty");
    match item.take("resourceRef") {
        Some(Value::String(one)) => Ok((vec![one], false)),
        Some(Value::Array(several)) if !several.is_empty() => {
            let texts = several.into_iter().map(|one| match one {
                Value::String(text) => Ok(text),
                _ => Err(wrong()),
            });
            Ok((texts.collect::<Result<_, _>>()?, true))
        }
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::backstage::permission::{ALL, ActionRule, TaskRule, TemplatePartRule, TemplateRule};

    fn known() -> Value {
        serde_json::from_str(KNOWN).unwrap()
    }

    fn of_all_plugins(what: &str) -> Vec<Value> {
        let known = known();
        let plugins = known.as_object().unwrap().values();
        plugins.flat_map(|plugin| plugin[what].as_array().unwrap().clone()).collect()
    }

    #[test]
    fn every_permission_that_is_asked_for_is_told_as_it_is_asked_for() {
        let told = of_all_plugins("permissions");

        for permission in ALL {
            let mut expected = json!({ "type": "basic", "name": permission.name, "attributes": {} });
            if let Some(action) = permission.action {
                expected["attributes"]["action"] = json!(action);
            }
            if let Some(resource_type) = permission.resource_type {
                expected["type"] = json!("resource");
                expected["resourceType"] = json!(resource_type);
            }
            assert!(told.contains(&expected), "{expected}");
        }
        // The browser alone asks for this one.
        let unasked: Vec<&Value> = told
            .iter()
            .filter(|told| !ALL.iter().any(|permission| told["name"] == permission.name))
            .map(|told| &told["name"])
            .collect();
        assert_eq!(unasked, ["scaffolder.template.management"]);
    }

    /// Parameters that fit a schema of the file.
    fn example(schema: &Value) -> Value {
        let of = |property: &Value| match property["type"].as_str().unwrap() {
            "string" => json!("x"),
            "number" => json!(1),
            "boolean" => json!(true),
            _ => json!(["x"]),
        };
        let properties = schema["properties"].as_object().unwrap();
        properties.iter().map(|(name, property)| (name.clone(), of(property))).collect()
    }

    #[test]
    fn every_rule_that_is_told_can_be_read_with_its_parameters() {
        let rules = of_all_plugins("rules");

        for rule in &rules {
            let (name, params) = (rule["name"].as_str().unwrap(), example(&rule["paramsSchema"]));
            let is_read = match rule["resourceType"].as_str().unwrap() {
                "scaffolder-task" => TaskRule::read(name, &params).is_some(),
                "scaffolder-template" => TemplatePartRule::read(name, &params).is_some(),
                "scaffolder-action" => ActionRule::read(name, &params).is_some(),
                "stagecraft-template" => TemplateRule::read(name, &params).is_some(),
                other => panic!("{other}"),
            };
            assert!(is_read, "{name} {params}");
        }
        assert_eq!(rules.len(), 10);
    }

    #[test]
    fn attributes_are_words_that_backstage_takes() {
        let actions: BTreeSet<String> = of_all_plugins("permissions")
            .iter()
            .filter_map(|permission| permission["attributes"]["action"].as_str().map(str::to_owned))
            .collect();

        assert!(
            actions.iter().all(|action| ["create", "read", "update", "delete"].contains(&action.as_str()))
        );
    }
}
