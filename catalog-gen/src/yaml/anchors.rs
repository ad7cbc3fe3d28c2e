//! Anchors that are set twice.
//!
//! YAML lets a later anchor take over a name; the parser mixes such anchors up and would give an alias the wrong
//! value without a word. So a document that does it, and uses aliases, is refused. This reads the text roughly,
//! without quotes; block text and comments are passed over, so that code in them is not taken for anchors.

use std::collections::BTreeSet;

/// The name of an anchor that the document sets a second time, and its line and column from 1, if it uses aliases.
pub(super) fn set_twice(text: &str) -> Option<(&str, usize, usize)> {
    if !text.contains('&') || !text.contains('*') {
        return None;
    }
    let mut seen = BTreeSet::new();
    let mut twice = None;
    let mut aliases = false;
    let mut block: Option<usize> = None;
    for (number, line) in text.lines().enumerate() {
        let content = line.trim_start_matches(' ');
        let indent = line.len() - content.len();
        if content.trim().is_empty() || block.is_some_and(|least| indent >= least) {
            continue;
        }
        let line = without_comment(line);
        block = block_text_indent(line);
        for token in line.split([' ', '\t', '[', ']', '{', '}', ',']) {
            if let Some(name) = token.strip_prefix('*').filter(|name| is_name(name)) {
                aliases = aliases || !name.is_empty();
            } else if let Some(name) = token.strip_prefix('&').filter(|name| is_name(name))
                && !seen.insert(name)
            {
                let column = token.as_ptr().addr() - line.as_ptr().addr() + 1;
                twice = twice.or(Some((name, number + 1, column)));
            }
        }
    }
    twice.filter(|_| aliases)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn without_comment(line: &str) -> &str {
    if line.starts_with('#') {
        return "";
    }
    line.split_once(" #").map_or(line, |(content, _)| content)
}

/// The least indent of the block text that this line opens with `|` or `>`, if it does.
fn block_text_indent(line: &str) -> Option<usize> {
    let opener = line.split_whitespace().next_back()?;
    let mut marks = opener.chars();
    let opens = matches!(marks.next(), Some('|' | '>'))
        && marks.all(|mark| mark.is_ascii_digit() || matches!(mark, '+' | '-'));
    if !opens {
        return None;
    }
    if line.starts_with("---") {
        return Some(0);
    }
    let mut rest = line.trim_start_matches(' ');
    let mut parent = line.len() - rest.len();
    while let Some(item) = rest.strip_prefix("- ") {
        let next = item.trim_start_matches(' ');
        if next.trim_end() == opener {
            break;
        }
        parent += rest.len() - next.len();
        rest = next;
    }
    Some(parent + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_anchor_of_a_name_is_found_where_it_stands() {
        assert_eq!(set_twice("a: &x 1\nb: [&x 2]\nc: *x\n"), Some(("x", 2, 5)));
        assert_eq!(set_twice("a: &x 1\nb: &y 2\nc: *x\n"), None);
        assert_eq!(set_twice("a: &x 1\nb: &x 2\n"), None);
    }

    #[test]
    fn code_in_block_text_and_comments_is_no_anchor() {
        assert_eq!(set_twice("a: |\n  int &x = *y;\n  int &x = *y;\nb: 1\n"), None);
        assert_eq!(set_twice("- >-\n  &x *y\n  &x\n"), None);
        assert_eq!(set_twice("- k: |2-\n   &x *y\n   &x\n  l: 1\n"), None);
        assert_eq!(set_twice("# &x *y\na: 1 # &x\n"), None);
        assert_eq!(set_twice("--- |\n&x *y\n&x\n"), None);
        assert_eq!(set_twice("a: b && c && *d\n"), None);
    }

    #[test]
    fn keys_beside_block_text_are_still_read() {
        assert_eq!(set_twice("- k: |\n    text\n  l: &x 1\n  m: &x 2\n  n: *x\n"), Some(("x", 4, 6)));
    }
}
