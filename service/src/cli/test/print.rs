//! The outcome of cases for people: a line for each, and below it what is wrong.

use std::io::IsTerminal;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Ran, Report};
use crate::cases::{Entry, Finding, Suite, Written, printable};
use crate::cli::console::duration;

const RED: &str = "31";
const GREEN: &str = "32";
const CYAN: &str = "36";
const BOLD: &str = "1";

/// Prints the cases that there are.
pub(super) fn list(chosen: &[(&Suite, &Entry)], as_json: bool) {
    let about = |entry: &Entry| match &entry.case {
        Ok((subject, case)) => (Some(subject.name().to_owned()), case.description.clone()),
        Err(_) => (None, None),
    };
    if as_json {
        let cases: Vec<Value> = chosen
            .iter()
            .map(|(_, entry)| {
                let (template, description) = about(entry);
                json!({ "template": template, "case": entry.name, "file": entry.file, "description": description })
            })
            .collect();
        println!("{:#}", json!({ "cases": cases }));
        return;
    }
    for (_, entry) in chosen {
        let (template, description) = about(entry);
        let description = match (&entry.case, description) {
            (Err(_), _) => "  (cannot be read)".to_owned(),
            (Ok(_), text) => text.map(|text| format!("  {}", first_line(&text))).unwrap_or_default(),
        };
        println!("{}/{}{description}", template.unwrap_or_else(|| "?".to_owned()), entry.name);
    }
}

fn first_line(text: &str) -> &str {
    text.trim().lines().next().unwrap_or_default()
}

/// Prints one case, below the heading of its folder where that is another than the last one's.
pub(super) fn case(ran: &Ran<'_>, before: Option<&Ran<'_>>) {
    let paint = Paint::of_stdout();
    let Ran { suite, entry, outcome } = ran;
    if before.is_none_or(|before| !std::ptr::eq(before.suite, *suite)) {
        let name = if suite.shown.is_empty() { "." } else { &suite.shown };
        println!("{}", paint.with(BOLD, name));
    }
    let mark = if outcome.passed() { paint.with(GREEN, "✓") } else { paint.with(RED, "✗") };
    let written = outcome.written.filter(|written| !written.is_nothing()).map(told).unwrap_or_default();
    println!("  {mark} {}  {}{written}", entry.name, duration(outcome.took));
    outcome.findings.iter().for_each(|each| finding(each, "      ", paint));
}

fn told(written: Written) -> String {
    let Written { added, changed, removed } = written;
    let parts = [(added, "written"), (changed, "changed"), (removed, "removed")];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    format!("  (snapshot: {})", parts.join(", "))
}

fn finding(finding: &Finding, indent: &str, paint: Paint) {
    let message = printable(&finding.message);
    let mut lines = message.lines();
    let place = paint.with(BOLD, &printable(&finding.place.to_string()));
    println!("{indent}{place}: {}", lines.next().unwrap_or_default());
    lines.for_each(|line| println!("{indent}  {line}"));
    for line in finding.diff.iter().flat_map(|diff| diff.lines()) {
        let colour = match line.chars().next() {
            _ if line.starts_with("--- ") || line.starts_with("+++ ") => BOLD,
            Some('-') => RED,
            Some('+') => GREEN,
            Some('@') => CYAN,
            _ => "",
        };
        println!("{indent}  {}", paint.with(colour, line));
    }
}

/// Prints what is wrong beside the cases, and the sum.
pub(super) fn end(report: &Report<'_>, took: Duration) {
    let paint = Paint::of_stdout();
    report.removed.iter().for_each(|file| println!("removed {file}"));
    report.apart.iter().for_each(|each| finding(each, "", paint));
    let all = report.ran.len();
    let cases = if all == 1 { "1 case".to_owned() } else { format!("{all} cases") };
    let failed = match report.failed() {
        0 => String::new(),
        failed => format!(", {}", paint.with(RED, &format!("{failed} failed"))),
    };
    println!("{cases}{failed}, {}", duration(took));
}

/// Whether colours are drawn.
#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn of_stdout() -> Self {
        Self(std::io::stdout().is_terminal())
    }

    fn with(self, colour: &str, text: &str) -> String {
        if self.0 && !colour.is_empty() {
            format!("\u{1b}[{colour}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}
