//! Which parameters the form declares, at the top and inside of objects.
//!
//! Everything that a schema can bring in counts: branches of `dependencies`, `oneOf`, `anyOf`, `allOf`, `if`,
//! `then`, `else`, and what `$ref` leads to. Where a schema leaves open what else may be there, nothing is
//! called missing.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use serde_json::Value;

use super::references::follow;
use crate::lint::linted::Linted;
use crate::lint::node::Node;

/// The deepest nesting of schemas that is followed.
const MAX_DEPTH: usize = 64;
/// The most steps that are taken through schemas and their definitions, for one template.
const MAX_WORK: usize = 3_000_000;
/// Keywords whose value is a list of schemas, or one schema, for the same value.
const BRANCHES: [&str; 6] = ["oneOf", "anyOf", "allOf", "if", "then", "else"];

/// The properties that a value can have, each with all the schemas that speak of it.
#[derive(Debug, Default)]
pub(crate) struct Properties<'d> {
    /// By name.
    pub named: BTreeMap<&'d str, Vec<Property<'d>>>,
    /// There may be others.
    pub open: bool,
}

/// A property as one schema declares it.
#[derive(Clone, Debug)]
pub(crate) struct Property<'d> {
    /// Its schema.
    pub schema: Node<'d>,
    /// The bytes of its name.
    pub key_range: std::ops::Range<usize>,
    /// The schema at whose root `$ref` begins.
    pub page: Node<'d>,
}

/// The parameters of a template.
#[derive(Debug)]
pub(crate) struct Declared<'d> {
    /// At the top of the form.
    pub properties: Properties<'d>,
    /// What is inside of objects, by the names that lead there; none where nobody can tell.
    inside: RefCell<HashMap<String, Option<Rc<Properties<'d>>>>>,
    work: Work,
}

/// What may still be spent on walking through schemas. When it is spent, everything counts as open.
#[derive(Debug)]
pub(crate) struct Work(Cell<usize>);

impl Work {
    /// All that one template is worth.
    pub(crate) fn new() -> Self {
        Self(Cell::new(MAX_WORK))
    }

    fn spend(&self, steps: usize) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(steps));
        left > steps
    }
}

/// A name that is not there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Missing<'a> {
    /// How many names before it are there.
    pub depth: usize,
    /// Those that are there in its place, unless it is the first.
    pub known: Vec<&'a str>,
}

impl<'d> Properties<'d> {
    /// What one schema and its branches declare. `$ref` begins at the page.
    pub(crate) fn of(schema: Node<'d>, page: Node<'d>, work: &Work) -> Self {
        let mut found = Self::default();
        found.add(schema, page, work);
        found
    }

    fn add(&mut self, schema: Node<'d>, page: Node<'d>, work: &Work) {
        Walk { page, seen: HashSet::new(), work, found: self }.schema(schema, 0);
    }
}

impl<'d> Declared<'d> {
    /// What the template's form declares.
    pub(crate) fn of(template: &Linted<'d>) -> Self {
        let mut found = Properties::default();
        let work = Work::new();
        for page in &template.pages {
            found.open |= page.is_placeholder();
            found.add(*page, *page, &work);
        }
        let decorated = ["formDecorators", "EXPERIMENTAL_formDecorators"]
            .iter()
            .any(|key| template.spec.and_then(|spec| spec.get(key)).is_some());
        found.open |= decorated;
        Self { properties: found, inside: RefCell::default(), work }
    }

    /// The names of all parameters.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'d str> {
        self.properties.named.keys().copied()
    }

    /// Whether there is a parameter of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.properties.named.contains_key(name)
    }

    /// The first of these names that is not there.
    pub(crate) fn missing(&self, path: &[&str]) -> Option<Missing<'d>> {
        let (first, rest) = path.split_first()?;
        let Some(mut schemas) = self.properties.named.get(*first).cloned() else {
            return (!self.properties.open).then(|| Missing { depth: 0, known: Vec::new() });
        };
        let mut path = (*first).to_owned();
        for (depth, name) in rest.iter().enumerate() {
            let found = self.inside(&path, &schemas)?;
            match found.named.get(*name) {
                Some(next) => schemas = next.clone(),
                None if found.open => return None,
                None => {
                    let known = found.named.keys().copied().collect();
                    return Some(Missing { depth: depth + 1, known });
                }
            }
            path.push('\n');
            path.push_str(name);
        }
        None
    }

    /// The members of an object that these schemas speak of; none where they are not all written there.
    fn inside(&self, path: &str, schemas: &[Property<'d>]) -> Option<Rc<Properties<'d>>> {
        if let Some(known) = self.inside.borrow().get(path) {
            return known.clone();
        }
        let found = schemas.iter().all(|property| is_plain_object(property.schema)).then(|| {
            let mut found = Properties::default();
            schemas.iter().for_each(|property| found.add(property.schema, property.page, &self.work));
            Rc::new(found)
        });
        self.inside.borrow_mut().insert(path.to_owned(), found.clone());
        found
    }
}

/// An object whose members are all written in its schema. A field of one's own gives what it likes.
fn is_plain_object(schema: Node<'_>) -> bool {
    schema.get("ui:field").is_none()
        && schema.get("properties").is_some()
        && schema.get("type").and_then(|kind| kind.text()) == Some("object")
}

struct Walk<'d, 'f> {
    page: Node<'d>,
    /// Schemas that were met: what several references lead to counts once.
    seen: HashSet<*const Value>,
    work: &'f Work,
    found: &'f mut Properties<'d>,
}

impl<'d> Walk<'d, '_> {
    fn schema(&mut self, schema: Node<'d>, depth: usize) {
        if !self.seen.insert(std::ptr::from_ref(schema.value)) {
            return;
        }
        if depth > MAX_DEPTH || !self.work.spend(1) {
            self.found.open = true;
            return;
        }
        if let Some(reference) = schema.get("$ref") {
            // Names are looked for one after the other.
            let definitions =
                ["definitions", "$defs"].map(|key| self.page.get(key).map_or(0, |all| all.len()));
            if !self.work.spend(definitions.iter().sum()) {
                self.found.open = true;
                return;
            }
            match reference.text().and_then(|path| follow(self.page, path)) {
                Some(target) => self.schema(target, depth + 1),
                None => self.found.open = true,
            }
        }
        self.found.open |= schema.get("properties").is_some_and(|properties| properties.is_placeholder());
        self.work.spend(schema.get("properties").map_or(0, |properties| properties.len()));
        for member in schema.get("properties").into_iter().flat_map(|properties| properties.members()) {
            let property = Property { schema: member.node, key_range: member.key_range, page: self.page };
            self.found.named.entry(member.key).or_default().push(property);
        }
        let open = |key: &str| schema.get(key).is_some_and(|more| more.value.as_bool() != Some(false));
        self.found.open |= open("additionalProperties") || schema.get("patternProperties").is_some();
        for key in BRANCHES {
            let Some(branch) = schema.get(key) else { continue };
            branch.items().for_each(|branch| self.schema(branch, depth + 1));
            if branch.value.is_object() {
                self.schema(branch, depth + 1);
            }
        }
        for key in ["dependencies", "dependentSchemas"] {
            for member in schema.get(key).into_iter().flat_map(|members| members.members()) {
                if member.node.value.is_object() {
                    self.schema(member.node, depth + 1);
                }
            }
        }
    }
}
