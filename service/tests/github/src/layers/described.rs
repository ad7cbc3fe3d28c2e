//! The check of requests and answers against GitHub's description.
//!
//! What is wrong is noted and fails the test; the request goes on, because GitHub would answer it, too. Only what the
//! variant of GitHub does not have at all is not there.

use crate::call::{Answer, Call};
use crate::description::{Description, Variant};
use crate::errors;
use crate::setup;
use crate::shared::{Shared, locked};
use crate::state::State;

fn description(state: &State, version: &str) -> &'static Description {
    Description::of(match (state.setup.variant, version) {
        (setup::Variant::Server, _) => Variant::Enterprise,
        (setup::Variant::Cloud, "2026-03-10") => Variant::GitHub2026,
        (setup::Variant::Cloud, _) => Variant::GitHub,
    })
}

/// Operations that no description of the API has.
const OUTSIDE: [&str; 1] = ["graphql"];

/// Notes what is wrong with a request.
pub(super) fn request(shared: &Shared, state: &State, call: &Call) -> Result<(), Answer> {
    if OUTSIDE.contains(&call.operation) {
        return Ok(());
    }
    let path = super::by_name(state, &call.path);
    let checked = description(state, &call.version).request(&call.method, &path, &call.query, &call.body);
    let known = checked.operation.is_some();
    if checked.operation.is_some_and(|operation| operation != call.operation) {
        locked(&shared.violations).push(format!("`{path}` is not `{}`", call.operation));
    }
    locked(&shared.violations).extend(checked.violations);
    if known { Ok(()) } else { Err(errors::not_found()) }
}

/// Leaves out of an answer what github.com tells with the older version of the API, and this variant does not.
pub(super) fn pruned(state: &State, (operation, version): (&str, &str), answer: &mut Answer) {
    let is_base = state.setup.variant == setup::Variant::Cloud && version == "2022-11-28";
    if let (false, Some(body)) = (is_base, answer.body.as_mut()) {
        description(state, version).prune(operation, answer.status, body);
    }
}

/// Notes what is wrong with an answer.
pub(super) fn answer(shared: &Shared, state: &State, (operation, version): (&str, &str), answer: &Answer) {
    if OUTSIDE.contains(&operation) {
        return;
    }
    let faults = description(state, version).response(operation, answer.status, answer.body.as_ref());
    // What the variant does not have at all was noted with the request.
    let absent = answer.status == 404 && !description(state, version).has(operation);
    if !absent {
        locked(&shared.violations).extend(faults);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::OUTSIDE;
    use crate::description::{Description, Variant};
    use crate::handlers::TABLE;

    #[test]
    fn every_operation_is_githubs_by_its_id_its_method_and_its_path() {
        let description = Description::of(Variant::GitHub);
        let routes = TABLE.iter().flat_map(|area| area.iter());
        for route in routes.filter(|route| !OUTSIDE.contains(&route.operation)) {
            let parts = route.path.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
            let path = parts.collect::<Vec<_>>().join("/");
            let found = description.request(route.method, &path, &BTreeMap::new(), &Value::Null).operation;
            assert_eq!(found, Some(route.operation), "{} {}", route.method, route.path);
        }
    }
}
