//! Findings of policies, for people and for programs.

use std::fmt::Write as _;

use ::policy::{Finding, Level, OWN_RULES, Report};
use serde_json::{Value, json};

use super::Described;
use crate::report::{self, Explained, Remark, Spot};

/// Lines for people. Findings are one line each already, without control characters.
pub(super) fn text(report: &Report) -> String {
    let mut out = String::new();
    for finding in &report.findings {
        let _ = writeln!(out, "{}[{}]: {}", finding.level, finding.policy, finding.message);
        let _ = writeln!(out, "  --> {}:{}", visible(&finding.file), finding.line);
        let _ = writeln!(out, "   = {}\n", finding.mend);
    }
    let count =
        |number: usize, word: &str, many: &str| format!("{number} {}", if number == 1 { word } else { many });
    let _ = write!(
        out,
        "{} asked about {}",
        count(report.policies, "policy", "policies"),
        count(report.documents, "document", "documents")
    );
    let (errors, warnings) = (report.count(Level::Error), report.count(Level::Warning));
    let mut said = Vec::new();
    if errors > 0 {
        said.push(count(errors, "error", "errors"));
    }
    if warnings > 0 {
        said.push(count(warnings, "warning", "warnings"));
    }
    if report.allowed > 0 {
        said.push(format!("{} allowed", report.allowed));
    }
    let said = if said.is_empty() { "nothing to say".to_owned() } else { said.join(", ") };
    let _ = writeln!(out, ": {said}");
    out
}

fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The report as one JSON object. `version` changes when a field changes its meaning.
pub(super) fn json(report: &Report) -> Value {
    json!({
        "version": 1,
        "digest": report.digest,
        "policies": report.policies,
        "documents": report.documents,
        "errors": report.count(Level::Error),
        "warnings": report.count(Level::Warning),
        "allowed": report.allowed,
        "findings": report.findings,
    })
}

pub(super) fn github(report: &Report) -> String {
    report::github(&report.findings.iter().map(remark).collect::<Vec<_>>())
}

pub(super) fn sarif<'p>(report: &Report, policies: impl Iterator<Item = &'p Described>) -> Value {
    let own = OWN_RULES.iter().map(|(id, title)| explained(id, title, title, "", "policy"));
    let rules: Vec<Explained<'_>> = policies
        .map(|policy| explained(&policy.id, &policy.title, why(policy), &policy.mend, "policy"))
        .chain(own)
        .collect();
    report::sarif(&rules, &report.findings.iter().map(remark).collect::<Vec<_>>())
}

fn why(policy: &Described) -> &str {
    if policy.why.is_empty() { &policy.title } else { &policy.why }
}

fn explained<'r>(id: &'r str, title: &'r str, text: &'r str, mend: &str, tag: &'r str) -> Explained<'r> {
    let markdown = format!("**{title}**\n\n{text}\n\n{mend}").trim_end().to_owned();
    Explained { id, title, text, markdown, url: page(), level: "error", tag }
}

fn remark(finding: &Finding) -> Remark<'_> {
    Remark {
        rule: &finding.policy,
        level: finding.level.word(),
        file: &finding.file,
        start: Spot { line: finding.line, column: None },
        end: None,
        message: &finding.message,
        mend: &finding.mend,
        url: page(),
        replacements: Vec::new(),
    }
}

/// Where policies are explained.
fn page() -> String {
    format!("{}/blob/main/docs/policy.md", env!("CARGO_PKG_REPOSITORY"))
}
