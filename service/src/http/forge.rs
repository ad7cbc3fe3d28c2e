//! The local forge as web pages: read-only, on this machine, with addresses of GitHub's shape.
//!
//! It shows repositories to people, gives their files to Backstage's URL reader and lets git clone them. It has no
//! users: whoever reaches the port may read, so it listens on a loopback address alone. The invariant: nothing is
//! answered to a request that names another host, so no website can reach it under a name of its own, and no
//! request changes anything.

mod address;
mod api;
mod files;
mod html;
mod pages;
mod tar;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

use super::report;
use crate::forge::local::LocalForge;
use crate::forge::{ForgeError, RepoSlug};
use crate::git::{Content, Listed, ListedKind, Spot};
use crate::telemetry::Metrics;
use address::{Asked, Name, place};

/// The largest file that is shown. A clone has larger ones.
const LARGEST_FILE: u64 = 32 * 1024 * 1024;
/// The largest text that is shown below a list of files.
const LARGEST_README: u64 = 256 * 1024;

/// Pages load nothing and run nothing; the style stands in the page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// What the handler stands on.
#[derive(Clone)]
struct Door {
    forge: LocalForge,
    host: Arc<str>,
}

/// Everything that is served for the forge's repositories of `host`, which is also the address it is served at.
pub fn forge_router(forge: LocalForge, host: &str) -> Router {
    let door = Door { forge, host: host.to_ascii_lowercase().into() };
    Router::new()
        .fallback(answer)
        .layer(from_fn_with_state(door.clone(), guard))
        .layer(CatchPanicLayer::custom(report::panicked))
        .layer(from_fn_with_state(Metrics::new(), report::report))
        .layer(from_fn(protect))
        .with_state(door)
}

/// Why there is nothing to show.
struct Fault(StatusCode, String);

impl Fault {
    fn nothing(message: impl Into<String>) -> Self {
        Self(StatusCode::NOT_FOUND, message.into())
    }

    fn too_large(what: &str) -> Self {
        let message = format!("{what} is larger than {LARGEST_FILE} bytes; clone the repository");
        Self(StatusCode::PAYLOAD_TOO_LARGE, message)
    }
}

impl From<ForgeError> for Fault {
    fn from(error: ForgeError) -> Self {
        match error {
            // A name that no repository can have is one that none has.
            ForgeError::NotFound(message) | ForgeError::Invalid(message) => Self::nothing(message),
            error => {
                tracing::warn!(error = %error, "the local forge could not be read");
                Self(StatusCode::SERVICE_UNAVAILABLE, "the repository cannot be read; see the log".to_owned())
            }
        }
    }
}

/// Refuses requests that name another host: a website can make a name of its own lead here.
async fn guard(State(door): State<Door>, request: Request, next: Next) -> Response {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    let is_own = |host: &str| host.eq_ignore_ascii_case(&door.host);
    let authority = request.uri().authority().map(|authority| authority.as_str());
    if host.is_some_and(is_own) && hosts.next().is_none() && authority.is_none_or(is_own) {
        return next.run(request).await;
    }
    let message = format!("this forge is called http://{}/ and answers under no other name\n", door.host);
    (StatusCode::MISDIRECTED_REQUEST, message).into_response()
}

/// The outermost layer: what every answer says to the browser.
async fn protect(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn answer(State(door): State<Door>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let allow = [(header::ALLOW, "GET, HEAD")];
        return (StatusCode::METHOD_NOT_ALLOWED, allow, "this forge is read-only\n").into_response();
    }
    let answered = match Asked::parse(request.uri().path()) {
        None => Err(Fault::nothing("there is no such page")),
        Some(Asked::Index) => door.list(None).await,
        Some(Asked::Owner(owner)) => door.list(Some(&owner)).await,
        Some(Asked::Folder(name, place)) => door.folder(&name, &place).await,
        Some(Asked::File(name, place)) => door.file(&name, &place, request.headers()).await,
        Some(Asked::Api(name, asked)) => {
            let answered = door.api(&name, asked, request.headers(), request.uri().query()).await;
            return answered.unwrap_or_else(|Fault(status, message)| api::fault(status, &message));
        }
        Some(Asked::Git(name, path)) => {
            return door.git(&name, &path, request.uri().query()).await;
        }
    };
    answered.unwrap_or_else(|Fault(status, message)| page(status, pages::fault(&door.host, status, &message)))
}

impl Door {
    fn slug(&self, name: &Name) -> RepoSlug {
        RepoSlug { host: self.host.to_string(), owner: name.owner.clone(), name: name.name.clone() }
    }

