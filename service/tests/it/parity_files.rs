//! The `fetch` and `workspace` actions make the same files as Backstage's own.
//!
//! Every case is a folder of files and a few steps; it is run by our engine and, all cases in one Node process,
//! by the actions of the published package, and both trees are compared in names, bytes, links and executable
//! bits. What differs on purpose names its row of the table "Files" in `docs/templates.md`.

mod case;
mod corpus;
mod different;
mod generated;
mod official;
mod ours;

use std::collections::BTreeSet;
use std::path::Path;

use tokio::sync::OnceCell;

use case::{Case, Made, Wanted};

use crate::support::app::TestApp;

/// The seed of the cases that are the same in each run; others are generated anew.
const FIXED_SEED: u64 = 20_261_123;
/// Cases whose files are on the disk at one time.
const BATCH: usize = 50;

/// A case with what both sides made of it.
struct Compared {
    case: Case,
    ours: Made,
    theirs: Made,
}

static COMPARED: OnceCell<Vec<Compared>> = OnceCell::const_new();

/// Every case, run once for all tests.
async fn compared() -> &'static [Compared] {
    COMPARED.get_or_init(run_all).await
}

async fn run_all() -> Vec<Compared> {
    let fresh = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let mut cases = corpus::cases();
    cases.extend(different::cases());
    cases.extend(generated::trees(FIXED_SEED, 250));
    cases.extend(generated::trees(fresh, 150));
    cases.extend(generated::blobs(FIXED_SEED, 200));
    cases.extend(generated::blobs(fresh, 100));
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "two cases have one name");

    // So many files would keep a disk busy; there is memory for them where the system has such a folder.
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let (app, mut official) = (TestApp::new().await, official::Official::start());
    let mut all = Vec::with_capacity(cases.len());
    for batch in cases.chunks(BATCH) {
        let folder = tempfile::tempdir_in(&base).unwrap();
        for (place, case) in batch.iter().enumerate() {
            case.write(&folder.path().join(place.to_string()));
        }
        let theirs = official.run(folder.path(), batch);
        let ours = ours::run(&app, folder.path(), batch).await;
        let both = ours.into_iter().zip(theirs);
        let compared = |(case, (ours, theirs)): (&Case, _)| Compared { case: case.clone(), ours, theirs };
        all.extend(batch.iter().zip(both).map(compared));
    }
    all
}

/// What is wrong with each case that passes the filter; fails with all of it.
fn check(all: &[Compared], pick: impl Fn(&Case) -> bool, fault: impl Fn(&Compared) -> Option<String>) {
    let picked: Vec<&Compared> = all.iter().filter(|compared| pick(&compared.case)).collect();
    assert!(picked.len() > 10, "only {} cases", picked.len());
    let faults: Vec<String> = picked
        .iter()
        .filter_map(|compared| {
            let fault = fault(compared)?;
            let Compared { case, ours, theirs } = compared;
            Some(format!("{}: {fault}\n{case}  ours:\n{ours}  theirs:\n{theirs}", case.name))
        })
        .collect();
    assert!(faults.is_empty(), "{} of {}:\n\n{}", faults.len(), picked.len(), faults.join("\n"));
}

fn differs(compared: &Compared) -> Option<String> {
    (!compared.ours.is_like(&compared.theirs)).then(|| "the two differ".to_owned())
}

#[tokio::test]
async fn every_written_case_makes_the_same_files() {
    check(compared().await, |case| case.wanted == Wanted::Same && !case.generated, differs);
}

#[tokio::test]
async fn generated_skeletons_make_the_same_files() {
    check(compared().await, |case| case.wanted == Wanted::Same && case.generated, differs);
}

#[tokio::test]
async fn what_is_told_to_be_different_is_different_in_the_way_that_is_told() {
    check(
        compared().await,
        |case| matches!(case.wanted, Wanted::Row { .. }),
        |Compared { case, ours, theirs }| {
            let Wanted::Row { ours: wanted, .. } = &case.wanted else { return None };
            if ours.is_like(theirs) {
                return Some("the two are the same; it is no difference any more".to_owned());
            }
            wanted.fault(ours)
        },
    );
}

#[tokio::test]
async fn the_same_files_count_as_binary() {
    check(
        compared().await,
        |case| case.wanted == Wanted::SameGuess,
        |compared| {
            let source = compared.case.bytes("skeleton/blob");
            let copied = compared.theirs.bytes("blob")? == source;
            if copied || std::str::from_utf8(source).is_ok() {
                return differs(compared);
            }
            // Their file is damaged: text by their guess, and not UTF-8.
            let told = matches!(&compared.ours, Made::Error(message) if message.contains("not UTF-8"));
            (!told).then(|| "theirs takes it for text".to_owned())
        },
    );
}

#[test]
fn the_page_lists_every_difference_and_no_other() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/templates.md")).unwrap();
    let section = page.split("\n## Files\n").nth(1).expect("docs/templates.md has a section `Files`");
    let section = section.split("\n## ").next().unwrap();
    let listed: Vec<&str> = section
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
        .filter(|first| !first.starts_with(['|', '-']))
        .collect();
    let cases = different::cases();
    let tested: BTreeSet<&str> = cases
        .iter()
        .filter_map(|case| match &case.wanted {
            Wanted::Row { row, .. } => Some(*row),
            _ => None,
        })
        .collect();
    let listed_once: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(listed.len(), listed_once.len(), "a row stands twice");
    assert_eq!(listed_once, tested);
}
