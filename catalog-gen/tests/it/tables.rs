//! The tables of detectors and of rules in `docs/catalog.md` are what those say of themselves. `UPDATE_GENERATED=1`
//! writes them anew.

use std::path::{Path, PathBuf};

use catalog_gen::{DETECTORS, Interest, rules};

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/catalog.md")
}

fn detectors() -> String {
    let mut out = String::from("\n| Detector | Finds | Reads | Does not see |\n| --- | --- | --- | --- |\n");
    for detector in DETECTORS {
        let reads: Vec<String> = detector.reads.iter().map(read).collect();
        let reads = if reads.is_empty() {
            "names of files only, or what others found".to_owned()
        } else {
            reads.join(", ")
        };
        out.push_str(&format!(
            "| `{}` | {} | {reads} | {} |\n",
            detector.name, detector.finds, detector.limits
        ));
    }
    out.push('\n');
    out
}

fn read(interest: &Interest) -> String {
    match interest {
        Interest::Name(name) | Interest::Path(name) => format!("`{name}`"),
        Interest::Suffix(end) => format!("`*{end}`"),
        Interest::Sniff(end) => format!("`*{end}` by content"),
    }
}

fn rules_of_files() -> String {
    let mut out = String::from("\n| Rule | Level | Says | What to do |\n| --- | --- | --- | --- |\n");
    for rule in rules() {
        out.push_str(&format!("| `{}` | {} | {} | {} |\n", rule.id, rule.level, rule.title, rule.text));
    }
    out.push('\n');
    out
}

/// The page with these tables in their places.
fn with(text: &str, name: &str, table: &str) -> String {
    let begin = format!(
        "<!-- {name}: made by `UPDATE_GENERATED=1 cargo test -p catalog-gen --test it`; do not edit. -->\n"
    );
    let end = format!("<!-- /{name} -->\n");
    let (before, rest) = text.split_once(&begin).unwrap();
    let (_, after) = rest.split_once(&end).unwrap();
    format!("{before}{begin}{table}{end}{after}")
}

#[test]
fn the_page_lists_every_detector_and_every_rule_as_it_is() {
    let page = page();
    let text = std::fs::read_to_string(&page).unwrap();
    let wanted = with(&with(&text, "detectors", &detectors()), "rules", &rules_of_files());
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&page, &wanted).unwrap();
    }

    let text = std::fs::read_to_string(&page).unwrap();

    assert!(
        text == wanted,
        "the tables in `docs/catalog.md` are not current: run this test with UPDATE_GENERATED=1"
    );
}
