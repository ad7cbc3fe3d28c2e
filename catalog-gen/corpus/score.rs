//! How good the generator is: what it says of public repositories beside what people wrote.
//!
//! Run with `--mirrors <folder>`; `README.md` beside this file says what lies there. It changes nothing, and it
//! needs no network. The invariant: what is scored never saw a catalog file of the repository.

#[path = "score/facts.rs"]
mod facts;
#[path = "score/measure.rs"]
mod measure;
#[path = "score/pair.rs"]
mod pair;
#[path = "score/report.rs"]
mod report;
#[path = "score/strip.rs"]
mod strip;
#[path = "score/words.rs"]
mod words;

use std::error::Error;
use std::path::PathBuf;

use catalog_gen::{Catalogue, Claim, Confidence, Described, Entity, Evidence, Site, generate};
use clap::Parser;
use serde_json::json;

use facts::{Adjudications, Repository};
use measure::Score;

/// Scores the generator on the repositories of `facts.json`.
#[derive(Parser)]
struct Options {
    /// The folder with bare copies of the repositories.
    #[arg(long)]
    mirrors: PathBuf,
    /// Other facts than those beside the program.
    #[arg(long)]
    facts: Option<PathBuf>,
    /// Only repositories whose name holds this text.
    #[arg(long)]
    only: Option<String>,
    /// List every value that is not what people wrote.
    #[arg(long)]
    misses: bool,
    /// Print what was generated.
    #[arg(long)]
    entities: bool,
    /// Count beside it what Backstage's own import wizard proposes for the same repositories.
    #[arg(long)]
    beside: bool,
    /// Write the figures as JSON, too.
    #[arg(long)]
    json: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let facts = facts::facts(options.facts.as_deref())?;
    let rulings = facts::adjudications()?;
    let (mut score, mut wizard) = (Score::default(), Score::default());
    for repository in &facts {
        let wanted = options.only.as_deref().is_none_or(|text| repository.repository.contains(text));
        if wanted && let Err(error) = one(repository, &options, &rulings, (&mut score, &mut wizard)) {
            println!("{}: not scored: {error}", repository.repository);
        }
    }
    report::print(&score, options.misses);
    if options.beside {
        report::beside(&score, &wizard);
    }
    if options.json {
        println!("{}", serde_json::to_string(&report::figures(&score))?);
    }
    Ok(())
}

fn one(
    repository: &Repository,
    options: &Options,
    rulings: &Adjudications,
    (score, wizard): (&mut Score, &mut Score),
) -> Result<(), Box<dyn Error>> {
    let stripped = strip::read(&options.mirrors, repository)?;
    if !stripped.at_commit {
        println!("{}: read at HEAD, its commit is not in the copy", repository.repository);
    }
    let catalogue = generate(&stripped.snapshot.material(), &Site::default());
    if options.entities {
        for described in &catalogue.entities {
            println!("{} {}", repository.repository, serde_json::to_string(&described.entity.to_value())?);
        }
    }
    let written = strip::complete(repository, &stripped.written);
    score.add(repository, &written, &catalogue, rulings);
    wizard.add(repository, &written, &proposed_by_wizard(repository), rulings);
    Ok(())
}

/// What the analysis behind Backstage's import wizard answers, whatever the repository holds: its name, and words that
/// say nothing.
fn proposed_by_wizard(repository: &Repository) -> Catalogue {
    let name = repository.repository.rsplit('/').next().unwrap_or_default();
    let entity = json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": { "name": name, "annotations": { "github.com/project-slug": repository.repository } },
        // People are asked for the owner.
        "spec": { "type": "other", "lifecycle": "unknown", "owner": "unknown" },
    });
    let entities = Entity::from_value(&entity).into_iter().map(|entity| Described {
        entity,
        folder: String::new(),
        existence: Claim::new(
            true,
            Confidence::Certain,
            Evidence::of_repository("wizard", "there is one for each"),
        ),
        fields: Vec::new(),
        suggestions: Vec::new(),
        outvoted: Vec::new(),
        missing: vec!["spec.owner".to_owned()],
    });
    Catalogue { entities: entities.collect(), ..Catalogue::default() }
}
