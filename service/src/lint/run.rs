//! One run of the rules over many files, on all cores.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use catalog_gen::parse_documents_placed;

use super::discover::{Candidate, candidates, targets};
use super::finding::{Finding, Findings};
use super::linted::{Known, Linted};
use super::node::Node;
use super::rule::Level;
use super::skeleton_files::Shelf;
use super::source::Source;
use super::{allow, files, placeholders};
use crate::action::Registry;

/// The most Locations that are followed from one to the next.
const MAX_LOCATIONS: usize = 10_000;

/// Which rules are asked.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only these; all if it is empty.
    pub only: Vec<String>,
    /// Not these.
    pub allowed: Vec<String>,
    /// The actions that steps can name; those of this version if none are given.
    pub actions: Option<Arc<Registry>>,
}

/// What a run has found.
#[derive(Debug, Default)]
pub struct Report {
    /// Everything, in the order of files and lines.
    pub findings: Vec<Finding>,
    /// How many templates were looked at.
    pub templates: usize,
}

impl Report {
    /// How many findings have this weight.
    pub fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }
}

/// Why nothing was looked at.
#[derive(Debug, thiserror::Error)]
pub enum LintError {
    /// A path cannot be looked at.
    #[error("`{path}` cannot be read: {source}")]
    Io {
        /// The path.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A rule that is not there was asked for.
    #[error("there is no rule `{rule}`{hint}")]
    UnknownRule {
        /// As given.
        rule: String,
        /// The one that may be meant.
        hint: String,
    },
}

/// Lints every template at or below these paths.
pub fn lint(paths: &[PathBuf], options: &Options) -> Result<Report, LintError> {
    let ran = options.rules()?;
    for path in paths {
        let io = |source| LintError::Io { path: path.display().to_string(), source };
        std::fs::metadata(path).map_err(io)?;
    }
    let io = |source| LintError::Io { path: "the paths".to_owned(), source };
    let mut run = Run { known: Known::new(options.actions.clone()), shelf: Shelf::default() };
    let mut open = candidates(paths).map_err(io)?;
    let mut seen: BTreeSet<PathBuf> = open.iter().map(|candidate| candidate.path.clone()).collect();
    let mut outcome = Outcome::default();
    while !open.is_empty() && seen.len() <= MAX_LOCATIONS.max(open.len()) {
        let mut next = run.all(&open, &mut outcome);
        next.retain(|candidate| seen.insert(candidate.path.clone()));
        open = next;
    }
    Ok(outcome.report(&ran, &run.shelf))
}

impl Options {
    /// The ids of the rules that are asked.
    fn rules(&self) -> Result<BTreeSet<&'static str>, LintError> {
        let all: BTreeSet<&'static str> = super::rules().map(|rule| rule.id).collect();
        for rule in self.only.iter().chain(&self.allowed) {
            if !all.contains(rule.as_str()) {
                let hint = crate::words::did_you_mean(rule, all.iter().copied());
                return Err(LintError::UnknownRule { rule: rule.clone(), hint });
            }
        }
        let asked = |rule: &&'static str| {
            (self.only.is_empty() || self.only.iter().any(|only| only == rule))
                && !self.allowed.iter().any(|allowed| allowed == rule)
        };
        Ok(all.into_iter().filter(asked).collect())
    }
}

/// What is shared by all threads.
struct Run {
    known: Known,
    shelf: Shelf,
}

/// What became of the files.
#[derive(Default)]
struct Outcome {
    findings: Findings,
    /// Where a template was found, and whether it was asked for by name.
    templates: Vec<(PathBuf, bool)>,
    /// Files that may hold allowances, by name.
    sources: BTreeMap<String, Arc<Source>>,
    /// Files that were met in a folder and may lie in a skeleton.
    met: BTreeMap<String, PathBuf>,
    next: Vec<Candidate>,
}

