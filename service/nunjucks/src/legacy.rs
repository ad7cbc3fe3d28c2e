//! Values as the former engine's host made them: through JSON text.
//!
//! A template that is one expression or one statement is rendered with `dump` put behind what stands in its
//! delimiters, and the text is read as JSON. What is no JSON is text, and empty text is nothing. The rule works
//! on the source, line by line, so it keeps the quirks that templates may rest on. It renders by the same
//! engine as everything else; a value that any secret was written to is marked as a whole.

use crate::context::Context;
use crate::env::Environment;
use crate::error::Error;
use crate::template::Template;
use crate::value::Value;

/// The value of a template under this rule.
pub(crate) fn evaluate(template: &Template, env: &Environment, context: &Context) -> Result<Value, Error> {
    if template.is_lone()
        && let Some(value) = through_json(template.source(), env, context)
    {
        return Ok(value);
    }
    let text = template.render(env, context)?;
    Ok(if text.is_empty() { Value::Undefined } else { Value::String(text) })
}

/// The value behind the JSON text; nothing if that fails anywhere.
fn through_json(source: &str, env: &Environment, context: &Context) -> Option<Value> {
    let text = env.parse(&dumped(source)).ok()?.render(env, context).ok()?;
    if text.is_empty() {
        return Some(Value::Undefined);
    }
    let json: serde_json::Value = serde_json::from_str(text.as_str()).ok()?;
    let value = Value::from(&json);
    Some(if text.is_secret() { value.mark_secret() } else { value })
}

/// In every line, what stands between the first opening and the last closing delimiter is put in parentheses and
/// given to `dump`.
fn dumped(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + 16);
    for line in source.split_inclusive(['\n', '\r', '\u{2028}', '\u{2029}']) {
        match between(line) {
            Some((before, inner, after)) => {
                for piece in [before, "${{ ( ", inner, " ) | dump }}", after] {
                    out.push_str(piece);
                }
            }
            None => out.push_str(line),
        }
    }
    out
}

fn between(line: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = line.split_once("${{")?;
    let (inner, after) = rest.rsplit_once("}}")?;
    (!inner.is_empty()).then_some((before, inner, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_the_delimiters_is_dumped() {
        assert_eq!(dumped("${{ a }}"), "${{ (  a  ) | dump }}");
        assert_eq!(dumped("{% if a %}${{ b }}{% endif %}"), "{% if a %}${{ (  b  ) | dump }}{% endif %}");
        assert_eq!(dumped("${{ a }}-${{ b }}"), "${{ (  a }}-${{ b  ) | dump }}");
    }

    #[test]
    fn an_expression_over_several_lines_is_left_as_it_is() {
        assert_eq!(dumped("${{ a\n}}"), "${{ a\n}}");
        assert_eq!(dumped("${{}}"), "${{}}");
    }
}
