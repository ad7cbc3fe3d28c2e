//! Reviews of pull requests, and who is asked for one.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{READ, WRITE, found, found_mut};
use crate::call::{Answer, Call};
use crate::errors;
use crate::handlers::labels::author;
use crate::handlers::list;
use crate::router::{Route, route};
use crate::shapes::{account, pull as shape, team};
use crate::state::State;
use crate::state::tracker::Review;

const REQUESTED: &str = "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers";
const REVIEWS: &str = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", REQUESTED, "pulls/list-requested-reviewers", READ, requested),
    route("POST", REQUESTED, "pulls/request-reviewers", WRITE, request),
    route("DELETE", REQUESTED, "pulls/remove-requested-reviewers", WRITE, withdraw),
    route("GET", REVIEWS, "pulls/list-reviews", READ, reviews),
    route("POST", REVIEWS, "pulls/create-review", WRITE, review),
];

fn requested(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (repository, _, pull) = found(state, call)?;
    let owner = state.account(&repository.owner).ok_or_else(errors::not_found)?;
    let users: Vec<Value> = pull.reviewers.iter().map(|login| account::simple_of(state, login)).collect();
    let teams = pull.team_reviewers.iter().filter_map(|slug| owner.teams.get(slug));
    let teams: Vec<Value> = teams.map(|one| team::team(state, owner, one, "pull")).collect();
    Ok(Answer::ok(json!({ "users": users, "teams": teams })))
}

/// 422 where one who is asked is no collaborator.
fn not_collaborators() -> Answer {
    errors::unprocessable(
        "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a \
         collaborator of the repository.",
    )
}

fn request(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (repository, issue, _) = found(state, call)?;
    let users = call.texts("reviewers").unwrap_or_default();
    let teams = call.texts("team_reviewers").unwrap_or_default();
    if users.iter().any(|login| issue.user.eq_ignore_ascii_case(login)) {
        return Err(errors::unprocessable("Review cannot be requested from pull request author."));
    }
    let owner = state.account(&repository.owner).ok_or_else(errors::not_found)?;
    let may = |login: &String| {
        let key = login.to_lowercase();
        state.account(login).is_some()
            && (repository.owner.eq_ignore_ascii_case(login)
                || owner.members.contains_key(&key)
                || repository.collaborators.contains_key(&key))
    };
    let all_there = users.iter().all(may) && teams.iter().all(|slug| owner.teams.contains_key(slug));
    if !all_there {
        return Err(not_collaborators());
    }
    let users: Vec<String> =
        users.iter().filter_map(|login| state.account(login)).map(|user| user.login.clone()).collect();
    if let Some(pull) = found_mut(state, call)?.pull.as_mut() {
        pull.reviewers.extend(users);
        pull.team_reviewers.extend(teams);
    }
    shown(state, call, 201)
}

fn shown(state: &State, call: &Call, status: u16) -> Result<Answer, Answer> {
    let (repository, issue, pull) = found(state, call)?;
    Ok(Answer::of(status, shape::short(state, repository, issue, pull, &call.who)))
}

fn withdraw(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let users = call.texts("reviewers").unwrap_or_default();
    let teams = call.texts("team_reviewers").unwrap_or_default();
    if let Some(pull) = found_mut(state, call)?.pull.as_mut() {
        pull.reviewers.retain(|login| !users.iter().any(|one| one.eq_ignore_ascii_case(login)));
        pull.team_reviewers.retain(|slug| !teams.contains(slug));
    }
    shown(state, call, 200)
}

fn reviews(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (repository, issue, pull) = found(state, call)?;
    let all = pull.reviews.iter().map(|one| shape::review(state, repository, issue, one)).collect();
    Ok(list(state, call, all))
}

fn review(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (id, created, user) = (state.next_id(), state.now, author(state, call)?);
    let (repository, issue, pull) = found(state, call)?;
    let event = call.text("event").unwrap_or("PENDING");
    let own = issue.user.eq_ignore_ascii_case(&user);
    if own && event == "APPROVE" {
        return Err(errors::unprocessable("Can not approve your own pull request"));
    }
    let kept = match event {
        "APPROVE" => "APPROVED",
        "REQUEST_CHANGES" => "CHANGES_REQUESTED",
        "COMMENT" => "COMMENTED",
        _ => "PENDING",
    };
    let commit = call.text("commit_id").map_or_else(|| shape::ends(repository, pull).0, str::to_owned);
    let body = call.text("body").unwrap_or_default().to_owned();
    let review = Review { id, user: user.clone(), body, state: kept.to_owned(), commit, created };
    if let Some(pull) = found_mut(state, call)?.pull.as_mut() {
        pull.reviewers.remove(&user);
        pull.reviews.push(review.clone());
    }
    let (repository, issue, _) = found(state, call)?;
    Ok(Answer::ok(shape::review(state, repository, issue, &review)))
}

/// Who has approved: the last word of each reviewer counts.
pub(super) fn approvals(reviews: &[Review]) -> usize {
    let decided = reviews.iter().rev().filter(|one| one.state != "COMMENTED" && one.state != "PENDING");
    let mut heard = BTreeSet::new();
    decided.filter(|one| heard.insert(one.user.to_lowercase()) && one.state == "APPROVED").count()
}
