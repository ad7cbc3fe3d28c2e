//! How a repository comes to be: empty, or from a template repository.
//!
//! Look, make, look: what this very task has made is finished, what anybody else has is left alone. The invariant:
//! whatever answers are lost, one call makes one repository at most, and it carries the mark of its task from the
//! first moment.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::{Found, MARK, called, head_now, look};
use crate::forge::github::GitHub;
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;
use crate::forge::github::patience::patiently;
use crate::forge::github::route::Route;
use crate::forge::github::setting::properties;
use crate::forge::{ForgeError, NewRepository, RepoSlug, Repository, Visibility};

/// How long a repository that GitHub says is there, and does not show, may still be one of ours.
const UNSEEN_FOR: Duration = Duration::from_secs(10);

/// Settings that GitHub takes with the call that makes a repository.
const AT_ONCE: [&str; 16] = [
    "homepage",
    "has_issues",
    "has_projects",
    "has_wiki",
    "has_downloads",
    "is_template",
    "team_id",
    "allow_squash_merge",
    "allow_merge_commit",
    "allow_rebase_merge",
    "allow_auto_merge",
    "delete_branch_on_merge",
    "squash_merge_commit_title",
    "squash_merge_commit_message",
    "merge_commit_title",
    "merge_commit_message",
];
/// Those that it takes with it in an organisation only.
const AT_ONCE_IN_ORGANISATIONS: [&str; 2] = [PROPERTIES, "use_squash_pr_title_as_default"];
/// Values of what the organisation keeps of its repositories.
const PROPERTIES: &str = "custom_properties";
/// Those that it takes of a repository that is there, and gives back with it.
const LATER: [&str; 22] = [
    "homepage",
    "visibility",
    "security_and_analysis",
    "has_issues",
    "has_projects",
    "has_wiki",
    "has_pull_requests",
    "is_template",
    "allow_squash_merge",
    "allow_merge_commit",
    "allow_rebase_merge",
    "allow_auto_merge",
    "delete_branch_on_merge",
    "allow_update_branch",
    "allow_forking",
    "use_squash_pr_title_as_default",
    "squash_merge_commit_title",
    "squash_merge_commit_message",
    "merge_commit_title",
    "merge_commit_message",
    "web_commit_signoff_required",
    "pull_request_creation_policy",
];

/// Makes an empty repository, or finishes what this task has begun.
pub(in crate::forge::github) async fn create(
    github: &GitHub,
    slug: &RepoSlug,
    new: &NewRepository,
) -> Result<Repository, ForgeError> {
    make(Making { github, slug, new, from: None, sent: AtomicBool::new(false), unseen: Mutex::default() })
        .await
}

/// The same from a template repository; done when its content is there.
pub(in crate::forge::github) async fn generate(
    github: &GitHub,
    from: &RepoSlug,
    slug: &RepoSlug,
    new: &NewRepository,
) -> Result<Repository, ForgeError> {
    from.check()?;
    let from = Some(from);
    make(Making { github, slug, new, from, sent: AtomicBool::new(false), unseen: Mutex::default() }).await
}

async fn make(making: Making<'_>) -> Result<Repository, ForgeError> {
    making.slug.check()?;
    making.check_settings()?;
    let what = called(making.slug);
    match patiently(making.github, making.slug, &what, || making.attempt()).await? {
        Outcome::Made(found) => Ok(found.into_repository(making.github)),
        Outcome::Taken(why) => Err(ForgeError::Conflict(format!("{what} {why}"))),
    }
}

/// What came of it.
enum Outcome {
    /// It is there, and this task's.
    Made(Found),
    /// Another's has the name: no time mends that.
    Taken(String),
}

/// A repository in the making.
struct Making<'a> {
    github: &'a GitHub,
    slug: &'a RepoSlug,
    new: &'a NewRepository,
    from: Option<&'a RepoSlug>,
    /// Whether a call that makes it was sent and its answer lost.
    sent: AtomicBool,
    /// Since when GitHub says that it is there without showing it.
    unseen: Mutex<Option<Instant>>,
}

