//! Users and organisations, and who belongs to whom.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::vault::Vault;
use super::wiring::{OidcSubject, Variables};
use crate::clock::Millis;

/// Whether it is a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person.
    User,
    /// An organisation.
    Organisation,
}

/// What a member of an organisation is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// An owner: may do everything.
    Admin,
    /// A member.
    Member,
}

/// A team of an organisation.
#[derive(Clone, Debug)]
pub struct Team {
    /// Its id.
    pub id: u64,
    /// Its name in paths.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// The logins of its members, in lower case.
    pub members: BTreeSet<String>,
}

/// A user or an organisation.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its id.
    pub id: u64,
    /// Its name in paths.
    pub login: String,
    /// Whether it is a person.
    pub kind: Kind,
    /// When it was made.
    pub created: Millis,
    /// Whether its plan is the free one: no protection, rulesets or environments in private repositories.
    pub free: bool,
    /// Whether members who are no owners may make repositories.
    pub members_create: bool,
    /// Of an organisation: its members by login in lower case.
    pub members: BTreeMap<String, Role>,
    /// Of an organisation: its teams by slug.
    pub teams: BTreeMap<String, Team>,
    /// Of an organisation: its secrets.
    pub secrets: Vault,
    /// Of an organisation: its variables.
    pub variables: Variables,
    /// Of an organisation: its template of OIDC subjects.
    pub oidc: Option<OidcSubject>,
    /// Of an organisation: its custom properties by name, each as the API has it.
    pub properties: BTreeMap<String, Map<String, Value>>,
}

impl Account {
    /// Whether it is an organisation.
    #[must_use]
    pub fn is_organisation(&self) -> bool {
        self.kind == Kind::Organisation
    }
}
