//! Apps, where they are installed, and tokens of all kinds.

use std::collections::{BTreeMap, BTreeSet};

use crate::clock::Millis;

/// Permissions by name: `read`, `write` or `admin`.
pub type Permissions = BTreeMap<String, String>;

/// An App.
#[derive(Clone, Debug)]
pub struct App {
    /// Its id.
    pub id: u64,
    /// Its name in paths.
    pub slug: String,
    /// Its id for signing in, which may stand in a JWT instead of the number.
    pub client_id: String,
    /// Who owns it: a login.
    pub owner: String,
    /// Which of the double's keys it signs with; see `auth::keys`.
    pub key: usize,
    /// What it asks for.
    pub permissions: Permissions,
    /// The events it wants to hear of.
    pub events: BTreeSet<String>,
    /// Where it wants to hear of them.
    pub webhook: Option<String>,
    /// What its webhooks are signed with.
    pub webhook_secret: String,
    /// When it was made.
    pub created: Millis,
}

/// An App installed in an account.
#[derive(Clone, Debug)]
pub struct Installation {
    /// Its id.
    pub id: u64,
    /// The App's.
    pub app: u64,
    /// The account's login.
    pub account: String,
    /// What it may do there.
    pub permissions: Permissions,
    /// The repositories it may see; all of the account if none are given.
    pub repositories: Option<BTreeSet<u64>>,
    /// Since when it is suspended.
    pub suspended: Option<Millis>,
    /// When it was made.
    pub created: Millis,
}

/// Whose token it is.
#[derive(Clone, Debug)]
pub enum Holder {
    /// An installation's, perhaps for fewer repositories and permissions than it has.
    Installation {
        /// The installation's id.
        id: u64,
        /// The only repositories that it is for.
        repositories: Option<BTreeSet<u64>>,
        /// What it may do.
        permissions: Permissions,
    },
    /// A user's.
    User {
        /// The user's login.
        login: String,
        /// The scopes of it.
        scopes: BTreeSet<String>,
    },
}

/// A token.
#[derive(Clone, Debug)]
pub struct Token {
    /// Whose it is.
    pub holder: Holder,
    /// When it was made.
    pub created: Millis,
    /// When it ends.
    pub ends: Option<Millis>,
}
