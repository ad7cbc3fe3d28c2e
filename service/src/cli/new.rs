//! `stagecraft new`: a repository from a template, here and now.
//!
//! The task is an ordinary task in the data folder's database. If a `stagecraft serve` works there too, either
//! may run it.

use clap::Args;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use super::Global;
use super::error::CommandError;
use super::follow::{Follower, print_output};
use super::prompt::{Answers, ask};
use super::values::{ValueOptions, check_names, violations};
use crate::app::App;
use crate::config::{Config, ExpressionErrors};
use crate::ids::TaskId;
use crate::journal::EventKind;
use crate::task::{Caller, CreateError, NewTask, TaskStatus};
use crate::telemetry;
use crate::template::Template;

/// Arguments of `new`.
#[derive(Debug, Args)]
pub(super) struct New {
    /// The template: its name, a reference such as `template:default/rust-service`, or a `template.yaml` on disk.
    template: String,
    #[command(flatten)]
    values: ValueOptions,
    /// Template folders, files or git URLs; added to those of the settings.
    #[arg(long = "templates", value_name = "SOURCE")]
    sources: Vec<String>,
    /// A secret of the task, read from an environment variable or a file: `name=env:TOKEN`, `name=file:path`.
    #[arg(long = "secret", value_name = "NAME=SOURCE")]
    secrets: Vec<String>,
    /// Keep the text of a failing expression, as Backstage does, instead of failing the step.
    #[arg(long)]
    keep_expression_errors: bool,
    /// Print every log line.
    #[arg(short, long)]
    verbose: bool,
}

impl New {
    pub(super) async fn run(self, global: &Global) -> Result<(), CommandError> {
        let mut config = global.settings()?;
        telemetry::init(&quiet(&config)).map_err(|error| CommandError::usage(error.to_string()))?;
        config.templates.sources.extend(self.sources.iter().cloned());
        if !self.keep_expression_errors {
            config.tasks.expression_errors = ExpressionErrors::Fail;
        }
        let named = self.template_source(&mut config);
        let app = App::build(config).await?;
        let template = find(&app, &named)?;
        let mut values = self.values.read()?;
        check_names(&template, &values)?;
        let mut secrets = self.read_secrets()?;
        ask(&template, &mut Answers { values: &mut values, secrets: &mut secrets })?;
        println!("{}", template.title());
        let id = create(&app, &template, values, secrets).await?;
        let names = template.spec.steps.iter().map(|step| (step.id.clone(), step.name.clone())).collect();
        let ended = follow(&app, id, Follower::new(names, self.verbose)).await?;
        ended.report(id)
    }

    /// A path on disk becomes a source of its own; a plain name becomes a reference.
    fn template_source(&self, config: &mut Config) -> Option<String> {
        let path = std::path::Path::new(&self.template);
        if path.is_file() {
            config.templates.sources = vec![self.template.clone()];
            return None;
        }
        Some(self.template.clone())
    }

    fn read_secrets(&self) -> Result<Map<String, Value>, CommandError> {
        let mut secrets = Map::new();
        for pair in &self.secrets {
            let wrong = || {
                CommandError::usage(format!(
                    "`--secret {}` is not understood: write `name=env:VARIABLE` or `name=file:path`",
                    name_of(pair)
                ))
            };
            let (name, source) = pair.split_once('=').ok_or_else(wrong)?;
            let text = crate::config::secret_from(source).ok_or_else(wrong)?.map_err(CommandError::from)?;
            secrets.insert(name.to_owned(), json!(text.expose()));
        }
        Ok(secrets)
    }
}

fn name_of(pair: &str) -> &str {
    pair.split_once('=').map_or(pair, |(name, _)| name)
}

/// Only what a person at the terminal must see.
fn quiet(config: &Config) -> crate::config::Log {
    let mut log = config.log.clone();
    if log.filter == "info" {
        log.filter = "error".to_owned();
    }
    log
}

