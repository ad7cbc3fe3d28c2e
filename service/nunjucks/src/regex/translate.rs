//! Rewrites a JavaScript pattern (without the flag `u`) into the engine's dialect.

use std::iter::Peekable;
use std::str::Chars;

/// What `\s` means, as the inside of a class.
const SPACE: &str =
    r"\t\n\x0b\x0c\r \u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}";
const DIGIT: &str = "0-9";
const WORD: &str = "A-Za-z0-9_";

/// What stands before a character of a pattern.
#[derive(Clone, Copy)]
enum Before {
    /// Nothing that could be repeated.
    Nothing,
    Piece,
    /// A mark of repetition, which a question mark makes lazy.
    Count,
}

pub(super) fn to_rust(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut chars = pattern.chars().peekable();
    let mut before = Before::Nothing;
    while let Some(char) = chars.next() {
        before = match (char, before) {
            ('?', Before::Count) => Before::Nothing,
            ('*' | '+' | '?', Before::Nothing | Before::Count) => {
                return Err("the regular expression repeats nothing".to_owned());
            }
            ('*' | '+' | '?', Before::Piece) => Before::Count,
            ('(' | '|' | '^' | '$', _) => Before::Nothing,
            _ => Before::Piece,
        };
        match char {
            '\\' => escape(&mut chars, &mut out)?,
            '[' => class(&mut chars, &mut out)?,
            '(' => group(&mut chars, &mut out)?,
            '.' => out.push_str(r"[^\n\r\u{2028}\u{2029}]"),
            '{' if !is_count(chars.clone()) => out.push_str(r"\{"),
            // A closed count; a lone brace is a character, and escaping both reads the same.
            '}' if !closes_count(&out) => out.push_str(r"\}"),
            ']' => out.push_str(r"\]"),
            other => out.push(other),
        }
    }
    Ok(out)
}

/// Whether what follows an opening brace makes it a count of repetitions.
fn is_count(chars: Peekable<Chars<'_>>) -> bool {
    let inside: String =
        chars.take_while(|char| char.is_ascii_digit() || matches!(char, ',' | '}')).collect();
    // `take_while` also eats what follows a closing brace; only the part before the next
    // non-count character matters, and a count needs digits first.
    let digits = inside.bytes().take_while(u8::is_ascii_digit).count();
    let Some(rest) = inside.get(digits..) else { return false };
    let rest = rest.strip_prefix(',').unwrap_or(rest);
    let rest = rest.trim_start_matches(|char: char| char.is_ascii_digit());
    digits > 0 && rest.starts_with('}')
}

fn closes_count(out: &str) -> bool {
    let before = out.trim_end_matches(|char: char| char.is_ascii_digit() || char == ',');
    before.len() < out.len() && before.ends_with('{') && !before.ends_with(r"\{")
}

fn group(chars: &mut Peekable<Chars<'_>>, out: &mut String) -> Result<(), String> {
    out.push('(');
    if chars.peek() != Some(&'?') {
        return Ok(());
    }
    let mut ahead = chars.clone();
    ahead.next();
    let kind = ahead.next();
    let second = ahead.next();
    if matches!(kind, Some('=' | '!')) || (kind == Some('<') && matches!(second, Some('=' | '!'))) {
        return Err("look-around is not supported in regular expressions".to_owned());
    }
    chars.next();
    out.push('?');
    Ok(())
}

/// An escape outside of a class; the backslash is already read.
fn escape(chars: &mut Peekable<Chars<'_>>, out: &mut String) -> Result<(), String> {
    match chars.next() {
        Some('d') => out.push_str("[0-9]"),
        Some('D') => out.push_str("[^0-9]"),
        Some('w') => push_class(out, "", WORD),
        Some('W') => push_class(out, "^", WORD),
        Some('s') => push_class(out, "", SPACE),
        Some('S') => push_class(out, "^", SPACE),
        Some('b') => out.push_str(r"(?-u:\b)"),
        Some('B') => out.push_str(r"\B"),
        Some('1'..='9' | 'k') => {
            return Err("back-references are not supported in regular expressions".to_owned());
        }
        Some(other) => push_literal(out, character(other, chars)),
        None => return Err("the regular expression ends with a backslash".to_owned()),
    }
    Ok(())
}

