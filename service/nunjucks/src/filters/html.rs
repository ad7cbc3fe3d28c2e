//! Filters that know about HTML, and the two that make text of anything.

use super::Call;
use crate::error::{Fault, Res};
use crate::number::to_usize;
use crate::runtime::{V, output_text, plain_number};
use crate::text::Text;
use crate::utf16::{self, is_space};

/// How often tags are looked for in what removing tags left.
const STRIP_PASSES: usize = 8;

pub(super) fn escape(call: &Call<'_>, force: bool) -> Res<V> {
    if matches!(call.input, V::Safe(_)) && !force {
        return Ok(call.input.clone());
    }
    let text = output_text(call.input, call.meter)?;
    let mut out = String::with_capacity(text.as_str().len());
    for char in text.as_str().chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' => out.push_str("&#92;"),
            other => out.push(other),
        }
    }
    call.meter.text(out.len())?;
    Ok(V::safe(Text::marked(out, text.mark())))
}

pub(super) fn safe(call: &Call<'_>) -> Res<V> {
    if matches!(call.input, V::Safe(_)) {
        return Ok(call.input.clone());
    }
    output_text(call.input, call.meter).map(V::safe)
}

pub(super) fn string(call: &Call<'_>) -> Res<V> {
    match call.input {
        V::Undefined | V::Null => {
            Err(Fault::type_error(format!("a value is needed, not {}", call.input.kind())))
        }
        V::Safe(_) => Ok(call.input.clone()),
        other => output_text(other, call.meter).map(V::String),
    }
}

pub(super) fn nl2br(call: &Call<'_>) -> Res<V> {
    if call.input.is_nullish() {
        return Ok(V::string(""));
    }
    let text = call.text()?;
    call.like_input(text.as_str().replace("\r\n", "\n").replace('\n', "<br />\n"))
}

/// Where the tag or comment that begins with this bracket ends.
fn tag_end(text: &str) -> Option<usize> {
    if let Some(comment) = text.strip_prefix("<!--") {
        return comment.find("-->").map(|end| end + "<!---->".len());
    }
    let inner = text.strip_prefix('<')?;
    let inner = inner.strip_prefix('/').unwrap_or(inner);
    let name = inner.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let boundary = inner.as_bytes().get(name) != Some(&b'_');
    if !inner.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) || !boundary {
        return None;
    }
    inner.find('>').map(|end| text.len() - inner.len() + end + 1)
}

fn strip_once(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut found = false;
    let mut rest = text;
    while let Some(bracket) = rest.find('<') {
        let (before, tag) = rest.split_at(bracket);
        out.push_str(before);
        // Without a closing bracket in the rest there is nothing more to find.
        if !tag.contains('>') {
            rest = tag;
            break;
        }
        let end = tag_end(tag);
        found |= end.is_some();
        let (dropped, after) = tag.split_at(end.unwrap_or(1));
        if end.is_none() {
            out.push_str(dropped);
        }
        rest = after;
    }
    out.push_str(rest);
    found.then_some(out)
}

pub(super) fn striptags(call: &Call<'_>) -> Res<V> {
    let text = call.text_or_empty()?;
    let mut stripped = text.as_str().to_owned();
    let mut passes = 0;
    while let Some(next) = strip_once(&stripped) {
        if passes == STRIP_PASSES {
            return Err(Fault::type_error("the markup is nested too deeply"));
        }
        call.meter.text(next.len())?;
        stripped = next;
        if call.meter.is_legacy() {
            break;
        }
        passes += 1;
    }
    let stripped = stripped.trim_matches(is_space);
    call.like_input(if call.arg(0).truthy() { keep_lines(stripped) } else { collapse(stripped) })
}

fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_space = false;
    for char in text.chars() {
        if !is_space(char) {
            out.push(char);
        } else if !in_space {
            out.push(' ');
        }
        in_space = is_space(char);
    }
    out
}

/// Lines without spaces around them, no runs of spaces, at most one empty line at a time.
fn keep_lines(text: &str) -> String {
    let line_ends = ['\n', '\r', '\u{2028}', '\u{2029}'];
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(line_ends) {
        let line = piece.trim_end_matches(line_ends);
        let mut previous = ' ';
        let mut kept = String::with_capacity(line.len());
        for char in line.trim_matches(' ').chars() {
            if char != ' ' || previous != ' ' {
                kept.push(char);
            }
            previous = char;
        }
        out.push_str(&kept);
        out.push_str(piece.get(line.len()..).unwrap_or_default());
    }
    let mut out = out.replace("\r\n", "\n");
    while out.contains("\n\n\n") {
        out = out.replace("\n\n\n", "\n\n");
    }
    out
}

pub(super) fn urlize(call: &Call<'_>) -> Res<V> {
    let text = call.text()?;
    let limit = match call.arg(0) {
        V::Undefined => usize::MAX,
        V::Number(number, _) if number.is_nan() => usize::MAX,
        given => to_usize(plain_number(given, call.meter)?),
    };
    let nofollow = if matches!(call.arg(1), V::Bool(true, _)) { " rel=\"nofollow\"" } else { "" };
    let mut out = String::with_capacity(text.as_str().len());
    for piece in text.as_str().split_inclusive(is_space) {
        let word = piece.trim_end_matches(is_space);
        out.push_str(&link(word, limit, nofollow));
        out.push_str(piece.get(word.len()..).unwrap_or_default());
        call.meter.scratch(out.len())?;
    }
    call.meter.text(out.len())?;
    Ok(V::String(Text::marked(out, text.mark())))
}

/// The word without one bracket before it and one mark of punctuation behind it.
fn bare(word: &str) -> &str {
    let bare = ["(", "&lt;", "<"].iter().find_map(|prefix| word.strip_prefix(prefix)).unwrap_or(word);
    [".", ",", ")", "&gt;"].iter().find_map(|suffix| bare.strip_suffix(suffix)).unwrap_or(bare)
}

fn link(word: &str, limit: usize, nofollow: &str) -> String {
    let target = bare(word);
    let shown = utf16::slice(target, 0, limit);
    if target.starts_with("http://") || target.starts_with("https://") {
        return format!("<a href=\"{target}\"{nofollow}>{shown}</a>");
    }
    if target.starts_with("www.") {
        return format!("<a href=\"http://{target}\"{nofollow}>{shown}</a>");
    }
    if is_email(target) {
        return format!("<a href=\"mailto:{target}\">{target}</a>");
    }
    let is_domain = [".org", ".net", ".com"].iter().any(|ending| {
        target.match_indices(ending).any(|(place, ending)| {
            let after = target.get(place + ending.len()..).unwrap_or_default();
            after.is_empty() || after.starts_with([':', '/'])
        })
    });
    if is_domain {
        return format!("<a href=\"http://{target}\"{nofollow}>{shown}</a>");
    }
    word.to_owned()
}

fn is_email(text: &str) -> bool {
    let Some((user, host)) = text.split_once('@') else { return false };
    let user_ok = |char: char| char.is_ascii_alphanumeric() || "_.!#$%&'*+-/=?^`{|}~".contains(char);
    let host_ok = |char: char| char.is_ascii_alphanumeric() || char == '-';
    !user.is_empty()
        && user.chars().all(user_ok)
        && host.contains('.')
        && host.split('.').all(|part| !part.is_empty() && part.chars().all(host_ok))
}
