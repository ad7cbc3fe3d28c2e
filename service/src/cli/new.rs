//! `stagecraft new`: a repository from a template, here and now.
//!
//! The task is an ordinary task in the data folder's database. If a `stagecraft serve` works there too, either
//! may run it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use super::Global;
use super::builtin::lay_out_templates;
use super::error::{CommandError, as_given};
use super::follow::{Follower, print_output};
use super::prompt::{self, Answers};
use super::values::{self, ValueOptions};
use crate::app::{App, DataFolder};
use crate::config::{Config, ExpressionErrors};
use crate::ids::TaskId;
use crate::journal::EventKind;
use crate::task::{Caller, CreateError, NewTask, TaskStatus};
use crate::telemetry;
use crate::template::{FindError, Listed, Template, TemplateError};

/// Arguments of `new`.
#[derive(Debug, Args)]
pub(super) struct New {
    /// The template: its name, a reference such as `template:default/rust-service`, or a `template.yaml` on disk.
    template: String,
    #[command(flatten)]
    values: ValueOptions,
    /// Template folders, files or git URLs; added to those of the settings. Where neither names any, the golden
    /// paths of this program are taken.
    #[arg(long = "templates", value_name = "SOURCE")]
    sources: Vec<String>,
    /// A secret of the task, read from an environment variable or a file: `name=env:TOKEN`, `name=file:path`.
    #[arg(long = "secret", value_name = "NAME=SOURCE")]
    secrets: Vec<String>,
    /// Ask nothing: what is not given takes its default. Without a terminal nothing is asked anyway.
    #[arg(long)]
    no_input: bool,
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
        let mut values = self.values.read()?;
        let mut secrets = self.read_secrets()?;
        let file = self.template_file()?;
        if let Some(file) = &file {
            config.templates.sources = vec![file.display().to_string()];
        } else if config.templates.sources.is_empty() {
            // Nobody has said where templates are: those that the program brings.
            let folder = DataFolder::open(&config.data_dir)?.templates();
            lay_out_templates(&folder)?;
            config.templates.sources.push(folder.display().to_string());
        }
        let app = App::build(config).await?;
        let template = match &file {
            Some(file) => only_template(&app, file)?,
            None => find(&app, &self.template)?,
        };
        println!("{}", heading(&template));
        if !self.no_input {
            prompt::ask(&template, &mut Answers { values: &mut values, secrets: &mut secrets })?;
        }
        values::check(&template, &values, &secrets)?;
        let place = |at: &str| {
            let mut place = template.locate(at);
            place.file =
                file.as_deref().map_or_else(|| place.file.clone(), |file| as_given(&place.file, file));
            place.to_string()
        };
        let id = create(&app, &template, values, secrets, &place).await?;
        let names = template.spec.steps.iter().map(|step| (step.id.clone(), step.name.clone())).collect();
        let ended = follow(&app, id, Follower::new(names, self.verbose)).await?;
        ended.report(&app, id, &place).await
    }

    /// The template as a file on disk; none if it is named by its reference.
    fn template_file(&self) -> Result<Option<PathBuf>, CommandError> {
        let path = Path::new(&self.template);
        if path.is_file() {
            return Ok(Some(path.to_path_buf()));
        }
        let inside = path.join("template.yaml");
        if self.template.contains('/') && inside.is_file() {
            return Ok(Some(inside));
        }
        if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            return Err(CommandError::usage(format!("there is no file `{}`", self.template)));
        }
        Ok(None)
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

/// Only what a person at the terminal must see: that a run was broken off and waits, for example.
fn quiet(config: &Config) -> crate::config::Log {
    let mut log = config.log.clone();
    if log.filter == "info" {
        log.filter = "warn".to_owned();
    }
    log
}

fn heading(template: &Template) -> String {
    match template.description() {
        Some(description) => format!("{}: {}", template.title(), description.trim()),
        None => template.title().to_owned(),
    }
}

/// The template in a file that was named on the command line.
fn only_template(app: &App, file: &Path) -> Result<Arc<Template>, CommandError> {
    let library = app.tasks.library();
    let listed = library.list();
    let usable = listed.iter().filter(|listed| listed.errors.is_empty());
    if let Some(reference) = usable.filter_map(|listed| listed.entity_ref.as_deref()).next() {
        return library.find(reference).map_err(|error| CommandError::failed(error.to_string()));
    }
    let faults: Vec<String> = listed
        .iter()
        .flat_map(|listed| &listed.errors)
        .map(|fault| TemplateError { file: as_given(&fault.file, file), ..fault.clone() }.to_string())
        .collect();
    if faults.is_empty() {
        return Err(CommandError::usage(format!("`{}` holds no template", file.display())));
    }
    Err(CommandError::failed(faults.join("\n")))
}

/// The template with this reference; a refusal says what there is instead.
fn find(app: &App, name: &str) -> Result<Arc<Template>, CommandError> {
    let reference = catalog_gen::EntityRef::parse_with(name, Some("Template"), None)
        .map_err(|error| CommandError::usage(format!("`{name}` does not name a template: {error}")))?;
    let library = app.tasks.library();
    library.find(&reference.to_string()).map_err(|error| match error {
        FindError::NotFound { nearest, .. } => {
            let meant = nearest.map(|near| format!("; did you mean `{}`?", short(&near))).unwrap_or_default();
            CommandError::usage(format!(
                "there is no template `{name}`{meant}\n{}",
                what_there_is(&library.list())
            ))
        }
        broken @ FindError::Broken { .. } => CommandError::failed(broken.to_string()),
    })
}

