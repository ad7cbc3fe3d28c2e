//! Walks a schema and a value together.
//!
//! The parts below hold the keywords that lead to other schemas; those that judge one value alone stand in
//! `assert`. Keywords are taken in the order in which the author wrote them, which is the order of the
//! violations. The invariant: the walk ends within its budget of visits, and its answer within its budget of
//! bytes, whatever schema and value say.

mod branches;
mod members;
mod words;

use serde_json::{Map, Value, json};

use super::SchemaViolation;
use super::assert::{self, Fault};
use super::javascript::{fields, quoted, same, text, truthy};
use super::pattern::Patterns;
use super::resolve::resolve;
use words::{id_of, object_fields, suffix, weight};

/// Visits of schemas in one check.
const MAX_VISITS: usize = 500_000;
/// Schemas inside of schemas, references included.
const MAX_DEPTH: usize = 200;
/// About how many bytes of values and schemas an answer repeats; violations beyond it are left out.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// Everything in `value` that breaks `schema`.
pub(super) fn check(schema: &Value, value: &Value, patterns: &Patterns) -> Vec<SchemaViolation> {
    let mut walk = Walk::new(schema, patterns);
    walk.schema(Some(value), schema);
    if walk.stopped {
        let message = "cannot be checked: the schema is too large, or refers to itself without end";
        walk = Walk::new(schema, patterns);
        walk.report(Some(value), schema, Fault::new("schema", None, message.to_owned()));
    }
    walk.found
}

/// Where the walk stands: a value (none where a property is missing) and a schema that is an object.
#[derive(Clone, Copy)]
pub(super) struct Spot<'v> {
    /// The value.
    pub(super) value: Option<&'v Value>,
    /// The schema's keywords.
    pub(super) map: &'v Map<String, Value>,
    /// The schema itself.
    pub(super) schema: &'v Value,
}

struct Walk<'v> {
    root: &'v Value,
    patterns: &'v Patterns,
    visits: usize,
    depth: usize,
    path: Vec<Value>,
    found: Vec<SchemaViolation>,
    /// What the answer weighs so far.
    weight: usize,
    /// Only the verdict is asked for; then `failed` is all that is kept.
    quiet: bool,
    failed: bool,
    /// The budget is spent.
    stopped: bool,
}

impl<'v> Walk<'v> {
    fn new(root: &'v Value, patterns: &'v Patterns) -> Self {
        Self {
            root,
            patterns,
            visits: 0,
            depth: 0,
            path: Vec::new(),
            found: Vec::new(),
            weight: 0,
            quiet: false,
            failed: false,
            stopped: false,
        }
    }

    fn schema(&mut self, value: Option<&'v Value>, schema: &'v Value) {
        self.visits += 1;
        self.stopped |= self.visits > MAX_VISITS || self.depth >= MAX_DEPTH;
        if self.stopped || self.quiet && self.failed {
            return;
        }
        match schema {
            Value::Bool(true) => {}
            Value::Bool(false) => self.refuse_all(value),
            Value::Object(map) => {
                self.depth += 1;
                self.keywords(Spot { value, map, schema });
                self.depth -= 1;
            }
            _ => {
                let message = format!("cannot be checked: `{schema}` is not a schema");
                self.report(value, schema, Fault::new("schema", None, message));
            }
        }
    }

    /// `false` is a schema that no value fits.
    fn refuse_all(&mut self, value: Option<&'v Value>) {
        if value.is_some() {
            let fault = Fault::new("type", Some(json!([])), "is not of a type(s) ".to_owned());
            self.report(value, &json!({ "type": [] }), fault);
        }
    }

    fn keywords(&mut self, spot: Spot<'v>) {
        if let Some(reference) = spot.map.get("$ref").and_then(Value::as_str).filter(|text| !text.is_empty())
        {
            return match resolve(self.root, reference) {
                Some(target) => self.schema(spot.value, target),
                None => {
                    let message =
                        format!("cannot be checked: the schema has nothing at {}", quoted(reference));
                    self.report(spot.value, spot.schema, Fault::new("$ref", None, message));
                }
            };
        }
        for (keyword, argument) in fields(spot.map) {
            self.keyword(keyword, argument, spot);
        }
    }