fn find(app: &App, named: &Option<String>) -> Result<std::sync::Arc<Template>, CommandError> {
    let library = app.tasks.library();
    let reference = match named {
        Some(name) => match catalog_gen::EntityRef::parse_with(name, Some("Template"), None) {
            Ok(reference) => reference.to_string(),
            Err(error) => {
                return Err(CommandError::usage(format!("`{name}` does not name a template: {error}")));
            }
        },
        None => match library.list().into_iter().find_map(|listed| listed.entity_ref) {
            Some(reference) => reference,
            None => {
                let faults: Vec<String> = library
                    .list()
                    .iter()
                    .flat_map(|listed| listed.errors.iter().map(ToString::to_string))
                    .collect();
                return Err(CommandError::failed(format!(
                    "the file holds no template that can be used: {}",
                    faults.join("; ")
                )));
            }
        },
    };
    library.find(&reference).map_err(|error| {
        let known: Vec<String> = library.list().into_iter().filter_map(|listed| listed.entity_ref).collect();
        CommandError::usage(format!(
            "{error}\nTemplates here: {}",
            if known.is_empty() {
                "none; name a source with `--templates`".to_owned()
            } else {
                known.join(", ")
            }
        ))
    })
}

/// Creates the task; what can be refused is refused here, with every fault.
pub(super) async fn create(
    app: &App,
    template: &Template,
    values: Map<String, Value>,
    secrets: Map<String, Value>,
) -> Result<TaskId, CommandError> {
    let new = NewTask {
        template_ref: template.entity_ref.clone(),
        values: Value::Object(values),
        secrets,
        caller: Caller { subject: "external:command-line".to_owned() },
        fill_defaults: true,
    };
    app.tasks.create(new).await.map_err(|error| match error {
        CreateError::Violations(found) => violations(&found),
        CreateError::Store(error) => CommandError::unavailable(error.to_string()),
        error @ (CreateError::BadReference(_) | CreateError::Template(_)) => {
            CommandError::usage(error.to_string())
        }
        error => CommandError::failed(error.to_string()),
    })
}

/// How a followed task ended.
pub(super) struct Ended {
    pub(super) status: TaskStatus,
    pub(super) output: Value,
    failure: Option<String>,
}

impl Ended {
    /// Prints the end and says it with the exit code.
    pub(super) fn report(self, id: TaskId) -> Result<(), CommandError> {
        if self.status == TaskStatus::Completed {
            print_output(&self.output);
            return Ok(());
        }
        let why = self.failure.unwrap_or_else(|| format!("the task ended as {}", self.status.as_str()));
        Err(CommandError::failed(format!(
            "{why}\nThe task is {id}; what it has made is kept, and a retry goes on from there."
        )))
    }
}

/// Runs the task in this process (unless another takes it) and prints its events until it ends.
pub(super) async fn follow(app: &App, id: TaskId, mut follower: Follower) -> Result<Ended, CommandError> {
    let (worker, shutdown) = (app.worker(), CancellationToken::new());
    let working = worker.run(shutdown.clone());
    let watching = async {
        let mut watch = app.tasks.watch(id);
        let mut after = 0;
        loop {
            let events = app
                .tasks
                .events(id, after)
                .await
                .map_err(|error| CommandError::unavailable(error.to_string()))?;
            for event in events {
                after = event.id;
                follower.show(event.kind, &event.body);
                if event.kind == EventKind::Completion {
                    let task = app
                        .tasks
                        .get(id)
                        .await
                        .map_err(|error| CommandError::unavailable(error.to_string()))?;
                    let (output, failure) =
                        (event.body.output.unwrap_or_default(), event.body.error.map(|error| error.message));
                    return Ok(Ended { status: task.status, output, failure });
                }
            }
            watch.changed().await;
        }
    };
    tokio::select! {
        ended = watching => {
            shutdown.cancel();
            ended
        }
        () = working => Err(CommandError::failed("the worker of this process stopped")),
        _ = tokio::signal::ctrl_c() => {
            let _ = app.tasks.cancel(id).await;
            Err(CommandError::interrupted())
        }
    }
}
