//! Where an answer of GitHub is known not to be as its own description says.
//!
//! GitHub answers some things that its description does not have. What the double answers the same way is listed here,
//! at most ten times, each with its reason; everything else is a violation.

/// An answer that may differ, and where.
#[derive(Clone, Copy, Debug)]
pub struct Deviation {
    /// GitHub's own id of the operation; `*` for all of them.
    pub operation: &'static str,
    /// How the violation begins.
    pub violation: &'static str,
    /// Who has seen GitHub answer like this.
    pub reason: &'static str,
}

/// All deviations.
pub const DEVIATIONS: &[Deviation] = &[];

/// Whether a violation is on the list.
pub(super) fn listed(operation: &str, violation: &str) -> bool {
    DEVIATIONS.iter().any(|deviation| {
        (deviation.operation == "*" || deviation.operation == operation)
            && violation.starts_with(deviation.violation)
    })
}
