//! Labels and milestones of a repository.

use serde_json::Value;

use super::list;
use crate::auth::Identity;
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::errors;
use crate::router::{Route, route};
use crate::shapes::issue as shape;
use crate::state::State;
use crate::state::tracker::{Label, Milestone};

const READ: Needs = Needs::Repository(&[("issues", "read"), ("pull_requests", "read")]);
const WRITE: Needs = Needs::Repository(&[("issues", "write"), ("pull_requests", "write")]);
const LABELS: &str = "/repos/{owner}/{repo}/labels";
const LABEL: &str = "/repos/{owner}/{repo}/labels/{name}";
const MILESTONES: &str = "/repos/{owner}/{repo}/milestones";
const MILESTONE: &str = "/repos/{owner}/{repo}/milestones/{milestone_number}";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", LABELS, "issues/list-labels-for-repo", READ, labels),
    route("POST", LABELS, "issues/create-label", WRITE, create),
    route("GET", LABEL, "issues/get-label", READ, get),
    route("PATCH", LABEL, "issues/update-label", WRITE, update),
    route("DELETE", LABEL, "issues/delete-label", WRITE, delete),
    route("GET", MILESTONES, "issues/list-milestones", READ, milestones),
    route("POST", MILESTONES, "issues/create-milestone", WRITE, create_milestone),
    route("GET", MILESTONE, "issues/get-milestone", READ, milestone),
    route("PATCH", MILESTONE, "issues/update-milestone", WRITE, update_milestone),
];

/// Who makes something: the user, or the bot of an App.
pub(crate) fn author(state: &State, call: &Call) -> Result<String, Answer> {
    match &call.who {
        Identity::User { login, .. } => {
            Ok(state.account(login).map_or_else(|| login.clone(), |one| one.login.clone()))
        }
        Identity::Installation { id, .. } => {
            let app = state.installation(*id).and_then(|one| state.app(one.app));
            Ok(format!("{}[bot]", app.ok_or_else(errors::not_found)?.slug))
        }
        Identity::App(_) | Identity::Anonymous => Err(errors::requires_authentication()),
    }
}

fn labels(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let all = repository.tracker.labels.values().map(|one| shape::label(state, repository, one)).collect();
    Ok(list(state, call, all))
}

/// A colour without the `#`, in lower case.
fn color(call: &Call) -> Result<Option<String>, Answer> {
    let Some(color) = call.text("color") else { return Ok(None) };
    let fits = color.len() == 6 && color.chars().all(|digit| digit.is_ascii_hexdigit());
    if fits { Ok(Some(color.to_lowercase())) } else { Err(errors::validation("Label", "color", "invalid")) }
}

fn create(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let id = state.next_id();
    let name = call.text("name").unwrap_or_default().trim().to_owned();
    if name.is_empty() {
        return Err(errors::validation("Label", "name", "missing_field"));
    }
    let label = Label {
        id,
        color: color(call)?.unwrap_or_else(|| "ededed".to_owned()),
        description: described(call)?,
        default: false,
        name,
    };
    let labels = &mut call.repository_mut(state)?.tracker.labels;
    if labels.contains_key(&label.name.to_lowercase()) {
        return Err(errors::validation("Label", "name", "already_exists"));
    }
    labels.insert(label.name.to_lowercase(), label.clone());
    Ok(Answer::created(shape::label(state, call.repository(state)?, &label)))
}

fn described(call: &Call) -> Result<Option<String>, Answer> {
    let description = call.text("description").map(str::to_owned);
    if description.as_ref().is_some_and(|text| text.chars().count() > 100) {
        let why = "description is too long (maximum is 100 characters)";
        return Err(errors::invalid("Validation Failed", &[errors::custom("Label", "description", why)]));
    }
    Ok(description)
}

fn get(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let label =
        repository.tracker.labels.get(&call.param("name").to_lowercase()).ok_or_else(errors::not_found)?;
    Ok(Answer::ok(shape::label(state, repository, label)))
}

fn update(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let key = call.param("name").to_lowercase();
    let (color, description) = (color(call)?, described(call)?);
    let tracker = &mut call.repository_mut(state)?.tracker;
    let mut label = tracker.labels.get(&key).cloned().ok_or_else(errors::not_found)?;
    if let Some(name) = call.text("new_name") {
        if name.to_lowercase() != key && tracker.labels.contains_key(&name.to_lowercase()) {
            return Err(errors::validation("Label", "name", "already_exists"));
        }
        for issue in tracker.issues.values_mut() {
            issue
                .labels
                .iter_mut()
                .filter(|one| one.to_lowercase() == key)
                .for_each(|one| name.clone_into(one));
        }
        name.clone_into(&mut label.name);
    }
    label.color = color.unwrap_or(label.color);
    label.description = description.or(label.description);
    tracker.labels.remove(&key);
    tracker.labels.insert(label.name.to_lowercase(), label.clone());
    Ok(Answer::ok(shape::label(state, call.repository(state)?, &label)))
}

fn delete(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let key = call.param("name").to_lowercase();
    let tracker = &mut call.repository_mut(state)?.tracker;
    tracker.labels.remove(&key).ok_or_else(errors::not_found)?;
    for issue in tracker.issues.values_mut() {
        issue.labels.retain(|one| one.to_lowercase() != key);
    }
    Ok(Answer::nothing())
}

fn milestones(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let wanted = call.query.get("state").map_or("open", String::as_str);
    let all = repository.tracker.milestones.iter().filter(|one| wanted == "all" || one.state == wanted);
    let all: Vec<Value> = all.map(|one| shape::milestone(state, repository, one)).collect();
    Ok(list(state, call, all))
}

fn create_milestone(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (id, created, creator) = (state.next_id(), state.now, author(state, call)?);
    let text = |key: &str| call.text(key).map(str::to_owned);
    let milestones = &mut call.repository_mut(state)?.tracker.milestones;
    let title = text("title").unwrap_or_default();
    if milestones.iter().any(|one| one.title == title) {
        return Err(errors::validation("Milestone", "title", "already_exists"));
    }
    let milestone = Milestone {
        id,
        number: milestones.last().map_or(1, |last| last.number + 1),
        title,
        description: text("description"),
        state: text("state").unwrap_or_else(|| "open".to_owned()),
        due_on: text("due_on"),
        creator,
        created,
    };
    milestones.push(milestone.clone());
    Ok(Answer::created(shape::milestone(state, call.repository(state)?, &milestone)))
}

fn milestone(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (repository, number) = (call.repository(state)?, call.number("milestone_number")?);
    let found = repository.tracker.milestones.iter().find(|one| one.number == number);
    Ok(Answer::ok(shape::milestone(state, repository, found.ok_or_else(errors::not_found)?)))
}

fn update_milestone(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let number = call.number("milestone_number")?;
    let milestones = &mut call.repository_mut(state)?.tracker.milestones;
    let one = milestones.iter_mut().find(|one| one.number == number).ok_or_else(errors::not_found)?;
    let text = |key: &str| call.text(key).map(str::to_owned);
    one.title = text("title").unwrap_or_else(|| one.title.clone());
    one.state = text("state").unwrap_or_else(|| one.state.clone());
    one.description = text("description").or_else(|| one.description.take());
    one.due_on = text("due_on").or_else(|| one.due_on.take());
    milestone(state, call)
}
