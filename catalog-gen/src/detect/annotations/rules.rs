//! The table of annotations: in which file to look, for what, and what to write.

use crate::Confidence::{self, Certain, Guess, Likely};
use crate::detect::Interest::{self, Name, Path};

/// Whose annotation it becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// The component that the file is in.
    Nearest,
    /// All components: the tool knows the repository as a whole.
    Everybody,
}

/// A row of the table.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) annotation: &'static str,
    /// A name in any folder, or a path.
    pub(super) file: &'static str,
    /// None: that the file is there is enough.
    pub(super) pattern: Option<&'static str>,
    /// `$1`: the first group; `$slug`: `owner/repository`; `$dir`: the file's folder.
    pub(super) value: &'static str,
    pub(super) whose: Whose,
    pub(super) confidence: Confidence,
    pub(super) rule: &'static str,
    pub(super) seen: &'static str,
}

/// The files that the table looks into.
pub(super) const READS: &[Interest] = &[
    Name("sonar-project.properties"),
    Name("pom.xml"),
    Name("build.gradle"),
    Name("build.gradle.kts"),
    Name("README.md"),
    Name("sentry.properties"),
    Name(".sentryclirc"),
    Name(".nvmrc"),
    Name(".node-version"),
    Name(".python-version"),
    Name(".ruby-version"),
    Name("go.mod"),
    Name("service.datadog.yaml"),
    Name("application.yaml"),
    Name("deployment.yaml"),
    Name("deployment.yml"),
    Path(".github/workflows/sonar.yml"),
    Path(".github/workflows/sonarcloud.yml"),
    Path(".github/workflows/build.yml"),
    Path(".github/workflows/ci.yml"),
];

const SONAR: &str = "sonarqube.org/project-key";
const PRODUCTS: &str = "endoflife.date/products";
const SONAR_FLAG: Option<&str> = Some(r"-Dsonar\.projectKey=([A-Za-z0-9_.:\-]+)");

const fn row(
    annotation: &'static str,
    (file, pattern): (&'static str, Option<&'static str>),
    value: &'static str,
    (whose, confidence): (Whose, Confidence),
    (rule, seen): (&'static str, &'static str),
) -> Rule {
    Rule { annotation, file, pattern, value, whose, confidence, rule, seen }
}

const OWN: Whose = Whose::Nearest;
const ALL: Whose = Whose::Everybody;
const QUALITY: (&str, &str) = ("annotations.sonar", "the project's key at SonarQube");
const VERSION: (&str, &str) = ("annotations.version", "the version of the run-time");

