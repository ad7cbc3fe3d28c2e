//! Who may work on a repository: teams and users with a role each. Others than those that are wanted stay.
//!
//! A user outside of the organisation is invited; who is invited already is not invited again. A team or user that
//! does not exist is an error that names it, before anything is changed.

use serde_json::{Value, json};

use super::check::segment;
use super::plan::{At, Plan, id, refused, text};
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;
use crate::forge::github::route::Route;
use crate::forge::{Change, ForgeError, RepoSlug};

/// Somebody with a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    who: Who,
    /// As roles are called: `read`, `write`, `admin`, or a role of the organisation's own.
    role: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Who {
    Team(String),
    User(String),
}

/// Reads `acme/platform` (a team of the owner) or `jane`; the owner herself needs nothing.
pub(super) fn of_administrator(slug: &RepoSlug, who: &str) -> Result<Option<Member>, ForgeError> {
    let (who, name) = match who.split_once('/') {
        Some((owner, team)) if owner.eq_ignore_ascii_case(&slug.owner) => (Who::Team(team.to_owned()), team),
        Some((owner, _)) => {
            return Err(ForgeError::Invalid(format!(
                "`{}` is a team of `{}`; only teams of `{}` can work on its repositories",
                cut(who),
                cut(owner),
                slug.owner
            )));
        }
        None if who.eq_ignore_ascii_case(&slug.owner) => return Ok(None),
        None => (Who::User(who.to_owned()), who),
    };
    segment(name)?;
    Ok(Some(Member { who, role: "admin".to_owned() }))
}

/// Reads `[{user|team, access}]`.
pub(super) fn of_list(slug: &RepoSlug, list: &Value) -> Result<Vec<Member>, ForgeError> {
    let bad = || {
        ForgeError::Invalid(
            "collaborators are a list; each has `user` or `team`, and `access` such as `push`".to_owned(),
        )
    };
    let mut members = Vec::new();
    for item in list.as_array().ok_or_else(bad)? {
        let name = |key: &str| item.get(key).and_then(Value::as_str);
        let (who, name) = match (name("user"), name("team")) {
            (Some(user), _) if user.eq_ignore_ascii_case(&slug.owner) => continue,
            (Some(user), _) => (Who::User(user.to_owned()), user),
            (None, Some(team)) => (Who::Team(team.to_owned()), team),
            (None, None) => return Err(bad()),
        };
        segment(name)?;
        let access = item.get("access").and_then(Value::as_str).filter(|access| !access.is_empty());
        members.push(Member { who, role: role(access.ok_or_else(bad)?) });
    }
    Ok(members)
}

/// The administrator, if it is not the owner.
pub(super) async fn administrator(at: &At<'_>, who: &str) -> Result<Plan, Failure> {
    let member = of_administrator(at.slug, who).map_err(refused)?;
    look(at, &member.into_iter().collect::<Vec<_>>()).await
}

/// The collaborators.
pub(super) async fn collaborators(at: &At<'_>, list: &Value) -> Result<Plan, Failure> {
    look(at, &of_list(at.slug, list).map_err(refused)?).await
}

async fn look(at: &At<'_>, members: &[Member]) -> Result<Plan, Failure> {
    let mut plan = Plan::default();
    let is_team = |member: &&Member| matches!(member.who, Who::Team(_));
    if members.iter().any(|member| is_team(&member)) {
        let found = at.list(at.route("teams")?, None).await?;
        for member in members.iter().filter(is_team) {
            plan.then(team(at, member, &found).await?);
        }
    }
    let users: Vec<&Member> = members.iter().filter(|member| !is_team(member)).collect();
    if !users.is_empty() {
        let found = at.list(at.route("collaborators")?.with("affiliation", "direct"), None).await?;
        let is_there = |member: &&Member| current(&found, "login", member.name()).is_some();
        let invited = if users.iter().all(is_there) {
            Vec::new()
        } else {
            at.list(at.route("invitations")?, None).await?
        };
        for member in users {
            plan.then(user(at, member, &found, &invited).await?);
        }
    }
    Ok(plan)
}

async fn team(at: &At<'_>, member: &Member, found: &[Value]) -> Result<Plan, Failure> {
    let (name, owner) = (member.name(), &at.slug.owner);
    let team = Route::fixed("orgs").name(owner).and_then(|route| route.then("teams").name(name));
    let team = team.map_err(refused)?;
    let what = format!("team `{owner}/{name}`");
    let change = match current(found, "slug", name).map(|found| role(text(found, "permission"))) {
        Some(current) if current == member.role => return Ok(Plan::default()),
        Some(current) => Change::replace(what, Some(current), Some(member.role.clone())),
        None => {
            if at.find(team.clone()).await?.is_none() {
                return Err(Failure::Unaskable(format!(
                    "there is no team `{name}` in `{owner}`, or it may not be seen; check its short name"
                )));
            }
            Change::add(what, Some(member.role.clone()))
        }
    };
    let route =
        team.then("repos").name(owner).and_then(|route| route.name(&at.slug.name)).map_err(refused)?;
    Ok(Plan::one(change, Ask::put(route, Some(json!({ "permission": permission(&member.role) })))))
}

