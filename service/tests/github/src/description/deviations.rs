//! Where an answer of GitHub is known not to be as its own description says.
//!
//! GitHub answers some things that its description does not have. What the double answers the same way is listed here,
//! at most ten times, each with its reason; everything else is a violation.

use serde_json::Value;

/// An answer that may differ, and where.
#[derive(Clone, Copy, Debug)]
pub struct Deviation {
    /// GitHub's own id of the operation; `*` for all of them.
    pub operation: &'static str,
    /// How the violation begins: the place.
    pub begins: &'static str,
    /// How it ends: what is wrong there.
    pub ends: &'static str,
    /// Why GitHub's answer is right nevertheless.
    pub reason: &'static str,
}

/// All deviations.
pub const DEVIATIONS: &[Deviation] = &[
    Deviation {
        operation: "*",
        begins: "`/errors/",
        ends: "value is not of type \"object\"",
        reason: "some refusals list texts where the description has objects: `Name must be unique` of a ruleset",
    },
    Deviation {
        operation: "*",
        begins: "`/restrictions/apps/",
        ends: "is not named by the description",
        reason: "an App is told with all its permissions; the description names four",
    },
    Deviation {
        operation: "repos/create-or-update-file-contents",
        begins: "``: value is valid under more than one of the schemas",
        ends: "'oneOf' keyword",
        reason: "a 409 of a file is an error like any other, and the description's alternatives for it overlap",
    },
    Deviation {
        operation: "apps/list-installations",
        begins: "`/",
        ends: "under any of the schemas listed in the 'anyOf' keyword",
        reason: "its account would have to be a user and an enterprise at once, other than that of one installation",
    },
    Deviation {
        operation: "apps/list-installations",
        begins: "`/",
        ends: "is not named by the description",
        reason: "it has an older copy of an installation, without the keys and permissions that came later",
    },
];

/// Permissions of Apps that GitHub has (its `x-accepted-github-permissions` names them) and its description has not.
const PERMISSIONS: [&str; 3] =
    ["actions_variables", "organization_actions_variables", "organization_dependabot_secrets"];

/// Where the description lists the permissions of Apps.
pub(super) const OF_APPS: &str = "/components/schemas/app-permissions";

/// Whether a key is a permission that is missing there.
pub(super) fn is_permission(key: &str) -> bool {
    PERMISSIONS.contains(&key)
}

/// Whether a violation is on the list.
pub(super) fn listed(operation: &str, violation: &str) -> bool {
    DEVIATIONS.iter().any(|one| {
        (one.operation == "*" || one.operation == operation)
            && violation.starts_with(one.begins)
            && violation.ends_with(one.ends)
    })
}

/// A word that GitHub takes and its description does not have.
struct Word {
    operation: &'static str,
    key: &'static str,
    word: &'static str,
}

/// Repositories that an enterprise sees: GitHub's texts speak of them beside the schema that leaves them out.
const WORDS: [Word; 2] = [
    Word { operation: "repos/create-in-org", key: "visibility", word: "internal" },
    Word { operation: "repos/update", key: "visibility", word: "internal" },
];

/// Adds what GitHub takes to what its description lists.
pub(super) fn complete(document: &mut Value) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let operations = paths.into_iter().flat_map(|paths| paths.values_mut());
    for operation in operations.filter_map(Value::as_object_mut).flat_map(|methods| methods.values_mut()) {
        let id = operation["operationId"].clone();
        for Word { key, word, .. } in WORDS.iter().filter(|one| id == one.operation) {
            let list = format!("/requestBody/content/application~1json/schema/properties/{key}/enum");
            if let Some(list) = operation.pointer_mut(&list).and_then(Value::as_array_mut)
                && !list.iter().any(|known| known == word)
            {
                list.push((*word).into());
            }
        }
    }
}
