//! Repositories, in their short and their full form.

use serde_json::{Value, json};

use super::account::simple_of;
use super::node_id;
use crate::auth::Identity;
use crate::clock::written;
use crate::state::State;
use crate::state::look::rank;
use crate::state::repository::Repository;

/// What stands behind a repository's URL, by the name of the link.
const LINKS: [(&str, &str); 37] = [
    ("forks_url", "/forks"),
    ("keys_url", "/keys{/key_id}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("teams_url", "/teams"),
    ("hooks_url", "/hooks"),
    ("issue_events_url", "/issues/events{/number}"),
    ("events_url", "/events"),
    ("assignees_url", "/assignees{/user}"),
    ("branches_url", "/branches{/branch}"),
    ("tags_url", "/tags"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("trees_url", "/git/trees{/sha}"),
    ("statuses_url", "/statuses/{sha}"),
    ("languages_url", "/languages"),
    ("stargazers_url", "/stargazers"),
    ("contributors_url", "/contributors"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("commits_url", "/commits{/sha}"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("comments_url", "/comments{/number}"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("contents_url", "/contents/{+path}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("merges_url", "/merges"),
    ("archive_url", "/{archive_format}{/ref}"),
    ("downloads_url", "/downloads"),
    ("issues_url", "/issues{/number}"),
    ("pulls_url", "/pulls{/number}"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("labels_url", "/labels{/name}"),
    ("releases_url", "/releases{/id}"),
    ("deployments_url", "/deployments"),
    ("url", ""),
];

/// The settings that lists tell; the others are told of one repository alone.
const IN_LISTS: [&str; 14] = [
    "description",
    "homepage",
    "has_issues",
    "has_projects",
    "has_wiki",
    "has_discussions",
    "has_downloads",
    "is_template",
    "archived",
    "allow_forking",
    "delete_branch_on_merge",
    "web_commit_signoff_required",
    "security_and_analysis",
    "has_pages",
];

/// What lists of repositories have.
pub(crate) fn short(state: &State, repository: &Repository, who: &Identity) -> Value {
    let full_name = repository.full_name();
    let url = format!("{}/repos/{full_name}", state.bases.api);
    let web = format!("{}/{full_name}", state.bases.web);
    let host = state.bases.web.split_once("://").map_or("", |(_, host)| host);
    let mut object = json!({
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": repository.name,
        "full_name": full_name,
        "private": repository.is_private(),
        "owner": simple_of(state, &repository.owner),
        "html_url": web,
        "fork": repository.parent.is_some(),
        "created_at": written(repository.created),
        "updated_at": written(repository.updated),
        "pushed_at": written(repository.pushed.unwrap_or(repository.created)),
        "git_url": format!("git://{host}/{full_name}.git"),
        "ssh_url": format!("git@{host}:{full_name}.git"),
        "clone_url": format!("{web}.git"),
        "svn_url": web,
        "size": 0,
        "stargazers_count": 0,
        "watchers_count": 0,
        "language": null,
        "has_pages": repository.setting("has_pages"),
        "forks_count": 0,
        "mirror_url": null,
        "disabled": false,
        "open_issues_count": 0,
        "license": null,
        "topics": repository.topics,
        "visibility": repository.visibility,
        "forks": 0,
        "open_issues": 0,
        "watchers": 0,
        "default_branch": repository.default_branch,
        "permissions": permissions(state, repository, who),
    });
    for (name, rest) in LINKS {
        object[name] = Value::String(format!("{url}{rest}"));
    }
    for (name, value) in repository.settings.iter().filter(|(name, _)| IN_LISTS.contains(&name.as_str())) {
        object[name] = value.clone();
    }
    if state.organisation(&repository.owner).is_ok() {
        object["custom_properties"] = json!(repository.properties);
    }
    object
}

/// What a pull request and a search tell of a repository.
pub(crate) fn plain(state: &State, repository: &Repository, who: &Identity) -> Value {
    let mut object = short(state, repository, who);
    if let Some(object) = object.as_object_mut() {
        object.shift_remove("security_and_analysis");
        object.shift_remove("custom_properties");
    }
    object
}

/// What a repository itself has.
pub(crate) fn full(state: &State, repository: &Repository, who: &Identity) -> Value {
    let mut object = short(state, repository, who);
    for (name, value) in &repository.settings {
        object[name] = value.clone();
    }
    object["network_count"] = json!(0);
    object["subscribers_count"] = json!(0);
    object["temp_clone_token"] = json!("");
    if state.organisation(&repository.owner).is_ok() {
        object["organization"] = simple_of(state, &repository.owner);
    }
    if let Some(template) = repository.template.and_then(|id| state.repositories.get(&id)) {
        object["template_repository"] = plain(state, template, who);
    }
    if let Some(parent) = repository.parent.and_then(|id| state.repositories.get(&id)) {
        object["parent"] = plain(state, parent, who);
        object["source"] = plain(state, parent, who);
    }
    object
}

/// What the one who asks may do in it.
fn permissions(state: &State, repository: &Repository, who: &Identity) -> Value {
    let has = match who {
        Identity::User { login, .. } => state.role_in(login, repository).map(rank),
        Identity::Installation { permissions, .. } => {
            let level = |name: &str, level: &str| permissions.get(name).is_some_and(|given| given == level);
            if level("administration", "write") {
                Some(rank("admin"))
            } else if level("contents", "write") {
                Some(rank("push"))
            } else {
                Some(rank("pull"))
            }
        }
        _ => Some(rank("pull")),
    };
    let may = |role: &str| has.is_some_and(|has| has >= rank(role));
    json!({
        "admin": may("admin"),
        "maintain": may("maintain"),
        "push": may("push"),
        "triage": may("triage"),
        "pull": may("pull"),
    })
}
