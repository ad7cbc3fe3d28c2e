//! Findings as SARIF 2.1.0, for code scanning.

use serde_json::Value;

use super::{remark, rule_url};
use crate::lint::page::section;
use crate::lint::rule::Rule;
use crate::lint::run::Report;
use crate::report::Explained;

/// The report as a SARIF log. Paths are those of the command line, so run it at the root of the repository.
pub fn sarif(report: &Report) -> Value {
    let rules: Vec<Explained<'_>> = crate::lint::rules().map(explained).collect();
    crate::report::sarif(&rules, &report.findings.iter().map(remark).collect::<Vec<_>>())
}

fn explained(rule: &'static Rule) -> Explained<'static> {
    Explained {
        id: rule.id,
        title: rule.title,
        text: rule.text,
        markdown: section(rule),
        url: rule_url(rule),
        level: rule.level.word(),
        tag: rule.area.title(),
    }
}
