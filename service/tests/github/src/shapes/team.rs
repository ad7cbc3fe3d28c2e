//! Teams.

use serde_json::{Value, json};

use super::node_id;
use crate::state::State;
use crate::state::account::{Account, Team};

/// A team in lists of reviewers: the short form.
pub(crate) fn simple(state: &State, owner: &Account, team: &Team) -> Value {
    let url = format!("{}/organizations/{}/team/{}", state.bases.api, owner.id, team.id);
    json!({
        "id": team.id,
        "node_id": node_id("T", team.id),
        "url": url,
        "members_url": format!("{url}/members{{/member}}"),
        "name": team.name,
        "description": "",
        "permission": "pull",
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "html_url": format!("{}/orgs/{}/teams/{}", state.bases.web, owner.login, team.slug),
        "repositories_url": format!("{url}/repos"),
        "slug": team.slug,
        "type": "organization",
        "organization_id": owner.id,
    })
}

/// A team, with what it may do where it is listed.
pub(crate) fn team(state: &State, owner: &Account, team: &Team, permission: &str) -> Value {
    let mut object = simple(state, owner, team);
    object["permission"] = json!(permission);
    object["parent"] = Value::Null;
    object
}
