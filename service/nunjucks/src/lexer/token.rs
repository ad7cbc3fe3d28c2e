//! The tokens between the delimiters of a tag.
//!
//! Reading stops at the first closing delimiter that stands outside of strings and regular
//! expressions, so two braces that close two dictionaries end the tag.

use crate::env::Dialect;
use crate::error::{Fault, Res};

/// The longest regular expression, in characters.
const REGEX_CHARS: usize = 16_384;

/// An operator or a mark of punctuation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    StrictEqual,
    StrictUnequal,
    Power,
    FloorDivide,
    Equal,
    Unequal,
    LessEqual,
    GreaterEqual,
    Char(u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tok {
    Name,
    Number,
    /// With its quotes.
    String,
    /// The whole literal; `pattern_end` is the offset of its second slash.
    Regex {
        pattern_end: usize,
    },
    Op(Op),
    End,
}

/// A token with its range in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) tok: Tok,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Reads tokens from `at` until the closing delimiter and gives its offset; nothing if there is
/// none. The last token is always [`Tok::End`].
pub(crate) fn tokenize(
    source: &str,
    at: usize,
    (close, dialect): (&str, Dialect),
    out: &mut Vec<Token>,
) -> Res<Option<usize>> {
    out.clear();
    let mut at = at;
    loop {
        let rest = source.get(at..).unwrap_or_default();
        let Some(char) = rest.chars().next() else { return Ok(None) };
        if rest.starts_with(close)
            || (char == '-' && rest.get(1..).is_some_and(|rest| rest.starts_with(close)))
        {
            out.push(Token { tok: Tok::End, start: at, end: at });
            return Ok(Some(at + usize::from(char == '-')));
        }
        if matches!(char, ' ' | '\t' | '\n' | '\r' | '\u{a0}') {
            at += char.len_utf8();
            continue;
        }
        let loose = (dialect == Dialect::Legacy).then(|| loose_token(rest, at)).flatten();
        let token = match loose {
            Some(token) => token,
            None => match next_token(source, at, char, out.last())? {
                Some(token) => token,
                None => return Ok(None),
            },
        };
        at = token.end;
        out.push(token);
    }
}

/// The legacy dialect takes whatever runs to the next space or delimiter for one word: a number, if it has nothing
/// but digits, or else a name.
fn loose_token(rest: &str, at: usize) -> Option<Token> {
    const DELIMITERS: &str = " \n\t\r\u{a0}()[]{}%*-+~/#,:|.<>=!";
    if rest.starts_with(['"', '\'']) || rest.starts_with("r/") {
        return None;
    }
    let length = rest.find(|char| DELIMITERS.contains(char)).unwrap_or(rest.len());
    let word = rest.get(..length).filter(|word| !word.is_empty())?;
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        let length = number_length(rest.as_bytes());
        return Some(Token { tok: Tok::Number, start: at, end: at + length });
    }
    Some(Token { tok: Tok::Name, start: at, end: at + length })
}

fn next_token(source: &str, at: usize, char: char, previous: Option<&Token>) -> Res<Option<Token>> {
    let rest = source.get(at..).unwrap_or_default();
    let bytes = rest.as_bytes();
    let after_dot = previous.is_some_and(|token| token.tok == Tok::Op(Op::Char(b'.')));
    let token = |tok, length| Token { tok, start: at, end: at + length };
    if let Some(length) = name_length(bytes, after_dot) {
        if bytes.get(..2) == Some(b"r/") && length == 1 {
            return regex(source, at).map(Some);
        }
        return Ok(Some(token(Tok::Name, length)));
    }
    if char.is_ascii_digit() {
        let length = number_length(bytes);
        if bytes.get(length).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_') {
            let message = "a number must not be followed by a letter; exponents are not supported";
            return Err(Fault::syntax(message, at));
        }
        return Ok(Some(token(Tok::Number, length)));
    }
    if char == '"' || char == '\'' {
        return Ok(string_length(bytes).map(|length| token(Tok::String, length)));
    }
    if char == '.' && bytes.get(1).is_some_and(u8::is_ascii_digit) && !previous.is_some_and(ends_operand) {
        return Err(Fault::syntax("a number must begin with a digit; write `0.5`", at));
    }
    let Some((op, length)) = operator(bytes) else {
        return Err(Fault::syntax(format!("the character `{char}` has no meaning here"), at));
    };
    Ok(Some(token(Tok::Op(op), length)))
}

