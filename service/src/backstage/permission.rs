//! Asking Backstage what a user may do.
//!
//! One question holds all permissions that a request needs and costs one exchange. What Backstage ties to
//! conditions comes back as [`Criteria`], and whoever knows the resource judges them. Nothing is remembered from
//! one question to the next. The invariant: a permission is granted by an answer alone that says so and can be
//! read as a whole; what was not asked, or is tied to a rule that is not known here, is refused.

mod criteria;
mod rules;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{ApiPath, Backstage, BackstageError, Credentials, Request, UserToken};

pub use criteria::Criteria;
pub use rules::{ActionRule, Property, TaskRule, TemplatePartRule, TemplateRule};

use criteria::Condition;

/// A permission, by the names that policies know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    /// Its name.
    pub name: &'static str,
    /// Its attribute `action`, where it has one.
    pub action: Option<&'static str>,
    /// The type of resource that it is about; without one it is held or not, whatever the resource.
    pub resource_type: Option<&'static str>,
}

const TASK: Option<&str> = Some("scaffolder-task");
const TEMPLATE_PART: Option<&str> = Some("scaffolder-template");

/// Create tasks.
pub const TASK_CREATE: Permission =
    Permission { name: "scaffolder.task.create", action: Some("create"), resource_type: None };
/// See tasks and their events.
pub const TASK_READ: Permission =
    Permission { name: "scaffolder.task.read", action: Some("read"), resource_type: TASK };
/// Stop tasks.
pub const TASK_CANCEL: Permission =
    Permission { name: "scaffolder.task.cancel", action: None, resource_type: TASK };
/// See pages of a form.
pub const PARAMETER_READ: Permission = Permission {
    name: "scaffolder.template.parameter.read",
    action: Some("read"),
    resource_type: TEMPLATE_PART,
};
/// See steps, and have them run.
pub const STEP_READ: Permission =
    Permission { name: "scaffolder.template.step.read", action: Some("read"), resource_type: TEMPLATE_PART };
/// Run actions.
pub const ACTION_EXECUTE: Permission =
    Permission { name: "scaffolder.action.execute", action: None, resource_type: Some("scaffolder-action") };
/// Make dry runs.
pub const TEMPLATE_DRY_RUN: Permission =
    Permission { name: "scaffolder.template.dry-run", action: None, resource_type: None };
/// Run this template: Backstage's scaffolder has no such permission.
pub const TEMPLATE_RUN: Permission =
    Permission { name: "stagecraft.template.run", action: None, resource_type: Some("stagecraft-template") };

/// See which locations the catalog reads; Backstage's catalog has it.
pub const LOCATION_READ: Permission =
    Permission { name: "catalog.location.read", action: Some("read"), resource_type: None };
/// Bring locations into the catalog; Backstage's catalog has it.
pub const LOCATION_CREATE: Permission =
    Permission { name: "catalog.location.create", action: Some("create"), resource_type: None };

/// Every permission of the plugins that this service answers as.
pub const ALL: [Permission; 8] = [
    TASK_CREATE,
    TASK_READ,
    TASK_CANCEL,
    PARAMETER_READ,
    STEP_READ,
    ACTION_EXECUTE,
    TEMPLATE_DRY_RUN,
    TEMPLATE_RUN,
];

/// What Backstage decided about the permissions of one question.
#[derive(Clone, Debug)]
pub struct Decisions {
    /// By name; none where nobody has to be asked and everything is allowed.
    said: Option<BTreeMap<&'static str, Said>>,
}

/// One decision as it was answered.
#[derive(Clone, Debug)]
enum Said {
    Allow,
    Deny,
    Conditional(Criteria<Condition>),
}

/// A decision about a resource that is to be looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision<R> {
    /// Whatever the resource is.
    Allow,
    /// Whatever the resource is.
    Deny,
    /// If the resource fits.
    When(Criteria<R>),
}

impl<R> Decision<R> {
    /// Whether the resource may be touched about which `holds` judges each rule.
    pub fn allows(&self, holds: impl Fn(&R) -> bool) -> bool {
        match self {
            Self::Allow => true,
            Self::Deny => false,
            Self::When(criteria) => criteria.holds(&holds),
        }
    }
}

impl Decisions {
    /// For callers about whom nobody is asked.
    pub fn everything() -> Self {
        Self { said: None }
    }

    /// As if Backstage had tied a permission to these conditions; none if they cannot be read.
    pub fn under(permission: &Permission, conditions: &Value) -> Option<Self> {
        let said = Said::Conditional(Criteria::read(conditions)?);
        Some(Self { said: Some(BTreeMap::from([(permission.name, said)])) })
    }

    /// Whether a permission without a resource is held.
    pub fn grants(&self, permission: &Permission) -> bool {
        match &self.said {
            None => true,
            Some(said) => matches!(said.get(permission.name), Some(Said::Allow)),
        }
    }

