//! One call of GitHub's API: asked again where that helps, and told in our words where it fails.

use std::sync::atomic::Ordering;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use super::{GitHub, GitHubError};

/// Longest answer that is read: a listing of 100,000 files is shorter.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// How often something is asked.
const TRIES: u32 = 4;
/// Longest time that a call waits because GitHub asks for it.
const LONGEST_WAIT: u64 = 60;

/// What came of one try.
enum Tried {
    Answer(Value),
    /// Ask again after so long.
    Again(Duration, GitHubError),
    Failed(GitHubError),
}

impl GitHub {
    /// Asks for a page of the REST API, by its path.
    pub(super) async fn get(&self, path: &str) -> Result<Value, GitHubError> {
        let url = format!("{}/{path}", self.api);
        self.call(path, || self.http.get(&url)).await
    }

    /// Asks a query of GraphQL and gives its `data`.
    pub(super) async fn query(&self, query: &str, variables: Value) -> Result<Value, GitHubError> {
        let base = self.api.strip_suffix("/v3").unwrap_or(&self.api);
        let body = json!({ "query": query, "variables": variables });
        let asked = "graphql";
        let mut answer = self.call(asked, || self.http.post(format!("{base}/graphql")).json(&body)).await?;
        let errors = answer.get("errors").and_then(Value::as_array).filter(|errors| !errors.is_empty());
        let data = answer.get("data").is_some_and(Value::is_object);
        match errors.and_then(|errors| errors.first()) {
            // A part that is missing leaves a null behind, which the caller sees.
            Some(error) if !data => {
                Err(GitHubError::Refused { status: 200, asked: asked.to_owned(), said: said(error) })
            }
            _ => Ok(answer.get_mut("data").map(Value::take).unwrap_or_default()),
        }
    }

    async fn call(
        &self,
        asked: &str,
        request: impl Fn() -> reqwest::RequestBuilder,
    ) -> Result<Value, GitHubError> {
        let mut tries = 1;
        loop {
            match self.once(asked, request()).await {
                Tried::Answer(value) => return Ok(value),
                Tried::Failed(error) => return Err(error),
                Tried::Again(_, error) if tries >= TRIES => return Err(error),
                Tried::Again(wait, _) => tokio::time::sleep(wait.max(backoff(tries))).await,
            }
            tries += 1;
        }
    }

    async fn once(&self, asked: &str, request: reqwest::RequestBuilder) -> Tried {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let request = request.header(ACCEPT, "application/vnd.github+json");
        let request = match &self.token {
            Some(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        };
        let unreachable = |why: String| GitHubError::Unreachable { asked: asked.to_owned(), why };
        let answer = match request.send().await {
            Ok(answer) => answer,
            // The address of the API is no secret, but the error may hold what it was redirected to.
            Err(error) => return Tried::Again(Duration::ZERO, unreachable(error.without_url().to_string())),
        };
        let (status, wait) = (answer.status(), wait_of(answer.headers()));
        let body = match body(answer).await {
            Ok(body) => body,
            Err(why) => return Tried::Again(Duration::ZERO, unreachable(why)),
        };
        let value: Option<Value> = serde_json::from_slice(&body).ok();
        if status.is_success() {
            return value
                .map_or_else(|| Tried::Failed(unreachable("it is not JSON".to_owned())), Tried::Answer);
        }
        let said = value.as_ref().map(said).unwrap_or_default();
        let refused = GitHubError::Refused { status: status.as_u16(), asked: asked.to_owned(), said };
        match (status, wait) {
            (StatusCode::NOT_FOUND, _) => Tried::Failed(GitHubError::NotFound(asked.to_owned())),
            (StatusCode::UNAUTHORIZED, _) => Tried::Failed(GitHubError::Token),
            (StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS, Some(wait)) if wait > LONGEST_WAIT => {
                Tried::Failed(GitHubError::Limit(wait))
            }
            (StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS, Some(wait)) => {
                Tried::Again(Duration::from_secs(wait), GitHubError::Limit(wait))
            }
            _ if status.is_server_error() => Tried::Again(Duration::ZERO, refused),
            _ => Tried::Failed(refused),
        }
    }
}

fn backoff(tries: u32) -> Duration {
    Duration::from_millis(250_u64.saturating_mul(1 << tries.min(6)))
}

/// Seconds to wait, where GitHub says that there were too many calls.
fn wait_of(headers: &HeaderMap) -> Option<u64> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    if let Some(seconds) = number(RETRY_AFTER.as_str()) {
        return Some(seconds);
    }
    if number("x-ratelimit-remaining") != Some(0) {
        return None;
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(number("x-ratelimit-reset")?.saturating_sub(now.as_secs()).saturating_add(1))
}

fn said(value: &Value) -> String {
    let text = value.get("message").and_then(Value::as_str).unwrap_or("nothing more");
    text.chars().filter(|character| !character.is_control()).take(300).collect()
}

async fn body(mut answer: Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| error.without_url().to_string())? {
        body.extend_from_slice(&chunk);
        if body.len() > MOST_BYTES {
            return Err("its answer is too long".to_owned());
        }
    }
    Ok(body)
}
