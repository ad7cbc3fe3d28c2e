//! CODEOWNERS: a list of patterns with their owners, in the order of the file.

use serde_json::{Value, json};

use crate::marks::Marks;

/// Reads a file.
pub(super) fn read(text: &str) -> (Value, Marks) {
    let mut rules = Vec::new();
    let mut marks = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.split_once(" #").map_or(line, |(before, _)| before).trim();
        let section = line.starts_with('[') && line.ends_with(']');
        if line.is_empty() || line.starts_with('#') || section {
            continue;
        }
        let mut words = line.split_whitespace();
        let pattern = words.next().unwrap_or_default();
        rules.push(json!({ "pattern": pattern, "owners": words.collect::<Vec<_>>() }));
        marks.push(Marks::leaf(at + 1));
    }
    (Value::Array(rules), Marks::items(1, marks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_a_pattern_with_its_owners() {
        let (value, marks) = read("# who\n* @acme/web @bob # both\n\n/docs/\n");

        assert_eq!(
            value,
            json!([{"pattern": "*", "owners": ["@acme/web", "@bob"]}, {"pattern": "/docs/", "owners": []}])
        );
        assert_eq!(marks.line_at(&[json!(1)]), 4);
    }
}
