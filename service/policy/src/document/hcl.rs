//! Terraform in the shape that policies know: blocks are mappings, by their labels; what is worked out is text.
//!
//! `resource "aws_s3_bucket" "b" { … }` is `resource.aws_s3_bucket.b`. A block that stands once is a mapping, one that
//! stands several times a list of them. Values that are written out are values; every other expression is its text
//! in `${…}`. Nothing is evaluated. The parser bounds how deep it goes.

use std::collections::BTreeMap;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Block, Body, Structure};
use hcl_edit::template::Element;
use serde_json::{Map, Number, Value};

use super::Unreadable;
use crate::marks::{Lines, Marks};

/// Reads a file.
pub(super) fn read(text: &str) -> Result<(Value, Marks), Unreadable> {
    let text = text.trim_start_matches('\u{feff}');
    let body: Body = hcl_edit::parser::parse_body(text).map_err(|error| Unreadable {
        line: error.location().line(),
        message: format!("this is no HCL: {}", error.message()),
    })?;
    let reader = Reader { text, lines: Lines::of(text) };
    let mut marks = Marks::leaf(1);
    let value = reader.body(&body, &mut marks);
    Ok((Value::Object(value), marks))
}

struct Reader<'t> {
    text: &'t str,
    lines: Lines,
}

impl Reader<'_> {
    fn body(&self, body: &Body, marks: &mut Marks) -> Map<String, Value> {
        let mut object = Map::new();
        for structure in body {
            let line = self.line(structure);
            match structure {
                Structure::Attribute(attribute) => {
                    let key = attribute.key.value().as_str();
                    let (value, inner) = self.expression(&attribute.value, line);
                    *marks.member_mut(key, line) = inner;
                    object.insert(key.to_owned(), value);
                }
                Structure::Block(block) => self.block(block, line, &mut object, marks),
            }
        }
        object
    }

    fn block(&self, block: &Block, line: usize, object: &mut Map<String, Value>, marks: &mut Marks) {
        let labels: Vec<&str> = block.labels.iter().map(|label| label.as_str()).collect();
        let mut path = vec![block.ident.value().as_str()];
        path.extend(labels);
        let mut inner = Marks::leaf(line);
        let value = Value::Object(self.body(&block.body, &mut inner));
        let Some((last, above)) = path.split_last() else { return };
        let (mut here, mut place) = (object, marks);
        for key in above {
            let next = here.entry((*key).to_owned()).or_insert_with(|| Value::Object(Map::new()));
            // A block and an attribute of one name is no Terraform; the later one stands.
            if !next.is_object() {
                *next = Value::Object(Map::new());
            }
            let Some(next) = next.as_object_mut() else { return };
            here = next;
            place = place.member_mut(key, line);
        }
        match here.get_mut(*last) {
            None => {
                here.insert((*last).to_owned(), value);
                *place.member_mut(last, line) = inner;
            }
            Some(Value::Array(blocks)) => {
                blocks.push(value);
                place.member_mut(last, line).push(inner);
            }
            Some(first) => {
                let before = first.take();
                *first = Value::Array(vec![before, value]);
                let mark = place.member_mut(last, line);
                let known = std::mem::take(mark);
                *mark = Marks::items(known.line, vec![known, inner]);
            }
        }
    }

    fn expression(&self, expression: &Expression, line: usize) -> (Value, Marks) {
        let leaf = |value| (value, Marks::leaf(line));
        match expression {
            Expression::Null(_) => leaf(Value::Null),
            Expression::Bool(value) => leaf(Value::Bool(*value.value())),
            Expression::Number(number) => leaf(self.number(number.value())),
            Expression::String(text) => leaf(Value::String(text.value().clone())),
            Expression::StringTemplate(template) => leaf(Value::String(self.template(template.iter()))),
            Expression::HeredocTemplate(heredoc) => {
                leaf(Value::String(self.template(heredoc.template.iter())))
            }
            Expression::Parenthesis(inner) => self.expression(inner.inner(), line),
            Expression::Array(array) => {
                let items: Vec<(Value, Marks)> =
                    array.iter().map(|item| self.expression(item, self.line(item))).collect();
                let (values, marks) = items.into_iter().unzip();
                (Value::Array(values), Marks::items(line, marks))
            }
            Expression::Object(object) => {
                let mut values = Map::new();
                let mut marks = BTreeMap::new();
                for (key, value) in object {
                    let name = self.key(key);
                    let line = key.span().map_or(line, |span| self.lines.at(span.start));
                    let (value, mark) = self.expression(value.expr(), line);
                    values.insert(name.clone(), value);
                    marks.insert(name, mark);
                }
                (Value::Object(values), Marks::members(line, marks))
            }
            other => leaf(Value::String(format!("${{{}}}", self.slice(other)))),
        }
    }

    fn number(&self, number: &hcl_edit::Number) -> Value {
        let number = number
            .as_i64()
            .map(Number::from)
            .or_else(|| number.as_u64().map(Number::from))
            .or_else(|| number.as_f64().and_then(Number::from_f64));
        number.map_or(Value::Null, Value::Number)
    }

    fn key(&self, key: &ObjectKey) -> String {
        match key {
            ObjectKey::Ident(name) => name.value().as_str().to_owned(),
            ObjectKey::Expression(Expression::String(text)) => text.value().clone(),
            ObjectKey::Expression(Expression::Variable(name)) => name.value().as_str().to_owned(),
            ObjectKey::Expression(Expression::StringTemplate(template)) => self.template(template.iter()),
            ObjectKey::Expression(other) => format!("${{{}}}", self.slice(other)),
        }
    }

    fn template<'e>(&self, elements: impl Iterator<Item = &'e Element>) -> String {
        let mut text = String::new();
        for element in elements {
            match element {
                Element::Literal(literal) => text.push_str(literal.value()),
                Element::Interpolation(part) => text.push_str(self.slice(part)),
                Element::Directive(part) => text.push_str(self.slice(part.as_ref())),
            }
        }
        text
    }

    /// What was written.
    fn slice(&self, part: &impl Span) -> &str {
        part.span().and_then(|span| self.text.get(span)).unwrap_or_default().trim()
    }

    fn line(&self, part: &impl Span) -> usize {
        part.span().map_or(1, |span| self.lines.at(span.start))
    }
}

#[cfg(test)]
mod tests;
