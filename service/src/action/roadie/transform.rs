//! Evaluating JSONata within limits.
//!
//! Time, depth and the length of lists are bounded; an expression that asks for the time or for chance is
//! evaluated once for each attempt of a task and then taken from the journal, so that a repeated run walks the
//! same way. It works on data alone: expressions reach no file and no network.

use std::time::Duration;

use jsonata_core::evaluator::{Context, Evaluator, EvaluatorError, EvaluatorOptions};
use jsonata_core::parser;
use jsonata_core::value::JValue;
use serde_json::Value;

use super::json::ordered;
use crate::action::{ActionContext, ActionError};

const LONGEST: Duration = Duration::from_secs(2);
const DEEPEST: usize = 2_000;
const LONGEST_LIST: usize = 1_000_000;
/// How wide `$pad` makes a text.
const WIDEST_PAD: f64 = 1_000_000.0;
/// The longest expression.
const LONGEST_EXPRESSION: usize = 100_000;
/// What asks for the time or for chance. `$eval` may hide either.
const NOT_THE_SAME_TWICE: [&str; 5] = ["now", "millis", "random", "shuffle", "eval"];

/// What an expression gives over data; nothing where it gives nothing.
pub(super) async fn evaluated(
    ctx: &mut ActionContext<'_>,
    expression: String,
    data: Option<Value>,
) -> Result<Option<Value>, ActionError> {
    let journalled = NOT_THE_SAME_TWICE.iter().any(|name| expression.contains(name));
    let evaluate = async move {
        let evaluation = tokio::task::spawn_blocking(move || evaluate(&expression, data));
        match evaluation.await {
            Ok(result) => result,
            Err(_) => Err(ActionError::Input(
                "the JSONata expression could not be evaluated to its end; make it simpler".to_owned(),
            )),
        }
    };
    if journalled { ctx.read("jsonata", evaluate).await } else { evaluate.await }
}

fn evaluate(expression: &str, data: Option<Value>) -> Result<Option<Value>, ActionError> {
    if expression.len() > LONGEST_EXPRESSION {
        return Err(ActionError::Input(format!(
            "the JSONata expression has more than {LONGEST_EXPRESSION} bytes; make it shorter"
        )));
    }
    let failed = |error: &dyn std::fmt::Display| {
        ActionError::Input(format!(
            "the JSONata expression failed: {error}; correct it, or the data it works on"
        ))
    };
    let tree = parser::parse(expression).map_err(|error| failed(&error))?;
    let options = EvaluatorOptions {
        timeout_ms: Some(u64::try_from(LONGEST.as_millis()).unwrap_or(u64::MAX)),
        max_stack_depth: Some(DEEPEST),
        max_sequence_length: Some(LONGEST_LIST),
        ..EvaluatorOptions::default()
    };
    let mut evaluator = Evaluator::with_options(Context::new(), options);
    evaluator.register_fn_override("pad", pad).map_err(|error| failed(&error))?;
    let data = data.map_or(JValue::Undefined, |data| JValue::from(ordered(data)));
    let result = evaluator.evaluate(&tree, &data).map_err(|error| {
        let said = error.to_string();
        own_words(&said).map_or_else(|| failed(&said), |words| ActionError::Input(words.to_owned()))
    })?;
    Ok(plain(&result).map(ordered))
}

/// What `$error` and `$assert` say: the words are the template's own.
fn own_words(said: &str) -> Option<&str> {
    let words = ["D3137: ", "D3141: "].iter().find_map(|code| said.split_once(code))?.1;
    Some(words).filter(|words| !words.is_empty())
}

/// The result as data; what is no data, like a function, is nothing.
fn plain(value: &JValue) -> Option<Value> {
    match value {
        JValue::Undefined | JValue::Lambda(_) | JValue::Builtin { .. } | JValue::Regex { .. } => None,
        JValue::Array(items) => {
            Some(Value::Array(items.iter().map(|item| plain(item).unwrap_or(Value::Null)).collect()))
        }
        JValue::Object(members) => {
            let members = members.iter().filter_map(|(name, member)| Some((name.clone(), plain(member)?)));
            Some(Value::Object(members.collect()))
        }
        other => Some(Value::from(other)),
    }
}

/// `$pad` with an end to the width: it alone makes a long text of a large number.
fn pad(arguments: &[JValue]) -> Result<JValue, EvaluatorError> {
    let fault = |text: &str| Err(EvaluatorError::EvaluationError(text.to_owned()));
    let (text, width) = match arguments {
        [JValue::Undefined, ..] => return Ok(JValue::Undefined),
        [JValue::String(text), JValue::Number(width), ..] => (text, *width),
        _ => return fault("`$pad` takes a text, a width and perhaps a text to pad with"),
    };
    let filler: Vec<char> = match arguments.get(2) {
        None | Some(JValue::Undefined) => vec![' '],
        Some(JValue::String(filler)) if filler.is_empty() => vec![' '],
        Some(JValue::String(filler)) => filler.chars().collect(),
        Some(_) => return fault("the third argument of `$pad` is a text"),
    };
    if width.abs() > WIDEST_PAD {
        return fault("`$pad` pads to at most 1,000,000 characters");
    }
    #[expect(clippy::cast_possible_truncation, reason = "bounded above, and not negative")]
    let wanted = width.abs().trunc() as usize;
    let missing = wanted.saturating_sub(text.chars().count());
    let padding: String = filler.iter().cycle().take(missing).collect();
    Ok(JValue::from(if width < 0.0 { format!("{padding}{text}") } else { format!("{text}{padding}") }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn result(expression: &str, data: Value) -> Option<Value> {
        evaluate(expression, Some(data)).unwrap()
    }

    fn refused(expression: &str) -> String {
        evaluate(expression, Some(json!({ "n": 100_000_000_000_u64 }))).unwrap_err().to_string()
    }

    #[test]
    fn an_expression_works_on_data() {
        let data = json!({ "orders": [{ "price": 2, "n": 3 }, { "price": 1.5, "n": 2 }] });

        assert_eq!(result("$sum(orders.(price * n))", data.clone()), Some(json!(9)));
        assert_eq!(result("orders[price > 1.6].n", data.clone()), Some(json!(3)));
        assert_eq!(result("nothing", data.clone()), None);
        assert_eq!(result("{ \"f\": function($x) { $x }, \"a\": 1 }", data), Some(json!({ "a": 1 })));
    }

    #[test]
    fn padding_is_as_usual_and_has_an_end() {
        assert_eq!(result("$pad('a', 3) & '|' & $pad('a', -3, 'xy')", json!({})), Some(json!("a  |xya")));
        assert!(refused("$pad('a', n)").contains("at most"));
    }

    #[test]
    fn what_never_ends_is_ended() {
        for expression in
            ["($f := function() { $f() }; $f())", "($f := function($n) { 1 + $f($n) }; $f(1))", "[1..n]"]
        {
            assert!(refused(expression).contains("failed"), "{expression}");
        }
    }

    #[test]
    fn a_fault_is_told() {
        assert!(refused("a +").contains("the JSONata expression failed"));
        assert!(refused("$uppercase(n)").contains("failed"));
        assert_eq!(refused("$error('no `score.yaml`')"), "no `score.yaml`");
        assert_eq!(refused("$assert(false, 'no `score.yaml`')"), "no `score.yaml`");
        assert!(refused(&"a".repeat(LONGEST_EXPRESSION + 1)).contains("shorter"));
    }
}
