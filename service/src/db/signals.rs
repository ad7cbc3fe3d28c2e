//! Wake-ups by topic, inside the process and between processes.
//!
//! A signal says "look again", nothing more; whoever waits reads the tables for what happened. Between
//! processes it travels by PostgreSQL's `LISTEN/NOTIFY`; SQLite has no such thing, so whoever waits must
//! also look from time to time.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::sync::watch;

use super::Inner;
use crate::secret::Secret;

const RECONNECT: Duration = Duration::from_secs(2);

#[derive(Default)]
pub(super) struct Signals {
    topics: Mutex<HashMap<String, watch::Sender<u64>>>,
}

/// Waits for signals on one topic. Signals sent since it was made, or since the last wait, are not missed.
#[derive(Debug)]
pub struct Listener {
    receiver: watch::Receiver<u64>,
}

impl Listener {
    /// Resolves at the next signal, or after `at_most`.
    pub async fn wait(&mut self, at_most: Duration) {
        // Both a closed topic and the time limit mean the same: look again.
        let _ = tokio::time::timeout(at_most, self.receiver.changed()).await;
    }
}

impl Signals {
    pub(super) fn listen(&self, topic: &str) -> Listener {
        let mut topics = self.lock();
        let sender = topics.entry(topic.to_owned()).or_insert_with(|| watch::channel(0).0);
        Listener { receiver: sender.subscribe() }
    }

    pub(super) fn signal(&self, topic: &str) {
        let mut topics = self.lock();
        if topics.get(topic).is_some_and(|sender| sender.receiver_count() == 0) {
            topics.remove(topic);
        }
        if let Some(sender) = topics.get(topic) {
            sender.send_modify(|count| *count += 1);
        }
    }

    fn signal_all(&self) {
        self.lock().values().for_each(|sender| sender.send_modify(|count| *count += 1));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, watch::Sender<u64>>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Passes PostgreSQL's notifications on for as long as the database is in use.
pub(super) fn relay_notifications(url: Secret, db: Weak<Inner>) {
    tokio::spawn(async move {
        while db.strong_count() > 0 {
            if let Err(error) = relay(&url, &db).await {
                tracing::warn!(%error, "notifications of the database are interrupted; looking at it in intervals meanwhile");
            }
            tokio::time::sleep(RECONNECT).await;
        }
    });
}

async fn relay(url: &Secret, db: &Weak<Inner>) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect(url.expose()).await?;
    listener.listen("stagecraft").await?;
    loop {
        // `None` means that the connection was lost and made again: signals may have been missed.
        let received = tokio::time::timeout(Duration::from_secs(30), listener.try_recv()).await;
        let Some(inner) = db.upgrade() else { return Ok(()) };
        match received {
            Ok(Ok(Some(notification))) => inner.signals.signal(notification.payload()),
            Ok(Ok(None)) => inner.signals.signal_all(),
            Ok(Err(error)) => return Err(error),
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_signal_sent_before_waiting_is_not_missed() {
        let signals = Signals::default();
        let mut listener = signals.listen("task/1");

        signals.signal("task/1");

        let long = Duration::from_secs(3600);
        tokio::time::timeout(Duration::from_secs(5), listener.wait(long)).await.unwrap();
    }

    #[tokio::test]
    async fn a_topic_without_listeners_is_forgotten() {
        let signals = Signals::default();
        drop(signals.listen("task/1"));

        signals.signal("task/1");

        assert!(signals.lock().is_empty());
    }
}
