use serde_json::{Value, json};

use super::super::{Options, write};

fn written(value: &Value, options: Value) -> String {
    let options: Options = serde_json::from_value(options).unwrap();
    write(value, &options).unwrap()
}

#[test]
fn lists_are_indented_and_nested() {
    let value = json!({ "a": [1, { "b": "x", "c": [] }, [2, 3]], "d": {}, "e": null, "f": true });

    assert_eq!(
        written(&value, json!({})),
        "a:\n  - 1\n  - b: x\n    c: []\n  - - 2\n    - 3\nd: {}\ne: null\nf: true\n"
    );
}

#[test]
fn options_say_how() {
    let value = json!({ "a": [1, "two"], "b": { "c": false, "d": null } });

    assert_eq!(
        written(&value, json!({ "collectionStyle": "flow" })),
        "{ a: [ 1, two ], b: { c: false, d: null } }\n"
    );
    assert_eq!(
        written(&value, json!({ "indent": 4, "indentSeq": false, "falseStr": "no", "nullStr": "~" })),
        "a:\n  - 1\n  - two\nb:\n    c: no\n    d: ~\n"
    );
    assert_eq!(
        written(&json!({ "a": "x" }), json!({ "directives": true, "defaultStringType": "QUOTE_SINGLE" })),
        "---\n'a': 'x'\n"
    );
}

#[test]
fn what_is_too_deep_is_refused() {
    let mut value = json!(1);
    for _ in 0..300 {
        value = json!([value]);
    }

    assert!(write(&value, &Options::default()).is_err());
}

#[test]
fn an_indentation_that_is_none_is_refused() {
    for indent in [json!(0), json!(1.5), json!(-2), json!(1000)] {
        let options: Options = serde_json::from_value(json!({ "indent": indent })).unwrap();

        assert!(write(&json!({ "a": 1 }), &options).is_err(), "{indent}");
    }
}
