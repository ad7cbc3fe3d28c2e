//! What is wrong with a template, its values or a run: one line, its place, and the source around it.
//!
//! It collects what others found; it has no rule of its own. Files are named from the template's folder, as its
//! author sees them. The invariant: no finding quotes the value of a secret.

use catalog_gen::TreePath;
use serde_json::{Map, Value};

use crate::task::{DryRunError, DryRunResult};
use crate::template::parameters::all_violations;
use crate::template::{SchemaViolation, Single, SingleError, Template, TemplateError};

/// So many violations of a form are told.
const MOST_VIOLATIONS: usize = 50;
/// Lines of the source shown before and after the one at fault.
const AROUND: usize = 2;
/// A longer line of the source is cut.
const LONGEST_LINE: usize = 240;

/// A line and a column, from 1.
pub type Place = (usize, usize);

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The template, or this run of it, does not work.
    Error,
    /// The values of the form do not fit yet.
    Values,
    /// It works, but hardly as it was meant.
    Warning,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// The file, from the template's folder.
    pub file: Option<String>,
    /// Line and column, from 1, where they are known.
    pub place: Option<Place>,
    /// What is wrong and what to do.
    pub message: String,
    /// The source around it.
    pub excerpt: Option<Excerpt>,
}

/// Some lines of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// Number of the first of them, from 1.
    pub first: usize,
    /// The lines.
    pub lines: Vec<String>,
}

impl Finding {
    /// `file:line:column`, with what is known of it.
    pub fn location(&self) -> Option<String> {
        let file = self.file.as_ref()?;
        Some(match self.place {
            Some((line, column)) => format!("{file}:{line}:{column}"),
            None => file.clone(),
        })
    }
}

/// Tells where in the template's files something stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places<'s> {
    single: &'s Single,
}

impl<'s> Places<'s> {
    pub(super) fn of(single: &'s Single) -> Self {
        Self { single }
    }

    /// A warning about a file of the source.
    pub(super) fn warning(&self, file: &str, place: Option<Place>, message: String) -> Finding {
        self.finding(Level::Warning, file, place, message)
    }

    fn finding(&self, level: Level, file: &str, place: Option<Place>, message: String) -> Finding {
        let excerpt = place.and_then(|(line, _)| self.excerpt(file, line));
        Finding { level, file: Some(self.shown(file)), place, message, excerpt }
    }

    fn fault(&self, level: Level, error: &TemplateError) -> Finding {
        self.finding(level, &error.file, error.line.zip(error.column), error.message.clone())
    }

    /// A fault of what stands at a path such as `spec.steps[0].input`. A message that names a place in a file
    /// itself is about that one.
    fn at(&self, path: &str, message: &str) -> Finding {
        if let Some((file, place, message)) = self.named(message) {
            return self.finding(Level::Error, file.as_str(), place, message.to_owned());
        }
        let place = self.single.template.locate(path);
        self.finding(Level::Error, &place.file, place.line.zip(place.column), message.to_owned())
    }

    /// The place that a message begins with, as compilers write it, if it is in a file of ours.
    fn named<'m>(&self, message: &'m str) -> Option<(TreePath, Option<Place>, &'m str)> {
        let (head, rest) = message.split_once(": ")?;
        let mut parts = head.rsplitn(3, ':');
        let column = parts.next().and_then(|part| part.parse().ok());
        let line = parts.next().and_then(|part| part.parse().ok());
        let (file, place) = match (parts.next(), line.zip(column)) {
            (Some(file), Some(place)) => (file, Some(place)),
            _ => (head, None),
        };
        let path = TreePath::resolve(self.folder().as_ref(), file).ok()??;
        self.single.files.contains(&path).then_some((path, place, rest))
    }

    fn folder(&self) -> Option<TreePath> {
        TreePath::parse(&self.single.path).ok()?.parent()
    }

    /// A path of the source, seen from the template's folder.
    fn shown(&self, file: &str) -> String {
        let Some(folder) = self.folder() else { return file.to_owned() };
        let inside = file.strip_prefix(folder.as_str()).and_then(|rest| rest.strip_prefix('/'));
        match inside {
            Some(inside) => inside.to_owned(),
            None => "../".repeat(folder.segments().count()) + file,
        }
    }

    fn excerpt(&self, file: &str, line: usize) -> Option<Excerpt> {
        let path = TreePath::parse(file).ok()?;
        let text = self.single.files.file(&path)?.text()?;
        let first = line.saturating_sub(AROUND).max(1);
        let lines: Vec<String> =
            text.lines().skip(first - 1).take(line + AROUND + 1 - first).map(cut).collect();
        (!lines.is_empty()).then_some(Excerpt { first, lines })
    }
}