impl Run {
    /// Looks at all of these, and gives the files that Locations among them lead to.
    fn all(&mut self, open: &[Candidate], outcome: &mut Outcome) -> Vec<Candidate> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from).min(open.len().max(1));
        let taken = AtomicUsize::new(0);
        let work = || {
            let mut own = Outcome::default();
            while let Some(candidate) = open.get(taken.fetch_add(1, Ordering::Relaxed)) {
                self.file(candidate, &mut own);
            }
            own
        };
        let parts: Vec<Outcome> = std::thread::scope(|scope| {
            let threads: Vec<_> = (1..cores).map(|_| scope.spawn(work)).collect();
            let mut parts = vec![work()];
            parts.extend(threads.into_iter().filter_map(|thread| thread.join().ok()));
            parts
        });
        let mut next = Vec::new();
        for mut part in parts {
            next.append(&mut part.next);
            outcome.take(part);
        }
        next
    }

    fn file(&self, candidate: &Candidate, out: &mut Outcome) {
        let mut findings = Findings::default();
        if !candidate.named && !looks_like_template(candidate) {
            return;
        }
        let source = files::read(&candidate.path, &candidate.name, &mut findings);
        if !candidate.named {
            out.met.insert(candidate.name.clone(), candidate.path.clone());
        }
        if let Some(source) = source {
            out.note(&source);
            for document in parse_documents_placed(&source.text) {
                match document {
                    Err(error) => files::broken(&source, &error, &mut findings),
                    Ok((mut document, mut placed)) => {
                        placeholders::fill_in(&mut document.value, &mut placed, &source, &mut findings);
                        let root = Node::root(&document.value, &placed, &source);
                        self.document(root, candidate, &mut findings, out);
                    }
                }
            }
        }
        out.findings.extend(findings.into_sorted());
    }

    fn document(&self, root: Node<'_>, candidate: &Candidate, findings: &mut Findings, out: &mut Outcome) {
        match root.get("kind").and_then(|kind| kind.text()) {
            Some("Location") if candidate.named => {
                for target in location_targets(&root) {
                    out.next.extend(targets(candidate, target));
                }
            }
            Some(kind) if kind.eq_ignore_ascii_case("template") && is_ours(&root, candidate) => {
                out.templates.push((candidate.path.clone(), candidate.named));
                let template = Linted::new(root, &self.known, &self.shelf);
                super::check(&template, findings);
                skeletons(&template, findings, out);
            }
            _ => {}
        }
    }
}

/// Looks at every file that the steps read, one at a time.
fn skeletons(template: &Linted<'_>, findings: &mut Findings, out: &mut Outcome) {
    for fetch in &template.fetches {
        super::check_files(template, fetch, findings, |file| {
            if let Some(source) = &file.source {
                out.note(source);
            }
        });
    }
}

/// Whether a file that was met in a folder is worth reading as a whole.
fn looks_like_template(candidate: &Candidate) -> bool {
    let size = std::fs::metadata(&candidate.path).map_or(0, |metadata| metadata.len());
    if size > u64::try_from(files::MAX_TEMPLATE_BYTES).unwrap_or(u64::MAX) {
        return matches!(candidate.path.file_stem().and_then(|name| name.to_str()), Some("template"));
    }
    let Ok(bytes) = std::fs::read(&candidate.path) else { return false };
    let text = String::from_utf8_lossy(&bytes);
    text.contains("Template") && text.contains("backstage.io/")
}

/// Other tools have templates too. One that is asked for by name is taken for ours.
fn is_ours(root: &Node<'_>, candidate: &Candidate) -> bool {
    let version = root.get("apiVersion").and_then(|version| version.text());
    candidate.named || version.is_none_or(|version| version.contains("backstage.io"))
}

fn location_targets<'d>(root: &Node<'d>) -> Vec<&'d str> {
    let many = root.find(&["spec", "targets"]).into_iter().flat_map(|targets| targets.items());
    let one = root.find(&["spec", "target"]);
    many.chain(one).filter_map(|target| target.value.as_str()).collect()
}

