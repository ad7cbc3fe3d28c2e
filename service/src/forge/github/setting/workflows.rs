//! What workflows may do, who may use them, and what their identity is made of.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::plan::{At, Plan, flag, refused, text};
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;
use crate::forge::{Change, ForgeError, WorkflowPermissions};

/// Which other repositories may use its workflows.
pub(super) async fn access(at: &At<'_>, wanted: &str) -> Result<Plan, Failure> {
    let route = at.route("actions/permissions/access")?;
    let found = at.get(route.clone()).await?;
    let current = text(&found, "access_level");
    if current == wanted {
        return Ok(Plan::default());
    }
    let change =
        Change::replace("access to the workflows", Some(current.to_owned()), Some(wanted.to_owned()));
    Ok(Plan::one(change, Ask::put(route, Some(json!({ "access_level": wanted })))))
}

/// What workflows may do. What is not said stays.
pub(super) async fn permissions(at: &At<'_>, wanted: &WorkflowPermissions) -> Result<Plan, Failure> {
    let mut plan = Plan::default();
    if wanted.enabled.is_some() || wanted.allowed_actions.is_some() {
        plan.then(use_of_actions(at, wanted).await?);
    }
    if wanted.default_permission.is_some() || wanted.can_approve_pull_requests.is_some() {
        plan.then(defaults(at, wanted).await?);
    }
    Ok(plan)
}

async fn use_of_actions(at: &At<'_>, wanted: &WorkflowPermissions) -> Result<Plan, Failure> {
    let route = at.route("actions/permissions")?;
    let found = at.get(route.clone()).await?;
    let current = flag(&found, "enabled");
    let enabled = wanted.enabled.unwrap_or(current);
    let mut changes = Vec::new();
    if enabled != current {
        let change = Change::replace("workflows run", Some(current.to_string()), Some(enabled.to_string()));
        changes.push(change);
    }
    let mut body = Map::from_iter([("enabled".to_owned(), enabled.into())]);
    // Where no workflow runs, GitHub keeps no choice of actions.
    if let Some(actions) = wanted.allowed_actions.as_deref().filter(|_| enabled) {
        let current = text(&found, "allowed_actions");
        if actions != current {
            let before = (!current.is_empty()).then(|| current.to_owned());
            changes.push(Change::replace("allowed actions", before, Some(actions.to_owned())));
        }
        body.insert("allowed_actions".to_owned(), actions.into());
    }
    Ok(Plan::all(changes, || Ask::put(route, Some(Value::Object(body)))))
}

async fn defaults(at: &At<'_>, wanted: &WorkflowPermissions) -> Result<Plan, Failure> {
    let route = at.route("actions/permissions/workflow")?;
    let found = at.get(route.clone()).await?;
    let (mut changes, mut body) = (Vec::new(), Map::new());
    if let Some(permission) = wanted.default_permission.as_deref() {
        let current = text(&found, "default_workflow_permissions");
        if permission != current {
            changes.push(Change::replace(
                "default permission of workflows",
                Some(current.to_owned()),
                Some(permission.to_owned()),
            ));
            body.insert("default_workflow_permissions".to_owned(), permission.into());
        }
    }
    if let Some(may) = wanted.can_approve_pull_requests {
        let current = flag(&found, "can_approve_pull_request_reviews");
        if may != current {
            changes.push(Change::replace(
                "workflows may approve pull requests",
                Some(current.to_string()),
                Some(may.to_string()),
            ));
            body.insert("can_approve_pull_request_reviews".to_owned(), may.into());
        }
    }
    Ok(Plan::all(changes, || Ask::put(route, Some(Value::Object(body)))))
}

/// What the identity of workflows is made of.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Identity {
    use_default: Option<bool>,
    #[serde(default)]
    include_claim_keys: Vec<String>,
    use_immutable_subject: Option<bool>,
}

/// Reads what is wanted.
pub(super) fn of_identity(wanted: &Value) -> Result<Identity, ForgeError> {
    serde_json::from_value(wanted.clone()).map_err(|error| {
        ForgeError::Invalid(format!("the identity of the workflows cannot be read: {error}"))
    })
}

/// The subject of the tokens by which workflows are known elsewhere. The order of its claims counts.
pub(super) async fn identity(at: &At<'_>, wanted: &Value) -> Result<Plan, Failure> {
    let wanted = of_identity(wanted).map_err(refused)?;
    let use_default = wanted.use_default.unwrap_or(wanted.include_claim_keys.is_empty());
    let route = at.route("actions/oidc/customization/sub")?;
    let found = at.get(route.clone()).await?;
    let current = described(flag(&found, "use_default"), &claims(&found));
    let after = described(use_default, &wanted.include_claim_keys);
    let mut changes = Vec::new();
    if current != after {
        changes.push(Change::replace("subject of the workflows' identity", Some(current), Some(after)));
    }
    let mut body = Map::from_iter([("use_default".to_owned(), use_default.into())]);
    if !use_default {
        body.insert("include_claim_keys".to_owned(), wanted.include_claim_keys.into());
    }
    if let Some(immutable) = wanted.use_immutable_subject {
        let current = flag(&found, "use_immutable_subject");
        if immutable != current {
            let (before, after) = (Some(current.to_string()), Some(immutable.to_string()));
            changes.push(Change::replace("ids in the subject of the workflows' identity", before, after));
        }
        body.insert("use_immutable_subject".to_owned(), immutable.into());
    }
    Ok(Plan::all(changes, || Ask::put(route, Some(Value::Object(body)))))
}

fn claims(found: &Value) -> Vec<String> {
    let keys = found.get("include_claim_keys").and_then(Value::as_array);
    keys.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn described(use_default: bool, claims: &[String]) -> String {
    if use_default { "the usual one".to_owned() } else { format!("made of {}", claims.join(", ")) }
}
