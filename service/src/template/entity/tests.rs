use serde_json::json;

use super::*;

fn parse(text: &str) -> Result<Template, Vec<TemplateError>> {
    let document = catalog_gen::parse_documents(text).remove(0).unwrap();
    let source = Source { file: "template.yaml", text, line: document.line };
    Template::from_source(document.value, source, None)
}

fn messages(errors: &[TemplateError]) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}

const GOOD: &str = "\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: Demo
  title: A demo
spec:
  type: service
  parameters: { properties: { name: { type: string } } }
  steps:
    - action: debug:log
      input: { message: hi }
    - id: two
      name: Second
      action: fetch:plain
      if: ${{ parameters.go }}
      each: [1, 2]
      backstage:permissions: { tags: [x] }
      custom: kept
";

#[test]
fn a_template_is_read_with_ids_and_names_filled_in() {
    let template = parse(GOOD).unwrap();

    assert_eq!(template.entity_ref, "template:default/demo");
    assert_eq!(template.title(), "A demo");
    assert_eq!(template.entity.pointer("/metadata/namespace"), Some(&json!("default")));
    assert_eq!(template.spec.pages.len(), 1);
    assert_eq!(template.spec.output, json!({}));
    assert_eq!(template.warnings, []);
    assert_eq!(
        serde_json::to_value(&template.spec.steps).unwrap(),
        json!([
            {"id": "step-1", "name": "debug:log", "action": "debug:log", "input": {"message": "hi"}},
            {
                "id": "two", "name": "Second", "action": "fetch:plain", "if": "${{ parameters.go }}",
                "each": [1, 2], "backstage:permissions": {"tags": ["x"]}, "custom": "kept",
            },
        ])
    );
}

#[test]
fn a_stored_step_reads_back_as_it_was() {
    let steps = parse(GOOD).unwrap().spec.steps;

    let stored = serde_json::to_string(&steps).unwrap();

    assert_eq!(serde_json::from_str::<Vec<Step>>(&stored).unwrap(), steps);
}

#[test]
fn every_fault_is_reported_with_its_place() {
    let text = "\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: a b
spec:
  parameters: text
  steps:
    - id: one
      name: No action
    - id: one
      action: debug:log
";

    let errors = parse(text).unwrap_err();

    let places: Vec<_> = errors.iter().map(|error| (error.line, error.column)).collect();
    assert_eq!(
        places,
        [(Some(4), Some(3)), (Some(5), Some(1)), (Some(8), Some(7)), (Some(6), Some(3)),],
        "{:#?}",
        messages(&errors)
    );
    assert!(errors[1].message.contains("type"));
}

#[test]
fn steps_may_share_an_id_with_a_warning() {
    let text =
        format!("{GOOD}    - id: fetch\n      action: debug:log\n    - id: fetch\n      action: debug:log\n");

    let template = parse(&text).unwrap();

    let warned = template.warnings.iter().any(|warning| warning.message.contains("both have the id `fetch`"));
    assert!(warned, "{:#?}", template.warnings);
}

#[test]
fn an_old_version_is_told_what_to_do() {
    let errors = parse(&GOOD.replace("scaffolder.backstage.io/v1beta3", "backstage.io/v1beta2")).unwrap_err();

    assert_eq!(
        messages(&errors),
        [
            "template.yaml:1:1: templates of version `backstage.io/v1beta2` are no longer run; write `apiVersion: \
          scaffolder.backstage.io/v1beta3`, and `${{ … }}` in place of `{{ … }}`"
        ]
    );
}

#[test]
fn a_slip_in_a_step_key_is_a_warning() {
    let template = parse(&GOOD.replace("      input:", "      inputs:")).unwrap();

    assert_eq!(
        messages(&template.warnings),
        ["template.yaml:11:7: a step has no key `inputs`, so it is ignored; did you mean `input`?"]
    );
}

#[test]
fn a_pattern_that_cannot_be_read_is_a_warning_when_the_template_is_loaded() {
    let template = parse(&GOOD.replace("{ type: string }", "{ type: string, pattern: '(a' }")).unwrap();

    assert_eq!(
        messages(&template.warnings),
        ["template.yaml:8:3: `(a` is not a regular expression, so no value fits; correct it"]
    );
}

#[test]
fn a_fault_that_only_the_catalog_minds_is_a_warning() {
    let template = parse(&GOOD.replace("  title: A demo", "  tags: [Not_A_Tag]")).unwrap();

    assert_eq!(template.warnings.len(), 1);
    assert_eq!(template.warnings[0].line, Some(5));
}

#[test]
fn an_entity_without_a_text_has_no_places() {
    let errors = Template::from_entity(json!([]), "posted", None).unwrap_err();

    assert_eq!(
        messages(&errors),
        ["posted: this is not a mapping; a template begins with `apiVersion`, `kind` and `metadata`"]
    );
}

#[test]
fn the_base_url_follows_from_the_location_annotations() {
    let base = |annotations: Value| {
        let mut entity = parse(GOOD).unwrap().entity;
        entity["metadata"]["annotations"] = annotations;
        Template::from_entity(entity, "t", None).unwrap().base_url
    };

    assert_eq!(
        base(json!({"backstage.io/managed-by-location": "file:/srv/t.yaml"})).as_deref(),
        Some("file:///srv/t.yaml")
    );
    assert_eq!(
        base(json!({
            "backstage.io/source-location": "url:https://example.com/a/",
            "backstage.io/managed-by-location": "url:https://example.com/b",
        }))
        .as_deref(),
        Some("https://example.com/a/")
    );
    assert_eq!(base(json!({"backstage.io/managed-by-location": "dir:x"})), None);
}
