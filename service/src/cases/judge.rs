//! Is what came out what the case expects? Errors, steps, output and log.
//!
//! Files are judged in `files`, the tree as a whole in `snapshot`. Nothing is run here.

use serde_json::Value;

use super::case::{Case, ExpectedError, ExpectedFault, ExpectedStep, Status, TextRule};
use super::finding::Finding;
use super::keys::below;
use super::part;
use crate::journal::FailureInfo;
use crate::task::{DryRunResult, StepEnd, StepReport};
use crate::template::parameters::describe;
use crate::template::{SchemaViolation, Template};

/// Characters of the log or of a message that a finding shows.
const LONGEST_SHOWN: usize = 400;

/// Compares the faults that the values have with those that the case expects.
pub(super) fn violations(case: &Case, template: &Template, violations: &[SchemaViolation]) -> Vec<Finding> {
    let Some(expected) = &case.expect.invalid else {
        let told = |violation: &SchemaViolation| {
            let (kind, name) = parameter(violation);
            let message = format!("the values do not fit the template: {}", describe(template, violation));
            case.finding(&below(kind, name), message)
        };
        return violations.iter().map(told).collect();
    };
    let mut findings = Vec::new();
    for (index, expected) in expected.iter().enumerate() {
        if !violations.iter().any(|violation| is_meant(expected, template, violation)) {
            let path = format!("expect.invalid[{index}]");
            findings.push(case.finding(&path, "no fault of the values is like this"));
        }
    }
    for violation in violations {
        if !expected.iter().any(|expected| is_meant(expected, template, violation)) {
            let message = format!("the values have one more fault: {}", describe(template, violation));
            findings.push(case.finding("expect.invalid", message));
        }
    }
    if violations.is_empty() && expected.is_empty() {
        findings.push(case.finding("expect.invalid", "the values fit the template"));
    }
    findings
}

/// Whether it is about `values` or `secrets`, and about which of them.
fn parameter(violation: &SchemaViolation) -> (&'static str, &str) {
    let (kind, rest) = match violation.property.strip_prefix("secrets") {
        Some(rest) => ("secrets", rest),
        None => ("values", violation.property.strip_prefix("instance").unwrap_or_default()),
    };
    let name = rest.trim_start_matches('.');
    match (&violation.argument, violation.name.as_str()) {
        (Some(Value::String(missing)), "required") if name.is_empty() => (kind, missing),
        _ => (kind, name.split(['.', '[']).next().unwrap_or_default()),
    }
}

fn is_meant(expected: &ExpectedFault, template: &Template, violation: &SchemaViolation) -> bool {
    let (_, name) = parameter(violation);
    expected.parameter.as_deref().is_none_or(|wanted| wanted == name)
        && expected.rule.as_deref().is_none_or(|rule| rule == violation.name)
        && expected.message.faults(&describe(template, violation)).is_empty()
}

/// Compares how the run ended with how it has to end.
pub(super) fn failure(case: &Case, result: &DryRunResult) -> Vec<Finding> {
    match (&result.failure, &case.expect.error) {
        (None, None) => Vec::new(),
        (None, Some(_)) => vec![case.finding("expect.error", "the run has to fail, but ended well")],
        (Some(failure), None) => {
            let step = failed_step(result).unwrap_or_default();
            let message = format!("step `{step}` failed: {}", failure.message);
            vec![Finding::of_file(&case.written.file, message)]
        }
        (Some(failure), Some(expected)) => error(case, result, failure, expected),
    }
}

/// The first step that failed.
pub(super) fn failed_step(result: &DryRunResult) -> Option<&str> {
    let failed = result.reports.iter().find(|report| report.end == StepEnd::Failed);
    failed.map(|report| report.id.as_str())
}

fn error(
    case: &Case,
    result: &DryRunResult,
    failure: &FailureInfo,
    expected: &ExpectedError,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(name) = expected.name.as_ref().filter(|name| **name != failure.name) {
        let message =
            format!("the run failed with `{}` and not with `{name}`: {}", failure.name, failure.message);
        findings.push(case.finding("expect.error.name", message));
    }
    let step = failed_step(result).unwrap_or_default();
    if let Some(wanted) = expected.step.as_ref().filter(|wanted| **wanted != step) {
        let message = format!("step `{step}` failed and not `{wanted}`: {}", failure.message);
        findings.push(case.finding("expect.error.step", message));
    }
    text(case, &expected.message, &failure.message, ("expect.error.message", "the error"), &mut findings);
    findings
}

