//! A client of Humanitec's Platform Orchestrator, version 1 of its API: applications and their environments.
//!
//! It sends one request and reads what comes back; it knows no template and no task, and repeats nothing. The
//! invariants: a request stays below the organisation that the settings name, no redirect is followed, the token goes
//! nowhere else and stands in no message; time and size are bounded.

mod client;

use serde::{Deserialize, Serialize};

pub use client::Humanitec;

/// Why Humanitec was not asked, or did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HumanitecError {
    /// The request is wrong, or Humanitec says so.
    #[error("{0}")]
    Invalid(String),
    /// The token is not taken, or may not do it.
    #[error("{0}")]
    NotAllowed(String),
    /// Something there is in the way.
    #[error("{0}")]
    Conflict(String),
    /// Humanitec cannot be reached, is too slow, or is not well: trying again may help.
    #[error("{0}")]
    Unavailable(String),
}

/// An application: what belongs together and is deployed together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Its id in the organisation.
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// An environment of an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Its id in the application.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its type, by which the platform's rules choose resources.
    #[serde(rename = "type")]
    pub kind: String,
}
