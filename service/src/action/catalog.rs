//! Actions of the `catalog` family.
//!
//! Where a Backstage is configured they read and fill its catalog, as the user who started the task; else this
//! service's own entity store, for which `catalog-gen` says what a valid entity is.

mod annotate;
mod asking;
mod fetch;
mod generate;
mod register;
mod scaffolded_from;
mod template_version;
mod write;

pub(crate) use fetch::Fetch;
pub(in crate::action) use fetch::look_up;
pub(crate) use generate::Generate;
pub(crate) use register::Register;
pub(crate) use scaffolded_from::ScaffoldedFrom;
pub(crate) use template_version::TemplateVersion;
pub(crate) use write::Write;
