//! `catalog-gen org`: every repository of an organisation, a user or a folder, several at a time.
//!
//! What was read once is kept in a state file, so that a run that was stopped goes on where it was, and a later one
//! reads only what changed. The invariant: the answer does not depend on which repository was read first.

mod progress;
mod state;
mod table;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use catalog_gen::source::bare::Bare;
use catalog_gen::source::github::{Found, GitHub};
use catalog_gen::source::{Limits, Snapshot};
use catalog_gen::{Catalogue, TreePath, generate};
use clap::{Args, ValueEnum};
use tokio::sync::Semaphore;

use super::target::{Host, Opened, local, site};
use super::{Done, Failure, Outcome, print, say};
use progress::Progress;
use state::State;

#[derive(Args)]
pub(super) struct Options {
    /// An organisation or user on GitHub, or a folder of repositories
    owner: String,
    /// The site file: house words, owners, annotations
    #[arg(long, value_name = "FILE")]
    site: Option<PathBuf>,
    /// What was read is kept here; without it everything is read again
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Write a catalog file for each repository below this folder
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Forks, too
    #[arg(long)]
    forks: bool,
    /// How many repositories are read at a time
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=64))]
    at_once: u8,
    /// What is printed at the end
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    host: Host,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for each repository, and the sums.
    Table,
    /// A line of JSON for each repository, with all reasons.
    Json,
}

/// A repository that is to be read.
#[derive(Clone)]
struct Work {
    name: String,
    version: Option<String>,
    place: Place,
}

#[derive(Clone)]
enum Place {
    Local(PathBuf),
    Host(Arc<GitHub>, Box<Found>),
}

/// What came of a repository.
struct Row {
    name: String,
    outcome: Result<Catalogue, String>,
}

pub(super) async fn run(options: Options) -> Done {
    let site = Arc::new(site(options.site.as_deref())?);
    let mut state = State::open(options.state.as_deref(), &site)?;
    let mut all = list(&options.owner, &options.host).await?;
    all.retain(|work| options.forks || !matches!(&work.place, Place::Host(_, found) if found.fork));
    let progress = Progress::new(all.len());
    let room = Arc::new(Semaphore::new(usize::from(options.at_once)));
    let mut waiting = Vec::new();
    for work in all {
        let known = state.known(&work.name, work.version.as_deref());
        let (room, site, name, version) =
            (Arc::clone(&room), Arc::clone(&site), work.name.clone(), work.version.clone());
        let task = match known {
            Some(_) => None,
            None => Some(tokio::spawn(async move {
                // The room is never closed.
                let _room = room.acquire().await;
                let snapshot = read(&work).await?;
                let made = tokio::task::spawn_blocking(move || generate(&snapshot.material(), &site));
                made.await.map_err(Failure::from)
            })),
        };
        waiting.push((name, version, known, task));
    }
    let mut rows = Vec::new();
    for (name, version, known, task) in waiting {
        let outcome = match (known, task) {
            (Some(catalogue), _) => Ok(catalogue),
            (None, Some(task)) => {
                task.await.unwrap_or_else(|error| Err(error.into())).map_err(|failure| failure.0)
            }
            (None, None) => continue,
        };
        if let Ok(catalogue) = &outcome {
            state.keep(&name, version.as_deref(), catalogue)?;
        }
        progress.one(&name);
        rows.push(Row { name, outcome });
    }
    progress.end();
    finish(&options, &rows)
}

fn finish(options: &Options, rows: &[Row]) -> Done {
    if let Some(folder) = &options.out {
        std::fs::create_dir_all(folder)?;
        for row in rows {
            if let Ok(catalogue) = &row.outcome
                && !catalogue.entities.is_empty()
            {
                let path = TreePath::parse(&format!("{}/catalog-info.yaml", row.name))?;
                super::generate::save(folder, &path, &super::generate::yaml(&catalogue.entities)?)?;
            }
        }
    }
    match options.format {
        Format::Table => print(&table::text(rows))?,
        Format::Json => print(&table::lines(rows)?)?,
    }
    let failed = rows.iter().any(|row| row.outcome.is_err());
    Ok(if failed { Outcome::Findings } else { Outcome::Fine })
}

/// Reads every repository of an owner with its catalog files, and hands them over in the order of their names.
pub(super) async fn each(
    owner: &str,
    host: &Host,
    mut take: impl FnMut(&str, Result<Opened, Failure>),
) -> Result<(), Failure> {
    let all = list(owner, host).await?;
    let progress = Progress::new(all.len());
    for some in all.chunks(8) {
        let tasks: Vec<_> = some
            .iter()
            .cloned()
            .map(|work| (work.name.clone(), tokio::spawn(async move { read(&work).await })))
            .collect();
        for (name, task) in tasks {
            let read = task.await.unwrap_or_else(|error| Err(error.into()));
            take(
                &name,
                read.map(|snapshot| Opened { snapshot, site: catalog_gen::Site::default(), folder: None }),
            );
            progress.one(&name);
        }
    }
    progress.end();
    Ok(())
}

async fn read(work: &Work) -> Result<Snapshot, Failure> {
    match &work.place {
        Place::Local(path) => {
            let path = path.clone();
            tokio::task::spawn_blocking(move || Ok(local(&path, None)?.0)).await?
        }
        Place::Host(github, found) => Ok(github.read(found, Limits::default()).await?),
    }
}

async fn list(owner: &str, host: &Host) -> Result<Vec<Work>, Failure> {
    let folder = Path::new(owner);
    if folder.is_dir() {
        return below(folder);
    }
    let github = host.github("github.com")?;
    let found = github.repositories(owner, |count| say(&format!("{owner}: {count} repositories"))).await?;
    let github = Arc::new(github);
    let work = |found: Found| Work {
        name: found.slug.clone(),
        version: found.version.clone(),
        place: Place::Host(Arc::clone(&github), Box::new(found)),
    };
    Ok(found.into_iter().map(work).collect())
}

/// The repositories directly below a folder, or one below that, as copies often lie.
fn below(folder: &Path) -> Result<Vec<Work>, Failure> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let places = [path.clone(), path.join("repo")];
        let is = |path: &PathBuf| path.join(".git").exists() || path.join("HEAD").is_file();
        let Some(place) = places.into_iter().find(is) else { continue };
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let name = name.strip_suffix(".git").unwrap_or(name).to_owned();
        // The files of a work tree change without a commit.
        let bare = !place.join(".git").exists();
        let version = Bare::open(&place, None).ok().filter(|_| bare).and_then(|bare| bare.commit());
        all.push(Work { name, version, place: Place::Local(place) });
    }
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all)
}
