//! Tests of templates: cases beside a template, run through the dry run and compared with what they expect.
//!
//! A case is a YAML file in `cases/` beside the template: values, mocks, expectations. The tree that it gives is
//! compared with a snapshot in `cases/snapshots/`. Which templates are tested, and how the outcome is printed, is
//! decided by the command line. The invariant: running cases writes nothing but snapshots, and those only if
//! asked to.

mod case;
mod diff;
mod files;
mod finding;
mod fit;
mod judge;
mod keys;
mod part;
mod read;
mod run;
mod snapshot;
mod suite;

pub use case::Case;
pub use diff::printable;
pub use finding::Finding;
pub use run::{Options, Outcome, Run};
pub use snapshot::Written;
pub use suite::{Entry, Subject, Suite};
