//! Files by their paths: read, and written with a commit each. A file may be the first of an empty repository.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::errors;
use crate::git::{Store, plumbing};
use crate::handlers::labels::author;
use crate::router::{Route, route};
use crate::shapes::commit as shape;
use crate::state::State;
use crate::state::repository::Repository;

const READ: Needs = Needs::Repository(&[("contents", "read")]);
const WRITE: Needs = Needs::Repository(&[("contents", "write")]);
const PATH: &str = "/repos/{owner}/{repo}/contents/{path*}";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", "/repos/{owner}/{repo}/contents", "repos/get-content", READ, get),
    route("GET", PATH, "repos/get-content", READ, get),
    route("PUT", PATH, "repos/create-or-update-file-contents", WRITE, put),
    route("DELETE", PATH, "repos/delete-file", WRITE, delete),
];

/// One entry of a tree: its kind, id, size and path.
struct Entry {
    kind: String,
    sha: String,
    size: u64,
    path: String,
}

/// The entries at a path: the file itself, or what a folder holds if the path ends with a slash.
fn entries(repository: &Repository, at: &str, path: &str) -> Vec<Entry> {
    let mut args = vec!["ls-tree", "-z", "--long", at];
    // Without a path git lists the root.
    args.extend((!path.is_empty()).then_some(path));
    let listed = plumbing::git(&repository.folder, &args, None).unwrap_or_default();
    let read = |line: &str| {
        let (told, path) = line.split_once('\t')?;
        let mut words = told.split_whitespace().skip(1);
        let (kind, sha, size) = (words.next()?, words.next()?, words.next()?);
        let (kind, sha, path) = (kind.to_owned(), sha.to_owned(), path.to_owned());
        Some(Entry { kind, sha, size: size.parse().unwrap_or(0), path })
    };
    listed.split('\0').filter_map(read).collect()
}

/// The branch that a call is about, by its full name.
fn branch(repository: &Repository, call: &Call) -> String {
    let asked = call.query.get("ref").map(String::as_str).or_else(|| call.text("branch"));
    let name = asked.unwrap_or(&repository.default_branch);
    format!("refs/heads/{}", name.strip_prefix("refs/heads/").unwrap_or(name))
}

fn shown(state: &State, repository: &Repository, branch: &str, entry: &Entry) -> Value {
    let (name, path) = (repository.full_name(), &entry.path);
    let branch = branch.strip_prefix("refs/heads/").unwrap_or(branch);
    let (is_file, api, web) = (entry.kind == "blob", &state.bases.api, &state.bases.web);
    let url = format!("{api}/repos/{name}/contents/{path}?ref={branch}");
    let git = format!("{api}/repos/{name}/git/{}s/{}", entry.kind, entry.sha);
    let html = format!("{web}/{name}/{}/{branch}/{path}", entry.kind);
    json!({
        "name": path.rsplit('/').next(),
        "path": path,
        "sha": entry.sha,
        "size": entry.size,
        "url": url,
        "html_url": html,
        "git_url": git,
        "download_url": is_file.then(|| format!("{web}/raw/{name}/{branch}/{path}")),
        "type": if is_file { "file" } else { "dir" },
        "_links": { "self": url, "git": git, "html": html },
    })
}

fn get(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (repository, path) = (call.repository(state)?, call.param("path"));
    let branch = branch(repository, call);
    if Store::at(&repository.folder).is_empty() {
        return Err(errors::error(404, "This repository is empty."));
    }
    let found = entries(repository, &branch, path).pop().filter(|_| !path.is_empty());
    let is_folder = found.as_ref().is_none_or(|found| found.kind != "blob");
    if is_folder {
        let below = if path.is_empty() { String::new() } else { format!("{path}/") };
        let all = entries(repository, &branch, &below);
        if all.is_empty() {
            return Err(errors::not_found());
        }
        return Ok(Answer::ok(all.iter().map(|entry| shown(state, repository, &branch, entry)).collect()));
    }
    let found = found.ok_or_else(errors::not_found)?;
    let content = plumbing::blob(&repository.folder, &found.sha).ok_or_else(errors::not_found)?;
    let mut body = shown(state, repository, &branch, &found);
    // GitHub breaks the lines after sixty characters.
    let encoded = STANDARD.encode(&content).into_bytes();
    let lines = encoded.chunks(60).map(|line| format!("{}\n", String::from_utf8_lossy(line)));
    body["content"] = json!(lines.collect::<String>());
    body["encoding"] = json!("base64");
    Ok(Answer::ok(body))
}

/// The file that is there now, if one is; refuses an id that is not its.
fn before(repository: &Repository, branch: &str, call: &Call) -> Result<Option<Entry>, Answer> {
    let path = call.param("path");
    let found = entries(repository, branch, path).pop();
    match (&found, call.text("sha")) {
        (Some(_), None) => Err(errors::unprocessable("Invalid request.\n\n\"sha\" wasn't supplied.")),
        (Some(entry), Some(sha)) if entry.sha != sha => {
            Err(errors::error(409, &format!("{path} does not match {sha}")))
        }
        _ => Ok(found),
    }
}

/// Makes a commit of one change; gives its id.
fn written(state: &mut State, call: &Call, content: Option<&[u8]>) -> Result<String, Answer> {
    let who = author(state, call)?;
    let now = state.now;
    let repository = call.repository(state)?;
    let branch = branch(repository, call);
    let short = branch.strip_prefix("refs/heads/").unwrap_or(&branch);
    let store = Store::at(&repository.folder);
    if !store.is_empty() && store.resolve(&branch).is_none() {
        return Err(errors::error(404, &format!("Branch {short} not found")));
    }
    let given =
        |key: &str| call.body["author"][key].as_str().or_else(|| call.body["committer"][key].as_str());
    let signed = plumbing::Signed {
        name: given("name").unwrap_or(&who),
        email: given("email").unwrap_or("noreply@github.com"),
        at: now / 1000,
        message: call.text("message").unwrap_or_default(),
    };
    let sha = plumbing::write(&repository.folder, short, &[(call.param("path"), content)], &signed);
    let sha = sha.ok_or_else(|| errors::unprocessable("path contains a malformed path component"))?;
    let repository = call.repository_mut(state)?;
    (repository.pushed, repository.updated) = (Some(now), now);
    Ok(sha)
}

fn put(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let content = call.text("content").unwrap_or_default().replace('\n', "");
    let content = STANDARD.decode(content.trim_end_matches('=').to_owned() + padding(&content));
    let content = content.map_err(|_| errors::unprocessable("content is not valid Base64"))?;
    let repository = call.repository(state)?;
    let there = before(repository, &branch(repository, call), call)?.is_some();
    let sha = written(state, call, Some(&content))?;
    let repository = call.repository(state)?;
    let branch = branch(repository, call);
    let entry = entries(repository, &branch, call.param("path")).pop().ok_or_else(errors::not_found)?;
    let body = json!({
        "content": shown(state, repository, &branch, &entry),
        "commit": shape::plain(state, repository, &sha),
    });
    Ok(Answer::of(if there { 200 } else { 201 }, body))
}

/// What is missing at the end of Base64: GitHub takes it without.
fn padding(text: &str) -> &'static str {
    match text.trim_end_matches('=').len() % 4 {
        2 => "==",
        3 => "=",
        _ => "",
    }
}

fn delete(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    before(repository, &branch(repository, call), call)?.ok_or_else(errors::not_found)?;
    let sha = written(state, call, None)?;
    let commit = shape::plain(state, call.repository(state)?, &sha);
    Ok(Answer::ok(json!({ "content": null, "commit": commit })))
}
