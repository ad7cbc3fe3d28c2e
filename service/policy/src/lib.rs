//! Holds the files of a repository against policies.
//!
//! A policy is a file in Rego, the language of the Open Policy Agent, that says `deny` or `warn` about one file, or
//! about all of them together ([`PolicySet`]). [`check()`] reads the files that policies are about (manifests,
//! Terraform, workflows, Dockerfiles, catalog and Score files), asks every policy, finds the lines and takes out what
//! somebody allowed with a reason. [`prove()`] runs the tests that lie beside policies.
//!
//! The crate opens no file and no connection, and policies cannot either: what they are asked depends on the files
//! alone. The invariant: a policy that does not come to an end, takes too much memory or breaks is a finding against
//! that policy, and never a silence.

mod allow;
mod ask;
mod check;
mod document;
mod finding;
mod marks;
mod meta;
mod prove;
mod set;

pub use ask::Limits;
pub use check::{Repository, check, input};
pub use document::{Document, Kind, MAX_FILE_BYTES, read, wanted};
pub use finding::{Finding, Level, OWN_RULES, Report};
pub use prove::{Proof, Proven, prove};
pub use set::{Fault, Faults, Policy, PolicySet};
