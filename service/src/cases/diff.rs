//! The difference of two texts as a unified diff that is safe to print.
//!
//! Bounded: large texts are not compared line by line, long diffs are cut, and control characters, with which a
//! file could take a terminal over, are written as escapes.

use crate::diff::{CONTEXT, ChangeTag, lines as compared};

/// Larger texts are only said to differ.
const LARGEST: usize = 2 * 1024 * 1024;
/// Lines of one diff.
const MOST_LINES: usize = 80;
/// Characters of one line.
const LONGEST_LINE: usize = 400;

/// A difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// The first line of the old text that is not in the new one, from 1.
    pub(super) line: usize,
    /// The unified diff.
    pub(super) text: String,
}

/// The difference of two texts, with their names.
pub(super) fn texts(old: &str, new: &str, (old_name, new_name): (&str, &str)) -> Difference {
    if old.len().max(new.len()) > LARGEST {
        let same = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count();
        let text = format!(
            "the texts are too large to show how they differ ({} and {} bytes)\n",
            old.len(),
            new.len()
        );
        return Difference { line: same + 1, text };
    }
    let diff = compared(old, new);
    let mut text = format!("--- {}\n+++ {}\n", visible(old_name), visible(new_name));
    let (mut lines, mut more) = (0, 0);
    let mut first = None;
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        if lines < MOST_LINES {
            text.push_str(&format!("{}\n", hunk.header()));
        }
        for change in hunk.iter_changes() {
            if change.tag() != ChangeTag::Equal && first.is_none() {
                first = change.old_index().or_else(|| change.new_index());
            }
            lines += 1;
            if lines > MOST_LINES {
                more += 1;
                continue;
            }
            text.push_str(&format!("{}{}\n", change.tag(), visible(line(change.value()))));
            if change.missing_newline() {
                text.push_str("\\ no line break at the end\n");
            }
        }
    }
    if more > 0 {
        text.push_str(&format!("… {more} more lines\n"));
    }
    Difference { line: first.unwrap_or_default() + 1, text }
}

/// A line without its end; the return of a Windows line end stays, so that it is seen.
fn line(value: &str) -> &str {
    value.strip_suffix('\n').unwrap_or(value)
}

/// A line that is safe to print and not too long.
fn visible(line: &str) -> String {
    match line.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", printable(line.get(..end).unwrap_or_default())),
        None => printable(line),
    }
}

/// Text that is safe to print: control characters, but for line breaks and tabs, are written as escapes, and so are
/// those that turn the direction of writing and hide what a line says.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' | '\n' => out.push(c),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.extend(c.escape_unicode()),
            c if c.is_control() => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}

/// The first byte at which two files differ, from 0.
pub(super) fn first_byte(old: &[u8], new: &[u8]) -> usize {
    old.iter().zip(new).take_while(|(old, new)| old == new).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_tells_the_first_line_that_differs() {
        let old = "a\nb\nc\nd\ne\nf\n";

        let found = texts(old, "a\nb\nc\nd\nE\nf\n", ("old", "new"));

        assert_eq!(found.line, 5);
        assert_eq!(found.text, "--- old\n+++ new\n@@ -2,5 +2,5 @@\n b\n c\n d\n-e\n+E\n f\n");
    }

    #[test]
    fn line_ends_and_escapes_are_seen() {
        let found = texts("a\n", "a\r\n\u{1b}[2Jb", ("old", "new"));

        assert_eq!(found.line, 1);
        assert!(found.text.contains("+a\\r\n"), "{}", found.text);
        assert!(found.text.contains("+\\u{1b}[2Jb\n\\ no line break at the end\n"), "{}", found.text);
    }

    #[test]
    fn a_long_diff_is_cut() {
        let old: String = (0..500).map(|n| format!("{n}\n")).collect();

        let found = texts(&old, "", ("old", "new"));

        assert!(found.text.ends_with("… 420 more lines\n"), "{}", found.text);
    }
}
