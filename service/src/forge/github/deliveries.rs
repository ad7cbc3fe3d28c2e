//! Deliveries of the App's webhook as GitHub knows them: which failed, and sending one again.
//!
//! Asked as the App itself. What was delivered is not read here: a delivery comes the way that all come. The invariant:
//! nothing but the newest pages, down to the age that is asked for, is read.

use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::GitHub;
use super::answer::Failure;
use super::client::Ask;
use super::pages;
use super::route::Route;
use crate::forge::ForgeError;

/// Pages that are read at most, of a hundred deliveries each.
const MAX_PAGES: usize = 20;
const WHAT: &str = "the App's webhook";

/// An attempt to deliver that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedDelivery {
    /// The attempt.
    pub id: u64,
    /// The delivery, the same for all attempts: `x-github-delivery`.
    pub guid: String,
    /// The event.
    pub event: String,
    /// When it was tried, in seconds of 1970.
    pub at_s: i64,
}

#[derive(Deserialize)]
struct Attempt {
    id: u64,
    guid: String,
    event: String,
    delivered_at: String,
    status_code: u16,
}

impl GitHub {
    /// Whether the service is an App here.
    pub fn is_app(&self) -> bool {
        !self.shared.settings.app_id.trim().is_empty()
    }

    /// Whether an address of a page is one of a repository here.
    pub fn has(&self, address: &str) -> bool {
        self.slug_of(address).is_some()
    }

    /// Attempts that failed since then, newest first.
    pub async fn failed_deliveries(&self, since_s: i64) -> Result<Vec<FailedDelivery>, ForgeError> {
        match self.failed_since(since_s).await {
            // An App without a webhook has no list.
            Err(Failure::NotFound(_)) => Ok(Vec::new()),
            found => found.map_err(|failure| failure.about(WHAT)),
        }
    }

    async fn failed_since(&self, since_s: i64) -> Result<Vec<FailedDelivery>, Failure> {
        let first = Route::fixed("app/hook/deliveries").with("status", "failure").with("per_page", "100");
        let (mut found, mut next) = (Vec::new(), Some(first));
        for _ in 0..MAX_PAGES {
            let Some(route) = next.take() else { break };
            let answer = self.shared.access.ask_as_app(self, Ask::get(route)).await?;
            next = pages::next_page(self.shared.client.base(), &answer);
            for attempt in answer.read::<Vec<Attempt>>()? {
                let at = OffsetDateTime::parse(&attempt.delivered_at, &Rfc3339);
                let at_s = at.map_or(i64::MAX, OffsetDateTime::unix_timestamp);
                if at_s < since_s {
                    return Ok(found);
                }
                // A server that does not know the filter lists all.
                if !(200..300).contains(&attempt.status_code) {
                    let Attempt { id, guid, event, .. } = attempt;
                    found.push(FailedDelivery { id, guid, event, at_s });
                }
            }
        }
        Ok(found)
    }

    /// Has GitHub deliver it again.
    pub async fn deliver_again(&self, attempt: u64) -> Result<(), ForgeError> {
        let route = Route::fixed("app/hook/deliveries").number(attempt).then("attempts");
        let asked = self.shared.access.ask_as_app(self, Ask::post(route, serde_json::json!({}))).await;
        asked.map(drop).map_err(|failure| failure.about(WHAT))
    }
}
