//! Which files of a repository say something to the catalog: a push that changes none of them is not looked at.
//!
//! What `catalog-gen`'s detectors read comes from their own list; what they only look for among the names of files,
//! and what is read for people, stands in the tables here. A file that is missed is seen when all repositories are
//! looked at again. The invariant: what a detector reads always matters.

use catalog_gen::{DETECTORS, Listed, ListedKind, TreePath};

/// Names, in any folder and letter case.
const NAMES: &[&str] = &[
    // Catalog files and owners.
    "catalog-info.yaml",
    "catalog-info.yml",
    "codeowners",
    "owners",
    "maintainers.md",
    ".catalog-gen.yaml",
    // Manifests.
    "package.json",
    "pnpm-workspace.yaml",
    "lerna.json",
    "nx.json",
    "turbo.json",
    "cargo.toml",
    "go.mod",
    "go.work",
    "pom.xml",
    "settings.gradle",
    "settings.gradle.kts",
    "build.gradle",
    "build.gradle.kts",
    "libs.versions.toml",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "requirements.txt",
    "pipfile",
    "gemfile",
    "composer.json",
    "mix.exs",
    "pubspec.yaml",
    "package.swift",
    "build.sbt",
    "deno.json",
    "dune-project",
    "module.bazel",
    // What is deployed, and how.
    "dockerfile",
    "containerfile",
    "chart.yaml",
    "values.yaml",
    "kustomization.yaml",
    "skaffold.yaml",
    "compose.yaml",
    "compose.yml",
    "docker-compose.yaml",
    "docker-compose.yml",
    "serverless.yml",
    "serverless.yaml",
    "template.yaml",
    "template.yml",
    "samconfig.toml",
    "cdk.json",
    "pulumi.yaml",
    "procfile",
    "app.yaml",
    "fly.toml",
    "wrangler.toml",
    "project.toml",
    "jenkinsfile",
    ".gitlab-ci.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "sonar-project.properties",
    "renovate.json",
    // Docs.
    "mkdocs.yml",
    "mkdocs.yaml",
    "docusaurus.config.js",
    "docusaurus.config.ts",
];

/// Beginnings of names.
const PREFIXES: &[&str] =
    &["readme", "license", "licence", "dockerfile.", "openapi", "swagger", "asyncapi", "catalog-info"];

/// Ends of names.
const SUFFIXES: &[&str] = &[
    ".csproj",
    ".fsproj",
    ".vbproj",
    ".sln",
    ".slnx",
    ".gemspec",
    ".cabal",
    ".tf",
    ".tofu",
    ".bicep",
    ".proto",
    ".graphql",
    ".graphqls",
    ".gql",
    ".avsc",
    ".wsdl",
    ".dockerfile",
];

/// Folders all of whose files of certain kinds count: CI, decisions, deployments.
const FOLDERS: &[&str] = &[
    ".github",
    "adr",
    "adrs",
    "decisions",
    "k8s",
    "kubernetes",
    "helm",
    "charts",
    "deploy",
    "manifests",
    ".circleci",
];

/// Whether a push that changes this file is a reason to read the repository again.
pub fn matters(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let (folder, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    NAMES.contains(&name)
        || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
        || (folder.split('/').any(|part| FOLDERS.contains(&part)) && is_told(name))
        || is_read(path)
}

/// Files of such folders that can say something.
fn is_told(name: &str) -> bool {
    [".yaml", ".yml", ".json", ".md", ".tpl", ".toml"].iter().any(|suffix| name.ends_with(suffix))
}

/// Whether a detector reads it.
fn is_read(path: &str) -> bool {
    let Ok(path) = TreePath::parse(path) else { return false };
    let listed = Listed { path, kind: ListedKind::File, size: 0, id: None };
    let mut interests = DETECTORS.iter().flat_map(|detector| detector.reads);
    interests.any(|interest| interest.wants(&listed).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_catalog_is_made_of_matters_wherever_it_lies() {
        for path in [
            "catalog-info.yaml",
            "services/till/Catalog-Info.yaml",
            "CODEOWNERS",
            ".github/CODEOWNERS",
            "docs/CODEOWNERS",
            "package.json",
            "services/till/Cargo.toml",
            "README.md",
            "readme",
            "docs/openapi.v2.json",
            "proto/shop.proto",
            "infra/main.tf",
            "docker-compose.yml",
            "Dockerfile",
            "build/Dockerfile.prod",
            "Shop/Shop.csproj",
            ".github/workflows/ci.yml",
            "deploy/base/service.yaml",
            "docs/adr/0001-first.md",
            "mkdocs.yml",
        ] {
            assert!(matters(path), "{path}");
        }
    }

    #[test]
    fn code_and_tests_do_not() {
        for path in [
            "src/main.rs",
            "test/shop_test.go",
            "assets/logo.png",
            "deploy/run.sh",
            "",
            "a/../b",
            "/",
            "é.txt",
        ] {
            assert!(!matters(path), "{path}");
        }
    }

    #[test]
    fn what_a_detector_reads_matters() {
        for interest in DETECTORS.iter().flat_map(|detector| detector.reads) {
            let path = match interest {
                catalog_gen::Interest::Name(name) => format!("a/{name}"),
                catalog_gen::Interest::Path(path) => (*path).to_owned(),
                catalog_gen::Interest::Suffix(suffix) | catalog_gen::Interest::Sniff(suffix) => {
                    format!("a/b{suffix}")
                }
            };
            assert!(matters(&path), "{path}");
        }
    }
}