fn ends_operand(token: &Token) -> bool {
    match token.tok {
        Tok::Op(Op::Char(char)) => matches!(char, b')' | b']' | b'}'),
        Tok::Op(_) | Tok::End => false,
        _ => true,
    }
}

fn is_name_start(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphabetic()
}

/// The length of the name that begins here; after a dot it may begin with digits.
fn name_length(bytes: &[u8], digits_first: bool) -> Option<usize> {
    let digits = if digits_first { bytes.iter().take_while(|byte| byte.is_ascii_digit()).count() } else { 0 };
    let name = bytes.get(digits..)?;
    if !name.first().copied().is_some_and(is_name_start) {
        return None;
    }
    let length = name.iter().take_while(|byte| is_name_start(**byte) || byte.is_ascii_digit()).count();
    Some(digits + length)
}

fn number_length(bytes: &[u8]) -> usize {
    let digits = |from: &[u8]| from.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(bytes);
    match bytes.get(whole) {
        Some(b'.') => whole + 1 + digits(bytes.get(whole + 1..).unwrap_or_default()),
        _ => whole,
    }
}

fn string_length(bytes: &[u8]) -> Option<usize> {
    let quote = bytes.first()?;
    let mut at = 1;
    loop {
        match bytes.get(at)? {
            b'\\' => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

fn operator(bytes: &[u8]) -> Option<(Op, usize)> {
    const LONG: [(&[u8], Op); 8] = [
        (b"===", Op::StrictEqual),
        (b"!==", Op::StrictUnequal),
        (b"**", Op::Power),
        (b"//", Op::FloorDivide),
        (b"==", Op::Equal),
        (b"!=", Op::Unequal),
        (b"<=", Op::LessEqual),
        (b">=", Op::GreaterEqual),
    ];
    if let Some((text, op)) = LONG.iter().find(|(text, _)| bytes.starts_with(text)) {
        return Some((*op, text.len()));
    }
    let first = *bytes.first()?;
    b"()[]{}.,:|~+-*/%<>=".contains(&first).then_some((Op::Char(first), 1))
}

/// Reads `r/…/flags`. A slash in the pattern is written `\/`; an even run of backslashes before a
/// slash could mean either, and is refused.
fn regex(source: &str, at: usize) -> Res<Token> {
    let mut backslashes = 0_usize;
    let body = at + 2;
    for (count, (offset, char)) in source.get(body..).unwrap_or_default().char_indices().enumerate() {
        if count > REGEX_CHARS {
            return Err(Fault::syntax("the regular expression is too long", at));
        }
        match char {
            '\\' => backslashes += 1,
            '/' if backslashes == 0 => return regex_flags(source, at, body + offset),
            '/' if backslashes.is_multiple_of(2) => {
                return Err(Fault::syntax("the backslashes before `/` are ambiguous; write `[/]`", at));
            }
            _ => backslashes = 0,
        }
    }
    Err(Fault::syntax("the regular expression is not closed; add `/`", at))
}

fn regex_flags(source: &str, at: usize, pattern_end: usize) -> Res<Token> {
    let rest = source.get(pattern_end + 1..).unwrap_or_default();
    let flags = rest.bytes().take_while(|byte| b"gimy".contains(byte)).count();
    let flag_text = rest.get(..flags).unwrap_or_default();
    if flag_text.char_indices().any(|(index, flag)| flag_text.get(..index).is_some_and(|f| f.contains(flag)))
    {
        return Err(Fault::syntax("a flag of the regular expression is given twice", at));
    }
    if rest.as_bytes().get(flags).is_some_and(u8::is_ascii_alphabetic) {
        return Err(Fault::syntax("a regular expression takes only the flags g, i, m and y", at));
    }
    Ok(Token { tok: Tok::Regex { pattern_end }, start: at, end: pattern_end + 1 + flags })
}

/// The characters of a string literal: `\n`, `\r` and `\t` are known, any other escaped character
/// stands for itself.
pub(crate) fn read_string(literal: &str) -> String {
    let inner = literal.get(1..literal.len().saturating_sub(1)).unwrap_or_default();
    if !inner.contains('\\') {
        return inner.to_owned();
    }
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            text.push(char);
            continue;
        }
        match chars.next() {
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some(other) => text.push(other),
            None => {}
        }
    }
    text
}
