//! Objects that several operations answer with, as GitHub writes them.

pub(crate) mod account;
pub(crate) mod app;
pub(crate) mod commit;
pub(crate) mod issue;
pub(crate) mod pull;
pub(crate) mod repository;
pub(crate) mod team;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// An id as GraphQL has it: a kind's letters and the number.
pub(crate) fn node_id(kind: &str, id: u64) -> String {
    format!("{kind}_{}", STANDARD.encode(format!("double:{id:010}")).trim_end_matches('='))
}
