//! [`TestApp`]: the real service on its own data folder and database, and the words to talk about it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use stagecraft::app::App;
use stagecraft::config::Config;
use stagecraft::db::Engine;
use stagecraft::http;
use stagecraft::ids::TaskId;
use stagecraft::journal::TaskEvent;
use stagecraft::task::{Caller, CreateError, NewTask, Task, TaskStatus};
use stagecraft::worker::Worker;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::postgres;

/// A service with nothing running but what the test runs.
pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) worker: Worker,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) folder: TempDir,
}

/// The user who asks where a test names nobody else.
pub(crate) fn jane() -> Caller {
    Caller::named("user:default/jane")
}

impl TestApp {
    /// On SQLite, with the settings' defaults.
    pub(crate) async fn new() -> Self {
        Self::on(Engine::Sqlite, &[]).await
    }

    /// On an engine, with settings written as environment variables without their prefix.
    pub(crate) async fn on(engine: Engine, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let templates = folder.path().join("templates");
        std::fs::create_dir_all(&templates).unwrap();
        let mut all = vec![
            ("STAGECRAFT_DATA_DIR".to_owned(), folder.path().join("data").display().to_string()),
            ("STAGECRAFT_TEMPLATES__SOURCES".to_owned(), json!([templates]).to_string()),
            ("STAGECRAFT_TEMPLATES__RELOAD_SECONDS".to_owned(), "0".to_owned()),
        ];
        if engine == Engine::Postgres {
            let url = postgres::new_database().await;
            all.push(("STAGECRAFT_DATABASE__URL".to_owned(), url.expose().to_owned()));
        }
        for (name, value) in settings {
            let name = format!("STAGECRAFT_{name}");
            all.retain(|(known, _)| *known != name);
            all.push((name, (*value).to_owned()));
        }
        Self::open(folder, all).await
    }

    async fn open(folder: TempDir, settings: Vec<(String, String)>) -> Self {
        let config = Config::from_parts(None, &settings).unwrap();
        let app = App::build(config).await.unwrap();
        let worker = app.worker();
        Self { app, worker, settings, folder }
    }

    /// The same data folder and database, opened again as a new process would.
    pub(crate) async fn reopened(self) -> Self {
        let Self { app, settings, folder, .. } = self;
        app.db.close().await;
        drop(app);
        Self::open(folder, settings).await
    }

    /// Where templates lie.
    pub(crate) fn templates(&self) -> PathBuf {
        self.folder.path().join("templates")
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Writes `templates/<name>/template.yaml` with these spec lines, and files beside it; then reloads.
    pub(crate) async fn template(&self, name: &str, spec: &str, files: &[(&str, &str)]) {
        let folder = self.templates().join(name);
        for (path, text) in files {
            write(&folder.join(path), text);
        }
        let spec: String = spec.lines().map(|line| format!("  {line}\n")).collect();
        let text = format!(
            "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata:\n  name: {name}\nspec:\n  type: service\n{spec}"
        );
        write(&folder.join("template.yaml"), &text);
        self.app.tasks.library().refresh().await;
    }

    /// Creates a task as the compatible API would.
    pub(crate) async fn create(&self, template: &str, values: Value) -> TaskId {
        self.try_create(template, values, json!({})).await.unwrap()
    }

    /// The same with secrets, and with the refusal as an answer.
    pub(crate) async fn try_create(
        &self,
        template: &str,
        values: Value,
        secrets: Value,
    ) -> Result<TaskId, CreateError> {
        let new = NewTask {
            template_ref: format!("template:default/{template}"),
            values,
            secrets: secrets.as_object().cloned().unwrap_or_default(),
            caller: jane(),
            fill_defaults: false,
            key: None,
        };
        self.app.tasks.create(new).await
    }

    /// Runs jobs until there is none.
    pub(crate) async fn drain(&self) {
        while self.worker.run_next(CancellationToken::new()).await.unwrap().is_some() {}
    }

    /// Creates a task and runs it to its end.
    pub(crate) async fn run(&self, template: &str, values: Value) -> TaskId {
        let id = self.create(template, values).await;
        self.drain().await;
        id
    }

    pub(crate) async fn task(&self, id: TaskId) -> Task {
        self.app.tasks.get(id, &jane()).await.unwrap()
    }

    pub(crate) async fn status(&self, id: TaskId) -> TaskStatus {
        self.task(id).await.status
    }

    pub(crate) async fn events(&self, id: TaskId) -> Vec<TaskEvent> {
        self.app.tasks.watch(id, &jane()).await.unwrap().events(0).await.unwrap()
    }

    /// The messages of a task, in order, without the mark of ordinary lines.
    pub(crate) async fn messages(&self, id: TaskId) -> Vec<String> {
        self.events(id).await.iter().map(|event| event.body.text().to_owned()).collect()
    }

    /// The output of a completed task.
    pub(crate) async fn output(&self, id: TaskId) -> Value {
        self.events(id).await.into_iter().find_map(|event| event.body.output).unwrap_or_default()
    }

    /// Name and message of a failed task's error.
    pub(crate) async fn failure(&self, id: TaskId) -> (String, String) {
        let error = self
            .events(id)
            .await
            .into_iter()
            .find_map(|event| event.body.error)
            .expect("the task has failed");
        (error.name, error.message)
    }

    /// Serves the HTTP API on a free port until the returned token is cancelled; gives the base URL.
    pub(crate) async fn serve(&self) -> (String, CancellationToken) {
        let stop = CancellationToken::new();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = http::router(self.app.http_state(stop.clone()));
        tokio::spawn(http::serve(listener, router, stop.clone()));
        (format!("http://{address}"), stop)
    }

    /// Starts a worker in the background until the returned token is cancelled.
    pub(crate) fn work(&self) -> CancellationToken {
        let stop = CancellationToken::new();
        let (worker, token) = (self.worker.clone(), stop.clone());
        tokio::spawn(async move { worker.run(token).await });
        stop
    }

    /// The bare repository of the local forge.
    pub(crate) fn repository(&self, owner: &str, name: &str) -> PathBuf {
        self.data().join("forge/github.com").join(owner).join(format!("{name}.git"))
    }

    /// What `git` prints about that repository.
    pub(crate) fn git(&self, owner: &str, name: &str, arguments: &[&str]) -> String {
        git(&self.repository(owner, name), arguments)
    }
}

/// Runs git without any configuration of the machine.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "safe.directory=*"])
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// Writes a file and the folders above it.
pub(crate) fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}
