//! Configuration made anew at every deployment, from one description of a workload.
//!
//! A team writes `score.yaml` ([Score](https://docs.score.dev), `score.dev/v1b1`): what runs, and which resources it
//! needs, without a word about environments. The platform team writes rules: which definition stands for which
//! resource in which environment. [`render()`] brings the two together and gives files: Kubernetes manifests, a
//! Terraform root module that calls the platform's modules, and the reasons, resource by resource.
//!
//! The crate opens no file and no connection: texts go in, a [`FileTree`](catalog_gen::FileTree) comes out. The
//! invariant: the same inputs give the same bytes, and nothing is rendered that a rule leaves open.

mod definition;
mod explain;
mod fault;
mod kubernetes;
mod placeholder;
mod platform;
mod render;
mod resolve;
mod terraform;
mod text;
mod workload;

pub use explain::{Chosen, Explanation};
pub use fault::{Fault, Faults};
pub use platform::Platform;
pub use render::{KNOWN_AFTER_APPLY, Rendered, Request, render};
pub use workload::Workload;