impl Outcome {
    /// Keeps a file whose allowances have to be looked at.
    fn note(&mut self, source: &Arc<Source>) {
        if allow::mentioned(&source.text) {
            self.sources.entry(source.name.clone()).or_insert_with(|| Arc::clone(source));
        }
    }

    fn take(&mut self, part: Self) {
        self.findings.extend(part.findings.into_sorted());
        self.templates.extend(part.templates);
        self.sources.extend(part.sources);
        self.met.extend(part.met);
    }

    /// What is left when skeletons' own templates, allowances and rules that were not asked are taken out.
    fn report(self, ran: &BTreeSet<&'static str>, shelf: &Shelf) -> Report {
        let skeletons = shelf.folders();
        let inside = |path: &PathBuf| {
            let path = path.canonicalize().unwrap_or_else(|_| path.clone());
            skeletons.iter().any(|folder| path.starts_with(folder) && path.parent().is_some())
        };
        let hidden: BTreeSet<&String> =
            self.met.iter().filter(|(_, path)| inside(path)).map(|(name, _)| name).collect();
        let templates = self.templates.iter().filter(|(path, named)| *named || !inside(path)).count();
        let mut by_file: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
        for finding in self.findings.into_sorted() {
            let name = &finding.place.source.name;
            if ran.contains(finding.rule.id) && !(hidden.contains(name) && is_own(&finding)) {
                by_file.entry(name.clone()).or_default().push(finding);
            }
        }
        for name in self.sources.keys() {
            by_file.entry(name.clone()).or_default();
        }
        let mut all = Findings::default();
        for (name, found) in by_file {
            match self.sources.get(&name) {
                Some(source) => all.extend(allow::apply(source, found, ran)),
                None => all.extend(found),
            }
        }
        Report { findings: all.into_sorted(), templates }
    }
}

/// Whether a finding is about the file as a template, and not as a part of a skeleton.
fn is_own(finding: &Finding) -> bool {
    use super::rule::Area;
    !matches!(finding.rule.area, Area::Skeleton | Area::Workflows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_disk(files: &[(&str, &str)]) -> (tempfile::TempDir, Report) {
        let disk = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = disk.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let report = lint(&[disk.path().to_path_buf()], &Options::default()).unwrap();
        (disk, report)
    }

    const STEP: &str = "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: a, title: A}\nspec:\n  \
                        type: service\n  owner: a\n  steps:\n    - {id: a, name: A, action: debug:log, inputs: {}}\n";

    #[test]
    fn templates_below_a_folder_are_linted() {
        let (_disk, report) = on_disk(&[("a/template.yaml", STEP), ("b/x.yaml", "kind: Component\n")]);

        assert_eq!(report.templates, 1);
        assert_eq!(
            report.findings.iter().map(|finding| finding.rule.id).collect::<Vec<_>>(),
            ["unknown-key"]
        );
        assert_eq!(report.findings[0].place.text(), "inputs");
    }

    #[test]
    fn only_the_rules_asked_for_speak() {
        let disk = tempfile::tempdir().unwrap();
        std::fs::write(disk.path().join("template.yaml"), STEP).unwrap();
        let paths = [disk.path().to_path_buf()];
        let asked = |options: &Options| lint(&paths, options).unwrap().findings.len();

        assert_eq!(asked(&Options { allowed: vec!["unknown-key".into()], ..Options::default() }), 0);
        assert_eq!(asked(&Options { only: vec!["yaml-invalid".into()], ..Options::default() }), 0);
        let unknown = Options { only: vec!["unknwon-key".into()], ..Options::default() };
        assert!(lint(&paths, &unknown).unwrap_err().to_string().contains("did you mean `unknown-key`?"));
    }

    #[test]
    fn a_template_inside_of_a_skeleton_is_a_file_of_it() {
        let outer = STEP.replace("debug:log, inputs: {}", "fetch:template, input: {url: ./skeleton}");
        let (_disk, report) = on_disk(&[("template.yaml", &outer), ("skeleton/template.yaml", STEP)]);

        assert_eq!(report.templates, 1);
        assert!(report.findings.is_empty(), "{:?}", report.findings);
    }
}
