//! Handlebars for Stagecraft's own golden paths: strict, `*.hbs` only, everything else byte for byte.
//!
//! Names are rendered too, when there is a `{{` in them; every other file is copied, so that the `${{ … }}` of
//! workflows and the `{{ … }}` of charts survive. A name that the values do not have is an error with its line
//! and column, nothing is escaped for HTML, and no template can reach another file. A literal `{{` is written
//! `\{{`, or stands in a `{{{{raw}}}}` block. Where a name renders to, and what is skipped or refused, is decided
//! as for `fetch:template`.
//!
//! The invariant: what comes out depends on skeleton and values alone. A file or name is taken for secret when
//! its template names a value that holds a secret, whatever it does with it: that marks too much rather than
//! too little.

mod budget;
mod faults;
mod helpers;
mod secrets;
mod tags;

use catalog_gen::{Entry, File, FileTree, TreePath};
use handlebars::{Context, Handlebars, Template};
use nunjucks::Value as NValue;

use super::RenderError;
use super::crew::{self, Crew};
use super::names::{Verdict, ending, judge};
use super::outcome::{Outcome, RenderedTree};
use budget::Allowance;
use faults::Faults;
use secrets::Secrets;
use tags::Tags;

/// The ending of files that are rendered.
const SUFFIX: &str = ".hbs";

/// Renders a skeleton: contents of `*.hbs` (suffix dropped) and every file name; `values` is the root.
pub fn render_tree(skeleton: &FileTree, values: &NValue) -> Result<RenderedTree, RenderError> {
    render_on(Crew::of_this_machine(), skeleton, &Language::new(values))
}

fn render_on(crew: Crew, skeleton: &FileTree, language: &Language) -> Result<RenderedTree, RenderError> {
    crew::render(skeleton, &[], crew, || {
        let mut worker = Worker { language, tags: Tags::default() };
        move |path: &TreePath, entry: &Entry| worker.entry(path, entry)
    })
}

/// A rendered text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Rendered {
    text: String,
    /// Does its template name a value that holds a secret?
    secret: bool,
}

/// One thread's view of the work.
struct Worker<'w> {
    language: &'w Language,
    tags: Tags,
}

impl Worker<'_> {
    fn entry(&mut self, path: &TreePath, entry: &Entry) -> Result<Outcome, RenderError> {
        let template = match entry {
            Entry::File(file) if ending(path.as_str()) == Some(SUFFIX) => Some(file),
            _ => None,
        };
        let name = match template {
            Some(_) => path.as_str().strip_suffix(SUFFIX).unwrap_or(path.as_str()),
            None => path.as_str(),
        };
        let target = if template.is_none() && !name.contains("{{") {
            path.clone()
        } else {
            let rendered = self.text(path.as_str(), name).map_err(RenderError::in_name)?;
            let verdict = judge(&rendered.text, rendered.secret);
            match verdict.map_err(|message| RenderError::about(path.as_str(), message))? {
                Verdict::At(target) => target,
                Verdict::Skip(reason) => return Ok(Outcome::Skip(reason)),
            }
        };
        let entry = match template {
            Some(file) => Entry::File(self.file(path.as_str(), file)?),
            None => entry.clone(),
        };
        Ok(Outcome::Put(target, entry))
    }

    fn file(&mut self, path: &str, file: &File) -> Result<File, RenderError> {
        let Some(text) = file.text() else {
            let message =
                "its text is not UTF-8, so it cannot be rendered; save it as UTF-8, or drop the `.hbs`";
            return Err(RenderError::about(path, message));
        };
        if !text.contains("{{") {
            return Ok(file.clone());
        }
        let rendered = self.text(path, text)?;
        let sensitive = file.sensitive || rendered.secret;
        Ok(File { bytes: rendered.text.into_bytes().into(), executable: file.executable, sensitive })
    }

    fn text(&mut self, file: &str, text: &str) -> Result<Rendered, RenderError> {
        if !text.contains("{{") {
            return Ok(Rendered { text: text.to_owned(), secret: false });
        }
        match self.tags.render(self.language, text) {
            Some(rendered) => Ok(rendered),
            None => self.language.render(file, text),
        }
    }
}

/// The helpers, and the values in scope.
struct Language {
    registry: Handlebars<'static>,
    scope: Context,
    secrets: Secrets,
    allowance: Allowance,
}

impl Language {
    fn new(values: &NValue) -> Self {
        let json = values.to_json().unwrap_or_else(|| serde_json::Value::Object(serde_json::Map::new()));
        let allowance = Allowance::new(&json);
        Self {
            registry: helpers::registry(),
            scope: Context::from(json),
            secrets: Secrets::new(values),
            allowance,
        }
    }

    /// Renders a text by itself.
    fn render(&self, file: &str, text: &str) -> Result<Rendered, RenderError> {
        let faults = Faults { file, values: self.scope.data(), registry: &self.registry };
        // The parser is another's: if it gives up on a text, that is an error of this text.
        let attempt = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.attempt(&faults, text)));
        attempt
            .unwrap_or_else(|_| Err(RenderError::about(file, "it cannot be read as a Handlebars template")))
    }

    fn attempt(&self, faults: &Faults<'_>, text: &str) -> Result<Rendered, RenderError> {
        budget::check_shape(text).map_err(|message| faults.whole(message))?;
        let mut template = Template::compile(text).map_err(|error| faults.syntax(&error))?;
        let secret = self.secrets.touched_by(&template);
        budget::meter(&mut template).map_err(|message| faults.whole(message))?;
        let text = self
            .allowance
            .render(&template, &self.registry, &self.scope)
            .map_err(|error| faults.rendering(&error))?;
        Ok(Rendered { text, secret })
    }
}

#[cfg(test)]
mod tests;