/// Tells where a text breaks a rule of the case.
fn text(case: &Case, rule: &TextRule, text: &str, (path, what): (&str, &str), findings: &mut Vec<Finding>) {
    let shown = |text: &str| match text.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    };
    for (key, fault) in rule.faults(text) {
        let says =
            if key == "lacks" { String::new() } else { format!("; it says: {}", shown(text.trim_end())) };
        let message = format!("{what} {fault}{says}");
        findings.push(case.finding(&format!("{path}.{key}"), message));
    }
    if rule.equals.as_ref().is_some_and(|wanted| wanted.trim_end() != text.trim_end()) {
        let message = format!("{what} says something else: {}", shown(text.trim_end()));
        findings.push(case.finding(&format!("{path}.equals"), message));
    }
}

/// Compares steps, output and log.
pub(super) fn run(case: &Case, result: &DryRunResult) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (id, expected) in &case.expect.steps {
        let report = result.reports.iter().rev().find(|report| report.id == *id);
        match report {
            Some(report) => step(case, result, (report, expected), &mut findings),
            // Only a run that was broken off has no report of a step.
            None => {
                findings.push(case.finding(&below("expect.steps", id), "the run did not get to this step"))
            }
        }
    }
    if let Some(expected) = &case.expect.output {
        for difference in part::differences(&result.output, expected, "output") {
            findings.push(case.finding("expect.output", difference));
        }
    }
    if let Some(rule) = &case.expect.log {
        text(case, rule, &log(result, None), ("expect.log", "the log"), &mut findings);
    }
    findings
}

fn step(
    case: &Case,
    result: &DryRunResult,
    (report, expected): (&StepReport, &ExpectedStep),
    findings: &mut Vec<Finding>,
) {
    let id = &report.id;
    let path = below("expect.steps", id);
    let status = match report.end {
        StepEnd::Ran | StepEnd::LeftOut => Status::Ran,
        StepEnd::Skipped => Status::Skipped,
        StepEnd::Failed => Status::Failed,
    };
    if let Some(wanted) = expected.status.filter(|wanted| *wanted != status) {
        let why = log(result, Some(id)).lines().last().map(|line| format!(" ({line})")).unwrap_or_default();
        let word = Status::ALL.iter().find(|(_, known)| *known == wanted).map_or("", |(word, _)| word);
        findings.push(case.finding(&path, format!("step `{id}` {}; expected `{word}`{why}", status.word())));
        return;
    }
    if let Some(wanted) = expected.calls.filter(|wanted| *wanted != report.calls.len()) {
        let calls = match report.calls.len() {
            1 => "1 call".to_owned(),
            calls => format!("{calls} calls"),
        };
        let message = format!("step `{id}` made {calls}; expected {wanted}");
        findings.push(case.finding(&format!("{path}.calls"), message));
    }
    if let Some(wanted) = &expected.input {
        if report.calls.is_empty() {
            let message = format!("step `{id}` {}, so it has no input", status.word());
            findings.push(case.finding(&format!("{path}.input"), message));
        }
        for call in &report.calls {
            let name =
                call.iteration.as_ref().map_or_else(|| "input".to_owned(), |key| format!("[{key}] input"));
            for difference in part::differences(&call.input, wanted, &name) {
                findings.push(case.finding(&format!("{path}.input"), format!("step `{id}`: {difference}")));
            }
        }
    }
    for (key, wanted) in &expected.each {
        let path = below(&format!("{path}.each"), key);
        match report.calls.iter().find(|call| call.iteration.as_ref() == Some(key)) {
            None => findings.push(case.finding(&path, format!("step `{id}` made no call for `{key}`"))),
            Some(call) => {
                for difference in part::differences(&call.input, wanted, &format!("[{key}] input")) {
                    findings.push(case.finding(&path, format!("step `{id}`: {difference}")));
                }
            }
        }
    }
    if let Some(wanted) = &expected.output {
        for difference in part::differences(&report.output, wanted, "output") {
            findings.push(case.finding(&format!("{path}.output"), format!("step `{id}`: {difference}")));
        }
    }
    if let Some(rule) = &expected.log {
        let what = format!("the log of step `{id}`");
        text(case, rule, &log(result, Some(id)), (&format!("{path}.log"), &what), findings);
    }
}

/// The lines of the log, of one step or of all.
fn log(result: &DryRunResult, step: Option<&str>) -> String {
    let lines = result.log.iter().filter(|body| step.is_none() || body.step_id.as_deref() == step);
    lines.map(|body| body.without_colours() + "\n").collect()
}
