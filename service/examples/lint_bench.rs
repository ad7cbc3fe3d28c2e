//! How many templates are linted in a second: `cargo run --release --example lint_bench -- <path>…`
//!
//! It lints the same paths again and again, as the command does (finding the files, reading them and their
//! skeletons, all rules, on all cores), for some seconds, and prints the median round. Without paths it takes
//! the golden paths of this repository.

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use stagecraft::lint::{Options, lint};

/// How long it runs at least.
const LONG_ENOUGH: Duration = Duration::from_secs(3);
/// The fewest rounds.
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if paths.is_empty() {
        paths.push(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../templates"));
    }
    let begun = Instant::now();
    let mut rounds = Vec::new();
    let mut report = lint(&paths, &Options::default())?;
    while rounds.len() < ROUNDS || begun.elapsed() < LONG_ENOUGH {
        let round = Instant::now();
        report = lint(&paths, &Options::default())?;
        rounds.push(round.elapsed());
    }
    rounds.sort();
    let median = rounds.get(rounds.len() / 2).copied().unwrap_or_default();
    let rate = report.templates as f64 / median.as_secs_f64();
    println!(
        "{} templates, {} findings: {median:.1?} a round (median of {}), {rate:.0} templates a second",
        report.templates,
        report.findings.len(),
        rounds.len()
    );
    Ok(())
}
