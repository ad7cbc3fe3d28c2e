//! What a host would keep beside a repository: one JSON file in it.
//!
//! It knows the file and the meaning of each setting, not how repositories come to be. The invariant: applying a
//! setting a second time changes nothing, and the value of a secret is nowhere in the file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::{ForgeError, NewRepository, RepoSlug, Repository, Setting, Visibility};
use super::failed;
use crate::ids::TaskId;

const FILE: &str = "forge.json";
const LOCK: &str = "forge.lock";
/// GitHub's limits for topics.
const MAX_TOPICS: usize = 20;
const MAX_TOPIC: usize = 50;

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
        Ok(Self {
            repository: slug.clone(),
            created_by: new.created_by,
            default_branch: new.default_branch.clone(),
            visibility: new.visibility,
            description: new.description.clone(),
            homepage: new.homepage.clone(),
            settings: new.settings.clone(),
            topics: Vec::new(),
            access: None,
            collaborators: None,
            variables: BTreeMap::new(),
            secrets: BTreeSet::new(),
            oidc_customization: None,
            custom_properties: None,
            workflow_access: None,
            subscription: None,
            branch_protection: BTreeMap::new(),
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

    /// The record after a setting was applied.
    pub(super) fn with(mut self, setting: &Setting) -> Result<Self, ForgeError> {
        match setting {
            Setting::Topics(topics) => self.topics = checked_topics(topics)?,
            Setting::Access(who) => self.access = Some(who.clone()),
            Setting::Collaborators(list) => self.collaborators = Some(list.clone()),
            Setting::Variables(variables) => {
                for (name, value) in variables {
                    self.variables.insert(checked_name("variable", name)?, value.clone());
                }
            }
            Setting::Secrets(secrets) => {
                for name in secrets.keys() {
                    self.secrets.insert(checked_name("secret", name)?);
                }
            }
            Setting::OidcCustomization(value) => self.oidc_customization = Some(value.clone()),
            Setting::CustomProperties(value) => self.custom_properties = Some(value.clone()),
            Setting::WorkflowAccess(level) => {
                if !matches!(level.as_str(), "none" | "organization" | "user") {
                    return Err(ForgeError::Invalid(format!(
                        "`{level}` is no level of workflow access; use `none`, `organization` or `user`"
                    )));
                }
                self.workflow_access = Some(level.clone());
            }
            Setting::Subscription(watches) => self.subscription = Some(*watches),
            Setting::BranchProtection { branch, rules } => {
                self.branch_protection.insert(branch.clone(), rules.clone());
            }
            _ => return Err(ForgeError::Unsupported("not served yet".to_owned())),
        }
        Ok(self)
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
        Repository { slug, clone_url, html_url, contents_url, default_branch, created_by }
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

/// Topics in lower case, each once, by GitHub's rules.
fn checked_topics(topics: &[String]) -> Result<Vec<String>, ForgeError> {
    let mut checked: Vec<String> = Vec::with_capacity(topics.len());
    for topic in topics {
        let topic = topic.trim().to_lowercase();
        let is_good = !topic.is_empty()
            && topic.len() <= MAX_TOPIC
            && !topic.starts_with('-')
            && topic.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !is_good {
            return Err(ForgeError::Invalid(format!(
                "`{}` cannot be a topic: up to 50 letters, digits and `-` are allowed, no `-` in front",
                topic.escape_debug()
            )));
        }
        if !checked.contains(&topic) {
            checked.push(topic);
        }
    }
    if checked.len() > MAX_TOPICS {
        return Err(ForgeError::Invalid(format!("{} topics are too many; 20 are allowed", checked.len())));
    }
    Ok(checked)
}

/// The name of a variable or secret as GitHub keeps it: in capitals.
fn checked_name(what: &str, name: &str) -> Result<String, ForgeError> {
    let upper = name.to_ascii_uppercase();
    let is_good = !upper.is_empty()
        && upper.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !upper.starts_with(|c: char| c.is_ascii_digit())
        && !upper.starts_with("GITHUB_");
    if is_good {
        return Ok(upper);
    }
    Err(ForgeError::Invalid(format!(
        "`{}` cannot be the name of a {what}: letters, digits and `_` are allowed, no digit and no `GITHUB_` in front",
        name.escape_debug()
    )))
}