fn cut(line: &str) -> String {
    match line.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line.to_owned(),
    }
}

/// Why the template could not be read.
pub(super) fn of_reading(error: &SingleError) -> Vec<Finding> {
    let plain =
        |message: String| Finding { level: Level::Error, file: None, place: None, message, excerpt: None };
    match error {
        SingleError::Broken(faults) => faults
            .iter()
            .map(|fault| Finding {
                file: Some(fault.file.clone()),
                place: fault.line.zip(fault.column.or(Some(1))),
                ..plain(fault.message.clone())
            })
            .collect(),
        other => vec![plain(other.to_string())],
    }
}

/// What went wrong in a run that took place.
pub(super) fn of_run(places: &Places<'_>, result: &DryRunResult) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        result.problems.iter().map(|problem| places.at(&problem.at, &problem.message)).collect();
    // The failure of a step repeats its failing expressions.
    let told = |at: &str| result.problems.iter().any(|problem| problem.at == at);
    if let Some(failure) = &result.failure {
        let at = failure.at.as_deref().unwrap_or("spec.steps");
        if !told(at) {
            findings.push(places.at(at, &failure.message));
        }
    }
    findings.dedup();
    findings
}

/// Why a run did not begin, values apart.
pub(super) fn of_refusal(places: &Places<'_>, error: &DryRunError) -> Vec<Finding> {
    match error {
        DryRunError::Template(faults) => {
            faults.iter().map(|fault| places.fault(Level::Error, fault)).collect()
        }
        DryRunError::Steps(faults) => {
            faults.iter().map(|fault| places.at(&fault.at, &fault.to_string())).collect()
        }
        other => vec![places.at("spec", &other.to_string())],
    }
}

/// What the template says that it hardly means.
pub(super) fn of_warnings(places: &Places<'_>) -> Vec<Finding> {
    let warnings = places.single.template.warnings.iter();
    warnings.map(|warning| places.fault(Level::Warning, warning)).collect()
}

/// Where values and secrets do not fit the form, on every page.
pub(super) fn of_values(
    template: &Template,
    values: &Map<String, Value>,
    secrets: &Map<String, Value>,
) -> Vec<Finding> {
    let found = all_violations(template, &Value::Object(values.clone()), &Value::Object(secrets.clone()));
    let lines = found.iter().map(sentence);
    let finding = |message| Finding { level: Level::Values, file: None, place: None, message, excerpt: None };
    let mut findings: Vec<Finding> = lines.take(MOST_VIOLATIONS).map(finding).collect();
    findings.dedup();
    findings
}

fn sentence(violation: &SchemaViolation) -> String {
    let property = violation.property.strip_prefix("instance").unwrap_or(&violation.property);
    let name = property.trim_start_matches('.');
    if let ("required", Some(Value::String(missing))) = (violation.name.as_str(), &violation.argument) {
        let name = if name.is_empty() { missing.clone() } else { format!("{name}.{missing}") };
        return format!("`{name}` is missing");
    }
    if name.is_empty() { violation.message.clone() } else { format!("`{name}` {}", violation.message) }
}
