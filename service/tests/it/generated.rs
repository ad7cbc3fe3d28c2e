//! Generated files are as the program would write them now.

use std::path::Path;

/// Compares a committed file with what the program writes.
fn is_current(path: &str, wanted: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    let found = std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("`{path}`: {error}; `make generate` writes it"));
    let differs = found.lines().zip(wanted.lines()).position(|(found, wanted)| found != wanted);
    let line = differs.unwrap_or_else(|| found.lines().count().min(wanted.lines().count())) + 1;
    assert!(
        found == wanted,
        "`{path}` is not current (line {line} differs first); `make generate` writes it anew"
    );
}

#[test]
fn the_page_of_settings_is_current() {
    is_current("docs/configuration.md", &stagecraft::config::markdown());
}

#[test]
fn the_description_of_the_api_is_current() {
    is_current("service/openapi.json", &format!("{:#}\n", stagecraft::http::openapi()));
}

#[test]
fn the_page_of_actions_is_current() {
    is_current("docs/actions.md", &stagecraft::action::markdown());
}

#[test]
fn the_page_of_lint_rules_is_current() {
    is_current("docs/lint.md", &stagecraft::lint::page());
}
