//! What one name or file of a skeleton refers to, held against what the step gives.
//!
//! The invariant: the same thing is told once for a name or file, where it stands first, with how often.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use nunjucks::{Inspection, Reference};

use super::super::expressions::NOTHING;
use super::super::finding::{Finding, Findings};
use super::super::linted::Fetch;
use super::super::rule::{Level, Rule};
use super::super::source::{Place, Source};
use super::references::{CONTEXTS, FUNCTIONS, UNDEFINED_VALUE, UNKNOWN_FUNCTION, UNKNOWN_NAME, is_function};
use crate::words::did_you_mean;

/// What a name or a file may refer to.
pub(super) struct Names<'f, 'd> {
    /// The step.
    pub fetch: &'f Fetch<'d>,
    /// The name or file, as messages begin.
    pub shown: String,
    /// The file, if it is one.
    pub file: Option<&'f Arc<Source>>,
}

/// Findings of one file, each once.
#[derive(Default)]
struct Told {
    found: Vec<(Finding, usize)>,
    at: HashMap<(&'static str, String), usize>,
    /// The file is one that several templates share: what it lacks is told in the step.
    shared: bool,
    lacking: Vec<String>,
}

impl Told {
    fn add(&mut self, finding: Finding) {
        let key = (finding.rule.id, finding.message.clone());
        if let Some((first, times)) = self.at.get(&key).and_then(|at| self.found.get_mut(*at)) {
            *times += 1;
            first.level = first.level.max(finding.level);
            return;
        }
        self.at.insert(key, self.found.len());
        self.found.push((finding, 1));
    }

    fn tell(self, findings: &mut Findings) -> Vec<String> {
        for (mut finding, times) in self.found {
            if times > 1 {
                finding.message.push_str(&format!(" ({times} times)"));
            }
            findings.push(finding);
        }
        self.lacking
    }
}

/// The values that a file asks for before it reads them.
struct Asked<'r> {
    names: BTreeSet<&'r str>,
    /// It asks for some that the step does not give, so some of its branches are not for this step.
    unset: bool,
}

impl Names<'_, '_> {
    /// Tells what is not there. `place` gives the place of a range. Gives the values that a shared file lacks.
    pub(super) fn check(
        &self,
        found: &Inspection,
        place: impl Fn(Range<usize>) -> Place,
        findings: &mut Findings,
    ) -> Vec<String> {
        let mut told = Told { shared: self.file.is_some_and(|file| self.is_shared(file)), ..Told::default() };
        let asked = self.asked(found);
        for reference in &found.references {
            self.reference(reference, &asked, &place, &mut told);
        }
        let filters = found.filters.iter().map(|one| ("filter", one));
        for (kind, named) in filters.chain(found.tests.iter().map(|one| ("test", one))) {
            if !named.known {
                let message =
                    format!("{} asks for the {kind} `{}`, which there is not", self.shown, named.name);
                let mend = match &named.nearest {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("use a {kind} that Backstage has, or give the result in `values`"),
                };
                told.add(Finding::new(&UNKNOWN_FUNCTION, place(named.range.clone()), message, mend));
            }
        }
        for call in found.calls.iter().filter(|call| !call.known && !is_function(call)) {
            let what = if call.method { "method" } else { "function" };
            let message = format!("{} calls the {what} `{}`, which there is not", self.shown, call.name);
            let mend = "use a filter, or give the result in `values`";
            told.add(Finding::new(&UNKNOWN_FUNCTION, place(call.range.clone()), message, mend));
        }
        told.tell(findings)
    }

