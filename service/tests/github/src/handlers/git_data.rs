//! Git's objects: blobs, trees and commits, read and made one by one. None can be made in an empty repository.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::labels::author;
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::clock::Millis;
use crate::errors;
use crate::git::{Store, plumbing};
use crate::router::{Route, route};
use crate::shapes::{commit as shape, node_id};
use crate::state::State;
use crate::state::repository::Repository;

const READ: Needs = Needs::Repository(&[("contents", "read")]);
const WRITE: Needs = Needs::Repository(&[("contents", "write")]);

pub(crate) const ROUTES: &[Route] = &[
    route("POST", "/repos/{owner}/{repo}/git/blobs", "git/create-blob", WRITE, create_blob),
    route("GET", "/repos/{owner}/{repo}/git/blobs/{file_sha}", "git/get-blob", READ, blob),
    route("POST", "/repos/{owner}/{repo}/git/trees", "git/create-tree", WRITE, create_tree),
    route("GET", "/repos/{owner}/{repo}/git/trees/{tree_sha}", "git/get-tree", READ, tree),
    route("POST", "/repos/{owner}/{repo}/git/commits", "git/create-commit", WRITE, create_commit),
    route("GET", "/repos/{owner}/{repo}/git/commits/{commit_sha}", "git/get-commit", READ, commit),
];

/// The repository, which must have a commit.
fn begun<'state>(state: &'state State, call: &Call) -> Result<&'state Repository, Answer> {
    let repository = call.repository(state)?;
    if Store::at(&repository.folder).is_empty() {
        return Err(errors::empty_repository());
    }
    Ok(repository)
}

/// The kind of an object, if it is there.
pub(crate) fn kind(repository: &Repository, sha: &str) -> Option<String> {
    let whole = sha.len() == 40 && sha.bytes().all(|byte| byte.is_ascii_hexdigit());
    let told = whole.then(|| plumbing::git(&repository.folder, &["cat-file", "-t", sha], None));
    told.flatten().map(|kind| kind.trim().to_owned())
}

fn url(state: &State, repository: &Repository, kind: &str, sha: &str) -> String {
    format!("{}/repos/{}/git/{kind}/{sha}", state.bases.api, repository.full_name())
}

fn create_blob(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = begun(state, call)?;
    let text = call.text("content").unwrap_or_default();
    let content = if call.text("encoding") == Some("base64") {
        let bare: String = text.chars().filter(|one| !one.is_ascii_whitespace()).collect();
        STANDARD.decode(bare).map_err(|_| errors::unprocessable("content is not valid Base64"))?
    } else {
        text.as_bytes().to_vec()
    };
    let sha = plumbing::store(&repository.folder, "blob", &content);
    let sha = sha.ok_or_else(|| errors::error(500, "Server Error"))?;
    let url = url(state, repository, "blobs", &sha);
    Ok(Answer::created(json!({ "sha": sha, "url": url })).header("location", url))
}

fn blob(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (repository, sha) = (begun(state, call)?, call.param("file_sha"));
    kind(repository, sha).filter(|kind| kind == "blob").ok_or_else(errors::not_found)?;
    let content = plumbing::blob(&repository.folder, sha).ok_or_else(errors::not_found)?;
    Ok(Answer::ok(json!({
        "sha": sha,
        "node_id": node_id(&format!("B_{sha}"), repository.id),
        "size": content.len(),
        "url": url(state, repository, "blobs", sha),
        "content": STANDARD.encode(&content),
        "encoding": "base64",
    })))
}

