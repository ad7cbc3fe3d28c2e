//! Users as Backstage vouches for them.
//!
//! It holds what a verified token said; it verifies nothing and asks nobody. The invariant: a [`UserToken`] is
//! made of a token that was verified, and its text is never printed.

use serde::{Deserialize, Serialize};

use super::BackstageError;
use crate::secret::Secret;

/// What of a user's token the service was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenForm {
    /// The whole token: Backstage takes it from anybody who has it.
    Full,
    /// Its limited form: good for nothing but a plugin's word that it acts for the user.
    Limited,
}

/// A token of a user of Backstage, by which the service can act for this user as long as it is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserToken {
    /// The token itself.
    pub jwt: Secret,
    /// What form it has.
    pub form: TokenForm,
    /// The user, as the token writes it: `user:default/jane`.
    pub entity_ref: String,
    /// When it runs out, seconds since 1970 UTC.
    pub expires_at: i64,
}

impl UserToken {
    /// Whether nobody takes it any more.
    pub fn has_run_out(&self) -> bool {
        self.expires_at <= super::jwt::now()
    }
}

impl UserToken {
    /// What is to be said when Backstage does not take it.
    pub(super) fn expired(&self) -> BackstageError {
        BackstageError::Expired(format!(
            "Backstage does not take the token of `{}` any more, which is good for about an hour; sign in again, or \
             retry the task",
            self.entity_ref
        ))
    }
}
