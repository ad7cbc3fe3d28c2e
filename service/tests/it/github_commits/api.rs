//! The REST side of one bare repository, as far as commits need it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use git2::build::TreeUpdateBuilder;
use git2::{FileMode, ObjectType, Oid, Repository, Signature};
use serde_json::{Value, json};

/// When a request fails with 502.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing was done.
    Before,
    /// It was done.
    After,
}

#[derive(Default)]
struct Seen {
    requests: Vec<(String, String, Value)>,
    fault: Option<(String, String, Fault)>,
    has_failed: bool,
    refused: Option<(String, String)>,
    keeps_history: bool,
}

type Answer = Result<(StatusCode, Value), (StatusCode, String)>;

#[derive(Clone)]
pub(super) struct Api {
    pub(super) address: String,
    folder: PathBuf,
    seen: Arc<Mutex<Seen>>,
}

impl Api {
    pub(super) async fn start(folder: &Path) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let api = Self { address, folder: folder.to_owned(), seen: Arc::default() };
        let router = Router::new().fallback(answer).with_state(api.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        api
    }

    /// Fails the first such request.
    pub(super) fn fail(&self, method: &str, call: &str, fault: Fault) {
        self.seen.lock().unwrap().fault = Some((method.to_owned(), call.to_owned(), fault));
    }

    pub(super) fn has_failed(&self) -> bool {
        self.seen.lock().unwrap().has_failed
    }

    /// Refuses such requests by a rule; of a tree only one that names files.
    pub(super) fn refuse(&self, method: &str, call: &str) {
        self.seen.lock().unwrap().refused = Some((method.to_owned(), call.to_owned()));
    }

    pub(super) fn allow(&self) {
        self.seen.lock().unwrap().refused = None;
    }

    pub(super) fn forbid_replacing(&self) {
        self.seen.lock().unwrap().keeps_history = true;
    }

    pub(super) fn bodies(&self, method: &str, call: &str) -> Vec<Value> {
        let seen = self.seen.lock().unwrap();
        let is_meant = |(m, c, _): &&(String, String, Value)| m == method && c.starts_with(call);
        seen.requests.iter().filter(is_meant).map(|(_, _, body)| body.clone()).collect()
    }

    pub(super) fn count(&self, method: &str, call: &str) -> usize {
        self.bodies(method, call).len()
    }

    pub(super) fn writes(&self) -> usize {
        self.seen.lock().unwrap().requests.iter().filter(|(method, ..)| method != "GET").count()
    }

    fn serve(&self, method: &str, call: &str, body: &Value) -> Answer {
        let repository = Repository::open_bare(&self.folder).unwrap();
        let is_empty = repository.references().unwrap().count() == 0;
        if is_empty && call.starts_with("git/") {
            return Err((StatusCode::CONFLICT, "Git Repository is empty.".to_owned()));
        }
        match (method, call) {
            ("GET", call) if call.starts_with("git/ref/") => {
                let name = call.replacen("git/ref/", "refs/", 1);
                let found = repository.find_reference(&name).map_err(|_| not_found())?;
                Ok((
                    StatusCode::OK,
                    json!({ "ref": name, "object": { "sha": found.target().unwrap().to_string() } }),
                ))
            }
            ("GET", call) if call.starts_with("git/commits/") => {
                let id = Oid::from_str(call.rsplit('/').next().unwrap()).unwrap();
                let commit = repository.find_commit(id).map_err(|_| not_found())?;
                let tree = json!({ "sha": commit.tree_id().to_string() });
                Ok((
                    StatusCode::OK,
                    json!({ "sha": id.to_string(), "tree": tree, "message": commit.message().unwrap() }),
                ))
            }
            ("POST", "git/blobs") => {
                let bytes = STANDARD.decode(body["content"].as_str().unwrap()).unwrap();
                created(repository.blob(&bytes).unwrap())
            }
            ("POST", "git/trees") => created(tree(&repository, body)),
            ("POST", "git/commits") => {
                let parents = body["parents"].as_array().unwrap().iter().map(id).collect::<Vec<_>>();
                created(commit(&repository, body["message"].as_str().unwrap(), id(&body["tree"]), &parents))
            }
            ("POST", "git/refs") => {
                let name = body["ref"].as_str().unwrap();
                let made = repository.reference(name, id(&body["sha"]), false, "api");
                made.map_err(|_| unprocessable("Reference already exists"))?;
                Ok((StatusCode::CREATED, json!({ "ref": name })))
            }
            ("PATCH", call) if call.starts_with("git/refs/") => self.patch(&repository, call, body),
            ("PUT", call) if call.starts_with("contents/") => {
                if !is_empty {
                    return Err((StatusCode::UNPROCESSABLE_ENTITY, "Invalid request.".to_owned()));
                }
                let bytes = STANDARD.decode(body["content"].as_str().unwrap()).unwrap();
                let path = call.strip_prefix("contents/").unwrap();
                let tree = json!({ "tree": [{ "path": path, "mode": "100644", "sha": repository.blob(&bytes).unwrap().to_string() }] });
                let made = commit(
                    &repository,
                    body["message"].as_str().unwrap(),
                    self::tree(&repository, &tree),
                    &[],
                );
                let branch = format!("refs/heads/{}", body["branch"].as_str().unwrap());
                repository.reference(&branch, made, false, "api").unwrap();
                Ok((StatusCode::CREATED, json!({ "commit": { "sha": made.to_string() } })))
            }
            _ => Err(not_found()),
        }
    }

