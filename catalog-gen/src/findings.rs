//! What the detectors found, before it becomes entities: subjects, claims about their fields, and edges between them.
//!
//! Every detector writes here and may read what those before it found. It does not write entities and knows no rule
//! of a detector. The invariant: of several claims about one field the surest wins, and of equally sure ones the
//! first; the others are kept, so that one can say why not.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::{Claim, Confidence, EntityRef, Evidence, Package, TreePath, Workspace};

/// What a subject will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// A `System`.
    System,
    /// A `Component`.
    Component,
    /// An `API`.
    Api,
    /// A `Resource`.
    Resource,
}

/// Names a subject of these findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectId(usize);

/// A thing in the repository that may become an entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// What it will be.
    pub kind: SubjectKind,
    /// Its folder; `None` is the root.
    pub folder: Option<TreePath>,
    /// How sure it is that there is such a thing, and why.
    pub existence: Claim,
    /// Signs that other detectors look at, such as `deployed` or `framework:axum`, each with where it was seen.
    pub signs: IndexMap<String, Evidence>,
    claims: IndexMap<String, Vec<Claim>>,
}

/// How one subject relates to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// A component gives an API.
    ProvidesApi,
    /// A component calls an API.
    ConsumesApi,
    /// Something needs another thing to run or to build.
    DependsOn,
    /// Something belongs to a system.
    PartOf,
    /// A component is part of another component.
    SubcomponentOf,
}

/// What an edge leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A subject of these findings.
    Subject(SubjectId),
    /// An entity from elsewhere.
    Entity(EntityRef),
}

/// A relation that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// Where it starts.
    pub from: SubjectId,
    /// What it means.
    pub relation: Relation,
    /// Where it leads.
    pub to: Target,
    /// How sure it is.
    pub confidence: Confidence,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
}

/// A language and how much of the code is written in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LanguageShare {
    /// Its name as GitHub writes it, such as `TypeScript`.
    pub name: String,
    /// Bytes of it that count.
    pub bytes: u64,
    /// Part of all bytes that count, from 0 to 1.
    pub share: f64,
}

/// Everything found in one repository.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings {
    /// Languages of the whole repository, most first.
    pub languages: Vec<LanguageShare>,
    /// Manifests, in the order of their paths.
    pub packages: Vec<Package>,
    /// Lists of packages that are developed together, in the order of their paths.
    pub workspaces: Vec<Workspace>,
    /// Relations, in the order they were found.
    pub edges: Vec<Edge>,
    /// What a person should know or decide, and no field can say: "`docs/api.yaml` is not a legal OpenAPI file".
    pub notes: Vec<Evidence>,
    subjects: Vec<Subject>,
}

impl Subject {
    /// A subject with nothing known but that it is.
    pub fn new(kind: SubjectKind, folder: Option<TreePath>, existence: Claim) -> Self {
        Self { kind, folder, existence, signs: IndexMap::new(), claims: IndexMap::new() }
    }

    /// Claims a value for a field, named by its path in the entity: `spec.type`,
    /// `metadata.annotations["backstage.io/techdocs-ref"]`, `metadata.tags` (each tag is a claim of its own).
    pub fn claim(&mut self, field: &str, claim: Claim) {
        self.claims.entry(field.to_owned()).or_default().push(claim);
    }

    /// The claim that wins for a field.
    pub fn best(&self, field: &str) -> Option<&Claim> {
        let claims = self.claims.get(field)?;
        // `max_by_key` gives the last of equals; the first is wanted.
        claims.iter().rev().max_by_key(|claim| claim.confidence)
    }

    /// All claims, by field, in the order they were made.
    pub fn claims(&self) -> impl Iterator<Item = (&str, &[Claim])> {
        self.claims.iter().map(|(field, claims)| (field.as_str(), claims.as_slice()))
    }

    /// Puts a sign, unless it is there.
    pub fn sign(&mut self, sign: impl Into<String>, evidence: Evidence) {
        self.signs.entry(sign.into()).or_insert(evidence);
    }

    /// Is there that sign?
    pub fn has(&self, sign: &str) -> bool {
        self.signs.contains_key(sign)
    }
}

impl Findings {
    /// Adds a subject.
    pub fn add(&mut self, subject: Subject) -> SubjectId {
        self.subjects.push(subject);
        SubjectId(self.subjects.len() - 1)
    }

    /// A subject.
    pub fn subject(&self, id: SubjectId) -> Option<&Subject> {
        self.subjects.get(id.0)
    }

    /// A subject, to say more about it.
    pub fn subject_mut(&mut self, id: SubjectId) -> Option<&mut Subject> {
        self.subjects.get_mut(id.0)
    }

    /// The ids of all subjects of a kind, for a loop that changes them.
    pub fn ids(&self, kind: SubjectKind) -> Vec<SubjectId> {
        self.of(kind).map(|(id, _)| id).collect()
    }

    /// The manifests in a folder (`None`: the root).
    pub fn packages_in<'f>(&'f self, folder: Option<&'f TreePath>) -> impl Iterator<Item = &'f Package> {
        self.packages.iter().filter(move |package| package.folder.as_ref() == folder)
    }

    /// All subjects of a kind, in the order they were found.
    pub fn of(&self, kind: SubjectKind) -> impl Iterator<Item = (SubjectId, &Subject)> {
        let all = self.subjects.iter().enumerate();
        all.filter(move |(_, subject)| subject.kind == kind).map(|(at, subject)| (SubjectId(at), subject))
    }

    /// The component, of those that are more than guessed at, whose folder is nearest above a path.
    pub fn component_of(&self, path: &TreePath) -> Option<SubjectId> {
        let depth = |subject: &Subject| match &subject.folder {
            None => Some(0),
            Some(folder) => {
                let below = path.as_str().strip_prefix(folder.as_str())?;
                (below.is_empty() || below.starts_with('/')).then(|| folder.as_str().len())
            }
        };
        let known = |subject: &Subject| subject.existence.confidence > Confidence::Guess;
        let components = self.of(SubjectKind::Component).filter(|(_, subject)| known(subject));
        let above = components.filter_map(|(id, subject)| Some((depth(subject)?, id)));
        above.max_by_key(|(depth, id)| (*depth, std::cmp::Reverse(*id))).map(|(_, id)| id)
    }
}
