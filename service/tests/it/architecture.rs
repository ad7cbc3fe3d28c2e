//! The house rules, held against the sources: rows, doors, budgets, form.
//!
//! What is allowed stands in the tables of `docs/architecture.md`; how it is checked in [`rules`], where every
//! rule is shown to be able to fail.

mod page;
mod rules;
mod source;

use std::path::{Path, PathBuf};

use page::Rows;
use source::{SourceFile, sources};

const OWN_CRATES: [&str; 3] = ["stagecraft", "nunjucks", "catalog-gen"];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("`{path}`: {error}"))
}

fn page() -> String {
    read("docs/architecture.md")
}

fn service() -> Vec<SourceFile> {
    sources(&repository().join("service/src"))
}

/// The sources of all crates, by their path below the repository.
fn everything() -> Vec<SourceFile> {
    let of = |folder: &str| -> Vec<SourceFile> {
        let files = sources(&repository().join(folder));
        assert!(!files.is_empty(), "`{folder}` holds no sources");
        files.into_iter().map(|file| SourceFile { path: format!("{folder}/{}", file.path), ..file }).collect()
    };
    ["service/src", "service/nunjucks/src", "service/score/src", "service/policy/src", "catalog-gen/src"]
        .into_iter()
        .flat_map(of)
        .collect()
}

fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "docs/architecture.md has the rules:\n{}", faults.join("\n"));
}

#[test]
fn every_module_stands_in_a_row() {
    none(rules::every_module_has_a_row(&service(), &Rows::read(&page())));
}

#[test]
fn modules_use_rows_below_their_own() {
    let rows = Rows::read(&page());

    none(service().iter().flat_map(|file| rules::rows(file, &rows)).collect());
}

#[test]
fn no_two_modules_know_each_other() {
    none(rules::two_way(&service(), &Rows::read(&page())));
}

#[test]
fn every_library_has_one_door() {
    let doors = page::doors(&page());
    assert!(!doors.is_empty(), "the page has no table of doors");

    none(service().iter().flat_map(|file| rules::doors(file, &doors)).collect());
}

#[test]
fn files_are_short() {
    none(rules::budget(&everything(), &page::long_files(&page())));
}

#[test]
fn files_say_what_they_are_for() {
    none(everything().iter().flat_map(rules::form).collect());
}

#[test]
fn production_code_neither_panics_nor_hides_lints() {
    none(everything().iter().flat_map(rules::production).collect());
}

#[test]
fn nunjucks_and_catalog_gen_stand_alone() {
    for manifest in ["service/nunjucks/Cargo.toml", "catalog-gen/Cargo.toml"] {
        let faults = rules::stands_alone(&read(manifest), &OWN_CRATES);
        assert!(faults.is_empty(), "{manifest} {}", faults.join(", "));
    }
}