    fn patch(&self, repository: &Repository, call: &str, body: &Value) -> Answer {
        let mut found = repository.find_reference(&call.replacen("git/", "", 1)).map_err(|_| not_found())?;
        let (from, to) = (found.target().unwrap(), id(&body["sha"]));
        let is_forward = repository.graph_descendant_of(to, from).unwrap();
        if !is_forward && self.seen.lock().unwrap().keeps_history {
            return Err(unprocessable(
                "Repository rule violations found\n\nCannot force-push to this branch",
            ));
        }
        if !is_forward && body["force"] != true {
            return Err(unprocessable("Update is not a fast forward"));
        }
        found.set_target(to, "api").unwrap();
        Ok((StatusCode::OK, json!({ "object": { "sha": to.to_string() } })))
    }
}

async fn answer(State(api): State<Api>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let body: Value = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
    let method = parts.method.as_str();
    let call = parts.uri.path().strip_prefix("/repos/acme/shop/").unwrap_or_default().to_owned();
    let is_empty = { git2::Repository::open_bare(&api.folder).unwrap().references().unwrap().count() == 0 };
    let (fault, is_refused) = {
        let mut seen = api.seen.lock().unwrap();
        seen.requests.push((method.to_owned(), call.clone(), body.clone()));
        let is_meant = |wanted: &(String, String)| wanted.0 == method && call.starts_with(&wanted.1);
        let is_refused = seen.refused.as_ref().is_some_and(is_meant);
        let fault = seen.fault.take_if(|(m, c, _)| m == method && call.starts_with(&**c));
        // What an empty repository refuses was not done anyway.
        let fault = fault.map(|(_, _, fault)| fault);
        seen.has_failed |= fault.is_some();
        (fault, is_refused && !(is_empty && call.starts_with("git/")))
    };
    let away = || (StatusCode::BAD_GATEWAY, Bytes::from_static(b"<html>Unicorn!</html>")).into_response();
    if fault == Some(Fault::Before) {
        return away();
    }
    let answer = if is_refused {
        Err(unprocessable("Repository rule violations found\n\nChanges must be made through a pull request."))
    } else {
        api.serve(method, &call, &body)
    };
    if fault == Some(Fault::After) {
        return away();
    }
    match answer {
        Ok((status, body)) => (status, body.to_string()).into_response(),
        Err((status, message)) => {
            let body = json!({ "message": message, "status": status.as_str() });
            (status, body.to_string()).into_response()
        }
    }
}

fn created(id: Oid) -> Answer {
    Ok((StatusCode::CREATED, json!({ "sha": id.to_string() })))
}

fn not_found() -> (StatusCode, String) {
    (StatusCode::NOT_FOUND, "Not Found".to_owned())
}

fn unprocessable(message: &str) -> (StatusCode, String) {
    (StatusCode::UNPROCESSABLE_ENTITY, message.to_owned())
}

fn id(value: &Value) -> Oid {
    Oid::from_str(value.as_str().unwrap()).unwrap()
}

fn commit(repository: &Repository, message: &str, tree: Oid, parents: &[Oid]) -> Oid {
    let tree = repository.find_tree(tree).unwrap();
    let parents: Vec<_> = parents.iter().map(|id| repository.find_commit(*id).unwrap()).collect();
    let bot = Signature::now("stagecraft[bot]", "bot@example.com").unwrap();
    repository.commit(None, &bot, &bot, message, &tree, &parents.iter().collect::<Vec<_>>()).unwrap()
}

/// The tree of a request.
fn tree(repository: &Repository, body: &Value) -> Oid {
    let base = match body.get("base_tree") {
        Some(base) => repository.find_tree(id(base)).unwrap(),
        None => {
            let empty = repository.treebuilder(None).unwrap().write().unwrap();
            repository.find_tree(empty).unwrap()
        }
    };
    let mut update = TreeUpdateBuilder::new();
    for entry in body["tree"].as_array().unwrap() {
        let path = entry["path"].as_str().unwrap();
        let blob = match (entry.get("content"), entry.get("sha")) {
            (Some(text), None) => {
                repository.odb().unwrap().write(ObjectType::Blob, text.as_str().unwrap().as_bytes()).unwrap()
            }
            (None, Some(Value::Null)) => {
                update.remove(path);
                continue;
            }
            (None, Some(sha)) => id(sha),
            both => panic!("an entry with {both:?}"),
        };
        let mode = match entry["mode"].as_str().unwrap() {
            "100644" => FileMode::Blob,
            "100755" => FileMode::BlobExecutable,
            "120000" => FileMode::Link,
            other => panic!("the mode {other}"),
        };
        update.upsert(path, blob, mode);
    }
    update.create_updated(repository, &base).unwrap()
}
