//! `gha`: expressions of GitHub's workflows, such as `${{ secrets.AWS_ROLE }}`.
//!
//! `{{gha "secrets.AWS_ROLE"}}` writes the expression with its braces; values come in as literals in the places `{0}`,
//! `{1}`, …: `{{gha "inputs.stage == {0}" stage}}`. The invariants: an expression is written by the author of the
//! skeleton, never by a value; what comes out is one line, one expression of the grammar below, and ends where it seems
//! to end.
//!
//! ```text
//! or      = and { "||" and }
//! and     = compare { "&&" compare }
//! compare = unary { ("==" | "!=" | "<" | "<=" | ">" | ">=") unary }
//! unary   = { "!" } primary
//! primary = ( literal | "(" or ")" | function "(" [ or { "," or } ] ")" | context ) { "." name | ".*" | "[" or "]" }
//! ```

use handlebars::{
    Context, Handlebars, Helper, HelperDef, RenderContext, RenderError, RenderErrorReason, ScopedJson,
};
use serde_json::Value as Json;

/// How deep parentheses and brackets may go.
const MAX_DEPTH: usize = 32;
/// GitHub takes 21,000 characters; no expression that people read comes near.
const MAX_LENGTH: usize = 2_000;

const CONTEXTS: &[&str] = &[
    "env", "github", "inputs", "job", "jobs", "matrix", "needs", "runner", "secrets", "steps", "strategy",
    "vars",
];
const FUNCTIONS: &[&str] = &[
    "always",
    "cancelled",
    "case",
    "contains",
    "endswith",
    "failure",
    "format",
    "fromjson",
    "hashfiles",
    "join",
    "startswith",
    "success",
    "tojson",
];

/// The helper.
pub(super) struct GhaHelper;

impl HelperDef for GhaHelper {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let refuse =
            |message: String| RenderError::from(RenderErrorReason::Other(format!("`gha`: {message}")));
        let mut params = helper.params().iter();
        let written = params.next().and_then(|param| param.try_get_constant_value()).and_then(Json::as_str);
        let Some(written) = written else {
            let message = "write the expression as a text, for example `{{gha \"secrets.AWS_ROLE\"}}`; values come in as \
                           `{0}`, `{1}`, …";
            return Err(refuse(message.to_owned()));
        };
        let mut literals = Vec::new();
        for param in params {
            if param.is_value_missing() {
                return Err(RenderError::strict_error(param.relative_path()));
            }
            literals.push(literal(param.value()).map_err(refuse)?);
        }
        let expression =
            filled(written, &literals).and_then(|text| checked(&text).map(|()| text)).map_err(refuse)?;
        Ok(ScopedJson::Derived(Json::String(format!("${{{{ {expression} }}}}"))))
    }
}

/// A value as a literal of an expression.
fn literal(value: &Json) -> Result<String, String> {
    match value {
        Json::String(text) if text.chars().any(char::is_control) => {
            Err("a value holds a line break or another control character; it cannot stand in an expression"
                .to_owned())
        }
        Json::String(text) if text.contains("}}") || text.contains("${{") => {
            Err("a value holds `}}` or `${{`, which would end the expression or begin another".to_owned())
        }
        Json::String(text) => Ok(format!("'{}'", text.replace('\'', "''"))),
        Json::Bool(_) | Json::Number(_) | Json::Null => Ok(value.to_string()),
        Json::Array(_) | Json::Object(_) => {
            Err("only texts, numbers, true, false and null can be values".to_owned())
        }
    }
}

/// The expression with its values. A place in a text literal is a part of that text, as `format` has them.
fn filled(written: &str, literals: &[String]) -> Result<String, String> {
    let (mut out, mut in_text, mut rest) = (String::with_capacity(written.len()), false, written);
    let mut used = vec![false; literals.len()];
    while let Some(c) = rest.chars().next() {
        let tail = rest.get(c.len_utf8()..).unwrap_or_default();
        in_text ^= c == '\'';
        let place = if c == '{' && !in_text { tail.split_once('}') } else { None };
        let Some((number, after)) = place else {
            out.push(c);
            rest = tail;
            continue;
        };
        let index = number.parse::<usize>().ok();
        let found = index.and_then(|index| Some((literals.get(index)?, used.get_mut(index)?)));
        let Some((literal, used)) = found else {
            return Err(format!("there is no value for `{{{number}}}`; {} given", literals.len()));
        };
        *used = true;
        out.push_str(literal);
        rest = after;
    }
    match used.iter().position(|used| !used) {
        Some(index) => {
            Err(format!("a value is given for `{{{index}}}`, which does not stand in the expression"))
        }
        None => Ok(out),
    }
}

/// Is the text one expression?
fn checked(text: &str) -> Result<(), String> {
    if text.len() > MAX_LENGTH {
        return Err(format!("the expression is longer than {MAX_LENGTH} bytes"));
    }
    if text.contains("}}") || text.contains("${{") || text.chars().any(char::is_control) {
        return Err(
            "the expression holds `}}`, `${{` or a line break; write it without its braces, in one line"
                .to_owned(),
        );
    }
    let mut parser = Parser { rest: text.trim(), depth: 0 };
    parser.or()?;
    if parser.rest.is_empty() { Ok(()) } else { Err(format!("`{}` is not expected there", parser.rest)) }
}

struct Parser<'t> {
    rest: &'t str,
    depth: usize,
}

impl<'t> Parser<'t> {
    /// Takes a sign, if it is next.
    fn takes(&mut self, sign: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(sign) else { return false };
        self.rest = rest.trim_start_matches(' ');
        true
    }

