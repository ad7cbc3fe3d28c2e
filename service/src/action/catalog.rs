//! Actions of the `catalog` family.
//!
//! They read and write this service's own entity store; what a valid entity is, `catalog-gen` says.

mod fetch;
mod register;
mod write;

pub(crate) use fetch::Fetch;
pub(crate) use register::Register;
pub(crate) use write::Write;
