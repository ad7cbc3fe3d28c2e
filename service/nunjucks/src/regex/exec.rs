//! Searching, replacing and splitting as JavaScript does it.
//!
//! Positions are bytes, except where a function says units.

use super::JsRegex;
use crate::utf16;
use regex::Captures;

impl JsRegex {
    /// The match at or after a byte; with the flag `y`, exactly there.
    fn captures_at<'t>(&self, text: &'t str, from: usize, sticky: bool) -> Option<Captures<'t>> {
        if from > text.len() || !text.is_char_boundary(from) {
            return None;
        }
        let captures = self.regex.captures_at(text, from)?;
        let start = captures.get(0)?.start();
        (!sticky || start == from).then_some(captures)
    }

    /// Whether the text matches from a position in units on; and the position for the next time.
    pub(crate) fn test(&self, text: &str, last: usize) -> (bool, usize) {
        let stateful = self.global || self.sticky;
        let from = if stateful { last } else { 0 };
        if from > utf16::len(text) {
            return (false, 0);
        }
        let found = self.captures_at(text, utf16::byte_of(text, from), self.sticky);
        match found.and_then(|captures| captures.get(0).map(|found| found.end())) {
            Some(end) => (true, if stateful { utf16::unit_of(text, end) } else { last }),
            None => (false, if stateful { 0 } else { last }),
        }
    }

    /// Replaces the first match, or all with the flag `g`. `last` is in units and used with the
    /// flag `y` alone.
    pub(crate) fn replace(&self, text: &str, with: &str, last: usize) -> (String, usize) {
        let mut out = String::with_capacity(text.len());
        let mut copied = 0;
        let mut at = if self.sticky && !self.global { utf16::byte_of(text, last) } else { 0 };
        let mut end_of_last = None;
        while let Some(captures) = self.captures_at(text, at, self.sticky) {
            let Some(found) = captures.get(0) else { break };
            out.push_str(text.get(copied..found.start()).unwrap_or_default());
            expand(with, &Match::of(text, &captures, &self.regex), &mut out);
            copied = found.end();
            end_of_last = Some(found.end());
            at = if found.is_empty() { next_char(text, found.end()) } else { found.end() };
            if !self.global || at > text.len() {
                break;
            }
        }
        out.push_str(text.get(copied..).unwrap_or_default());
        let next = match end_of_last {
            Some(end) if self.sticky && !self.global => utf16::unit_of(text, end),
            _ => 0,
        };
        (out, next)
    }

    /// Replaces every match, as long as what comes out has at most so many bytes.
    pub(crate) fn replace_within(&self, text: &str, with: &str, most: usize, out: &mut String) -> Option<()> {
        let (mut copied, mut at) = (0, 0);
        while let Some(captures) = self.captures_at(text, at, false) {
            let found = captures.get(0)?;
            out.push_str(text.get(copied..found.start())?);
            expand(with, &Match::of(text, &captures, &self.regex), out);
            copied = found.end();
            at = if found.is_empty() { next_char(text, found.end()) } else { found.end() };
            if out.len() > most {
                return None;
            }
            if at > text.len() {
                break;
            }
        }
        out.push_str(text.get(copied..)?);
        Some(())
    }

    /// Where the first match begins, in bytes.
    pub(crate) fn find(&self, text: &str) -> Option<usize> {
        Some(self.captures_at(text, 0, self.sticky)?.get(0)?.start())
    }

    /// The text of every match.
    pub(crate) fn find_all<'t>(&self, text: &'t str) -> Vec<&'t str> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(one) = self.captures_at(text, at, self.sticky).and_then(|captures| captures.get(0)) {
            found.push(one.as_str());
            at = if one.is_empty() { next_char(text, one.end()) } else { one.end() };
        }
        found
    }

    /// The first match and what its groups captured.
    pub(crate) fn groups<'t>(&self, text: &'t str) -> Vec<Option<&'t str>> {
        let Some(captures) = self.captures_at(text, 0, self.sticky) else { return Vec::new() };
        captures.iter().map(|group| group.map(|group| group.as_str())).collect()
    }

    /// At most how many pieces a split gives.
    pub(crate) fn count_pieces(&self, text: &str) -> usize {
        let matches = self.regex.find_iter(text).count() + 1;
        matches.saturating_mul(self.regex.captures_len())
    }

    /// The pieces between matches, with what groups captured; nothing for a group without match.
    pub(crate) fn split(&self, text: &str, limit: usize) -> Vec<Option<String>> {
        let mut pieces = Vec::new();
        if limit == 0 {
            return pieces;
        }
        if text.is_empty() {
            if self.captures_at(text, 0, true).is_none() {
                pieces.push(Some(String::new()));
            }
            return pieces;
        }
        let (mut start, mut at) = (0, 0);
        while at < text.len() {
            let Some(captures) = self.captures_at(text, at, false) else { break };
            let Some(found) = captures.get(0) else { break };
            if found.start() >= text.len() {
                break;
            }
            if found.is_empty() && found.end() == start {
                at = next_char(text, at);
                continue;
            }
            pieces.push(text.get(start..found.start()).map(str::to_owned));
            start = found.end();
            at = if found.is_empty() { next_char(text, start) } else { start };
            for group in captures.iter().skip(1) {
                if pieces.len() < limit {
                    pieces.push(group.map(|group| group.as_str().to_owned()));
                }
            }
            if pieces.len() >= limit {
                pieces.truncate(limit);
                return pieces;
            }
        }
        pieces.push(text.get(start..).map(str::to_owned));
        pieces
    }
}

