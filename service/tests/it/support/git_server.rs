//! A git server on a free port: the real `git http-backend`, and moods in which it does something else.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper that fails fails its test")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use stagecraft::git::{CommitId, Credentials, ObjectStore};
use stagecraft::secret::Secret;
use tokio::io::AsyncWriteExt;

/// What the server does instead of its work. "Work" is a request that takes or brings a pack.
#[derive(Clone, Debug, Default)]
pub(crate) enum Mood {
    #[default]
    Works,
    /// Asks for `x-access-token:right`.
    AsksForToken,
    Answers(StatusCode, &'static str, &'static str),
    /// Answers so to work; lists as ever.
    AnswersWork(StatusCode, &'static str, &'static str),
    RedirectsTo(String),
    /// Sends work elsewhere; lists as ever.
    RedirectsWorkTo(String),
    /// Never answers.
    Hangs,
    /// Takes no byte of the work, and never answers.
    TakesNothing,
    /// Does the work and never tells.
    HangsAfterWork,
    /// Sends a byte of the answer to work now and then.
    Dribbles,
    /// Ends in the middle of the answer to work.
    BreaksOff,
    /// Does the work and closes the connection.
    LosesAnswer,
    /// Answers this to work without doing it.
    Says(Bytes),
    /// Answers this list and this pack, whatever is asked for.
    Lies(Bytes, Bytes),
}

#[derive(Default)]
pub(crate) struct Seen {
    mood: Mutex<Mood>,
    /// Method, path, whether with a token.
    requests: Mutex<Vec<(String, String, bool)>>,
    /// The last answers: the list and the pack.
    pub(crate) answers: Mutex<BTreeMap<String, Bytes>>,
    /// The last body of work.
    pub(crate) work: Mutex<Bytes>,
}

pub(crate) struct Server {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) address: String,
    pub(crate) seen: Arc<Seen>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let seen = Arc::new(Seen::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = (folder.path().to_owned(), Arc::clone(&seen));
        let router = Router::new().fallback(answer).with_state(state);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { folder, address, seen }
    }

    pub(crate) fn be(&self, mood: Mood) {
        *self.seen.mood.lock().unwrap() = mood;
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/shop.git", self.address)
    }

    /// A repository with two commits, a branch with a slash, and two kinds of tags.
    pub(crate) fn with_repository(self) -> Self {
        let work = self.folder.path().join("work");
        std::fs::create_dir(&work).unwrap();
        let git = |arguments: &[&str]| git(&work, arguments);
        git(&["init", "--quiet", "--initial-branch=main"]);
        for text in ["one", "two"] {
            std::fs::write(work.join("file"), text).unwrap();
            git(&["add", "file"]);
            git(&["commit", "--quiet", "--message", text]);
        }
        git(&["tag", "--annotate", "--message=v1", "v1", "HEAD~1"]);
        git(&["tag", "light", "HEAD~1"]);
        git(&["branch", "feature/x", "HEAD~1"]);
        git(&["clone", "--quiet", "--bare", ".", "../shop.git"]);
        self
    }

    /// A repository with nothing in it that can be pushed to, and that checks what it is sent.
    pub(crate) fn with_empty_repository(self) -> Self {
        git(self.folder.path(), &["init", "--quiet", "--bare", "--initial-branch=main", "shop.git"]);
        self.takes_pushes();
        self
    }

    /// Lets the repository be pushed to, with the checks that hosts make.
    pub(crate) fn takes_pushes(&self) {
        self.git(&["config", "http.receivepack", "true"]);
        self.git(&["config", "receive.fsckObjects", "true"]);
    }

    /// Lets a script judge every push: what it prints comes beside the report.
    pub(crate) fn judge(&self, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        let hook = self.folder.path().join("shop.git/hooks/pre-receive");
        std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
        std::fs::write(&hook, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&hook, PermissionsExt::from_mode(0o755)).unwrap();
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        git(&self.folder.path().join("shop.git"), arguments)
    }

    pub(crate) fn commit(&self, revision: &str) -> CommitId {
        CommitId(self.git(&["rev-parse", &format!("{revision}^{{commit}}")]))
    }

    pub(crate) fn requests(&self) -> Vec<(String, String, bool)> {
        std::mem::take(&mut *self.seen.requests.lock().unwrap())
    }

    pub(crate) fn store(&self, name: &str) -> ObjectStore {
        ObjectStore::open_or_init(&self.folder.path().join(name)).unwrap()
    }

    pub(crate) fn credentials(&self, token: &str) -> Credentials {
        Credentials {
            url: self.address.clone(),
            username: "x-access-token".to_owned(),
            token: Secret::new(token),
        }
    }
}