    fn needs(&mut self, sign: &str) -> Result<(), String> {
        if self.takes(sign) { Ok(()) } else { Err(format!("`{sign}` is missing before `{}`", self.rest)) }
    }

    fn or(&mut self) -> Result<(), String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("it goes deeper than {MAX_DEPTH} parentheses"));
        }
        loop {
            self.and()?;
            if !self.takes("||") {
                self.depth -= 1;
                return Ok(());
            }
        }
    }

    fn and(&mut self) -> Result<(), String> {
        loop {
            self.compare()?;
            if !self.takes("&&") {
                return Ok(());
            }
        }
    }

    fn compare(&mut self) -> Result<(), String> {
        loop {
            while self.rest.starts_with('!') && !self.rest.starts_with("!=") {
                self.takes("!");
            }
            self.primary()?;
            if !["==", "!=", "<=", ">=", "<", ">"].into_iter().any(|sign| self.takes(sign)) {
                return Ok(());
            }
        }
    }

    fn primary(&mut self) -> Result<(), String> {
        if self.takes("(") {
            self.or()?;
            self.needs(")")?;
        } else if self.rest.starts_with('\'') {
            return self.text();
        } else if self.rest.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            return self.number();
        } else {
            let name = self.name()?;
            let lower = name.to_ascii_lowercase();
            if self.takes("(") {
                if !FUNCTIONS.contains(&lower.as_str()) {
                    return Err(format!("there is no function `{name}`"));
                }
                self.arguments()?;
            } else if matches!(name, "true" | "false" | "null") {
                return Ok(());
            } else if !CONTEXTS.contains(&lower.as_str()) {
                return Err(format!("there is no context `{name}`; there are {}", CONTEXTS.join(", ")));
            }
        }
        loop {
            if self.takes(".") {
                if !self.takes("*") {
                    self.name()?;
                }
            } else if self.takes("[") {
                if !self.takes("*") {
                    self.or()?;
                }
                self.needs("]")?;
            } else {
                return Ok(());
            }
        }
    }

    fn arguments(&mut self) -> Result<(), String> {
        if self.takes(")") {
            return Ok(());
        }
        loop {
            self.or()?;
            if !self.takes(",") {
                return self.needs(")");
            }
        }
    }

    /// A text in single quotes, where a quote is written twice.
    fn text(&mut self) -> Result<(), String> {
        let mut rest = self.rest.get(1..).unwrap_or_default();
        while let Some((_, after)) = rest.split_once('\'') {
            match after.strip_prefix('\'') {
                Some(more) => rest = more,
                None => {
                    self.rest = after.trim_start_matches(' ');
                    return Ok(());
                }
            }
        }
        Err("a text in it does not end; a quote in a text is written twice".to_owned())
    }

    fn number(&mut self) -> Result<(), String> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.');
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        let hex = number.strip_prefix("0x").is_some_and(|hex| u64::from_str_radix(hex, 16).is_ok());
        if !hex && !number.parse::<f64>().is_ok_and(f64::is_finite) {
            return Err(format!("`{number}` is no number"));
        }
        self.rest = rest.trim_start_matches(' ');
        Ok(())
    }

    fn name(&mut self) -> Result<&'t str, String> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            let before = if self.rest.is_empty() { "the end".to_owned() } else { format!("`{}`", self.rest) };
            return Err(format!("a name is missing before {before}"));
        }
        self.rest = rest.trim_start_matches(' ');
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn expressions_of_workflows_are_taken() {
        for text in [
            "secrets.AWS_ROLE",
            "github.event_name == 'pull_request' && !cancelled()",
            "matrix.os[0]",
            "needs.*.result",
            "contains(fromJSON('[\"a\"]'), github.ref_name) || (inputs.count >= 0x1f)",
            "format('it''s {0}', vars.NAME)",
            "steps.build-it.outputs['a b']",
            "hashFiles('**/Cargo.lock', 'x')",
            "-1.5 < 2",
            "true",
        ] {
            assert_eq!(checked(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "secrets.A }} ${{ secrets.B",
            "'a}}b'",
            "${{ secrets.A }}",
            "secrets.A\nrun: x",
            "shell('rm')",
            "password",
            "secrets.",
            "'open",
            "\"double\"",
            "secrets.A; x",
            "a b",
            "(secrets.A",
            "1e999",
            "secrets.A ==",
            &"(".repeat(100),
            &"x".repeat(3_000),
        ] {
            assert!(checked(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_value_is_a_literal_whatever_stands_in_it() {
        assert_eq!(literal(&json!("it's")).unwrap(), "'it''s'");
        assert_eq!(literal(&json!(3)).unwrap(), "3");
        for value in [json!("a }} b"), json!("${{ x"), json!("a\nb"), json!(["a"])] {
            assert!(literal(&value).is_err(), "{value}");
        }
        let hostile = literal(&json!("' || secrets.A || '")).unwrap();
        let text = filled("inputs.stage == {0}", &[hostile]).unwrap();
        assert_eq!(text, "inputs.stage == ''' || secrets.A || '''");
        assert_eq!(checked(&text), Ok(()));
    }

    #[test]
    fn every_value_has_its_place() {
        let values = ["'a'".to_owned(), "2".to_owned()];

        assert_eq!(filled("format('{0}', {1}, {0})", &values).unwrap(), "format('{0}', 2, 'a')");
        assert!(filled("vars.A", &values).is_err());
        assert!(filled("{0} == {2}", &values).is_err());
    }
}