/// A tree's entries, with those of the folders in it if it is to be recursive.
fn entries(state: &State, repository: &Repository, sha: &str, recursive: bool) -> Vec<Value> {
    let mut args = vec!["ls-tree", "-z", "--long"];
    if recursive {
        args.extend(["-r", "-t"]);
    }
    args.push(sha);
    let listed = plumbing::git(&repository.folder, &args, None).unwrap_or_default();
    let entries = listed.split('\0').filter_map(|line| {
        let (told, path) = line.split_once('\t')?;
        let mut words = told.split_whitespace();
        let (mode, kind, sha, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let mut entry = json!({ "path": path, "mode": mode, "type": kind, "sha": sha });
        if let Ok(size) = size.parse::<u64>() {
            entry["size"] = json!(size);
        }
        if kind != "commit" {
            entry["url"] = json!(url(state, repository, &format!("{kind}s"), sha));
        }
        Some(entry)
    });
    entries.collect()
}

fn shown_tree(state: &State, repository: &Repository, sha: &str, recursive: bool) -> Value {
    let mut entries = entries(state, repository, sha, recursive);
    let is_cut = entries.len() > state.most_tree_entries;
    entries.truncate(state.most_tree_entries);
    json!({
        "sha": sha,
        "url": url(state, repository, "trees", sha),
        "tree": entries,
        "truncated": is_cut,
    })
}

fn tree(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (repository, asked) = (begun(state, call)?, call.param("tree_sha"));
    let sha = plumbing::resolved(&repository.folder, &format!("{asked}^{{tree}}"));
    let sha = sha.ok_or_else(errors::not_found)?;
    let recursive = call.query.contains_key("recursive");
    Ok(Answer::ok(shown_tree(state, repository, &sha, recursive)))
}

/// Refuses a path that git would refuse, or that could not stand in a tree.
fn proper(path: &str) -> Result<(), Answer> {
    if path.starts_with('/') {
        return Err(errors::unprocessable("tree.path cannot start with a slash"));
    }
    let malformed =
        |part: &str| part.is_empty() || matches!(part, "." | "..") || part.eq_ignore_ascii_case(".git");
    if path.split('/').any(malformed) {
        return Err(errors::unprocessable("tree.path contains a malformed path component"));
    }
    Ok(())
}

fn create_tree(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = begun(state, call)?;
    let invalid = |message: &str| errors::unprocessable(message);
    let base = call.text("base_tree");
    let base = base.map(|sha| {
        let found = plumbing::resolved(&repository.folder, &format!("{sha}^{{tree}}"));
        found.ok_or_else(|| invalid("base_tree is not a valid tree oid"))
    });
    let mut lines = Vec::new();
    for entry in call.body["tree"].as_array().into_iter().flatten() {
        let path = entry["path"].as_str().unwrap_or_default();
        proper(path)?;
        let mode = entry["mode"].as_str().unwrap_or("100644");
        let sha = match (entry["content"].as_str(), &entry["sha"]) {
            (Some(content), Value::Null) => plumbing::store(&repository.folder, "blob", content.as_bytes()),
            (None, Value::Null) => None,
            (None, Value::String(sha)) => {
                kind(repository, sha).ok_or_else(|| invalid("tree.sha is not a valid oid"))?;
                Some(sha.clone())
            }
            _ => return Err(invalid("Must supply either tree.sha or tree.content")),
        };
        lines.push(match sha {
            Some(sha) => (mode.to_owned(), sha, path.to_owned()),
            None => ("0".to_owned(), "0".repeat(40), path.to_owned()),
        });
    }
    let sha = plumbing::tree(&repository.folder, base.transpose()?.as_deref(), &lines);
    let sha = sha.ok_or_else(|| invalid("tree.path contains a malformed path component"))?;
    let body = shown_tree(state, repository, &sha, false);
    Ok(Answer::created(body).header("location", url(state, repository, "trees", &sha)))
}

fn create_commit(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let who = author(state, call)?;
    let repository = begun(state, call)?;
    let tree = call.text("tree").unwrap_or_default();
    if kind(repository, tree).as_deref() != Some("tree") {
        return Err(errors::unprocessable("Tree SHA does not exist"));
    }
    let parents = call.texts("parents").unwrap_or_default();
    if parents.iter().any(|sha| kind(repository, sha).as_deref() != Some("commit")) {
        return Err(errors::unprocessable("Parent SHA does not exist or is not a commit object"));
    }
    let (author, message) =
        (signature(call, "author", &who, state.now), call.text("message").unwrap_or_default());
    let committer = if call.body["committer"].is_object() {
        signature(call, "committer", &who, state.now)
    } else {
        author.clone()
    };
    let parents: String = parents.iter().map(|sha| format!("parent {sha}\n")).collect();
    let text = format!("tree {tree}\n{parents}author {author}\ncommitter {committer}\n\n{message}");
    let sha = plumbing::store(&repository.folder, "commit", text.as_bytes());
    let sha = sha.ok_or_else(|| errors::unprocessable("The commit is malformed"))?;
    let body = shape::plain(state, repository, &sha).ok_or_else(errors::not_found)?;
    Ok(Answer::created(body).header("location", url(state, repository, "commits", &sha)))
}

/// `Name <address> seconds +0000`, as the body says or else of who calls.
fn signature(call: &Call, role: &str, who: &str, now: Millis) -> String {
    let given = |key: &str| call.body[role][key].as_str().filter(|text| !text.contains(['<', '>', '\n']));
    let email = format!("{who}@users.noreply.github.com");
    let (name, email) = (given("name").unwrap_or(who), given("email").unwrap_or(&email));
    format!("{name} <{email}> {} +0000", now / 1000)
}

fn commit(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (repository, sha) = (begun(state, call)?, call.param("commit_sha"));
    kind(repository, sha).filter(|kind| kind == "commit").ok_or_else(errors::not_found)?;
    Ok(Answer::ok(shape::plain(state, repository, sha).ok_or_else(errors::not_found)?))
}
