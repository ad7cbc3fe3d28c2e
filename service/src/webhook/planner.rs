//! From what was stored to what is to be done.
//!
//! Deliveries are planned in the order in which they were stored, some at a time: read and worked out first, then
//! settled in one transaction with the changes that follow. Another process that plans the same ones finds them settled
//! and leaves nothing behind. The invariant: outcome and changes of a delivery are written together, once.

use std::collections::HashMap;

use super::plan::{self, Plan, Unplannable};
use super::store::{Outcome, Settled, Stored};
use super::{Inner, WebhookError};
use crate::catalog::Change;

/// Deliveries in one transaction: those that come meanwhile wait for it before they are acknowledged.
const AT_ONCE: i64 = 16;
/// Bytes that are held at once; a single delivery may be larger.
const BYTES_AT_ONCE: i64 = 8 * 1024 * 1024;
/// Larger ones are not read on a thread that serves requests.
const LARGE: i64 = 256 * 1024;

/// Plans everything that waits; gives how many that were.
pub(super) async fn plan_waiting(inner: &Inner) -> Result<usize, WebhookError> {
    let mut planned = 0;
    loop {
        let waiting = inner.store.waiting(AT_ONCE).await?;
        let mut bytes = 0;
        let within = waiting.into_iter().take_while(|one| {
            let first = bytes == 0;
            bytes += one.size.max(1);
            first || bytes <= BYTES_AT_ONCE
        });
        let within: Vec<Stored> = within.collect();
        if within.is_empty() {
            return Ok(planned);
        }
        let mut outcomes = Vec::with_capacity(within.len());
        for stored in within {
            outcomes.extend(worked_out(inner, stored).await?);
        }
        planned += settle(inner, outcomes).await?;
    }
}

/// `None`: somebody else has settled it meanwhile.
async fn worked_out(inner: &Inner, stored: Stored) -> Result<Option<Outcome>, WebhookError> {
    let Some(payload) = inner.store.payload(stored.seq).await? else { return Ok(None) };
    let (host, event) = (stored.host.clone(), stored.event.clone());
    let explained = move || plan::explained(&host, &event, &payload);
    let explained = match stored.size {
        size if size > LARGE => {
            tokio::task::spawn_blocking(explained).await.map_err(|_| WebhookError::Stopping)?
        }
        _ => explained(),
    };
    let (about, planned) = explained;
    let settled = settled(&stored.event, planned);
    Ok(Some(Outcome::new(stored, about, settled)))
}

fn settled(event: &str, planned: Result<Plan, Unplannable>) -> Settled {
    match planned {
        Ok(Plan::Enqueue(changes)) => Settled::Planned(changes),
        Ok(Plan::Ignored(reason)) => Settled::Ignored(reason.to_string()),
        Ok(Plan::Unsupported) => Settled::Ignored(plan::Reason::Event(event.to_owned()).to_string()),
        Err(error) => Settled::Failed(error.to_string()),
    }
}

async fn settle(inner: &Inner, outcomes: Vec<Outcome>) -> Result<usize, WebhookError> {
    let mut tx = inner.store.begin().await?;
    inner.store.hold(&mut tx).await?;
    let (mut counted, mut changes) = (Vec::new(), Vec::new());
    for outcome in &outcomes {
        if !inner.store.settle(&mut tx, outcome).await? {
            continue;
        }
        counted.push(outcome);
        if let Settled::Planned(planned) = &outcome.settled {
            changes.extend(planned.iter().cloned());
        }
    }
    inner.changes.enqueue(&mut tx, &without_repeats(changes)).await?;
    tx.commit().await?;
    for outcome in &counted {
        inner.metrics.delivery(&outcome.stored.event, outcome.settled.state().as_str());
        if let Settled::Failed(reason) = &outcome.settled {
            tracing::warn!(
                delivery.id = outcome.stored.id,
                delivery.event = outcome.stored.event,
                "a delivery could not be planned: {reason}"
            );
        }
    }
    Ok(counted.len())
}

/// Of changes that are the same but for the commit the last one, where it stood: a hundred pushes are one reading.
fn without_repeats(changes: Vec<Change>) -> Vec<Change> {
    let last: HashMap<_, usize> =
        changes.iter().enumerate().map(|(position, change)| (change.key(), position)).collect();
    let kept =
        changes.iter().enumerate().filter(|(position, change)| last.get(&change.key()) == Some(position));
    kept.map(|(_, change)| change.clone()).collect()
}