pub(super) const RULES: [Rule; 25] = [
    row(
        "circleci.com/project-slug",
        (".circleci/config.yml", None),
        "github/$slug",
        (ALL, Likely),
        ("annotations.circleci", "CircleCI builds it"),
    ),
    row(
        "travis-ci.com/repo-slug",
        (".travis.yml", None),
        "$slug",
        (ALL, Likely),
        ("annotations.travis", "Travis builds it"),
    ),
    row(
        "buildkite.com/project-slug",
        (".buildkite/pipeline.yml", None),
        "$slug",
        (ALL, Guess),
        ("annotations.buildkite", "Buildkite builds it; its pipeline may be called otherwise"),
    ),
    row(
        SONAR,
        ("sonar-project.properties", Some(r"(?m)^\s*sonar\.projectKey\s*[=:]\s*(\S+)")),
        "$1",
        (OWN, Certain),
        QUALITY,
    ),
    row(
        SONAR,
        ("pom.xml", Some(r"<sonar\.projectKey>\s*([^<\s]+)\s*</sonar\.projectKey>")),
        "$1",
        (OWN, Certain),
        QUALITY,
    ),
    row(
        SONAR,
        ("build.gradle", Some(r#"sonar\.projectKey["']?\s*,\s*["']([^"']+)["']"#)),
        "$1",
        (OWN, Certain),
        QUALITY,
    ),
    row(
        SONAR,
        ("build.gradle.kts", Some(r#"sonar\.projectKey["']?\s*,\s*["']([^"']+)["']"#)),
        "$1",
        (OWN, Certain),
        QUALITY,
    ),
    row(SONAR, (".github/workflows/sonar.yml", SONAR_FLAG), "$1", (ALL, Likely), QUALITY),
    row(SONAR, (".github/workflows/sonarcloud.yml", SONAR_FLAG), "$1", (ALL, Likely), QUALITY),
    row(SONAR, (".github/workflows/build.yml", SONAR_FLAG), "$1", (ALL, Likely), QUALITY),
    row(SONAR, (".github/workflows/ci.yml", SONAR_FLAG), "$1", (ALL, Likely), QUALITY),
    row(
        SONAR,
        ("README.md", Some(r"sonar(?:cloud\.io|qube[\w.\-]*)/[^\s)]*[?&](?:id|project)=([A-Za-z0-9_.:\-]+)")),
        "$1",
        (OWN, Likely),
        ("annotations.badge", "a badge of SonarQube"),
    ),
    row(
        "pagerduty.com/service-id",
        ("README.md", Some(r"pagerduty\.com/(?:service-directory|services)/(P[A-Z0-9]{6,13})\b")),
        "$1",
        (OWN, Likely),
        ("annotations.link", "a link to PagerDuty"),
    ),
    row(
        "sentry.io/project-slug",
        ("sentry.properties", Some(r"(?s)defaults\.org\s*=\s*([\w\-]+).*?defaults\.project\s*=\s*([\w\-]+)")),
        "$1/$2",
        (OWN, Certain),
        ("annotations.sentry", "the project at Sentry"),
    ),
    row(
        "sentry.io/project-slug",
        (".sentryclirc", Some(r"(?s)\[defaults\].*?org\s*=\s*([\w\-]+).*?project\s*=\s*([\w\-]+)")),
        "$1/$2",
        (OWN, Certain),
        ("annotations.sentry", "the project at Sentry"),
    ),
    row(
        "sentry.io/project-slug",
        ("README.md", Some(r"https://([\w\-]+)\.sentry\.io/(?:projects|settings/projects)/([\w\-]+)")),
        "$1/$2",
        (OWN, Likely),
        ("annotations.link", "a link to Sentry"),
    ),
    row(
        "argocd/app-name",
        (
            "application.yaml",
            Some(
                r"(?s)\bapiVersion:\s*argoproj\.io/\S+\s+kind:\s*Application\s.*?\bmetadata:\s.*?\bname:\s*([a-z0-9][\w.\-]*)",
            ),
        ),
        "$1",
        (OWN, Likely),
        ("annotations.argocd", "an application of Argo CD"),
    ),
    row(
        "backstage.io/kubernetes-id",
        ("deployment.yaml", Some(r#"backstage\.io/kubernetes-id['"]?:\s*['"]?([\w.\-]+)"#)),
        "$1",
        (OWN, Certain),
        ("annotations.kubernetes", "the label `backstage.io/kubernetes-id`"),
    ),
    row(
        "backstage.io/kubernetes-id",
        ("deployment.yml", Some(r#"backstage\.io/kubernetes-id['"]?:\s*['"]?([\w.\-]+)"#)),
        "$1",
        (OWN, Certain),
        ("annotations.kubernetes", "the label `backstage.io/kubernetes-id`"),
    ),
    row(
        "backstage.io/kubernetes-id",
        ("deployment.yaml", Some(r#"app\.kubernetes\.io/name['"]?:\s*['"]?([\w.\-]+)"#)),
        "$1",
        (OWN, Guess),
        ("annotations.kubernetes", "the label `app.kubernetes.io/name`"),
    ),
    row(PRODUCTS, (".nvmrc", Some(r"^v?(\d+)")), "nodejs@$1", (OWN, Guess), VERSION),
    row(PRODUCTS, (".node-version", Some(r"^v?(\d+)")), "nodejs@$1", (OWN, Guess), VERSION),
    row(PRODUCTS, (".python-version", Some(r"^(\d+\.\d+)")), "python@$1", (OWN, Guess), VERSION),
    row(PRODUCTS, (".ruby-version", Some(r"^(?:ruby-)?(\d+\.\d+)")), "ruby@$1", (OWN, Guess), VERSION),
    row(PRODUCTS, ("go.mod", Some(r"(?m)^go\s+(\d+\.\d+)")), "go@$1", (OWN, Guess), VERSION),
];
