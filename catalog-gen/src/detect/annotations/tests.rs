use super::{DETECTOR, NEVER, RULES};
use crate::detect::tests::repository::Repository;
use crate::{AnnotationRule, CodeHost, Findings, Remote, SubjectId};

fn shop(files: &[(&str, &str)]) -> (Repository, SubjectId) {
    let mut repository = Repository::new(files);
    let url = "https://github.com/acme/shop.git".to_owned();
    repository.about.remote = Some(Remote { url, revision: "main".to_owned(), host: CodeHost::GitHub });
    let id = repository.component("", "shop", "service");
    (repository, id)
}

fn annotations(findings: &Findings, id: SubjectId) -> Vec<String> {
    let subject = findings.subject(id).unwrap();
    let all = subject.claims().filter_map(|(field, claims)| {
        let key = field.strip_prefix("metadata.annotations[\"")?.strip_suffix("\"]")?;
        let best = subject.best(field)?;
        Some(format!("{key}={} {:?} {}", best.text()?, best.confidence, claims.len()))
    });
    all.collect()
}

fn found(files: &[(&str, &str)]) -> Vec<String> {
    let (repository, id) = shop(files);
    annotations(&repository.run(&DETECTOR), id)
}

#[test]
fn tools_are_found_by_their_files() {
    assert_eq!(
        found(&[
            (".circleci/config.yml", "version: 2"),
            ("sonar-project.properties", "# x\nsonar.projectKey=acme_shop\n"),
            (
                "README.md",
                "[![x](https://sonarcloud.io/api/badge?project=acme_other&x=1)]\nhttps://acme.pagerduty.com/services/PABC123\n"
            ),
            (".nvmrc", "v20.1.0\n"),
            ("sentry.properties", "defaults.org=acme\ndefaults.project=web\n"),
            (
                "deploy/application.yaml",
                "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  namespace: argocd\n  name: shop-prod\n"
            ),
        ]),
        [
            "circleci.com/project-slug=github/acme/shop Likely 1",
            "sonarqube.org/project-key=acme_shop Certain 2",
            "pagerduty.com/service-id=PABC123 Likely 1",
            "sentry.io/project-slug=acme/web Certain 1",
            "argocd/app-name=shop-prod Likely 1",
            "endoflife.date/products=nodejs@20 Guess 1",
        ]
    );
}

#[test]
fn what_a_template_left_open_is_no_value() {
    assert_eq!(
        found(&[("sonar-project.properties", "sonar.projectKey=${PROJECT}\n"), ("tests/.nvmrc", "18")]),
        [] as [&str; 0]
    );
}

#[test]
fn a_file_speaks_of_the_component_it_is_in() {
    let (mut repository, root) =
        shop(&[("web/sonar-project.properties", "sonar.projectKey = web\n"), (".travis.yml", "")]);
    let web = repository.component("web", "web", "website");
    let findings = repository.run(&DETECTOR);

    assert_eq!(annotations(&findings, root), ["travis-ci.com/repo-slug=acme/shop Likely 1"]);
    assert_eq!(annotations(&findings, web).len(), 2);
    let key = "metadata.annotations[\"sonarqube.org/project-key\"]";
    assert_eq!(findings.subject(web).unwrap().best(key).unwrap().evidence[0].line, Some(1));
}

#[test]
fn a_site_has_rules_of_its_own_and_faults_of_them_are_told() {
    let (mut repository, id) = shop(&[("jira.txt", "a\nproject: SHOP\n"), ("ops/prod/runbook.md", "")]);
    let rule = |annotation: &str, file: &str, pattern: Option<&str>, value: &str| AnnotationRule {
        annotation: annotation.to_owned(),
        file: file.to_owned(),
        pattern: pattern.map(str::to_owned),
        value: value.to_owned(),
    };
    repository.site.annotations = vec![
        rule("jira/project-key", "jira.txt", Some(r"^project: (\w+)$"), "$1"),
        rule("acme.io/runbook", "ops/*/runbook.md", None, "$slug/$dir"),
        rule("acme.io/bad", "*", Some("("), "x"),
        rule("acme.io/huge", "*", Some("(a{1000}){1000}"), "x"),
        rule("backstage.io/orphan", "*", None, "true"),
    ];
    let findings = repository.run(&DETECTOR);

    assert_eq!(
        annotations(&findings, id),
        ["jira/project-key=SHOP Certain 1", "acme.io/runbook=acme/shop/ops/prod Certain 1"]
    );
    assert_eq!(findings.notes.len(), 3);
}

#[test]
fn the_table_holds_no_annotation_that_is_not_for_files_and_its_patterns_compile() {
    for rule in &RULES {
        assert!(!NEVER.contains(&rule.annotation), "{}", rule.annotation);
        assert!(rule.pattern.is_none_or(|pattern| regex::Regex::new(pattern).is_ok()), "{rule:?}");
        let name = rule.file.rsplit('/').next().unwrap();
        let read = rule.pattern.is_none()
            || super::rules::READS.iter().any(|read| match read {
                crate::Interest::Name(own) => own.eq_ignore_ascii_case(name),
                crate::Interest::Path(own) => *own == rule.file,
                _ => false,
            });
        assert!(read, "{} is looked into and not read", rule.file);
    }
}
