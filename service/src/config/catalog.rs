//! `catalog`: whose repositories are looked after, and how.
//!
//! It checks what a name of an owner looks like, and asks no host.

use std::path::PathBuf;

use serde::Deserialize;

use super::ConfigError;

/// `catalog`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    /// Owners all of whose repositories are looked after: `github.com/acme`.
    pub owners: Vec<String>,
    /// What is done with what is found there.
    pub delivery: CatalogDelivery,
    /// Minutes between looks at everything; 0 is never.
    pub reconcile_minutes: u64,
    /// Repositories that one process reads at once.
    pub concurrency: usize,
    /// What may go without anybody having said so.
    pub removal_limit: RemovalLimit,
    /// The site file; empty: none.
    pub site: PathBuf,
}

/// What is done with what is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CatalogDelivery {
    /// Entities are offered in the feed.
    Feed,
    /// They are, and a pull request brings each repository a catalog file.
    PullRequest,
}

/// `catalog.removal_limit`
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemovalLimit {
    /// Share of an owner's repositories, 0 to 100.
    pub percent: u64,
    /// Repositories that may go whatever their share is.
    pub repositories: u64,
}

/// Refuses what is no owner, and no share.
pub(super) fn check(catalog: &Catalog) -> Result<(), ConfigError> {
    for owner in &catalog.owners {
        let fits = owner
            .split_once('/')
            .is_some_and(|(host, owner)| !host.is_empty() && !owner.is_empty() && !owner.contains('/'));
        if !fits {
            return Err(ConfigError(format!(
                "`{}` in `catalog.owners` is no owner; write host and owner, such as `github.com/acme`",
                owner.escape_debug()
            )));
        }
    }
    if catalog.removal_limit.percent > 100 {
        return Err(ConfigError("`catalog.removal_limit.percent` must be at most 100".to_owned()));
    }
    Ok(())
}
