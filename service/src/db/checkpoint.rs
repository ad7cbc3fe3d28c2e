//! Keeping SQLite's log of writes short without anybody waiting for it.
//!
//! By itself SQLite copies the log into the file within whichever commit makes it long, and that commit waits for the
//! disk. Here a connection for readers does it from time to time, beside the writers. The invariant: a log that this
//! does not keep short is still cut by SQLite itself, at [`PAGES_AT_MOST`].

use std::sync::Weak;
use std::time::Duration;

use super::Inner;

/// Pages of the log at which a commit copies it after all: 64 MB.
pub(super) const PAGES_AT_MOST: u32 = 16_384;
const INTERVAL: Duration = Duration::from_millis(500);

/// Runs until the database is closed or given up.
pub(super) fn keep_short(db: Weak<Inner>) {
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(INTERVAL).await;
            let Some(inner) = db.upgrade() else { return };
            if inner.read.is_closed() {
                return;
            }
            // A passive one takes what it can get and stops nobody. What it cannot take is there the next time.
            if let Err(error) = sqlx::query("pragma wal_checkpoint(passive)").execute(&inner.read).await {
                tracing::debug!(%error, "the database's log was not copied");
            }
        }
    });
}
