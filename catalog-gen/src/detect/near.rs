//! Which component a file belongs to.
//!
//! Components that are only guessed at own nothing. It answers by the folders above a file, one look for each. The
//! invariant: where the repository has one component, every file is its.

use std::collections::HashMap;

use crate::{Claim, Confidence, Findings, Subject, SubjectId, SubjectKind, TreePath};

/// The known components by their folders and names.
pub(super) struct Near {
    by_folder: HashMap<Option<TreePath>, SubjectId>,
    by_name: HashMap<String, SubjectId>,
    all: Vec<SubjectId>,
}

impl Near {
    /// The components that are known by now.
    pub(super) fn of(findings: &Findings) -> Self {
        let mut near = Self { by_folder: HashMap::new(), by_name: HashMap::new(), all: Vec::new() };
        let known = |subject: &Subject| subject.existence.confidence > Confidence::Guess;
        for (id, subject) in findings.of(SubjectKind::Component).filter(|(_, subject)| known(subject)) {
            near.all.push(id);
            near.by_folder.entry(subject.folder.clone()).or_insert(id);
            let folder = subject.folder.as_ref().map(|folder| folder.file_name());
            let name = subject.best("metadata.name").and_then(Claim::text);
            for name in name.into_iter().chain(folder) {
                near.by_name.entry(super::slug::slug(name)).or_insert(id);
            }
        }
        near
    }

    /// The component that a file is in.
    pub(super) fn component(&self, path: &TreePath) -> Option<SubjectId> {
        let mut folder = path.parent();
        loop {
            if let Some(id) = self.by_folder.get(&folder) {
                return Some(*id);
            }
            match folder {
                Some(here) => folder = here.parent(),
                None => return self.only(),
            }
        }
    }

    /// The component of just that folder.
    pub(super) fn at(&self, folder: &Option<TreePath>) -> Option<SubjectId> {
        self.by_folder.get(folder).copied()
    }

    /// The component of that name, or whose folder has it.
    pub(super) fn named(&self, name: &str) -> Option<SubjectId> {
        self.by_name.get(&super::slug::slug(name)).copied()
    }

    /// The component, where there is one.
    pub(super) fn only(&self) -> Option<SubjectId> {
        match self.all.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// All of them.
    pub(super) fn all(&self) -> &[SubjectId] {
        &self.all
    }
}
