//! GitHub's description of its API, and whether a request or an answer is as it says.
//!
//! The descriptions are GitHub's own (`description/README.md` says which and from where). Beyond them one rule is ours:
//! every key of a body and every parameter of a query must be *named* by the description, because its schemas are open
//! and would let a misspelt key pass. This module knows no state, no handler and no HTTP. The invariant: it never
//! answers "as described" for an operation that the description does not have.

mod changes;
mod check;
mod deviations;
mod dialect;
mod keys;
mod operation;
mod paths;

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::OnceLock;

use jsonschema::Registry;
use serde_json::Value;

use operation::Operation;
use paths::Template;

pub use deviations::{DEVIATIONS, Deviation};

/// Under this name the description's components stand in the registry of schemas.
const URN: &str = "urn:github:description";

/// Which GitHub.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Variant {
    /// github.com with API version 2022-11-28.
    #[default]
    GitHub,
    /// github.com with API version 2026-03-10.
    GitHub2026,
    /// GitHub Enterprise Server 3.19.
    Enterprise,
}

impl Variant {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::GitHub, Self::GitHub2026, Self::Enterprise];

    const fn file(self) -> &'static [u8] {
        match self {
            Self::GitHub | Self::GitHub2026 => include_bytes!("../description/api.github.com.json.gz"),
            Self::Enterprise => include_bytes!("../description/ghes-3.19.json.gz"),
        }
    }

    /// Changes up to this version of the API are in force.
    const fn changes(self) -> &'static str {
        match self {
            Self::GitHub | Self::Enterprise => "2022-11-28",
            Self::GitHub2026 => "2026-03-10",
        }
    }

    const fn place(self) -> &'static OnceLock<Description> {
        static PLACES: [OnceLock<Description>; 3] = [OnceLock::new(), OnceLock::new(), OnceLock::new()];
        match self {
            Self::GitHub => &PLACES[0],
            Self::GitHub2026 => &PLACES[1],
            Self::Enterprise => &PLACES[2],
        }
    }
}

/// The description of one variant. It is read once in a process and stays.
#[derive(Debug)]
pub struct Description {
    document: &'static Value,
    registry: Registry<'static>,
    operations: Vec<Operation>,
    by_id: BTreeMap<&'static str, usize>,
}

/// What the check of a request found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// GitHub's own id of the operation; none if the description has no such operation.
    pub operation: Option<&'static str>,
    /// What is not as described, in words.
    pub violations: Vec<String>,
}

impl Description {
    /// The description of a variant.
    pub fn of(variant: Variant) -> &'static Self {
        variant.place().get_or_init(|| Self::read(variant))
    }

    /// The ids of all operations.
    pub fn operations(&self) -> impl Iterator<Item = &'static str> {
        self.by_id.keys().copied()
    }

    /// Whether there is an operation of this id.
    pub fn has(&self, operation: &str) -> bool {
        self.by_id.contains_key(operation)
    }

    /// Holds a request against the description. `path` is below the API's base and still encoded; `body` is `Null`
    /// where none was sent.
    pub fn request(
        &self,
        method: &str,
        path: &str,
        query: &BTreeMap<String, String>,
        body: &Value,
    ) -> Checked {
        let Some((operation, params)) = self.find(method, path) else {
            let violation = format!("GitHub's description has no operation `{method} {path}`");
            return Checked { operation: None, violations: vec![violation] };
        };
        let mut violations = check::path(self, operation, &params);
        violations.extend(check::query(self, operation, query));
        violations.extend(check::body(self, operation, body));
        Checked { operation: Some(operation.id), violations: named(operation.id, "request", violations) }
    }

    /// Holds an answer against the description, bar the listed [`DEVIATIONS`].
    pub fn response(&self, operation: &str, status: u16, body: Option<&Value>) -> Vec<String> {
        let Some(known) = self.by_id.get(operation).and_then(|place| self.operations.get(*place)) else {
            return vec![format!("GitHub's description has no operation `{operation}`")];
        };
        let violations = check::answer(self, known, status, body);
        let violations = violations.into_iter().filter(|violation| !deviations::listed(operation, violation));
        named(known.id, &format!("answer {status}"), violations.collect())
    }

    /// Takes out of an answer the keys that the description does not name: what this variant does not tell (any more,
    /// or yet).
    pub fn prune(&self, operation: &str, status: u16, body: &mut Value) {
        let known = self.by_id.get(operation).and_then(|place| self.operations.get(*place));
        if let Some(known) = known.filter(|_| status < 400) {
            check::prune(self, known, status, body);
        }
    }

    fn find(&self, method: &str, path: &str) -> Option<(&Operation, Vec<(&'static str, String)>)> {
        let segments = paths::segments(path)?;
        let method = if method == "HEAD" { "GET" } else { method };
        let fitting =
            self.operations.iter().filter(|operation| operation.method.eq_ignore_ascii_case(method));
        let found = fitting.filter_map(|operation| Some((operation, operation.template.params(&segments)?)));
        found.min_by(|(one, _), (other, _)| one.template.rank().cmp(&other.template.rank()))
    }

    #[expect(
        clippy::expect_used,
        reason = "the descriptions are part of the program, and its tests read each of them"
    )]
    fn read(variant: Variant) -> Self {
        let mut text = String::new();
        let mut file = flate2::read::GzDecoder::new(variant.file());
        file.read_to_string(&mut text).expect("a description is gzip");
        let mut document: Value = serde_json::from_str(&text).expect("a description is JSON");
        changes::apply(&mut document, variant.changes());
        deviations::complete(&mut document);
        dialect::translate(&mut document);
        let document: &'static Value = Box::leak(Box::new(document));
        let registry = Registry::new()
            .draft(jsonschema::Draft::Draft7)
            .add(URN, document)
            .and_then(jsonschema::RegistryBuilder::prepare)
            .expect("the components of a description refer to one another only");
        let operations = operations(document);
        let by_id = operations.iter().enumerate().map(|(place, operation)| (operation.id, place)).collect();
        Self { document, registry, operations, by_id }
    }

    /// What a schema refers to, or itself.
    fn resolved(&self, schema: &'static Value) -> &'static Value {
        let mut schema = schema;
        while let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = reference.strip_prefix(URN).and_then(|rest| rest.strip_prefix('#'));
            match target.and_then(|pointer| self.document.pointer(pointer)) {
                Some(found) => schema = found,
                None => return schema,
            }
        }
        schema
    }
}

/// The operations of a document.
fn operations(document: &'static Value) -> Vec<Operation> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let each = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flatten();
        methods.filter_map(move |(method, source)| {
            let id = source.get("operationId")?.as_str()?;
            let multi = operation::long_params(document, source);
            Some(Operation::new(id, method, Template::new(path, &multi), source))
        })
    });
    each.collect()
}

/// Violations with what they are of.
fn named(operation: &str, what: &str, violations: Vec<String>) -> Vec<String> {
    violations.into_iter().map(|violation| format!("{what} of `{operation}`: {violation}")).collect()
}

#[cfg(test)]
mod tests;
