//! Users and organisations.

use serde_json::{Map, Value, json};

use super::node_id;
use crate::clock::written;
use crate::state::State;
use crate::state::account::Account;

/// Objects merged: the later one wins.
pub(crate) fn merged(one: Value, other: Value) -> Value {
    match (one, other) {
        (Value::Object(mut one), Value::Object(other)) => {
            one.extend(other);
            Value::Object(one)
        }
        (_, other) => other,
    }
}

/// As an owner, a member, a reviewer: the short form.
pub(crate) fn simple(state: &State, account: &Account) -> Value {
    let kind = if account.is_organisation() { "Organization" } else { "User" };
    somebody(state, &account.login, account.id, kind)
}

/// The short form of whoever it is.
fn somebody(state: &State, login: &str, id: u64, kind: &str) -> Value {
    let name = login.replace('[', "%5B").replace(']', "%5D");
    let url = format!("{}/users/{name}", state.bases.api);
    let page = login.strip_suffix("[bot]").map_or_else(|| login.to_owned(), |slug| format!("apps/{slug}"));
    let mut object = json!({
        "login": login,
        "id": id,
        "node_id": node_id(if kind == "Organization" { "O" } else { "U" }, id),
        "avatar_url": format!("{}/avatars/u/{id}?v=4", state.bases.web),
        "gravatar_id": "",
        "url": url,
        "html_url": format!("{}/{page}", state.bases.web),
        "type": kind,
        "user_view_type": "public",
        "site_admin": false,
    });
    let links = [
        ("followers_url", "followers"),
        ("following_url", "following{/other_user}"),
        ("gists_url", "gists{/gist_id}"),
        ("starred_url", "starred{/owner}{/repo}"),
        ("subscriptions_url", "subscriptions"),
        ("organizations_url", "orgs"),
        ("repos_url", "repos"),
        ("events_url", "events{/privacy}"),
        ("received_events_url", "received_events"),
    ];
    for (name, rest) in links {
        object[name] = Value::String(format!("{url}/{rest}"));
    }
    object
}

/// The short form of the account or the App's bot with this login.
pub(crate) fn simple_of(state: &State, login: &str) -> Value {
    if let Some(account) = state.account(login) {
        return simple(state, account);
    }
    let slug = login.strip_suffix("[bot]");
    let app = slug.and_then(|slug| state.apps.iter().find(|app| app.slug == slug));
    app.map_or(Value::Null, |app| somebody(state, login, app.id, "Bot"))
}

/// How many repositories of the account everybody sees, and how many not.
fn counts(state: &State, account: &Account) -> (usize, usize) {
    let own = state.repositories.values().filter(|one| one.owner == account.login);
    let (private, public): (Vec<_>, Vec<_>) = own.partition(|one| one.is_private());
    (public.len(), private.len())
}

/// A user as everybody sees him.
pub(crate) fn public_user(state: &State, account: &Account) -> Value {
    let more = json!({
        "name": account.login,
        "company": null,
        "blog": "",
        "location": null,
        "email": null,
        "hireable": null,
        "bio": null,
        "twitter_username": null,
        "public_repos": counts(state, account).0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": written(account.created),
        "updated_at": written(account.created),
    });
    merged(simple(state, account), more)
}

/// A user as he sees himself.
pub(crate) fn private_user(state: &State, account: &Account) -> Value {
    let private = counts(state, account).1;
    let more = json!({
        "private_gists": 0,
        "total_private_repos": private,
        "owned_private_repos": private,
        "disk_usage": 0,
        "collaborators": 0,
        "two_factor_authentication": true,
        "plan": { "name": "free", "space": 976_562_499, "private_repos": 10000, "collaborators": 0 },
    });
    merged(public_user(state, account), more)
}

/// An organisation in lists.
pub(crate) fn organisation_simple(state: &State, account: &Account) -> Value {
    let url = format!("{}/orgs/{}", state.bases.api, account.login);
    let link = |rest: &str| Value::String(format!("{url}/{rest}"));
    let mut object = Map::new();
    object.insert("login".to_owned(), json!(account.login));
    object.insert("id".to_owned(), json!(account.id));
    object.insert("node_id".to_owned(), json!(node_id("O", account.id)));
    object.insert("url".to_owned(), json!(url));
    object.insert("repos_url".to_owned(), link("repos"));
    object.insert("events_url".to_owned(), link("events"));
    object.insert("hooks_url".to_owned(), link("hooks"));
    object.insert("issues_url".to_owned(), link("issues"));
    object.insert("members_url".to_owned(), link("members{/member}"));
    object.insert("public_members_url".to_owned(), link("public_members{/member}"));
    let avatar = format!("{}/avatars/u/{}?v=4", state.bases.web, account.id);
    object.insert("avatar_url".to_owned(), json!(avatar));
    object.insert("description".to_owned(), json!(""));
    Value::Object(object)
}

/// An organisation itself.
pub(crate) fn organisation(state: &State, account: &Account) -> Value {
    let (public, private) = counts(state, account);
    let more = json!({
        "name": account.login,
        "company": null,
        "location": null,
        "email": null,
        "twitter_username": null,
        "is_verified": false,
        "has_organization_projects": true,
        "has_repository_projects": true,
        "public_repos": public,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "html_url": format!("{}/{}", state.bases.web, account.login),
        "created_at": written(account.created),
        "updated_at": written(account.created),
        "archived_at": null,
        "type": "Organization",
        "total_private_repos": private,
        "owned_private_repos": private,
        "plan": { "name": if account.free { "free" } else { "team" }, "space": 976_562_499, "private_repos": 999_999, "filled_seats": account.members.len(), "seats": 100 },
        "default_repository_permission": "read",
        "members_can_create_repositories": account.members_create,
        "members_allowed_repository_creation_type": if account.members_create { "all" } else { "none" },
        "members_can_create_public_repositories": account.members_create,
        "members_can_create_private_repositories": account.members_create,
        "members_can_create_internal_repositories": false,
        "members_can_create_pages": true,
        "members_can_create_public_pages": true,
        "members_can_create_private_pages": true,
        "members_can_fork_private_repositories": false,
        "private_gists": 0,
        "disk_usage": 0,
        "collaborators": 0,
        "billing_email": format!("billing@{}.example.com", account.login),
        "two_factor_requirement_enabled": false,
        "web_commit_signoff_required": false,
    });
    let more = match more {
        Value::Object(mut more) => {
            // The description has them as texts that are left out, not as null.
            more.retain(|name, value| {
                !value.is_null() || ["twitter_username", "archived_at"].contains(&name.as_str())
            });
            Value::Object(more)
        }
        other => other,
    };
    merged(organisation_simple(state, account), more)
}
