//! Backstage's own judges, asked side by side with ours.
//!
//! Entities: what public repositories declare (`tests/oracle/facts.ndjson` keeps the facts), one whole entity of every
//! kind, and thousands that are nearly right, made from those by a generator that gives the same ones every time.
//! YAML: how its words and forms are read. A difference must be one of the rows of [`differences`], or the test fails.
//! A row that no case shows any more fails too.

mod differences;
mod judge;
mod near_miss;
mod texts;

use std::collections::BTreeMap;

use catalog_gen::{Entry, FileTree, TreePath, Violation, parse_documents, validate, validate_files};
use serde_json::{Value, json};

use differences::{ENTITIES, Row, TEXTS};
use judge::ask;

/// What ours says, in the words of the oracle.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Taken,
    /// Backstage cannot even name it.
    Nameless,
    Refused,
}

/// The most characters of a difference that are shown.
const LONGEST: usize = 800;

const NAMING: [&str; 6] = ["", "apiVersion", "kind", "metadata", "metadata.name", "metadata.namespace"];

fn ours(violations: &[Violation]) -> Verdict {
    let nameless = |violation: &Violation| {
        NAMING.contains(&violation.path.as_str())
            && matches!(
                violation.rule,
                "envelope.mapping" | "envelope.required" | "value.type" | "value.empty"
            )
    };
    match violations {
        [] => Verdict::Taken,
        some if some.iter().any(nameless) => Verdict::Nameless,
        _ => Verdict::Refused,
    }
}

fn theirs(answer: &Value) -> Verdict {
    match answer["stage"].as_str() {
        None => Verdict::Taken,
        Some("envelope") => Verdict::Nameless,
        Some(_) => Verdict::Refused,
    }
}

/// Sorts differences into rows; what belongs to none is shown.
fn judge_differences<C: std::fmt::Debug>(rows: &[Row<C>], differing: Vec<(C, String)>) {
    let mut used: BTreeMap<&str, usize> = BTreeMap::new();
    let mut unexplained = Vec::new();
    for (case, shown) in differing {
        match rows.iter().find(|row| (row.fits)(&case)) {
            Some(row) => *used.entry(row.name).or_default() += 1,
            None => unexplained.push(shown),
        }
    }
    let shown: Vec<String> =
        unexplained.iter().take(40).map(|shown| shown.chars().take(LONGEST).collect()).collect();
    assert!(unexplained.is_empty(), "{} unexplained differences:\n{shown:#?}", unexplained.len());
    let idle: Vec<&str> = rows.iter().map(|row| row.name).filter(|name| !used.contains_key(name)).collect();
    assert!(idle.is_empty(), "no case shows these intended differences: {idle:?}");
}

fn compare(entities: Vec<Value>) {
    let answers = ask(entities.iter().map(|entity| json!({ "entity": entity })));
    assert_eq!(answers.len(), entities.len(), "the oracle left entities unanswered");
    let mut taken = 0;
    let mut differing = Vec::new();
    for (entity, answer) in entities.into_iter().zip(answers) {
        let violations = validate(&entity);
        taken += usize::from(theirs(&answer) == Verdict::Taken);
        if ours(&violations) != theirs(&answer) {
            let told: Vec<String> = violations.iter().map(ToString::to_string).collect();
            let shown = format!("Backstage: {answer}, ours: {told:?}, entity: {entity}");
            differing.push((entity, shown));
        }
    }
    assert!(taken > 0, "the oracle takes nothing");
    judge_differences(ENTITIES, differing);
}

#[test]
fn entities_of_public_repositories_are_judged_as_backstage_judges_them() {
    let entities = near_miss::facts();

    assert!(entities.len() >= 100, "{} entities are left of the facts", entities.len());
    compare(entities);
}

#[test]
fn entities_that_are_nearly_right_are_judged_as_backstage_judges_them() {
    let entities = near_miss::all();

    assert!(entities.len() >= 40_000, "only {} entities are compared", entities.len());
    compare(entities);
}

#[test]
fn the_same_entities_are_made_every_time() {
    assert_eq!(near_miss::by_chance(500), near_miss::by_chance(500));
}

#[test]
fn yaml_is_read_as_backstage_reads_it() {
    let texts = texts::all();
    assert!(texts.len() >= 500, "only {} texts are compared", texts.len());
    let answers = ask(texts.iter().map(|text| json!({ "yaml": text })));
    assert_eq!(answers.len(), texts.len(), "the oracle left texts unanswered");

    let mut differing = Vec::new();
    for (text, answer) in texts.into_iter().zip(answers) {
        let theirs = answer["documents"].as_array().unwrap().iter().map(|document| document.get("value"));
        let theirs: Vec<Option<&Value>> = theirs.filter(|value| *value != Some(&Value::Null)).collect();
        let ours: Vec<_> = parse_documents(&text).into_iter().map(Result::ok).collect();
        let ours: Vec<Option<&Value>> =
            ours.iter().map(|read| read.as_ref().map(|read| &read.value)).collect();
        if ours != theirs {
            let shown = format!("{text:?}: Backstage {theirs:?}, ours {ours:?}");
            differing.push((text, shown));
        }
    }
    judge_differences(TEXTS, differing);
}

#[test]
fn aliases_are_too_many_where_backstage_finds_them_so() {
    let texts = texts::aliases();
    let answers = ask(texts.iter().map(|text| json!({ "yaml": text })));

    let mut refused = 0;
    for (text, answer) in texts.iter().zip(answers) {
        let mut tree = FileTree::new();
        let path = TreePath::parse("catalog-info.yaml").unwrap();
        tree.insert(path, Entry::file(text.clone().into_bytes())).unwrap();
        let ours = validate_files(&tree).iter().any(|finding| finding.rule.id == "yaml.aliases");
        let theirs = answer["documents"][0].get("error").is_some();
        assert_eq!(ours, theirs, "{answer} {text}");
        refused += usize::from(theirs);
    }
    assert!(refused > 8, "only {refused} are refused");
}
