//! The shell scripts of a workflow, found in its text.
//!
//! Line by line, by indentation: it works on files that are no YAML before they are rendered. The invariant: a
//! range it gives lies in the text, and no two overlap.

use std::ops::Range;

/// The bytes of everything that stands behind a `run:`.
pub(super) fn scripts(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut lines = Lines { text, at: 0 };
    while let Some(line) = lines.next() {
        let Some((column, value)) = run_key(text.get(line.clone()).unwrap_or_default()) else { continue };
        let start = line.start + value;
        let mut end = line.end;
        while let Some(next) = lines.peek() {
            let content = text.get(next.clone()).unwrap_or_default();
            let trimmed = content.trim_start_matches(' ');
            let statement =
                trimmed.starts_with("{%") || trimmed.starts_with("{{#") || trimmed.starts_with("{{/");
            if !trimmed.trim().is_empty() && content.len() - trimmed.len() <= column && !statement {
                break;
            }
            end = next.end;
            lines.at = next.end;
        }
        found.push(start..end);
    }
    found
}

/// The expressions between `open` and `}}` in a part of a text. With `{{`, those of workflows are left out.
pub(super) fn expressions(text: &str, within: &Range<usize>, open: &str) -> Vec<Range<usize>> {
    let part = text.get(within.clone()).unwrap_or_default();
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = part.get(from..).and_then(|rest| rest.find(open)).map(|at| from + at) {
        let Some(end) = part.get(start..).and_then(|rest| rest.find("}}")).map(|at| start + at + 2) else {
            break;
        };
        let of_workflow = open == "{{" && part.get(..start).is_some_and(|before| before.ends_with('$'));
        if !of_workflow {
            found.push(within.start + start..within.start + end);
        }
        from = end;
    }
    found
}

/// The bytes of what stands behind a key such as `uses:` in each line that has it, without quotes and comments.
pub(super) fn values_of(text: &str, key: &str) -> Vec<Range<usize>> {
    let lines =
        std::iter::successors(Lines { text, at: 0 }.peek(), |line| Lines { text, at: line.end }.peek());
    let value = |line: Range<usize>| {
        let content = text.get(line.clone())?;
        let after = content.trim_start_matches([' ', '-']).strip_prefix(key)?;
        let value = after.trim_start_matches([' ', '\t', '"', '\'']);
        let start = line.end - value.len();
        let length = value.find([' ', '\t', '"', '\'', '#', '\n', '\r']).unwrap_or(value.len());
        (length > 0).then_some(start..start + length)
    };
    lines.filter_map(value).collect()
}

/// The column of the key `run` in a line, and the byte at which its value begins.
fn run_key(line: &str) -> Option<(usize, usize)> {
    let mut rest = line.trim_start_matches(' ');
    while let Some(item) = rest.strip_prefix("- ") {
        rest = item.trim_start_matches(' ');
    }
    let value = rest
        .strip_prefix("run:")
        .filter(|value| value.is_empty() || value.starts_with([' ', '\t', '\n', '\r']))?;
    Some((line.len() - rest.len(), line.len() - value.len()))
}

/// The lines of a text with their ends, as ranges.
struct Lines<'t> {
    text: &'t str,
    at: usize,
}

impl Lines<'_> {
    fn peek(&self) -> Option<Range<usize>> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let end = rest.find('\n').map_or(self.text.len(), |at| self.at + at + 1);
        Some(self.at..end)
    }

    fn next(&mut self) -> Option<Range<usize>> {
        let line = self.peek()?;
        self.at = line.end;
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_ends_with_its_indentation() {
        let text = "\
steps:
  - name: a
    run: |
      one

{% if x %}
      two
{% endif %}
    env: { A: b }
  - run: three
    shell: bash
  - {running: x}
  - runs: x
";
        let found: Vec<&str> = scripts(text).into_iter().map(|range| text[range].trim()).collect();

        assert_eq!(found, ["|\n      one\n\n{% if x %}\n      two\n{% endif %}", "three"]);
    }

    #[test]
    fn values_of_keys_lose_quotes_and_comments() {
        let text = "- uses: a/b@v1 # one\n  uses: 'c/d@v2'\n  uses:\n  reuses: x\n- name: uses: y\n";
        let found: Vec<&str> = values_of(text, "uses:").into_iter().map(|range| &text[range]).collect();

        assert_eq!(found, ["a/b@v1", "c/d@v2"]);
    }

    #[test]
    fn expressions_of_a_part_are_found() {
        let text = "a {{x}} ${{ github.ref }} {{{y}}} {{ open";
        let of = |open| -> Vec<&str> {
            expressions(text, &(0..text.len()), open).into_iter().map(|range| &text[range]).collect()
        };

        assert_eq!(of("${{"), ["${{ github.ref }}"]);
        assert_eq!(of("{{"), ["{{x}}", "{{{y}}"]);
    }

    #[test]
    fn an_expression_that_a_helper_writes_is_found() {
        let text = "echo {{gha \"github.head_ref\"}} {{name}}";

        let found = expressions(text, &(0..text.len()), "{{gha ");

        assert_eq!(
            found.into_iter().map(|range| &text[range]).collect::<Vec<_>>(),
            ["{{gha \"github.head_ref\"}}"]
        );
    }
}
