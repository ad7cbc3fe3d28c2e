//! Reading YAML as Backstage reads it: several documents in one text, with the words of YAML 1.2.
//!
//! For `catalog-info.yaml` files and templates alike. It knows nothing of entities and writes no YAML. Each
//! document is read for itself, so a broken one does not hide its neighbours. The invariant: work and memory
//! are bounded by the size of the text, whatever its anchors say.
//!
//! What is read as in YAML 1.2's core schema: only `true`, `false` and `null` in their usual letter cases and
//! `~` are more than text; dates, `yes`, `no`, `on` and `off` are text; `012` is twelve, `0o14` and `0xC` are
//! twelve too; merge keys (`<<`) are plain keys; a key that occurs twice is an error. As in JSON written by
//! JavaScript, a number without a fraction is an integer (`1.0` is `1`), `.inf` and `.nan` are `null`, and keys
//! are text. Tags of one's own are looked through.
//!
//! What is read otherwise, because the parser gives no sight of it or follows the older grammar: `0b11` and
//! signed hexadecimal and octal numbers are numbers here and text there; integers up to 64 bits stay exact here
//! and are rounded there; a number too large for 64-bit floats is text here and `null` there; a list or mapping
//! used as a key is written as JSON, and an infinite number as nothing; the tags `!!binary`, `!!float` and `!!set` are
//! looked through; control characters in text, and a directive without a document, are errors here; a closing bracket at
//! the start of a line is taken here and refused there; an anchor that is set twice in a document with aliases
//! is an error here and takes its last value there.

mod anchors;
mod places;
mod split;
mod value;

use serde_json::Value;

pub use places::{Placed, Writing};

/// The longest text that is read, in bytes.
pub const MAX_YAML_BYTES: usize = 10 * 1024 * 1024;

/// The most documents that are read from one text.
const MAX_DOCUMENTS: usize = 10_000;

/// One document of a YAML text.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Which document of the text it is, from 0; empty documents are counted although they are left out.
    pub index: usize,
    /// The line on which its content begins, from 1.
    pub line: usize,
    /// What it says, with the keys in the order they were written.
    pub value: Value,
}

/// Why a document could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct YamlError {
    /// The line in the whole text, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong, and what to do about it.
    pub message: String,
}

/// Reads every document of a text, in order. Empty documents are left out; one that cannot be read is an error
/// of its own, and the documents around it are still read. A text over [`MAX_YAML_BYTES`],
/// or of more than 10,000 documents, is one error.
pub fn parse_documents(text: &str) -> Vec<Result<Document, YamlError>> {
    documents(text, |_, document| document)
}

/// The same, with the place in the text of every key and value.
pub fn parse_documents_placed(text: &str) -> Vec<Result<(Document, Placed), YamlError>> {
    documents(text, |part, document| {
        let base = part.text.as_ptr().addr() - text.as_ptr().addr();
        let places = places::read(part.text, base);
        (document, places.unwrap_or_else(|| Placed::whole(base..base + part.text.len())))
    })
}

fn documents<T>(text: &str, finish: impl Fn(&split::Part<'_>, Document) -> T) -> Vec<Result<T, YamlError>> {
    if text.len() > MAX_YAML_BYTES {
        let message = format!(
            "the text has {} bytes, more than the {MAX_YAML_BYTES} that are read; split it into several files",
            text.len()
        );
        return vec![Err(YamlError { line: 1, column: 1, message })];
    }
    let parts = split::documents(text);
    if let Some(part) = parts.get(MAX_DOCUMENTS) {
        let message =
            format!("the text has more than {MAX_DOCUMENTS} documents; split it into several files");
        return vec![Err(YamlError { line: part.line, column: 1, message })];
    }
    parts
        .into_iter()
        .enumerate()
        .filter_map(|(index, part)| match value::read(part.text) {
            Ok(Value::Null) => None,
            Ok(value) => Some(Ok(finish(&part, Document { index, line: part.content_line(), value }))),
            Err(fault) => Some(Err(part.error(fault))),
        })
        .collect()
}

#[cfg(test)]
mod tests;
