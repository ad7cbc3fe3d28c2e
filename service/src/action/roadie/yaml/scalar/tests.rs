use serde_json::json;

use super::super::{Options, write};
use super::*;

fn written(text: &str) -> String {
    let value = json!({ "k": text });
    let all = write(&value, &Options::default()).unwrap();
    all.strip_prefix("k: ").unwrap().strip_suffix('\n').unwrap().to_owned()
}

#[test]
fn texts_that_would_be_taken_for_something_else_are_quoted() {
    for text in
        ["", "true", "12", "0x1f", "1e3", ".5", "- a", "a: b", "a #b", " a", "a:", "*a", "{a", "@a", "null"]
    {
        assert_eq!(written(text), format!("\"{text}\""), "{text}");
    }
    for text in ["yes", "a:b", "a#b", "-a", "1.2.3", "0b1", "12:30", "+", "2024-01-01", "ä"] {
        assert_eq!(written(text), text, "{text}");
    }
}

#[test]
fn quotes_suit_what_they_hold() {
    assert_eq!(written("say: \"hi\""), "'say: \"hi\"'");
    assert_eq!(written("it's: so"), "\"it's: so\"");
    assert_eq!(written("\u{1b}[0m\u{7f}"), "\"\\e[0m\u{7f}\"");
}

#[test]
fn texts_of_several_lines_are_blocks() {
    assert_eq!(written("a\nb"), "|-\n  a\n  b");
    assert_eq!(written("a\n\n"), "|+\n  a\n");
    assert_eq!(written("  a\nb\n"), "|2\n    a\n  b");
    assert_eq!(written("a\n  "), "\"a\\n  \"");
}

#[test]
fn a_long_line_makes_a_folded_block() {
    let long = "word ".repeat(30);
    let text = format!("{}\nend\n", long.trim_end());

    assert!(written(&text).starts_with(">\n  word word"));
}

#[test]
fn numbers_are_those_of_the_core_schema() {
    for text in ["1", "-1", "+1", "0o17", "0xAf", "1.", "1.5e-3", ".5", "-.inf", ".nan", "1e5"] {
        assert!(is_number(text), "{text}");
    }
    for text in ["", ".", "1_000", "0b1", "0o8", "-0x1", "e5", "1e", "+.nan", "--1", "1.2.3"] {
        assert!(!is_number(text), "{text}");
    }
}