    async fn list(&self, owner: Option<&str>) -> Result<Response, Fault> {
        let mut repositories = self.forge.repositories_of(&self.host).await?;
        if let Some(owner) = owner {
            repositories.retain(|(repository, _)| repository.slug.owner.eq_ignore_ascii_case(owner));
            if repositories.is_empty() {
                return Err(Fault::nothing(format!("`{owner}` has no repository here")));
            }
        }
        Ok(page(StatusCode::OK, pages::list(&self.host, owner, &repositories)))
    }

    async fn folder(&self, name: &Name, place: &str) -> Result<Response, Fault> {
        let slug = self.slug(name);
        let (repository, facts) =
            self.forge.facts(&slug).await?.ok_or_else(|| Fault::nothing("there is no such repository"))?;
        let references = self.forge.references(&slug).await?;
        let is_empty = place.is_empty() && !references.iter().any(|one| one.branch().is_some());
        let spot = if is_empty { None } else { Some(self.forge.look_at(&slug, place, 0).await?) };
        let readme = match &spot {
            Some(spot) if matches!(spot.content, Content::File(_)) => return Ok(moved(name, "blob", spot)),
            Some(spot) => self.readme(&slug, spot).await?,
            None => None,
        };
        let shown = pages::Shown {
            repository: &repository,
            facts: &facts,
            references: &references,
            spot: spot.as_ref(),
            readme: readme.as_ref().map(|(name, text)| (name.as_str(), text.as_str())),
        };
        Ok(page(StatusCode::OK, pages::folder(&shown)))
    }

    /// Name and text of the file that a folder is introduced by.
    async fn readme(&self, slug: &RepoSlug, spot: &Spot) -> Result<Option<(String, String)>, Fault> {
        let Content::Folder(entries) = &spot.content else { return Ok(None) };
        let is_readme = |entry: &&Listed| {
            let name = entry.name.to_ascii_lowercase();
            let is_file = matches!(entry.kind, ListedKind::File(_) | ListedKind::Executable(_));
            is_file && matches!(name.as_str(), "readme.md" | "readme" | "readme.txt" | "readme.rst")
        };
        let Some(entry) = entries.iter().find(is_readme) else { return Ok(None) };
        let folder = spot.path.as_ref().map(|path| format!("{path}/")).unwrap_or_default();
        let place = format!("{}/{folder}{}", spot.commit.id.0, entry.name);
        let Content::File(blob) = self.forge.look_at(slug, &place, LARGEST_README).await?.content else {
            return Ok(None);
        };
        let text = blob.bytes.filter(|bytes| files::is_text(bytes));
        let text = text.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
        Ok(text.map(|text| (entry.name.clone(), text)))
    }

    async fn file(&self, name: &Name, place: &str, asked: &HeaderMap) -> Result<Response, Fault> {
        let slug = self.slug(name);
        let mut spot = self.forge.look_at(&slug, place, LARGEST_FILE).await?;
        match &mut spot.content {
            Content::Folder(_) => Ok(moved(name, "tree", &spot)),
            Content::File(blob) => match blob.bytes.take() {
                Some(bytes) => Ok(files::file(blob, bytes, asked)),
                None => {
                    let message =
                        format!("`{place}` is larger than {LARGEST_FILE} bytes; clone the repository");
                    Err(Fault(StatusCode::PAYLOAD_TOO_LARGE, message))
                }
            },
        }
    }

    /// A file for a clone. Git shows faults to its user if they are plain text.
    async fn git(&self, name: &Name, path: &str, query: Option<&str>) -> Response {
        if query.is_some_and(|query| query.contains("service=git-receive-pack")) {
            return (StatusCode::FORBIDDEN, "this forge is read-only\n").into_response();
        }
        let (status, message) = match self.forge.git_file(&self.slug(name), path).await {
            Ok(Some(file)) => return files::git_file(file),
            Ok(None) => (StatusCode::NOT_FOUND, "there is no such file".to_owned()),
            Err(error) => {
                let Fault(status, message) = error.into();
                (status, message)
            }
        };
        (status, format!("{message}\n")).into_response()
    }
}

fn page(status: StatusCode, html: String) -> Response {
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

/// To the address of the same place under its right kind, as GitHub does it.
fn moved(name: &Name, kind: &str, spot: &Spot) -> Response {
    let revision = spot.revision.as_deref().unwrap_or("HEAD");
    let path = spot.path.as_ref().map(|path| path.as_str());
    (StatusCode::FOUND, [(header::LOCATION, place(name, kind, revision, path))]).into_response()
}
