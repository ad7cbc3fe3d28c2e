//! One installation of the App, and its token of the hour.
//!
//! It says nothing about whose turn it is: the lock around it is `access`'s. The invariant: a token that is given
//! out lives for ten minutes more, unless GitHub takes it back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::Instant;

use super::Token;
use crate::forge::github::answer::{Answer, Failure};
use crate::secret::Secret;

/// How long before its end a token is replaced: a push must not outlive it.
const MARGIN_S: i64 = 600;
/// How long it is taken for granted that an installation is what it was.
const KEPT: Duration = Duration::from_secs(600);

/// Permissions by name: `read`, `write` or `admin`.
pub(super) type Permissions = BTreeMap<String, String>;

/// An installation as GitHub tells of it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Installation {
    pub(super) id: u64,
    suspended_at: Option<String>,
    repository_selection: Option<String>,
}

impl Installation {
    /// Whether it sees some repositories of its owner only.
    pub(super) fn is_selective(&self) -> bool {
        self.repository_selection.as_deref() == Some("selected")
    }

    /// Refuses one that is suspended.
    pub(super) fn usable(self, owner: &str) -> Result<Self, Failure> {
        match self.suspended_at {
            None => Ok(self),
            Some(_) => Err(suspended(owner)),
        }
    }
}

/// An owner's installation is suspended.
pub(super) fn suspended(owner: &str) -> Failure {
    Failure::Settings(format!(
        "the GitHub App's installation on `{owner}` is suspended; resume it in the settings of `{owner}` under \
         \"GitHub Apps\", then try again"
    ))
}

/// What is known about an owner's installation.
#[derive(Debug, Default)]
pub(super) struct Held {
    installation: Option<(Installation, Instant)>,
    absent: Option<Instant>,
    minted: Option<Minted>,
}

#[derive(Clone, Debug)]
struct Minted {
    token: Token,
    /// From when on it is replaced, by GitHub's clock.
    old_s: i64,
}

#[derive(Deserialize)]
struct Mint {
    token: String,
    expires_at: String,
    #[serde(default)]
    permissions: Permissions,
}

impl Held {
    /// The token, if it lives long enough. `now_s` is seconds since 1970 by GitHub's clock.
    pub(super) fn token(&self, now_s: i64) -> Option<Token> {
        let live = self.minted.as_ref().filter(|minted| minted.old_s > now_s);
        live.map(|minted| minted.token.clone())
    }

    /// The installation, if it was looked at lately.
    pub(super) fn installation(&self) -> Option<Installation> {
        let (installation, looked) = self.installation.as_ref()?;
        (looked.elapsed() < KEPT).then(|| installation.clone())
    }

    /// Whether it was found lately that there is none.
    pub(super) fn is_absent(&self) -> bool {
        self.absent.is_some_and(|looked| looked.elapsed() < KEPT)
    }

    /// Keeps what was found.
    pub(super) fn found(&mut self, installation: Option<&Installation>) {
        let now = Instant::now();
        self.absent = installation.is_none().then_some(now);
        self.installation = installation.map(|found| (found.clone(), now));
        if installation.is_none() {
            self.minted = None;
        }
    }

    /// Keeps a fresh token. `now_s` is seconds since 1970 by GitHub's clock.
    pub(super) fn mint(&mut self, id: u64, answer: Answer, now_s: i64) -> Result<Token, Failure> {
        let mint: Mint = answer.read()?;
        let ends = OffsetDateTime::parse(&mint.expires_at, &Rfc3339)
            .map_err(|_| Failure::Unknown("GitHub gave a token without its end".to_owned()))?;
        let lives_s = ends.unix_timestamp().saturating_sub(now_s).max(0);
        let token = Token {
            secret: Secret::new(mint.token),
            bucket: format!("installation/{id}"),
            granted: Some(Arc::new(mint.permissions)),
            minted: Some(now_s),
        };
        // One that ends sooner than usual serves for half of its life.
        let old_s = now_s + lives_s - MARGIN_S.min(lives_s / 2);
        self.minted = Some(Minted { token: token.clone(), old_s });
        Ok(token)
    }

    /// Forgets what the installation is, so that it is looked at again.
    pub(super) fn doubt(&mut self) {
        self.installation = None;
    }

    /// Forgets this token; a newer one stays.
    pub(super) fn refuse(&mut self, token: &Token) {
        self.minted.take_if(|minted| minted.token.secret == token.secret);
    }

    /// Forgets the token: what it sees is out of date.
    pub(super) fn drop_token(&mut self) {
        self.minted = None;
    }
}
