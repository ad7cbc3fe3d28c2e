//! Keywords of schemas and `ui:*` keys that are misspelt.
//!
//! Schemas may carry keys of one's own, so a key is told only when it looks like a keyword.

use super::schemas::Schema;
use super::table::UNKNOWN_KEYWORD;
use crate::lint::finding::{Finding, Findings};
use crate::lint::slip::meant;

/// What draft-07 knows, and what of later drafts the form knows.
const KEYWORDS: [&str; 54] = [
    "$schema",
    "$id",
    "$ref",
    "$comment",
    "$defs",
    "title",
    "description",
    "default",
    "readOnly",
    "writeOnly",
    "deprecated",
    "examples",
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "additionalItems",
    "items",
    "maxItems",
    "minItems",
    "uniqueItems",
    "contains",
    "minContains",
    "maxContains",
    "maxProperties",
    "minProperties",
    "required",
    "additionalProperties",
    "definitions",
    "properties",
    "patternProperties",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "propertyNames",
    "const",
    "enum",
    "enumNames",
    "type",
    "format",
    "contentMediaType",
    "contentEncoding",
    "if",
    "then",
    "else",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "errorMessage",
];

const UI: [&str; 36] = [
    "ui:widget",
    "ui:field",
    "ui:options",
    "ui:help",
    "ui:order",
    "ui:title",
    "ui:description",
    "ui:placeholder",
    "ui:autofocus",
    "ui:autocomplete",
    "ui:disabled",
    "ui:readonly",
    "ui:hidden",
    "ui:emptyValue",
    "ui:enumNames",
    "ui:enumDisabled",
    "ui:enumOrder",
    "ui:label",
    "ui:hideError",
    "ui:inputType",
    "ui:rows",
    "ui:style",
    "ui:classNames",
    "ui:rootFieldId",
    "ui:backstage",
    "ui:copyable",
    "ui:globalOptions",
    "ui:submitButtonOptions",
    "ui:fieldReplacesAnyOrOneOf",
    "ui:duplicateKeySuffixSeparator",
    "ui:ObjectFieldTemplate",
    "ui:ArrayFieldTemplate",
    "ui:FieldTemplate",
    "ui:DescriptionFieldTemplate",
    "ui:TitleFieldTemplate",
    "ui:filePreview",
];

/// Looks at the keys of a schema.
pub(super) fn check(schema: &Schema<'_>, findings: &mut Findings) {
    for member in schema.node.members() {
        let key = member.key;
        if KEYWORDS.contains(&key) || UI.contains(&key) || is_own(key) {
            continue;
        }
        let absent = |known: &&str| schema.node.get(known).is_none();
        let near = if key.starts_with("ui") {
            meant(key, UI.iter().copied().filter(absent))
        } else {
            meant(key, KEYWORDS.iter().copied().filter(absent))
        };
        let Some(near) = near else { continue };
        let message = format!("a schema has no keyword `{key}`, so it is ignored");
        let mend = format!("did you mean `{}`?", near.name);
        let mut finding = Finding::new(&UNKNOWN_KEYWORD, member.key_place(), message, mend);
        if near.certain && member.is_plain_key() {
            finding = finding.replacing(member.key_range.clone(), near.name);
        }
        findings.push(finding);
    }
}

/// Keys of Backstage's own, of experiments, and of others' tools.
fn is_own(key: &str) -> bool {
    ["backstage:", "EXPERIMENTAL_", "x-", "$"].iter().any(|prefix| key.starts_with(prefix))
        || matches!(key, "example" | "nullable" | "id" | "name" | "hidden" | "options")
}
