//! `catalog-gen check`: where the catalog files of a repository differ from its code, for CI.
//!
//! The invariant: it ends with 1 exactly where a file drifted; what is only a note does not count.

use catalog_gen::{Level, Report, check, generate};
use clap::Args;

use super::generate::tell;
use super::target::Target;
use super::validate::Shown;
use super::{Done, Outcome};

#[derive(Args)]
pub(super) struct Options {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    shown: Shown,
}

pub(super) async fn run(options: Options) -> Done {
    let opened = options.target.open().await?;
    tell(&opened);
    let material = opened.snapshot.material();
    let catalogue = generate(&material, &opened.site);
    let report = options.shown.kept(Report::new(check(&material, &catalogue, &opened.site)))?;
    options.shown.tell(&report)?;
    let drifted = report.count(Level::Error) + report.count(Level::Warning) > 0;
    Ok(if drifted { Outcome::Findings } else { Outcome::Fine })
}
