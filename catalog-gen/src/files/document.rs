//! What the documents of a file have wrong, each for itself, at its places.

use std::collections::BTreeSet;

use serde_json::Value;

use super::reading::blocked;
use super::{AllowedKind, CatalogFile, DocumentRead, Surroundings};
use crate::report::locate;
use crate::validate::below;
use crate::{Finding, Violation, validate};

/// The most findings about one document.
const MOST: usize = 100;
/// What files may declare where nobody said otherwise.
const STOCK: [&str; 3] = ["Component", "API", "Location"];
/// Annotations that the catalog writes itself.
const RESERVED: [&str; 3] =
    ["backstage.io/managed-by-location", "backstage.io/managed-by-origin-location", "backstage.io/orphan"];
/// Annotations that are no longer read, and what took their place.
const DEPRECATED: [(&str, &str); 3] = [
    ("backstage.io/github-actions-id", "write `github.com/project-slug`"),
    ("jenkins.io/github-folder", "write `jenkins.io/job-full-name`"),
    ("backstage.io/definition-at-location", "write `definition` with `$text` in the spec"),
];
/// Fields without which Backstage cannot name an entity.
const NAMING: [&str; 6] = ["", "apiVersion", "kind", "metadata", "metadata.name", "metadata.namespace"];

/// Judges every document of a file.
pub(super) fn check(file: &CatalogFile, surroundings: &Surroundings<'_>, findings: &mut Vec<Finding>) {
    let mut told = BTreeSet::new();
    for document in &file.documents {
        let violations = validate(&document.value).into_iter();
        let known = violations.filter(|violation| !is_known(violation, document, surroundings));
        findings.extend(known.take(MOST).map(|violation| finding(file, document, &violation)));
        check_annotations(file, document, findings);
        check_rule(file, document, surroundings, &mut told, findings);
    }
}

/// Is this no fault of a file, or none in this catalog?
fn is_known(violation: &Violation, document: &DocumentRead, surroundings: &Surroundings<'_>) -> bool {
    let kind = document.value.get("kind").and_then(Value::as_str);
    // A file's locations are written over by the catalog, and told of under a rule of their own.
    violation.rule == "reference.location"
        || violation.rule == "kind.unknown"
            && surroundings.kinds.iter().any(|known| Some(known.as_str()) == kind)
}

fn finding(file: &CatalogFile, document: &DocumentRead, violation: &Violation) -> Finding {
    let spot = locate(&document.value, &document.placed, &violation.path);
    let about_key = matches!(
        violation.rule,
        "format.label-key" | "format.annotation-key" | "envelope.foreign-field" | "search.case-clash"
    );
    let range = if about_key { spot.key_or_value() } else { spot.value_or_key() };
    let (message, mend) = halves(violation);
    let finding = file.source.finding(violation.rule, range, message, mend);
    let finding = finding.about(document.name(), violation.path.as_str());
    match blocked(file.documents.len() - 1).filter(|_| stops_the_file(violation, document)) {
        Some(note) => finding.noting(note),
        None => finding,
    }
}

/// Does it keep Backstage from taking anything of the file?
fn stops_the_file(violation: &Violation, document: &DocumentRead) -> bool {
    if violation.path == "metadata.annotations" {
        let annotations = document.value.pointer("/metadata/annotations");
        return annotations.is_some_and(|annotations| !annotations.is_null());
    }
    NAMING.contains(&violation.path.as_str()) && !violation.rule.starts_with("format.")
}

/// What is wrong, and what to do: the message of a violation says both.
fn halves(violation: &Violation) -> (String, String) {
    let mut quoted = false;
    let missing = violation.rule.ends_with(".required");
    for (at, c) in violation.message.char_indices() {
        match c {
            '`' => quoted = !quoted,
            ';' if !quoted => {
                let (message, mend) = violation.message.split_at(at);
                let mend = mend.trim_start_matches([';', ' ']);
                let mend = if missing { format!("write it; {mend}") } else { mend.to_owned() };
                return (message.to_owned(), mend);
            }
            _ => {}
        }
    }
    (violation.message.clone(), "write a value that fits".to_owned())
}

fn check_annotations(file: &CatalogFile, document: &DocumentRead, findings: &mut Vec<Finding>) {
    let Some(annotations) = document.value.pointer("/metadata/annotations").and_then(Value::as_object) else {
        return;
    };
    for key in annotations.keys() {
        let (rule, message, mend) = if RESERVED.contains(&key.as_str()) {
            let message =
                format!("the annotation `{key}` is the catalog's own: it writes its value over this one");
            ("annotation.reserved", message, "remove it")
        } else if let Some((_, mend)) = DEPRECATED.iter().find(|(old, _)| old == key) {
            ("annotation.deprecated", format!("the annotation `{key}` is no longer read"), *mend)
        } else {
            continue;
        };
        let field = below("metadata.annotations", key);
        let range = locate(&document.value, &document.placed, &field).key_or_value();
        findings.push(file.source.finding(rule, range, message, mend).about(document.name(), field));
    }
}

/// Tells once for each kind of a file that files may not declare it.
fn check_rule(
    file: &CatalogFile,
    document: &DocumentRead,
    surroundings: &Surroundings<'_>,
    told: &mut BTreeSet<String>,
    findings: &mut Vec<Finding>,
) {
    let Some(kind) = document.value.get("kind").and_then(Value::as_str) else { return };
    let of_type = document.value.pointer("/spec/type").and_then(Value::as_str);
    if kind.is_empty() || is_allowed(kind, of_type, surroundings.allowed) || !told.insert(kind.to_owned()) {
        return;
    }
    let range = locate(&document.value, &document.placed, "kind").value_or_key();
    let message = match surroundings.allowed {
        None => format!("files may not declare the kind `{kind}` unless `catalog.rules` allows it"),
        Some(_) => format!("`catalog.rules` does not let files declare the kind `{kind}`"),
    };
    let mend = format!("allow `{kind}` in `catalog.rules`, or declare it elsewhere");
    let finding = file.source.finding("catalog.rule", range, message, mend).about(document.name(), "kind");
    findings.push(match file.documents.len() {
        1 => finding,
        _ => finding.noting("where it is not allowed, nothing of the whole file is taken"),
    });
}

fn is_allowed(kind: &str, of_type: Option<&str>, allowed: Option<&[AllowedKind]>) -> bool {
    let Some(allowed) = allowed else { return STOCK.iter().any(|stock| stock.eq_ignore_ascii_case(kind)) };
    allowed.iter().any(|rule| {
        let fits = |wanted: &String| of_type.is_some_and(|of_type| wanted.eq_ignore_ascii_case(of_type));
        rule.kind.eq_ignore_ascii_case(kind) && rule.spec_type.as_ref().is_none_or(fits)
    })
}
