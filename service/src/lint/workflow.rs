//! Workflows of GitHub Actions in a skeleton: what a rendered workflow would run, with whose words.
//!
//! A workflow is looked at as text, since statements of a template language keep it from being YAML. What is
//! rendered away altogether is told by `skeleton`.

mod shell;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::finding::{Finding, Findings};
use super::linted::{Fetch, FileText, Language, Linted};
use super::parameters::Declared;
use super::rule::{Area, Example, Level, Rule};
use super::source::{Place, Source};
use super::trust::free_parameter;

/// The rules of this area.
pub(super) static RULES: [&Rule; 3] = [&WORKFLOW_INJECTION, &WORKFLOW_UNTRUSTED_CONTEXT, &UNPINNED_ACTION];

static WORKFLOW_INJECTION: Rule = Rule {
    id: "workflow-injection",
    title: "A user's text inside of a shell script of a workflow",
    level: Level::Error,
    area: Area::Workflows,
    text: "What a user types into the form becomes part of a `run:` script, so quotes, `$(…)` or a line break in it \
           are commands that run with the rights of the workflow. Put the value into `env:` and use the variable \
           in the script, or give the parameter a `pattern`.",
    bad: Example {
        template: BAD_INJECTION,
        files: &[
            ("skeleton/catalog-info.yaml", "kind: Component\n"),
            (
                "skeleton/.github/workflows/ci.yaml",
                "on: push\njobs:\n  hello:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ values.greeting }}\n",
            ),
        ],
    },
    good: Example {
        template: BAD_INJECTION,
        files: &[
            ("skeleton/catalog-info.yaml", "kind: Component\n"),
            (
                "skeleton/.github/workflows/ci.yaml",
                "on: push\njobs:\n  hello:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo \"$GREETING\"\n        \
                 env:\n          GREETING: ${{ values.greeting | dump }}\n",
            ),
        ],
    },
};

const BAD_INJECTION: &str = "\
parameters:
  - title: Greeting
    properties:
      greeting:
        title: Greeting
        type: string
steps:
  - id: fetch
    name: Fetch
    action: fetch:template
    input:
      url: ./skeleton
      values:
        greeting: ${{ parameters.greeting }}
";

const FETCH_PLAIN: &str = "\
steps:
  - id: fetch
    name: Fetch
    action: fetch:plain
    input:
      url: ./skeleton
";

static WORKFLOW_UNTRUSTED_CONTEXT: Rule = Rule {
    id: "workflow-untrusted-context",
    title: "Text of strangers inside of a shell script of a workflow",
    level: Level::Warning,
    area: Area::Workflows,
    text: "Titles, bodies, branch names and commit messages are written by whoever opens an issue or a pull request. \
           Pasted into a `run:` script they are commands. Put them into `env:` and use the variable. See \
           [GitHub's guide](https://docs.github.com/en/actions/reference/security/secure-use).",
    bad: Example {
        template: FETCH_PLAIN,
        files: &[(
            "skeleton/.github/workflows/ci.yaml",
            "on: issues\njobs:\n  hello:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: |\n          echo \"${{ \
             github.event.issue.title }}\"\n",
        )],
    },
    good: Example {
        template: FETCH_PLAIN,
        files: &[(
            "skeleton/.github/workflows/ci.yaml",
            "on: issues\njobs:\n  hello:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo \"$TITLE\"\n        env:\n          \
             TITLE: ${{ github.event.issue.title }}\n",
        )],
    },
};

static UNPINNED_ACTION: Rule = Rule {
    id: "unpinned-action",
    title: "An action of a workflow that is not pinned",
    level: Level::Warning,
    area: Area::Workflows,
    text: "A tag or branch can be moved, and whoever moves it runs code in every repository made from this template. \
           Name the full commit, with the version in a comment, and let a bot keep it up to date. GitHub's own \
           actions are noted only.",
    bad: Example {
        template: FETCH_PLAIN,
        files: &[(
            "skeleton/.github/workflows/ci.yaml",
            "on: push\njobs:\n  hello:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: docker/login-action@v3\n",
        )],
    },
    good: Example {
        template: FETCH_PLAIN,
        files: &[(
            "skeleton/.github/workflows/ci.yaml",
            "on: push\njobs:\n  hello:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: \
             actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8 # v6.0.1\n      - uses: ./.github/actions/own\n",
        )],
    },
};

/// Owners of actions who run the workflows, too.
const GITHUB: [&str; 2] = ["actions/", "github/"];

/// Contexts whose text anybody can write, by how they begin.
const UNTRUSTED: [&str; 18] = [
    "github.head_ref",
    "github.event.issue.title",
    "github.event.issue.body",
    "github.event.pull_request.title",
    "github.event.pull_request.body",
    "github.event.pull_request.head.ref",
    "github.event.pull_request.head.label",
    "github.event.pull_request.head.repo.default_branch",
    "github.event.comment.body",
    "github.event.review.body",
    "github.event.review_comment.body",
    "github.event.discussion.title",
    "github.event.discussion.body",
    "github.event.head_commit.message",
    "github.event.head_commit.author",
    "github.event.commits",
    "github.event.pages",
    "github.event.workflow_run.head_branch",
];

