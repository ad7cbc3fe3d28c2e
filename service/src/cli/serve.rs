//! `stagecraft serve`, `worker` and `migrate`: the long-running commands and what they need first.

use std::net::SocketAddr;

use clap::Args;
use futures_util::future::join_all;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::Global;
use super::error::CommandError;
use crate::app::{App, DataFolder, open_database};
use crate::config::Config;
use crate::http;
use crate::telemetry;

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Address and port; wins over the settings.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Template folders, files or git URLs; added to those of the settings.
    #[arg(long = "templates", value_name = "SOURCE")]
    sources: Vec<String>,
}

impl Serve {
    pub(super) async fn run(self, global: &Global) -> Result<(), CommandError> {
        let mut config = global.settings()?;
        if let Some(listen) = self.listen {
            config.server.listen = listen;
            config.check()?;
        }
        config.templates.sources.extend(self.sources);
        telemetry::init(&config.log).map_err(|error| CommandError::usage(error.to_string()))?;
        let listener = TcpListener::bind(config.server.listen).await.map_err(|error| {
            CommandError::unavailable(format!(
                "`server.listen` {} cannot be used: {error}",
                config.server.listen
            ))
        })?;
        let pages = forge_pages(&config).await?;
        let app = App::build(config).await?;
        let stop = stop_signal()?;
        announce(&app, &listener);
        for (host, _) in &pages {
            tracing::info!("the repositories of the local forge are shown at http://{host}");
        }
        let showing = pages.into_iter().map(|(host, listener)| {
            http::serve(listener, http::forge_router(app.local_forge.clone(), &host), stop.clone())
        });
        let (served, _) = tokio::join!(serve_app(&app, listener, stop.clone()), join_all(showing));
        served
    }
}

/// The addresses at which forges are shown, ready to be served.
async fn forge_pages(config: &Config) -> Result<Vec<(String, TcpListener)>, CommandError> {
    let mut listeners = Vec::new();
    for (host, listen) in config.forge_pages() {
        let listener = TcpListener::bind(listen).await.map_err(|error| {
            CommandError::unavailable(format!("`forges.\"{host}\".listen` {listen} cannot be used: {error}"))
        })?;
        listeners.push((host.to_owned(), listener));
    }
    Ok(listeners)
}

/// Serves and works until `shutdown` fires.
pub(super) async fn serve_app(
    app: &App,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> Result<(), CommandError> {
    let worker = app.worker();
    // Whoever asks first is to find the templates in the catalog feed.
    if let Err(error) = app.catalog.publish().await {
        tracing::warn!(%error, "the templates could not be brought into the catalog feed; trying again");
    }
    let router = http::router(app.http_state(shutdown.clone()));
    let serving = async {
        let served = http::serve(listener, router, shutdown.clone()).await;
        shutdown.cancel();
        served
    };
    let (served, (), (), (), (), (), ()) = tokio::join!(
        serving,
        worker.run(shutdown.clone()),
        worker.keep_house(shutdown.clone()),
        app.watch_templates(shutdown.clone()),
        app.catalog.run(shutdown.clone()),
        app.catalog.watch(shutdown.clone()),
        app.webhooks.run(shutdown.clone()),
    );
    app.db.close().await;
    served.map_err(|error| CommandError::failed(format!("the server ended: {error}")))
}

fn announce(app: &App, listener: &TcpListener) {
    let address = listener.local_addr().map(|address| address.to_string()).unwrap_or_default();
    let listed = app.tasks.library().list();
    let broken = listed.iter().filter(|template| !template.errors.is_empty()).count();
    for template in listed.iter().filter(|template| !template.errors.is_empty()) {
        let faults: Vec<String> = template.errors.iter().map(ToString::to_string).collect();
        tracing::warn!(template.place = template.place, "a template is broken: {}", faults.join("; "));
    }
    if app.config.templates.sources.is_empty() {
        tracing::warn!("there are no templates: name a source with `--templates`, or in `templates.sources`");
    }
    if app.config.auth.tokens.is_empty() && app.verifier.is_none() {
        tracing::warn!("`auth.tokens` is empty: every program on this machine may call, and nobody else can");
    }
    let backstage = &app.config.backstage;
    if !backstage.base_url.is_empty() && !backstage.permissions {
        tracing::warn!("`backstage.permissions` is false: whoever Backstage lets in may do everything here");
    } else if !backstage.base_url.is_empty() && !backstage.token.expose().is_empty() {
        tracing::warn!(
            "with `backstage.token` Backstage's policy cannot be asked what its users may do, so their requests are refused: \
             leave it empty, so that the service acts with keys of its own, or set `backstage.permissions: false`"
        );
    }
    tracing::info!(
        server.address = address,
        templates.usable = listed.len() - broken,
        templates.broken = broken,
        "ready at http://{address}/api/scaffolder"
    );
}

/// `stagecraft worker`
pub(super) async fn worker(global: &Global) -> Result<(), CommandError> {
    let config = global.settings()?;
    if config.worker.concurrency == 0 {
        return Err(CommandError::usage("`worker.concurrency` is 0: this worker would do nothing"));
    }
    telemetry::init(&config.log).map_err(|error| CommandError::usage(error.to_string()))?;
    let app = App::build(config).await?;
    let (worker, shutdown) = (app.worker(), stop_signal()?);
    tracing::info!(worker.concurrency = app.config.worker.concurrency, "ready for tasks");
    tokio::join!(
        worker.run(shutdown.clone()),
        worker.keep_house(shutdown.clone()),
        app.catalog.watch(shutdown)
    );
    app.db.close().await;
    Ok(())
}

/// `stagecraft migrate`
pub(super) async fn migrate(global: &Global) -> Result<(), CommandError> {
    let config = global.settings()?;
    let folder = DataFolder::open(&config.data_dir)?;
    let db = open_database(&config, &folder).await?;
    println!(
        "The database has schema version {}, which this version of Stagecraft needs.",
        crate::db::KNOWN_VERSION
    );
    db.close().await;
    Ok(())
}

/// Fires at Ctrl-C or at the signal that a supervisor sends. Both are heard from the moment this returns.
pub(super) fn stop_signal() -> Result<CancellationToken, CommandError> {
    let unheard = |error| CommandError::failed(format!("signals to stop cannot be heard: {error}"));
    let mut interrupt = signal(SignalKind::interrupt()).map_err(unheard)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(unheard)?;
    let token = CancellationToken::new();
    let fired = token.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping: tasks under way go on at the next start");
        fired.cancel();
    });
    Ok(token)
}
