//! `roadiehq:utils:merge`: data into a JSON or YAML file.

mod deep;

use serde::Deserialize;
use serde_json::{Value, json};

pub(super) use deep::{Lists, merged};

use super::files::{Found, file, put};
use super::json;
use super::yaml::{self, Options};
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};

/// The action `roadiehq:utils:merge`.
#[derive(Debug)]
pub(crate) struct Merge;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    path: String,
    content: Value,
    merge_arrays: Option<bool>,
    preserve_yaml_comments: Option<bool>,
    use_document_including_field: Option<Field>,
    options: Option<Options>,
}

/// A field that tells a document from the others.
#[derive(Clone, Debug, Deserialize)]
struct Field {
    key: String,
    value: String,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Set values of a YAML file and keep its comments",
        example: "\
steps:
  - id: values
    name: Set the image
    action: roadiehq:utils:merge
    input:
      path: chart/values.yaml
      content:
        image:
          tag: ${{ parameters.tag }}
      preserveYamlComments: true
",
    },
    Example {
        description: "Add to the lists of one document of several",
        example: "\
steps:
  - id: ports
    name: Open a port
    action: roadiehq:utils:merge
    input:
      path: manifests.yaml
      content:
        ports: [9090]
      mergeArrays: true
      useDocumentIncludingField:
        key: kind
        value: Service
",
    },
];

/// The schema of an input that is an object or the text of one.
pub(super) fn content_schema(description: &str) -> Value {
    json!({
        "anyOf": [{ "type": "string" }, { "type": "object", "additionalProperties": {} }],
        "description": description
    })
}

impl Action for Merge {
    type Input = Input;

    fn definition(&self) -> Definition {
        let mut field = schema::object(
            json!({
                "key": schema::text("Name of the field."),
                "value": schema::text("What it holds in the document that is meant."),
            }),
            &["key", "value"],
        );
        if let Some(map) = field.as_object_mut() {
            map.insert(
                "description".to_owned(),
                "Which document of a YAML file with several is meant.".into(),
            );
        }
        Definition {
            id: "roadiehq:utils:merge".into(),
            description: "Merges data into a file of the workspace that ends in `.json`, `.yaml` or `.yml`."
                .into(),
            kind: Kind::Workspace,
            input: schema::closed(
                json!({
                    "path": schema::text("The file."),
                    "content": content_schema("What to merge into it: an object, or a text in the file's language."),
                    "mergeArrays": schema::flag(
                        "Add to lists what they do not have yet, instead of replacing them. Default: false."
                    ),
                    "preserveYamlComments": schema::flag("Keep the comments of a YAML file. Default: false."),
                    "useDocumentIncludingField": field,
                    "options": yaml::options_schema(),
                }),
                &["path", "content"],
            ),
            output: Some(schema::closed(
                json!({ "path": schema::text("Path of the file in the workspace.") }),
                &["path"],
            )),
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let found = file(ctx.workspace, &input.path)?;
        let sensitive = found.sensitive || ctx.input.get("content").contains_secret();
        let name = found.path.file_name();
        let extension = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, end)| end);
        let text = match extension {
            Some("json") => in_json(&found, &input)?,
            Some("yaml" | "yml") => in_yaml(ctx, &found, &input).await?,
            _ => {
                let path = &found.path;
                return ctx
                    .warn(format!(
                        "`{path}` stays as it is: only `.json`, `.yaml` and `.yml` files are merged"
                    ))
                    .await;
            }
        };
        put(ctx.workspace, &found.path, text, sensitive)?;
        ctx.output("path", found.path.as_str());
        ctx.log(format!("Merged into `{}`", found.path)).await
    }
}

fn in_json(found: &Found, input: &Input) -> Result<String, ActionError> {
    let content = match &input.content {
        Value::String(text) => json::parse("`content`", text)?,
        other => json::ordered(other.clone()),
    };
    // YAML's grammar holds JSON's, and takes comments and trailing commas too.
    let into = yaml::read(&format!("`{}`", found.path), &found.text)?;
    Ok(json::write(&merged(into, content, Lists::of(input.merge_arrays))?, None, "  "))
}

