//! Skeletons: what is there, and what rendering makes of it.

mod names;
mod references;

use super::finding::Findings;
use super::linted::{Fetch, FileText, Linted};
use super::rule::{Area, Example, Level, Rule};
use super::skeleton_files::{MAX_FILES, Skeleton};

/// The rules of this area.
pub(super) static RULES: [&Rule; 8] = [
    &SKELETON_WITHOUT_CATALOG_INFO,
    &SKELETON_TOO_LARGE,
    &references::SWALLOWED_EXPRESSION,
    &references::UNREADABLE_FILE,
    &references::UNDEFINED_VALUE,
    &references::UNKNOWN_NAME,
    &references::UNKNOWN_FUNCTION,
    &references::UNUSED_VALUE,
];

static SKELETON_WITHOUT_CATALOG_INFO: Rule = Rule {
    id: "skeleton-without-catalog-info",
    title: "A repository without a catalog-info.yaml",
    level: Level::Warning,
    area: Area::Skeleton,
    text: "The template publishes a repository, and none of its steps puts a `catalog-info.yaml` into it, so the \
           catalog will not know it. Put the file into the skeleton, or write it with `catalog:write`.",
    bad: Example {
        template: "\
steps:
  - id: fetch
    name: Fetch
    action: fetch:template
    input:
      url: ./skeleton
  - id: publish
    name: Publish
    action: publish:github
    input:
      repoUrl: github.com?owner=acme&repo=demo
",
        files: &[("skeleton/README.md", "# Demo\n")],
    },
    good: Example {
        template: "\
steps:
  - id: fetch
    name: Fetch
    action: fetch:template
    input:
      url: ./skeleton
  - id: publish
    name: Publish
    action: publish:github
    input:
      repoUrl: github.com?owner=acme&repo=demo
",
        files: &[
            ("skeleton/README.md", "# Demo\n"),
            (
                "skeleton/catalog-info.yaml",
                "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: demo\n",
            ),
        ],
    },
};

static SKELETON_TOO_LARGE: Rule = Rule {
    id: "skeleton-too-large",
    title: "A skeleton with very many files",
    level: Level::Warning,
    area: Area::Skeleton,
    text: "A skeleton with more than 10,000 files makes every task slow; often a folder such as `node_modules` or \
           `target` was left in it. The files beyond are not looked at.",
    bad: Example::of(""),
    good: Example::of(""),
};

/// Looks at what the steps read, without the contents of files.
pub(super) fn check(template: &Linted<'_>, findings: &mut Findings) {
    for fetch in &template.fetches {
        if fetch.skeleton().is_some_and(|skeleton| skeleton.too_many) {
            let message = format!("the skeleton has more than {MAX_FILES} files; only those are looked at");
            let mend = "remove what is built or installed, such as `node_modules`";
            findings.add(&SKELETON_TOO_LARGE, fetch.url.place(), message, mend);
        }
    }
    without_catalog_info(template, findings);
}

/// Looks at the files of one skeleton, one after the other.
#[derive(Debug)]
pub(super) struct Files<'l, 'd> {
    fetch: &'l Fetch<'d>,
    read: references::ValuesRead,
    lacking: names::Lacking,
}

impl<'l, 'd> Files<'l, 'd> {
    /// Begins with the names of files and folders.
    pub(super) fn new(fetch: &'l Fetch<'d>, findings: &mut Findings) -> Self {
        references::check_names(fetch, findings);
        Self { fetch, read: references::ValuesRead::of_names(fetch), lacking: names::Lacking::default() }
    }

    /// Looks at a file.
    pub(super) fn file(&mut self, file: &FileText<'_>, findings: &mut Findings) {
        self.read.add_file(file);
        let lacking = references::check_file(self.fetch, file, findings);
        self.lacking.add(lacking, file.path);
    }

    /// A file cannot be looked at.
    pub(super) fn unread(&mut self) {
        self.read.miss();
    }

    /// Tells what only shows when all files were seen.
    pub(super) fn end(self, findings: &mut Findings) {
        self.read.report(self.fetch, findings);
        self.lacking.report(self.fetch, findings);
    }
}

fn without_catalog_info(template: &Linted<'_>, findings: &mut Findings) {
    let actions = || template.steps.iter().filter_map(|step| step.action_id());
    let publishes = actions().any(|action| action.starts_with("publish:") && !action.ends_with("-request"));
    let writes = actions().any(|action| action == "catalog:write" || !is_known(template, action));
    let skeletons: Vec<Option<&Skeleton>> =
        template.fetches.iter().map(|fetch| fetch.skeleton().map(AsRef::as_ref)).collect();
    if !publishes || writes || skeletons.is_empty() || registers_another(template) {
        return;
    }
    // What cannot be looked into may hold the file.
    let may_have = |skeleton: &Option<&Skeleton>| {
        skeleton.is_none_or(|skeleton| skeleton.too_many || has_catalog_info(skeleton))
    };
    if !skeletons.iter().any(may_have)
        && let Some(fetch) = template.fetches.first()
    {
        let message =
            "no step puts a `catalog-info.yaml` into the repository, so the catalog will not know it";
        let mend = "add a `catalog-info.yaml` to the skeleton";
        findings.add(&SKELETON_WITHOUT_CATALOG_INFO, fetch.url.place(), message, mend);
    }
}

/// Whether a step registers a file of another name.
fn registers_another(template: &Linted<'_>) -> bool {
    let registers = template.steps.iter().filter(|step| step.action_id() == Some("catalog:register"));
    let mut paths = registers.filter_map(|step| step.input?.get("catalogInfoPath")?.text());
    paths.any(|path| !path.contains("catalog-info"))
}

fn is_known(template: &Linted<'_>, action: &str) -> bool {
    template.known.actions.get(action).is_ok()
}

/// The file may lie in a folder whose name is rendered, and its own name may be rendered.
fn has_catalog_info(skeleton: &Skeleton) -> bool {
    skeleton.files.iter().any(|file| {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        name.starts_with("catalog-info.y") || name.contains("catalog-info")
    })
}
