//! Serves the router on a listener until it is told to stop.

use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long requests that run when the process is told to stop may go on.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until `shutdown` fires, then lets running requests end: at most ten seconds more. Give the same
/// token to [`super::HttpParts::closing`], so that open streams end too.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let stop = shutdown.clone();
    // Events are small: on a connection that is kept, each would wait some 40 ms for the client to acknowledge the last.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "answers on a connection may be held back by the system");
        }
    });
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move { stop.cancelled().await });
    let overdue = async move {
        shutdown.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = serving => ended,
        () = overdue => {
            tracing::warn!("requests were still running at shutdown and were broken off");
            Ok(())
        }
    }
}
