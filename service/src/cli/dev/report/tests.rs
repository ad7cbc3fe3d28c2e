use super::*;
use crate::preview::{DiffLine, Hunk};

fn hunk(lines: usize) -> FileDiff {
    let line = |number| DiffLine { kind: LineKind::Added, text: format!("line {number}") };
    FileDiff::Lines(vec![Hunk { start: (1, 1), lines: (0..lines).map(line).collect() }])
}

fn printed(diff: &FileDiff, mut left: usize) -> (String, usize) {
    let mut out = String::new();
    super::diff(diff, &mut left, &mut out);
    (out, left)
}

#[test]
fn a_long_diff_is_cut_and_says_how_much_is_missing() {
    let (text, left) = printed(&hunk(40), 60);

    assert_eq!(text.lines().count(), 1 + MOST_LINES + 1);
    assert!(text.ends_with("    … 28 more lines\n"), "{text}");
    assert_eq!(left, 60 - MOST_LINES);
}

#[test]
fn when_enough_was_printed_a_diff_is_only_counted() {
    let (text, left) = printed(&hunk(3), 0);

    assert_eq!((text.as_str(), left), ("    … 3 more lines\n", 0));
}

#[test]
fn no_line_of_a_file_can_drive_the_terminal() {
    let mut out = String::new();

    push(&mut out, "+", "a\u{1b}[2Jb\u{7}\tc");

    assert_eq!(out, "+a\u{fffd}[2Jb\u{fffd} c\n");
}

#[test]
fn a_long_line_is_cut() {
    let mut out = String::new();

    push(&mut out, "", &"é".repeat(500));

    assert_eq!(out.chars().count(), LONGEST_LINE + 2);
}

#[test]
fn a_finding_names_the_file_as_the_template_was_given() {
    let finding = Finding {
        level: Level::Error,
        file: Some("skeleton/a".to_owned()),
        place: Some((2, 5)),
        message: "no end\nsecond line".to_owned(),
        excerpt: Some(Excerpt { first: 1, lines: vec!["one".to_owned(), "two".to_owned()] }),
    };
    let mut out = String::new();

    findings(&[finding], std::path::Path::new("my/template"), &mut out);

    let expected =
        "error: my/template/skeleton/a:2:5: no end\n  second line\n       1 │ one\n  >    2 │ two\n";
    assert_eq!(out, expected);
}

#[test]
fn many_findings_are_counted() {
    let finding = Finding {
        level: Level::Values,
        file: None,
        place: None,
        message: "`name` is missing".to_owned(),
        excerpt: None,
    };
    let mut out = String::new();

    findings(&vec![finding; MOST_FINDINGS + 3], std::path::Path::new(""), &mut out);

    assert_eq!(out.lines().count(), MOST_FINDINGS + 1);
    assert!(out.ends_with("… 3 more\n"), "{out}");
}
