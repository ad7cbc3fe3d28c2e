use crate::yaml::parse_documents_placed;

use super::*;

fn placed(text: &str) -> Placed {
    parse_documents_placed(text).into_iter().next_back().unwrap().unwrap().1
}

/// The text of the value under keys, which are given by their positions.
fn at<'t>(text: &'t str, path: &[usize]) -> &'t str {
    let mut here = placed(text);
    for step in path {
        here =
            here.member(*step).map(|(_, value)| value.clone()).or_else(|| here.item(*step).cloned()).unwrap();
    }
    &text[here.range()]
}

#[test]
fn values_are_found_where_they_stand() {
    let text = "# c\na: 1\nb:\n  - x: 'y'\n  - {k: \"v\", l: [1, 2]}\nc: |\n  one\n  two\nd:\n";

    assert_eq!(at(text, &[0]), "1");
    assert_eq!(at(text, &[1, 0, 0]), "'y'");
    assert_eq!(at(text, &[1, 1, 0]), "\"v\"");
    assert_eq!(at(text, &[1, 1, 1, 1]), "2");
    assert!(at(text, &[2]).starts_with("one\n  two"));
    assert_eq!(at(text, &[3]), "");
}

#[test]
fn keys_are_found_where_they_stand() {
    let text = "a: 1\n\"b c\":\n  d: 2\n";
    let root = placed(text);

    assert_eq!(&text[root.member(1).unwrap().0], "\"b c\"");
    assert_eq!(&text[root.member(1).unwrap().1.member(0).unwrap().0], "d");
}

#[test]
fn places_count_from_the_start_of_the_whole_text() {
    let text = "ä: 1\n---\nö: ü\nb: [ß]\n";

    assert_eq!(at(text, &[0]), "ü");
    assert_eq!(at(text, &[1, 0]), "ß");
}

#[test]
fn anchors_and_tags_are_no_part_of_a_value() {
    let text = "a: &x !!str 12\nb: *x\nc: &y {k: v}\nd: *y\n";

    assert_eq!(at(text, &[0]), "12");
    assert_eq!(at(text, &[1]), "*x");
    assert_eq!(at(text, &[2]), "{k: v}");
    assert_eq!(at(text, &[3, 0]), "v");
}

#[track_caller]
fn part(text: &str, wanted: &str, written: &str) {
    let (document, places) = parse_documents_placed(text).remove(0).unwrap();
    let value = document.value["a"].as_str().unwrap().to_owned();
    let start = value.find(wanted).unwrap();
    let range = places.member(0).unwrap().1.part(text, &value, start..start + wanted.len());
    assert_eq!(&text[range], written, "{text}");
}

#[test]
fn a_part_of_a_text_is_found_however_it_is_written() {
    part("a: x ${{ y }} z\n", "${{ y }}", "${{ y }}");
    part("a: 'it''s ${{ y }}'\n", "${{ y }}", "${{ y }}");
    part("a: 'it''s'\n", "'s", "''s");
    part("a: \"q\\\"\\n\\t\\u00e4 ${{ y }}\"\n", "${{ y }}", "${{ y }}");
    part("a: \"x \\\n  y\"\n", "y", "y");
    part("a: |\n\n  one\n    two ${{ y }}\n", "${{ y }}", "${{ y }}");
    part("a: >-\n  one\n\n  two\n  ${{ y }}\n", "two ${{ y }}", "two\n  ${{ y }}");
    part("a: one\n  two y\n", "y", "y");
}

#[test]
fn a_deep_document_has_places_too() {
    let text = format!("{}1{}", "[".repeat(100), "]".repeat(100));

    assert_eq!(at(&text, &[0; 100]), "1");
}