#[derive(Deserialize)]
struct Account {
    login: String,
    #[serde(rename = "type")]
    kind: String,
}

impl Making<'_> {
    async fn attempt(&self) -> Result<Outcome, Failure> {
        if let Some(known) = self.known(look(self.github, self.slug).await?).await? {
            return Ok(known);
        }
        let ask = self.ask().await?;
        match self.github.ask(&self.slug.owner, ask).await {
            Ok(answer) => {
                self.made().await;
                self.finish(Found::read(self.github, answer)?).await
            }
            Err(Failure::Conflict(message)) => self.taken(message).await,
            Err(Failure::NotFound(message)) => Err(self.no_template(message)),
            Err(failure) => {
                if matches!(failure, Failure::Unknown(_)) {
                    self.sent.store(true, Ordering::Relaxed);
                }
                Err(failure)
            }
        }
    }

    /// What becomes of a repository that was found: this task's is finished, another's is in the way. One that only
    /// used to be called so is neither.
    async fn known(&self, found: Option<Found>) -> Result<Option<Outcome>, Failure> {
        let Some(found) = found else { return Ok(None) };
        let ours = found.created_by == Some(self.new.created_by);
        match (ours, found.slug.is_same(self.slug)) {
            (true, true) => self.finish(found).await.map(Some),
            (true, false) => Ok(Some(Outcome::Taken(format!(
                "was made by this task, and somebody has called it `{}` since; give it its name back, or delete it, and \
                 try again",
                found.slug
            )))),
            (false, true) => Ok(Some(Outcome::Taken("exists already; choose another name".to_owned()))),
            (false, false) => Ok(None),
        }
    }

    /// GitHub says that there is one of this name: whose is it?
    async fn taken(&self, message: String) -> Result<Outcome, Failure> {
        self.github.shared.access.repository_made(&self.slug.owner).await;
        if let Some(known) = self.known(look(self.github, self.slug).await?).await? {
            return Ok(known);
        }
        let since = {
            let mut unseen = self.unseen.lock().unwrap_or_else(PoisonError::into_inner);
            *unseen.get_or_insert_with(Instant::now)
        };
        if self.sent.load(Ordering::Relaxed) || since.elapsed() < UNSEEN_FOR {
            return Err(Failure::NotYet(message));
        }
        Ok(Outcome::Taken(format!("exists already, and may not be seen (GitHub says: {message})")))
    }

    /// The template may be on its way, where this service has made it just now.
    fn no_template(&self, message: String) -> Failure {
        match self.from {
            Some(from) if !self.github.shared.fresh.is_new(from) => Failure::Unaskable(format!(
                "there is no template repository `{from}`, or it may not be seen; check its name, and whether its settings \
                 say *Template repository*"
            )),
            _ => Failure::NotFound(message),
        }
    }

    /// From now on what GitHub does not know of it is on its way.
    async fn made(&self) {
        self.github.shared.fresh.note(self.slug);
        self.github.shared.access.repository_made(&self.slug.owner).await;
    }

    /// Brings what it was not made with, and waits for the content of a template.
    async fn finish(&self, mut found: Found) -> Result<Outcome, Failure> {
        let missing = self.missing(&found.body);
        if !missing.is_empty() {
            let ask = Ask::patch(Route::repository(self.slug)?, Value::Object(missing));
            self.github.ask(&self.slug.owner, ask).await?;
        }
        if self.from.is_none() {
            // It takes its name with the first push.
            found.default_branch.clone_from(&self.new.default_branch);
            return Ok(Outcome::Made(found));
        }
        match head_now(self.github, self.slug, &found.default_branch).await? {
            Some(_) => Ok(Outcome::Made(found)),
            None => Err(Failure::NotYet("the template's content has not arrived".to_owned())),
        }
    }

    /// The call that makes it.
    async fn ask(&self) -> Result<Ask, Failure> {
        let mut body = Map::new();
        let mut set = |name: &str, value: Value| body.insert(name.to_owned(), value);
        set("name", self.slug.name.clone().into());
        set("description", format!("{MARK}{}", self.new.created_by).into());
        set("private", (self.new.visibility != Visibility::Public).into());
        if let Some(from) = self.from {
            set("owner", self.slug.owner.clone().into());
            set("include_all_branches", false.into());
            return Ok(Ask::post(Route::repository(from)?.then("generate"), Value::Object(body)));
        }
        let in_organisation = self.is_organisation().await?;
        if self.new.visibility == Visibility::Internal && in_organisation {
            set("visibility", "internal".into());
        }
        if let Some(homepage) = &self.new.homepage {
            set("homepage", homepage.clone().into());
        }
        let taken = |name: &str| {
            AT_ONCE.contains(&name) || (in_organisation && AT_ONCE_IN_ORGANISATIONS.contains(&name))
        };
        for (name, value) in self.new.settings.iter().filter(|(name, _)| taken(name)) {
            let is_map = name == PROPERTIES && value.is_object();
            set(name, if is_map { properties::all_as_kept(value) } else { value.clone() });
        }
        let route = if in_organisation {
            Route::fixed("orgs").name(&self.slug.owner)?.then("repos")
        } else {
            Route::fixed("user/repos")
        };
        Ok(Ask::post(route, Value::Object(body)))
    }

    /// Whether the owner is an organisation. A user's own account is the only other place there is.
    async fn is_organisation(&self) -> Result<bool, Failure> {
        let (github, owner) = (self.github, &self.slug.owner);
        let account = match github.ask(owner, Ask::get(Route::fixed("users").name(owner)?).kept()).await {
            Ok(answer) => answer.read::<Account>()?,
            Err(Failure::NotFound(_)) => {
                return Err(Failure::Unaskable(format!(
                    "there is no account `{owner}` on `{}`; check the owner in `repoUrl`",
                    github.shared.host
                )));
            }
            Err(failure) => return Err(failure),
        };
        if account.kind == "Organization" {
            return Ok(true);
        }
        if github.shared.access.token(github, owner).await?.is_of_installation() {
            return Err(Failure::Settings(format!(
                "`{owner}` is a user, and GitHub lets no App make repositories for users; give the step the user's own \
                 `token`, or make it in an organisation"
            )));
        }
        let me: Account = github.ask(owner, Ask::get(Route::fixed("user")).kept()).await?.read()?;
        if me.login.eq_ignore_ascii_case(owner) {
            return Ok(false);
        }
        Err(Failure::Settings(format!(
            "`{owner}` is a user, and the token is one of `{}`: repositories can only be made in one's own account or in an \
             organisation",
            me.login
        )))
    }

    /// The settings that a repository does not have as they are wanted.
    fn missing(&self, body: &Value) -> Map<String, Value> {
        let mut wanted = self.new.settings.clone();
        if self.from.is_some()
            && let Some(homepage) = &self.new.homepage
        {
            wanted.insert("homepage".to_owned(), homepage.clone().into());
        }
        if self.new.visibility == Visibility::Internal {
            wanted.insert("visibility".to_owned(), json!("internal"));
        }
        wanted.retain(|name, value| {
            LATER.contains(&name.as_str())
                && match body.get(name.as_str()) {
                    Some(has) => has != value,
                    // It is not told to everybody. What was given with the call that made it stands.
                    None => {
                        !(self.from.is_none() && AT_ONCE.contains(&name.as_str())) && *value != json!(false)
                    }
                }
        });
        wanted
    }

    fn check_settings(&self) -> Result<(), ForgeError> {
        let known = |name: &str| {
            [&AT_ONCE[..], &AT_ONCE_IN_ORGANISATIONS[..], &LATER[..]]
                .iter()
                .any(|names| names.contains(&name))
        };
        match self.new.settings.keys().find(|name| !known(name)) {
            None => Ok(()),
            Some(name) => Err(ForgeError::Invalid(format!(
                "`{}` is no setting that a repository of GitHub is made with",
                name.escape_debug()
            ))),
        }
    }
}
