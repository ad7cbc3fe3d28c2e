//! What is wrong in a CODEOWNERS file: lines that are no rule, and owners that are not there.

use serde_json::{Value, json};

use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::errors;
use crate::git::{Store, plumbing};
use crate::router::{Route, route};
use crate::state::State;
use crate::state::look::rank;
use crate::state::repository::Repository;

pub(crate) const ROUTES: &[Route] = &[route(
    "GET",
    "/repos/{owner}/{repo}/codeowners/errors",
    "repos/codeowners-errors",
    Needs::Repository(&[("contents", "read")]),
    faults,
)];

/// Where the file may be; the first that is there counts.
const PLACES: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

fn faults(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let branch = call.query.get("ref").unwrap_or(&repository.default_branch);
    let name = format!("refs/heads/{branch}");
    if Store::at(&repository.folder).resolve(&name).is_none() {
        return Err(errors::not_found());
    }
    let read =
        |path: &&str| plumbing::file(&repository.folder, &name, path).map(|text| ((*path).to_owned(), text));
    let (path, text) = PLACES.iter().find_map(read).ok_or_else(errors::not_found)?;
    let numbered = text.lines().enumerate();
    let all: Vec<Value> =
        numbered.flat_map(|(place, line)| of_line(state, repository, &path, place + 1, line)).collect();
    Ok(Answer::ok(json!({ "errors": all })))
}

fn of_line(state: &State, repository: &Repository, path: &str, number: usize, line: &str) -> Vec<Value> {
    let rule = line.split(" #").next().unwrap_or_default();
    let rule = if rule.trim_start().starts_with('#') { "" } else { rule };
    let mut words = rule.split_whitespace();
    let Some(pattern) = words.next() else { return Vec::new() };
    let fault = |word: &str, kind: &str, suggestion: &str| {
        let column = line.find(word).unwrap_or(0) + 1;
        json!({
            "line": number,
            "column": column,
            "kind": kind,
            "source": line,
            "suggestion": suggestion,
            "message": format!("{kind} on line {number}: {suggestion}\n\n  {line}\n  {}^", " ".repeat(column - 1)),
            "path": path,
        })
    };
    if pattern.starts_with('!') || pattern.contains('[') {
        return vec![fault(pattern, "Invalid pattern", "negated patterns and ranges are not supported")];
    }
    let unknown = words.filter_map(|owner| match owner_fault(state, repository, owner)? {
        Fault::Form => {
            Some(fault(owner, "Invalid owner", "an owner is @user, @organization/team or an address"))
        }
        Fault::Unknown => Some(fault(
            owner,
            "Unknown owner",
            &format!("make sure {owner} exists and has write access to the repository"),
        )),
    });
    unknown.collect()
}

enum Fault {
    Form,
    Unknown,
}

/// What is wrong with an owner, if anything is.
fn owner_fault(state: &State, repository: &Repository, owner: &str) -> Option<Fault> {
    let writes = |role: Option<&str>| role.is_some_and(|role| rank(role) >= rank("push"));
    let Some(name) = owner.strip_prefix('@') else {
        let address =
            owner.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        return if address { None } else { Some(Fault::Form) };
    };
    let known = match name.split_once('/') {
        Some((organisation, slug)) => {
            let account = state.account(organisation).filter(|one| one.login == repository.owner);
            account.is_some_and(|one| one.teams.contains_key(slug))
                && writes(repository.teams.get(slug).map(String::as_str))
        }
        None => state.account(name).is_some() && writes(state.role_in(name, repository)),
    };
    if known { None } else { Some(Fault::Unknown) }
}
