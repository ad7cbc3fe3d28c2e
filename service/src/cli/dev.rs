//! `stagecraft dev`: a template under one's hands, in the terminal and on a page of this machine.
//!
//! It puts a preview, a watch over the files and the page's server side by side; what is shown is the
//! preview's. Nothing outside is changed, nothing is written.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Global;
use super::error::CommandError;
use super::serve::stop_signal;
use super::values::ValueOptions;
use crate::app::Workbench;
use crate::config::ExpressionErrors;
use crate::http;
use crate::preview::{Given, Preview, Shown, Watch};
use crate::telemetry;
use crate::words::did_you_mean;

mod report;

use report::Report;

/// Arguments of `dev`.
#[derive(Debug, Args)]
pub(super) struct Dev {
    /// The template file, or the folder with its `template.yaml`.
    template: PathBuf,
    #[command(flatten)]
    values: ValueOptions,
    /// Case of the template to start with (`cases/<NAME>.yaml`): its `values:` are taken; `--set` wins over them.
    #[arg(long, value_name = "NAME", conflicts_with = "values")]
    case: Option<String>,
    /// Port of the page on this machine; without it a free one is taken.
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Open the page in the browser.
    #[arg(long)]
    open: bool,
    /// Keep the text of a failing expression, as Backstage does, instead of failing the step.
    #[arg(long)]
    keep_expression_errors: bool,
    /// Name of the template, if the file holds several.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

impl Dev {
    pub(super) async fn run(self, global: &Global) -> Result<(), CommandError> {
        let mut config = global.settings()?;
        config.log.filter = "error".to_owned();
        // Only the one template matters here.
        config.templates.sources.clear();
        telemetry::init(&config.log).map_err(|error| CommandError::usage(error.to_string()))?;
        if !self.template.exists() {
            return Err(CommandError::usage(format!(
                "there is no file or folder `{}`; name a template's file",
                self.template.display()
            )));
        }
        let given = Given { case: self.case_name(), over: self.values.read()?, ..Given::default() };
        let errors =
            if self.keep_expression_errors { ExpressionErrors::Keep } else { ExpressionErrors::Fail };
        let listener = self.listen().await?;
        let address = listener.local_addr().map_err(|error| {
            CommandError::unavailable(format!("the address of the page cannot be told: {error}"))
        })?;
        let bench = Workbench::build(config).await?;
        let preview = bench.preview(&self.template, self.name.as_deref(), given, errors);
        preview.look(Instant::now()).await;
        self.check_case(&preview.now())?;
        self.follow(&preview, listener, address).await
    }

    /// Shows the preview until somebody stops it.
    async fn follow(
        &self,
        preview: &Preview,
        listener: TcpListener,
        address: SocketAddr,
    ) -> Result<(), CommandError> {
        let shutdown = stop_signal()?;
        let cannot = |error: crate::preview::WatchError| CommandError::unavailable(error.to_string());
        let watch = Watch::start(preview).await.map_err(cannot)?;
        let page = format!("http://{address}/");
        println!("Previewing `{}`; press Ctrl-C to stop", self.template.display());
        println!("  page  {page}");
        if self.open {
            open(&page);
        }
        let router = http::preview_router(preview.clone(), address, shutdown.clone());
        let serving = async {
            let served = http::serve(listener, router, shutdown.clone()).await;
            shutdown.cancel();
            served
        };
        let watching = async {
            // What was changed before the watch began is seen now.
            preview.look(Instant::now()).await;
            let watched = watch.follow(preview, shutdown.clone()).await;
            shutdown.cancel();
            watched
        };
        let (served, watched, ()) =
            tokio::join!(serving, watching, print(preview, self.folder(), shutdown.clone()));
        watched.map_err(cannot)?;
        served.map_err(|error| CommandError::failed(format!("the page's server ended: {error}")))
    }

    async fn listen(&self) -> Result<TcpListener, CommandError> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        TcpListener::bind(address).await.map_err(|error| {
            CommandError::unavailable(format!(
                "the page cannot be served at {address}: {error}; name another port with `--port`, or none"
            ))
        })
    }

    /// The folder of the template, as it was given.
    fn folder(&self) -> PathBuf {
        if self.template.is_dir() {
            return self.template.clone();
        }
        self.template.parent().map(Path::to_owned).unwrap_or_default()
    }

    /// A case may be given by its file, too.
    fn case_name(&self) -> Option<String> {
        let name = Path::new(self.case.as_ref()?).file_name()?.to_string_lossy().into_owned();
        let bare = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"));
        Some(bare.unwrap_or(&name).to_owned())
    }

    fn check_case(&self, shown: &Shown) -> Result<(), CommandError> {
        let Some(case) = self.case_name().filter(|_| shown.template.is_some()) else { return Ok(()) };
        let known: Vec<&str> = shown.cases.iter().map(|case| case.name.as_str()).collect();
        if known.contains(&case.as_str()) {
            return Ok(());
        }
        let hint = match did_you_mean(&case, known.iter().copied()) {
            hint if !hint.is_empty() => hint,
            _ if known.is_empty() => "; it has none: put files into `cases/`".to_owned(),
            _ => format!("; there are {}", known.join(", ")),
        };
        Err(CommandError::usage(format!("the template has no case `{case}`{hint}")))
    }
}

/// Prints every state.
async fn print(preview: &Preview, folder: PathBuf, shutdown: CancellationToken) {
    let mut states = preview.subscribe();
    states.mark_changed();
    let mut report = Report::new(folder);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            changed = states.changed() => if changed.is_err() { return },
        }
        let shown = states.borrow_and_update().clone();
        print!("{}", report.text(&shown));
    }
}

/// Asks the desktop to show the page; without a desktop its address stands in the terminal.
fn open(page: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let opened = std::process::Command::new(program)
        .arg(page)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn();
    if let Err(error) = opened {
        eprintln!("warning: the page cannot be opened with `{program}`: {error}; open it by hand");
    }
}
