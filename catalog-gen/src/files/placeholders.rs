//! Files that placeholders such as `$text` name.
//!
//! Only those of the same repository are looked for; Backstage reads no others for an entity from a repository.

use serde_json::Value;

use super::locations::{Aim, aim, moved};
use super::{CatalogFile, Scope};
use crate::Finding;
use crate::report::locate;
use crate::validate::{below, placeholder};

/// The most placeholders of a document that are looked at.
const MOST: usize = 1_000;

/// A placeholder of an entity.
pub(crate) struct Placeholder<'v> {
    /// The path of its field, such as `spec.definition`.
    pub(crate) field: String,
    /// Its key, such as `$text`.
    pub(crate) key: &'v str,
    /// What it names.
    pub(crate) target: &'v Value,
}

/// All placeholders of a value.
pub(crate) fn placeholders(value: &Value) -> Vec<Placeholder<'_>> {
    let mut found = Vec::new();
    visit(String::new(), value, &mut found);
    found
}

fn visit<'v>(path: String, value: &'v Value, found: &mut Vec<Placeholder<'v>>) {
    if found.len() >= MOST {
        return;
    }
    if let Some((key, target)) = placeholder(value) {
        found.push(Placeholder { field: path, key, target });
        return;
    }
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields.iter().filter(|(_, inner)| inner.is_object() || inner.is_array()) {
                visit(below(&path, key), inner, found);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate().filter(|(_, item)| item.is_object() || item.is_array())
            {
                visit(format!("{path}[{at}]"), item, found);
            }
        }
        _ => {}
    }
}

/// Tells of placeholders that name no file.
pub(super) fn check(file: &CatalogFile, scope: &Scope<'_>, findings: &mut Vec<Finding>) {
    for document in &file.documents {
        for Placeholder { field, key, target } in placeholders(&document.value) {
            let Some((message, mend)) = fault(file, scope, key, target) else { continue };
            let path = below(&field, key);
            let range = locate(&document.value, &document.placed, &path).value_or_key();
            let finding = file.source.finding("placeholder.target", range, message, mend);
            findings.push(finding.about(document.name(), path));
        }
    }
}

fn fault(file: &CatalogFile, scope: &Scope<'_>, key: &str, target: &Value) -> Option<(String, String)> {
    let Some(target) = target.as_str() else {
        return Some((
            format!("`{key}` names no file"),
            "write the path of one, relative to this file".to_owned(),
        ));
    };
    match aim(&file.path, target) {
        Aim::Elsewhere => None,
        Aim::Outside | Aim::Many(_) => {
            let message = format!("`{key}: {target}` does not lead to a file of this repository");
            Some((message, "write the path of one, relative to this file".to_owned()))
        }
        Aim::File(path) if scope.is_file(&path) => None,
        Aim::File(path) => {
            let message = format!("`{key}: {target}` is not there: the repository has no `{path}`");
            Some((message, moved(scope, &path)))
        }
    }
}
