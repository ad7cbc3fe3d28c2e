//! What a host would keep beside a repository: one JSON file in it.
//!
//! It knows the file; what a setting changes in it stands in [`settings`], not how repositories come to be. The
//! invariant: the file is replaced in one step, and the value of a secret is nowhere in it.

mod environment;
mod known;
mod settings;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::{
    AboutRepository, ForgeError, NewRepository, RepoSlug, Repository, RepositoryIds, Visibility,
};
use super::collaboration::Book;
use super::failed;
use crate::ids::TaskId;

use environment::Environment;

const FILE: &str = "forge.json";
const LOCK: &str = "forge.lock";

/// The content of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record {
    repository: RepoSlug,
    created_by: TaskId,
    default_branch: String,
    visibility: Visibility,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    homepage: Option<String>,
    #[serde(default)]
    settings: Map<String, Value>,
    #[serde(default)]
    topics: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    access: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    collaborators: Option<Value>,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    /// Names only.
    #[serde(default)]
    secrets: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    oidc_customization: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    custom_properties: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    workflow_access: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subscription: Option<bool>,
    #[serde(default)]
    branch_protection: BTreeMap<String, Map<String, Value>>,
    /// What people have made here together.
    #[serde(default, skip_serializing_if = "Book::is_empty")]
    book: Book,
    #[serde(flatten)]
    more: More,
}

/// What most repositories have nothing of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct More {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    archived: bool,
    /// Names only.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    dependabot_secrets: BTreeSet<String>,
    /// Keyed digests of what was written last, by what the secrets are called.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    secret_digests: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    workflow_permissions: Map<String, Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    environments: BTreeMap<String, Environment>,
    /// By their addresses.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    webhooks: BTreeMap<String, Value>,
    /// By their titles.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    deploy_keys: BTreeMap<String, Value>,
    /// By their prefixes.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    autolinks: BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pages: Option<Value>,
    /// By their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    rulesets: BTreeMap<String, Value>,
    /// By the number of the issue or pull request.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<String, BTreeSet<String>>,
}

/// What a page says about a repository beside its files; of variables and secrets the names alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// One line about it.
    pub description: Option<String>,
    /// Web page of the project.
    pub homepage: Option<String>,
    /// Who may see it.
    pub visibility: Visibility,
    /// Topics.
    pub topics: Vec<String>,
    /// Names of variables.
    pub variables: Vec<String>,
    /// Names of secrets.
    pub secrets: Vec<String>,
    /// Branches with protection.
    pub protected_branches: Vec<String>,
}

impl Record {
    /// The record of a repository that is about to be made.
    pub(super) fn new(slug: &RepoSlug, new: &NewRepository) -> Result<Self, ForgeError> {
        slug.check()?;
        let mut settings = new.settings.clone();
        let custom_properties = settings.shift_remove("custom_properties");
        Ok(Self {
            repository: slug.clone(),
            created_by: new.created_by,
            default_branch: new.default_branch.clone(),
            visibility: new.visibility,
            description: new.description.clone(),
            homepage: new.homepage.clone(),
            settings,
            topics: Vec::new(),
            access: None,
            collaborators: None,
            variables: BTreeMap::new(),
            secrets: BTreeSet::new(),
            oidc_customization: None,
            custom_properties,
            workflow_access: None,
            subscription: None,
            branch_protection: BTreeMap::new(),
            book: Book::default(),
            more: More::default(),
        })
    }

