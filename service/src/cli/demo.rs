//! `stagecraft demo`: the whole way from a template to a repository, over the same HTTP API that Backstage uses.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, anyhow};
use clap::Args;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Global;
use super::builtin::lay_out_templates;
use super::console::{draw, duration, size};
use super::error::CommandError;
use super::follow::{Follower, print_output};
use super::serve::serve_app;
use crate::app::{App, DataFolder};
use crate::config::{Config, Log, called_as};
use crate::forge::{Forge, RepoSlug};
use crate::telemetry;
use client::Client;

mod client;

const TEMPLATE: &str = "rust-service";
const OWNER: &str = "acme";
const NAME: &str = "hello-stagecraft";
/// The values of the demo's task, kept in the data folder for more of them.
const VALUES: &str = "values.yaml";

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Print every log line of the task.
    #[arg(short, long)]
    verbose: bool,
}

impl Demo {
    pub(super) async fn run(self, global: &Global) -> Result<(), CommandError> {
        let mut config = Config::from_parts(None, &[])?;
        config.data_dir = global.data.clone().unwrap_or_else(|| PathBuf::from("stagecraft-demo"));
        if has_content(&config.data_dir) {
            return Err(CommandError::usage(format!(
                "the demo wants an empty data folder, and `{}` holds something: remove it, or name another with `--data`",
                config.data_dir.display()
            )));
        }
        telemetry::init(&Log { filter: "error".to_owned(), ..config.log.clone() })
            .map_err(|error| CommandError::usage(error.to_string()))?;
        let folder = DataFolder::open(&config.data_dir)?;
        lay_out_templates(&folder.templates())?;
        let values = serde_yaml::to_string(&values()).context("the values cannot be written")?;
        std::fs::write(config.data_dir.join(VALUES), values).context("the values cannot be written")?;
        config.templates.sources = vec![folder.templates().display().to_string()];
        config.server.listen.set_port(0);

        let started = Instant::now();
        let listener =
            TcpListener::bind(config.server.listen).await.context("no port on 127.0.0.1 can be had")?;
        let address = listener.local_addr().context("the port cannot be told")?;
        let app = App::build(config).await?;
        println!(
            "Stagecraft serves Backstage's scaffolder API at http://{address}/api/scaffolder (ready after {})\n",
            duration(started.elapsed())
        );

        let stop = CancellationToken::new();
        let serving = serve_app(&app, listener, stop.clone());
        let showing = async {
            let shown = self.show(&app, &format!("http://{address}")).await;
            stop.cancel();
            shown
        };
        let (served, shown) = tokio::join!(serving, showing);
        shown?;
        served
    }

    async fn show(&self, app: &App, base: &str) -> Result<(), CommandError> {
        let client = Client::new(base)?;
        let values = values();
        println!("1. Creating a task as Backstage's page would: POST /v2/tasks, template:default/{TEMPLATE}");
        let started = Instant::now();
        let id = client
            .create(&json!({ "templateRef": format!("template:default/{TEMPLATE}"), "values": values }))
            .await?;
        let task = client.get(&format!("/v2/tasks/{id}")).await?;
        println!("  task {id}\n\n2. Following its event stream:");
        let steps = task.pointer("/spec/steps").and_then(Value::as_array).into_iter().flatten();
        let names = steps
            .filter_map(|step| Some((step["id"].as_str()?.to_owned(), step["name"].as_str()?.to_owned())));
        let mut follower = Follower::new(names.collect(), self.verbose);
        let end = client.follow(&id, &mut follower).await?;
        if let Some(error) = end.error {
            return Err(CommandError::failed(follower.failure().unwrap_or(&error.message)));
        }
        println!("  completed {} after it was asked for\n", duration(started.elapsed()));
        self.show_repository(app).await?;
        self.show_entity(app).await?;
        println!("5. What Backstage's page shows at the end:");
        print_output(&end.output.unwrap_or_default());
        print_next(app);
        Ok(())
    }

    async fn show_repository(&self, app: &App) -> Result<(), CommandError> {
        let slug = RepoSlug { host: "github.com".to_owned(), owner: OWNER.to_owned(), name: NAME.to_owned() };
        let (commit, tree) =
            app.local_forge.read(&slug, None).await.context("the repository cannot be read")?;
        let repository = app.local_forge.find(&slug).await.context("the repository cannot be found")?;
        let url = repository.map(|repository| repository.clone_url).unwrap_or_default();
        let checkout = app.config.data_dir.join(NAME);
        println!("3. The repository, with one commit ({}):", commit.0.get(..12).unwrap_or(&commit.0));
        match git_clone(&url, &checkout).await {
            Ok(()) => println!("  {}, cloned to {}", size(&tree), checkout.display()),
            Err(error) => println!("  {}, not cloned: {error}", size(&tree)),
        }
        draw(&tree).lines().for_each(|line| println!("  {line}"));
        println!();
        Ok(())
    }

    async fn show_entity(&self, app: &App) -> Result<(), CommandError> {
        let entities = app.entities.list().await.context("the entity store cannot be read")?;
        let entity = entities.first().ok_or_else(|| CommandError::failed("the task registered no entity"))?;
        println!("4. The catalog entity {}:", entity.entity_ref);
        let text = serde_yaml::to_string(&entity.entity).context("the entity cannot be printed")?;
        text.lines().for_each(|line| println!("  {line}"));
        println!();
        Ok(())
    }
}

fn values() -> Value {
    json!({
        "name": NAME,
        "description": "Says hello, and shows what a golden path makes.",
        "owner": "group:default/demo",
        "repoUrl": format!("github.com?owner={OWNER}&repo={NAME}"),
    })
}

/// Commands that work as they stand here, in the folder where the demo was run.
fn print_next(app: &App) {
    let (data, program) = (app.config.data_dir.display(), called_as());
    let served = Config::from_parts(None, &[]).map(|config| config.server.listen.to_string());
    let served = served.unwrap_or_default();
    println!("\nWhat to try next");
    let ideas = [
        ("Run what was made", vec![format!("cd {data}/{NAME} && cargo test")]),
        (
            "Make a service of your own; this asks for its name and the rest",
            vec![format!("{program} new {TEMPLATE} --data {data} --templates {data}/templates")],
        ),
        (
            "Change the template, and look at what it makes of the same values",
            vec![
                format!("edit {data}/templates/{TEMPLATE}/skeleton/README.md.hbs"),
                format!(
                    "{program} render {data}/templates/{TEMPLATE} --values {data}/{VALUES} --out {data}/rendered"
                ),
            ],
        ),
        (
            "Serve all this to Backstage, and ask for the entities",
            vec![
                format!("{program} serve --data {data} --templates {data}/templates"),
                format!("curl http://{served}/api/stagecraft/v1/entities"),
            ],
        ),
        ("Begin again", vec![format!("rm -r {data}")]),
    ];
    for (what, commands) in ideas {
        println!("  {what}:");
        commands.iter().for_each(|command| println!("    {command}"));
    }
}

fn has_content(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}

async fn git_clone(url: &str, folder: &Path) -> anyhow::Result<()> {
    let output = tokio::process::Command::new("git")
        .args(["clone", "--quiet", url])
        .arg(folder)
        .output()
        .await
        .context("git cannot be run")?;
    if output.status.success() {
        Ok(())
    } else {
        Err(anyhow!("{}", String::from_utf8_lossy(&output.stderr).trim()))
    }
}
