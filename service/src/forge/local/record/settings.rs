//! What each setting changes in a record.
//!
//! The invariant: applying a setting a second time changes nothing in the file, and tells no change but that secrets
//! are written, whose values the file does not hold; which of them are as they were is said by `known`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::super::super::{
    Autolink, Change, DeployKey, ForgeError, Pages, Ruleset, Setting, Webhook, WorkflowPermissions, checked,
};
use super::{More, Record};
use crate::secret::Secret;

/// What changes.
pub(super) type Changes = Vec<Change>;

/// Whose a secret is, behind its name.
pub(super) const OF_DEPENDABOT: &str = " of Dependabot";

/// The same of an environment.
pub(super) fn of_environment(name: &str) -> String {
    format!(" of the environment `{name}`")
}

/// What a change calls a secret.
pub(super) fn secret_of(name: &str, of: &str) -> String {
    format!("secret `{name}`{of}")
}

/// The same of a webhook.
pub(super) fn secret_of_webhook(url: &str) -> String {
    format!("secret of the webhook `{url}`")
}

impl Record {
    /// The record after a setting was applied, and what that changes.
    pub(in super::super) fn with(mut self, setting: &Setting) -> Result<(Self, Changes), ForgeError> {
        let changes = match setting {
            Setting::Topics(topics) => {
                let (topics, before) = (checked::topics(topics)?, listed(&self.topics));
                let is_same = BTreeSet::from_iter(&topics) == BTreeSet::from_iter(&self.topics);
                let changes = when(!is_same, || Change::replace("topics", before, listed(&topics)));
                self.topics = topics;
                changes
            }
            Setting::Access(who) => set(&mut self.access, "administrator", who.clone()),
            Setting::Collaborators(list) => set(&mut self.collaborators, "collaborators", list.clone()),
            Setting::Variables(variables) => set_variables(&mut self.variables, variables, "")?,
            Setting::Secrets(secrets) => write_secrets(&mut self.secrets, secrets, "")?,
            Setting::OidcCustomization(value) => {
                set(&mut self.oidc_customization, "subject of the workflows' identity", value.clone())
            }
            Setting::CustomProperties(value) => {
                set(&mut self.custom_properties, "custom properties", value.clone())
            }
            Setting::WorkflowAccess(level) => {
                checked::word("level of workflow access", level, &["none", "organization", "user"])?;
                set(&mut self.workflow_access, "access to the workflows", level.clone())
            }
            Setting::Subscription(watches) => set(&mut self.subscription, "subscription", *watches),
            Setting::BranchProtection { branch, rules } => {
                let what = format!("protection of the branch `{branch}`");
                let before = self.branch_protection.insert(branch.clone(), rules.clone());
                difference(what, before.map(Value::Object), Value::Object(rules.clone()))
            }
            Setting::Description(text) => {
                let changes = when(self.description != *text, || {
                    Change::replace("description", self.description.clone(), text.clone())
                });
                self.description = text.clone();
                changes
            }
            other => self.more.with(other)?,
        };
        Ok((self, changes))
    }
}

impl More {
    fn with(&mut self, setting: &Setting) -> Result<Changes, ForgeError> {
        Ok(match setting {
            Setting::Archived(archived) => {
                let before = std::mem::replace(&mut self.archived, *archived);
                when(before != *archived, || {
                    Change::replace("archived", Some(before.to_string()), Some(archived.to_string()))
                })
            }
            Setting::DependabotSecrets(secrets) => {
                write_secrets(&mut self.dependabot_secrets, secrets, OF_DEPENDABOT)?
            }
            Setting::WorkflowPermissions(wanted) => self.permissions(wanted)?,
            Setting::Environment(wanted) => {
                let what = format!("environment `{}`", wanted.name);
                let is_new = !self.environments.contains_key(&wanted.name);
                let mut changes = when(is_new, || Change::add(what, None));
                changes.extend(self.environments.entry(wanted.name.clone()).or_default().with(wanted)?);
                changes
            }
            Setting::Webhook(wanted) => self.webhook(wanted)?,
            Setting::DeployKey(DeployKey { title, public_key, read_only }) => {
                let value = json!({ "key": public_key.trim(), "readOnly": read_only });
                put(&mut self.deploy_keys, title, value, "deploy key")
            }
            Setting::Autolink(Autolink { key_prefix, url_template, is_alphanumeric }) => {
                let value = json!({ "urlTemplate": url_template, "isAlphanumeric": is_alphanumeric });
                put(&mut self.autolinks, key_prefix, value, "autolink")
            }
            Setting::Pages(wanted) => self.pages(wanted)?,
            Setting::Ruleset(wanted) => put(&mut self.rulesets, &wanted.name, ruleset(wanted), "ruleset"),
            Setting::Labels { number, labels } => {
                let there = self.labels.entry(number.to_string()).or_default();
                let missing = labels.iter().filter(|label| there.insert((*label).clone()));
                let changes =
                    missing.map(|label| Change::add(format!("label `{label}` of #{number}"), None)).collect();
                self.labels.retain(|_, labels| !labels.is_empty());
                changes
            }
            _ => Changes::new(),
        })
    }

