//! Keeping deliveries, many in one transaction.
//!
//! A database that is a file takes one commit after the other. So whoever brings a delivery hands it to one writer,
//! which takes all that wait into the next transaction and answers them together. The invariant: nobody is told that a
//! delivery is kept before the transaction that holds it stands.

use tokio::sync::{mpsc, oneshot};

use super::WebhookError;
use super::store::Store;

/// Deliveries in one transaction.
const AT_ONCE: usize = 256;
/// Deliveries that may wait for the next one.
const WAITING: usize = 1024;

/// By which way a delivery came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// From GitHub.
    GitHub,
    /// A Backstage received it and passed it on.
    Backstage,
}

/// A delivery whose sender is known.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// `x-github-delivery`.
    pub id: String,
    /// The forge whose secret it was signed with.
    pub host: String,
    /// `x-github-event`.
    pub event: String,
    /// By which way it came.
    pub source: Source,
    /// What came, as it came.
    pub payload: Vec<u8>,
}

/// That it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its id.
    pub id: String,
    /// Whether it was known already.
    pub repeated: bool,
}

impl Source {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::Backstage => "backstage",
        }
    }
}

type Answer = Result<Received, WebhookError>;

/// The writer's letter box.
pub(super) struct Intake {
    box_of_writer: mpsc::Sender<(Arrived, oneshot::Sender<Answer>)>,
}

impl Intake {
    /// Starts the writer; it ends with this value.
    pub(super) fn start(store: Store) -> Self {
        let (box_of_writer, waiting) = mpsc::channel(WAITING);
        tokio::spawn(write(store, waiting));
        Self { box_of_writer }
    }

    /// Returns when it is kept.
    pub(super) async fn keep(&self, arrived: Arrived) -> Answer {
        let (answer, answered) = oneshot::channel();
        let sent = self.box_of_writer.send((arrived, answer)).await;
        sent.map_err(|_| WebhookError::Stopping)?;
        answered.await.map_err(|_| WebhookError::Stopping)?
    }
}

async fn write(store: Store, mut waiting: mpsc::Receiver<(Arrived, oneshot::Sender<Answer>)>) {
    let mut batch = Vec::with_capacity(AT_ONCE);
    while waiting.recv_many(&mut batch, AT_ONCE).await > 0 {
        let (arrived, answers): (Vec<Arrived>, Vec<_>) = batch.drain(..).unzip();
        match store.keep(&arrived).await {
            Ok(repeated) => {
                for ((one, repeated), answer) in arrived.into_iter().zip(repeated).zip(answers) {
                    // Who does not wait any more gets the same answer when he comes again.
                    let _gone = answer.send(Ok(Received { id: one.id, repeated }));
                }
            }
            Err(error) => {
                tracing::warn!(%error, deliveries.count = arrived.len(), "deliveries could not be kept");
                for answer in answers {
                    let _gone = answer.send(Err(WebhookError::NotKept));
                }
            }
        }
    }
}
