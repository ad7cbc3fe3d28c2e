//! The SQL of deliveries.

use std::time::Duration;

use sqlx::Row;
use sqlx::any::AnyRow;

use super::intake::Arrived;
use super::plan::About;
use crate::catalog::Change;
use crate::db::{Db, DbError, Listener, WriteTx};

/// Topic that is signalled when deliveries came.
const TOPIC: &str = "deliveries";
/// Rows that are removed in one transaction.
const FORGOTTEN_AT_ONCE: i64 = 2_000;
const COLUMNS: &str =
    "id, host, event, action, source, about, state, reason, changes, size, repeats, received_at, planned_at";

/// The store. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Store {
    db: Db,
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is kept and waits to be planned.
    Received,
    /// Its changes were left for the catalog.
    Planned,
    /// Nothing is to be done.
    Ignored,
    /// It could not be understood.
    Failed,
}

/// A delivery as it is told of.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// `x-github-delivery`.
    pub id: String,
    /// The forge that signed it.
    pub host: String,
    /// The event.
    pub event: String,
    /// Its action.
    pub action: Option<String>,
    /// `github` or `backstage`.
    pub source: String,
    /// The repository, or the owner.
    pub about: Option<String>,
    /// What became of it.
    pub state: State,
    /// Why it was ignored, or failed.
    pub reason: Option<String>,
    /// What was left for the catalog.
    pub changes: Vec<Change>,
    /// Bytes that came.
    pub size: i64,
    /// How often it came again.
    pub repeats: i64,
    /// When it came first, in milliseconds of 1970.
    pub received_at: i64,
    /// When it was planned.
    pub planned_at: Option<i64>,
}

/// Which deliveries are asked for.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Only those.
    pub state: Option<State>,
    /// Only of this event.
    pub event: Option<String>,
    /// Only about this repository or owner.
    pub about: Option<String>,
    /// Only those before this one, as `seq` of the last page.
    pub before: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// How much is to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Deliveries that are not planned.
    pub received: i64,
    /// Deliveries that could not be understood.
    pub failed: i64,
}

/// A delivery that waits.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) seq: i64,
    pub(super) id: String,
    pub(super) host: String,
    pub(super) event: String,
    pub(super) size: i64,
}

/// What is written of a plan.
#[derive(Clone, Debug)]
pub(super) enum Settled {
    Planned(Vec<Change>),
    Ignored(String),
    Failed(String),
}

/// A delivery with what became of it.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub(super) stored: Stored,
    about: About,
    pub(super) settled: Settled,
}

impl State {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Planned => "planned",
            Self::Ignored => "ignored",
            Self::Failed => "failed",
        }
    }

    /// All there are.
    pub const ALL: [Self; 4] = [Self::Received, Self::Planned, Self::Ignored, Self::Failed];

    /// The state of that word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

impl Settled {
    pub(super) fn state(&self) -> State {
        match self {
            Self::Planned(_) => State::Planned,
            Self::Ignored(_) => State::Ignored,
            Self::Failed(_) => State::Failed,
        }
    }
}

impl Outcome {
    pub(super) fn new(stored: Stored, about: About, settled: Settled) -> Self {
        Self { stored, about, settled }
    }
}

impl Store {
    pub(super) fn new(db: Db) -> Self {
        Self { db }
    }

    pub(super) async fn begin(&self) -> Result<WriteTx, DbError> {
        self.db.begin().await
    }

    pub(super) fn listen(&self) -> Listener {
        self.db.listen(TOPIC)
    }

    pub(super) fn now_ms(&self) -> i64 {
        self.db.now_ms()
    }

    /// Keeps them in one transaction; says of each whether it was here. One that had failed is planned again as it came
    /// now.
    pub(super) async fn keep(&self, arrived: &[Arrived]) -> Result<Vec<bool>, DbError> {
        let mut tx = self.db.begin().await?;
        let mut repeated = Vec::with_capacity(arrived.len());
        for one in arrived {
            repeated.push(self.keep_one(&mut tx, one).await?);
        }
        tx.signal(TOPIC);
        tx.commit().await?;
        Ok(repeated)
    }