async fn in_yaml(ctx: &mut ActionContext<'_>, found: &Found, input: &Input) -> Result<String, ActionError> {
    let content = match &input.content {
        Value::String(text) => yaml::read("`content`", text)?,
        other => json::ordered(other.clone()),
    };
    if input.preserve_yaml_comments == Some(true) {
        match with_comments(found, &content, input)? {
            Ok(text) => return Ok(text),
            Err(why) => {
                ctx.warn(format!("The comments of `{}` are lost: {why}", found.path)).await?;
            }
        }
    }
    without_comments(found, content, input)
}

/// The documents with their comments; or why they cannot be kept.
fn with_comments(
    found: &Found,
    content: &Value,
    input: &Input,
) -> Result<Result<String, String>, ActionError> {
    let parts = yaml::split(&found.text);
    let chosen = chosen(found, input, parts.len())?;
    let options = input.options.clone().unwrap_or_default();
    let mut texts = Vec::new();
    for part in parts {
        let hit = match &chosen {
            None => true,
            Some(field) => yaml::read("it", &part).is_ok_and(|data| holds(&data, field)),
        };
        let content = hit.then(|| content.clone());
        match yaml::merge_keeping(&part, content, Lists::of(input.merge_arrays), &options)? {
            Ok(text) => texts.push(text),
            Err(why) => return Ok(Err(why)),
        }
    }
    Ok(Ok(texts.join("---\n")))
}

/// Whether a document has the value at the path of a field.
fn holds(data: &Value, field: &Field) -> bool {
    let found = field.key.split('.').try_fold(data, |value, name| match value {
        Value::Array(items) => json::index(name).and_then(|at| items.get(usize::try_from(at).ok()?)),
        other => other.get(name),
    });
    match found {
        Some(Value::String(text)) => *text == field.value,
        Some(Value::Number(number)) => json::number(number) == field.value,
        Some(Value::Bool(value)) => value.to_string() == field.value,
        _ => false,
    }
}

/// Every document written anew from its data.
fn without_comments(found: &Found, content: Value, input: &Input) -> Result<String, ActionError> {
    let documents = yaml::read_all(&format!("`{}`", found.path), &found.text)?;
    let lists = Lists::of(input.merge_arrays);
    let chosen = chosen(found, input, documents.len())?;
    let mut texts = Vec::new();
    for document in documents {
        let hit = match &chosen {
            None => true,
            Some(field) => field.value == scalar_text(document.get(&field.key), &field.key)?,
        };
        let document = if hit { merged(document, content.clone(), lists)? } else { document };
        texts.push(yaml::write(&document, &input.options.clone().unwrap_or_default())?);
    }
    Ok(texts.join("---\n"))
}

/// What tells the documents of a file apart; nothing if there is one alone.
fn chosen(found: &Found, input: &Input, documents: usize) -> Result<Option<Field>, ActionError> {
    let path = &found.path;
    match (documents, &input.use_document_including_field) {
        (0, _) => Err(ActionError::Input(format!(
            "`{path}` holds no document to merge into; write it with `roadiehq:utils:fs:write` instead"
        ))),
        (1, _) => Ok(None),
        (_, Some(field)) => Ok(Some(field.clone())),
        (count, None) => Err(ActionError::Input(format!(
            "`{path}` holds {count} documents; say with `useDocumentIncludingField` which one is meant"
        ))),
    }
}

/// The text that tells a document from the others.
fn scalar_text(value: Option<&Value>, key: &str) -> Result<String, ActionError> {
    match value {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(json::number(number)),
        _ => Err(ActionError::Input(format!(
            "`useDocumentIncludingField`: every document must have a text or a number under `{key}`; choose another \
             field"
        ))),
    }
}
