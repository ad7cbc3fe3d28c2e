use super::DETECTOR;
use crate::detect::tests::repository::Repository;
use crate::{CodeHost, Findings, Remote, SubjectId, TeamNamespace};

fn acme(files: &[(&str, &str)]) -> (Repository, SubjectId) {
    let mut repository = Repository::new(files);
    let url = "https://github.com/Acme/shop".to_owned();
    repository.about.remote = Some(Remote { url, revision: "main".to_owned(), host: CodeHost::GitHub });
    let id = repository.component("", "shop", "service");
    (repository, id)
}

fn best(findings: &Findings, id: SubjectId) -> Option<String> {
    let claim = findings.subject(id)?.best("spec.owner")?;
    Some(format!("{} {:?}", claim.text()?, claim.confidence))
}

fn owner(files: &[(&str, &str)]) -> Option<String> {
    let (repository, id) = acme(files);
    best(&repository.run(&DETECTOR), id)
}

#[test]
fn the_team_that_owns_most_files_is_the_owner() {
    let text = "* @Acme/all\n/src/ @jane @Acme/shop\n";
    let files = [
        ("CODEOWNERS", text),
        ("README.md", ""),
        ("docs/a.md", ""),
        ("x.md", ""),
        ("y.md", ""),
        ("src/a.rs", ""),
    ];

    assert_eq!(owner(&files).as_deref(), Some("group:default/all Likely"));
    let (mut repository, id) = acme(&files);
    repository.site.teams = TeamNamespace::Organization;
    assert_eq!(best(&repository.run(&DETECTOR), id).as_deref(), Some("group:acme/all Likely"));
}

#[test]
fn people_and_several_teams_are_suggestions() {
    assert_eq!(owner(&[("CODEOWNERS", "* jane@acme.io @jane")]).as_deref(), Some("user:default/jane Guess"));
    assert_eq!(owner(&[("CODEOWNERS", "* @jane @Acme/a @Acme/b")]).as_deref(), Some("group:default/a Guess"));
    assert_eq!(owner(&[("CODEOWNERS", "* jane@acme.io")]), None);
    assert_eq!(owner(&[]), None);
}

#[test]
fn components_have_owners_of_their_own_files() {
    let (mut repository, root) = acme(&[
        (".github/CODEOWNERS", "* @Acme/all\n/web/ @Acme/web\n"),
        ("CODEOWNERS", "* @Acme/nobody-reads-this\n"),
        ("a", ""),
        ("web/b", ""),
        ("web/c", ""),
    ]);
    let web = repository.component("web", "web", "website");
    let findings = repository.run(&DETECTOR);

    assert_eq!(best(&findings, web).as_deref(), Some("group:default/web Likely"));
    assert_eq!(best(&findings, root).as_deref(), Some("group:default/all Likely"));
    let evidence = &findings.subject(web).unwrap().best("spec.owner").unwrap().evidence[0];
    assert_eq!((evidence.file.as_deref(), evidence.line), (Some(".github/CODEOWNERS"), Some(2)));
}

#[test]
fn the_site_has_the_first_word() {
    let (mut repository, id) = acme(&[("CODEOWNERS", "* @Acme/all\n")]);
    repository.site.owners.insert("@Acme/all".to_owned(), "group:default/everybody".to_owned());
    assert_eq!(best(&repository.run(&DETECTOR), id).as_deref(), Some("group:default/everybody Certain"));

    let (mut repository, id) = acme(&[("CODEOWNERS", "* @Acme/all\n")]);
    repository.site.owners.insert("Acme/shop".to_owned(), "group:default/shop".to_owned());
    assert_eq!(best(&repository.run(&DETECTOR), id).as_deref(), Some("group:default/shop Certain"));
}

#[test]
fn what_people_wrote_goes_before_codeowners_and_placeholders_do_not_count() {
    let entity = |owner: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: x\nspec:\n  owner: {owner}\n"
        )
    };
    let all = ("CODEOWNERS", "* @Acme/all\n");

    let (written, broken) = (entity("team-x"), "a: [");
    assert_eq!(owner(&[("catalog-info.yaml", &written), all]).as_deref(), Some("team-x Certain"));
    assert_eq!(owner(&[("other/catalog-info.yaml", &written)]).as_deref(), Some("team-x Likely"));
    assert_eq!(
        owner(&[("catalog-info.yaml", &entity("guest")), all]).as_deref(),
        Some("group:default/all Likely")
    );
    assert_eq!(owner(&[("catalog-info.yaml", broken), all]).as_deref(), Some("group:default/all Likely"));
}

#[test]
fn other_catalogs_teams_and_the_fallback_follow() {
    assert_eq!(
        owner(&[("service.datadog.yaml", "dd-service: shop\nteam: carts\n")]).as_deref(),
        Some("group:default/carts Likely")
    );
    assert_eq!(
        owner(&[("opslevel.yml", "service:\n  owner: carts\n")]).as_deref(),
        Some("group:default/carts Likely")
    );
    let cortex = "info:\n  x-cortex-owners:\n    - type: group\n      name: carts\n";
    assert_eq!(owner(&[("cortex.yaml", cortex)]).as_deref(), Some("group:default/carts Likely"));

    let (mut repository, id) = acme(&[]);
    repository.about.teams = vec!["small".to_owned(), "large".to_owned()];
    repository.site.fallback_owner = Some("group:default/platform".to_owned());
    assert_eq!(best(&repository.run(&DETECTOR), id).as_deref(), Some("group:default/small Guess"));
}
