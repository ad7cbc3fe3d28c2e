//! Git's smart protocol: `git http-backend` as a child for each request.

use std::path::Path;
use std::process::Stdio;

use bytes::Bytes;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::server::{Incoming, Reply};

/// A request of a git client.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) owner: String,
    pub(crate) name: String,
    /// `info/refs`, `git-upload-pack` or `git-receive-pack`.
    pub(crate) service: &'static str,
}

impl Request {
    /// What a path asks for, if it is a git client's.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let service = ["info/refs", "git-upload-pack", "git-receive-pack"]
            .into_iter()
            .find(|service| path.ends_with(&format!("/{service}")))?;
        let place = path.strip_suffix(service)?.trim_matches('/');
        let (owner, name) = place.split_once('/')?;
        let (owner, name) = (crate::router::percent_decoded(owner)?, crate::router::percent_decoded(name)?);
        let name = name.strip_suffix(".git").unwrap_or(&name).to_owned();
        (!name.contains('/') && !owner.is_empty()).then_some(Self { owner, name, service })
    }

    /// Whether it is about writing.
    pub(crate) fn writes(&self, query: &str) -> bool {
        self.service == "git-receive-pack" || query.contains("service=git-receive-pack")
    }

    /// Its name for the recorder and for faults.
    pub(crate) const fn operation(&self) -> &'static str {
        match self.service.as_bytes() {
            b"info/refs" => "git/info-refs",
            b"git-upload-pack" => "git/upload-pack",
            _ => "git/receive-pack",
        }
    }
}

/// What `git http-backend` answers.
pub(crate) async fn run(folder: &Path, request: &Request, incoming: &Incoming) -> Reply {
    answered(folder, request, incoming).await.unwrap_or_else(|| Reply::text(500, "git http-backend failed"))
}

async fn answered(folder: &Path, request: &Request, incoming: &Incoming) -> Option<Reply> {
    let header = |name: &str| incoming.headers.get(name).cloned().unwrap_or_default();
    let mut child = Command::new(super::program())
        .arg("http-backend")
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_PROJECT_ROOT", folder)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REMOTE_USER", "double")
        .env("PATH_INFO", format!("/{}", request.service))
        .env("QUERY_STRING", &incoming.query)
        .env("REQUEST_METHOD", &incoming.method)
        .env("CONTENT_TYPE", header("content-type"))
        .env("CONTENT_LENGTH", incoming.body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .env("GIT_PROTOCOL", header("git-protocol"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take()?;
    let body = incoming.body.clone();
    // Both at once: the child answers before it has read all.
    let (_, output) = tokio::join!(
        async move {
            // A child that has heard enough closes its end.
            let _ = stdin.write_all(&body).await;
        },
        child.wait_with_output()
    );
    parsed(&output.ok()?.stdout)
}

/// A CGI's answer: headers, an empty line, the body.
fn parsed(output: &[u8]) -> Option<Reply> {
    let end = output.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, rest) = output.split_at_checked(end)?;
    let mut reply = Reply { status: 200, headers: Vec::new(), body: Bytes::copy_from_slice(rest.get(4..)?) };
    for line in std::str::from_utf8(head).ok()?.lines() {
        let (name, value) = line.split_once(':')?;
        let value = value.trim();
        if name.eq_ignore_ascii_case("status") {
            reply.status = value.split(' ').next()?.parse().ok()?;
        } else {
            reply.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
    }
    Some(reply)
}
