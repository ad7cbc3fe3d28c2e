//! What a repository is, told in the words of Backstage's catalog.
//!
//! The crate holds the values that this needs: [`FileTree`], a tree of files as a value; [`Entity`] and
//! [`EntityRef`], Backstage's catalog entities and the way they name each other; [`validate()`], the rules by
//! which Backstage takes or refuses an entity; [`parse_documents`], the YAML that people write them in; and
//! [`generate()`], the entities of a repository, with the reason for every value.
//!
//! It knows nothing of the service, and starts no process. But for `source`, which the feature `cli` brings for the
//! command line, it opens no file and no connection: everything it works on is handed in. What it keeps true is that each of its values is legal from the moment it exists:
//! a tree cannot hold a path that leads out of it, a reference cannot have an empty part.

mod catalogue;
mod check;
mod claim;
mod detect;
mod entity;
mod entity_ref;
mod explain;
mod files;
mod findings;
mod generate;
mod glob;
mod graph;
mod house;
mod listing;
mod material;
mod merge;
mod offer;
mod package;
mod propose;
mod rebase;
mod report;
mod site;
#[cfg(feature = "cli")]
pub mod source;
mod survey;
mod told;
mod tree;
mod validate;
mod words;
mod yaml;

pub use catalogue::{Catalogue, Described, FieldClaim};
pub use check::check;
pub use claim::{Claim, Confidence, Evidence};
pub use detect::{DETECTORS, Detector, Interest, Wanted};
pub use entity::{Entity, EntityError, Link, Metadata};
pub use entity_ref::{DEFAULT_NAMESPACE, EntityRef, RefError};
pub use explain::explain;
pub use files::{AllowedKind, Surroundings, catalog_files, validate_files, validate_files_in};
pub use findings::{Edge, Findings, LanguageShare, Relation, Subject, SubjectId, SubjectKind, Target};
pub use generate::generate;
pub use graph::Graph;
pub use house::{ProposedSite, site_of};
pub use listing::{Listed, ListedKind, Listing};
pub use material::{About, Material};
pub use merge::{
    Addition, Difference, Generated, LeftAlone, MergeError, Merged, MergedFiles, merge, merge_files,
};
pub use offer::{MORE_FILE, describe_offer, offered_files};
pub use package::{Dependency, Ecosystem, Package, Said, Workspace};
pub use propose::{CodeHost, FieldNote, FieldState, Proposal, Remote, propose};
pub use report::{Finding, Level, Position, Report, Rule, rules};
pub use site::{AnnotationRule, Site, TeamNamespace};
pub use survey::{WantedFile, is_foreign, wanted};
pub use told::Told;
pub use tree::{Entry, File, FileTree, Follow, OnConflict, PathError, TreeBudget, TreeError, TreePath};
pub use validate::{Violation, validate};
pub use yaml::{
    Document, MAX_YAML_BYTES, Placed, Writing, YamlError, parse_documents, parse_documents_placed,
};

#[cfg(test)]
mod tests;
