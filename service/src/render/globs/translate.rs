//! From a glob to a regular expression that matches the same paths.
//!
//! It knows no skeleton. The invariant: every character of the glob is either given a meaning here or escaped,
//! so that no part of it reaches the expression as it is.

/// The expression; the message says what of the glob has no meaning here.
pub(super) fn translate(glob: &str) -> Result<String, String> {
    if has_open_brace(glob) {
        // No path is empty.
        return Ok("^$".to_owned());
    }
    let mut work = Work { glob: glob.chars().collect(), at: 0, out: "^(?:".to_owned(), open: Vec::new() };
    while let Some(c) = work.next() {
        work.take(c)?;
    }
    if !work.open.is_empty() {
        return Err("a parenthesis in it is not closed; close it, or write `\\(`".to_owned());
    }
    Ok(work.out + ")$")
}

/// A brace that is never closed: the stock backend takes such a glob, and it matches nothing.
fn has_open_brace(glob: &str) -> bool {
    let (mut depth, mut escaped) = (0_u32, false);
    for c in glob.chars() {
        match c {
            _ if escaped => {}
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        escaped = !escaped && c == '\\';
    }
    depth > 0
}

struct Work {
    glob: Vec<char>,
    at: usize,
    out: String,
    /// What closes the parentheses that are open.
    open: Vec<&'static str>,
}

impl Work {
    fn next(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        Some(c)
    }

    fn peek(&self, further: usize) -> Option<char> {
        self.glob.get(self.at + further).copied()
    }

    /// The character before the one that was taken last.
    fn before(&self) -> Option<char> {
        self.glob.get(self.at.checked_sub(2)?).copied()
    }

    fn take(&mut self, c: char) -> Result<(), String> {
        match (c, self.peek(0)) {
            ('@' | '?' | '*' | '+', Some('(')) => self.marked_group(c),
            ('!', Some('(')) => {
                return Err(
                    "`!(…)` is not supported; take files away with a pattern that starts with `!`".to_owned()
                );
            }
            ('(', Some('?')) => return Err("`(?` has no meaning in it; remove the `?`".to_owned()),
            ('(', _) => {
                self.open.push(")");
                self.out.push_str("(?:");
            }
            (')', _) => match self.open.pop() {
                Some(end) => self.out.push_str(end),
                None => self.literal(c),
            },
            ('|', _) if self.open.is_empty() => {
                return Err("`|` stands outside of parentheses; write alternatives as `{a,b}`".to_owned());
            }
            ('|', _) => self.out.push('|'),
            ('+', _) if matches!(self.before(), Some(')' | ']')) => {
                return Err("`+` after a bracket is not supported; write `+(…)`".to_owned());
            }
            ('*', _) => self.stars(),
            ('?', _) => self.out.push_str("[^/]"),
            ('[', _) => self.class(),
            ('\\', Some(next)) => {
                self.at += 1;
                self.literal(next);
            }
            _ => self.literal(c),
        }
        Ok(())
    }

    fn literal(&mut self, c: char) {
        self.out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
    }

    /// `@(…)` once, `?(…)` at most once, `*(…)` any number, `+(…)` at least once.
    fn marked_group(&mut self, mark: char) {
        self.at += 1;
        self.out.push_str("(?:");
        self.open.push(match mark {
            '?' => ")?",
            '*' => ")*",
            '+' => ")+",
            _ => ")",
        });
    }

    /// `**` as a whole segment crosses folders; all other stars stay inside of one. At the end it stands for the
    /// folder before it too, unless that one ends in a star.
    fn stars(&mut self) {
        let starts = matches!(self.before(), None | Some('/' | '(' | '|'));
        let mut count = 1;
        while self.peek(0) == Some('*') && self.peek(1) != Some('(') {
            self.at += 1;
            count += 1;
        }
        let ends = matches!(self.peek(0), None | Some('/' | ')' | '|'));
        if count == 1 || !starts || !ends {
            self.out.push_str("[^/]*");
        } else if self.peek(0) == Some('/') {
            self.at += 1;
            self.out.push_str("(?:.*/)?");
        } else if self.out.ends_with('/') && !self.out.ends_with("*/") {
            self.out.pop();
            self.out.push_str("(?:/.*)?");
        } else {
            self.out.push_str(".*");
        }
    }

    /// A class; one without any special character stands for itself as well.
    fn class(&mut self) {
        let Some(inside) = self.inside_of_class() else { return self.literal('[') };
        self.at += inside.len() + 1;
        let (negated, members) = match inside.split_first() {
            Some(('!' | '^', rest)) => (true, rest),
            _ => (false, inside.as_slice()),
        };
        let class = class_of(negated, members);
        if inside.iter().any(|c| "-*+?.^!${}(|)[]\\".contains(*c)) {
            self.out.push_str(&class);
        } else {
            let text: String = inside.iter().collect();
            self.out.push_str(&format!("(?:\\[{}\\]|{class})", regex::escape(&text)));
        }
    }

    /// What stands between the brackets, if they are closed around something.
    fn inside_of_class(&self) -> Option<Vec<char>> {
        let rest = self.glob.get(self.at..)?;
        let mut place = 0;
        while let Some(c) = rest.get(place) {
            match c {
                '\\' => place += 2,
                '[' if rest.get(place + 1) == Some(&':') => {
                    let named = rest.get(place + 2..)?;
                    let length = named.windows(2).position(|pair| pair == [':', ']']);
                    place += length.map_or(1, |length| length + 4);
                }
                ']' if place > 0 => return rest.get(..place).map(<[char]>::to_vec),
                _ => place += 1,
            }
        }
        None
    }
}

fn class_of(negated: bool, members: &[char]) -> String {
    let mut class = if negated { "[^/".to_owned() } else { "[".to_owned() };
    let mut rest = members;
    while let Some((c, after)) = rest.split_first() {
        rest = after;
        let text: String = after.iter().take_while(|c| **c != ']').collect();
        if *c == '[' && text.starts_with(':') && text.ends_with(':') {
            class.push_str(&format!("[{text}]"));
            rest = after.get(text.chars().count() + 1..).unwrap_or_default();
        } else if *c == '\\' && !after.is_empty() {
            class.extend(after.first().map(|next| regex::escape(next.encode_utf8(&mut [0; 4]))));
            rest = after.get(1..).unwrap_or_default();
        } else if *c == '-' {
            class.push('-');
        } else {
            class.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
        }
    }
    class + "]"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_becomes_an_expression() {
        for (glob, expression) in [
            ("a.b", "^(?:a\\.b)$"),
            ("*.md", "^(?:[^/]*\\.md)$"),
            ("**/a", "^(?:(?:.*/)?a)$"),
            ("a/**", "^(?:a(?:/.*)?)$"),
            ("a/**/b", "^(?:a/(?:.*/)?b)$"),
            ("a**", "^(?:a[^/]*)$"),
            ("a*/**", "^(?:a[^/]*/.*)$"),
            ("a{b", "^$"),
            ("@(a|b)+(c)", "^(?:(?:a|b)(?:c)+)$"),
            ("[a-c]", "^(?:[a-c])$"),
            ("[!a]", "^(?:[^/a])$"),
            ("[ab]", "^(?:(?:\\[ab\\]|[ab]))$"),
            ("[[:digit:]x]", "^(?:[[:digit:]x])$"),
            ("[a", "^(?:\\[a)$"),
            ("\\*", "^(?:\\*)$"),
        ] {
            assert_eq!(translate(glob).unwrap(), expression, "{glob}");
            regex::Regex::new(expression).unwrap();
        }
    }
}
