//! The templates that are served, and how they stay current.

use std::sync::Arc;

use super::{Pin, Template, TemplateError};
use crate::git::ObjectStore;

/// A template as a list shows it: usable, or broken with the reasons.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Comparable reference where it could be read.
    pub entity_ref: Option<String>,
    /// Title, or the file where it could not be read.
    pub title: String,
    /// Description, if any.
    pub description: Option<String>,
    /// `<source>/<path>`.
    pub place: String,
    /// Empty for a usable template.
    pub errors: Vec<TemplateError>,
}

/// Why a template was not given.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// No template has that reference.
    #[error("Template {entity_ref} not found")]
    NotFound {
        /// What was asked for, in comparable form.
        entity_ref: String,
        /// The nearest one there is.
        nearest: Option<String>,
    },
    /// It is there, but cannot be used.
    #[error("template {entity_ref} is broken: {}", .errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Broken {
        /// Its reference.
        entity_ref: String,
        /// Why.
        errors: Vec<TemplateError>,
    },
}

/// The templates of all configured sources.
#[derive(Debug)]
pub struct Library {
    store: ObjectStore,
}

impl Library {
    /// Loads every source once. A source that cannot be reached is listed with its error.
    pub async fn load(config: &crate::config::Templates, store: ObjectStore) -> Self {
        unimplemented!()
    }

    /// Looks at the sources again and takes over what changed. Returns the number of changed templates.
    pub async fn refresh(&self) -> usize {
        unimplemented!()
    }

    /// Every template, usable or broken, by reference.
    pub fn list(&self) -> Vec<Listed> {
        unimplemented!()
    }

    /// The template with that reference (comparable form).
    pub fn find(&self, entity_ref: &str) -> Result<Arc<Template>, FindError> {
        unimplemented!()
    }

    /// Fixes the files of the template as they were when it was last loaded; they can be read again by any
    /// process that has the source.
    pub async fn pin(&self, template: &Template) -> Result<Pin, super::FetchError> {
        unimplemented!()
    }
}
