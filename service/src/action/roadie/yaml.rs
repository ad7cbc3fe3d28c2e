//! YAML as the actions of this family read and write it.
//!
//! What is written here is, byte for byte, what the library of the original writes for the same data and options:
//! templates of others depend on it. Work is bounded by the size of the text and of the data.

mod compose;
mod fold;
mod keep;
mod model;
mod options;
mod scalar;
mod write;

use catalog_gen::parse_documents;
use serde_json::Value;

pub(super) use options::{Options, options_schema};

use compose::NotKept;
use model::Document;

use super::merge::{Lists, merged};
use crate::action::ActionError;

/// The data of a text's only document; nothing for an empty text. `what` names the text in messages.
pub(super) fn read(what: &str, text: &str) -> Result<Value, ActionError> {
    let mut all = read_all(what, text)?.into_iter();
    let first = all.next().unwrap_or(Value::Null);
    if all.next().is_some() {
        return Err(ActionError::Input(format!(
            "{what} holds several documents of YAML where one is read; split it, or read it with all its documents"
        )));
    }
    Ok(first)
}

/// The data of each document of a text.
pub(super) fn read_all(what: &str, text: &str) -> Result<Vec<Value>, ActionError> {
    let broken = |error| ActionError::Input(format!("{what} is not YAML: {error}; correct it"));
    parse_documents(text).into_iter().map(|one| one.map(|document| document.value).map_err(broken)).collect()
}

/// Data as one document.
pub(super) fn write(value: &Value, options: &Options) -> Result<String, ActionError> {
    write::document(&Document::of(value), &options.settings()?)
}

/// A text of one document with `content` merged into it, comments and all; or why that is impossible.
pub(super) fn merge_keeping(
    text: &str,
    content: Option<Value>,
    lists: Lists,
    options: &Options,
) -> Result<Result<String, String>, ActionError> {
    let settings = options.settings()?;
    let data = match read("it", text) {
        Ok(data) => data,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let wanted = match content {
        Some(content) => merged(data.clone(), content, lists)?,
        None => data.clone(),
    };
    // As in the original, comments lose the blanks at their ends when something changes.
    match compose::document(text, wanted != data) {
        Err(NotKept(why)) => Ok(Err(why)),
        Ok(mut document) => {
            keep::merge(&mut document, &data, &wanted);
            write::document(&document, &settings).map(Ok)
        }
    }
}

/// The parts of a text between lines of `---`, but for those that hold nothing.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for line in text.split_inclusive('\n') {
        match (line.trim_end() == "---", parts.last_mut()) {
            (false, Some(part)) => part.push_str(line),
            _ => parts.push(String::new()),
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}
