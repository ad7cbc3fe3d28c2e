//! `roadiehq:utils:jsonata`: a JSONata expression over data.

use serde::Deserialize;
use serde_json::{Value, json};

use super::transform::evaluated;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};

/// The action `roadiehq:utils:jsonata`.
#[derive(Debug)]
pub(crate) struct Jsonata;

/// What it takes.
#[derive(Debug, Deserialize)]
pub(crate) struct Input {
    #[serde(default, deserialize_with = "given")]
    data: Option<Value>,
    expression: String,
}

/// Data that is given as null is not data that is missing.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

const EXAMPLES: &[Example] = &[Example {
    description: "Choose and count parts of some data",
    example: "\
steps:
  - id: summary
    name: Sum the orders up
    action: roadiehq:utils:jsonata
    input:
      data:
        orders:
          - { item: bolt, price: 2, quantity: 10 }
          - { item: nut, price: 1, quantity: 20 }
      expression: '{ \"items\": orders.item, \"total\": $sum(orders.(price * quantity)) }'
",
}];

impl Action for Jsonata {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "roadiehq:utils:jsonata".into(),
            description: "Evaluates a JSONata expression over data and puts the result out.".into(),
            kind: Kind::Workspace,
            input: schema::closed(
                json!({
                    "data": { "description": "The data." },
                    "expression": schema::text("The JSONata expression."),
                }),
                &["expression"],
            ),
            output: Some(schema::closed(
                json!({ "result": schema::any_object("What the expression gives.") }),
                &["result"],
            )),
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        if let Some(result) = evaluated(ctx, input.expression, input.data).await? {
            ctx.output("result", result);
        }
        Ok(())
    }
}
