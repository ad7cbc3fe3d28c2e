//! Which templates may be run, and what of them may be seen.
//!
//! A page or step that may not be seen is left out as if the author had not written it, and so are the values
//! that only such a page asks for: nobody would have checked them. The invariant: what cannot be judged, because
//! the template is broken or gone, is not shown under a condition.

use catalog_gen::EntityRef;
use serde_json::Value;

use crate::backstage::permission::{Decision, TemplatePartRule, TemplateRule};
use crate::template::{Step, Template};

/// The key under which pages and steps carry tags.
const PERMISSIONS: &str = "backstage:permissions";

/// Whether the template may be run.
pub(super) fn may_run(decision: &Decision<TemplateRule>, template: &Template) -> bool {
    decision.allows(|rule| fits(rule, template))
}

fn fits(rule: &TemplateRule, template: &Template) -> bool {
    let text = |pointer: &str| template.entity.pointer(pointer).and_then(Value::as_str);
    match rule {
        TemplateRule::IsOneOf(refs) => {
            refs.iter().any(|known| comparable(known, "Template", None) == template.entity_ref)
        }
        TemplateRule::HasTag(tag) => {
            let tags = template.entity.pointer("/metadata/tags").and_then(Value::as_array);
            tags.into_iter().flatten().any(|known| known.as_str() == Some(tag))
        }
        TemplateRule::HasType(kind) => text("/spec/type") == Some(kind),
        TemplateRule::IsOwnedBy(owners) => text("/spec/owner").is_some_and(|owner| {
            let owner = comparable(owner, "Group", text("/metadata/namespace"));
            owners.iter().any(|known| comparable(known, "Group", None) == owner)
        }),
    }
}

/// A reference in the form in which two of them are compared.
fn comparable(text: &str, kind: &str, namespace: Option<&str>) -> String {
    match EntityRef::parse_with(text, Some(kind), namespace) {
        Ok(reference) => reference.to_string(),
        Err(_) => text.to_lowercase(),
    }
}

/// Whether a page may be seen.
pub(super) fn shows_page(decision: &Decision<TemplatePartRule>, page: &Value) -> bool {
    decision.allows(|rule| has_tag(rule, page.get(PERMISSIONS)))
}

/// Whether a step may be seen, and run.
pub(super) fn shows_step(decision: &Decision<TemplatePartRule>, step: &Step) -> bool {
    decision.allows(|rule| has_tag(rule, step.rest.get(PERMISSIONS)))
}

fn has_tag(TemplatePartRule::HasTag(tag): &TemplatePartRule, permissions: Option<&Value>) -> bool {
    match permissions.and_then(|permissions| permissions.get("tags")) {
        Some(Value::Array(tags)) => tags.iter().any(|known| known.as_str() == Some(tag)),
        // One text in place of a list: Backstage looks for the tag in it.
        Some(Value::String(tags)) => tags.contains(tag),
        _ => false,
    }
}
