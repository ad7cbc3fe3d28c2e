//! What Actions may do in a repository: whether they run, which ones, with which token, under which OIDC subject.

use serde_json::{Value, json};

use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::errors;
use crate::router::{Route, route};
use crate::state::State;
use crate::state::wiring::{ActionsPolicy, OidcSubject};

const READ: Needs = Needs::Repository(&[("administration", "read")]);
const WRITE: Needs = Needs::Repository(&[("administration", "write")]);
const PERMISSIONS: &str = "/repos/{owner}/{repo}/actions/permissions";
const ACCESS: &str = "/repos/{owner}/{repo}/actions/permissions/access";
const SELECTED: &str = "/repos/{owner}/{repo}/actions/permissions/selected-actions";
const WORKFLOW: &str = "/repos/{owner}/{repo}/actions/permissions/workflow";
const SUBJECT: &str = "/repos/{owner}/{repo}/actions/oidc/customization/sub";
const SUBJECT_OF_ORGANISATION: &str = "/orgs/{org}/actions/oidc/customization/sub";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", PERMISSIONS, "actions/get-github-actions-permissions-repository", READ, permissions),
    route("PUT", PERMISSIONS, "actions/set-github-actions-permissions-repository", WRITE, set_permissions),
    route("GET", ACCESS, "actions/get-workflow-access-to-repository", READ, access),
    route("PUT", ACCESS, "actions/set-workflow-access-to-repository", WRITE, set_access),
    route("GET", SELECTED, "actions/get-allowed-actions-repository", READ, selected),
    route("PUT", SELECTED, "actions/set-allowed-actions-repository", WRITE, select),
    route(
        "GET",
        WORKFLOW,
        "actions/get-github-actions-default-workflow-permissions-repository",
        READ,
        workflow,
    ),
    route(
        "PUT",
        WORKFLOW,
        "actions/set-github-actions-default-workflow-permissions-repository",
        WRITE,
        set_workflow,
    ),
    route(
        "GET",
        SUBJECT,
        "actions/get-custom-oidc-sub-claim-for-repo",
        Needs::Repository(&[("actions", "read")]),
        subject,
    ),
    route(
        "PUT",
        SUBJECT,
        "actions/set-custom-oidc-sub-claim-for-repo",
        Needs::Repository(&[("actions", "write")]),
        set_subject,
    ),
    route(
        "GET",
        SUBJECT_OF_ORGANISATION,
        "oidc/get-oidc-custom-sub-template-for-org",
        Needs::Organisation(&[("organization_administration", "read")]),
        organisation_subject,
    ),
    route(
        "PUT",
        SUBJECT_OF_ORGANISATION,
        "oidc/update-oidc-custom-sub-template-for-org",
        Needs::Organisation(&[("organization_administration", "write")]),
        set_organisation_subject,
    ),
];

fn policy<'state>(state: &'state mut State, call: &Call) -> Result<&'state mut ActionsPolicy, Answer> {
    Ok(&mut call.repository_mut(state)?.wiring.actions)
}

fn permissions(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let url = format!("{}{}/selected-actions", state.bases.api, call.path);
    let policy = policy(state, call)?;
    let mut body = json!({ "enabled": policy.enabled });
    if policy.enabled {
        body["allowed_actions"] = json!(policy.allowed_actions);
        body["sha_pinning_required"] = json!(policy.sha_pinning_required);
        if policy.allowed_actions == "selected" {
            body["selected_actions_url"] = json!(url);
        }
    }
    Ok(Answer::ok(body))
}

fn set_permissions(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let policy = policy(state, call)?;
    policy.enabled = call.flag("enabled").unwrap_or(policy.enabled);
    if let Some(allowed) = call.text("allowed_actions") {
        allowed.clone_into(&mut policy.allowed_actions);
    }
    policy.sha_pinning_required = call.flag("sha_pinning_required").unwrap_or(policy.sha_pinning_required);
    Ok(Answer::nothing())
}

fn access(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    Ok(Answer::ok(json!({ "access_level": policy(state, call)?.access_level })))
}

