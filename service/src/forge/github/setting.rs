//! Settings of a repository, each brought to what is wanted.
//!
//! Every kind looks at what is there and makes a plan of it: what differs, and the requests that end it. A plan is
//! carried out at once or only told. After an answer that was lost everything begins with a new look, so that what was
//! done is not done again. The invariant: a setting that is as wanted sends nothing that changes anything.

mod access;
mod autolink;
mod check;
mod compare;
mod deploy_key;
mod environment;
mod labels;
mod pages;
mod plan;
pub(super) mod properties;
mod protection;
mod repository;
mod ruleset;
mod secrets;
mod variables;
mod webhook;
mod workflows;

use std::sync::OnceLock;

use super::GitHub;
use super::answer::Failure;
use super::patience::patiently;
use crate::forge::{Change, ForgeError, Mode, RepoSlug, Setting};

use plan::{At, Plan};
use secrets::Scope;

/// Brings one setting to what is wanted.
pub(super) async fn converge(
    github: &GitHub,
    slug: &RepoSlug,
    setting: &Setting,
    mode: Mode,
) -> Result<Vec<Change>, ForgeError> {
    check::check(slug, setting)?;
    let what = format!("{} of `{}/{}`", name(setting), slug.owner, slug.name);
    let at = At::new(github, slug);
    // What was different before anything was done, however often it took.
    let first = OnceLock::new();
    patiently(github, slug, &what, || once(&at, setting, mode, &first)).await?;
    Ok(first.into_inner().unwrap_or_default())
}

async fn once(
    at: &At<'_>,
    setting: &Setting,
    mode: Mode,
    first: &OnceLock<Vec<Change>>,
) -> Result<(), Failure> {
    let plan = look(at, setting).await?;
    first.get_or_init(|| plan.changes.clone());
    if mode == Mode::Plan {
        return Ok(());
    }
    match at.carry_out(plan).await {
        // Somebody was faster, perhaps an earlier request of ours: what is there now decides.
        Err(Failure::Conflict(_)) => match at.carry_out(look(at, setting).await?).await {
            // It is there, and is not what was looked at: a key that serves elsewhere, for example.
            Err(Failure::Conflict(message)) => Err(Failure::Invalid(message)),
            done => done,
        },
        done => done,
    }
}

async fn look(at: &At<'_>, setting: &Setting) -> Result<Plan, Failure> {
    match setting {
        Setting::Topics(topics) => repository::topics(at, topics).await,
        Setting::Access(who) => access::administrator(at, who).await,
        Setting::Collaborators(list) => access::collaborators(at, list).await,
        Setting::Variables(variables) => variables::look(at, None, variables).await,
        Setting::Secrets(secrets) => secrets::look(at, Scope::Actions, secrets).await,
        Setting::OidcCustomization(wanted) => workflows::identity(at, wanted).await,
        Setting::CustomProperties(wanted) => properties::look(at, wanted).await,
        Setting::WorkflowAccess(level) => workflows::access(at, level).await,
        Setting::Subscription(watches) => repository::subscription(at, *watches).await,
        Setting::BranchProtection { branch, rules } => protection::look(at, branch, rules).await,
        Setting::Description(text) => repository::description(at, text.as_deref()).await,
        Setting::Archived(archived) => repository::archived(at, *archived).await,
        Setting::DependabotSecrets(secrets) => secrets::look(at, Scope::Dependabot, secrets).await,
        Setting::WorkflowPermissions(wanted) => workflows::permissions(at, wanted).await,
        Setting::Environment(wanted) => environment::look(at, wanted).await,
        Setting::Webhook(wanted) => webhook::look(at, wanted).await,
        Setting::DeployKey(wanted) => deploy_key::look(at, wanted).await,
        Setting::Autolink(wanted) => autolink::look(at, wanted).await,
        Setting::Pages(wanted) => pages::look(at, wanted).await,
        Setting::Ruleset(wanted) => ruleset::look(at, wanted).await,
        Setting::Labels { number, labels } => labels::look(at, *number, labels).await,
    }
}

/// What messages call it.
fn name(setting: &Setting) -> String {
    let words = match setting {
        Setting::Topics(_) => "the topics",
        Setting::Access(_) => "the administrator",
        Setting::Collaborators(_) => "the collaborators",
        Setting::Variables(_) => "the variables",
        Setting::Secrets(_) => "the secrets",
        Setting::OidcCustomization(_) => "the identity of the workflows",
        Setting::CustomProperties(_) => "the custom properties",
        Setting::WorkflowAccess(_) => "the access to the workflows",
        Setting::Subscription(_) => "the subscription",
        Setting::BranchProtection { branch, .. } => {
            return format!("the protection of the branch `{branch}`");
        }
        Setting::Description(_) => "the description",
        Setting::Archived(_) => "the archiving",
        Setting::DependabotSecrets(_) => "the secrets of Dependabot",
        Setting::WorkflowPermissions(_) => "the permissions of the workflows",
        Setting::Environment(wanted) => return format!("the environment `{}`", wanted.name),
        Setting::Webhook(_) => "the webhook",
        Setting::DeployKey(wanted) => return format!("the deploy key `{}`", wanted.title),
        Setting::Autolink(wanted) => return format!("the autolink `{}`", wanted.key_prefix),
        Setting::Pages(_) => "the pages",
        Setting::Ruleset(wanted) => return format!("the ruleset `{}`", wanted.name),
        Setting::Labels { number, .. } => return format!("the labels of #{number}"),
    };
    words.to_owned()
}
