//! Actions of the family `roadiehq:utils`: files, merging, serialising, JSONata, as the community module of that
//! name for Backstage has them.
//!
//! Templates written for that module run unchanged: same inputs, same outputs, same text in files. What they
//! wrote to a disk there is the workspace here, so a path in an output is a path of the workspace. All but
//! `sleep` are pure functions of the workspace.

mod files;
mod json;
mod jsonata;
mod jsonata_file;
mod merge;
mod merge_json;
mod serialize;
mod sleep;
mod transform;
mod yaml;
mod zip;

pub(crate) use files::{Append, Parse, Replace, Write};
pub(crate) use jsonata::Jsonata;
pub(crate) use jsonata_file::{TransformJson, TransformYaml};
pub(crate) use merge::Merge;
pub(crate) use merge_json::MergeJson;
pub(crate) use serialize::{SerializeJson, SerializeYaml};
pub(crate) use sleep::Sleep;
pub(crate) use zip::Zip;
