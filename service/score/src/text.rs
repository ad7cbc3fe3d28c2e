//! A YAML document and the places of its parts.
//!
//! It reads one document and says on which line a part of it stands; what the parts mean is not asked. The
//! invariant: a path that is not in the document has the place of the deepest part of it that is.

use catalog_gen::{Placed, parse_documents_placed};
use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use crate::{Fault, Faults};

/// One document with its places.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    file: String,
    text: String,
    places: Placed,
    /// What it says.
    pub(crate) value: Value,
}

impl Text {
    /// Reads the only document of a text.
    pub(crate) fn read(file: &str, text: &str) -> Result<Self, Faults> {
        let fault = |line, column, message: String| {
            let path = String::new();
            Faults::from(Fault { file: file.to_owned(), line, column, path, message })
        };
        let mut documents = parse_documents_placed(text).into_iter();
        let (document, places) = match documents.next() {
            Some(Ok(read)) => read,
            Some(Err(error)) => return Err(fault(error.line, error.column, error.message)),
            None => return Err(fault(1, 1, "the file is empty".to_owned())),
        };
        if let Some(more) = documents.next() {
            let line = more.map_or_else(|error| error.line, |(document, _)| document.line);
            return Err(fault(line, 1, "a second document begins here; keep one in this file".to_owned()));
        }
        Ok(Self { file: file.to_owned(), text: text.to_owned(), places, value: document.value })
    }

    /// A fault at the part that these keys lead to; a number leads into a list.
    pub(crate) fn fault(&self, path: &[&str], message: impl Into<String>) -> Fault {
        let (line, column) = self.place(path);
        Fault { file: self.file.clone(), line, column, path: path.join("."), message: message.into() }
    }

    /// Holds the document against a schema: all that does not fit.
    pub(crate) fn check(&self, schema: &Validator) -> Result<(), Faults> {
        let mut faults: Vec<Fault> = Vec::new();
        for error in schema.iter_errors(&self.value) {
            let pointer = error.instance_path().as_str().to_owned();
            let keys = pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~"));
            let mut keys: Vec<String> = keys.collect();
            let mut message = error.to_string();
            if let ValidationErrorKind::AdditionalProperties { unexpected } = error.kind() {
                keys.extend(unexpected.first().cloned());
                message = "this key is not known here; see to its spelling and its place".to_owned();
            }
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            let fault = self.fault(&keys, message);
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        }
        faults.sort_by_key(|fault| (fault.line, fault.column));
        if faults.is_empty() { Ok(()) } else { Err(Faults(faults)) }
    }

    fn place(&self, path: &[&str]) -> (usize, usize) {
        let (mut value, mut place) = (&self.value, &self.places);
        let mut start = place.range().start;
        for key in path {
            let next = match value {
                Value::Object(map) => {
                    let at = map.keys().position(|name| name == key);
                    at.and_then(|at| {
                        let (name, inner) = place.member(at)?;
                        Some((map.get(*key)?, inner, name.start))
                    })
                }
                Value::Array(items) => key.parse::<usize>().ok().and_then(|at| {
                    let inner = place.item(at)?;
                    Some((items.get(at)?, inner, inner.range().start))
                }),
                _ => None,
            };
            let Some((inner, inner_place, begins)) = next else { break };
            (value, place, start) = (inner, inner_place, begins);
        }
        let before = self.text.get(..start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }
}
