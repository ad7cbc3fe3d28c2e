//! Which files `copyWithoutTemplating` names.
//!
//! Patterns mean what they mean to the stock backend's `globby`: `*` and `?` stay within a segment and match
//! names with a dot in front too, `**` crosses segments, a pattern that is a folder's name stands for all that
//! is in it, and a pattern with `!` in front takes away from those before it. What a single pattern matches
//! stands in [`pattern`]. The invariant: a pattern is understood, or it is an error.

mod braces;
mod pattern;
mod translate;

use catalog_gen::{Entry, FileTree, Follow, TreePath};

use self::braces::expand;
use self::pattern::Pattern;
use super::RenderError;

/// The name of the input, for errors.
const INPUT: &str = "copyWithoutTemplating";

/// Patterns, ready to match paths of one skeleton.
#[derive(Debug, Default)]
pub(super) struct CopyGlobs {
    rules: Vec<Rule>,
}

/// Patterns of one input line, which stands for several if it has braces.
#[derive(Debug)]
enum Rule {
    Take(Vec<Pattern>),
    Leave(Vec<Pattern>),
}

impl CopyGlobs {
    /// Reads patterns for a skeleton.
    pub(super) fn new(patterns: &[String], skeleton: &FileTree) -> Result<Self, RenderError> {
        let rule = |pattern: &String| {
            Rule::new(pattern, skeleton).map_err(|reason| {
                RenderError::about(INPUT, format!("the pattern `{pattern}` cannot be used: {reason}"))
            })
        };
        Ok(Self { rules: patterns.iter().map(rule).collect::<Result<_, _>>()? })
    }

    /// Is the file to be copied? A pattern takes away only from what earlier patterns took.
    pub(super) fn contains(&self, path: &TreePath) -> bool {
        let path = path.as_str();
        let mut later = self.rules.iter();
        while let Some(rule) = later.next() {
            let Rule::Take(patterns) = rule else { continue };
            let taken = |pattern: &&Pattern| {
                pattern.finds(path) && !later.clone().any(|rule| rule.leaves(path, pattern.base()))
            };
            if patterns.iter().any(|pattern| taken(&pattern)) {
                return true;
            }
        }
        false
    }
}

impl Rule {
    fn new(line: &str, skeleton: &FileTree) -> Result<Self, String> {
        if let Some(rest) = line.strip_prefix('!') {
            return Ok(Self::Leave(read(rest)?));
        }
        if let Some(folder) = folder(line, skeleton) {
            return Ok(Self::Take(vec![Pattern::below(folder.as_ref().map(TreePath::as_str))]));
        }
        let patterns = read(line)?;
        for literal in patterns.iter().filter_map(Pattern::literal) {
            if passes_a_file(literal, skeleton) {
                return Err(format!("`{}` is a file; write its name alone", literal.trim_end_matches('/')));
            }
        }
        Ok(Self::Take(patterns))
    }

    /// Does the rule take away the file, or a folder above it that is looked into? The folder `base`, where a
    /// pattern's search starts, and those above it are not asked.
    fn leaves(&self, path: &str, base: Option<&str>) -> bool {
        let Self::Leave(patterns) = self else { return false };
        let Some(base) = base else { return patterns.iter().any(|pattern| pattern.fits(path)) };
        let folders = || path.match_indices('/').filter_map(|(end, _)| path.get(..end));
        let below = |folder: &&str| folder.len() > base.len();
        patterns.iter().any(|pattern| {
            pattern.fits(path)
                || (pattern.closes_folders() && folders().filter(below).any(|folder| pattern.fits(folder)))
        })
    }
}

fn read(line: &str) -> Result<Vec<Pattern>, String> {
    expand(line)?.iter().map(|text| Pattern::new(text)).collect()
}

/// The folder that the line names, also through a link; the inner `None` is the skeleton itself.
fn folder(line: &str, skeleton: &FileTree) -> Option<Option<TreePath>> {
    match TreePath::resolve(None, line) {
        Ok(None) => Some(None),
        Ok(Some(path)) => match skeleton.follow(&path, Follow::All) {
            Ok(Some(aim)) if skeleton.is_dir(&aim) => Some(Some(path)),
            _ => None,
        },
        Err(_) => None,
    }
}

/// Does a plain path take a file for a folder?
fn passes_a_file(literal: &str, skeleton: &FileTree) -> bool {
    let Ok(Some(path)) = TreePath::resolve(None, literal) else { return false };
    let is_file = |path: &TreePath| matches!(skeleton.get(path), Some(Entry::File(_)));
    (literal.ends_with('/') && is_file(&path))
        || std::iter::successors(path.parent(), TreePath::parent).any(|folder| is_file(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            (&["sr?/**"], &[]),
            (&["./README.md", "./docs/*"], &[]),
            (&["./*.md"], &["README.md"]),
            (&["@(docs|src)/*"], &["docs/a.md", "src/main.rs"]),
            (&["docs/**", "!docs"], &["docs/a.md", "docs/img/b.png"]),
            (&["**", "!doc*"], FILES),
            (&["docs/a.md", "!docs"], &["docs/a.md"]),
            (&[""], FILES),
        ];
        for (patterns, files) in cases {
            assert_eq!(copied(patterns).unwrap(), *files, "{patterns:?}");
        }
    }

    #[test]
    fn a_pattern_that_is_not_understood_is_an_error_that_shows_it() {
        for pattern in ["a/!(b)", "(?:a)*", "a|*", "[b-a]*", "README.md/", "README.md/x"] {
            let error = copied(&[pattern]).unwrap_err();
            assert!(error.to_string().contains(&format!("`{pattern}`")), "{error}");
        }
    }
}