    fn keyword(&mut self, keyword: &str, argument: &'v Value, spot: Spot<'v>) {
        match keyword {
            "type" => self.types(argument, spot),
            "not" | "disallow" => self.prohibited(spot),
            "allOf" => self.all_of(argument, spot),
            "anyOf" => self.any_of(argument, spot),
            "oneOf" => self.one_of(argument, spot),
            "if" => self.condition(argument, spot),
            "properties" => self.properties(argument, spot),
            "patternProperties" => self.pattern_properties(argument, spot),
            "additionalProperties" if !spot.map.get("patternProperties").is_some_and(truthy) => {
                for (key, value) in object_fields(spot.value) {
                    self.additional_property(key, value, spot);
                }
            }
            "propertyNames" => self.property_names(argument, spot),
            "dependencies" => self.dependencies(argument, spot),
            "items" => self.items(argument, spot),
            "contains" => self.contains(argument, spot),
            "pattern" => self.pattern(argument, spot),
            _ => {
                for fault in assert::faults(keyword, argument, spot) {
                    self.report(spot.value, spot.schema, fault);
                }
            }
        }
    }

    fn pattern(&mut self, argument: &'v Value, spot: Spot<'v>) {
        let Some(value @ Value::String(_)) = spot.value else { return };
        let pattern = text(argument);
        if !self.patterns.matches(&pattern, value) {
            let message = format!("does not match pattern {}", quoted(&pattern));
            self.report(spot.value, spot.schema, Fault::new("pattern", Some(argument.clone()), message));
        }
    }

    fn below(&mut self, key: Value, value: Option<&'v Value>, schema: &'v Value) {
        self.path.push(key);
        self.schema(value, schema);
        self.path.pop();
    }

    fn fits(&mut self, value: Option<&'v Value>, schema: &'v Value) -> bool {
        let before = (self.quiet, self.failed);
        (self.quiet, self.failed) = (true, false);
        self.schema(value, schema);
        let fits = !self.failed;
        (self.quiet, self.failed) = before;
        fits
    }

    /// What a schema finds, kept apart from what was found before.
    fn found_by(&mut self, value: Option<&'v Value>, schema: &'v Value) -> Vec<SchemaViolation> {
        let before = std::mem::take(&mut self.found);
        self.schema(value, schema);
        std::mem::replace(&mut self.found, before)
    }

    fn property(&self) -> String {
        self.path.iter().fold("instance".to_owned(), |path, key| path + &suffix(&text(key)))
    }

    fn report(&mut self, value: Option<&Value>, schema: &Value, fault: Fault) {
        self.failed = true;
        if self.quiet || self.weight > MAX_ANSWER {
            return;
        }
        self.weight +=
            [value, Some(schema), fault.argument.as_ref()].into_iter().flatten().map(weight).sum::<usize>();
        let property = self.property();
        self.found.push(SchemaViolation {
            path: self.path.clone(),
            stack: format!("{property} {}", fault.message),
            property,
            message: fault.message,
            schema: id_of(schema).unwrap_or(schema).clone(),
            instance: value.cloned(),
            name: fault.name.to_owned(),
            argument: fault.argument,
        });
    }
}

/// Is the value one of the listed ones?
pub(super) fn is_listed(list: &[Value], value: &Value) -> bool {
    list.iter().any(|listed| same(listed, value))
}

/// Does the value fit the schema, a part of `root`? For choosing among branches.
pub(super) fn fits(root: &Value, schema: &Value, value: &Value, patterns: &Patterns) -> bool {
    let mut walk = Walk::new(root, patterns);
    walk.fits(Some(value), schema)
}
