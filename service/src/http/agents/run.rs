//! What the actions of the registry do: each is a wish that the scaffolder's API has too, in fewer words.
//!
//! Inputs have met their schema before. Outputs hold what `agents.json` says of them and nothing more.

use axum::http::StatusCode;
use catalog_gen::{Entry, FileTree, parse_documents};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::super::dry_run;
use super::super::error::{ApiError, told};
use super::super::events;
use super::super::shape::{LineShape, ListedTaskShape, TaskEventShape};
use super::super::state::{DryRuns, HttpState};
use super::super::tasks::task_id;
use super::super::{actions, agents::unknown};
use crate::task::{Caller, DryRunResult, ListTasks, NewTask, Tasks};

/// The output of the action of that id.
pub(super) async fn run(
    id: &str,
    input: Value,
    state: &HttpState,
    caller: Caller,
) -> Result<Value, ApiError> {
    match id {
        "scaffolder:list-scaffolder-tasks" => list_tasks(&state.tasks, read(input)?, &caller).await,
        "scaffolder:list-scaffolder-actions" => list_actions(&state.tasks).await,
        super::DRY_RUN => dry_run(&state.tasks, state.dry_runs, read(input)?, caller).await,
        "scaffolder:execute-template" => execute(&state.tasks, read(input)?, caller).await,
        "scaffolder:get-scaffolder-task-logs" => task_logs(state, read(input)?, &caller).await,
        other => Err(unknown(other)),
    }
}

/// An input; what a schema allows and no field can hold is a number that is too large.
fn read<T: DeserializeOwned>(input: Value) -> Result<T, ApiError> {
    serde_json::from_value(input)
        .map_err(|error| ApiError::input(format!("the input cannot be read: {error}")))
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    owned: bool,
    status: Option<States>,
    limit: Option<u32>,
    offset: Option<u32>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum States {
    One(String),
    Several(Vec<String>),
}

async fn list_tasks(tasks: &Tasks, wanted: Wanted, caller: &Caller) -> Result<Value, ApiError> {
    let created_by = match (wanted.owned, caller.user_ref()) {
        (false, _) => Vec::new(),
        (true, Some(user)) => vec![user.to_owned()],
        (true, None) => return Err(ApiError::not_allowed("Only a user has tasks of its own")),
    };
    let status = match wanted.status {
        None => Vec::new(),
        Some(States::One(one)) => vec![one],
        Some(States::Several(several)) => several,
    };
    let (limit, offset) = (wanted.limit, wanted.offset);
    let page =
        tasks.list(&ListTasks { created_by, status, limit, offset, order: Vec::new() }, caller).await?;
    let listed: Vec<ListedTaskShape<'_>> = page.tasks.iter().map(ListedTaskShape::from).collect();
    Ok(json!({ "tasks": listed, "totalTasks": page.total }))
}

async fn list_actions(tasks: &Tasks) -> Result<Value, ApiError> {
    let registry = tasks.actions().all().await;
    let mut listed = serde_json::to_value(actions::shapes(&registry)).map_err(ApiError::internal)?;
    for action in listed.as_array_mut().into_iter().flatten() {
        if let Some(Value::Object(schema)) = action.get_mut("schema") {
            schema.entry("output").or_insert_with(|| json!({}));
        }
    }
    Ok(json!({ "actions": listed }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tried {
    template_yaml: String,
    #[serde(default)]
    values: Map<String, Value>,
    #[serde(default)]
    files: Vec<TextFile>,
}

#[derive(Deserialize)]
struct TextFile {
    path: String,
    content: String,
}

async fn dry_run(tasks: &Tasks, settings: DryRuns, tried: Tried, caller: Caller) -> Result<Value, ApiError> {
    let template = match template(&tried.template_yaml) {
        Ok(template) => template,
        Err(errors) => return Ok(invalid("The template is not a YAML object", errors)),
    };
    match try_out(tasks, settings, (template, tried), caller).await {
        Ok(result) => Ok(json!({
            "valid": true,
            "message": "The template ran to its end",
            "log": result.log.iter().map(LineShape::from).collect::<Vec<_>>(),
            "output": result.output,
            "steps": result.steps.iter().map(step).collect::<Vec<_>>(),
        })),
        // What is wrong with the template is the answer; anything else is a failure to give one.
        Err(error) if error.status() == StatusCode::BAD_REQUEST => {
            let errors = match &error {
                ApiError::Violations(violations) => told(violations),
                _ => Vec::new(),
            };
            let message = error.in_words().message();
            let errors = if errors.is_empty() { vec![message.clone()] } else { errors };
            Ok(invalid(&message, errors))
        }
        Err(error) => Err(error),
    }
}

fn invalid(message: &str, errors: Vec<String>) -> Value {
    json!({ "valid": false, "message": message, "errors": errors })
}

fn step(step: &crate::template::Step) -> Value {
    json!({ "id": step.id, "name": step.name, "action": step.action })
}

/// The one object that the text holds, or what is wrong with the text.
fn template(text: &str) -> Result<Map<String, Value>, Vec<String>> {
    let (mut objects, mut errors) = (Vec::new(), Vec::new());
    for document in parse_documents(text) {
        match document.map(|document| document.value) {
            Ok(Value::Object(object)) => objects.push(object),
            Ok(_) => {}
            Err(error) => errors.push(error.to_string()),
        }
    }
    if objects.len() > 1 {
        errors.push("the text holds several documents; send the template alone".to_owned());
    }
    objects.pop().filter(|_| errors.is_empty()).ok_or(errors)
}

async fn try_out(
    tasks: &Tasks,
    settings: DryRuns,
    (template, tried): (Map<String, Value>, Tried),
    caller: Caller,
) -> Result<DryRunResult, ApiError> {
    let mut files = FileTree::with_budget(settings.budget);
    for TextFile { path, content } in tried.files {
        let Some(path) = dry_run::path(&path)? else { continue };
        let entry = Entry::file(content.into_bytes());
        files.insert(path, entry).map_err(|error| ApiError::input(error.to_string()))?;
    }
    let mut request = dry_run::request(template, tried.values.into(), settings, caller)?;
    request.files = files;
    let mut result = tasks.dry_run(request).await?;
    match result.failure.take() {
        Some(failure) => Err(ApiError::of_step(failure)),
        None => Ok(result),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Executed {
    template_ref: String,
    values: Map<String, Value>,
    #[serde(default)]
    secrets: Map<String, Value>,
}

async fn execute(tasks: &Tasks, executed: Executed, caller: Caller) -> Result<Value, ApiError> {
    let new = NewTask {
        template_ref: executed.template_ref,
        values: executed.values.into(),
        secrets: executed.secrets,
        caller,
        fill_defaults: false,
        key: None,
    };
    let id = tasks.create(new).await?;
    Ok(json!({ "taskId": id.to_string() }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Logged {
    task_id: String,
    #[serde(default)]
    after: i64,
}

async fn task_logs(state: &HttpState, logged: Logged, caller: &Caller) -> Result<Value, ApiError> {
    let watch = state.tasks.watch(task_id(logged.task_id)?, caller).await?;
    let (events, _) = events::awaited(watch, logged.after, &state.streaming.closing).await?;
    let shapes: Vec<TaskEventShape<'_>> = events.iter().map(TaskEventShape::from).collect();
    Ok(json!({ "events": shapes }))
}
