//! The catalog files of a repository, judged together.
//!
//! What one entity has wrong is said by [`crate::validate()`]; this finds the files, tells the places, and adds what
//! goes over documents and files: documents that stop a whole file, entities declared twice, references that lead
//! nowhere, kinds that files may not declare, files that are named and not there. It reads no disk and mends nothing.
//! The invariant: whatever the files hold, it ends within the limits of the YAML reader, and each finding points to
//! the place that has to be changed.

mod across;
mod aliases;
mod document;
mod locations;
mod placeholders;
mod reading;

use std::cell::Cell;

use crate::report::sort;
use crate::{EntityRef, FileTree, Finding, Listing, TreePath};

pub(crate) use locations::{Aim, aim, moved};
pub(crate) use placeholders::{Placeholder, placeholders};
pub use reading::catalog_files;
pub(crate) use reading::{CatalogFile, DocumentRead, read};

/// How often the paths of a repository are gone through for one that may be meant.
const MOST_LOOKS: usize = 100;

/// What is known of the catalog that the files are for, and of the repository they are in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Surroundings<'s> {
    /// What `catalog.rules` lets files declare; none: what Backstage allows unless it is told otherwise.
    pub allowed: Option<&'s [AllowedKind]>,
    /// Entities that are in the catalog already. With them every reference that leads nowhere is told; without them
    /// only those are that look like a slip, because others may lead to entities elsewhere.
    pub known: Option<&'s [EntityRef]>,
    /// Kinds that modules of the catalog know beside the stock ones.
    pub kinds: &'s [String],
    /// Everything in the repository, where the tree holds only those files of it that were read.
    pub listing: Option<&'s Listing>,
}

/// A kind that files may declare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedKind {
    /// The kind; letter case is ignored.
    pub kind: String,
    /// Only of this `spec.type`, letter case ignored.
    pub spec_type: Option<String>,
}

/// All that is wrong with the catalog files of a repository, in the order of files and lines. The tree holds the
/// whole repository, or at least its catalog files and the files they name.
pub fn validate_files(tree: &FileTree) -> Vec<Finding> {
    validate_files_in(tree, &Surroundings::default())
}

/// The same with what is known of the catalog and the repository.
pub fn validate_files_in(tree: &FileTree, surroundings: &Surroundings<'_>) -> Vec<Finding> {
    let scope = Scope::new(tree, surroundings);
    let mut findings = Vec::new();
    let files = read(&scope, &mut findings);
    for file in &files {
        document::check(file, surroundings, &mut findings);
        locations::check(file, &scope, &mut findings);
        placeholders::check(file, &scope, &mut findings);
    }
    across::check(&files, surroundings, &mut findings);
    sort(&mut findings);
    findings
}

/// What is looked at.
pub(crate) struct Scope<'s> {
    pub(crate) tree: &'s FileTree,
    pub(crate) surroundings: &'s Surroundings<'s>,
    /// How often paths may still be gone through for one that looks alike.
    looks: Cell<usize>,
}

impl<'s> Scope<'s> {
    pub(crate) fn new(tree: &'s FileTree, surroundings: &'s Surroundings<'s>) -> Self {
        Self { tree, surroundings, looks: Cell::new(MOST_LOOKS) }
    }

    /// Is there a file or link at the path?
    pub(crate) fn is_file(&self, path: &TreePath) -> bool {
        let listed = self.surroundings.listing.is_some_and(|listing| listing.get(path).is_some());
        listed || self.tree.get(path).is_some() && !self.tree.is_dir(path)
    }

    /// Is the path a folder?
    pub(crate) fn is_folder(&self, path: &TreePath) -> bool {
        let listed = self.surroundings.listing.is_some_and(|listing| listing.is_folder(path));
        listed || self.tree.is_dir(path)
    }

    /// The paths of all files.
    pub(crate) fn paths(&self) -> Vec<&TreePath> {
        match self.surroundings.listing {
            Some(listing) => listing.iter().map(|file| &file.path).collect(),
            None => self.tree.iter().map(|(path, _)| path).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
