//! What becomes of repositories that a task has made when it fails or is cancelled.
//!
//! The template's annotation `stagecraft.dev/on-failure` decides: they stay, are archived, or are deleted. Which they
//! are is told by the journal, and by the mark that a half-made one carries. It runs when the steps have ended: that
//! they have is kept first, so that a run which takes over goes on here and does not run a step again.
//!
//! The invariant: nothing is deleted that this task did not make or that holds anything of somebody else, and the log
//! says of every repository what has become of it and what to do next.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::runner::{Outcome, keys};
use super::{Task, TaskStatus};
use crate::action::MAKES;
use crate::forge::{Acting, Forge, ForgeError, Forges, Notices, RepoSlug, Setting};
use crate::git::CommitId;
use crate::journal::{EntryKind, EventBody, EventKind, FailureInfo, Journal, JournalError};
use crate::template::OnFailure;

/// Stands for a step in the journal; no step has an empty id.
const STEP: &str = "";
/// How the steps have ended.
const END: &str = "end";
/// Before the name of a repository that was archived.
const ARCHIVED: &str = "archived/";
/// Keys under which a step keeps that a repository was made.
const MADE: [&str; 2] = ["create", "generate"];

/// The repositories that a task may have left.
pub(super) struct Leftovers<'t> {
    forges: &'t Forges,
    task: &'t Task,
}

/// A repository that a step was about to make.
#[derive(Clone, Debug)]
struct Left {
    /// The step's name in the journal.
    step: String,
    slug: RepoSlug,
    /// Its page, where it is known that the step made it.
    made: Option<String>,
}

/// How the steps have ended, as the journal keeps it.
#[derive(Serialize, Deserialize)]
struct End {
    status: String,
    failure: Option<FailureInfo>,
    output: Value,
}

/// What has become of a repository.
enum Fate {
    /// It is none of ours.
    Foreign,
    Kept(String),
    Archived(String),
    /// It is not there any more.
    Gone,
    /// It could not be done.
    Refused(String),
}

impl<'t> Leftovers<'t> {
    /// What `task` may have left.
    pub(super) fn new(forges: &'t Forges, task: &'t Task) -> Self {
        Self { forges, task }
    }

    /// How the steps of this attempt have ended, if an earlier run of it came so far.
    pub(super) fn known_end(&self, journal: &Journal) -> Result<Option<(TaskStatus, Outcome)>, JournalError> {
        let Some(known) = journal.recall(STEP, END) else { return Ok(None) };
        let End { status, failure, output } = serde_json::from_value(known.clone())?;
        let status = TaskStatus::parse(&status).unwrap_or(TaskStatus::Failed);
        Ok(Some((status, Outcome { output, failure })))
    }

    /// Takes out of the archive what an earlier attempt put there.
    pub(super) async fn take_out(
        &self,
        journal: &mut Journal,
    ) -> Result<Result<(), FailureInfo>, JournalError> {
        let archived: Vec<(String, RepoSlug)> = journal
            .recorded()
            .into_iter()
            .filter(|(step, key, _)| *step == STEP && key.starts_with(ARCHIVED))
            .map(|(_, key, slug)| Ok((key.to_owned(), serde_json::from_value(slug.clone())?)))
            .collect::<Result<_, serde_json::Error>>()?;
        for (key, slug) in archived {
            let Some((forge, mut heard)) = self.forge(&slug) else { continue };
            let done = heard.while_done(journal, forge.apply(&slug, &Setting::Archived(false))).await?;
            if let Err(error) = done {
                let message = format!(
                    "`{slug}` was archived when this task ended, and cannot be taken out again: {error}. Do so there, \
                     then retry the task"
                );
                let name = "ServiceUnavailableError".to_owned();
                return Ok(Err(FailureInfo { name, message, at: None }));
            }
            say(
                journal,
                &format!("out/{slug}"),
                EventBody::message(format!("Took `{slug}` out of the archive")),
            );
            journal.forget(&[(STEP.to_owned(), key)]).await?;
        }
        Ok(Ok(()))
    }

