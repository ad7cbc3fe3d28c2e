//! Pages of a repository.

use serde_json::{Value, json};

use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::errors;
use crate::git::Store;
use crate::router::{Route, route};
use crate::state::State;
use crate::state::repository::Repository;
use crate::state::wiring::Pages;

const READ: Needs = Needs::Repository(&[("pages", "read")]);
const WRITE: Needs = Needs::Repository(&[("pages", "write")]);
const PATH: &str = "/repos/{owner}/{repo}/pages";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", PATH, "repos/get-pages", READ, get),
    route("POST", PATH, "repos/create-pages-site", WRITE, create),
    route("PUT", PATH, "repos/update-information-about-pages-site", WRITE, update),
    route("DELETE", PATH, "repos/delete-pages-site", WRITE, delete),
];

fn shown(state: &State, repository: &Repository, pages: &Pages) -> Value {
    let site = format!("{}/pages/{}/", state.bases.web, repository.full_name());
    let mut body = json!({
        "url": format!("{}/repos/{}/pages", state.bases.api, repository.full_name()),
        "status": null,
        "cname": pages.cname,
        "custom_404": false,
        "html_url": site,
        "build_type": pages.build_type,
        "public": pages.public,
        "https_enforced": pages.https_enforced,
    });
    if let Some((branch, path)) = &pages.source {
        body["source"] = json!({ "branch": branch, "path": path });
    }
    body
}

fn get(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let pages = repository.wiring.pages.as_ref().ok_or_else(errors::not_found)?;
    Ok(Answer::ok(shown(state, repository, pages)))
}

/// The branch and folder of a body; the branch must be there.
fn source(repository: &Repository, body: &Value) -> Result<Option<(String, String)>, Answer> {
    let Some(branch) = body["source"]["branch"].as_str() else { return Ok(None) };
    if Store::at(&repository.folder).resolve(&format!("refs/heads/{branch}")).is_none() {
        let why = format!("The {branch} branch must exist before GitHub Pages can be built.");
        return Err(errors::unprocessable(&why));
    }
    let path = body["source"]["path"].as_str().unwrap_or("/");
    Ok(Some((branch.to_owned(), path.to_owned())))
}

fn create(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    if repository.wiring.pages.is_some() {
        return Err(errors::error(409, "GitHub Pages is already enabled."));
    }
    if repository.is_private() && state.account(&repository.owner).is_some_and(|owner| owner.free) {
        return Err(errors::unprocessable(
            "Your current plan does not support GitHub Pages for this repository.",
        ));
    }
    let build_type = call.text("build_type").unwrap_or("legacy").to_owned();
    let mut source = source(repository, &call.body)?;
    if source.is_none() {
        if build_type == "legacy" {
            return Err(errors::unprocessable(
                "Invalid request. source is required for the legacy build type.",
            ));
        }
        source = Some((repository.default_branch.clone(), "/".to_owned()));
    }
    let public = !repository.is_private();
    call.repository_mut(state)?.wiring.pages =
        Some(Pages { build_type, source, cname: None, https_enforced: true, public });
    get(state, call).map(|answer| Answer { status: 201, ..answer })
}

fn update(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let source = source(call.repository(state)?, &call.body)?;
    let pages = call.repository_mut(state)?.wiring.pages.as_mut().ok_or_else(errors::not_found)?;
    if let Some(cname) = call.body.get("cname") {
        pages.cname = cname.as_str().map(str::to_owned);
    }
    if let Some(kind) = call.text("build_type") {
        kind.clone_into(&mut pages.build_type);
    }
    pages.source = source.or_else(|| pages.source.take());
    pages.https_enforced = call.flag("https_enforced").unwrap_or(pages.https_enforced);
    Ok(Answer::nothing())
}

fn delete(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    call.repository_mut(state)?.wiring.pages.take().ok_or_else(errors::not_found)?;
    Ok(Answer::nothing())
}
