//! Adding what a generator found to a catalog file that people wrote.
//!
//! The file leads: every value, every comment and the order stay; only what is missing is put in, where it belongs and
//! indented as the file is. What the file has otherwise is told and left. A file that cannot be read is left alone.
//! The invariants: a merge only inserts, it never takes a byte out; the result, read again, says all that the file
//! said, and what was added; merging again changes nothing. Each of them is checked on the result before it is given
//! out; what would break one is not put in, and told.

mod files;
mod place;
mod plan;
mod write;

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::report::Source;
use crate::{Document, EntityRef, Placed, Position, YamlError, parse_documents, parse_documents_placed};

pub use files::{LeftAlone, MergedFiles, merge_files};

use place::{Edit, Shelf};
use plan::{Plan, plan};

/// How often an edited text is read again at most, and at least.
const MOST_TRIED: usize = 600;
const LEAST_TRIED: usize = 16;
/// How many bytes of edited texts are read again, within these.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// An entity that a generator found.
#[derive(Debug, Clone, PartialEq)]
pub struct Generated {
    /// The entity.
    pub entity: Value,
    /// Fields of it that only hold a place, such as `spec.owner`: they are written into a new document, and never into
    /// one that is there.
    pub placeholders: Vec<String>,
}

/// A value that was put in, or could not be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Addition {
    /// The entity as the file names it.
    pub entity: String,
    /// The field, such as `metadata.tags`; empty for a whole entity.
    pub field: String,
    /// The value.
    pub value: Value,
}

/// A value that the file has and the generator would write otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The entity as the file names it.
    pub entity: String,
    /// The field.
    pub field: String,
    /// Where the file has it.
    pub place: Position,
    /// What the file says.
    pub written: Value,
    /// What the generator found.
    pub found: Value,
}

/// What merging came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The file with what was added.
    pub text: String,
    /// What was added, in the order of the generator.
    pub added: Vec<Addition>,
    /// What is missing and could not be put in without touching what is there.
    pub not_added: Vec<Addition>,
    /// What was left as it is.
    pub differences: Vec<Difference>,
}

/// Why a file was left alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// It cannot be read.
    #[error("the file cannot be read, {}; it is left as it is", .0.first().map(ToString::to_string).unwrap_or_default())]
    Unreadable(Vec<YamlError>),
}

/// Merges entities into the text of a catalog file; they are matched by their references, letter case ignored. What
/// the file does not declare becomes a document at its end.
pub fn merge(text: &str, entities: &[Generated]) -> Result<Merged, MergeError> {
    let documents = read(text)?;
    // Of several documents with one name the catalog takes the last.
    let names = documents.iter().map(|(document, _)| reference(&document.value));
    let names = names.enumerate().filter_map(|(index, name)| Some((name?.to_string(), index)));
    let names: HashMap<String, usize> = names.collect();
    let matched = |generated: &Generated| {
        reference(&generated.entity).and_then(|name| names.get(&name.to_string()).copied())
    };
    let pairs: Vec<(Option<usize>, &Generated)> =
        entities.iter().map(|generated| (matched(generated), generated)).collect();
    Ok(merge_into(text, documents, &pairs))
}

