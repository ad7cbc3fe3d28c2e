//! What an action is given.

use std::future::Future;
use std::sync::Arc;

use catalog_gen::{FileTree, Site};
use nunjucks::Value as NValue;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

use super::ActionError;
use crate::backstage::{Backstage, Credentials, UserToken};
use crate::entities::Entities;
use crate::forge::{Acting, Forges, Notices, RepoSlug};
use crate::git::Author;
use crate::humanitec::Humanitec;
use crate::ids::TaskId;
use crate::journal::{EntryKind, EventBody, EventKind, Journal};
use crate::secret::Secret;
use crate::template::{Pin, Sources};

/// The annotation that says which version of itself a template is.
pub(crate) const VERSION_ANNOTATION: &str = "backstage.io/template-version";

/// Key of the journal entry that names the repository a step makes.
pub(crate) const MAKES: &str = "makes";

/// The template a run belongs to.
#[derive(Clone, Debug)]
pub struct TemplateInfo {
    /// Comparable reference.
    pub entity_ref: String,
    /// What its annotation `backstage.io/template-version` says.
    pub version: Option<String>,
    /// The files it may read with relative URLs; none for a dry run of posted content without files.
    pub pin: Option<Pin>,
}

impl TemplateInfo {
    /// From the `templateInfo` of a task.
    pub fn new(entity_ref: &str, info: &Value, pin: Option<Pin>) -> Self {
        let annotation =
            info.pointer("/entity/metadata/annotations").and_then(|known| known.get(VERSION_ANNOTATION));
        let version = annotation.and_then(Value::as_str).map(str::to_owned);
        Self { entity_ref: entity_ref.to_owned(), version, pin }
    }
}

/// What holds for the whole run.
#[derive(Clone, Debug)]
pub struct RunInfo {
    /// The task.
    pub task_id: TaskId,
    /// When the task was created, milliseconds UTC: the only clock an action may use.
    pub created_at_ms: i64,
    /// The template.
    pub template: TemplateInfo,
    /// The values of the form, as given.
    pub parameters: Value,
    /// Names of the task's secrets.
    pub secret_names: Vec<String>,
    /// The caller's own Backstage token, if the task's secrets hold one as `backstageToken`.
    pub backstage_token: Option<Secret>,
    /// The user's entity reference, if a user is behind the task.
    pub user_ref: Option<String>,
    /// By what the service can act for whoever started the task.
    pub user_token: Option<UserToken>,
    /// Whether effects must be left out.
    pub dry_run: bool,
    /// Whether pushed commits carry `.stagecraft/<instance>.lock.json`.
    pub write_lock_file: bool,
}

/// The step at hand.
#[derive(Clone, Debug)]
pub struct StepInfo {
    /// Its id.
    pub id: String,
    /// What it goes by in the journal: its id, told apart from that of an earlier step with the same one.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Key of the iteration under `each`.
    pub iteration: Option<String>,
}

impl StepInfo {
    /// Name of the step in the journal: `fetch`, or `fetch[2]` under `each`.
    pub fn journal_key(&self) -> String {
        match &self.iteration {
            Some(iteration) => format!("{}[{iteration}]", self.key),
            None => self.key.clone(),
        }
    }
}

/// What actions can reach, shared by all runs.
#[derive(Clone, Debug)]
pub struct Capabilities {
    /// Where repositories live.
    pub forges: Forges,
    /// Where files are read from.
    pub sources: Sources,
    /// The catalog.
    pub entities: Entities,
    /// The Backstage that the settings name, if they name one.
    pub backstage: Option<Backstage>,
    /// The orchestrator that the settings name, if they name one.
    pub humanitec: Option<Humanitec>,
    /// Default author of commits.
    pub author: Author,
    /// Default message of the first commit.
    pub commit_message: String,
    /// What the site says of itself to whoever describes repositories.
    pub site: Arc<Site>,
}