/// Looks at one file of a skeleton.
pub(super) fn check_file(
    template: &Linted<'_>,
    declared: &Declared<'_>,
    (fetch, file): (&Fetch<'_>, &FileText<'_>),
    findings: &mut Findings,
) {
    let Some(source) = file.source.as_ref().filter(|_| is_workflow(file.path)) else { return };
    unpinned(source, findings);
    let scripts = shell::scripts(&source.text);
    untrusted(source, &scripts, findings);
    // By script: each is mended as a whole.
    let mut holes: BTreeMap<usize, (Range<usize>, Vec<String>)> = BTreeMap::new();
    for (name, range) in values_in(fetch, file, &scripts) {
        if let Some(parameter) = free_parameter(template, declared, fetch, &name) {
            let script = scripts.partition_point(|script| script.end <= range.start);
            let (_, parameters) = holes.entry(script).or_insert_with(|| (range, Vec::new()));
            if !parameters.contains(&parameter) {
                parameters.push(parameter);
            }
        }
    }
    for (range, parameters) in holes.into_values() {
        let names =
            parameters.iter().map(|parameter| format!("`{parameter}`")).collect::<Vec<_>>().join(", ");
        let message = format!(
            "the text that a user gives for {names} becomes a part of this script, and can be any command"
        );
        let mend = format!("put it into `env:` and use the variable, or give {names} a `pattern`");
        findings.add(&WORKFLOW_INJECTION, Place::new(source, range), message, mend);
    }
}

/// Whether a path is that of a workflow, or of an action.
pub(super) fn is_workflow(path: &str) -> bool {
    let path = path.strip_suffix(".hbs").or_else(|| path.strip_suffix(".njk")).unwrap_or(path);
    let Some(stem) = path.strip_suffix(".yml").or_else(|| path.strip_suffix(".yaml")) else { return false };
    let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    name == "action" || folder.ends_with(".github/workflows")
}

fn unpinned(source: &Arc<Source>, findings: &mut Findings) {
    for range in shell::values_of(&source.text, "uses:") {
        let written = source.text.get(range.clone()).unwrap_or_default();
        if is_pinned(written) {
            continue;
        }
        let message = match written.rsplit_once('@') {
            Some((name, version)) => format!("`{name}` is taken at `{version}`, which its owner can move"),
            None => format!("`{written}` is taken at whatever is there"),
        };
        let mend = "name the full commit after the `@`, and the version in a comment behind it";
        let finding = Finding::new(&UNPINNED_ACTION, Place::new(source, range.clone()), message, mend);
        let of_github = GITHUB.iter().any(|owner| written.starts_with(owner));
        findings.push(if of_github { finding.weighing(Level::Note) } else { finding });
    }
}

/// Whether what `uses:` names cannot change: a full commit, a digest, a folder of the same repository. What is
/// rendered is not judged.
fn is_pinned(action: &str) -> bool {
    if action.starts_with("./") || action.starts_with("../") || action.contains("{{") {
        return true;
    }
    if action.starts_with("docker://") {
        return action.contains("@sha256:");
    }
    action.rsplit_once('@').is_some_and(|(_, version)| {
        version.len() >= 40 && version.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn untrusted(source: &Arc<Source>, scripts: &[Range<usize>], findings: &mut Findings) {
    for script in scripts {
        // The helper `gha` of Handlebars writes such an expression.
        let written = ["${{", "{{gha "].map(|open| shell::expressions(&source.text, script, open));
        for expression in written.into_iter().flatten() {
            let written = source.text.get(expression.clone()).unwrap_or_default();
            let Some(context) = UNTRUSTED.iter().find(|context| written.contains(**context)) else {
                continue;
            };
            let message =
                format!("`{context}` is text that anybody can write, and here it is a part of a script");
            let mend = "put it into `env:` and use the variable";
            findings.add(&WORKFLOW_UNTRUSTED_CONTEXT, Place::new(source, expression), message, mend);
        }
    }
}

/// The values that a rendered file puts into its scripts, and where.
fn values_in(
    fetch: &Fetch<'_>,
    file: &FileText<'_>,
    scripts: &[Range<usize>],
) -> Vec<(String, Range<usize>)> {
    let inside = |range: &Range<usize>| {
        scripts.iter().any(|script| script.start <= range.start && range.end <= script.end)
    };
    match fetch.language {
        Language::Nunjucks => file
            .found()
            .into_iter()
            .flat_map(|found| &found.references)
            .filter(|reference| {
                matches!(reference.root.as_str(), "values" | "cookiecutter") && inside(&reference.range)
            })
            .filter_map(|reference| Some((reference.path.first()?.key.clone()?, reference.range.clone())))
            .collect(),
        Language::Handlebars if file.rendered => scripts
            .iter()
            .flat_map(|script| shell::expressions(file.text(), script, "{{"))
            .filter_map(|range| {
                let written = file.text().get(range.clone())?.trim_matches(['{', '}', '~', ' ']);
                let name = written.split_whitespace().last()?;
                Some((name.to_owned(), range))
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workflows_and_actions_are_told_by_their_paths() {
        for path in
            [".github/workflows/ci.yml", "a/.github/workflows/ci.yaml.hbs", "action.yml", "b/action.yaml"]
        {
            assert!(is_workflow(path), "{path}");
        }
        for path in [".github/dependabot.yml", "workflows/ci.yml", "reaction.yaml", ".github/workflows/x.md"]
        {
            assert!(!is_workflow(path), "{path}");
        }
    }

    #[test]
    fn only_what_cannot_move_is_pinned() {
        for action in [
            "actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8",
            "./.github/actions/own",
            "docker://alpine@sha256:0123",
            "${{values.action}}@v1",
        ] {
            assert!(is_pinned(action), "{action}");
        }
        for action in ["actions/checkout@v6", "a/b@main", "a/b", "docker://alpine:3", "a/b@8e8c483"] {
            assert!(!is_pinned(action), "{action}");
        }
    }
}
