//! Apps and their installations.

use serde_json::{Value, json};

use super::account::simple_of;
use super::node_id;
use crate::clock::written;
use crate::state::State;
use crate::state::app::{App, Installation};

/// An App.
pub(crate) fn app(state: &State, app: &App) -> Value {
    let installations = state.installations.iter().filter(|one| one.app == app.id).count();
    json!({
        "id": app.id,
        "slug": app.slug,
        "client_id": app.client_id,
        "node_id": node_id("A", app.id),
        "owner": simple_of(state, &app.owner),
        "name": app.slug,
        "description": "",
        "external_url": format!("{}/apps/{}", state.bases.web, app.slug),
        "html_url": format!("{}/apps/{}", state.bases.web, app.slug),
        "created_at": written(app.created),
        "updated_at": written(app.created),
        "permissions": app.permissions,
        "events": app.events,
        "installations_count": installations,
    })
}

/// An installation.
pub(crate) fn installation(state: &State, one: &Installation) -> Value {
    let app = state.app(one.app);
    let account = state.account(&one.account);
    let organisation = account.is_some_and(crate::state::account::Account::is_organisation);
    let suspender = one.suspended.map_or(Value::Null, |_| simple_of(state, &one.account));
    let page = if organisation { format!("organizations/{}/", one.account) } else { String::new() };
    json!({
        "id": one.id,
        "client_id": app.map(|app| app.client_id.clone()),
        "account": simple_of(state, &one.account),
        "repository_selection": if one.repositories.is_some() { "selected" } else { "all" },
        "access_tokens_url": format!("{}/app/installations/{}/access_tokens", state.bases.api, one.id),
        "repositories_url": format!("{}/installation/repositories", state.bases.api),
        "html_url": format!("{}/{page}settings/installations/{}", state.bases.web, one.id),
        "app_id": one.app,
        "app_slug": app.map(|app| app.slug.clone()),
        "target_id": account.map(|account| account.id),
        "target_type": if organisation { "Organization" } else { "User" },
        "permissions": one.permissions,
        "events": app.map(|app| app.events.clone()),
        "created_at": written(one.created),
        "updated_at": written(one.created),
        "single_file_name": null,
        "has_multiple_single_files": false,
        "single_file_paths": [],
        "suspended_by": suspender,
        "suspended_at": one.suspended.map(written),
    })
}
