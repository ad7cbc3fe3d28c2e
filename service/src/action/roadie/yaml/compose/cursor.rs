//! A place in the text, moved forward as the parser's events are matched with what is written.

use saphyr_parser::ScalarStyle;

use super::super::model::Content;
use super::super::options::Style;
use super::trivia::{Props, Token};
use super::{Result, plain, rare};

/// A place in a text.
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
    /// Where the line at hand begins, as far as it is known.
    line_start: usize,
    known_to: usize,
    /// Comments lose the blanks at their ends.
    trim: bool,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str, trim: bool) -> Self {
        Self { text, at: 0, line_start: 0, known_to: 0, trim }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn at_end(&self) -> bool {
        self.rest().is_empty()
    }

    pub(super) fn is_at(&self, c: char) -> bool {
        self.rest().starts_with(c)
    }

    /// The column, in bytes from 0. Every part of the text is looked at once, however often this is asked.
    pub(super) fn column(&mut self) -> usize {
        let passed = self.text.get(self.known_to..self.at).unwrap_or_default();
        if let Some(at) = passed.rfind('\n') {
            self.line_start = self.known_to + at + 1;
        }
        self.known_to = self.at.max(self.known_to);
        self.at.saturating_sub(self.line_start)
    }

    /// Goes over a character if it is there.
    pub(super) fn take(&mut self, c: char) -> bool {
        let there = self.is_at(c);
        if there {
            self.at += c.len_utf8();
        }
        there
    }

    /// Line breaks and comments up to something else.
    pub(super) fn trivia(&mut self) -> Vec<Token> {
        let mut tokens = Vec::new();
        loop {
            let rest = self.rest();
            match rest.chars().next() {
                Some(' ' | '\t' | '\r' | '\u{feff}') => {
                    self.at += rest.chars().next().map_or(0, char::len_utf8)
                }
                Some('\n') => {
                    tokens.push(Token::Newline);
                    self.at += 1;
                }
                Some('#') => {
                    let column = self.column();
                    let line = rest.split('\n').next().unwrap_or_default();
                    self.at += line.len();
                    tokens.push(self.comment(column, line.get(1..).unwrap_or_default()));
                }
                _ => return tokens,
            }
        }
    }

    /// The comment in the rest of the line.
    pub(super) fn comment_in_line(&mut self) -> Option<Token> {
        let rest = self.rest();
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if !rest.get(blank..)?.starts_with('#') {
            return None;
        }
        let length = rest.find('\n').unwrap_or(rest.len());
        let column = self.column() + blank;
        let comment = self.comment(column, rest.get(blank + 1..length)?);
        self.at += length;
        Some(comment)
    }

    fn comment(&self, column: usize, text: &str) -> Token {
        let text = text.trim_end_matches('\r');
        let text = if self.trim { text.trim_end_matches([' ', '\t']) } else { text };
        Token::Comment { column, text: if text.is_empty() { " ".to_owned() } else { text.to_owned() } }
    }

    /// The same with anchors and tags; in brackets these end at a comma too.
    pub(super) fn start(&mut self, brackets: Option<&str>) -> Vec<Token> {
        let mut tokens = Vec::new();
        loop {
            tokens.extend(self.trivia());
            if !self.is_at('&') && !self.is_at('!') {
                return tokens;
            }
            let column = self.column();
            let ends = |c: char| c.is_whitespace() || brackets.is_some_and(|ends| ends.contains(c));
            let word: &str = self.rest().split(ends).next().unwrap_or_default();
            match word.chars().next() {
                Some('&') => {
                    tokens.push(Token::Anchor { column, name: word.get(1..).unwrap_or_default().to_owned() });
                }
                Some('!') => tokens.push(Token::Tag { column, text: word.to_owned() }),
                _ => return tokens,
            }
            self.at += word.len();
        }
    }

    /// Goes over an alias and gives its name.
    pub(super) fn alias(&mut self) -> Option<String> {
        let rest = self.rest().strip_prefix('*')?;
        let name = rest.split(|c: char| c.is_whitespace() || ",[]{}".contains(c)).next()?;
        self.at += 1 + name.len();
        Some(name.to_owned())
    }

    /// Goes over a scalar that the parser has read; with the comment in the first line of a block.
    pub(super) fn scalar(
        &mut self,
        value: &str,
        style: ScalarStyle,
        props: &Props,
        indent: Option<usize>,
    ) -> Result<(Content, Option<String>)> {
        match style {
            ScalarStyle::Plain => {
                self.plain(value)?;
                let text = props.tag.as_deref().is_some_and(|tag| !is_core_but_text(tag));
                let content =
                    if text { Content::Text(value.to_owned(), Some(Style::Plain)) } else { plain(value) };
                Ok((content, None))
            }
            ScalarStyle::SingleQuoted => {
                self.quoted('\'')?;
                Ok((Content::Text(value.to_owned(), Some(Style::QuoteSingle)), None))
            }
            ScalarStyle::DoubleQuoted => {
                self.quoted('"')?;
                Ok((Content::Text(value.to_owned(), Some(Style::QuoteDouble)), None))
            }
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let folded = style == ScalarStyle::Folded;
                let comment = self.block(value, indent.unwrap_or(0))?;
                let style = if folded { Style::BlockFolded } else { Style::BlockLiteral };
                Ok((Content::Text(value.to_owned(), Some(style)), comment))
            }
        }
    }

    /// Over a scalar without quotes: its words are those of the value, with any blanks between them.
    fn plain(&mut self, value: &str) -> Result<()> {
        for word in value.split_whitespace() {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start().len();
            self.at += blank;
            if !self.rest().starts_with(word) {
                return Err(rare("a text that is written in an unusual way"));
            }
            self.at += word.len();
        }
        Ok(())
    }

    fn quoted(&mut self, quote: char) -> Result<()> {
        let mut chars = self.rest().char_indices().peekable();
        if chars.next().is_none_or(|(_, first)| first != quote) {
            return Err(rare("a quoted text that is written in an unusual way"));
        }
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' if quote == '"' => {
                    chars.next();
                }
                '\'' if quote == '\'' && chars.peek().is_some_and(|(_, next)| *next == '\'') => {
                    chars.next();
                }
                c if c == quote => {
                    self.at += at + 1;
                    return Ok(());
                }
                _ => {}
            }
        }
        Err(rare("a quoted text without an end"))
    }

    /// Over a block: its first line, then the lines that are indented further than its collection.
    fn block(&mut self, value: &str, indent: usize) -> Result<Option<String>> {
        let rest = self.rest();
        let first = rest.split('\n').next().unwrap_or_default();
        if !first.starts_with(['|', '>']) {
            return Err(rare("a block that is written in an unusual way"));
        }
        let comment = first.split_once(" #").map(|(_, comment)| comment.trim_end_matches('\r').to_owned());
        let keep = first.split(' ').next().is_some_and(|header| header.contains('+'));
        let mut end = (first.len() + 1).min(rest.len());
        let mut kept = end;
        for line in rest.get(end..).unwrap_or_default().split_inclusive('\n') {
            let blank = line.trim().is_empty();
            let spaces = line.len() - line.trim_start_matches(' ').len();
            if !blank && spaces <= indent && !(indent == 0 && value.starts_with(line.trim_end())) {
                break;
            }
            end += line.len();
            if keep || !blank {
                kept = end;
            }
        }
        self.at += kept;
        Ok(comment)
    }
}

/// Whether a tag is one of YAML's own for a plain value that is no text.
fn is_core_but_text(tag: &str) -> bool {
    ["!!int", "!!float", "!!bool", "!!null"].contains(&tag)
}
