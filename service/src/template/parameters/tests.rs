use serde_json::{Value, json};

use super::*;

fn template(spec: Value) -> Template {
    let mut entity = json!({
        "apiVersion": "scaffolder.backstage.io/v1beta3",
        "kind": "Template",
        "metadata": {"name": "t"},
        "spec": {"type": "service", "steps": []},
    });
    entity["spec"].as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
    Template::from_entity(entity, "t", None).unwrap()
}

fn body(answer: Result<(), Vec<SchemaViolation>>) -> Value {
    serde_json::to_value(answer.err().unwrap_or_default()).unwrap()
}

/// The answers of the npm package for every keyword, good and bad; made by `parameters/oracle.mjs`.
#[test]
fn answers_are_those_of_the_npm_package() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("oracle.json")).unwrap();

    assert!(cases.len() > 300);
    let differing: Vec<String> = cases.iter().filter_map(difference).collect();
    assert!(differing.is_empty(), "{} differ:\n{}", differing.len(), differing.join("\n"));
}

/// Compares as text, so that the order of keys counts as well.
fn difference(case: &Value) -> Option<String> {
    let answer = body(validate_against(&case["schema"], &case["value"]));
    let same = format!("{answer}") == format!("{}", case["errors"]);
    (!same)
        .then(|| format!("{} {}\n  gave {answer}\n  not  {}", case["schema"], case["value"], case["errors"]))
}

#[test]
fn the_first_failing_page_answers_with_all_its_violations() {
    let template = template(json!({"parameters": [
        {"required": ["a"], "properties": {"b": {"type": "string"}}},
        {"required": ["c"]},
    ]}));

    let violations = validate_values(&template, &json!({"b": 1})).unwrap_err();
    let stacks: Vec<_> = violations.iter().map(|violation| violation.stack.as_str()).collect();
    assert_eq!(stacks, ["instance requires property \"a\"", "instance.b is not of a type(s) string"]);

    let violations = validate_values(&template, &json!({"a": 1})).unwrap_err();
    assert_eq!(violations[0].stack, "instance requires property \"c\"");
    assert_eq!(validate_values(&template, &json!({"a": 1, "c": 1})), Ok(()));
}

#[test]
fn a_missing_secret_is_named_and_nothing_is_echoed() {
    let schema = json!({
        "type": "object",
        "required": ["apiKey"],
        "properties": {"apiKey": {"type": "string", "minLength": 4}},
    });
    let template = template(json!({"secrets": {"schema": schema}}));

    assert_eq!(
        body(validate_secrets(&template, &json!({}))),
        json!([{
            "path": [],
            "property": "secrets",
            "message": "secrets.apiKey is required",
            "schema": schema,
            "instance": {},
            "name": "required",
            "argument": "apiKey",
            "stack": "instance requires property \"apiKey\"",
        }])
    );
    assert_eq!(
        body(validate_secrets(&template, &json!({"apiKey": "abc"}))),
        json!([{
            "path": ["apiKey"],
            "property": "secrets.apiKey",
            "message": "secrets.apiKey does not meet minimum length of 4",
            "schema": {"type": "string", "minLength": 4},
            "instance": {},
            "name": "minLength",
            "argument": 4,
            "stack": "instance.apiKey does not meet minimum length of 4",
        }])
    );
}

#[test]
fn a_secret_does_not_leak_through_the_argument_of_all_of() {
    let schema = json!({"allOf": [{"properties": {"k": {"maxLength": 1}}}]});
    let template = template(json!({"secrets": {"schema": schema}}));

    let answer = body(validate_secrets(&template, &json!({"k": "hunter2"})));

    assert_eq!(answer.as_array().unwrap().len(), 2);
    assert!(!answer.to_string().contains("hunter2"));
}

#[test]
fn a_schema_without_end_is_refused_and_ends() {
    for schema in [
        json!({"$ref": "#"}),
        json!({"definitions": {"a": {"allOf": [{"$ref": "#/definitions/a"}, {"$ref": "#/definitions/a"}]}}, "$ref": "#/definitions/a"}),
        json!({"properties": {"a": {"$ref": "#/definitions/missing"}}}),
    ] {
        let violations = validate_against(&schema, &json!({"a": 1})).unwrap_err();
        assert!(violations[0].message.starts_with("cannot be checked: "), "{}", violations[0].message);
    }
}

#[test]
fn defaults_are_filled_in_where_nothing_was_given() {
    let template = template(json!({"parameters": [{
        "properties": {
            "name": {"type": "string"},
            "kind": {"type": "string", "default": "lib"},
            "nested": {"type": "object", "properties": {"x": {"default": 1}, "y": {"type": "string"}}},
            "empty": {"type": "object", "properties": {"z": {"type": "string"}}},
            "list": {"type": "array", "items": {"properties": {"w": {"default": true}}}},
        },
        "dependencies": {"kind": {"oneOf": [
            {"properties": {"kind": {"enum": ["lib"]}, "crate": {"default": "core"}}},
            {"properties": {"kind": {"enum": ["app"]}, "port": {"default": 80}}},
        ]}},
        "allOf": [{"properties": {"all": {"default": "of"}}}],
        "if": {"properties": {"kind": {"const": "app"}}},
        "then": {"properties": {"replicas": {"default": 2}}},
        "else": {"properties": {"publish": {"default": false}}},
    }]}));

    assert_eq!(
        with_defaults(&template, &json!({"name": "n", "list": [{}, {"w": false}]})),
        json!({
            "name": "n", "list": [{"w": true}, {"w": false}], "kind": "lib", "nested": {"x": 1},
            "crate": "core", "all": "of", "publish": false,
        })
    );
    assert_eq!(
        with_defaults(&template, &json!({"kind": "app", "nested": {"x": 5}})),
        json!({"kind": "app", "nested": {"x": 5}, "port": 80, "all": "of", "replicas": 2})
    );
}

#[test]
fn a_schema_that_names_itself_twice_is_not_followed_without_end() {
    let twice = json!({ "$ref": "#" });
    let forms = [
        json!({ "allOf": [twice, twice], "properties": { "a": { "default": 1 } } }),
        json!({ "properties": { "a": twice, "b": twice, "c": { "default": 1 } } }),
        json!({ "properties": { "a": { "default": 1 } }, "anyOf": [twice, { "required": ["x"] }] }),
    ];

    for form in forms {
        let filled = with_defaults(&template(json!({ "parameters": form })), &json!({ "a": { "x": 1 } }));

        assert!(filled.is_object(), "{form}");
    }
}

#[test]
fn a_branch_that_is_not_clear_gives_no_defaults() {
    let template = template(json!({"parameters": {"oneOf": [
        {"properties": {"a": {"default": 1}}},
        {"properties": {"a": {"default": 2}}},
    ]}}));

    assert_eq!(with_defaults(&template, &Value::Null), json!({}));
}

#[test]
fn an_answer_does_not_repeat_a_large_value_for_each_of_its_faults() {
    let fields = (0..20_000).map(|n| (format!("key-{n}"), Value::Null)).collect();

    let violations =
        validate_against(&json!({"additionalProperties": false}), &Value::Object(fields)).unwrap_err();

    assert!((2..100).contains(&violations.len()), "{}", violations.len());
}