    async fn keep_one(&self, tx: &mut WriteTx, one: &Arrived) -> Result<bool, DbError> {
        let row = sqlx::query(
            "insert into deliveries (id, host, event, source, state, payload, size, received_at)
             values ($1, $2, $3, $4, 'received', $5, $6, $7)
             on conflict (id) do update set repeats = deliveries.repeats + 1, source = excluded.source,
                payload = case when deliveries.state = 'failed' then excluded.payload else deliveries.payload end,
                state = case when deliveries.state = 'failed' then 'received' else deliveries.state end
             returning repeats",
        )
        .bind(one.id.as_str())
        .bind(one.host.as_str())
        .bind(one.event.as_str())
        .bind(one.source.as_str())
        .bind(one.payload.as_slice())
        .bind(i64::try_from(one.payload.len()).unwrap_or(i64::MAX))
        .bind(self.db.now_ms())
        .fetch_one(&mut **tx)
        .await?;
        Ok(row.try_get::<i64, _>(0)? > 0)
    }

    /// The oldest that wait.
    pub(super) async fn waiting(&self, most: i64) -> Result<Vec<Stored>, DbError> {
        let rows = sqlx::query(
            "select seq, id, host, event, size from deliveries where state = 'received' order by seq limit $1",
        )
        .bind(most)
        .fetch_all(self.db.reader())
        .await?;
        let stored = rows.iter().map(|row| {
            Ok(Stored {
                seq: row.try_get(0)?,
                id: row.try_get(1)?,
                host: row.try_get(2)?,
                event: row.try_get(3)?,
                size: row.try_get(4)?,
            })
        });
        Ok(stored.collect::<Result<_, sqlx::Error>>()?)
    }

    pub(super) async fn payload(&self, seq: i64) -> Result<Option<Vec<u8>>, DbError> {
        let row = sqlx::query("select payload from deliveries where seq = $1")
            .bind(seq)
            .fetch_optional(self.db.reader())
            .await?;
        Ok(row.map(|row| row.try_get::<Option<Vec<u8>>, _>(0)).transpose()?.flatten())
    }

