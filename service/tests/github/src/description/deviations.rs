//! Where an answer of GitHub is known not to be as its own description says.
//!
//! GitHub answers some things that its description does not have. What the double answers the same way is listed here,
//! at most ten times, each with its reason; everything else is a violation.

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
];

/// Whether a violation is on the list.
pub(super) fn listed(operation: &str, violation: &str) -> bool {
    DEVIATIONS.iter().any(|one| {
        (one.operation == "*" || one.operation == operation)
            && violation.starts_with(one.begins)
            && violation.ends_with(one.ends)
    })
}
