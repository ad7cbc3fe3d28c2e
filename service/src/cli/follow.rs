//! Following a task in the terminal: a line for each step, and what went wrong.
//!
//! Times are those of the events, not of their arrival. The first failure is not printed but kept: it is the
//! error that the command ends with.

use std::time::Duration;

use serde_json::Value;

use super::console::duration;
use crate::journal::{EventBody, EventKind, StepState};

/// Prints a task's events as they come.
pub(super) struct Follower {
    names: Vec<(String, String)>,
    verbose: bool,
    started_ms: Option<i64>,
    failure: Option<String>,
}

impl Follower {
    /// `names` are the steps' ids and names; `verbose` prints every log line.
    pub(super) fn new(names: Vec<(String, String)>, verbose: bool) -> Self {
        Self { names, verbose, started_ms: None, failure: None }
    }

    /// Prints one event; `at_ms` is when it happened, where that is known.
    pub(super) fn show(&mut self, kind: EventKind, body: &EventBody, at_ms: Option<i64>) {
        if kind == EventKind::Completion {
            return;
        }
        let text = body.without_colours();
        match (body.step_id.as_deref(), body.status) {
            (Some(_), Some(StepState::Processing)) => self.started_ms = at_ms,
            (Some(step), Some(state)) => self.ended(step, state, &text, at_ms),
            (Some(_), None) if self.verbose || text.starts_with("warn") => {
                text.lines().for_each(|line| println!("      {line}"));
            }
            (None, _) if self.verbose || text.starts_with("warn") => println!("    {text}"),
            _ => {}
        }
    }

    /// The first step that failed, and why.
    pub(super) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    fn ended(&mut self, step: &str, state: StepState, text: &str, at_ms: Option<i64>) {
        let name = self.names.iter().find(|(id, _)| id == step).map_or(step, |(_, name)| name);
        let took = match (self.started_ms.take(), at_ms) {
            (Some(from), Some(to)) => format!("  {}", duration(milliseconds(to - from))),
            _ => String::new(),
        };
        match state {
            StepState::Completed => println!("  ✓ {name}{took}"),
            StepState::Skipped => println!("  – {name}  (skipped{})", why_skipped(text)),
            StepState::Failed | StepState::Cancelled => {
                println!("  ✗ {name}{took}");
                match self.failure {
                    Some(_) => println!("      {text}"),
                    None => self.failure = Some(without_name(text).to_owned()),
                }
            }
            StepState::Processing => {}
        }
    }
}

fn milliseconds(difference: i64) -> Duration {
    Duration::from_millis(u64::try_from(difference).unwrap_or(0))
}

/// The reason in the words of the event, without the step, which the line names already.
fn why_skipped(text: &str) -> String {
    text.split_once(" because ").map(|(_, why)| format!(": {why}")).unwrap_or_default()
}

/// Takes the error's name, which is for programs, from the front of a message.
fn without_name(text: &str) -> &str {
    match text.split_once(": ") {
        Some((name, rest)) if name.ends_with("Error") && !name.contains(' ') => rest,
        _ => text,
    }
}

/// Prints the links and texts of a task's output.
pub(super) fn print_output(output: &Value) {
    for link in output.get("links").and_then(Value::as_array).into_iter().flatten() {
        let target = link.get("url").or_else(|| link.get("entityRef")).and_then(Value::as_str);
        if let Some(target) = target {
            let title = link.get("title").and_then(Value::as_str).unwrap_or("Link");
            println!("  {title}: {target}");
        }
    }
    for text in output.get("text").and_then(Value::as_array).into_iter().flatten() {
        if let Some(content) = text.get("content").and_then(Value::as_str) {
            content.trim().lines().for_each(|line| println!("  {line}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skipped_step_says_why_without_naming_itself_again() {
        assert_eq!(
            why_skipped("Skipping step register because a previous step failed"),
            ": a previous step failed"
        );
        assert_eq!(why_skipped("Skipped"), "");
    }

    #[test]
    fn the_name_of_an_error_is_for_programs() {
        assert_eq!(without_name("InputError: step `a` failed: x: y"), "step `a` failed: x: y");
        assert_eq!(without_name("Step a has been cancelled: y"), "Step a has been cancelled: y");
    }
}
