//! A text of YAML as a document with its comments and blank lines.
//!
//! The parser says what comes; here the text between is read for what belongs to whom: a comment behind a value,
//! deeper comments below it, comments and blank lines before the next name. What is rare is refused, not guessed:
//! complex keys, directives, several documents. The invariant: every comment of the text is in the document.

mod cursor;
mod flow;
mod trivia;

use std::iter::Peekable;

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput};

use super::model::{Content, Document, Node, Pair};
use super::scalar::{is_number, is_word_of_schema};
use crate::action::roadie::json;
use cursor::Cursor;
use trivia::{After, Props, Token};

/// How deep collections may be nested.
const DEEPEST: usize = 200;

/// Why a text cannot be kept with its comments.
#[derive(Debug)]
pub(super) struct NotKept(pub(super) String);

type Result<T> = std::result::Result<T, NotKept>;

fn rare(what: &str) -> NotKept {
    NotKept(format!("it has {what}"))
}

/// The longest text that is kept with its comments.
const LONGEST: usize = 1_000_000;

/// Reads one document; comments without the blanks at their ends, if `trim` says so.
pub(super) fn document(text: &str, trim: bool) -> Result<Document> {
    if text.len() > LONGEST {
        return Err(rare("more than 1,000,000 bytes"));
    }
    let events = Parser::new_from_str(text).peekable();
    Composer { cursor: Cursor::new(text, trim), events, depth: 0 }.document()
}

/// What a collection gives back to the one around it: the tokens behind its last item.
struct Ended {
    content: Content,
    comment: Option<String>,
    rest: Vec<Token>,
}

struct Composer<'t> {
    cursor: Cursor<'t>,
    events: Peekable<Parser<'t, StrInput<'t>>>,
    depth: usize,
}

