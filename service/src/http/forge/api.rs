//! The part of GitHub's API that Backstage's URL reader asks: a repository, a commit, all its files.
//!
//! Bodies hold the fields that it reads, and those that make them understandable; everything else of that API is
//! not there. Nothing can be changed, as on the pages.

use std::convert::Infallible;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream;
use serde_json::{Value, json};

use super::address::{Name, address};
use super::{Door, Fault, LARGEST_FILE, tar};
use crate::forge::Repository;
use crate::git::{Blob, Content, FileEntry};

/// What a request of the API asks for; below `/api/v3/repos/<owner>/<repository>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Nothing more: the repository.
    Repository,
    /// `/commits/<revision>/status`
    Status(String),
    /// `/git/trees/<revision>`
    Tree(String),
    /// `/git/blobs/<id>`
    Blob(String),
    /// `/tarball/<revision>`
    Tarball(String),
    /// `/contents/<path>`
    Contents(String),
}

impl Asked {
    /// Reads the segments behind the repository.
    pub(super) fn parse(segments: &[String]) -> Option<Self> {
        Some(match segments {
            [] => Self::Repository,
            [kind, revision @ .., status] if kind == "commits" && status == "status" => {
                Self::Status(revision.join("/"))
            }
            [git, trees, revision @ ..] if git == "git" && trees == "trees" => Self::Tree(revision.join("/")),
            [git, blobs, id] if git == "git" && blobs == "blobs" => Self::Blob(id.clone()),
            [kind, revision @ ..] if kind == "tarball" => Self::Tarball(revision.join("/")),
            [kind, path @ ..] if kind == "contents" && !path.is_empty() => Self::Contents(path.join("/")),
            _ => return None,
        })
    }
}

impl Door {
    /// Answers a request of the API.
    pub(super) async fn api(
        &self,
        name: &Name,
        asked: Asked,
        headers: &HeaderMap,
        query: Option<&str>,
    ) -> Result<Response, Fault> {
        let slug = self.slug(name);
        let repository = self.forge.facts(&slug).await?;
        let (repository, _) = repository.ok_or_else(|| Fault::nothing("there is no such repository"))?;
        match asked {
            Asked::Repository => Ok(json(&self.shape(&repository))),
            Asked::Status(revision) => {
                let spot = self.forge.look_at(&slug, &revision, 0).await?;
                Ok(json(&json!({
                    "sha": spot.commit.id.0,
                    "state": "pending",
                    "statuses": [],
                    "repository": self.shape(&repository),
                })))
            }
            Asked::Tree(revision) => self.tree(&repository, &revision).await,
            Asked::Blob(id) => {
                let blob = self.forge.blob(&slug, &id, LARGEST_FILE).await?;
                encoded(&blob, json!({ "sha": blob.id }))
            }
            Asked::Tarball(revision) => self.tarball(name, &revision).await,
            Asked::Contents(path) => {
                let revision =
                    query.and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("ref=")));
                let place = format!("{}/{path}", revision.unwrap_or("HEAD"));
                let accept =
                    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
                if accept.contains("raw") {
                    return self.file(name, &place, headers).await;
                }
                match self.forge.look_at(&slug, &place, LARGEST_FILE).await?.content {
                    Content::File(blob) => {
                        encoded(&blob, json!({ "type": "file", "path": path, "sha": blob.id }))
                    }
                    Content::Folder(_) => Err(Fault::nothing(format!("`{path}` is a folder"))),
                }
            }
        }
    }

    /// A repository as GitHub describes it, as far as this forge knows.
    fn shape(&self, repository: &Repository) -> Value {
        let slug = &repository.slug;
        let api = self.api_address(repository);
        json!({
            "name": slug.name,
            "full_name": format!("{}/{}", slug.owner, slug.name),
            "owner": { "login": slug.owner },
            "html_url": repository.html_url,
            "clone_url": repository.clone_url,
            "default_branch": repository.default_branch,
            "url": api,
            "archive_url": format!("{api}/{{archive_format}}{{/ref}}"),
            "trees_url": format!("{api}/git/trees{{/sha}}"),
            "blobs_url": format!("{api}/git/blobs{{/sha}}"),
        })
    }

    fn api_address(&self, repository: &Repository) -> String {
        let slug = &repository.slug;
        format!("http://{}{}", self.host, address(&["api", "v3", "repos", &slug.owner, &slug.name]))
    }

    /// All files at a revision, whether or not the request says `recursive`.
    async fn tree(&self, repository: &Repository, revision: &str) -> Result<Response, Fault> {
        let api = self.api_address(repository);
        let (commit, files) = self.forge.files(&repository.slug, revision).await?;
        let entries: Vec<Value> = files
            .into_iter()
            .map(|FileEntry { path, id, size }| {
                json!({ "path": path, "type": "blob", "sha": id, "size": size, "url": format!("{api}/git/blobs/{id}") })
            })
            .collect();
        Ok(json(&json!({ "sha": commit.0, "tree": entries, "truncated": false })))
    }

    async fn tarball(&self, name: &Name, revision: &str) -> Result<Response, Fault> {
        let slug = self.slug(name);
        let spot = self.forge.look_at(&slug, revision, 0).await?;
        let (commit, tree) = crate::forge::Forge::read(&self.forge, &slug, Some(&spot.commit.id.0)).await?;
        let top = format!("{}-{}-{}", slug.owner, slug.name, commit.0.get(..7).unwrap_or(&commit.0));
        let pieces = tar::pieces(&top, &tree, spot.commit.seconds);
        let mut response =
            Response::new(Body::from_stream(stream::iter(pieces.into_iter().map(Ok::<_, Infallible>))));
        let media_type = HeaderValue::from_static("application/x-tar");
        response.headers_mut().insert(header::CONTENT_TYPE, media_type);
        Ok(response)
    }
}

/// A file's content inside of JSON.
fn encoded(blob: &Blob, mut body: Value) -> Result<Response, Fault> {
    let bytes = blob.bytes.as_ref().ok_or_else(|| Fault::too_large("the file"))?;
    if let Some(members) = body.as_object_mut() {
        members.insert("content".to_owned(), Value::String(STANDARD.encode(bytes)));
        members.insert("encoding".to_owned(), Value::String("base64".to_owned()));
        members.insert("size".to_owned(), Value::from(blob.size));
    }
    Ok(json(&body))
}

/// An answer of the API.
pub(super) fn json(body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    let media_type = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response
}

/// A fault as GitHub's API tells it.
pub(super) fn fault(status: StatusCode, message: &str) -> Response {
    let mut response = json(&json!({ "message": message }));
    *response.status_mut() = status;
    response
}