/// Everything an action has.
pub struct ActionContext<'run> {
    /// The run.
    pub run: &'run RunInfo,
    /// The step.
    pub step: &'run StepInfo,
    /// The rendered input with its secret marks (the typed input has lost them).
    pub input: &'run NValue,
    /// The workspace.
    pub workspace: &'run mut FileTree,
    /// The outside.
    pub capabilities: &'run Capabilities,
    /// Fires when the task is cancelled or the lease is lost.
    pub cancelled: &'run CancellationToken,
    /// Prefix of this step's event keys, the same in every repetition of the run.
    pub event_prefix: &'run str,
    /// The journal.
    pub journal: &'run mut Journal,
    /// What the action has put out so far.
    pub outputs: Map<String, Value>,
    /// Number of log lines written so far.
    pub lines: usize,
    /// What calls of a forge tell while they wait.
    pub notices: Heard,
}

/// Both ends of what calls tell while they wait.
#[derive(Debug)]
pub struct Heard {
    told: Notices,
    lines: UnboundedReceiver<String>,
    count: usize,
}

impl Default for Heard {
    fn default() -> Self {
        let (told, lines) = Notices::channel();
        Self { told, lines, count: 0 }
    }
}

impl ActionContext<'_> {
    /// As whom Backstage is asked: the user who started the task where Backstage vouches for one, else the service.
    pub fn initiator(&self) -> Credentials {
        self.run.user_token.clone().map_or(Credentials::Service, Credentials::User)
    }

    /// Writes a line to the task's log. Never pass a value that stems from a secret: log
    /// [`ActionContext::shown`] or [`ActionContext::masked_input`] instead.
    pub async fn log(&mut self, message: impl AsRef<str>) -> Result<(), ActionError> {
        self.write(EventBody::info(&self.step.id, message));
        Ok(())
    }

    /// Writes a warning to the task's log.
    pub async fn warn(&mut self, message: impl AsRef<str>) -> Result<(), ActionError> {
        self.write(EventBody::warn(Some(&self.step.id), message));
        Ok(())
    }

    /// Writes a warning that another run of the same task may not repeat, under a key of its own, and shows it at
    /// once.
    pub async fn warn_aside(&mut self, key: &str, message: impl AsRef<str>) -> Result<(), ActionError> {
        let body = EventBody::warn(Some(&self.step.id), message);
        self.journal.event(&format!("{}/{key}", self.event_prefix), EventKind::Log, body);
        Ok(self.journal.flush().await?)
    }

    fn write(&mut self, body: EventBody) {
        let key = format!("{}/{}", self.event_prefix, self.lines);
        self.lines += 1;
        self.journal.event(&key, EventKind::Log, body);
    }

    /// As whom a forge is used by this step: with the token of its input, if it has one, and heard by its log.
    pub fn acting(&self, token: Option<Secret>) -> Acting {
        let token = token.filter(|token| !token.expose().is_empty());
        Acting { token, notices: self.notices.told.clone() }
    }

    /// Waits for a call and writes what it tells meanwhile to the log, at once and under keys of its own: another
    /// run of the task may wait otherwise.
    async fn hearing<T>(
        &mut self,
        act: impl Future<Output = Result<T, ActionError>>,
    ) -> Result<T, ActionError> {
        tokio::pin!(act);
        loop {
            tokio::select! {
                biased;
                done = &mut act => return done,
                Some(line) = self.notices.lines.recv() => {
                    self.notices.count += 1;
                    let key = format!("{}/waits/{}/{line}", self.event_prefix, self.notices.count);
                    self.journal.event(&key, EventKind::Log, EventBody::info(&self.step.id, line));
                    self.journal.flush().await?;
                }
            }
        }
    }

    /// The input as it may be shown: every value that stems from a secret reads `***`.
    pub fn masked_input(&self) -> Value {
        self.input.to_masked_json().unwrap_or_else(|| Value::Object(Map::new()))
    }

    /// One text of the input as it may be shown; `fallback` where the input has none under that name.
    pub fn shown(&self, name: &str, fallback: &str) -> String {
        match self.input.get(name).to_masked_json() {
            Some(Value::String(text)) => text,
            _ => fallback.to_owned(),
        }
    }

    /// Puts out a value under a name; other steps read it as `steps.<id>.output.<name>`.
    pub fn output(&mut self, name: &str, value: impl Into<Value>) {
        self.outputs.insert(name.to_owned(), value.into());
    }

    /// Looks at something outside once per attempt; a repeated run gets the same answer.
    pub async fn read<T, F>(&mut self, key: &str, look: F) -> Result<T, ActionError>
    where
        T: Serialize + DeserializeOwned,
        F: Future<Output = Result<T, ActionError>>,
    {
        self.once(key, EntryKind::Read, look).await
    }

    /// Changes something outside once per task. `act` must look first and take what it finds of this very
    /// task as done, because a kill can fall between the change and the journal.
    pub async fn effect<T, F>(&mut self, key: &str, act: F) -> Result<T, ActionError>
    where
        T: Serialize + DeserializeOwned,
        F: Future<Output = Result<T, ActionError>>,
    {
        self.once(key, EntryKind::Effect, act).await
    }

    /// Changes something outside that cannot be looked at first and must not be done twice. That it is about to
    /// be done is kept before it is done: a repeated run that finds only this gives `None`, and whoever started
    /// the first one knows as little as we do whether it was done. A retry of the task does it again.
    pub async fn effect_unseen<T, F>(&mut self, key: &str, act: F) -> Result<Option<T>, ActionError>
    where
        T: Serialize + DeserializeOwned,
        F: Future<Output = Result<T, ActionError>>,
    {
        let (step, begun) = (self.step.journal_key(), format!("{key}/begun"));
        if self.journal.recall(&step, key).is_none() {
            if self.journal.recall(&step, &begun).is_some() {
                return Ok(None);
            }
            if self.cancelled.is_cancelled() {
                return Err(ActionError::Cancelled);
            }
            // A read lasts for one attempt: a retry is somebody's decision to do it again.
            self.journal.record(&step, &begun, EntryKind::Read, Value::Bool(true)).await?;
        }
        self.once(key, EntryKind::Effect, act).await.map(Some)
    }

    /// Notes that the step is about to make this repository, so that the end of the task knows what it may have left,
    /// even where the request's answer never came.
    pub async fn about_to_make(&mut self, repository: &RepoSlug) -> Result<(), ActionError> {
        let step = self.step.journal_key();
        if self.run.dry_run || self.journal.recall(&step, MAKES).is_some() {
            return Ok(());
        }
        let slug = serde_json::to_value(repository).map_err(|error| unusable(MAKES, &error))?;
        Ok(self.journal.record(&step, MAKES, EntryKind::Effect, slug).await?)
    }

    /// What an earlier run of the task has kept under this key of the step.
    pub fn known<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, ActionError> {
        let known = self.journal.recall(&self.step.journal_key(), key).cloned();
        known.map(serde_json::from_value).transpose().map_err(|error| unusable(key, &error))
    }

    async fn once<T, F>(&mut self, key: &str, kind: EntryKind, act: F) -> Result<T, ActionError>
    where
        T: Serialize + DeserializeOwned,
        F: Future<Output = Result<T, ActionError>>,
    {
        if let Some(known) = self.known(key)? {
            return Ok(known);
        }
        let step = self.step.journal_key();
        if self.cancelled.is_cancelled() {
            return Err(ActionError::Cancelled);
        }
        if self.run.dry_run && kind == EntryKind::Effect {
            // The last line of defence: an action that says it supports dry runs and then changes something.
            return Err(ActionError::NotAllowed(format!(
                "a dry run changes nothing outside, so `{key}` is not done"
            )));
        }
        match kind {
            EntryKind::Read => self.journal.flush().await?,
            EntryKind::Effect => self.journal.about_to_act().await?,
        }
        let value = self.hearing(act).await?;
        let stored = serde_json::to_value(&value).map_err(|error| unusable(key, &error))?;
        self.journal.record(&step, key, kind, stored).await?;
        Ok(value)
    }
}

fn unusable(key: &str, error: &serde_json::Error) -> ActionError {
    ActionError::Unavailable(format!("the journal entry `{key}` cannot be used: {error}"))
}
