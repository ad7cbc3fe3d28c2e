//! Whether a template's file can be read at all.

use std::path::Path;
use std::sync::Arc;

use catalog_gen::YamlError;

use super::finding::Findings;
use super::rule::{Area, Example, Level, Rule};
use super::source::{Place, Source};

/// The largest template that is linted.
pub(super) const MAX_TEMPLATE_BYTES: usize = 4 * 1024 * 1024;

/// The rules of this area.
pub(super) static RULES: [&Rule; 3] = [&YAML_INVALID, &NOT_UTF8, &TEMPLATE_TOO_LARGE];

static YAML_INVALID: Rule = Rule {
    id: "yaml-invalid",
    title: "The file is not YAML",
    level: Level::Error,
    area: Area::Files,
    text: "Backstage cannot read the file, so none of its entities are there. Nothing else is said about a \
           document that cannot be read.",
    bad: Example::of(
        "\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: example
  name: again
",
    ),
    good: Example::of(
        "\
steps:
  - id: log
    name: Log
    action: debug:log
",
    ),
};

static NOT_UTF8: Rule = Rule {
    id: "not-utf8",
    title: "The file is not UTF-8",
    level: Level::Error,
    area: Area::Files,
    text: "YAML is read as UTF-8. Bytes of another encoding are damaged, or keep the file from being read. Save \
           the file as UTF-8.",
    bad: Example::of(""),
    good: Example::of(""),
};

static TEMPLATE_TOO_LARGE: Rule = Rule {
    id: "template-too-large",
    title: "The file is larger than any template",
    level: Level::Error,
    area: Area::Files,
    text: "A template is a form and a list of steps. Files over 4 MiB are not looked at. Move what makes it \
           large into files of the skeleton.",
    bad: Example::of(""),
    good: Example::of(""),
};

/// The text of a file, or why there is none. The name is the one that people see.
pub(super) fn read(path: &Path, name: &str, findings: &mut Findings) -> Option<Arc<Source>> {
    let about = |rule, message: String, mend: &str, findings: &mut Findings| {
        let source = Source::new(name, path, "");
        findings.add(rule, Place::new(&source, 0..0), message, mend);
    };
    let size = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    if size > u64::try_from(MAX_TEMPLATE_BYTES).unwrap_or(u64::MAX) {
        let message =
            format!("the file has {size} bytes; templates up to {MAX_TEMPLATE_BYTES} are looked at");
        about(&TEMPLATE_TOO_LARGE, message, "move large texts into files of the skeleton", findings);
        return None;
    }
    let bytes = std::fs::read(path).ok()?;
    match String::from_utf8(bytes) {
        Ok(text) => Some(Source::new(name, path, text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let source = Source::new(name, path, text);
            let message = "from here on the bytes are not UTF-8";
            findings.add(&NOT_UTF8, Place::new(&source, at..at + 1), message, "save the file as UTF-8");
            None
        }
    }
}

/// Tells a document that cannot be read.
pub(super) fn broken(source: &Arc<Source>, error: &YamlError, findings: &mut Findings) {
    let line = source.line_range(error.line);
    let text = source.text.get(line.clone()).unwrap_or_default();
    let column = text.char_indices().nth(error.column.saturating_sub(1)).map_or(0, |(at, _)| at);
    let start = line.start + column;
    let end = start + text.get(column..).map_or(0, |rest| rest.trim_end().len());
    let (message, mend) = match error.message.split_once("; ") {
        Some((message, mend)) => (message, mend),
        None => (error.message.as_str(), "correct the YAML here, or in the lines above"),
    };
    findings.add(&YAML_INVALID, Place::new(source, start..end), message, mend);
}
