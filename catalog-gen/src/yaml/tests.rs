use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn values(text: &str) -> Vec<Value> {
    parse_documents(text).into_iter().map(|document| document.unwrap().value).collect()
}

#[track_caller]
fn value(text: &str) -> Value {
    let mut values = values(text);
    assert_eq!(values.len(), 1, "{text:?} is one document");
    values.remove(0)
}

#[track_caller]
fn error(text: &str) -> YamlError {
    parse_documents(text).into_iter().find_map(Result::err).unwrap()
}

#[test]
fn documents_know_their_place_and_empty_ones_are_left_out() {
    let text = "# head\na: 1\n---\n---\n# only a comment\n---\n\nb: 2\n---\n";
    let places: Vec<_> = parse_documents(text)
        .into_iter()
        .map(|document| document.unwrap())
        .map(|document| (document.index, document.line, document.value))
        .collect();
    assert_eq!(places, [(0, 2, json!({"a": 1})), (3, 8, json!({"b": 2}))]);
    assert_eq!(values(""), Vec::<Value>::new());
    assert_eq!(values("---\nnull\n---\n~\n"), Vec::<Value>::new());
}

#[test]
fn keys_keep_their_order() {
    assert_eq!(value("z: 1\na: 2\nm: {y: 1, b: 2}\n").to_string(), r#"{"z":1,"a":2,"m":{"y":1,"b":2}}"#);
}

#[test]
fn a_broken_document_does_not_hide_its_neighbours() {
    let documents = parse_documents("a: 1\n---\nb: [1\n---\nc: 3\n");
    assert_eq!(documents.len(), 3);
    assert_eq!(documents[0].as_ref().unwrap().value, json!({"a": 1}));
    assert!(documents[1].is_err());
    assert_eq!(documents[2].as_ref().unwrap().value, json!({"c": 3}));
}

#[test]
fn an_error_tells_the_line_of_the_whole_text() {
    let error = error("a: 1\nb: 2\n---\nc: 3\nd: 'x\n");
    assert_eq!(error.line, 6, "{error}");
    assert!(!error.message.contains("at line"), "{error}");
    assert!(self::error("a: 1\n---\nb:\n  - x: 1\n   y: 2\n").line >= 4);
}

#[test]
fn only_the_words_of_yaml_1_2_are_more_than_text() {
    for word in
        ["yes", "no", "on", "off", "y", "n", "Yes", "2024-01-02", "2024-01-02T03:04:05Z", "12:30:45", "1_000"]
    {
        assert_eq!(value(&format!("a: {word}\n")), json!({"a": word}));
    }
    assert_eq!(value("[true, True, FALSE, null, ~, Null]"), json!([true, true, false, null, null, null]));
    assert_eq!(value("a:\nb: ''\n"), json!({"a": null, "b": ""}));
}

#[test]
fn numbers_are_read_as_in_yaml_1_2() {
    assert_eq!(
        value("[012, -012, +012, 00, 01.50, 0o14, 0xC, 0, -0, 1e3]").to_string(),
        "[12,-12,12,0,1.5,12,12,0,0,1000]"
    );
    assert_eq!(value("[1.0, 1.5, .5, 5., -1.25]").to_string(), "[1,1.5,0.5,5,-1.25]");
    assert_eq!(value("[.inf, -.inf, .nan]"), json!([null, null, null]));
    assert_eq!(value("[9007199254740993]").to_string(), "[9007199254740993]");
    assert_eq!(value("[123456789012345678901234567890]"), json!([1.234_567_890_123_456_8e29]));
}

#[test]
fn quoted_and_block_text_that_looks_like_a_number_stays_text() {
    let text = "a: '012'\nb: \"012\"\nc: |-\n  012\nd: >-\n  012\ne: !!str 012\ng: &g !!str 012\nh: !!str &h 012\ni: &i 012\nf: ['012', \"-07\"]\n\"008\": 012\n";
    let expected = json!({
        "a": "012", "b": "012", "c": "012", "d": "012", "e": "012", "g": "012", "h": "012", "i": 12, "f": ["012", "-07"], "008": 12
    });
    assert_eq!(value(text), expected);
    assert_eq!(value("012"), json!(12));
    assert_eq!(
        value("[1.2.3, 0-1, 01-02, 0e, 08:00, 0.0.1]"),
        json!(["1.2.3", "0-1", "01-02", "0e", "08:00", "0.0.1"])
    );
}

#[test]
fn keys_are_text() {
    let expected = json!({"1": "a", "true": "b", "": "c", "1.5": "d", "12": "e"});
    assert_eq!(value("1: a\ntrue: b\n~: c\n1.5: d\n012: e\n"), expected);
}

#[test]
fn merge_keys_are_plain_keys() {
    assert_eq!(
        value("a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n"),
        json!({"a": {"b": 1}, "c": {"<<": {"b": 1}, "d": 2}})
    );
}

#[test]
fn aliases_are_followed() {
    assert_eq!(value("a: &x [1, 012]\nb: *x\n"), json!({"a": [1, 12], "b": [1, 12]}));
    assert!(error("a: *nowhere\n").message.contains("anchor"));
}

#[test]
fn an_anchor_that_is_set_again_is_an_error_with_its_place() {
    let error = error("x: 1\n---\n- &a 1\n- &a 2\n- &b 3\n- *a\n");
    assert_eq!((error.line, error.column), (4, 3));
    assert!(error.message.contains("`&a` is set a second time"), "{error}");
}

#[test]
fn a_key_that_occurs_twice_is_an_error_with_its_place() {
    let error = error("a: 1\nb:\n  c: 1\n  c: 2\n");
    assert!(error.message.contains("`c` occurs twice"), "{error}");
    assert!((3..=4).contains(&error.line), "{error}");
}

#[test]
fn tags_of_ones_own_are_looked_through() {
    assert_eq!(
        value("a: !Ref b\nc: !Sub {d: 1}\ne: !Join [x, y]\n"),
        json!({"a": "b", "c": {"d": 1}, "e": ["x", "y"]})
    );
}

#[test]
fn templates_in_text_survive() {
    let text = "a: ${{ parameters.name }}\nb: \"{{ x }}\"\nc: |\n  {{#if a}}\n  [ {\n";
    assert_eq!(value(text), json!({"a": "${{ parameters.name }}", "b": "{{ x }}", "c": "{{#if a}}\n[ {\n"}));
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_are_taken() {
    assert_eq!(values("\u{feff}---\r\na: 1\r\n---\r\nb: 2\r\n"), [json!({"a": 1}), json!({"b": 2})]);
}

#[test]
fn an_alias_to_itself_is_an_error() {
    for text in ["&a [*a]", "&a {b: *a}", "&a [&b [*a, *b]]"] {
        assert!(error(text).message.contains("alias contains itself"), "{text}: {}", error(text));
    }
}

#[test]
fn aliases_that_multiply_are_an_error() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let alias = format!("*a{}", level - 1);
        writeln!(text, "a{level}: &a{level} [{}]", [alias.as_str(); 9].join(", ")).unwrap();
    }
    assert!(error(&text).message.contains("too large when its aliases are followed"));
}