/// The templates that can be named, and the sources that cannot be read.
fn what_there_is(listed: &[Listed]) -> String {
    let known: Vec<&str> =
        listed.iter().filter_map(|listed| listed.entity_ref.as_deref()).map(short).collect();
    let faults = listed.iter().filter(|listed| listed.entity_ref.is_none()).flat_map(|listed| &listed.errors);
    let mut lines = vec![if known.is_empty() {
        "There is no template at all: name a folder, a file or a git URL with `--templates`.".to_owned()
    } else {
        format!("Templates: {}", known.join(", "))
    }];
    lines.extend(faults.map(|fault| format!("Not read: {fault}")));
    lines.join("\n")
}

/// References of the default namespace by their name alone.
fn short(reference: &str) -> &str {
    reference.strip_prefix("template:default/").unwrap_or(reference)
}

/// Whoever has the settings at hand.
fn caller() -> Caller {
    Caller::named("external:command-line")
}

/// Creates the task; what can be refused is refused here, with every fault.
async fn create(
    app: &App,
    template: &Template,
    values: Map<String, Value>,
    secrets: Map<String, Value>,
    place: &impl Fn(&str) -> String,
) -> Result<TaskId, CommandError> {
    let new = NewTask {
        template_ref: template.entity_ref.clone(),
        values: Value::Object(values),
        secrets,
        caller: caller(),
        fill_defaults: true,
        key: None,
    };
    app.tasks.create(new).await.map_err(|error| match error {
        CreateError::Steps(faults) => values::step_faults(&faults, place),
        CreateError::Store(error) => CommandError::unavailable(error.to_string()),
        CreateError::BadReference(_) | CreateError::Violations(_) | CreateError::KeyUsed => {
            CommandError::usage(error.to_string())
        }
        CreateError::Template(_) | CreateError::Files(_) => CommandError::failed(error.to_string()),
    })
}

/// How a followed task ended.
struct Ended {
    status: TaskStatus,
    output: Value,
    failure: Option<String>,
    /// What of the template the failure is about.
    at: Option<String>,
}

impl Ended {
    /// Prints the end and says it with the exit code.
    async fn report(
        self,
        app: &App,
        id: TaskId,
        place: &impl Fn(&str) -> String,
    ) -> Result<(), CommandError> {
        if self.status == TaskStatus::Completed {
            print_output(&self.output);
            print_repositories(app, id, &self.output).await;
            return Ok(());
        }
        let why = self.failure.unwrap_or_else(|| format!("the task ended as {}", self.status.as_str()));
        let at = self.at.map(|at| format!("{}: ", place(&at))).unwrap_or_default();
        Err(CommandError::failed(format!(
            "{at}{why}\nThe task {id} and its log are kept in `{}`.",
            app.config.data_dir.display()
        )))
    }
}

/// Where the repositories lie that the task made, unless its output has said so.
async fn print_repositories(app: &App, id: TaskId, output: &Value) {
    let Ok(repositories) = app.local_forge.repositories().await else { return };
    let said = output.to_string();
    for repository in repositories.into_iter().filter(|repository| repository.created_by == Some(id)) {
        if !said.contains(&repository.clone_url) {
            println!("  Repository: {}", repository.clone_url);
        }
    }
}

/// Runs the task in this process (unless another takes it) and prints its events until it ends.
async fn follow(app: &App, id: TaskId, mut follower: Follower) -> Result<Ended, CommandError> {
    let (worker, shutdown) = (app.worker(), CancellationToken::new());
    tokio::select! {
        ended = watch(app, id, &mut follower) => {
            shutdown.cancel();
            ended
        }
        () = worker.run(shutdown.clone()) => Err(CommandError::failed("the worker of this process stopped")),
        _ = tokio::signal::ctrl_c() => {
            let _ = app.tasks.cancel(id, &caller()).await;
            Err(CommandError::interrupted())
        }
    }
}

async fn watch(app: &App, id: TaskId, follower: &mut Follower) -> Result<Ended, CommandError> {
    let unavailable = |error: crate::task::TaskError| CommandError::unavailable(error.to_string());
    let mut watch = app.tasks.watch(id, &caller()).await.map_err(unavailable)?;
    let mut after = 0;
    loop {
        for event in watch.events(after).await.map_err(unavailable)? {
            after = event.id;
            follower.show(event.kind, &event.body, Some(event.created_at_ms));
            if event.kind == EventKind::Completion {
                let status = watch.status().await.map_err(unavailable)?;
                let (failure, at) = event.body.error.map(|error| (error.message, error.at)).unzip();
                return Ok(Ended {
                    status,
                    output: event.body.output.unwrap_or_default(),
                    failure: follower.failure().map(str::to_owned).or(failure),
                    at: at.flatten(),
                });
            }
        }
        watch.changed().await;
    }
}
