//! [`Bench`]: one task's run, an action at a time, on a workspace in memory, the local forge and a database of
//! its own.
//!
//! It runs a single step as the runner would: input checked, action run, log and outputs at hand. What it keeps
//! between steps is what a task keeps: the workspace and the journal.

use std::sync::Arc;

use catalog_gen::{Entry, FileTree, TreePath};
use nunjucks::Value as NValue;
use serde_json::{Map, Value, json};
use stagecraft::action::{
    ActionContext, ActionError, Capabilities, Heard, Registry, RunInfo, StepInfo, TemplateInfo,
};
use stagecraft::config::Config;
use stagecraft::db::Db;
use stagecraft::entities::Entities;
use stagecraft::forge::local::LocalForge;
use stagecraft::forge::{Forge, Forges, NewRepository, RepoSlug, Visibility};
use stagecraft::git::{Author, NewCommit, ObjectStore};
use stagecraft::ids::TaskId;
use stagecraft::journal::Journal;
use stagecraft::template::{Held, Sources};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// One task's run, step by step.
pub(crate) struct Bench {
    pub(crate) registry: Registry,
    pub(crate) capabilities: Capabilities,
    pub(crate) forge: Arc<LocalForge>,
    pub(crate) run: RunInfo,
    pub(crate) workspace: FileTree,
    pub(crate) journal: Journal,
    pub(crate) outputs: Map<String, Value>,
    pub(crate) cancelled: CancellationToken,
    /// Keeps the files beside the template alive, where the run has some.
    pub(crate) held: Option<Held>,
    _folder: TempDir,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open_sqlite(&folder.path().join("db")).await.unwrap();
        db.migrate().await.unwrap();
        let store = ObjectStore::open_or_init(&folder.path().join("objects.git")).unwrap();
        let config = Config::from_parts(None, &[]).unwrap();
        let forge = Arc::new(LocalForge::new(folder.path().join("forge")));
        let capabilities = Capabilities {
            forges: Forges::new().with("github.com", forge.clone()),
            sources: Sources::new(store, &config.git),
            entities: Entities::new(db),
            backstage: None,
            humanitec: None,
            author: Author { name: "Scaffolder".to_owned(), email: "scaffolder@example.com".to_owned() },
            commit_message: "initial commit".to_owned(),
            site: Arc::default(),
        };
        let template = TemplateInfo::new("template:default/demo", &Value::Null, None);
        let run = RunInfo {
            task_id: TaskId::generate(),
            created_at_ms: 1_795_406_400_000,
            template,
            parameters: json!({ "name": "demo", "password": "hunter2" }),
            secret_names: vec!["TOKEN".to_owned()],
            backstage_token: None,
            user_ref: None,
            user_token: None,
            dry_run: false,
            write_lock_file: true,
        };
        Self {
            registry: Registry::standard(),
            capabilities,
            forge,
            run,
            workspace: FileTree::new(),
            journal: Journal::in_memory(),
            outputs: Map::new(),
            cancelled: CancellationToken::new(),
            held: None,
            _folder: folder,
        }
    }

    pub(crate) fn with_files(mut self, files: &[(&str, &str)]) -> Self {
        self.workspace = tree(files);
        self
    }

    /// Runs one step as a step of its own name.
    pub(crate) async fn step(&mut self, action: &str, input: Value) -> Result<(), ActionError> {
        self.marked_step(action, NValue::from(&input)).await
    }

    /// The same with an input in which secrets are marked.
    pub(crate) async fn marked_step(&mut self, action: &str, input: NValue) -> Result<(), ActionError> {
        self.named_step(action, action, input).await
    }

    /// The same as the step `id`.
    pub(crate) async fn named_step(
        &mut self,
        id: &str,
        action: &str,
        input: NValue,
    ) -> Result<(), ActionError> {
        let registered = self.registry.get(action).unwrap();
        let plain = input.to_json().unwrap();
        registered.check(&plain)?;
        let step = StepInfo { id: id.to_owned(), key: id.to_owned(), name: id.to_owned(), iteration: None };
        let mut ctx = ActionContext {
            run: &self.run,
            step: &step,
            input: &input,
            workspace: &mut self.workspace,
            capabilities: &self.capabilities,
            cancelled: &self.cancelled,
            event_prefix: id,
            journal: &mut self.journal,
            outputs: Map::new(),
            lines: 0,
            notices: Heard::default(),
        };
        let outcome = registered.run(&mut ctx, plain).await;
        self.outputs = ctx.outputs;
        outcome
    }

    /// A run of the same task that knows nothing of what the one before has done.
    pub(crate) fn forget(&mut self) {
        self.journal = Journal::in_memory();
    }

    /// Goes on as another task.
    pub(crate) fn as_another_task(&mut self) {
        self.forget();
        self.run.task_id = TaskId::generate();
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.workspace.iter().map(|(path, _)| path.as_str()).collect()
    }

    pub(crate) fn text(&self, path: &str) -> &str {
        self.workspace.file(&TreePath::parse(path).unwrap()).unwrap().text().unwrap()
    }

    /// What was logged so far, in one text.
    pub(crate) fn log(&mut self) -> String {
        let journal = std::mem::replace(&mut self.journal, Journal::in_memory());
        let lines: Vec<String> =
            journal.into_events().into_iter().map(|(_, body)| body.text().to_owned()).collect();
        lines.join("\n")
    }

    /// What lies on the main branch of `acme/<name>`.
    pub(crate) async fn pushed(&self, name: &str) -> FileTree {
        self.forge.read(&slug(name), Some("main")).await.unwrap().1
    }

    /// Makes a repository of another task with these files.
    pub(crate) async fn repository(&self, name: &str, files: &[(&str, &str)]) {
        let new = NewRepository {
            description: None,
            homepage: None,
            visibility: Visibility::Private,
            default_branch: "main".to_owned(),
            settings: Map::new(),
            created_by: TaskId::generate(),
        };
        self.forge.create(&slug(name), &new).await.unwrap();
        let commit = NewCommit {
            tree: tree(files),
            branch: "main".to_owned(),
            message: "initial commit".to_owned(),
            author: self.capabilities.author.clone(),
            time_ms: 0,
        };
        self.forge.push(&slug(name), commit).await.unwrap();
    }
}

pub(crate) fn slug(name: &str) -> RepoSlug {
    RepoSlug { host: "github.com".to_owned(), owner: "acme".to_owned(), name: name.to_owned() }
}

pub(crate) fn tree(files: &[(&str, &str)]) -> FileTree {
    let mut tree = FileTree::new();
    for (path, text) in files {
        tree.insert(TreePath::parse(path).unwrap(), Entry::file((*text).to_owned())).unwrap();
    }
    tree
}