fn next_char(text: &str, byte: usize) -> usize {
    byte + text.get(byte..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
}

/// What a replacement can refer to.
pub(crate) struct Match<'t> {
    before: &'t str,
    found: &'t str,
    after: &'t str,
    groups: Vec<&'t str>,
    names: Vec<(String, &'t str)>,
}

impl<'t> Match<'t> {
    /// A match of a plain needle at a byte.
    pub(crate) fn plain(text: &'t str, start: usize, length: usize) -> Self {
        let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
        Self {
            before: part(0..start),
            found: part(start..start + length),
            after: part(start + length..text.len()),
            groups: Vec::new(),
            names: Vec::new(),
        }
    }

    fn of(text: &'t str, captures: &Captures<'t>, regex: &regex::Regex) -> Self {
        let range = captures.get(0).map_or(0..0, |found| found.range());
        let mut this = Self::plain(text, range.start, range.len());
        let text_of = |group: Option<regex::Match<'t>>| group.map_or("", |group| group.as_str());
        this.groups = captures.iter().skip(1).map(text_of).collect();
        let names = regex.capture_names().flatten();
        this.names = names.map(|name| (name.to_owned(), text_of(captures.name(name)))).collect();
        this
    }
}

/// Writes a replacement, in which `$&`, `$1`, `$<name>` and their kin are filled in.
pub(crate) fn expand(with: &str, found: &Match<'_>, out: &mut String) {
    let mut rest = with;
    while let Some(dollar) = rest.find('$') {
        let (literal, reference) = rest.split_at(dollar);
        out.push_str(literal);
        let after = reference.get(1..).unwrap_or_default();
        let (text, length) = reference_text(after, found).unwrap_or(("$", 0));
        out.push_str(text);
        rest = after.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
}

fn reference_text<'t>(after: &str, found: &Match<'t>) -> Option<(&'t str, usize)> {
    match after.bytes().next()? {
        b'$' => Some(("$", 1)),
        b'&' => Some((found.found, 1)),
        b'`' => Some((found.before, 1)),
        b'\'' => Some((found.after, 1)),
        b'<' if !found.names.is_empty() => {
            let (name, _) = after.get(1..)?.split_once('>')?;
            let text = found.names.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text);
            Some((text, name.len() + 2))
        }
        digit if digit.is_ascii_digit() => {
            let group = |length: usize| {
                let digits =
                    after.get(..length).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
                let index = digits.parse::<usize>().ok()?.checked_sub(1)?;
                found.groups.get(index).map(|text| (*text, length))
            };
            group(2).or_else(|| group(1))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::JsRegex;

    fn replaced(pattern: &str, flags: &str, text: &str, with: &str) -> String {
        JsRegex::new(pattern, flags).unwrap().replace(text, with, 0).0
    }

    #[test]
    fn an_empty_match_is_found_right_after_another_match() {
        assert_eq!(replaced("x*", "gi", "aXb", "-"), "-a--b-");
    }

    #[test]
    fn look_around_and_back_references_are_refused() {
        for pattern in ["a(?=b)", "(?<!a)b", r"(a)\1", r"\k<n>"] {
            let message = JsRegex::new(pattern, "").unwrap_err();
            assert!(message.contains("not supported"), "{pattern}: {message}");
        }
    }

    #[test]
    fn characters_that_only_the_engine_knows_lose_their_meaning() {
        assert_eq!(replaced(r"[a&&b]", "g", "a&b", "x"), "xxx");
        assert_eq!(replaced(r"a{", "", "a{", "x"), "x");
        assert_eq!(replaced(r"[\w-]+", "", "a-b c", "x"), "x c");
        assert_eq!(replaced(r"\<b\>", "", "<b>", "x"), "x");
    }
}
