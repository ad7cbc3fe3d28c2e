//! What GitHub could not hand over: it does not try again by itself, so it is asked to.
//!
//! From time to time one process looks through GitHub's own list of failed deliveries of the App. Those that are not
//! here are asked for again, a few times. The invariant: a delivery that is here is never asked for, and none more often
//! than [`ATTEMPTS`] times.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Inner;
use crate::db::DbError;
use crate::forge::github::{FailedDelivery, GitHub};

/// GitHub delivers again what is not older than three days.
const BACK_S: i64 = 3 * 24 * 60 * 60 - 60 * 60;
/// How often one is asked for at most, its first delivery included.
const ATTEMPTS: usize = 5;
/// How many are asked for in one round.
const IN_ONE_ROUND: usize = 200;

/// Asks those whose turn it is; gives how many deliveries were asked for.
pub(super) async fn look(inner: &Inner) -> usize {
    let every = Duration::from_secs(inner.settings.redeliver_seconds);
    if every.is_zero() {
        return 0;
    }
    let mut asked = 0;
    for (host, github) in
        inner.hosts.iter().filter(|(host, github)| github.is_app() && inner.signers.sign_for(host))
    {
        match inner.store.take_turn(host, every).await {
            Ok(true) => asked += look_at(inner, host, github).await,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, "it is not known when missed deliveries were looked for last")
            }
        }
    }
    asked
}

async fn look_at(inner: &Inner, host: &str, github: &GitHub) -> usize {
    let since_s = inner.store.now_ms() / 1000 - BACK_S;
    let failed = match github.failed_deliveries(since_s).await {
        Ok(failed) => failed,
        Err(error) => {
            tracing::warn!(%error, forge.host = host, "GitHub was not asked which deliveries failed");
            return 0;
        }
    };
    let missing = match not_here(inner, failed).await {
        Ok(missing) => missing,
        Err(error) => {
            tracing::warn!(%error, "it is not known which deliveries are here");
            return 0;
        }
    };
    let mut asked = 0;
    for one in missing.into_iter().take(IN_ONE_ROUND) {
        match github.deliver_again(one.id).await {
            Ok(()) => {
                asked += 1;
                inner.metrics.delivery(&one.event, "asked-for-again");
            }
            Err(error) => {
                tracing::warn!(%error, delivery.id = one.guid, "GitHub does not deliver it again");
            }
        }
    }
    if asked > 0 {
        tracing::info!(
            forge.host = host,
            deliveries.count = asked,
            "GitHub was asked to deliver again what had failed"
        );
    }
    asked
}

/// The latest attempt of each delivery that has not come and was not tried too often, oldest first.
async fn not_here(inner: &Inner, failed: Vec<FailedDelivery>) -> Result<Vec<FailedDelivery>, DbError> {
    let mut by_guid = BTreeMap::<String, Vec<FailedDelivery>>::new();
    for one in failed {
        by_guid.entry(one.guid.clone()).or_default().push(one);
    }
    let mut missing = Vec::new();
    for (guid, attempts) in by_guid {
        if attempts.len() >= ATTEMPTS || inner.store.is_known(&guid).await? {
            continue;
        }
        missing.extend(attempts.into_iter().max_by_key(|one| one.at_s));
    }
    missing.sort_by_key(|one| one.at_s);
    Ok(missing)
}