    fn asked<'r>(&self, found: &'r Inspection) -> Asked<'r> {
        let guarded = found.references.iter().filter(|one| one.guarded && one.root == self.known());
        let names: BTreeSet<&str> = guarded.filter_map(first).collect();
        let unset = names.iter().any(|name| self.is_missing(name));
        Asked { names, unset }
    }

    fn reference(
        &self,
        reference: &Reference,
        asked: &Asked<'_>,
        place: &impl Fn(Range<usize>) -> Place,
        told: &mut Told,
    ) {
        let at = place(reference.range.clone());
        if reference.root == self.known() {
            let missing = first(reference).filter(|name| !reference.guarded && self.is_missing(name));
            let excused = |name: &&str| asked.names.contains(name) || asked.unset && reference.branched;
            if let Some(missing) = missing.filter(|name| !excused(name)) {
                if told.shared {
                    told.lacking.push(missing.to_owned());
                } else {
                    told.add(self.undefined(missing, at));
                }
            }
            return;
        }
        let root = reference.root.as_str();
        if reference.guarded || CONTEXTS.contains(&root) || FUNCTIONS.contains(&root) || root == NOTHING {
            return;
        }
        let known = self.known();
        let message = format!("{} reads `{root}`, but files have `{known}` only", self.shown);
        let mend = if root.eq_ignore_ascii_case(known) {
            format!("write `{known}`")
        } else {
            format!("give it in the step's `values` and write `{known}.…`")
        };
        told.add(weighed(&UNKNOWN_NAME, at, message, mend));
    }

    fn undefined(&self, missing: &str, at: Place) -> Finding {
        let hint = did_you_mean(missing, self.given());
        let known = self.known();
        let mend = format!("give `{missing}` in the step's `values`{hint}");
        let message = format!("{} reads `{known}.{missing}`, which the step does not give", self.shown);
        weighed(&UNDEFINED_VALUE, at, message, mend)
    }

    /// Whether a file lies outside of the template's folder.
    fn is_shared(&self, file: &Source) -> bool {
        let template = self.fetch.url.source();
        let folder = template.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let inside = file.name.strip_prefix(folder);
        inside.is_none_or(|rest| !folder.is_empty() && !rest.starts_with('/') || rest.starts_with("../"))
    }

    fn known(&self) -> &'static str {
        if self.fetch.cookiecutter { "cookiecutter" } else { "values" }
    }

    /// Whether the step gives values, and not this one.
    fn is_missing(&self, name: &str) -> bool {
        self.fetch.values.is_some_and(|values| values.value.is_object() && values.get(name).is_none())
    }

    fn given(&self) -> impl Iterator<Item = &str> {
        self.fetch.values.into_iter().flat_map(|values| values.members()).map(|member| member.key)
    }
}

fn first(reference: &Reference) -> Option<&str> {
    reference.path.first()?.key.as_deref()
}

/// What the files that several templates share read and this step does not give: one finding for the step.
#[derive(Debug, Default)]
pub(super) struct Lacking {
    /// With the file that reads it first.
    values: BTreeMap<String, String>,
}

impl Lacking {
    /// Takes in what a file lacks.
    pub(super) fn add(&mut self, values: Vec<String>, file: &str) {
        for value in values {
            self.values.entry(value).or_insert_with(|| file.to_owned());
        }
    }

    /// Tells it in the step.
    pub(super) fn report(&self, fetch: &Fetch<'_>, findings: &mut Findings) {
        let Some((first, file)) = self.values.first_key_value() else { return };
        let names = self.values.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let message = match self.values.len() {
            1 => format!("`{file}` reads `values.{first}`, which this step does not give"),
            many => {
                format!(
                    "the files read {many} values that this step does not give: {names} (`{first}` in `{file}`)"
                )
            }
        };
        let mend = format!("give {names} in the step's `values`");
        findings.add(&UNDEFINED_VALUE, fetch.url.place(), message, mend);
    }
}

/// In a comment of the file it does no harm.
fn weighed(rule: &'static Rule, at: Place, message: String, mend: String) -> Finding {
    let idle = is_comment(&at);
    let finding = Finding::new(rule, at, message, mend);
    if idle { finding.weighing(Level::Note) } else { finding }
}

/// Files in which a line that begins with `#` is no comment.
const HEADINGS: [&str; 7] = [".md", ".mdx", ".markdown", ".adoc", ".txt", ".c", ".h"];

/// Whether a place stands in a line that is a comment, as far as can be told without knowing the language.
pub(super) fn is_comment(place: &Place) -> bool {
    let line = place.source.line(place.start().line).trim_start();
    let name = place.source.name.to_lowercase();
    (line.starts_with('#') && !line.starts_with("#{") || line.starts_with("// "))
        && !HEADINGS.iter().any(|extension| name.ends_with(extension))
}
