//! Actions of the `catalog` family.
//!
//! They read and write this service's own entity store; what a valid entity is, `catalog-gen` says.

mod annotate;
mod fetch;
mod register;
mod scaffolded_from;
mod template_version;
mod write;

pub(crate) use fetch::Fetch;
pub(crate) use register::Register;
pub(crate) use scaffolded_from::ScaffoldedFrom;
pub(crate) use template_version::TemplateVersion;
pub(crate) use write::Write;
