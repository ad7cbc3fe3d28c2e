//! Cuts a template into texts and tags.
//!
//! Texts are ranges of the source, already trimmed by the marks and options around them; of a tag
//! the lexer gives the tokens between its delimiters. Comments and raw blocks never leave here.

mod token;

pub(crate) use token::{Op, Tok, Token, read_string, tokenize};

use crate::env::{Dialect, Environment, Syntax};
use crate::error::{Fault, Res};
use crate::utf16::is_space;
use std::collections::VecDeque;
use std::ops::Range;

/// A piece of a template. The tokens of a tag stand in [`Lexer::tokens`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(Range<usize>),
    /// An expression; the offset of its opening delimiter.
    Output(usize),
    /// A statement; the offset of its opening delimiter.
    Tag(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Output,
    Tag,
    Comment,
}

#[derive(Debug)]
pub(crate) struct Lexer<'s> {
    source: &'s str,
    syntax: Syntax,
    dialect: Dialect,
    trim_blocks: bool,
    lstrip_blocks: bool,
    at: usize,
    /// The body of the raw block just before `at`: it is trimmed together with the text after it.
    raw: Option<Range<usize>>,
    ready: VecDeque<Piece>,
    pub(crate) tokens: Vec<Token>,
}

impl<'s> Lexer<'s> {
    pub(crate) fn new(source: &'s str, env: &Environment) -> Self {
        Self {
            source,
            syntax: env.syntax,
            dialect: env.dialect,
            trim_blocks: env.trim_blocks,
            lstrip_blocks: env.lstrip_blocks,
            at: 0,
            raw: None,
            ready: VecDeque::new(),
            tokens: Vec::new(),
        }
    }

    /// The next piece; nothing at the end of the source.
    pub(crate) fn next(&mut self) -> Res<Option<Piece>> {
        loop {
            if let Some(piece) = self.ready.pop_front() {
                return Ok(Some(piece));
            }
            if self.at >= self.source.len() && self.raw.is_none() {
                return Ok(None);
            }
            self.advance()?;
        }
    }

    fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn advance(&mut self) -> Res<()> {
        let opening = self.find_opening();
        let end = opening.map_or(self.source.len(), |(offset, _)| offset);
        if let Some(stray) = self.source.get(self.at..end).and_then(|text| text.find("#}")) {
            let message = "`#}` stands outside of a comment; open one with `{#` or remove it";
            return Err(Fault::syntax(message, self.at + stray));
        }
        let text = self.at..end;
        let Some((offset, kind)) = opening else {
            self.push_texts(text, 0);
            self.at = end;
            return Ok(());
        };
        let open = if kind == Kind::Output { self.syntax.open } else { "{%" };
        let inside = offset + open.len();
        let trim_left = self.source.as_bytes().get(inside) == Some(&b'-');
        let cut = self.left_cut(offset, kind, trim_left);
        self.push_texts(text, cut);
        self.at = inside + usize::from(trim_left);
        match kind {
            Kind::Comment => self.skip_comment(offset),
            Kind::Output => self.read_tag(offset, "}}"),
            Kind::Tag => self.read_tag(offset, "%}"),
        }
    }

    /// The next delimiter and its kind; the earlier wins.
    fn find_opening(&self) -> Option<(usize, Kind)> {
        let bytes = self.source.as_bytes();
        let mut from = self.at;
        loop {
            let brace = from + self.source.get(from..)?.find('{')?;
            let kind = match bytes.get(brace + 1) {
                Some(b'%') => Some((brace, Kind::Tag)),
                Some(b'#') => Some((brace, Kind::Comment)),
                Some(b'{') if self.syntax.open == "{{" => Some((brace, Kind::Output)),
                Some(b'{') if brace > self.at && bytes.get(brace - 1) == Some(&b'$') => {
                    Some((brace - 1, Kind::Output))
                }
                _ => None,
            };
            if kind.is_some() {
                return kind;
            }
            from = brace + 1;
        }
    }

    /// How the text before a delimiter is cut: 0 not at all, 1 white space, 2 back to the line's
    /// beginning.
    fn left_cut(&self, offset: usize, kind: Kind, trim_left: bool) -> u8 {
        if trim_left {
            return 1;
        }
        if kind != Kind::Tag || !self.lstrip_blocks {
            return 0;
        }
        let before = self.source.get(..offset).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        if line.chars().all(is_space) { 2 } else { 0 }
    }