/// Runs git without anybody's configuration.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = std::process::Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "A")
        .env("GIT_AUTHOR_EMAIL", "a@example.com")
        .env("GIT_COMMITTER_NAME", "A")
        .env("GIT_COMMITTER_EMAIL", "a@example.com")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn answer(State((root, seen)): State<(PathBuf, Arc<Seen>)>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let token = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let path = parts.uri.path().to_owned();
    seen.requests.lock().unwrap().push((parts.method.to_string(), path.clone(), token.is_some()));
    let mood = seen.mood.lock().unwrap().clone();
    let is_work = path.ends_with("-pack");
    if matches!(mood, Mood::Hangs) || is_work && matches!(mood, Mood::TakesNothing) {
        return std::future::pending().await;
    }
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    if is_work {
        *seen.work.lock().unwrap() = body.clone();
    }
    match mood {
        // `x-access-token:right`
        Mood::AsksForToken if token != Some("Basic eC1hY2Nlc3MtdG9rZW46cmlnaHQ=") => {
            (StatusCode::UNAUTHORIZED, [(header::CONTENT_TYPE, "text/plain")], "Bad\ncredentials")
                .into_response()
        }
        Mood::Answers(status, kind, text) => (status, [(header::CONTENT_TYPE, kind)], text).into_response(),
        Mood::AnswersWork(status, kind, text) if is_work => {
            (status, [(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Mood::RedirectsTo(target) => {
            (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, target)]).into_response()
        }
        Mood::RedirectsWorkTo(target) if is_work => {
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, target)]).into_response()
        }
        Mood::Says(text) if is_work => with_kind(&parts, text),
        Mood::Lies(list, pack) => with_kind(&parts, if is_work { pack } else { list }),
        mood => {
            let (status, headers, body) = backend(&root, &parts, &body).await;
            seen.answers
                .lock()
                .unwrap()
                .insert(if is_work { "pack" } else { "list" }.to_owned(), body.clone());
            let body = match mood {
                Mood::HangsAfterWork if is_work => return std::future::pending().await,
                Mood::Dribbles if is_work => dribble(body),
                Mood::BreaksOff if is_work => Body::from(body.slice(..body.len() - 30)),
                Mood::LosesAnswer if is_work => {
                    Body::from_stream(futures_util::stream::iter([Err::<Bytes, _>(std::io::Error::other(
                        "lost",
                    ))]))
                }
                _ => Body::from(body),
            };
            (status, headers, body).into_response()
        }
    }
}

/// An answer of the right kind.
fn with_kind(parts: &axum::http::request::Parts, body: Bytes) -> Response {
    let last = parts.uri.path().rsplit('/').next().unwrap();
    let kind = match parts.uri.query().and_then(|query| query.strip_prefix("service=")) {
        Some(service) => format!("application/x-{service}-advertisement"),
        None => format!("application/x-{last}-result"),
    };
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

/// A byte every twenty milliseconds: never idle, never done in time.
fn dribble(body: Bytes) -> Body {
    let bytes = futures_util::stream::unfold(body, |mut rest| async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let byte = (!rest.is_empty()).then(|| rest.split_to(1))?;
        Some((Ok::<_, std::io::Error>(byte), rest))
    });
    Body::from_stream(bytes)
}

/// One request to the real thing.
async fn backend(
    root: &Path,
    parts: &axum::http::request::Parts,
    body: &[u8],
) -> (StatusCode, HeaderMap, Bytes) {
    let kind = parts.headers.get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap()).unwrap_or_default();
    let mut child = tokio::process::Command::new("git")
        .arg("http-backend")
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", root)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", parts.uri.path())
        .env("QUERY_STRING", parts.uri.query().unwrap_or_default())
        .env("REQUEST_METHOD", parts.method.as_str())
        .env("CONTENT_TYPE", kind)
        .env("CONTENT_LENGTH", body.len().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // It does not read all of what it refuses.
    drop(input.write_all(body).await);
    drop(input);
    let output = Bytes::from(child.wait_with_output().await.unwrap().stdout);
    let end = output.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let (mut status, mut headers) = (StatusCode::OK, HeaderMap::new());
    for line in std::str::from_utf8(&output[..end]).unwrap().lines() {
        let (name, value) = line.split_once(": ").unwrap();
        if name == "Status" {
            status = value[..3].parse().unwrap();
        } else {
            headers.insert(name.parse::<header::HeaderName>().unwrap(), value.parse().unwrap());
        }
    }
    (status, headers, output.slice(end + 4..))
}