    /// Does what the template wants with what the task has left, and says what that is.
    pub(super) async fn look_after(
        &self,
        journal: &mut Journal,
        status: TaskStatus,
        outcome: &Outcome,
    ) -> Result<(), JournalError> {
        let (all, policy) = (self.left(journal)?, self.task.spec.on_failure());
        if all.is_empty() {
            return Ok(());
        }
        if policy != OnFailure::Keep && journal.recall(STEP, END).is_none() {
            let (failure, output) = (outcome.failure.clone(), outcome.output.clone());
            let end = End { status: status.as_str().to_owned(), failure, output };
            journal.record(STEP, END, EntryKind::Read, serde_json::to_value(&end)?).await?;
        }
        let (mut gone, mut kept) = (Vec::new(), BTreeSet::new());
        for left in all {
            let fate = match self.forge(&left.slug) {
                Some((forge, mut heard)) => {
                    let commits = commits(journal);
                    let act = act(&*forge, &left, (self.task, policy), &commits);
                    heard.while_done(journal, act).await?
                }
                None => Ok(Fate::Refused("its host is not served here any more".to_owned())),
            };
            let fate = fate.unwrap_or_else(|error| Fate::Refused(error.to_string()));
            if let Fate::Archived(_) = fate {
                let key = format!("{ARCHIVED}{}", left.slug);
                journal.record(STEP, &key, EntryKind::Effect, serde_json::to_value(&left.slug)?).await?;
            }
            if let Some(body) = told(&left, policy, &fate) {
                say(journal, &format!("left/{}", left.slug), body);
            }
            if matches!(fate, Fate::Gone) {
                gone.push(left.step);
            } else {
                kept.insert(left.step);
            }
        }
        if gone.is_empty() {
            return Ok(());
        }
        let about_it = self.about_deleted(journal, &kept);
        journal.forget(&about_it).await
    }

    /// The repositories that steps were about to make, in the order of the steps' names.
    fn left(&self, journal: &Journal) -> Result<Vec<Left>, JournalError> {
        let recorded = journal.recorded();
        let mut all = Vec::new();
        for (step, _, slug) in recorded.iter().filter(|(_, key, _)| *key == MAKES) {
            let made = MADE
                .iter()
                .find_map(|key| journal.recall(step, key))
                .map(|place| place.get("htmlUrl").and_then(Value::as_str).unwrap_or_default().to_owned());
            let slug = serde_json::from_value((*slug).clone())?;
            all.push(Left { step: (*step).to_owned(), slug, made });
        }
        Ok(all)
    }

    /// What a retry has to do anew: everything that steps did with repositories, but for the making of those that
    /// are still there. What such steps do twice they find done.
    fn about_deleted(&self, journal: &Journal, kept: &BTreeSet<String>) -> Vec<(String, String)> {
        let names = keys(&self.task.spec.steps);
        let on_repositories: BTreeSet<&str> = self
            .task
            .spec
            .steps
            .iter()
            .zip(&names)
            .filter(|(step, _)| step.action.starts_with("github:") || step.action.starts_with("publish:"))
            .map(|(_, name)| name.as_str())
            .collect();
        let is_of_them = |step: &str| {
            let without_iteration = step.rsplit_once('[').map_or(step, |(name, _)| name);
            on_repositories.contains(step) || on_repositories.contains(without_iteration)
        };
        journal
            .recorded()
            .into_iter()
            .filter(|(step, ..)| is_of_them(step) && !kept.contains(*step))
            .map(|(step, key, _)| (step.to_owned(), key.to_owned()))
            .collect()
    }

    /// The forge of a repository, and what it tells while it waits.
    fn forge(&self, slug: &RepoSlug) -> Option<(Arc<dyn Forge>, Heard)> {
        let (notices, lines) = Notices::channel();
        let forge = self.forges.for_host(&slug.host)?.acting(Acting { token: None, notices });
        Some((forge, Heard { lines, count: 0, slug: slug.to_string() }))
    }
}

