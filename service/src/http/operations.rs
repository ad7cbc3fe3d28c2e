//! What operators and their machines ask: alive, ready, numbers, and the API's description.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::reply::{Answer, json as reply, ok};
use super::state::Operations;
use crate::forge::github::GitHub;
use crate::telemetry::{CatalogDepth, Depths, GitHubAccount, QueueDepth};

/// How long a part may take to answer before it counts as away.
const PATIENCE: Duration = Duration::from_secs(2);

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> Answer {
    ok(&json!({ "status": "ok" }))
}

/// `GET /readyz`: requests can be served. The templates were loaded before the server began to listen.
pub(super) async fn ready(State(operations): State<Operations>) -> Answer {
    let fault = match tokio::time::timeout(PATIENCE, operations.db.ping()).await {
        Ok(Ok(())) => return ok(&json!({ "status": "ok" })),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "no answer in time".to_owned(),
    };
    // The reason may name hosts, and anybody may ask: it goes to the log.
    tracing::warn!(error = fault, "not ready: the database does not answer");
    reply(StatusCode::SERVICE_UNAVAILABLE, &not_ready("database"))
}

fn not_ready(part: &str) -> Value {
    json!({ "status": "error", "failing": [part] })
}

/// `GET /metrics`: Prometheus' text form.
pub(super) async fn metrics(State(operations): State<Operations>) -> Response {
    let queue = match tokio::time::timeout(PATIENCE, operations.queue.counts()).await {
        Ok(Ok(counts)) => Some(QueueDepth { ready: counts.ready, leased: counts.leased, dead: counts.dead }),
        Ok(Err(error)) => {
            tracing::warn!(error = %error, "the queue could not be counted");
            None
        }
        Err(_) => None,
    };
    let catalog = catalog_depth(&operations).await;
    let mut github = Vec::new();
    for (host, forge) in operations.github.iter() {
        github.extend(accounts(host, forge).await);
    }
    let depths = Depths { queue, catalog, github };
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, text)], operations.metrics.render(&depths)).into_response()
}

async fn catalog_depth(operations: &Operations) -> Option<CatalogDepth> {
    let asked = async {
        let backlog = operations.webhooks.backlog().await.map_err(|error| error.to_string())?;
        let kept = operations.catalog.kept().await.map_err(|error| error.to_string())?;
        Ok::<_, String>((backlog, kept))
    };
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(((deliveries, changes_waiting, oldest), removals_refused))) => {
            let waits_ms = oldest.map_or(0, |oldest| operations.db.now_ms().saturating_sub(oldest).max(0));
            Some(CatalogDepth {
                deliveries_waiting: deliveries.received,
                deliveries_failed: deliveries.failed,
                changes_waiting,
                oldest_change_s: Duration::from_millis(waits_ms.unsigned_abs()).as_secs_f64(),
                removals_refused,
            })
        }
        Ok(Err(error)) => {
            tracing::warn!(error = %error, "what waits for the catalog could not be counted");
            None
        }
        Err(_) => None,
    }
}

/// How the accounts of a host stand. Those of users' own tokens are many and everybody may read this: they are left out.
async fn accounts(host: &str, github: &GitHub) -> Vec<GitHubAccount> {
    let standing = match tokio::time::timeout(PATIENCE, github.governor().status()).await {
        Ok(Ok(standing)) => standing,
        Ok(Err(error)) => {
            tracing::warn!(error = %error, "what is left of GitHub's limits could not be looked up");
            return Vec::new();
        }
        Err(_) => return Vec::new(),
    };
    let ours = standing.into_iter().filter(|one| !one.is_users());
    ours.map(|one| GitHubAccount {
        host: host.to_owned(),
        account: one.account,
        left_this_minute: one.left_this_minute,
        left_this_hour: one.left_this_hour,
        points_left: one.points_left,
        waiting: one.waiting,
        paused_s: one.paused_for.map_or(0.0, |pause| pause.as_secs_f64()),
    })
    .collect()
}

/// `GET /openapi.json`
pub(super) async fn description() -> Answer {
    ok(&super::openapi())
}
