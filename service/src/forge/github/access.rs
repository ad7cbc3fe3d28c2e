//! As whom GitHub is asked.
//!
//! The step's own token, else the App's installation for the owner, else the token of the settings. The invariant:
//! one mint for one installation is under way at a time, and no token is used that ends within the next minutes.

use super::GitHub;
use super::answer::Failure;
use crate::config;
use crate::forge::ForgeError;
use crate::secret::Secret;

/// A token, and whose limits its use counts against.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) secret: Secret,
    /// Installation, user or static token: what GitHub's limits count.
    pub(super) bucket: String,
}

/// How tokens are come by.
#[derive(Debug)]
pub(super) struct Access {
    token: Secret,
}

impl Access {
    /// By the settings of a host.
    pub(super) fn new(settings: &config::GitHubForge) -> Result<Self, ForgeError> {
        Ok(Self { token: settings.token.clone() })
    }

    /// What the App itself is known by.
    pub(super) fn app_token(&self) -> Result<Secret, Failure> {
        Err(Failure::Unauthorized("there is no App".to_owned()))
    }

    /// The token for what belongs to `owner`.
    pub(super) async fn token(&self, github: &GitHub, owner: &str) -> Result<Token, Failure> {
        if let Some(secret) = &github.acting.token {
            return Ok(Token { secret: secret.clone(), bucket: "step".to_owned() });
        }
        if self.token.expose().is_empty() {
            return Err(Failure::Unauthorized(format!("there are no credentials for `{owner}`")));
        }
        Ok(Token { secret: self.token.clone(), bucket: "token".to_owned() })
    }
}