fn set_access(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let level = call.text("access_level").unwrap_or_default().to_owned();
    let repository = call.repository(state)?;
    if !repository.is_private() {
        return Err(errors::unprocessable(
            "Access policy only applies to internal and private repositories.",
        ));
    }
    let of_organisation = state.organisation(&repository.owner).is_ok();
    if (level == "organization") != of_organisation && level != "none" {
        return Err(errors::unprocessable("The access level is not available for this owner."));
    }
    policy(state, call)?.access_level = level;
    Ok(Answer::nothing())
}

/// 409 where not only selected actions may run.
fn only_selected(policy: &ActionsPolicy) -> Result<(), Answer> {
    if policy.enabled && policy.allowed_actions == "selected" {
        return Ok(());
    }
    Err(errors::error(409, "Allowed actions are not set to selected for this repository."))
}

fn selected(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let policy = policy(state, call)?;
    only_selected(policy)?;
    let flag = |key: &str| policy.selected.get(key).and_then(Value::as_bool).unwrap_or(false);
    let patterns = policy.selected.get("patterns_allowed").cloned().unwrap_or_else(|| json!([]));
    Ok(Answer::ok(json!({
        "github_owned_allowed": flag("github_owned_allowed"),
        "verified_allowed": flag("verified_allowed"),
        "patterns_allowed": patterns,
    })))
}

fn select(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let policy = policy(state, call)?;
    only_selected(policy)?;
    policy.selected.extend(call.body.as_object().cloned().unwrap_or_default());
    Ok(Answer::nothing())
}

fn workflow(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let policy = policy(state, call)?;
    Ok(Answer::ok(json!({
        "default_workflow_permissions": policy.default_workflow_permissions,
        "can_approve_pull_request_reviews": policy.can_approve_pull_request_reviews,
    })))
}

fn set_workflow(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let policy = policy(state, call)?;
    if let Some(level) = call.text("default_workflow_permissions") {
        level.clone_into(&mut policy.default_workflow_permissions);
    }
    let approve = call.flag("can_approve_pull_request_reviews");
    policy.can_approve_pull_request_reviews = approve.unwrap_or(policy.can_approve_pull_request_reviews);
    Ok(Answer::nothing())
}

fn subject_shown(subject: &OidcSubject) -> Value {
    let mut body = json!({ "use_default": subject.use_default });
    if !subject.use_default {
        body["include_claim_keys"] = json!(subject.include_claim_keys);
    }
    if let Some(immutable) = subject.use_immutable_subject {
        body["use_immutable_subject"] = json!(immutable);
    }
    body
}

fn subject(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let oidc = call.repository(state)?.wiring.oidc.as_ref();
    Ok(Answer::ok(oidc.map_or_else(|| json!({ "use_default": true }), subject_shown)))
}

/// The claims of a body, which may be letters and underscores.
fn claims(call: &Call) -> Result<Vec<String>, Answer> {
    let claims = call.texts("include_claim_keys").unwrap_or_default();
    let fits = |claim: &String| {
        !claim.is_empty() && claim.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    if claims.iter().all(fits) { Ok(claims) } else { Err(errors::unprocessable("Invalid claim keys")) }
}

fn set_subject(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let include_claim_keys = claims(call)?;
    let use_default = call.flag("use_default").unwrap_or(true);
    if use_default && !include_claim_keys.is_empty() {
        return Err(errors::unprocessable("include_claim_keys cannot be set when use_default is true"));
    }
    let use_immutable_subject = call.flag("use_immutable_subject");
    let subject = OidcSubject { use_default, include_claim_keys, use_immutable_subject };
    call.repository_mut(state)?.wiring.oidc = Some(subject);
    Ok(Answer::created(json!({})))
}

fn organisation_subject(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let oidc = state.organisation(call.param("org"))?.oidc.as_ref();
    let keys = oidc
        .map_or_else(|| vec!["repo".to_owned(), "context".to_owned()], |one| one.include_claim_keys.clone());
    Ok(Answer::ok(json!({ "include_claim_keys": keys })))
}

fn set_organisation_subject(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let include_claim_keys = claims(call)?;
    let use_immutable_subject = call.flag("use_immutable_subject");
    let account = state.accounts.get_mut(&call.param("org").to_lowercase()).ok_or_else(errors::not_found)?;
    account.oidc = Some(OidcSubject { use_default: false, include_claim_keys, use_immutable_subject });
    Ok(Answer::created(json!({})))
}
