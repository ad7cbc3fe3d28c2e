//! Which files `copyWithoutTemplating` names.
//!
//! Patterns mean what they mean to the stock backend's `globby`: `*` and `?` stay within a segment and match
//! names with a dot in front too, `**` crosses segments, a pattern that is a folder's name stands for all that
//! is in it, and a pattern with `!` in front takes away from those before it. Extended patterns such as `@(a|b)`
//! and ranges such as `{1..3}` are refused. The invariant: a pattern is understood, or it is an error.

use catalog_gen::{FileTree, TreePath};
use globset::{Glob, GlobBuilder, GlobMatcher};

use super::RenderError;

/// The name of the input, for errors.
const INPUT: &str = "copyWithoutTemplating";

/// Patterns, ready to match paths of one skeleton.
#[derive(Debug, Default)]
pub(super) struct CopyGlobs {
    rules: Vec<Rule>,
}

#[derive(Debug)]
enum Rule {
    Take(GlobMatcher),
    Leave(GlobMatcher),
}

impl CopyGlobs {
    /// Reads patterns for a skeleton.
    pub(super) fn new(patterns: &[String], skeleton: &FileTree) -> Result<Self, RenderError> {
        let rules = patterns.iter().map(|pattern| Rule::new(pattern, skeleton)).collect::<Result<_, _>>()?;
        Ok(Self { rules })
    }

    /// Is the file to be copied? A pattern takes away only from what earlier patterns took.
    pub(super) fn contains(&self, path: &TreePath) -> bool {
        let mut later = self.rules.iter();
        while let Some(rule) = later.next() {
            let taken = matches!(rule, Rule::Take(glob) if glob.is_match(path.as_str()));
            if taken && !later.clone().any(|rule| rule.leaves(path)) {
                return true;
            }
        }
        false
    }
}

impl Rule {
    fn new(pattern: &str, skeleton: &FileTree) -> Result<Self, RenderError> {
        let (text, leaves) = match pattern.strip_prefix('!') {
            Some(rest) => (rest, true),
            None => (pattern, false),
        };
        let text = text.strip_prefix("./").unwrap_or(text);
        if let Some(reason) = unsupported(text) {
            let message = format!("the pattern `{pattern}` {reason}");
            return Err(RenderError::about(INPUT, message));
        }
        let folder = match TreePath::resolve(None, text) {
            Ok(Some(path)) if skeleton.is_dir(&path) => Some(format!("{path}/**")),
            Ok(None) => Some("**".to_owned()),
            _ => None,
        };
        let text = folder.as_deref().filter(|_| !leaves).unwrap_or(text);
        let glob = compile(text).map_err(|error| {
            let message = format!("the pattern `{pattern}` cannot be read: {}; mend it", error.kind());
            RenderError::about(INPUT, message)
        })?;
        let matcher = glob.compile_matcher();
        Ok(if leaves { Self::Leave(matcher) } else { Self::Take(matcher) })
    }

    /// Does the rule take the file away, itself or with a folder above it?
    fn leaves(&self, path: &TreePath) -> bool {
        let Self::Leave(glob) = self else { return false };
        let text = path.as_str();
        let folders = text.match_indices('/').filter_map(|(end, _)| text.get(..end));
        folders.chain([text]).any(|part| glob.is_match(part))
    }
}

fn compile(text: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(text).literal_separator(true).backslash_escape(true).empty_alternates(true).build()
}

/// What `globby` understands and this does not.
fn unsupported(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("is empty; write a path or a glob such as `docs/**`");
    }
    let mut before = ' ';
    let mut escaped = false;
    for c in text.chars() {
        if !escaped && c == '(' && matches!(before, '@' | '!' | '+' | '*' | '?') {
            return Some("is an extended glob; write alternatives as `{a,b}`");
        }
        escaped = !escaped && c == '\\';
        before = c;
    }
    let ranges = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    if ranges.into_iter().any(|(inside, _)| inside.contains("..")) {
        return Some("has a range; list the alternatives as `{1,2,3}`");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalog_gen::Entry;

    const FILES: &[&str] = &[
        "README.md",
        ".env",
        ".github/workflows/ci.yml",
        ".github/workflows/deep/cd.yml",
        "docs/a.md",
        "docs/img/b.png",
        "src/main.rs",
    ];

    fn copied(patterns: &[&str]) -> Result<Vec<&'static str>, RenderError> {
        let mut skeleton = FileTree::new();
        for file in FILES {
            skeleton.insert(TreePath::parse(file).unwrap(), Entry::file("")).unwrap();
        }
        let patterns: Vec<String> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        let globs = CopyGlobs::new(&patterns, &skeleton)?;
        let taken = |file: &&&str| globs.contains(&TreePath::parse(file).unwrap());
        Ok(FILES.iter().filter(taken).copied().collect())
    }

    /// The answers are those of `globby` 11.1 with the stock backend's options.
    #[test]
    fn patterns_mean_what_they_mean_to_the_stock_backend() {
        let cases: &[(&[&str], &[&str])] = &[
            (&["*"], &["README.md", ".env"]),
            (&["**"], FILES),
            (&["**/*.md"], &["README.md", "docs/a.md"]),
            (&["*.md"], &["README.md"]),
            (&["docs"], &["docs/a.md", "docs/img/b.png"]),
            (&["docs/"], &["docs/a.md", "docs/img/b.png"]),
            (&["./docs"], &["docs/a.md", "docs/img/b.png"]),
            (&["docs/*"], &["docs/a.md"]),
            (&["d*"], &[]),
            (&[".github/**"], &[".github/workflows/ci.yml", ".github/workflows/deep/cd.yml"]),
            (&[".github/*.yml"], &[]),
            (&["**/workflows/*"], &[".github/workflows/ci.yml"]),
            (&["{docs,src}/**"], &["docs/a.md", "docs/img/b.png", "src/main.rs"]),
            (&["**", "!docs"], &["README.md", ".env", FILES[2], FILES[3], "src/main.rs"]),
            (&["!docs/**", "**/*.md"], &["README.md", "docs/a.md"]),
            (&["**/*.md", "!docs/**"], &["README.md"]),
            (&["**/*.md", "!docs/**", "docs/a.md"], &["README.md", "docs/a.md"]),
            (&["/README.md"], &[]),
            (&["readme.md"], &[]),
            (&["src/mai?.rs", "[R]EADME.md"], &["README.md", "src/main.rs"]),
        ];
        for (patterns, files) in cases {
            assert_eq!(copied(patterns).unwrap(), *files, "{patterns:?}");
        }
    }

    #[test]
    fn a_pattern_that_is_not_understood_is_an_error_that_shows_it() {
        for pattern in ["", "@(a|b)", "a{1..3}", "[a", "+(x).md"] {
            let error = copied(&[pattern]).unwrap_err();
            assert!(error.to_string().contains(&format!("`{pattern}`")), "{error}");
        }
    }
}
