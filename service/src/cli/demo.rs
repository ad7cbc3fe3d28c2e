//! `stagecraft demo`: the whole way from a template to a repository, over the same HTTP API that Backstage uses.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use clap::Args;
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Global;
use super::console::{draw, duration};
use super::error::CommandError;
use super::follow::{Follower, print_output};
use super::serve::serve_app;
use crate::app::{App, DataFolder};
use crate::config::{Config, Log};
use crate::forge::{Forge, RepoSlug};
use crate::journal::{EventBody, EventKind};
use crate::telemetry;

mod builtin {
    //! The golden paths in the binary, as `build.rs` wrote them down.

    include!(concat!(env!("OUT_DIR"), "/builtin_templates.rs"));

    /// All files: path, whether executable, content.
    pub(super) fn files() -> &'static [(&'static str, bool, &'static [u8])] {
        FILES
    }
}

const TEMPLATE: &str = "rust-service";
const OWNER: &str = "acme";
const NAME: &str = "hello-stagecraft";
const PATIENCE: Duration = Duration::from_secs(60);

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
        let values = json!({
            "name": NAME,
            "description": "Says hello, and shows what a golden path makes.",
            "owner": "group:default/demo",
            "repoUrl": format!("github.com?owner={OWNER}&repo={NAME}"),
        });
        println!("1. Creating a task as Backstage's page would: POST /v2/tasks, template:default/{TEMPLATE}");
        let started = Instant::now();
        let id = client
            .create(&json!({ "templateRef": format!("template:default/{TEMPLATE}"), "values": values }))
            .await?;
        let task = client.get(&format!("/v2/tasks/{id}")).await?;
        println!("   task {id}\n\n2. Its event stream:");
        let steps = task.pointer("/spec/steps").and_then(Value::as_array).into_iter().flatten();
        let names = steps
            .filter_map(|step| Some((step["id"].as_str()?.to_owned(), step["name"].as_str()?.to_owned())));
        let end = client.follow(&id, Follower::new(names.collect(), self.verbose)).await?;
        println!("   completed after {}\n", duration(started.elapsed()));
        if let Some(error) = end.error {
            return Err(CommandError::failed(error.message));
        }
        self.show_repository(app).await?;
        let reference = self.show_entity(app).await?;
        println!("5. What the page would show as links:");
        print_output(&end.output.unwrap_or_default());
        print_next(app, &reference);
        Ok(())
    }

    async fn show_repository(&self, app: &App) -> Result<(), CommandError> {
        let slug = RepoSlug { host: "github.com".to_owned(), owner: OWNER.to_owned(), name: NAME.to_owned() };
        let (commit, tree) =
            app.local_forge.read(&slug, None).await.context("the repository cannot be read")?;
        let repository = app.local_forge.find(&slug).await.context("the repository cannot be found")?;
        let url = repository.map(|repository| repository.clone_url).unwrap_or_default();
        let checkout = app.config.data_dir.join(NAME);
        let cloned = git_clone(&url, &checkout).await;
        println!(
            "3. The repository, {} files in one commit {}:",
            tree.len(),
            commit.0.get(..12).unwrap_or(&commit.0)
        );
        match cloned {
            Ok(()) => println!("   cloned to {}", checkout.display()),
            Err(error) => println!("   (not cloned: {error})"),
        }
        draw(&tree).lines().for_each(|line| println!("   {line}"));
        println!();
        Ok(())
    }

    async fn show_entity(&self, app: &App) -> Result<String, CommandError> {
        let entities = app.entities.list().await.context("the entity store cannot be read")?;
        let entity = entities.first().ok_or_else(|| CommandError::failed("the task registered no entity"))?;
        println!("4. The catalog entity {}:", entity.entity_ref);
        let text = serde_yaml::to_string(&entity.entity).context("the entity cannot be printed")?;
        text.lines().for_each(|line| println!("   {line}"));
        println!();
        Ok(entity.entity_ref.clone())
    }
}

fn print_next(app: &App, reference: &str) {
    let data = app.config.data_dir.display();
    println!("\nWhat to try next");
    println!("  run what was made         cd {data}/{NAME} && cargo test");
    println!(
        "  make one yourself         stagecraft new {TEMPLATE} --data {data} --templates {data}/templates"
    );
    println!("  change the template       edit {data}/templates/{TEMPLATE}, then");
    println!(
        "                            stagecraft render {data}/templates/{TEMPLATE}/template.yaml --set name=my-api --out my-api"
    );
    println!("  serve it to Backstage     stagecraft serve --data {data} --templates {data}/templates");
    println!("  the entity over HTTP      GET /api/stagecraft/v1/entities lists {reference}");
    println!("  begin again               remove {data}");
}

fn has_content(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}

/// Writes the golden paths of the binary to `folder`.
fn lay_out_templates(folder: &Path) -> anyhow::Result<()> {
    for (name, executable, content) in builtin::files() {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&path, content).with_context(|| format!("`{}` cannot be written", path.display()))?;
        if *executable {
            make_executable(&path)?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))
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

/// The few calls that Backstage's page makes.
struct Client {
    http: reqwest::Client,
    base: String,
}

impl Client {
    fn new(base: &str) -> anyhow::Result<Self> {
        // The client is built with TLS, which wants a provider even for plain HTTP on loopback.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        Ok(Self { http, base: format!("{base}/api/scaffolder") })
    }

    async fn create(&self, body: &Value) -> anyhow::Result<String> {
        let answer = self.http.post(format!("{}/v2/tasks", self.base)).json(body).send().await?;
        let status = answer.status();
        let body: Value = answer.json().await?;
        body["id"]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| anyhow!("the task was refused with {status}: {body}"))
    }

    async fn get(&self, path: &str) -> anyhow::Result<Value> {
        Ok(self.http.get(format!("{}{path}", self.base)).send().await?.error_for_status()?.json().await?)
    }

    async fn follow(&self, id: &str, mut follower: Follower) -> anyhow::Result<EventBody> {
        let answer = self
            .http
            .get(format!("{}/v2/tasks/{id}/eventstream", self.base))
            .send()
            .await?
            .error_for_status()?;
        let mut chunks = answer.bytes_stream();
        let mut buffer = String::new();
        while let Some(chunk) = chunks.next().await {
            buffer.push_str(&String::from_utf8_lossy(&chunk?));
            while let Some((frame, rest)) = buffer.split_once("\n\n") {
                let parsed = parse_frame(frame);
                buffer = rest.to_owned();
                let Some((kind, body)) = parsed else { continue };
                follower.show(kind, &body);
                if kind == EventKind::Completion {
                    return Ok(body);
                }
            }
        }
        Err(anyhow!("the event stream ended before the task did"))
    }
}

/// A frame of the event stream; comments are none.
fn parse_frame(frame: &str) -> Option<(EventKind, EventBody)> {
    let field = |name: &str| frame.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let kind = EventKind::parse(field("event:")?)?;
    let event: Value = serde_json::from_str(field("data:")?).ok()?;
    Some((kind, serde_json::from_value(event.get("body")?.clone()).ok()?))
}
