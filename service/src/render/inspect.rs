//! What a text of a template refers to, with Backstage's filters known; nothing is rendered.
//!
//! The one door of `lint` to the template language: step values and skeleton files are parsed in the very
//! environments that render them, so that a name is unknown here exactly when it would be unknown there. The
//! invariant: the places it gives are bytes of the text it was given.

use catalog_gen::{Entry, FileTree, TreePath};
use nunjucks::{Context, Environment, Inspection, Syntax};

use super::binary::is_binary;
use super::filters;
use super::globs::CopyGlobs;
use super::tree::TreeOptions;

/// Functions that the `if` of a step can call beside those of the language.
pub const CONDITION_FUNCTIONS: [&str; 2] = ["always", "failure"];

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong with it.
    pub message: String,
    /// The byte at which it is wrong.
    pub at: usize,
}

/// Parses texts of one kind: step values, or the files of a skeleton.
#[derive(Debug)]
pub struct Inspector {
    environment: Environment,
    open: &'static str,
}

impl Inspector {
    /// For the values of steps.
    pub fn values() -> Self {
        Self::new(Syntax::backstage(), "${{", |builder| builder)
    }

    /// For files that `fetch:template` renders with these options.
    pub fn files(options: &TreeOptions) -> Self {
        let (syntax, open) = if options.cookiecutter_compat {
            (Syntax::cookiecutter(), "{{")
        } else {
            (Syntax::backstage(), "${{")
        };
        Self::new(syntax, open, |builder| {
            builder.trim_blocks(options.trim_blocks).lstrip_blocks(options.lstrip_blocks)
        })
    }

    fn new(
        syntax: Syntax,
        open: &'static str,
        with: impl FnOnce(nunjucks::EnvironmentBuilder) -> nunjucks::EnvironmentBuilder,
    ) -> Self {
        let builder = filters::register(Environment::builder(syntax), &[]);
        Self { environment: with(builder).build(), open }
    }

    /// Whether the text holds anything to render.
    pub fn has_tag(&self, text: &str) -> bool {
        text.contains('{') && [self.open, "{%", "{#"].iter().any(|mark| text.contains(mark))
    }

    /// What the text refers to.
    pub fn inspect(&self, text: &str) -> Result<Inspection, Unreadable> {
        let template = self.environment.parse(text).map_err(|error| Unreadable {
            message: error.kind().to_string(),
            at: offset(text, error.line(), error.column()),
        })?;
        Ok(template.inspect(&self.environment))
    }

    /// Whether a text that refers to nothing comes out as something true; nothing if it fails.
    pub fn truth(&self, text: &str) -> Option<bool> {
        let template = self.environment.parse(text).ok()?;
        let value = template.evaluate(&self.environment, &Context::new()).ok()?;
        Some(value.as_array().map_or_else(|| value.is_truthy(), |items| !items.is_empty()))
    }

    /// The functions, or the methods of values, that a text can call.
    pub fn callables(&self, method: bool) -> Vec<&str> {
        nunjucks::callable_names(method, &self.environment)
    }
}

/// The byte at a line and a column, both from 1, the column in UTF-16 units.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut units = 1;
    for (at, c) in text.get(start..).unwrap_or_default().char_indices() {
        if units >= column {
            return start + at;
        }
        units += c.len_utf16();
    }
    text.len()
}

/// Whether `fetch:template` copies a file with these contents instead of rendering it.
pub fn is_copied_binary(bytes: &[u8]) -> bool {
    is_binary(bytes)
}

/// Which files of a skeleton keep their contents: the patterns of `copyWithoutTemplating`.
#[derive(Debug, Default)]
pub struct Copies(CopyGlobs);

impl Copies {
    /// Reads patterns for a skeleton that has these files; the message says which cannot be read and why.
    pub fn new<'p>(patterns: &[String], files: impl Iterator<Item = &'p str>) -> Result<Self, String> {
        if patterns.is_empty() {
            return Ok(Self::default());
        }
        let mut skeleton = FileTree::new();
        for path in files.filter_map(|path| TreePath::parse(path).ok()) {
            // A path that no tree takes is no file that can be copied.
            let _ = skeleton.insert(path, Entry::file(""));
        }
        CopyGlobs::new(patterns, &skeleton).map(Self).map_err(|error| error.message)
    }

    /// Are the contents of this file copied as they are?
    pub fn contains(&self, path: &str) -> bool {
        TreePath::parse(path).is_ok_and(|path| self.0.contains(&path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_of_backstage_are_known() {
        let found =
            Inspector::values().inspect("${{ parameters.repoUrl | parseRepoUrl | pick('owner') }}").unwrap();

        assert!(found.filters.iter().all(|filter| filter.known));
        assert_eq!(found.references[0].root, "parameters");
    }

    #[test]
    fn a_text_that_is_no_template_tells_the_byte() {
        let text = "ä😀\n${{ a + }}";
        let fault = Inspector::values().inspect(text).unwrap_err();

        assert_eq!(&text[fault.at..], "}}");
    }

    #[test]
    fn files_can_have_the_marks_of_cookiecutter() {
        let options = TreeOptions { cookiecutter_compat: true, ..TreeOptions::default() };
        let inspector = Inspector::files(&options);

        assert!(inspector.has_tag("{{ cookiecutter.name }}"));
        assert!(!Inspector::values().has_tag("{{ cookiecutter.name }}"));
        assert_eq!(inspector.inspect("{{ cookiecutter.name }}").unwrap().references[0].root, "cookiecutter");
    }

    #[test]
    fn copied_files_are_told_by_their_patterns() {
        let files = ["docs/a.md", "b.md"];
        let copies = Copies::new(&["docs".to_owned()], files.into_iter()).unwrap();

        assert_eq!(files.map(|file| copies.contains(file)), [true, false]);
        let refused = Copies::new(&["a/!(b)".to_owned()], files.into_iter()).unwrap_err();
        assert!(refused.contains("not supported"), "{refused}");
    }
}
