//! A client of a Backstage backend.
//!
//! It sends a request to the API of one plugin and reads what comes back, it lists and invokes the actions that
//! plugins register, it reads and fills the catalog, and it says who presents a token. It knows no template and no
//! task, repeats nothing, and follows no redirect. The invariants: a request stays below the API of the plugin it
//! names, on the server that the settings name; no token goes anywhere else, or stands in an answer or a message;
//! time and size are bounded.

mod actions;
mod answer;
mod catalog;
mod client;
mod identity;
mod jwt;
mod own_keys;
mod path;
mod patience;
pub mod permission;
mod published;
mod store;
mod verify;

pub use actions::RemoteAction;
pub use answer::Answer;
pub use catalog::{LocationPreview, Registration};
pub use client::{Backstage, Credentials, Request};
pub use identity::{TokenForm, UserToken};
pub use own_keys::{KeyError, OwnKeys};
pub use path::{ApiPath, PluginId};
pub use patience::{Patience, Pause};
pub use verify::{Principal, TokenError, Verifier};

/// Why Backstage was not asked, or did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BackstageError {
    /// The request is wrong, or Backstage says so.
    #[error("{0}")]
    Invalid(String),
    /// The user's token is not taken any more: a new one is needed.
    #[error("{0}")]
    Expired(String),
    /// It may not be made, or not with this token.
    #[error("{0}")]
    NotAllowed(String),
    /// Backstage does not have it.
    #[error("{0}")]
    NotFound(String),
    /// Something there is in the way.
    #[error("{0}")]
    Conflict(String),
    /// Backstage cannot be reached, is too slow, or is not well: trying again may help.
    #[error("{0}")]
    Unavailable(String),
}
