//! Whether a setting can be asked for at all.
//!
//! It asks nobody. The invariant: what passes has names that stay in their place in an address, and words that GitHub
//! knows, so that a refusal is ours, in our words, before anything was changed.

use crate::forge::github::route::Route;
use crate::forge::{
    BranchPolicy, EnvironmentSetting, ForgeError, RepoSlug, Reviewer, Setting, Webhook, WorkflowPermissions,
    checked,
};

use super::{access, workflows};

/// Refuses what GitHub would not take, or not understand.
pub(super) fn check(slug: &RepoSlug, setting: &Setting) -> Result<(), ForgeError> {
    slug.check()?;
    match setting {
        Setting::Topics(topics) => checked::topics(topics).map(|_| ()),
        Setting::Access(who) => access::of_administrator(slug, who).map(|_| ()),
        Setting::Collaborators(list) => access::of_list(slug, list).map(|_| ()),
        Setting::Variables(variables) => checked::by_name("variable", variables).map(|_| ()),
        Setting::Secrets(secrets) | Setting::DependabotSecrets(secrets) => {
            checked::by_name("secret", secrets).map(|_| ())
        }
        Setting::OidcCustomization(wanted) => workflows::of_identity(wanted).map(|_| ()),
        Setting::CustomProperties(wanted) if !wanted.is_object() => {
            Err(ForgeError::Invalid("custom properties are given by their names".to_owned()))
        }
        Setting::WorkflowAccess(level) => {
            checked::word("level of workflow access", level, &["none", "organization", "user"])
        }
        Setting::BranchProtection { branch, .. } => segment(branch),
        Setting::WorkflowPermissions(wanted) => permissions(wanted),
        Setting::Environment(wanted) => environment(wanted),
        Setting::Webhook(wanted) => webhook(wanted),
        Setting::Pages(wanted) => {
            checked::word("way to build pages", &wanted.build_type, &["workflow", "legacy"])
        }
        Setting::CustomProperties(_)
        | Setting::Subscription(_)
        | Setting::Description(_)
        | Setting::Archived(_)
        | Setting::DeployKey(_)
        | Setting::Autolink(_)
        | Setting::Ruleset(_)
        | Setting::Labels { .. } => Ok(()),
    }
}

/// A name that stays one part of an address.
pub(super) fn segment(name: &str) -> Result<(), ForgeError> {
    Route::fixed("repos").name(name).map(|_| ())
}

fn permissions(wanted: &WorkflowPermissions) -> Result<(), ForgeError> {
    if let Some(actions) = &wanted.allowed_actions {
        checked::word("choice of allowed actions", actions, &["all", "local_only", "selected"])?;
    }
    if let Some(permission) = &wanted.default_permission {
        checked::word("default permission", permission, &["read", "write"])?;
    }
    Ok(())
}

fn environment(wanted: &EnvironmentSetting) -> Result<(), ForgeError> {
    segment(&wanted.name)?;
    checked::by_name("variable", &wanted.variables)?;
    checked::by_name("secret", &wanted.secrets)?;
    for reviewer in wanted.reviewers.iter().flatten() {
        match reviewer {
            Reviewer::User(name) | Reviewer::Team(name) => segment(name)?,
        }
    }
    let has_patterns = !wanted.branch_patterns.is_empty() || !wanted.tag_patterns.is_empty();
    if has_patterns && matches!(wanted.branches, Some(BranchPolicy::All | BranchPolicy::Protected)) {
        return Err(ForgeError::Invalid(format!(
            "the environment `{}` has patterns of branches, but not the policy that uses them; leave one of both out",
            wanted.name
        )));
    }
    Ok(())
}

fn webhook(wanted: &Webhook) -> Result<(), ForgeError> {
    checked::word("type of content", &wanted.content_type, &["json", "form"])?;
    let is_web = reqwest::Url::parse(&wanted.url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if is_web {
        return Ok(());
    }
    Err(ForgeError::Invalid("the address of the webhook is no `http` or `https` address".to_owned()))
}