    /// Nobody else settles deliveries until the transaction ends.
    pub(super) async fn hold(&self, tx: &mut WriteTx) -> Result<(), DbError> {
        sqlx::query("update delivery_clock set planned = planned + 1 where id = 1")
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// Writes what became of a delivery; `false` says that somebody else has.
    pub(super) async fn settle(&self, tx: &mut WriteTx, outcome: &Outcome) -> Result<bool, DbError> {
        let Outcome { stored, about, settled } = outcome;
        let (reason, changes) = match settled {
            Settled::Planned(changes) => (None, serde_json::to_string(changes).ok()),
            Settled::Ignored(reason) | Settled::Failed(reason) => (Some(reason.as_str()), None),
        };
        let done = sqlx::query(
            "update deliveries set state = $1, reason = $2, changes = $3, action = $4, about = $5, planned_at = $6,
                payload = case when $1 = 'failed' then payload else null end
             where seq = $7 and state = 'received'",
        )
        .bind(settled.state().as_str())
        .bind(reason)
        .bind(changes)
        .bind(about.action.as_deref())
        .bind(about.about.as_deref())
        .bind(self.db.now_ms())
        .bind(stored.seq)
        .execute(&mut **tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    pub(super) async fn list(&self, listing: &Listing) -> Result<Vec<Delivery>, DbError> {
        let sql = format!(
            "select {COLUMNS} from deliveries
             where (cast($1 as text) is null or state = $1) and (cast($2 as text) is null or event = $2)
               and (cast($3 as text) is null or about = $3)
               and (cast($4 as text) is null or seq < (select seq from deliveries where id = $4))
             order by seq desc limit $5"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(listing.state.map(State::as_str))
            .bind(listing.event.as_deref())
            .bind(listing.about.as_deref())
            .bind(listing.before.as_deref())
            .bind(i64::from(listing.limit))
            .fetch_all(self.db.reader())
            .await?;
        rows.iter().map(delivery).collect()
    }

    pub(super) async fn get(&self, id: &str) -> Result<Option<Delivery>, DbError> {
        let sql = format!("select {COLUMNS} from deliveries where id = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(self.db.reader()).await?;
        row.as_ref().map(delivery).transpose()
    }

    pub(super) async fn is_known(&self, id: &str) -> Result<bool, DbError> {
        let row = sqlx::query("select seq from deliveries where id = $1")
            .bind(id)
            .fetch_optional(self.db.reader())
            .await?;
        Ok(row.is_some())
    }

    /// Has a failed one planned again.
    pub(super) async fn plan_again(&self, id: &str) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        sqlx::query("update deliveries set state = 'received' where id = $1 and state = 'failed'")
            .bind(id)
            .execute(&mut *tx)
            .await?;
        tx.signal(TOPIC);
        tx.commit().await
    }

    /// Removes those that came longer ago than this and wait for nothing.
    pub(super) async fn forget(&self, age_ms: i64) -> Result<u64, DbError> {
        let before = self.db.now_ms().saturating_sub(age_ms);
        let mut forgotten = 0;
        loop {
            let mut tx = self.db.begin().await?;
            let done = sqlx::query(
                "delete from deliveries where seq in
                    (select seq from deliveries where received_at < $1 and state <> 'received' limit $2)",
            )
            .bind(before)
            .bind(FORGOTTEN_AT_ONCE)
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            forgotten += done.rows_affected();
            if done.rows_affected() == 0 {
                return Ok(forgotten);
            }
        }
    }

    /// Counts, for metrics.
    pub(super) async fn backlog(&self) -> Result<Backlog, DbError> {
        let rows = sqlx::query(
            "select state, count(*) from deliveries where state in ('received', 'failed') group by state",
        )
        .fetch_all(self.db.reader())
        .await?;
        let mut backlog = Backlog::default();
        for row in rows {
            let (state, count): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
            match state.as_str() {
                "received" => backlog.received = count,
                _ => backlog.failed = count,
            }
        }
        Ok(backlog)
    }

    /// Whether this process is the one to look at a host's list now; nobody else is for so long.
    pub(super) async fn take_turn(&self, host: &str, every: Duration) -> Result<bool, DbError> {
        let now = self.db.now_ms();
        let next = now.saturating_add(i64::try_from(every.as_millis()).unwrap_or(i64::MAX));
        let mut tx = self.db.begin().await?;
        let taken = sqlx::query(
            "insert into delivery_checks (host, checked_at, next_at) values ($1, $2, $3)
             on conflict (host) do update set checked_at = excluded.checked_at, next_at = excluded.next_at
                where delivery_checks.next_at <= excluded.checked_at",
        )
        .bind(host)
        .bind(now)
        .bind(next)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(taken.rows_affected() == 1)
    }
}

fn delivery(row: &AnyRow) -> Result<Delivery, DbError> {
    let (state, changes): (String, Option<String>) = (row.try_get(6)?, row.try_get(8)?);
    let changes = changes.map(|text| serde_json::from_str(&text)).transpose();
    Ok(Delivery {
        id: row.try_get(0)?,
        host: row.try_get(1)?,
        event: row.try_get(2)?,
        action: row.try_get(3)?,
        source: row.try_get(4)?,
        about: row.try_get(5)?,
        state: State::of(&state).unwrap_or(State::Failed),
        reason: row.try_get(7)?,
        changes: changes.ok().flatten().unwrap_or_default(),
        size: row.try_get(9)?,
        repeats: row.try_get(10)?,
        received_at: row.try_get(11)?,
        planned_at: row.try_get(12)?,
    })
}