fn push_class(out: &mut String, negation: &str, inside: &str) {
    out.push('[');
    out.push_str(negation);
    out.push_str(inside);
    out.push(']');
}

/// The character that an escape stands for.
fn character(escaped: char, chars: &mut Peekable<Chars<'_>>) -> char {
    match escaped {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        'f' => '\u{c}',
        '0' => '\0',
        'x' => hex(chars, 2).unwrap_or('x'),
        'u' => hex(chars, 4).unwrap_or('u'),
        'c' => match chars.peek().copied().filter(char::is_ascii_alphabetic) {
            Some(letter) => {
                chars.next();
                u8::try_from(letter).map_or('c', |letter| char::from(letter % 32))
            }
            None => 'c',
        },
        other => other,
    }
}

fn hex(chars: &mut Peekable<Chars<'_>>, digits: usize) -> Option<char> {
    let text: String = chars.clone().take(digits).collect();
    if text.len() != digits || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for _ in 0..digits {
        chars.next();
    }
    let code = u32::from_str_radix(&text, 16).ok()?;
    Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
}

fn push_literal(out: &mut String, char: char) {
    if r"\.+*?()|[]{}^$#&-~".contains(char) {
        out.push('\\');
    }
    out.push(char);
}

/// A part of a class.
enum Member {
    Char(char),
    /// A set such as `\d`, as the inside of a class.
    Set(String),
}

/// A class in brackets; the opening bracket is already read.
fn class(chars: &mut Peekable<Chars<'_>>, out: &mut String) -> Result<(), String> {
    let negated = chars.next_if_eq(&'^').is_some();
    if chars.next_if_eq(&']').is_some() {
        // `[]` matches nothing and `[^]` everything.
        out.push_str(if negated { r"[\s\S]" } else { r"[^\s\S]" });
        return Ok(());
    }
    out.push_str(if negated { "[^" } else { "[" });
    while let Some(first) = member(chars)? {
        let mut ahead = chars.clone();
        let hyphen = ahead.next() == Some('-') && ahead.next() != Some(']');
        if !hyphen {
            push_member(out, &first);
            continue;
        }
        chars.next();
        let Some(second) = member(chars)? else { break };
        match (&first, &second) {
            (Member::Char(from), Member::Char(to)) if from > to => {
                return Err("a range of the regular expression runs backwards".to_owned());
            }
            (Member::Char(from), Member::Char(to)) => {
                push_literal(out, *from);
                out.push('-');
                push_literal(out, *to);
            }
            // Beside a set a hyphen is a character.
            _ => {
                push_member(out, &first);
                out.push_str(r"\-");
                push_member(out, &second);
            }
        }
    }
    out.push(']');
    Ok(())
}

/// The next part of a class; nothing at its end.
fn member(chars: &mut Peekable<Chars<'_>>) -> Result<Option<Member>, String> {
    match chars.next() {
        None => Err("a class of the regular expression is not closed; add `]`".to_owned()),
        Some(']') => Ok(None),
        Some('\\') => class_escape(chars).map(Some),
        Some(other) => Ok(Some(Member::Char(other))),
    }
}

fn push_member(out: &mut String, member: &Member) {
    match member {
        Member::Char(char) => push_literal(out, *char),
        Member::Set(set) => out.push_str(set),
    }
}

fn class_escape(chars: &mut Peekable<Chars<'_>>) -> Result<Member, String> {
    let without = |set: &str| Member::Set(format!("[^{set}]"));
    Ok(match chars.next() {
        Some('d') => Member::Set(DIGIT.to_owned()),
        Some('D') => without(DIGIT),
        Some('w') => Member::Set(WORD.to_owned()),
        Some('W') => without(WORD),
        Some('s') => Member::Set(SPACE.to_owned()),
        Some('S') => without(SPACE),
        Some('b') => Member::Char('\u{8}'),
        Some(other) => Member::Char(character(other, chars)),
        None => return Err("the regular expression ends with a backslash".to_owned()),
    })
}
