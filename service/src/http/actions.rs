//! `/v2/actions`: what steps can name.

use axum::extract::State;
use serde::Serialize;
use serde_json::Value;

use super::reply::{Answer, ok};
use crate::action::{Definition, Example, Registry};
use crate::task::Tasks;

/// `Action`.
#[derive(Serialize)]
pub(super) struct ActionShape<'a> {
    id: &'a str,
    description: &'a str,
    examples: Vec<ExampleShape<'a>>,
    schema: SchemaShape<'a>,
}

#[derive(Serialize)]
struct ExampleShape<'a> {
    description: &'a str,
    example: &'a str,
}

#[derive(Serialize)]
struct SchemaShape<'a> {
    input: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a Value>,
}

impl<'a> From<&'a Definition> for ActionShape<'a> {
    fn from(definition: &'a Definition) -> Self {
        Self {
            id: &definition.id,
            description: &definition.description,
            examples: definition.examples.iter().map(ExampleShape::from).collect(),
            schema: SchemaShape { input: &definition.input, output: definition.output.as_ref() },
        }
    }
}

impl<'a> From<&'a Example> for ExampleShape<'a> {
    fn from(example: &'a Example) -> Self {
        Self { description: example.description, example: example.example }
    }
}

/// `GET /v2/actions`
pub(super) async fn list(State(tasks): State<Tasks>) -> Answer {
    let registry = tasks.actions().all().await;
    ok(&shapes(&registry))
}

/// All of them, by id.
pub(super) fn shapes(registry: &Registry) -> Vec<ActionShape<'_>> {
    let mut actions: Vec<ActionShape<'_>> = registry.definitions().map(ActionShape::from).collect();
    actions.sort_by_key(|action| action.id);
    actions
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::action::Kind;

    #[test]
    fn an_action_shows_its_schemas_and_examples_and_nothing_else() {
        let definition = Definition {
            id: "debug:log".into(),
            description: "Writes to the log.".into(),
            kind: Kind::Workspace,
            input: json!({ "type": "object" }),
            output: None,
            supports_dry_run: true,
            examples: &[Example { description: "Writes a line", example: "steps: []" }],
        };

        assert_eq!(
            serde_json::to_value(ActionShape::from(&definition)).unwrap(),
            json!({
                "id": "debug:log",
                "description": "Writes to the log.",
                "examples": [{ "description": "Writes a line", "example": "steps: []" }],
                "schema": { "input": { "type": "object" } },
            })
        );
    }
}
