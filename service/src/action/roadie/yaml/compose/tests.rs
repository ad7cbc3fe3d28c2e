use super::super::options::Options;
use super::super::write;
use super::*;

/// The text written back from what was read.
fn again(text: &str) -> String {
    write::document(&document(text, false).unwrap(), &Options::default().settings().unwrap()).unwrap()
}

#[test]
fn comments_and_blank_lines_stay_where_they_are() {
    let text = "# of the file\n\n# of a\na: 1 # one\n\n# of b\nb:\n  # of c\n  c: x\n  # behind c\nd:\n  - one # first\n  # second\n  - two\n\n# the end\n";

    assert_eq!(again(text), text);
}

#[test]
fn styles_stay() {
    let text = "a: 'single'\nb: \"double\"\nc: |\n  block\n\nd: [ 1, { x: y } ]\ne: 1.50\nf: 0x1f\ng: &name !t v\nh: *name\ni:\nj: yes\n";

    assert_eq!(again(text), text);
}

#[test]
fn indentation_becomes_usual() {
    assert_eq!(again("a:\n    - 1\n    -   b: 2\n        c: 3\n"), "a:\n  - 1\n  - b: 2\n    c: 3\n");
    assert_eq!(again("a:\n- 1\n"), "a:\n  - 1\n");
}

#[test]
fn what_is_rare_is_refused() {
    for text in ["? a\n: b\n", "a: 1\n---\nb: 2\n", "%YAML 1.2\n---\na: 1\n", "", "[a]: 1\n"] {
        assert!(document(text, false).is_err(), "{text}");
    }
}
