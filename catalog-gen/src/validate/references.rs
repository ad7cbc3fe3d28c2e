//! The references that an entity holds: to other entities, and to where it came from.
//!
//! Every reference must be readable, or Backstage drops the whole entity although its schema fits. Whether the
//! target exists is not asked.

use serde_json::{Map, Value};

use super::{Report, below};
use crate::{EntityRef, RefError};

const LOCATION_ANNOTATIONS: [&str; 2] =
    ["backstage.io/managed-by-location", "backstage.io/managed-by-origin-location"];

/// Checks a text, or each text of a list, as a reference. Values of other types have been reported already.
pub(super) fn check(
    path: &str,
    value: &Value,
    implied_kind: Option<&str>,
    namespace: Option<&str>,
    report: &mut Report,
) {
    match value {
        Value::String(text) => check_one(path, text, implied_kind, namespace, report),
        Value::Array(items) => {
            for (at, text) in items.iter().enumerate().filter_map(|(at, item)| Some((at, item.as_str()?))) {
                check_one(&format!("{path}[{at}]"), text, implied_kind, namespace, report);
            }
        }
        _ => {}
    }
}

fn check_one(path: &str, text: &str, kind: Option<&str>, namespace: Option<&str>, report: &mut Report) {
    match EntityRef::parse_with(text, kind, namespace.filter(|namespace| !namespace.is_empty())) {
        Ok(_) | Err(RefError::Empty) => {}
        Err(error @ RefError::MissingKind { .. }) => {
            report.add(path, "reference.kind-missing", error.to_string())
        }
        Err(error @ RefError::EmptyPart { .. }) => report.add(path, "reference.form", error.to_string()),
    }
}

/// Checks the annotations that say where an entity came from, if it has them: `type:target`.
pub(super) fn check_locations(root: &Map<String, Value>, report: &mut Report) {
    let annotations = root.get("metadata").and_then(|metadata| metadata.get("annotations"));
    for key in LOCATION_ANNOTATIONS {
        let Some(text) = annotations.and_then(|annotations| annotations.get(key)).and_then(Value::as_str)
        else {
            continue;
        };
        if let Some(mend) = location_fault(text) {
            let message = format!("`{}` is not a location; {mend}", text.escape_debug());
            report.add(&below("metadata.annotations", key), "reference.location", message);
        }
    }
}

fn location_fault(text: &str) -> Option<&'static str> {
    match text.split_once(':') {
        None | Some(("", _) | (_, "")) => Some("write `url:https://…` or another `type:target`"),
        Some(("http" | "https", _)) => Some("write `url:` in front of it"),
        Some((_, target)) if runs_script(target) => {
            Some("a target may not be a script; write the page's address")
        }
        Some(_) => None,
    }
}

/// Would a browser read the target as `javascript:`, looking through blanks and control characters?
fn runs_script(target: &str) -> bool {
    let squeezed: String =
        target.chars().filter(|c| !c.is_control() && !c.is_whitespace()).take(11).collect();
    squeezed.eq_ignore_ascii_case("javascript:")
}
