//! `stagecraft lint`: the rules, held to their own examples; reports; bad input.

mod bad_input;
mod command;
mod examples;
mod fixes;
mod judged;
pub(crate) mod reports;

use std::path::Path;

use stagecraft::lint::{Options, Report, lint};

/// Writes files below a folder.
pub(crate) fn write(root: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// Lints everything below a folder.
pub(crate) fn lint_below(root: &Path) -> Report {
    lint(&[root.to_path_buf()], &Options::default()).unwrap()
}

/// The ids of the rules that spoke.
pub(crate) fn ids(report: &Report) -> Vec<&'static str> {
    report.findings.iter().map(|finding| finding.rule.id).collect()
}