impl<'t> Composer<'t> {
    fn next(&mut self) -> Result<Event<'t>> {
        loop {
            match self.events.next() {
                Some(Ok((Event::Nothing | Event::StreamStart, _))) => {}
                Some(Ok((event, _))) => return Ok(event),
                Some(Err(error)) => return Err(NotKept(error.to_string())),
                None => return Err(rare("an end where none is expected")),
            }
        }
    }

    fn peek(&mut self) -> Option<&Event<'t>> {
        match self.events.peek() {
            Some(Ok((event, _))) => Some(event),
            _ => None,
        }
    }

    fn document(mut self) -> Result<Document> {
        let mut document = Document::default();
        if !matches!(self.next()?, Event::DocumentStart(false)) {
            return Err(rare("a line `---` or a directive, or nothing at all"));
        }
        let before = self.cursor.trivia();
        let (comment, blank) = trivia::prelude(&before);
        let start = self.cursor.start(None);
        let (mut root, rest) = self.node(start, None)?;
        match comment {
            Some(comment) if blank => document.comment_before = Some(comment),
            Some(comment) => trivia::put_before(&mut root, comment),
            None => {}
        }
        let mut rest = rest;
        rest.extend(self.cursor.trivia());
        document.comment = trivia::ending(&rest);
        document.root = Some(root);
        let ended = matches!((self.next()?, self.next()?), (Event::DocumentEnd, Event::StreamEnd));
        if !ended || !self.cursor.at_end() {
            return Err(rare("several documents, or something behind its end"));
        }
        Ok(document)
    }

    /// The node behind these tokens, and the tokens behind it. `indent` is that of the collection it stands in.
    fn node(&mut self, start: Vec<Token>, indent: Option<usize>) -> Result<(Node, Vec<Token>)> {
        let event = self.next()?;
        match event {
            Event::Scalar(text, style, _, _) => {
                let props = Props::of(&start, indent.is_some());
                let (content, mut header) = self.cursor.scalar(&text, style, &props, indent)?;
                let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let mut node = props.node(content);
                let tokens = self.cursor.trivia();
                let After { comment, rest } =
                    if block { After::block(tokens) } else { After::value(tokens, indent) };
                node.comment = header.take().or(comment);
                Ok((node, rest))
            }
            Event::Alias(_) => {
                let props = Props::of(&start, indent.is_some());
                let name = self.cursor.alias().ok_or_else(|| rare("an alias that is not found"))?;
                let mut node = props.node(Content::Alias(name));
                let After { comment, rest } = After::value(self.cursor.trivia(), indent);
                node.comment = comment;
                Ok((node, rest))
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => self.collection(&event, start, indent),
            _ => Err(rare("a place without a value")),
        }
    }

    fn collection(
        &mut self,
        event: &Event<'t>,
        start: Vec<Token>,
        indent: Option<usize>,
    ) -> Result<(Node, Vec<Token>)> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(rare("too many levels"));
        }
        let list = matches!(event, Event::SequenceStart(..));
        let found = if self.cursor.is_at(if list { '[' } else { '{' }) {
            let props = Props::of(&start, indent.is_some());
            let content = self.flow(list)?;
            let mut node = props.node(content);
            let After { comment, rest } = After::value(self.cursor.trivia(), indent);
            node.comment = comment;
            (node, rest)
        } else {
            let (own, first) = if list { (start, Vec::new()) } else { trivia::split_for_first_key(start) };
            let props = Props::of(&own, indent.is_some());
            let Ended { content, comment, rest } = if list { self.list()? } else { self.mapping(first)? };
            let mut node = props.node(content);
            node.comment = comment;
            (node, rest)
        };
        self.depth -= 1;
        Ok(found)
    }

    /// A list over lines.
    fn list(&mut self) -> Result<Ended> {
        let indent = self.cursor.column();
        let mut items = Vec::new();
        let mut rest = Vec::new();
        loop {
            if matches!(self.peek(), Some(Event::SequenceEnd)) {
                self.next()?;
                let (comment, rest) = trivia::leave(rest, indent);
                return Ok(Ended { content: Content::List { items, flow: false }, comment, rest });
            }
            let mut start = std::mem::take(&mut rest);
            if !self.cursor.take('-') {
                return Err(rare("a list that is written in an unusual way"));
            }
            start.push(Token::Mark);
            start.extend(self.cursor.start(None));
            if self.nothing_here() {
                self.next()?;
                items.push(Props::of(&start, true).nothing());
                continue;
            }
            let (node, behind) = self.node(start, Some(indent))?;
            items.push(node);
            rest = behind;
        }
    }

    /// A mapping over lines.
    fn mapping(&mut self, first: Vec<Token>) -> Result<Ended> {
        let indent = trivia::column_of(&first).unwrap_or_else(|| self.cursor.column());
        let mut pairs: Vec<Pair> = Vec::new();
        let mut rest = first;
        loop {
            if matches!(self.peek(), Some(Event::MappingEnd)) {
                self.next()?;
                let (comment, rest) = trivia::leave(rest, indent);
                return Ok(Ended { content: Content::Mapping { pairs, flow: false }, comment, rest });
            }
            let mut start = std::mem::take(&mut rest);
            start.extend(self.cursor.start(None));
            let key = self.key(&start)?;
            let mut sep = self.cursor.trivia();
            if !self.cursor.take(':') {
                return Err(rare("a key that is written in an unusual way"));
            }
            sep.push(Token::Mark);
            sep.extend(self.cursor.start(None));
            if self.nothing_here() {
                self.next()?;
                if !matches!(self.peek(), Some(Event::MappingEnd)) {
                    rest = trivia::split_behind_nothing(&mut sep, indent);
                }
                let value = Props::of(&sep, false).nothing();
                pairs.push(Pair { key, value: Some(value) });
                continue;
            }
            let (value, behind) = self.value(sep, indent)?;
            pairs.push(Pair { key, value: Some(value) });
            rest = behind;
        }
    }

    /// A value in a mapping: a list may stand under its name's own column.
    fn value(&mut self, sep: Vec<Token>, indent: usize) -> Result<(Node, Vec<Token>)> {
        let props = Props::of(&sep, false);
        let (mut node, rest) = self.node(sep, Some(indent))?;
        // The line of the name is not a line of its own: only what follows a break counts as a blank line.
        node.space_before = props.space_before;
        Ok((node, rest))
    }

    fn key(&mut self, start: &[Token]) -> Result<Node> {
        let props = Props::of(start, true);
        match self.next()? {
            Event::Scalar(text, style, _, _) => {
                let (content, _) = self.cursor.scalar(&text, style, &props, None)?;
                Ok(props.node(content))
            }
            Event::Alias(_) => {
                let name = self.cursor.alias().ok_or_else(|| rare("an alias that is not found"))?;
                Ok(props.node(Content::Alias(name)))
            }
            _ => Err(rare("a list or mapping as a key")),
        }
    }

    /// Whether the value at hand is one that nobody wrote.
    fn nothing_here(&mut self) -> bool {
        matches!(self.peek(), Some(Event::Scalar(text, ScalarStyle::Plain, _, _)) if text.is_empty())
    }
}

/// A scalar without quotes: a word of YAML's own, as it is written back, or a text.
fn plain(text: &str) -> Content {
    if !is_word_of_schema(text) {
        return Content::Text(text.to_owned(), Some(super::options::Style::Plain));
    }
    Content::Literal(if is_number(text) { number(text) } else { text.to_owned() })
}

/// A number as it is written back: the same value in its usual form, with the zeros that end its fraction.
fn number(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("0x") || lower.starts_with("0o") {
        return lower;
    }
    if lower.ends_with("nan") || lower.ends_with("inf") {
        return lower.trim_start_matches('+').to_owned();
    }
    let Ok(value) = lower.trim_start_matches('+').parse::<f64>() else { return text.to_owned() };
    if lower.contains('e') {
        return nunjucks::js::exponential_text(value);
    }
    let short = json::number(&serde_json::Number::from_f64(value).unwrap_or_else(|| 0.into()));
    let short = if value == 0.0 && value.is_sign_negative() { "-0".to_owned() } else { short };
    match lower.split_once('.') {
        Some((_, fraction)) if fraction.ends_with('0') => {
            let (whole, known) = short.split_once('.').unwrap_or((&short, ""));
            format!("{whole}.{known:0<width$}", width = fraction.len())
        }
        _ => short,
    }
}

#[cfg(test)]
mod tests;
