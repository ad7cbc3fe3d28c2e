//! What the names and files of a skeleton refer to: values that the step gives, and what is not there.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use nunjucks::{Inspection, Reference};

use super::super::finding::{Edit, Finding, Findings, Fix};
use super::super::linted::{Fetch, FileText, Language};
use super::super::node::Member;
use super::super::rule::{Area, Example, Level, Rule};
use super::super::source::{Place, Source};
use super::super::workflow::is_workflow;
use super::names::{Names, is_comment};

/// A step that fetches `./skeleton` with one value, `name`.
const FETCH: &str = "\
parameters:
  - title: Name
    properties:
      name:
        title: Name
        type: string
        pattern: '^[a-z-]+$'
steps:
  - id: fetch
    name: Fetch
    action: fetch:template
    input:
      url: ./skeleton
      values:
        name: ${{ parameters.name }}
";

const fn with(file: &'static [(&'static str, &'static str)]) -> Example {
    Example { template: FETCH, files: file }
}

pub(super) static SWALLOWED_EXPRESSION: Rule = Rule {
    id: "swallowed-expression",
    title: "Expressions of GitHub Actions that rendering takes away",
    level: Level::Error,
    area: Area::Workflows,
    text: "`fetch:template` renders `${{ … }}` itself, and it knows nothing of `github`, `secrets` or `matrix`: they \
           come out empty, without a word, and a function of GitHub's such as `hashFiles` fails the step. Put them \
           between `{% raw %}` and `{% endraw %}`, list the file in `copyWithoutTemplating`, or use \
           `fetch:handlebars`. It is a warning where no workflow runs it: in a page of text or a comment.",
    bad: with(&[(
        "skeleton/.github/workflows/ci.yaml",
        "name: ${{ values.name }}\non: push\nconcurrency: ${{ github.ref }}\n",
    )]),
    good: with(&[(
        "skeleton/.github/workflows/ci.yaml",
        "name: ${{ values.name }}\non: push\nconcurrency: {% raw %}${{ github.ref }}{% endraw %}\n",
    )]),
};

pub(super) static UNREADABLE_FILE: Rule = Rule {
    id: "unreadable-skeleton-file",
    title: "A file that cannot be rendered",
    level: Level::Error,
    area: Area::Skeleton,
    text: "The file, or its name, holds a tag that is not closed or not of the language, so the step fails. Correct \
           it, put it between `{% raw %}` and `{% endraw %}`, or list the file in `copyWithoutTemplating`.",
    bad: with(&[("skeleton/README.md", "${{ values.name }}\n{% if %}\n")]),
    good: with(&[("skeleton/README.md", "${{ values.name }}\n{% raw %}{% if %}{% endraw %}\n")]),
};

pub(super) static UNDEFINED_VALUE: Rule = Rule {
    id: "undefined-value",
    title: "A value that the step does not give",
    level: Level::Warning,
    area: Area::Skeleton,
    text: "The file reads a member of `values` that the step's `values` do not have, so it comes out empty. Give the \
           value in the step, or correct its name. A value that the file itself asks for (`{% if values.x %}`) may \
           be left out. For files that several templates share, the step is named.",
    bad: with(&[("skeleton/README.md", "${{ values.name }} ${{ values.nmae }}\n")]),
    good: with(&[("skeleton/README.md", "${{ values.name }} ${{ values.title | default('') }}\n")]),
};

pub(super) static UNKNOWN_NAME: Rule = Rule {
    id: "unknown-name-in-skeleton",
    title: "A name that files of a skeleton do not have",
    level: Level::Warning,
    area: Area::Skeleton,
    text: "Files see the members of `values` and nothing else: no `parameters`, `user` or `steps`. Everything else \
           comes out empty. Give it in the step's `values`.",
    bad: with(&[("skeleton/README.md", "${{ values.name }} ${{ parameters.name }}\n")]),
    good: with(&[("skeleton/README.md", "${{ values.name }}\n")]),
};

pub(super) static UNKNOWN_FUNCTION: Rule = Rule {
    id: "unknown-function-in-skeleton",
    title: "A filter, test or function that files of a skeleton do not have",
    level: Level::Error,
    area: Area::Skeleton,
    text: "The step fails when it renders the file. Correct the name; docs/templates.md lists what there is.",
    bad: with(&[("skeleton/README.md", "${{ values.name | uper }}\n")]),
    good: with(&[("skeleton/README.md", "${{ values.name | upper }}\n")]),
};

