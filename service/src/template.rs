//! Templates: where they come from, what they say, which values they take.
//!
//! A [`Library`] holds the templates of the configured sources, reloads them when they change and keeps a
//! broken one listed with its error. A [`Template`] is a parsed `scaffolder.backstage.io/v1beta3` entity; its
//! [`Pin`] fixes the very files that a task will see. [`Sources`] reads the files behind a `fetch:*` URL.
//! Nothing is rendered here and nothing is unpacked on a disk.

pub mod entity;
pub mod library;
pub mod parameters;
pub(crate) mod placeholder;
pub mod source;

pub use entity::{
    API_VERSION, OnFailure, Step, Template, TemplateError, TemplatePlace, TemplateSpec, on_failure,
    value_mode,
};
pub use library::{FindError, Library, Listed, Look, Single, SingleError, Watched, template_of};
pub use parameters::{SchemaViolation, validate_against, validate_secrets, validate_values, with_defaults};
pub(crate) use source::{CASE_SNAPSHOTS, revision_of};
pub use source::{FetchError, Fetched, Held, Pin, Sources};
