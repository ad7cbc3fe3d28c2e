//! The short way for texts with nothing but plain tags.
//!
//! Parsing a file with Handlebars takes far longer than rendering it, and most files of a skeleton hold a few
//! tags such as `{{name}}` or `{{snakeCase name}}`, the same ones over and over. Those change nothing around
//! them: no block, partial, comment, white-space mark or escape is involved. So each distinct tag is rendered
//! once, by Handlebars itself, and its text is put in everywhere. Whatever is not clearly of this kind, or fails,
//! goes the long way. The invariant: both ways give the same text.

use std::collections::HashMap;

use handlebars::Template;
use handlebars::template::TemplateElement;

use super::budget::OUTPUT_BYTES;
use super::{Language, Rendered};

/// The longest tag that is remembered.
const TAG_BYTES: usize = 200;

/// Tags that were rendered already. A tag that needs the long way has none.
#[derive(Default)]
pub(super) struct Tags {
    known: HashMap<String, Option<Rendered>>,
    bytes: usize,
}

impl Tags {
    /// The rendered text; nothing if it needs the long way.
    pub(super) fn render(&mut self, language: &Language, text: &str) -> Option<Rendered> {
        let mut out = Rendered { text: String::with_capacity(text.len() + 64), secret: false };
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            let (before, tail) = (rest.get(..start)?, rest.get(start..)?);
            let end = tail.find("}}")? + 2;
            let (tag, after) = (tail.get(..end)?, tail.get(end..)?);
            if before.ends_with('\\') {
                return None;
            }
            let rendered = self.tag(language, tag)?;
            if out.text.len() + before.len() + rendered.text.len() > OUTPUT_BYTES {
                return None;
            }
            out.text.push_str(before);
            out.text.push_str(&rendered.text);
            out.secret |= rendered.secret;
            rest = after;
        }
        out.text.push_str(rest);
        (out.text.len() <= OUTPUT_BYTES).then_some(out)
    }

    fn tag(&mut self, language: &Language, tag: &str) -> Option<&Rendered> {
        if !self.known.contains_key(tag) {
            let rendered =
                Some(tag).filter(|tag| is_plain(tag)).and_then(|tag| language.render(tag, tag).ok());
            self.bytes += tag.len() + rendered.as_ref().map_or(0, |rendered| rendered.text.len());
            if self.bytes > OUTPUT_BYTES {
                self.known.clear();
                self.bytes = 0;
                return None;
            }
            self.known.insert(tag.to_owned(), rendered);
        }
        self.known.get(tag)?.as_ref()
    }
}

/// Is the tag one expression, whatever stands around it?
fn is_plain(tag: &str) -> bool {
    let inside = tag.get(2..tag.len().saturating_sub(2)).unwrap_or_default();
    let harmless = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '@' | '"' | '(' | ')' | '=')
    };
    tag.len() <= TAG_BYTES
        && inside.chars().all(harmless)
        && Template::compile(tag)
            .is_ok_and(|template| matches!(template.elements.as_slice(), [TemplateElement::Expression(_)]))
}
