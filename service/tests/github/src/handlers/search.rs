//! Search: repositories, and issues with pull requests, by words and the commonest qualifiers.

use serde_json::{Value, json};

use super::{linked, page};
use crate::auth::permission::{Needs, sees};
use crate::call::{Answer, Call};
use crate::errors;
use crate::router::{Route, route};
use crate::shapes::{issue, repository as shape};
use crate::state::State;
use crate::state::repository::Repository;
use crate::state::tracker::Issue;

pub(crate) const ROUTES: &[Route] = &[
    route("GET", "/search/repositories", "search/repos", Needs::Nothing, repositories),
    route("GET", "/search/issues", "search/issues-and-pull-requests", Needs::Nothing, issues),
];

/// A query: plain words, and qualifiers as `name:value`.
struct Query {
    words: Vec<String>,
    qualifiers: Vec<(String, String)>,
}

impl Query {
    fn of(call: &Call) -> Result<Self, Answer> {
        let text = call.query.get("q").map(String::as_str).unwrap_or_default().to_lowercase();
        if text.trim().is_empty() {
            return Err(errors::validation("Search", "q", "missing"));
        }
        let mut query = Self { words: Vec::new(), qualifiers: Vec::new() };
        for part in text.split_whitespace() {
            match part.split_once(':') {
                Some((name, value)) => {
                    query.qualifiers.push((name.to_owned(), value.trim_matches('"').to_owned()));
                }
                None => query.words.push(part.trim_matches('"').to_owned()),
            }
        }
        Ok(query)
    }

    /// Whether all words are in a text.
    fn in_text(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.words.iter().all(|word| text.contains(word))
    }

    fn fits_repository(&self, repository: &Repository) -> bool {
        self.qualifiers.iter().all(|(name, value)| match name.as_str() {
            "org" | "user" => repository.owner.eq_ignore_ascii_case(value),
            "repo" => repository.full_name().eq_ignore_ascii_case(value),
            "topic" => repository.topics.contains(value),
            "is" => match value.as_str() {
                "private" => repository.is_private(),
                "public" => !repository.is_private(),
                _ => true,
            },
            "archived" => repository.is_archived().to_string() == *value,
            _ => true,
        })
    }

    fn fits_issue(&self, issue: &Issue) -> bool {
        let is_pull = issue.pull.is_some();
        self.qualifiers.iter().all(|(name, value)| match (name.as_str(), value.as_str()) {
            ("is" | "type", "pr" | "pull-request") => is_pull,
            ("is" | "type", "issue") => !is_pull,
            ("is" | "state", "open" | "closed") => issue.state == *value,
            ("is", "merged") => issue.pull.as_ref().is_some_and(|pull| pull.merged.is_some()),
            ("author", login) => issue.user.eq_ignore_ascii_case(login),
            ("label", label) => issue.labels.iter().any(|one| one.to_lowercase() == label),
            ("head", branch) => issue.pull.as_ref().is_some_and(|pull| pull.head.to_lowercase() == branch),
            ("base", branch) => issue.pull.as_ref().is_some_and(|pull| pull.base.to_lowercase() == branch),
            _ => true,
        })
    }
}

/// A page of what was found.
fn found(state: &State, call: &Call, all: Vec<Value>) -> Answer {
    let count = all.len();
    let body = json!({ "total_count": count, "incomplete_results": false, "items": page(call, all) });
    linked(state, call, count, Answer::ok(body))
}

fn repositories(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let query = Query::of(call)?;
    let fits = |one: &&Repository| {
        let description = one.settings.get("description").and_then(Value::as_str).unwrap_or_default();
        sees(state, &call.who, one)
            && query.fits_repository(one)
            && query.in_text(&format!("{} {description}", one.full_name()))
    };
    let all = state.repositories.values().filter(fits).map(|one| {
        let mut object = shape::plain(state, one, &call.who);
        object["score"] = json!(1.0);
        object
    });
    let all = all.collect();
    Ok(found(state, call, all))
}

fn issues(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let query = Query::of(call)?;
    let seen =
        state.repositories.values().filter(|one| sees(state, &call.who, one) && query.fits_repository(one));
    let all = seen.flat_map(|repository| {
        let query = &query;
        let fits = move |one: &&Issue| {
            query.fits_issue(one)
                && query.in_text(&format!("{} {}", one.title, one.body.as_deref().unwrap_or_default()))
        };
        repository.tracker.issues.values().filter(fits).map(|one| {
            let mut object = issue::issue(state, repository, one);
            object["score"] = json!(1.0);
            object["body"] = json!(one.body.as_deref().unwrap_or_default());
            if let Some(object) = object.as_object_mut() {
                object.shift_remove("closed_by");
            }
            object
        })
    });
    let all = all.collect();
    let mut answer = found(state, call, all);
    if let Some(body) = answer.body.as_mut() {
        body["search_type"] = json!("lexical");
    }
    Ok(answer)
}