    fn permissions(&mut self, wanted: &WorkflowPermissions) -> Result<Changes, ForgeError> {
        if let Some(actions) = &wanted.allowed_actions {
            checked::word("choice of allowed actions", actions, &["all", "local_only", "selected"])?;
        }
        if let Some(permission) = &wanted.default_permission {
            checked::word("default permission", permission, &["read", "write"])?;
        }
        let said = [
            ("enabled", "workflows run", wanted.enabled.map(Value::from)),
            ("allowedActions", "allowed actions", wanted.allowed_actions.clone().map(Value::from)),
            (
                "defaultPermission",
                "default permission of workflows",
                wanted.default_permission.clone().map(Value::from),
            ),
            (
                "canApprovePullRequests",
                "workflows may approve pull requests",
                wanted.can_approve_pull_requests.map(Value::from),
            ),
        ];
        let mut changes = Changes::new();
        for (key, what, value) in said.into_iter().filter_map(|(key, what, value)| Some((key, what, value?)))
        {
            let before = self.workflow_permissions.insert(key.to_owned(), value.clone());
            changes.extend(difference(what, before, value));
        }
        Ok(changes)
    }

    fn webhook(&mut self, wanted: &Webhook) -> Result<Changes, ForgeError> {
        checked::word("type of content", &wanted.content_type, &["json", "form"])?;
        let value = json!({
            "events": wanted.events,
            "active": wanted.active,
            "contentType": wanted.content_type,
            "insecureSsl": wanted.insecure_ssl,
        });
        let is_new = !self.webhooks.contains_key(&wanted.url);
        let mut changes = put(&mut self.webhooks, &wanted.url, value, "webhook");
        if wanted.secret.is_some() && !is_new {
            changes.push(Change::write(secret_of_webhook(&wanted.url)));
        }
        Ok(changes)
    }

    fn pages(&mut self, wanted: &Pages) -> Result<Changes, ForgeError> {
        checked::word("way to build pages", &wanted.build_type, &["workflow", "legacy"])?;
        let mut value = Map::from_iter([("buildType".to_owned(), wanted.build_type.clone().into())]);
        if wanted.build_type == "legacy" {
            value.insert("sourceBranch".to_owned(), wanted.source_branch.clone().into());
            value.insert("sourcePath".to_owned(), wanted.source_path.clone().into());
        }
        Ok(set(&mut self.pages, "pages", Value::Object(value)))
    }
}

fn ruleset(wanted: &Ruleset) -> Value {
    json!({
        "target": wanted.target,
        "enforcement": wanted.enforcement,
        "conditions": wanted.conditions,
        "rules": wanted.rules,
        "bypassActors": wanted.bypass_actors,
    })
}

/// Variables by their names in capitals; `of` says whose they are.
pub(super) fn set_variables(
    there: &mut BTreeMap<String, String>,
    wanted: &BTreeMap<String, String>,
    of: &str,
) -> Result<Changes, ForgeError> {
    let mut changes = Changes::new();
    for (name, value) in checked::by_name("variable", wanted)? {
        let before = there.insert(name.clone(), value.clone()).map(Value::from);
        changes.extend(difference(format!("variable `{name}`{of}"), before, value.clone().into()));
    }
    Ok(changes)
}

/// Names of secrets. Whether a value is another is not known here: no value is kept.
pub(super) fn write_secrets(
    there: &mut BTreeSet<String>,
    wanted: &BTreeMap<String, Secret>,
    of: &str,
) -> Result<Changes, ForgeError> {
    let mut changes = Changes::new();
    for name in checked::by_name("secret", wanted)?.into_keys() {
        let what = secret_of(&name, of);
        changes.push(if there.insert(name) { Change::add(what, None) } else { Change::write(what) });
    }
    Ok(changes)
}

/// Sets what may not have been set.
pub(super) fn set<T: Clone + Into<Value>>(there: &mut Option<T>, what: &str, value: T) -> Changes {
    let before = there.replace(value.clone());
    difference(what, before.map(Into::into), value.into())
}

fn put(there: &mut BTreeMap<String, Value>, name: &str, value: Value, what: &str) -> Changes {
    let before = there.insert(name.to_owned(), value.clone());
    difference(format!("{what} `{name}`"), before, value)
}

pub(super) fn difference(what: impl Into<String>, before: Option<Value>, after: Value) -> Changes {
    match before {
        Some(before) if before == after => Changes::new(),
        Some(before) => vec![Change::replace(what, Some(text(&before)), Some(text(&after)))],
        None => vec![Change::add(what, Some(text(&after)))],
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(super) fn listed(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| names.join(", "))
}

pub(super) fn when(is_so: bool, change: impl FnOnce() -> Change) -> Changes {
    if is_so { vec![change()] } else { Changes::new() }
}