async fn user(at: &At<'_>, member: &Member, found: &[Value], invited: &[Value]) -> Result<Plan, Failure> {
    let (name, after) = (member.name(), Some(member.role.clone()));
    let what = format!("collaborator `{name}`");
    let route = at.route("collaborators")?.name(name).map_err(refused)?;
    let put = Ask::put(route, Some(json!({ "permission": permission(&member.role) })));
    if let Some(found) = current(found, "login", name) {
        let current = role(text(found, "role_name"));
        if current == member.role {
            return Ok(Plan::default());
        }
        return Ok(Plan::one(Change::replace(what, Some(current), after), put));
    }
    let invitation = invited.iter().find(|invitation| {
        let invitee = invitation.get("invitee").map(|invitee| text(invitee, "login"));
        invitee.is_some_and(|login| login.eq_ignore_ascii_case(name))
    });
    if let Some(invitation) = invitation {
        let current = role(text(invitation, "permissions"));
        if current == member.role {
            return Ok(Plan::default());
        }
        let ask = if is_of_github(&member.role) {
            let route = at.route("invitations")?.number(id(invitation));
            Ask::patch(route, json!({ "permissions": member.role }))
        } else {
            put
        };
        return Ok(Plan::one(Change::replace(what, Some(current), after), ask));
    }
    let known = Route::fixed("users").name(name).map_err(refused)?;
    if at.find(known).await?.is_none() {
        return Err(Failure::Unaskable(format!("there is no user `{name}`; check the name")));
    }
    Ok(Plan::one(Change::add(what, after), put))
}

impl Member {
    fn name(&self) -> &str {
        match &self.who {
            Who::Team(name) | Who::User(name) => name,
        }
    }
}

fn current<'v>(found: &'v [Value], key: &str, name: &str) -> Option<&'v Value> {
    found.iter().find(|item| text(item, key).eq_ignore_ascii_case(name))
}

/// The role that a permission stands for. GitHub has two words for two of them.
fn role(permission: &str) -> String {
    match permission {
        "pull" => "read".to_owned(),
        "push" => "write".to_owned(),
        other => other.to_owned(),
    }
}

/// The word by which a role is given.
fn permission(role: &str) -> &str {
    match role {
        "read" => "pull",
        "write" => "push",
        other => other,
    }
}

fn is_of_github(role: &str) -> bool {
    matches!(role, "read" | "triage" | "write" | "maintain" | "admin")
}

fn cut(text: &str) -> String {
    text.chars().take(80).collect::<String>().escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slug() -> RepoSlug {
        RepoSlug { host: "github.com".to_owned(), owner: "Acme".to_owned(), name: "shop".to_owned() }
    }

    #[test]
    fn an_administrator_is_a_team_of_the_owner_or_a_user() {
        let of = |who: &str| of_administrator(&slug(), who).map(|member| member.map(|member| member.who));

        assert_eq!(of("acme/platform").unwrap(), Some(Who::Team("platform".to_owned())));
        assert_eq!(of("jane").unwrap(), Some(Who::User("jane".to_owned())));
        assert_eq!(of("acme").unwrap(), None);
        for bad in ["other/platform", "acme/..", "", "acme/", "..", "other/../x"] {
            assert!(matches!(of(bad), Err(ForgeError::Invalid(_))), "{bad}");
        }
    }

    #[test]
    fn two_words_for_one_role_are_the_same() {
        let members = of_list(
            &slug(),
            &json!([
                { "user": "jane", "access": "push" },
                { "team": "platform", "access": "write" },
                { "user": "acme", "access": "admin" },
            ]),
        )
        .unwrap();

        assert_eq!(members.iter().map(|member| member.role.as_str()).collect::<Vec<_>>(), ["write", "write"]);
        assert_eq!(permission("write"), "push");
        assert_eq!(permission("security-manager"), "security-manager");
    }

    #[test]
    fn a_collaborator_without_name_or_access_is_refused() {
        for bad in [json!({}), json!([{ "user": "jane" }]), json!([{ "access": "push" }]), json!(["jane"])] {
            assert!(matches!(of_list(&slug(), &bad), Err(ForgeError::Invalid(_))), "{bad}");
        }
    }
}
