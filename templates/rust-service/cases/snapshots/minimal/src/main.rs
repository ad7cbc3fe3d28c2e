//! The process: logs, configuration, listener, and an orderly stop.

use std::{net::Ipv4Addr, process::ExitCode, time::Duration};

use anyhow::Context;
use tokio::{net::TcpListener, signal};
use tracing::{error, info, level_filters::LevelFilter};
use tracing_subscriber::EnvFilter;

use order_api::{app, config::Config, server};

/// How long a stop waits for requests in flight: below the 30 seconds after which Kubernetes kills.
const DRAIN: Duration = Duration::from_secs(20);

#[tokio::main]
async fn main() -> ExitCode {
    init_logs();
    match run().await {
        Ok(()) => {
            info!("stopped");
            ExitCode::SUCCESS
        }
        Err(error) => {
            error!(error = format!("{error:#}"), "cannot run");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    let config = Config::from_env()?;
    let address = (Ipv4Addr::UNSPECIFIED, config.port);
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on port {}", config.port))?;
    let stop = stop_signal()?;
    info!(port = listener.local_addr()?.port(), "listening");

    server::serve(listener, app::router(), stop, DRAIN).await.context("serving failed")
}

/// JSON lines on standard output; `RUST_LOG` sets what is shown.
fn init_logs() {
    let filter =
        EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_span_list(false)
        .with_env_filter(filter)
        .init();
}

/// Completes on Ctrl-C, and on the SIGTERM with which a platform asks a process to go.
#[cfg(unix)]
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    use signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt()).context("cannot watch for SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot watch for SIGTERM")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Completes on Ctrl-C.
#[cfg(windows)]
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let mut interrupt = signal::windows::ctrl_c().context("cannot watch for Ctrl-C")?;
    Ok(async move {
        interrupt.recv().await;
    })
}
