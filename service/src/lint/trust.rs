//! Which values of a skeleton can hold any text that a user likes.
//!
//! A value is traced to the parameters that it is made of, and their schemas are asked. What cannot be traced
//! (an output of a step, an entity) is not called free, so that a finding is about something that is certain.

use super::linted::{Fetch, Linted};
use super::node::Node;
use super::parameters::Declared;

/// Fields of Backstage's form that give a reference or an address, not free text.
const PICKERS: [&str; 11] = [
    "EntityNamePicker",
    "EntityPicker",
    "EntityTagsPicker",
    "MultiEntityPicker",
    "MyGroupsPicker",
    "OwnedEntityPicker",
    "OwnerPicker",
    "RepoBranchPicker",
    "RepoOwnerPicker",
    "RepoUrlPicker",
    "Secret",
];
/// Keywords that say which texts are taken.
const NARROWING: [&str; 4] = ["enum", "const", "pattern", "format"];

/// The parameter that takes any text and reaches the value `name` of a fetch step.
pub(super) fn free_parameter(
    template: &Linted<'_>,
    declared: &Declared<'_>,
    fetch: &Fetch<'_>,
    name: &str,
) -> Option<String> {
    let text = fetch.values?.get(name)?.text()?;
    let found = template.known.values.inspect(text).ok()?;
    let parameters = found.references.iter().filter(|reference| reference.root == "parameters");
    let names = parameters.filter_map(|reference| match reference.path.as_slice() {
        [only] => only.key.clone(),
        _ => None,
    });
    names.into_iter().find(|parameter| takes_any_text(declared, parameter))
}

/// Whether a parameter is a text that nothing narrows.
fn takes_any_text(declared: &Declared<'_>, parameter: &str) -> bool {
    let schemas = declared.properties.named.get(parameter);
    schemas.is_some_and(|schemas| !schemas.is_empty() && schemas.iter().all(|one| is_open_text(one.schema)))
}

/// Whether a schema takes any text.
fn is_open_text(schema: Node<'_>) -> bool {
    let text = |key: &str| schema.get(key).and_then(|value| value.text());
    text("type") == Some("string")
        && !text("ui:field").is_some_and(|field| PICKERS.contains(&field))
        && !NARROWING.iter().any(|key| schema.get(key).is_some())
        && !["oneOf", "anyOf", "allOf"].iter().any(|key| schema.get(key).is_some())
}