#[test]
fn a_long_text_repeated_by_aliases_is_an_error() {
    let long = "x".repeat(1_000_000);
    let text = format!("a: &a {long}\nb: [{}]\n", ["*a"; 100].join(", "));
    assert!(error(&text).message.contains("too large when its aliases are followed"));
}

#[test]
fn a_text_over_the_limit_is_one_error() {
    let text = "a: 1\n---\n".repeat(MAX_YAML_BYTES / 8);
    let documents = parse_documents(&text);
    assert_eq!(documents.len(), 1);
    assert!(documents[0].as_ref().unwrap_err().message.contains("split it"));
}

#[test]
fn too_many_documents_or_tag_directives_are_one_error() {
    let documents = parse_documents(&"---\na\n".repeat(10_001));
    assert_eq!(documents.len(), 1);
    let error = documents[0].as_ref().unwrap_err();
    assert_eq!(error.line, 20_001);
    assert!(error.message.contains("more than 10000 documents"));
    let mut tags = String::new();
    for number in 0..101 {
        writeln!(tags, "%TAG !t{number}! !").unwrap();
    }
    assert!(self::error(&format!("{tags}---\na\n")).message.contains("`%TAG` lines"));
}

#[test]
fn something_after_the_end_of_a_document_is_an_error_with_its_mend() {
    assert!(error("[]\n[]\n").message.contains("after the end of the document"));
}

#[test]
fn deep_nesting_is_an_error() {
    assert!(error(&"[".repeat(100_000)).message.contains("brackets"));
    assert!(error(&"- ".repeat(2_000)).message.contains("nested too deeply"));
    assert!(error(&format!("{}1{}", "[".repeat(500), "]".repeat(500))).message.contains("nested too deeply"));
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "(\\PC|\n|[-:#&*!|>'\"%@\\[\\]{}, ]){0,60}") {
        for document in parse_documents(&text).into_iter().flatten() {
            prop_assert!(document.line <= text.lines().count().max(1) + 1);
        }
    }

    #[test]
    fn json_text_reads_as_itself(
        map in prop::collection::btree_map("[a-z0-9]{1,6}", "[ -~]{0,12}", 0..8),
        numbers in prop::collection::vec(any::<i32>(), 0..8),
    ) {
        let json = json!({"map": map, "numbers": numbers});
        prop_assert_eq!(value(&json.to_string()), json.clone());
        prop_assert_eq!(value(&serde_yaml::to_string(&json).unwrap()), json);
    }
}
