//! The facts and the rulings, as they lie beside the program.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// What people wrote about a repository.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Repository {
    /// `owner/name`.
    pub repository: String,
    /// The commit that the facts are of.
    pub commit: String,
    /// Its catalog files.
    pub files: Vec<String>,
    /// Not everything that they hold is in the facts.
    #[serde(default)]
    pub partial: bool,
    /// What they hold.
    pub entities: Vec<Fact>,
}

/// What people wrote about an entity.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Fact {
    pub kind: String,
    pub name: String,
    pub file: Option<String>,
    #[serde(rename = "type")]
    pub type_: Option<String>,
    pub lifecycle: Option<String>,
    pub owner: Option<String>,
    pub system: Option<String>,
    pub provides_apis: Vec<String>,
    pub depends_on: Vec<String>,
    pub tags: Vec<String>,
    pub techdocs: bool,
    /// From the file itself.
    pub title: Option<String>,
    /// From the file itself.
    pub description: Option<String>,
    /// From the file itself.
    pub links: Vec<String>,
    /// From the file itself: the file that the definition names.
    pub definition: Option<String>,
}

/// Words that mean the same, and values that do not count.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Adjudications {
    pub types: BTreeMap<String, String>,
    pub lifecycles: BTreeMap<String, String>,
    not_infrastructure: Vec<String>,
    rulings: Vec<Ruling>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Ruling {
    repository: String,
    /// Name of the entity that people wrote; without it all of the repository.
    entity: Option<String>,
    fields: Vec<String>,
    /// The generated value that is right as well; without it the field is not counted.
    right: Option<String>,
    reason: String,
}

/// What a ruling says about a field.
pub(crate) enum Ruled<'a> {
    /// It does not count.
    Skip,
    /// This value is right as well.
    Right(&'a str),
}

impl Adjudications {
    /// The ruling about a field, where there is one.
    pub(crate) fn about(&self, repository: &str, entity: &str, field: &str) -> Option<Ruled<'_>> {
        let ruling = self.rulings.iter().find(|ruling| {
            ruling.repository == repository
                && ruling.entity.as_deref().is_none_or(|name| name == entity)
                && ruling.fields.iter().any(|ruled| ruled == field)
        })?;
        Some(ruling.right.as_deref().map_or(Ruled::Skip, Ruled::Right))
    }

    /// Does a resource of that type show in a repository?
    pub(crate) fn infrastructure(&self, type_: &str) -> bool {
        !self.not_infrastructure.iter().any(|word| word == type_)
    }
}

fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name)
}

pub(crate) fn facts(path: Option<&Path>) -> Result<Vec<Repository>, Box<dyn Error>> {
    let path = path.map_or_else(|| beside("facts.json"), Path::to_owned);
    Ok(serde_json::from_str(&std::fs::read_to_string(path)?)?)
}

pub(crate) fn adjudications() -> Result<Adjudications, Box<dyn Error>> {
    let read: Adjudications = serde_yaml::from_str(&std::fs::read_to_string(beside("adjudications.yaml"))?)?;
    match read.rulings.iter().find(|ruling| ruling.reason.is_empty()) {
        Some(ruling) => Err(format!("a ruling about `{}` has no reason", ruling.repository).into()),
        None => Ok(read),
    }
}
