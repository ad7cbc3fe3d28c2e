//! Serving, and stopping without losing a request.

use std::{io, time::Duration};

use axum::Router;
use tokio::{net::TcpListener, sync::oneshot, time::sleep};
use tracing::{info, warn};

/// Serves `app` until `stop` completes, then takes no new connection and finishes the requests in
/// flight. After `drain` it returns even if some are left, so that one slow client cannot hold up
/// a deployment.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    stop: impl Future<Output = ()> + Send + 'static,
    drain: Duration,
) -> io::Result<()> {
    let (stopping, stopped) = oneshot::channel();
    let serving = axum::serve(listener, app).with_graceful_shutdown(async move {
        stop.await;
        info!("stopping: finishing the requests in flight");
        // Nobody listens any more only when `serve` itself has ended.
        let _ = stopping.send(());
    });
    let overdue = async {
        // The sender goes without a word only when `serving` ends first.
        let _ = stopped.await;
        sleep(drain).await;
    };

    tokio::select! {
        served = serving => served,
        () = overdue => {
            warn!(drain_seconds = drain.as_secs_f64(), "requests were still open: gave up on them");
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::pending,
        net::Ipv4Addr,
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        },
    };

    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
        sync::Notify,
        task::yield_now,
        time::timeout,
    };

    use super::*;

    /// Far above what a passing test takes.
    const PATIENCE: Duration = Duration::from_secs(30);

    /// A listener on a free port, and a client that has sent a request for `/`.
    async fn listener_with_a_request() -> (TcpListener, TcpStream) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        (listener, client)
    }

    #[tokio::test]
    async fn it_returns_after_the_request_in_flight_was_answered() {
        let (listener, mut client) = listener_with_a_request().await;
        let (entered, stopped) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let finished = Arc::new(AtomicBool::new(false));
        let slow = {
            let (entered, stopped, finished) = (entered.clone(), stopped.clone(), finished.clone());
            async move || {
                entered.notify_one();
                stopped.notified().await;
                // Everything else that can run runs first.
                for _ in 0..1_000 {
                    yield_now().await;
                }
                finished.store(true, Ordering::Relaxed);
                "done"
            }
        };
        let app = Router::new().route("/", get(slow));
        let stop = async move {
            entered.notified().await;
            stopped.notify_one();
        };

        timeout(PATIENCE, serve(listener, app, stop, PATIENCE)).await.unwrap().unwrap();

        assert!(finished.load(Ordering::Relaxed));
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("done"), "{answer}");
    }

    #[tokio::test]
    async fn a_request_that_never_ends_does_not_hold_up_the_stop() {
        let (listener, _client) = listener_with_a_request().await;
        let entered = Arc::new(Notify::new());
        let endless = {
            let entered = entered.clone();
            async move || {
                entered.notify_one();
                pending::<()>().await
            }
        };
        let app = Router::new().route("/", get(endless));
        let stop = async move { entered.notified().await };

        let served = timeout(PATIENCE, serve(listener, app, stop, Duration::from_millis(1))).await;

        served.unwrap().unwrap();
    }
}
