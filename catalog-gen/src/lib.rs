//! What a repository is, told in the words of Backstage's catalog.
//!
//! The crate holds the values that this needs: [`FileTree`], a tree of files as a value; [`Entity`] and
//! [`EntityRef`], Backstage's catalog entities and the way they name each other; [`validate()`], the rules by
//! which Backstage takes or refuses an entity; [`parse_documents`], the YAML that people write them in; and
//! [`propose()`], an entity for a repository that has none.
//!
//! It knows nothing of the service, opens no file and no connection, and starts no process: everything it
//! works on is handed in. What it keeps true is that each of its values is legal from the moment it exists:
//! a tree cannot hold a path that leads out of it, a reference cannot have an empty part.

mod entity;
mod entity_ref;
mod propose;
mod tree;
mod validate;
mod yaml;

pub use entity::{Entity, EntityError, Link, Metadata};
pub use entity_ref::{DEFAULT_NAMESPACE, EntityRef, RefError};
pub use propose::{CodeHost, Evidence, FieldState, Proposal, Remote, propose};
pub use tree::{Entry, File, FileTree, Follow, OnConflict, PathError, TreeBudget, TreeError, TreePath};
pub use validate::{Violation, validate};
pub use yaml::{
    Document, MAX_YAML_BYTES, Placed, Writing, YamlError, parse_documents, parse_documents_placed,
};
