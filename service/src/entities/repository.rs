//! A repository that the catalog looks after, as it is remembered.
//!
//! Values only. Names are texts here: whose host that is, and how it is read, is not known. The invariant: a key is the
//! name in lower case, so that one repository has one row however it is written.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is done with what is found in a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// Its entities are offered in the feed.
    Feed,
    /// They are offered, and a pull request brings the repository a catalog file.
    PullRequest,
    /// Nothing: it is not to be looked at.
    None,
}

/// How a repository stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RepositoryState {
    /// It was not read yet.
    Waiting,
    /// Entities of it are offered.
    Offered,
    /// Its own catalog files say everything.
    Yielded,
    /// There is nothing to offer.
    Empty,
    /// It could not be read; what was offered stays.
    Failed,
    /// It is not to be seen any more, and what was offered stays, because too much would go at once.
    Kept,
    /// The App does not see it any more; what was offered stays.
    Lost,
    /// It is gone, and its entities with it.
    Gone,
}

/// What became of a pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PullState {
    /// It waits for people.
    Open,
    /// It was taken.
    Taken,
    /// It was closed: no other one is opened.
    Declined,
    /// It was closed, and somebody asked for another one.
    Asked,
}

/// The pull request with the catalog file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullNote {
    /// Its number.
    pub number: u64,
    /// Its page.
    pub url: String,
    /// What became of it.
    pub state: PullState,
    /// Digest of what it brings.
    pub brings: String,
}

/// A repository that is looked after.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptRepository {
    /// `host/owner/name` in lower case.
    pub key: String,
    /// The name as its host writes it.
    pub shown: String,
    /// What is done with what is found.
    pub delivery: Delivery,
    /// How it stands.
    pub state: RepositoryState,
    /// The state in a sentence; empty where there is nothing to say.
    pub note: String,
    /// The commit that was read.
    pub commit: Option<String>,
    /// What its host said of it then.
    pub stamp: Option<String>,
    /// Digest of all that its entities follow from.
    pub input: Option<String>,
    /// What was left to others, what was left out, values with their reasons.
    pub details: Option<Value>,
    /// Its pull request.
    pub pull: Option<PullNote>,
    /// When it was read, milliseconds UTC.
    pub read_at: Option<i64>,
}

/// An owner all of whose repositories are looked after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptOwner {
    /// `host/owner` in lower case.
    pub key: String,
    /// The name as it was given.
    pub shown: String,
    /// What is done with what is found.
    pub delivery: Delivery,
    /// Why the last look changed less than it found; empty when it did not.
    pub note: String,
    /// When they were last looked at, milliseconds UTC.
    pub looked_at: Option<i64>,
}

/// An entity that was made of a repository.
#[derive(Clone, Debug, PartialEq)]
pub struct MadeEntity {
    /// Comparable form, `kind:namespace/name` in lower case.
    pub entity_ref: String,
    /// The entity.
    pub entity: Value,
    /// The page of the file that says so, or would: `url:https://…/catalog-info.yaml`.
    pub location: String,
}

/// What a reading of a repository gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// How it stands now.
    pub state: RepositoryState,
    /// That in a sentence.
    pub note: String,
    /// The commit that was read.
    pub commit: Option<String>,
    /// What its host said of it.
    pub stamp: String,
    /// Digest of all that the entities follow from.
    pub input: String,
    /// What is worth telling.
    pub details: Value,
    /// What is offered.
    pub entities: Vec<MadeEntity>,
}

/// Which repositories are to be listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListRepositories {
    /// Those after this key.
    pub after: Option<String>,
    /// At most so many.
    pub limit: u32,
    /// Those of this owner (`host/owner`) alone.
    pub owner: Option<String>,
    /// Those in this state alone.
    pub state: Option<RepositoryState>,
}

/// The word by which a value of these enums is stored and told.
pub(super) fn word<T: Serialize>(value: T) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

/// The value behind a word.
pub(super) fn of_word<T: for<'de> Deserialize<'de>>(word: String) -> Result<T, serde_json::Error> {
    serde_json::from_value(Value::String(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back_to_what_they_stand_for() {
        assert_eq!(word(Delivery::PullRequest), "pull-request");
        assert_eq!(of_word::<Delivery>("pull-request".to_owned()).ok(), Some(Delivery::PullRequest));
        assert_eq!(of_word::<RepositoryState>(word(RepositoryState::Kept)).ok(), Some(RepositoryState::Kept));
        assert!(of_word::<PullState>("closed".to_owned()).is_err());
    }
}
