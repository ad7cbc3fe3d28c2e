use crate::tests::repository::Repository;
use crate::{About, Site};

fn lifecycle(readme: &str, about: impl FnOnce(&mut About)) -> String {
    let mut repository = Repository::of(&[("README.md", readme), ("go.mod", "module x\n")]);
    about(&mut repository.about);
    let catalogue = repository.catalogue(&Site::default());
    catalogue.entities[0].entity.spec.as_ref().unwrap()["lifecycle"].as_str().unwrap().to_owned()
}

#[test]
fn what_nothing_speaks_against_is_in_production() {
    assert_eq!(lifecycle("# Shop\n\nSells things to people.\n", |_| {}), "production");
    assert_eq!(lifecycle("# Shop\n\n* `old` (deprecated): an option\n", |_| {}), "production");
}

#[test]
fn an_archive_or_a_notice_says_deprecated() {
    assert_eq!(lifecycle("", |about| about.archived = true), "deprecated");
    assert_eq!(lifecycle("# Shop [DEPRECATED]\n", |_| {}), "deprecated");
    assert_eq!(lifecycle("# Shop\n\nThis project is no longer maintained.\n", |_| {}), "deprecated");
}

#[test]
fn what_is_there_to_be_looked_at_is_experimental() {
    assert_eq!(lifecycle("", |about| about.template = true), "experimental");
    assert_eq!(lifecycle("# Shop\n\nA sample application for a book.\n", |_| {}), "experimental");
    assert_eq!(lifecycle("# Shop\n\n> Work in progress\n", |_| {}), "experimental");
    let named = |about: &mut About| {
        about.remote.as_mut().unwrap().url = "https://github.com/acme/shop-boilerplate".to_owned();
    };
    assert_eq!(lifecycle("", named), "experimental");
}
