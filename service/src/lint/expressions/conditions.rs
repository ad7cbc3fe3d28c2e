//! Conditions that are always the same.

use serde_json::Value;

use super::table::{IF_ALWAYS_FALSE, IF_ALWAYS_TRUE};
use crate::lint::finding::Findings;
use crate::lint::linted::Linted;
use crate::lint::node::Node;
use nunjucks::Shape;

/// Looks at the `if` of every step, and of every link and text of the output.
pub(super) fn check(template: &Linted<'_>, findings: &mut Findings) {
    let outputs = ["links", "text"].into_iter().filter_map(|key| template.output?.get(key));
    let shown = outputs.flat_map(|list| list.items()).filter_map(|item| item.get("if"));
    let steps = template.steps.iter().filter_map(|step| step.condition);
    for condition in steps.chain(shown) {
        judge(template, condition, findings);
    }
}

fn judge(template: &Linted<'_>, condition: Node<'_>, findings: &mut Findings) {
    let text = match condition.value {
        Value::String(text) => text,
        // `if: true` and `if: false` are written on purpose.
        _ => return,
    };
    let inspector = &template.known.values;
    let write = |inner: &str| format!("write `${{{{ {inner} }}}}`");
    if !inspector.has_tag(text) {
        let (rule, outcome) = match text.trim() {
            "" => (&IF_ALWAYS_FALSE, "an empty text is always false"),
            _ => (&IF_ALWAYS_TRUE, "a text without an expression is always true"),
        };
        let bare = text.trim();
        let mend = match bare {
            "" | "true" | "false" => "write `true` or `false` without quotes, or remove the `if`".to_owned(),
            _ if bare.starts_with("{{") && bare.ends_with("}}") => format!("write `${bare}`"),
            _ => write(bare),
        };
        findings.add(rule, condition.place(), outcome, mend);
        return;
    }
    let Ok(found) = inspector.inspect(text) else { return };
    if found.is_constant() && found.shape != Shape::Text {
        match inspector.truth(text) {
            Some(true) => findings.add(
                &IF_ALWAYS_TRUE,
                condition.place(),
                "the condition refers to nothing and is always true",
                "remove the `if`, or compare with a parameter",
            ),
            Some(false) => findings.add(
                &IF_ALWAYS_FALSE,
                condition.place(),
                "the condition refers to nothing and is always false",
                "remove the step, or compare with a parameter",
            ),
            None => {}
        }
        return;
    }
    // A text beside the expressions is never empty, so the whole is true, whatever they say.
    if found.shape == Shape::Mixed
        && found.outputs.len() == text.matches("${{").count()
        && !text.contains("{%")
    {
        let outside = without_tags(text);
        let trailing = outside.trim().is_empty();
        let message = if trailing {
            "white space or a line break around the expression makes it a text, which is always true"
        } else {
            "text around the expression makes the whole a text, which is always true"
        };
        let mend = if trailing {
            "put the expression alone into the `if`: no space around it, `>-` in place of `>`"
        } else {
            "put all of the condition between `${{` and `}}`"
        };
        if !outside.is_empty() {
            findings.add(&IF_ALWAYS_TRUE, condition.place(), message, mend);
        }
    }
}

/// A text without its expressions and comments.
fn without_tags(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((at, close)) = [("${{", "}}"), ("{#", "#}")]
        .into_iter()
        .filter_map(|(open, close)| rest.find(open).map(|at| (at, close)))
        .min()
    {
        out.push_str(rest.get(..at).unwrap_or_default());
        let inside = rest.get(at..).unwrap_or_default();
        rest = inside.find(close).and_then(|end| inside.get(end + close.len()..)).unwrap_or_default();
    }
    out.push_str(rest);
    out
}
