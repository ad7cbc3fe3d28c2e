//! `$text`, `$json` and `$yaml` in Template entities, as Backstage's catalog fills them in.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails loudly")]

use serde_json::json;
use stagecraft::template::{Library, SingleError};

use crate::templates_support::{Place, listed};

const TEMPLATE: &str = "\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: shared-parts
  description: { $text: ../parts/about.md }
spec:
  type: service
  parameters:
    - $yaml: ../parts/page.yaml
  steps:
    - $json: ../parts/step.json
    - { id: own, action: 'debug:log', input: { message: hi } }
";

fn parts(place: &Place, root: &str) {
    place.write(&format!("{root}/t/template.yaml"), TEMPLATE);
    place.write(&format!("{root}/parts/about.md"), "Made of parts\n");
    place.write(&format!("{root}/parts/page.yaml"), "title: Name\nproperties: { name: { type: string } }\n");
    place.write(&format!("{root}/parts/step.json"), r#"{"id": "first", "action": "debug:wait"}"#);
}

fn assert_filled(library: &Library) {
    let template = library.find("template:default/shared-parts").unwrap();
    assert_eq!(template.description(), Some("Made of parts\n"));
    assert_eq!(template.spec.pages, [json!({"title": "Name", "properties": {"name": {"type": "string"}}})]);
    assert_eq!(template.spec.steps[0].id, "first");
    assert_eq!(template.spec.steps[1].id, "own");
}

#[tokio::test]
async fn placeholders_of_a_folder_are_filled_in_and_followed() {
    let place = Place::new();
    parts(&place, "s");
    let library = place.library(&place.sources("a"), &["s"]).await;

    assert_filled(&library);

    assert_eq!(library.refresh().await, 0);
    place.write("s/parts/step.json", r#"{"id": "other", "action": "debug:wait"}"#);
    assert_eq!(library.refresh().await, 1);
    assert_eq!(library.find("template:default/shared-parts").unwrap().spec.steps[0].id, "other");
}

#[tokio::test]
async fn placeholders_of_a_repository_are_filled_in() {
    let place = Place::new();
    parts(&place, "r");
    place.commit("r");
    let url = format!("git+file://{}", place.path("r").display());

    assert_filled(&place.library(&place.sources("a"), &[&url]).await);
}

#[tokio::test]
async fn the_template_of_a_command_reads_placeholders_within_its_repository() {
    let place = Place::new();
    parts(&place, "r");
    place.commit("r");

    let (library, template) =
        Library::from_single(&place.path("r/t/template.yaml"), None, place.sources("a")).await.unwrap();

    assert_filled(&library);
    assert_eq!(template.spec.steps.len(), 2);
}

#[tokio::test]
async fn a_placeholder_that_leads_out_is_refused_at_its_place() {
    let place = Place::new();
    parts(&place, "s");

    let alone = Library::from_single(&place.path("s/t/template.yaml"), None, place.sources("a")).await;

    let Err(SingleError::Broken(errors)) = alone else { panic!("{alone:?}") };
    let places: Vec<_> = errors.iter().map(|error| (error.line, error.column)).collect();
    assert_eq!(places, [(Some(5), Some(3)), (Some(9), Some(7)), (Some(11), Some(7))]);
    assert!(errors.iter().all(|error| error.message.contains("leads out of")), "{errors:?}");
}

#[tokio::test]
async fn what_cannot_be_filled_in_is_named() {
    for (written, wanted) in [
        ("$yaml: ../parts/nothing.yaml", "there is no such file"),
        ("$yaml: ../parts/broken.yaml", "`../parts/broken.yaml`: line 2, column 1"),
        ("$json: ../parts/page.yaml", "`$json`: `../parts/page.yaml`"),
        ("$yaml: ../parts/two.yaml", "has 2 documents"),
        ("$yaml: 7", "is to name a file"),
        ("$yaml: https://example.com/acme/other/blob/main/page.yaml", "of its own repository only"),
        ("$yaml: ../parts", "`$yaml`"),
    ] {
        let place = Place::new();
        parts(&place, "s");
        place.write("s/parts/broken.yaml", "a: [");
        place.write("s/parts/two.yaml", "a: 1\n---\nb: 1\n");
        place.write("s/t/template.yaml", &TEMPLATE.replace("$yaml: ../parts/page.yaml", written));

        let seen = listed(&place.library(&place.sources("a"), &["s"]).await);

        assert!(seen[0].starts_with("! t/template.yaml:9:7: ") && seen[0].contains(wanted), "{seen:?}");
    }
}
