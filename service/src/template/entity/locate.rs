//! Where in a YAML text a key stands.
//!
//! A scan of indentation, made only when there is a fault to report. It knows block style; inside of `{…}`
//! and `[…]` it gives the place of the whole. The invariant: the place it gives is that of the key asked for
//! or of one above it, never of a neighbour.

use super::TemplateError;

/// A document of a file, for messages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'t> {
    /// The file inside its source.
    pub(crate) file: &'t str,
    /// The text of the whole file; empty where it is not at hand.
    pub(crate) text: &'t str,
    /// Line on which the document's content begins, from 1.
    pub(crate) line: usize,
}

/// A key or an index on the way down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seg<'p> {
    /// A key of a mapping.
    Key(&'p str),
    /// An item of a list, from 0.
    Item(usize),
}

/// A line and a column, from 1.
pub(super) type Place = (usize, usize);

impl Source<'_> {
    /// A fault at a path such as `spec.steps[0].action`.
    pub(crate) fn fault(&self, path: &str, message: &str) -> TemplateError {
        let (line, column) = self.place_of(path).unzip();
        TemplateError { file: self.file.to_owned(), line, column, message: message.to_owned() }
    }

    /// The place of the deepest part of a path such as `spec.steps[0].action` that is there, if there is a text.
    pub(super) fn place_of(&self, path: &str) -> Option<Place> {
        if self.text.is_empty() { None } else { self.find(&segments(path)) }
    }

    /// The place of the deepest part of `path` that is there.
    fn find(&self, path: &[Seg<'_>]) -> Option<Place> {
        let tokens = self.tokens();
        let mut here: &[Token<'_>] = &tokens;
        let mut place = here.first().map(Token::place);
        for seg in path {
            let Some((at, below)) = (match seg {
                Seg::Key(key) => child_key(here, key),
                Seg::Item(index) => child_item(here, *index),
            }) else {
                break;
            };
            (place, here) = (Some(at), below);
        }
        place
    }

    fn tokens(&self) -> Vec<Token<'_>> {
        let mut tokens = Vec::new();
        for (index, line) in self.text.lines().enumerate().skip(self.line.saturating_sub(1)) {
            if index + 1 > self.line && is_marker(line) {
                break;
            }
            tokenise(line.strip_prefix("--- ").unwrap_or(line), index + 1, &mut tokens);
        }
        tokens
    }
}

/// A path such as `spec.steps[0].action` or `metadata.annotations["a.b/c"]`, taken apart.
fn segments(path: &str) -> Vec<Seg<'_>> {
    let mut segments = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let bracketed = rest.strip_prefix('[').and_then(|inner| inner.split_once(']'));
        rest = match bracketed {
            Some((inside, after)) => {
                let seg = inside.parse().map_or_else(|_| Seg::Key(inside.trim_matches('"')), Seg::Item);
                segments.push(seg);
                after
            }
            None => {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                let (key, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
                segments.push(Seg::Key(key));
                after
            }
        };
        rest = rest.strip_prefix('.').unwrap_or(rest);
    }
    segments
}

#[derive(Clone, Copy, Debug)]
struct Token<'t> {
    line: usize,
    /// From 0.
    indent: usize,
    /// The text, or none for the dash of a list item.
    text: Option<&'t str>,
}

impl Token<'_> {
    fn place(&self) -> Place {
        (self.line, self.indent + 1)
    }

    fn is_item(&self) -> bool {
        self.text.is_none()
    }
}

fn is_marker(line: &str) -> bool {
    matches!(line.get(..3), Some("---" | "..."))
        && line.get(3..).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r']))
}

fn tokenise<'t>(line: &'t str, number: usize, tokens: &mut Vec<Token<'t>>) {
    let mut rest = line.trim_start_matches(' ');
    while let Some(after) = rest.strip_prefix('-') {
        if !(after.is_empty() || after.starts_with(' ')) {
            break;
        }
        tokens.push(Token { line: number, indent: line.len() - rest.len(), text: None });
        rest = after.trim_start_matches(' ');
    }
    if !rest.trim().is_empty() && !rest.starts_with('#') {
        tokens.push(Token { line: number, indent: line.len() - rest.len(), text: Some(rest) });
    }
}

fn child_key<'s, 't>(tokens: &'s [Token<'t>], key: &str) -> Option<(Place, &'s [Token<'t>])> {
    let indent = tokens.first().filter(|first| !first.is_item())?.indent;
    let at = tokens
        .iter()
        .position(|token| token.indent == indent && token.text.is_some_and(|text| is_key(text, key)))?;
    let below = tokens.get(at + 1..)?;
    // A list may stand under its key without being indented.
    let end =
        below.iter().position(|token| token.indent < indent || token.indent == indent && !token.is_item());
    Some((tokens.get(at)?.place(), below.get(..end.unwrap_or(below.len()))?))
}

fn child_item<'s, 't>(tokens: &'s [Token<'t>], index: usize) -> Option<(Place, &'s [Token<'t>])> {
    let indent = tokens.first().filter(|first| first.is_item())?.indent;
    let mut items = tokens.iter().enumerate().filter(|(_, token)| token.is_item() && token.indent == indent);
    let (at, _) = items.nth(index)?;
    let below = tokens.get(at + 1..)?;
    let end = below.iter().position(|token| token.indent <= indent);
    let below = below.get(..end.unwrap_or(below.len()))?;
    Some((below.first().or(tokens.get(at))?.place(), below))
}

fn is_key(text: &str, key: &str) -> bool {
    let after = ['"', '\'']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_prefix(key)?.strip_prefix(quote))
        .or_else(|| text.strip_prefix(key));
    after
        .and_then(|after| after.trim_start().strip_prefix(':'))
        .is_some_and(|after| after.is_empty() || after.starts_with([' ', '\t', '\r']))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
a: 1
---
# comment
metadata:
  name: x
spec:
  steps:
  - id: one
    input:
      text: |
        steps:
          - id: fake
  -
    'action': b
  - {id: c}
---
spec: later
";

    fn find(path: &[Seg<'_>]) -> Option<Place> {
        Source { file: "t.yaml", text: TEXT, line: 4 }.find(path)
    }

    #[test]
    fn a_key_is_found_in_its_document() {
        use Seg::{Item, Key};

        assert_eq!(find(&[Key("spec"), Key("steps"), Item(0), Key("input")]), Some((9, 5)));
        assert_eq!(find(&[Key("spec"), Key("steps"), Item(1), Key("action")]), Some((14, 5)));
        assert_eq!(find(&[Key("metadata"), Key("name")]), Some((5, 3)));
    }

    #[test]
    fn what_is_missing_has_the_place_of_what_is_above_it() {
        use Seg::{Item, Key};

        assert_eq!(find(&[Key("spec"), Key("type")]), Some((6, 1)));
        assert_eq!(find(&[Key("spec"), Key("steps"), Item(2), Key("id")]), Some((15, 5)));
        assert_eq!(find(&[Key("nope")]), Some((4, 1)));
    }

    #[test]
    fn without_a_text_there_is_no_place() {
        assert_eq!(Source { file: "x", text: "", line: 0 }.find(&[Seg::Key("a")]), None);
    }
}
