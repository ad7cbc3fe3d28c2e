//! `stagecraft actions`: what steps can name, for people, for programs and as a page.
//!
//! The page has Stagecraft's own actions; the lists have those of the settings' Backstage as well.

use clap::Args;
use serde_json::{Value, json};

use super::Global;
use super::error::CommandError;
use crate::action::{self, Definition};
use crate::app;

/// Arguments of `actions`.
#[derive(Debug, Args)]
pub(super) struct Actions {
    /// Show this one with its inputs, outputs and examples.
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// Print JSON, with the schemas.
    #[arg(long)]
    json: bool,
    /// Print the page `docs/actions.md`.
    #[arg(long, conflicts_with_all = ["json", "id"])]
    markdown: bool,
}

impl Actions {
    pub(super) async fn run(&self, global: &Global) -> Result<(), CommandError> {
        if self.markdown {
            print!("{}", action::markdown());
            return Ok(());
        }
        let registry = app::actions(&global.settings()?)?.all().await;
        match &self.id {
            Some(id) => {
                let found = registry.get(id).map_err(|unknown| CommandError::usage(unknown.to_string()))?;
                let definition = found.definition();
                if self.json {
                    println!("{:#}", as_json(definition));
                } else {
                    print!("{}", action::shown(definition));
                }
            }
            None if self.json => {
                let all: Vec<Value> = registry.definitions().map(as_json).collect();
                println!("{:#}", Value::Array(all));
            }
            None => print!("{}", action::listed(registry.definitions())),
        }
        Ok(())
    }
}

/// The shape of `/v2/actions`, with what Backstage does not tell beside it.
fn as_json(definition: &Definition) -> Value {
    let examples: Vec<Value> = definition
        .examples
        .iter()
        .map(|one| json!({ "description": one.description, "example": one.example }))
        .collect();
    let mut schema = json!({ "input": definition.input });
    if let (Some(output), Some(schema)) = (&definition.output, schema.as_object_mut()) {
        schema.insert("output".to_owned(), output.clone());
    }
    json!({
        "id": definition.id,
        "description": definition.description,
        "kind": definition.kind.word(),
        "supportsDryRun": definition.supports_dry_run,
        "schema": schema,
        "examples": examples,
    })
}
