//! The shape of Terraform, and its lines.

use serde_json::json;

use super::*;

fn value(text: &str) -> Value {
    read(text).unwrap().0
}

#[test]
fn blocks_are_mappings_by_their_labels() {
    let text =
        "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"x\"\n  tags = { a = 1, \"b\" = [true, null] }\n}\n";

    assert_eq!(
        value(text),
        json!({"resource": {"aws_s3_bucket": {"b": {"bucket": "x", "tags": {"a": 1, "b": [true, null]}}}}})
    );
}

#[test]
fn what_is_worked_out_is_its_text() {
    let text =
        "a = var.x\nb = \"x-${var.y}\"\nc = jsonencode({ A = \"*\" })\nd = <<-EOT\n  one ${var.z}\nEOT\n";

    assert_eq!(
        value(text),
        json!({"a": "${var.x}", "b": "x-${var.y}", "c": "${jsonencode({ A = \"*\" })}", "d": "one ${var.z}\n"})
    );
}

#[test]
fn a_block_that_stands_several_times_is_a_list() {
    assert_eq!(value("a {\n x = 1\n}\n"), json!({"a": {"x": 1}}));
    assert_eq!(value("a {\n x = 1\n}\na {\n x = 2\n}\na {\n}\n"), json!({"a": [{"x": 1}, {"x": 2}, {}]}));
}

#[test]
fn parts_know_their_lines() {
    let text = "a {\n  x = 1\n}\n\na {\n  y = {\n    z = [\n      1,\n      2,\n    ]\n  }\n}\n";
    let (_, marks) = read(text).unwrap();
    let line = |path: Value| marks.line_at(path.as_array().unwrap());

    assert_eq!(line(json!(["a", 0, "x"])), 2);
    assert_eq!(line(json!(["a", 1])), 5);
    assert_eq!(line(json!(["a", 1, "y", "z", 1])), 9);
    assert_eq!(line(json!(["a", 1, "y", "q"])), 6);
}

#[test]
fn what_is_no_hcl_says_where() {
    let error = read("a = 1\nb = = 2\n").unwrap_err();

    assert_eq!(error.line, 2);
}

#[test]
fn a_file_that_goes_deeper_than_any_does_not_take_the_stack() {
    let nested = |depth: usize| format!("a = {}1{}\n", "[".repeat(depth), "]".repeat(depth));

    assert!(read(&nested(30)).is_ok());
    for text in [
        nested(100_000),
        format!("a = {}1", "x ? 1 : ".repeat(50_000)),
        format!("a = {}1", "!".repeat(50_000)),
        format!("a = \"{}\"", "${\"".repeat(50_000)),
        "a {\n".repeat(50_000),
        format!("a = {}1", "b(".repeat(50_000)),
        format!("a = {}1", "b[".repeat(50_000)),
    ] {
        assert!(read(&text).is_err());
    }
}