fn read(text: &str) -> Result<Vec<(Document, Placed)>, MergeError> {
    let (mut documents, mut errors) = (Vec::new(), Vec::new());
    for document in parse_documents_placed(text) {
        match document {
            Ok(document) => documents.push(document),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(documents) } else { Err(MergeError::Unreadable(errors)) }
}

/// The reference of an entity, where it has a name.
fn reference(entity: &Value) -> Option<EntityRef> {
    let namespace = entity.pointer("/metadata/namespace").and_then(Value::as_str);
    let name = entity.pointer("/metadata/name")?.as_str()?;
    EntityRef::new(entity.get("kind")?.as_str()?, namespace.unwrap_or(crate::DEFAULT_NAMESPACE), name).ok()
}

/// Something to put in: what, and how.
#[derive(Debug, Clone)]
struct Insertion {
    addition: Addition,
    /// The document it goes into; none for a new one.
    document: Option<usize>,
    /// The keys from the root to the mapping it goes into.
    parents: Vec<String>,
    key: String,
}

/// Merges entities into documents that were found for them.
fn merge_into(
    text: &str,
    documents: Vec<(Document, Placed)>,
    pairs: &[(Option<usize>, &Generated)],
) -> Merged {
    let source = Source::new("", text);
    let (mut insertions, mut differences) = (Vec::new(), Vec::new());
    for (index, generated) in pairs {
        let target = index.and_then(|index| Some((index, documents.get(index)?)));
        let Some((index, (document, placed))) = target else {
            insertions.push(whole(&generated.entity));
            continue;
        };
        let Plan { missing, other } = plan(&document.value, placed, generated, &source);
        differences.extend(other);
        insertions.extend(missing.into_iter().map(|missing| Insertion { document: Some(index), ..missing }));
    }
    let mut work = Work { text: text.to_owned(), documents };
    let (added, not_added) = work.put_all(&insertions);
    Merged { text: work.text, added, not_added, differences }
}

fn whole(entity: &Value) -> Insertion {
    let name = reference(entity).map(|name| name.to_string()).unwrap_or_default();
    let addition = Addition { entity: name, field: String::new(), value: entity.clone() };
    Insertion { addition, document: None, parents: Vec::new(), key: String::new() }
}

/// A text on its way, and what it says.
struct Work {
    text: String,
    documents: Vec<(Document, Placed)>,
}

impl Work {
    /// Puts in as much as fits: all of it at once, or else by halves.
    fn put_all(&mut self, insertions: &[Insertion]) -> (Vec<Addition>, Vec<Addition>) {
        let mut outcome = (Vec::new(), Vec::new());
        let mut left = (MOST_BYTES / self.text.len().max(1)).clamp(LEAST_TRIED, MOST_TRIED);
        self.put_some(insertions, &mut left, &mut outcome);
        outcome
    }

    fn put_some(
        &mut self,
        some: &[Insertion],
        left: &mut usize,
        outcome: &mut (Vec<Addition>, Vec<Addition>),
    ) {
        let all = || some.iter().map(|insertion| insertion.addition.clone());
        let ways = if some.len() == 1 { Shelf::WAYS } else { 1 };
        for way in 0..ways {
            if some.is_empty() || *left == 0 {
                break;
            }
            *left -= 1;
            if self.put(some, way) {
                return outcome.0.extend(all());
            }
        }
        if some.len() < 2 || *left == 0 {
            return outcome.1.extend(all());
        }
        let (one, other) = some.split_at(some.len() / 2);
        self.put_some(one, left, outcome);
        self.put_some(other, left, outcome);
    }

    /// Puts these in, if the result says what it should.
    fn put(&mut self, insertions: &[Insertion], way: usize) -> bool {
        let Some(edits) = self.edits(insertions, way) else { return false };
        let text = place::apply(&self.text, edits);
        let expected = self.expected(insertions);
        let read: Option<Vec<_>> = parse_documents(&text).into_iter().map(Result::ok).collect();
        let fits = read.is_some_and(|read| {
            read.len() == expected.len()
                && read.iter().zip(&expected).all(|(read, wanted)| read.value == *wanted)
        });
        if !fits {
            return false;
        }
        let Ok(documents) = self::read(&text) else { return false };
        (self.text, self.documents) = (text, documents);
        true
    }

    fn edits(&self, insertions: &[Insertion], way: usize) -> Option<Vec<Edit>> {
        let shelf = Shelf::new(&self.text);
        let mut edits: Vec<Edit> = Vec::new();
        for insertion in insertions {
            let edit = match insertion.document {
                None => shelf.document(&insertion.addition.value),
                Some(index) => {
                    let (document, placed) = self.documents.get(index)?;
                    shelf.member(document, placed, insertion, way)?
                }
            };
            edits.push(edit);
        }
        Some(edits)
    }

    /// What the documents say when these are in.
    fn expected(&self, insertions: &[Insertion]) -> Vec<Value> {
        let mut values: Vec<Value> =
            self.documents.iter().map(|(document, _)| document.value.clone()).collect();
        for insertion in insertions {
            let value = insertion.addition.value.clone();
            let Some(document) = insertion.document.and_then(|index| values.get_mut(index)) else {
                values.push(value);
                continue;
            };
            let parent = insertion.parents.iter().try_fold(document, |here, key| here.get_mut(key.as_str()));
            if let Some(Value::Object(parent)) = parent {
                put(parent, &insertion.key, value);
            }
        }
        values
    }
}

fn put(map: &mut Map<String, Value>, key: &str, value: Value) {
    map.entry(key).or_insert(value);
}

#[cfg(test)]
mod tests;