    /// The decision about a resource, its conditions read by `rule`. Conditions of which one cannot be read are
    /// never met.
    pub fn about<R>(&self, permission: &Permission, rule: impl Fn(&str, &Value) -> Option<R>) -> Decision<R> {
        let Some(said) = &self.said else { return Decision::Allow };
        match said.get(permission.name) {
            Some(Said::Allow) => Decision::Allow,
            Some(Said::Deny) | None => Decision::Deny,
            Some(Said::Conditional(criteria)) => {
                let read = criteria.try_map(&|condition: &Condition| {
                    let known = permission.resource_type == Some(condition.resource_type.as_str());
                    let read = known.then(|| rule(&condition.rule, &condition.params)).flatten();
                    if read.is_none() {
                        tracing::warn!(
                            permission.name = permission.name,
                            rule.name = %condition.rule.escape_debug(),
                            "Backstage's policy ties the permission to a rule that is not known here, or to \
                             parameters that the rule does not have; it is refused"
                        );
                    }
                    read
                });
                read.map_or(Decision::Deny, Decision::When)
            }
        }
    }
}

#[derive(Deserialize)]
struct Body {
    items: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: String,
    result: String,
    resource_type: Option<String>,
    conditions: Option<Value>,
}

impl Backstage {
    /// Asks what this user may do, all of it at once. No decision is an error, whatever the reason.
    pub async fn authorize(
        &self,
        user: &UserToken,
        asked: &[Permission],
        timeout: Duration,
    ) -> Result<Decisions, BackstageError> {
        let request = Request {
            method: "POST".to_owned(),
            path: ApiPath::parse("permission/authorize")?,
            query: Vec::new(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: Some(question(asked).to_string().into_bytes()),
            credentials: Credentials::User(user.clone()),
            timeout,
            shown: "the question what the user may do".to_owned(),
        };
        let answer = self.send(&request).await?;
        match answer.status {
            200 => read(asked, &answer.body).map_err(|what| {
                BackstageError::Unavailable(format!(
                    "Backstage answered {} in a way that {what}",
                    request.shown
                ))
            }),
            401 => Err(user.expired()),
            // Its permission backend speaks of conditions to plugins alone.
            400 => Err(BackstageError::NotAllowed(format!(
                "{}. Backstage tells a plugin that acts for the user, and not the user, under which conditions something is \
                 allowed: leave `backstage.token` empty, so that the service acts with keys of its own, or set \
                 `backstage.permissions: false`",
                answer.refusal(&request.shown)
            ))),
            404 => Err(BackstageError::NotFound(format!(
                "{}. Add Backstage's permission backend, or set `backstage.permissions: false`",
                answer.refusal(&request.shown)
            ))),
            _ => Err(answer.refusal(&request.shown)),
        }
    }
}

/// The question as Backstage's own clients write it. Nothing is said of a resource, so that the answer holds the
/// conditions and not a verdict.
fn question(asked: &[Permission]) -> Value {
    let items = asked.iter().enumerate().map(|(index, permission)| {
        let attributes = match permission.action {
            Some(action) => json!({ "action": action }),
            None => json!({}),
        };
        let mut written = json!({ "type": "basic", "name": permission.name, "attributes": attributes });
        if let (Some(resource_type), Some(written)) = (permission.resource_type, written.as_object_mut()) {
            written.insert("type".to_owned(), json!("resource"));
            written.insert("resourceType".to_owned(), json!(resource_type));
        }
        json!({ "id": index.to_string(), "permission": written })
    });
    json!({ "items": items.collect::<Vec<_>>() })
}

/// The decisions of an answer; or why it is not one.
fn read(asked: &[Permission], body: &[u8]) -> Result<Decisions, &'static str> {
    let body: Body = serde_json::from_slice(body).map_err(|_| "cannot be read")?;
    if body.items.len() != asked.len() {
        return Err("does not fit the question");
    }
    let mut said = BTreeMap::new();
    for (index, permission) in asked.iter().enumerate() {
        let id = index.to_string();
        let mut items = body.items.iter().filter(|item| item.id == id);
        let (Some(item), None) = (items.next(), items.next()) else {
            return Err("does not fit the question");
        };
        let decision = match (item.result.as_str(), permission.resource_type) {
            ("ALLOW", _) => Said::Allow,
            ("DENY", _) => Said::Deny,
            ("CONDITIONAL", Some(wanted)) if item.resource_type.as_deref() == Some(wanted) => {
                let criteria = item.conditions.as_ref().and_then(Criteria::read);
                Said::Conditional(criteria.ok_or("has conditions that cannot be read")?)
            }
            ("CONDITIONAL", _) => return Err("has conditions about something else"),
            _ => return Err("is no decision"),
        };
        said.insert(permission.name, decision);
    }
    Ok(Decisions { said: Some(said) })
}

#[cfg(test)]
mod tests;