    /// Reads the record of the repository in `folder`; `None` when there is no repository.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, ForgeError> {
        let path = folder.join(FILE);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if is_absence(&error) => return Ok(None),
            Err(error) => return Err(failed(&path, &error)),
        };
        serde_json::from_slice(&text).map(Some).map_err(|error| {
            ForgeError::Conflict(format!("`{}` is not what this forge wrote: {error}", path.display()))
        })
    }

    /// Replaces the record in one step.
    pub(super) fn write(&self, folder: &Path) -> Result<(), ForgeError> {
        let path = folder.join(FILE);
        let draft = folder.join(format!("{FILE}.new"));
        let text = serde_json::to_vec_pretty(self)
            .map_err(|error| ForgeError::Invalid(format!("the settings are not JSON: {error}")))?;
        let written = File::create(&draft).and_then(|mut file| {
            file.write_all(&text)?;
            file.write_all(b"\n")?;
            file.sync_all()
        });
        written.and_then(|()| std::fs::rename(&draft, &path)).map_err(|error| failed(&path, &error))
    }

    /// Waits until nobody else changes the record, in this process or another; `None` when there is no
    /// repository. The system lets go of the lock when its holder ends, however it does.
    pub(super) fn lock(folder: &Path) -> Result<Option<File>, ForgeError> {
        let path = folder.join(LOCK);
        let opened = File::options().create(true).truncate(false).write(true).open(&path);
        match opened.and_then(|file| file.lock().map(|()| file)) {
            Ok(file) => Ok(Some(file)),
            Err(error) if is_absence(&error) => Ok(None),
            Err(error) => Err(failed(&path, &error)),
        }
    }

    /// The repository as the forge shows it: with addresses of its pages, if its host has pages here.
    pub(super) fn repository(&self, folder: &Path, is_shown: impl Fn(&RepoSlug) -> bool) -> Repository {
        let slug = self.repository.clone();
        let (html_url, clone_url) = if is_shown(&slug) {
            (format!("http://{slug}"), format!("http://{slug}.git"))
        } else {
            (format!("https://{slug}"), on_disk(folder))
        };
        let contents_url = format!("{html_url}/blob/{}", self.default_branch);
        let (default_branch, created_by) = (self.default_branch.clone(), Some(self.created_by));
        let ids = RepositoryIds {
            owner: number_of(&format!("{}/{}", slug.host, slug.owner)),
            repository: number_of(&format!("{slug} {}", self.created_by)),
        };
        Repository { slug, clone_url, html_url, contents_url, default_branch, created_by, ids }
    }

    /// What is said of the repository; the stamp is still to be written.
    pub(super) fn about(&self, repository: Repository) -> AboutRepository {
        AboutRepository {
            repository,
            description: self.description.clone(),
            homepage: self.homepage.clone(),
            topics: self.topics.clone(),
            archived: self.more.archived,
            template: false,
            stamp: String::new(),
        }
    }

    /// Whether there is an issue or a pull request.
    pub(super) fn is_discussed(&self) -> bool {
        self.book.has_issues()
    }

    /// What people have made here together, to write in.
    pub(super) fn book_mut(&mut self) -> &mut Book {
        &mut self.book
    }

    /// The task that made it.
    pub(super) fn created_by(&self) -> TaskId {
        self.created_by
    }

    /// The repository's name as it was given.
    pub(super) fn name(&self) -> &RepoSlug {
        &self.repository
    }

    /// What may be shown to everyone who may see the repository.
    pub(super) fn facts(self) -> Facts {
        Facts {
            description: self.description,
            homepage: self.homepage,
            visibility: self.visibility,
            topics: self.topics,
            variables: self.variables.into_keys().collect(),
            secrets: self.secrets.into_iter().collect(),
            protected_branches: self.branch_protection.into_keys().collect(),
        }
    }

    /// The record as it stands in the file.
    pub(super) fn into_map(self) -> Result<Map<String, Value>, ForgeError> {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => Ok(map),
            Ok(_) => Ok(Map::new()),
            Err(error) => Err(ForgeError::Invalid(format!("the settings are not JSON: {error}"))),
        }
    }
}

/// The address of a folder on this machine.
fn on_disk(folder: &Path) -> String {
    Url::from_file_path(folder).map_or_else(
        |()| format!("file://{}", folder.display()),
        |url| url.to_string().trim_end_matches('/').to_owned(),
    )
}

fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// A number of nine digits that stands in for the one that GitHub gives: always the same for the same text (FNV-1a).
fn number_of(text: &str) -> u64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    100_000_000 + hash % 900_000_000
}
