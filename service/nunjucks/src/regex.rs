//! Regular expressions of JavaScript on an engine that needs linear time.
//!
//! A pattern is rewritten where the two dialects differ. What the engine lacks, look-around and
//! back-references, is refused when the template is read. Two limits stay: a pattern sees whole
//! characters, never halves of surrogate pairs, and with the flag `m` only `\n` ends a line.

mod exec;
mod translate;

pub(crate) use exec::{Match, expand};

/// A compiled literal.
#[derive(Debug)]
pub(crate) struct JsRegex {
    regex: regex::Regex,
    source: String,
    flags: String,
    pub(crate) global: bool,
    pub(crate) sticky: bool,
}

impl JsRegex {
    /// Compiles `r/pattern/flags`, or says why that is impossible.
    pub(crate) fn new(pattern: &str, flags: &str) -> Result<Self, String> {
        let translated = translate::to_rust(pattern)?;
        let regex = regex::RegexBuilder::new(&translated)
            .case_insensitive(flags.contains('i'))
            .multi_line(flags.contains('m'))
            .size_limit(1 << 21)
            .dfa_size_limit(1 << 21)
            .build()
            .map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => "the regular expression is too large".to_owned(),
                _ => "the regular expression is not valid".to_owned(),
            })?;
        let global = flags.contains('g');
        let sticky = flags.contains('y');
        let flags = "gimy".chars().filter(|flag| flags.contains(*flag)).collect();
        Ok(Self { regex, source: pattern.to_owned(), flags, global, sticky })
    }
}

impl std::fmt::Display for JsRegex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.source.is_empty() {
            return write!(f, "/(?:)/{}", self.flags);
        }
        f.write_str("/")?;
        for char in self.source.chars() {
            match char {
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\u{2028}' => f.write_str("\\u2028")?,
                '\u{2029}' => f.write_str("\\u2029")?,
                other => write!(f, "{other}")?,
            }
        }
        write!(f, "/{}", self.flags)
    }
}
