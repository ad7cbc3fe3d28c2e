//! One pattern without braces: a plain path, or a glob that becomes a regular expression.
//!
//! It follows what the stock backend's libraries make of a pattern, oddities included: a search starts in the
//! folder that the pattern names before its first glob character, taken literally; a class such as `[x]` matches
//! itself as well; parentheses group. `!(…)`, which has no regular expression of linear time, is an error.

use regex::Regex;

use super::translate::translate;

/// What a single pattern says.
#[derive(Debug)]
pub(super) struct Pattern {
    shape: Shape,
    /// None stands for everything.
    glob: Option<Regex>,
    closes: bool,
}

#[derive(Debug)]
enum Shape {
    /// A path as it is.
    Literal(String),
    /// A glob, searched for in this folder; empty for the root.
    Glob { base: String },
    /// A glob whose search starts in a folder that is written otherwise than the skeleton's paths are.
    Nowhere,
}

impl Pattern {
    /// Reads a pattern.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let text = single_slashes(text);
        let shape = if !is_dynamic(&text) {
            Shape::Literal(text.clone())
        } else {
            let base = base(&text);
            match base.as_str() {
                "." => Shape::Glob { base: String::new() },
                _ if base.split('/').any(|segment| matches!(segment, "." | ".." | "")) => Shape::Nowhere,
                _ => Shape::Glob { base },
            }
        };
        let name = text.rsplit_once('/').map_or(text.as_str(), |(_, name)| name);
        let closes = text.ends_with("/**") || !is_dynamic(name);
        let glob = translate(text.strip_prefix("./").unwrap_or(&text))?;
        let glob =
            Regex::new(&glob).map_err(|_| "it is not a glob; mend its classes and parentheses".to_owned())?;
        Ok(Self { shape, glob: Some(glob), closes })
    }

    /// All that lies in a folder; `None` is the root.
    pub(super) fn below(folder: Option<&str>) -> Self {
        let base = folder.unwrap_or_default().to_owned();
        Self { shape: Shape::Glob { base }, glob: None, closes: true }
    }

    /// The path, if the pattern is one.
    pub(super) fn literal(&self) -> Option<&str> {
        match &self.shape {
            Shape::Literal(path) => Some(path),
            _ => None,
        }
    }

    /// Where the search starts; a plain path is not searched for.
    pub(super) fn base(&self) -> Option<&str> {
        match &self.shape {
            Shape::Glob { base } => Some(base),
            _ => None,
        }
    }

    /// Does the pattern find the path?
    pub(super) fn finds(&self, path: &str) -> bool {
        let reached = match &self.shape {
            Shape::Literal(literal) => literal == path,
            Shape::Glob { base } => {
                base.is_empty() || path.strip_prefix(base.as_str()).is_some_and(|rest| rest.starts_with('/'))
            }
            Shape::Nowhere => false,
        };
        reached && self.fits(path)
    }

    /// Does the path fit the pattern, wherever a search would start?
    pub(super) fn fits(&self, path: &str) -> bool {
        self.glob.as_ref().is_none_or(|glob| glob.is_match(path))
    }

    /// Is a folder that fits the pattern not looked into?
    pub(super) fn closes_folders(&self) -> bool {
        self.closes
    }
}

/// The text with one slash where several stand in a row, except at its start.
fn single_slashes(text: &str) -> String {
    let mut single = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '/' || single.len() < 2 || !single.ends_with('/') {
            single.push(c);
        }
    }
    single
}

/// Is there anything in the text that makes it a glob?
fn is_dynamic(text: &str) -> bool {
    text.starts_with('!')
        || text.contains(['\\', '*', '?'])
        || has_class(text)
        || has_group(text)
        || text
            .split_once('{')
            .and_then(|(_, rest)| rest.split_once('}'))
            .is_some_and(|(inside, _)| inside.contains(',') || inside.contains(".."))
}

fn has_class(text: &str) -> bool {
    let insides = text.split('[').skip(1);
    insides.into_iter().any(|inside| inside.contains(']'))
}

/// Parentheses that hold alternatives, or that a mark such as `@` stands before.
fn has_group(text: &str) -> bool {
    text.match_indices('(').any(|(place, _)| {
        let (before, rest) =
            (text.get(..place).unwrap_or_default(), text.get(place + 1..).unwrap_or_default());
        let flat = rest.split('(').next().unwrap_or_default();
        if before.ends_with(['!', '*', '+', '?', '@']) {
            return flat.contains(')');
        }
        flat.match_indices('|').any(|(bar, _)| {
            let after = rest.get(bar + 1..).unwrap_or_default();
            after.split('|').next().unwrap_or_default().contains(')')
        })
    })
}

/// The folder that the text names before its first glob character; `.` for the root.
fn base(text: &str) -> String {
    let mut rest = text;
    loop {
        rest = match rest.rsplit_once('/') {
            Some(("", _)) => return "/".to_owned(),
            Some((folder, _)) => folder,
            None => return ".".to_owned(),
        };
        if !is_glob(rest) {
            return unescaped(rest);
        }
    }
}

/// Whether the start of a pattern counts as a glob: a lone `?` does not.
fn is_glob(text: &str) -> bool {
    let mut before = ' ';
    let mut escaped = false;
    for (place, c) in text.char_indices() {
        let rest = text.get(place + c.len_utf8()..).unwrap_or_default();
        let special = match c {
            _ if escaped => false,
            '*' | '{' | '[' => true,
            '!' => place == 0,
            '(' => {
                matches!(before, '@' | '?' | '!' | '+') && rest.contains(')')
                    || !rest.contains(')')
                    || rest.contains('|')
            }
            '?' => matches!(before, ']' | '.' | '+' | ')'),
            _ => false,
        };
        if special {
            return true;
        }
        escaped = !escaped && c == '\\';
        before = c;
    }
    false
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let hides = |next: &char| "!*?|[](){}".contains(*next);
        if c != '\\' || !chars.peek().is_some_and(hides) {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_starts_before_the_first_glob_character() {
        for (text, start) in [
            ("*.md", "."),
            ("docs/*.md", "docs"),
            ("a/b/**/c/*", "a/b"),
            ("do?s/*", "do?s"),
            ("a/[b]/c/*", "a"),
            ("@(a|b)/c", "."),
            ("a\\[b/*", "a[b"),
            ("./docs/*", "./docs"),
            ("/docs/*", "/docs"),
        ] {
            assert_eq!(base(text), start, "{text}");
        }
    }

    #[test]
    fn a_path_is_told_from_a_glob() {
        for text in ["a/b.md", "f(1).txt", "{a}", "a]b", "${{ values.x }}", "a@b"] {
            assert!(!is_dynamic(text), "{text}");
        }
        for text in ["*", "a?", "[a]", "(a|b)", "@(a)", "!a", "a\\b", "{a,b}"] {
            assert!(is_dynamic(text), "{text}");
        }
    }
}