pub(super) static UNUSED_VALUE: Rule = Rule {
    id: "unused-value",
    title: "A value that no file uses",
    level: Level::Note,
    area: Area::Skeleton,
    text: "The step gives a value that neither a name nor a file of its skeleton reads. Remove it, or use it.",
    bad: with(&[("skeleton/README.md", "# Demo\n")]),
    good: with(&[("skeleton/README.md", "# ${{ values.name }}\n")]),
};

/// Names that expressions of GitHub Actions begin with.
pub(super) const CONTEXTS: [&str; 12] = [
    "env", "github", "inputs", "job", "jobs", "matrix", "needs", "runner", "secrets", "steps", "strategy",
    "vars",
];
/// Functions of GitHub Actions that no template has.
pub(super) const FUNCTIONS: [&str; 10] = [
    "always",
    "cancelled",
    "contains",
    "endsWith",
    "failure",
    "format",
    "fromJSON",
    "hashFiles",
    "startsWith",
    "success",
];

/// Looks at the names of a skeleton's files and folders.
pub(super) fn check_names(fetch: &Fetch<'_>, findings: &mut Findings) {
    let Some(skeleton) = fetch.skeleton().filter(|_| fetch.language == Language::Nunjucks) else { return };
    let paths = skeleton.files.iter().map(|file| file.path.as_str());
    let parts: BTreeSet<&str> =
        paths.filter(|path| fetch.inspector().has_tag(path)).flat_map(|path| name_parts(path)).collect();
    for path in parts.into_iter().filter(|part| fetch.inspector().has_tag(part)) {
        let place = || fetch.url.place();
        match fetch.inspector().inspect(path) {
            Err(fault) => {
                let message = format!("the file name `{path}` cannot be rendered: {}", fault.message);
                findings.add(&UNREADABLE_FILE, place(), message, "correct the name");
            }
            Ok(found) => {
                let names = Names { fetch, shown: format!("the name `{path}`"), file: None };
                names.check(&found, |_| place(), findings);
            }
        }
    }
}

/// The names that a path is made of, each folder by itself, so that it is told once for all that lies in it.
fn name_parts(path: &str) -> Vec<&str> {
    let parts: Vec<&str> = path.split('/').collect();
    let whole = |part: &&str| {
        part.matches("{{").count() == part.matches("}}").count()
            && part.matches("{%").count() == 2 * part.matches("{% end").count()
            && part.matches("{%").count() == part.matches("%}").count()
    };
    if parts.iter().all(whole) { parts } else { vec![path] }
}

/// Looks at one file. Gives the values that it lacks, if it is one that templates share.
pub(super) fn check_file(fetch: &Fetch<'_>, file: &FileText<'_>, findings: &mut Findings) -> Vec<String> {
    let (Some(source), Some(parsed)) = (&file.source, &file.parsed) else { return Vec::new() };
    match parsed {
        Err(fault) => {
            let message = format!("the file cannot be rendered: {}", fault.message);
            let mend = "correct it, or put it between `{% raw %}` and `{% endraw %}`";
            findings.add(&UNREADABLE_FILE, Place::new(source, fault.at..fault.at), message, mend);
            Vec::new()
        }
        Ok(found) => {
            swallowed(source, found, file.path, findings);
            let names = Names { fetch, shown: "the file".to_owned(), file: Some(source) };
            names.check(found, |range| Place::new(source, range), findings)
        }
    }
}

/// The values that a skeleton reads, as its files are looked at.
#[derive(Debug, Default)]
pub(super) struct ValuesRead {
    names: BTreeSet<String>,
    /// They are also read as a whole, or by a computed name, or there are files that tell nothing.
    all: bool,
}

impl ValuesRead {
    /// What the names of files and folders read.
    pub(super) fn of_names(fetch: &Fetch<'_>) -> Self {
        let mut read = Self { all: fetch.language != Language::Nunjucks, ..Self::default() };
        let Some(skeleton) = fetch.skeleton() else { return Self { all: true, ..read } };
        read.all |= skeleton.too_many || !skeleton.odd_names.is_empty();
        let paths = skeleton.files.iter().map(|file| &file.path).chain(&skeleton.folders);
        for path in paths.filter(|path| fetch.inspector().has_tag(path)) {
            match fetch.inspector().inspect(path) {
                Ok(found) => read.add(&found),
                Err(_) => read.all = true,
            }
        }
        read
    }