/// Does with one repository what the policy says.
async fn act(
    forge: &dyn Forge,
    left: &Left,
    (task, policy): (&Task, OnFailure),
    commits: &[CommitId],
) -> Result<Fate, ForgeError> {
    let found = match (forge.find(&left.slug).await, policy, &left.made) {
        // Where it stays anyway, nobody has to be able to look.
        (Err(_), OnFailure::Keep, Some(url)) => return Ok(Fate::Kept(url.clone())),
        (found, ..) => found?,
    };
    let Some(found) = found else {
        // Deleted by a run before this one, or by hand: either way a retry makes it anew.
        return Ok(if left.made.is_some() { Fate::Gone } else { Fate::Foreign });
    };
    if left.made.is_none() && found.created_by != Some(task.id) {
        return Ok(Fate::Foreign);
    }
    match policy {
        OnFailure::Keep => Ok(Fate::Kept(found.html_url)),
        OnFailure::Archive => {
            forge.apply(&left.slug, &Setting::Archived(true)).await?;
            Ok(Fate::Archived(found.html_url))
        }
        OnFailure::Delete => {
            if found.created_by.is_some_and(|maker| maker != task.id) {
                return Ok(Fate::Refused("another task has made it since".to_owned()));
            }
            if let Some(more) = forge.more_than(&left.slug, commits).await? {
                return Ok(Fate::Refused(more));
            }
            forge.delete(&left.slug).await?;
            Ok(Fate::Gone)
        }
    }
}

/// What the log says of a repository.
fn told(left: &Left, policy: OnFailure, fate: &Fate) -> Option<EventBody> {
    let slug = &left.slug;
    Some(match fate {
        Fate::Foreign => return None,
        Fate::Kept(url) => EventBody::message(format!(
            "`{slug}` was made by this task and stays: {url}. Retry the task to finish it, or delete it there"
        )),
        Fate::Archived(url) => EventBody::message(format!(
            "`{slug}` was made by this task and is archived now: {url}. A retry of the task takes it out again"
        )),
        Fate::Gone => EventBody::message(format!(
            "`{slug}` was made by this task and is gone again. A retry of the task makes it anew"
        )),
        Fate::Refused(why) => {
            let what = match policy {
                OnFailure::Keep => "nobody can tell whether it is there",
                OnFailure::Archive => "it was not archived",
                OnFailure::Delete => "it was not deleted",
            };
            EventBody::warn(
                None,
                format!(
                    "`{slug}` was to be made by this task, and {what}: {why}. Look there: retry the task to finish it, or \
                     delete it by hand"
                ),
            )
        }
    })
}

/// The ids of all commits that the task has kept.
fn commits(journal: &Journal) -> Vec<CommitId> {
    let is_id =
        |text: &&str| matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let recorded = journal.recorded();
    let texts = recorded.iter().filter_map(|(_, _, value)| value.as_str());
    texts.filter(is_id).map(|id| CommitId(id.to_owned())).collect()
}

fn say(journal: &mut Journal, key: &str, body: EventBody) {
    journal.event(&format!("leftovers/{key}"), EventKind::Log, body);
}

/// What a forge tells while it waits.
struct Heard {
    lines: tokio::sync::mpsc::UnboundedReceiver<String>,
    count: usize,
    slug: String,
}

impl Heard {
    /// Waits for a call and writes to the log what it tells meanwhile.
    async fn while_done<T>(
        &mut self,
        journal: &mut Journal,
        call: impl Future<Output = T>,
    ) -> Result<T, JournalError> {
        journal.flush().await?;
        tokio::pin!(call);
        loop {
            tokio::select! {
                biased;
                done = &mut call => return Ok(done),
                Some(line) = self.lines.recv() => {
                    self.count += 1;
                    let key = format!("waits/{}/{}/{line}", self.slug, self.count);
                    say(journal, &key, EventBody::message(line));
                    journal.flush().await?;
                }
            }
        }
    }
}