    /// Makes the raw body and the text after it ready, without what is cut off at the end.
    fn push_texts(&mut self, text: Range<usize>, cut: u8) {
        // In the legacy dialect an empty raw block is a text too.
        let keeps_empty = self.raw.is_some() && self.dialect == Dialect::Legacy;
        let raw = self.raw.take().unwrap_or(text.start..text.start);
        let whole = [self.source.get(raw.clone()), self.source.get(text.clone())];
        let [mut raw_text, mut last] = whole.map(Option::unwrap_or_default);
        let keep = |text: &'s str| match cut {
            0 => text,
            1 => text.trim_end_matches(is_space),
            _ => text.rfind('\n').map_or("", |newline| text.get(..=newline).unwrap_or(text)),
        };
        last = keep(last);
        if last.is_empty() && cut > 0 && self.dialect == Dialect::Current {
            raw_text = keep(raw_text);
        }
        for (range, kept, counts) in [(raw, raw_text, keeps_empty), (text, last, false)] {
            if counts || !kept.is_empty() {
                self.ready.push_back(Piece::Text(range.start..range.start + kept.len()));
            }
        }
    }

    fn skip_comment(&mut self, offset: usize) -> Res<()> {
        let Some(length) = self.rest().find("#}") else {
            return Err(Fault::syntax("the comment is not closed; add `#}`", offset));
        };
        let end = self.at + length;
        self.at = end + 2;
        if end > 0 && self.source.as_bytes().get(end - 1) == Some(&b'-') {
            self.skip_space();
        }
        Ok(())
    }

    fn skip_space(&mut self) {
        self.at = self.source.len() - self.rest().trim_start_matches(is_space).len();
    }

    fn skip_line_break(&mut self) {
        let rest = self.rest();
        if rest.starts_with("\r\n") {
            self.at += 2;
        } else if rest.starts_with('\n') {
            self.at += 1;
        }
    }

    fn read_tag(&mut self, offset: usize, close: &str) -> Res<()> {
        let Some(end) = tokenize(self.source, self.at, (close, self.dialect), &mut self.tokens)? else {
            let what = if close == "%}" { "statement" } else { "expression" };
            return Err(Fault::syntax(format!("the {what} is not closed; add `{close}`"), offset));
        };
        let trim_right = end > 0 && self.source.as_bytes().get(end - 1) == Some(&b'-');
        self.at = end + close.len();
        if close == "%}" {
            if let Some(name) = self.raw_name() {
                return self.read_raw(name, offset, trim_right);
            }
            self.ready.push_back(Piece::Tag(offset));
        } else {
            self.ready.push_back(Piece::Output(offset));
        }
        if trim_right {
            self.skip_space();
        } else if close == "%}" && self.trim_blocks {
            self.skip_line_break();
        }
        Ok(())
    }

    fn raw_name(&self) -> Option<&'static str> {
        let first = self.tokens.first().filter(|token| token.tok == Tok::Name)?;
        match self.source.get(first.start..first.end)? {
            "raw" => Some("raw"),
            "verbatim" => Some("verbatim"),
            _ => None,
        }
    }

    /// Takes everything up to the matching end tag as text. White space that the opening tag asks
    /// to trim is trimmed after the end tag.
    fn read_raw(&mut self, name: &'static str, offset: usize, trim_right: bool) -> Res<()> {
        if self.tokens.len() > 2 {
            return Err(Fault::syntax(format!("`{name}` takes nothing after its name"), offset));
        }
        if self.trim_blocks {
            self.skip_line_break();
        }
        let start = self.at;
        let mut depth = 1_usize;
        let mut from = start;
        while let Some(found) = self.source.get(from..).and_then(|rest| rest.find("{%")) {
            let marker = from + found;
            let Some((closes, end)) = self.raw_marker(marker, name) else {
                from = marker + 2;
                continue;
            };
            from = end;
            depth = if closes { depth - 1 } else { depth + 1 };
            if depth > 0 {
                continue;
            }
            if self.source.get(marker..end).is_some_and(|tag| tag.contains('\n')) {
                return Err(Fault::syntax(format!("the tag `end{name}` must stand in one line"), marker));
            }
            self.raw = Some(start..marker);
            self.at = end;
            if trim_right {
                self.skip_space();
            }
            return Ok(());
        }
        if self.dialect == Dialect::Legacy {
            // The tag counts for nothing, and what follows it is no more raw.
            return Ok(());
        }
        Err(Fault::syntax(format!("`{name}` is not closed; add `{{% end{name} %}}`"), offset))
    }

    /// Whether a raw block of this name opens or closes here, and where that tag ends.
    fn raw_marker(&self, marker: usize, name: &str) -> Option<(bool, usize)> {
        let inner = self.source.get(marker + 2..)?.trim_start_matches(is_space);
        let (closes, rest) = match inner.strip_prefix("end").and_then(|rest| rest.strip_prefix(name)) {
            Some(rest) => (true, rest),
            None => (false, inner.strip_prefix(name)?),
        };
        let rest = rest.trim_start_matches(is_space).strip_prefix("%}")?;
        Some((closes, self.source.len() - rest.len()))
    }
}