    /// What a file reads.
    pub(super) fn add_file(&mut self, file: &FileText<'_>) {
        match &file.parsed {
            Some(Ok(found)) => self.add(found),
            Some(Err(_)) => self.all = true,
            // A file that is no text is copied; one that could not be read was left out before.
            None => {}
        }
    }

    /// There is a file that was not looked at.
    pub(super) fn miss(&mut self) {
        self.all = true;
    }

    fn add(&mut self, found: &Inspection) {
        for reference in found.references.iter().filter(|reference| is_values(reference)) {
            match reference.path.first().and_then(|segment| segment.key.clone()) {
                Some(name) => {
                    self.names.insert(name);
                }
                None => self.all = true,
            }
        }
    }

    /// Tells which of the step's values nothing reads.
    pub(super) fn report(&self, fetch: &Fetch<'_>, findings: &mut Findings) {
        if self.all {
            return;
        }
        let given = fetch.values.into_iter().flat_map(|values| values.members());
        let unused: Vec<Member<'_>> = given.filter(|member| !self.names.contains(member.key)).collect();
        let Some(first) = unused.first() else { return };
        let names: Vec<String> = unused.iter().map(|member| format!("`values.{}`", member.key)).collect();
        let message = format!("nothing in the skeleton reads {}", names.join(", "));
        findings.add(
            &UNUSED_VALUE,
            first.key_place(),
            message,
            "remove what is not used, or use it in a file",
        );
    }
}

/// One finding for a file: its workflow expressions are many, and have one cause.
fn swallowed(source: &Arc<Source>, found: &Inspection, path: &str, findings: &mut Findings) {
    let contexts = found.references.iter().filter(|one| is_context(one, path)).map(|one| one.range.clone());
    let functions = found.calls.iter().filter(|call| is_function(call)).map(|call| call.range.clone());
    let mut lost: Vec<Range<usize>> =
        contexts.chain(functions).filter_map(|at| tag_around(&source.text, &at)).collect();
    lost.sort_by_key(|tag| tag.start);
    lost.dedup();
    let Some(first) = lost.first() else { return };
    let written = source.text.get(first.clone()).unwrap_or_default();
    let message = match lost.len() {
        1 => format!("`{written}` is rendered, and comes out without what GitHub Actions would put there"),
        many => format!(
            "{many} expressions of GitHub Actions are rendered away in this file; the first is `{written}`"
        ),
    };
    let mend = "put them between `{% raw %}` and `{% endraw %}`, or list the file in `copyWithoutTemplating`";
    let mut finding = Finding::new(&SWALLOWED_EXPRESSION, Place::new(source, first.clone()), message, mend);
    // Nothing runs what is told in a page of text, or switched off by a comment.
    let idle = |tag: &Range<usize>| is_comment(&Place::new(source, tag.clone()));
    if !is_workflow(path) || lost.iter().all(idle) {
        finding = finding.weighing(Level::Warning);
    }
    let own = |tag: &Range<usize>| {
        found
            .references
            .iter()
            .any(|one| is_values(one) && tag.start <= one.range.start && one.range.end <= tag.end)
    };
    if !lost.iter().any(own) {
        let edits = lost.iter().flat_map(|tag| {
            [(tag.start, "{% raw %}"), (tag.end, "{% endraw %}")]
                .map(|(at, text)| Edit { range: at..at, text: text.to_owned() })
        });
        finding.fix = Some(Fix { edits: edits.collect() });
    }
    findings.push(finding);
}

/// The `${{ … }}` around a place.
fn tag_around(text: &str, at: &Range<usize>) -> Option<Range<usize>> {
    let start = text.get(..at.start)?.rfind("${{")?;
    let end = text.get(at.end..)?.find("}}")? + at.end + 2;
    // The place may stand in a statement behind an expression that is closed.
    (!text.get(start..at.start)?.contains("}}")).then_some(start..end)
}

pub(super) fn is_values(reference: &Reference) -> bool {
    matches!(reference.root.as_str(), "values" | "cookiecutter")
}

/// Whether a reference is one of GitHub's: in a workflow any of their names; elsewhere with a member, since a
/// `${{ name }}` may be meant for something else.
fn is_context(reference: &Reference, path: &str) -> bool {
    let github = CONTEXTS.contains(&reference.root.as_str());
    github && (is_workflow(path) || reference.root == "github" && !reference.path.is_empty())
}

pub(super) fn is_function(call: &nunjucks::Call) -> bool {
    !call.method && !call.known && FUNCTIONS.contains(&call.name.as_str())
}
