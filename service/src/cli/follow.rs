//! Following a task in the terminal: a line for each step, and what went wrong.

use std::time::Instant;

use serde_json::Value;

use super::console::{duration, without_colours};
use crate::journal::{EventBody, EventKind, StepState};

/// Prints a task's events as they come.
pub(super) struct Follower {
    names: Vec<(String, String)>,
    verbose: bool,
    started: Option<Instant>,
}

impl Follower {
    /// `names` are the steps' ids and names; `verbose` prints every log line.
    pub(super) fn new(names: Vec<(String, String)>, verbose: bool) -> Self {
        Self { names, verbose, started: None }
    }

    /// Prints one event.
    pub(super) fn show(&mut self, kind: EventKind, body: &EventBody) {
        if kind == EventKind::Completion {
            return;
        }
        let text = without_colours(&body.message);
        match (body.step_id.as_deref(), body.status) {
            (Some(_), Some(StepState::Processing)) => self.started = Some(Instant::now()),
            (Some(step), Some(state)) => self.ended(step, state, &text),
            (Some(_), None) if self.verbose || text.starts_with("warn") => {
                text.lines().for_each(|line| println!("      {line}"));
            }
            (None, _) if self.verbose => println!("    {text}"),
            _ => {}
        }
    }

    fn ended(&self, step: &str, state: StepState, text: &str) {
        let name = self.names.iter().find(|(id, _)| id == step).map_or(step, |(_, name)| name);
        let took =
            self.started.map(|started| format!("  {}", duration(started.elapsed()))).unwrap_or_default();
        match state {
            StepState::Completed => println!("  ✓ {name}{took}"),
            StepState::Skipped => println!("  – {name}  ({text})"),
            StepState::Failed | StepState::Cancelled => println!("  ✗ {name}{took}\n      {text}"),
            StepState::Processing => {}
        }
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
