//! The root of the API: where everything is.

use serde_json::{Map, Value};

use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::router::{Route, route};
use crate::state::State;

pub(crate) const ROUTES: &[Route] = &[route("GET", "/", "meta/root", Needs::Nothing, root)];

/// What is told, by its name, and where it is below the API.
const PLACES: [(&str, &str); 32] = [
    ("current_user_url", "/user"),
    ("authorizations_url", "/authorizations"),
    ("code_search_url", "/search/code?q={query}{&page,per_page,sort,order}"),
    ("commit_search_url", "/search/commits?q={query}{&page,per_page,sort,order}"),
    ("emails_url", "/user/emails"),
    ("emojis_url", "/emojis"),
    ("events_url", "/events"),
    ("feeds_url", "/feeds"),
    ("followers_url", "/user/followers"),
    ("following_url", "/user/following{/target}"),
    ("gists_url", "/gists{/gist_id}"),
    ("hub_url", "/hub"),
    ("issue_search_url", "/search/issues?q={query}{&page,per_page,sort,order}"),
    ("issues_url", "/issues"),
    ("keys_url", "/user/keys"),
    ("label_search_url", "/search/labels?q={query}&repository_id={repository_id}{&page,per_page}"),
    ("notifications_url", "/notifications"),
    ("organization_url", "/orgs/{org}"),
    ("organization_repositories_url", "/orgs/{org}/repos{?type,page,per_page,sort}"),
    ("organization_teams_url", "/orgs/{org}/teams"),
    ("public_gists_url", "/gists/public"),
    ("rate_limit_url", "/rate_limit"),
    ("repository_url", "/repos/{owner}/{repo}"),
    ("repository_search_url", "/search/repositories?q={query}{&page,per_page,sort,order}"),
    ("current_user_repositories_url", "/user/repos{?type,page,per_page,sort}"),
    ("starred_url", "/user/starred{/owner}{/repo}"),
    ("starred_gists_url", "/gists/starred"),
    ("topic_search_url", "/search/topics?q={query}{&page,per_page}"),
    ("user_url", "/users/{user}"),
    ("user_organizations_url", "/user/orgs"),
    ("user_repositories_url", "/users/{user}/repos{?type,page,per_page,sort}"),
    ("user_search_url", "/search/users?q={query}{&page,per_page,sort,order}"),
];

/// What the version of 2026 does not tell any more.
const GONE: [&str; 2] = ["authorizations_url", "hub_url"];

fn root(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let newer = call.version.as_str() >= "2026-03-10";
    let told = PLACES.iter().filter(|(name, _)| !newer || !GONE.contains(name));
    let mut all: Map<String, Value> = told
        .map(|(name, place)| ((*name).to_owned(), Value::from(format!("{}{place}", state.bases.api))))
        .collect();
    let settings = format!("{}/settings/connections/applications{{/client_id}}", state.bases.web);
    all.insert("current_user_authorizations_html_url".to_owned(), Value::from(settings));
    Ok(Answer::ok(Value::Object(all)))
}
