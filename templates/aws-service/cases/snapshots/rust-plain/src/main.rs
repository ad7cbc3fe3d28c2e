//! The process: logs, configuration, listener, and an orderly stop.

use std::{env, net::Ipv4Addr, process::ExitCode, time::Duration};

use anyhow::{Context, bail};
use service::{
    app::{App, router},
    config::Config,
    server,
};
use tokio::{net::TcpListener, signal};
use tracing::{error, info, level_filters::LevelFilter};
use tracing_subscriber::EnvFilter;

/// How long a stop waits for requests in flight: below the 30 seconds after which Kubernetes kills.
const DRAIN: Duration = Duration::from_secs(20);

#[tokio::main]
async fn main() -> ExitCode {
    init_logs();
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments).await {
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

async fn run(arguments: &[&str]) -> anyhow::Result<()> {
    let config = Config::read(|name| env::var(name).ok())?;
    match arguments {
        [] => serve(&config).await,
        other => bail!("`{}` is no command of this program", other.join(" ")),
    }
}

async fn serve(config: &Config) -> anyhow::Result<()> {
    let app = App {};
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, config.port))
        .await
        .with_context(|| format!("cannot listen on port {}", config.port))?;
    let stop = stop_signal()?;
    info!(port = listener.local_addr()?.port(), "listening");

    server::serve(listener, router(app), stop, DRAIN).await.context("serving failed")
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
