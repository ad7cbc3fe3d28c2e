//! The SQL of the queue.

use std::time::Duration;

use sqlx::Row;

use crate::db::{Db, DbError, WriteTx};

/// The queue. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Queue {
    db: Db,
    lease: Duration,
}

/// A claimed job: the right to work on it until it runs out. Only [`Queue::claim`] makes one.
#[derive(Debug)]
pub struct Lease {
    seq: i64,
    /// Kind of the job.
    pub kind: String,
    /// What it is about (a task id).
    pub subject: String,
    /// How often the job was claimed, this time included.
    pub attempts: i64,
    /// Number of this claim; later claims have larger ones, over all jobs and processes.
    pub fence: i64,
}

/// How many jobs are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobCounts {
    /// Waiting.
    pub ready: i64,
    /// Claimed.
    pub leased: i64,
    /// Given up.
    pub dead: i64,
}

/// Topic that is signalled when a job of a kind becomes ready.
pub fn topic(kind: &str) -> String {
    format!("jobs/{kind}")
}

impl Queue {
    /// The queue in `db`; a lease that is not extended for `lease` runs out.
    pub fn new(db: Db, lease: Duration) -> Self {
        Self { db, lease }
    }

    /// How long a lease lasts without being extended.
    pub fn lease_duration(&self) -> Duration {
        self.lease
    }

    /// Adds a job in the caller's transaction; an ended job about the same subject gives way to it.
    pub(crate) async fn push(&self, tx: &mut WriteTx, kind: &str, subject: &str) -> Result<(), DbError> {
        sqlx::query("delete from jobs where kind = $1 and subject = $2")
            .bind(kind)
            .bind(subject)
            .execute(&mut **tx)
            .await?;
        sqlx::query("insert into jobs (kind, subject, state, created_at) values ($1, $2, 'ready', $3)")
            .bind(kind)
            .bind(subject)
            .bind(self.db.now_ms())
            .execute(&mut **tx)
            .await?;
        tx.signal(topic(kind));
        Ok(())
    }

    /// Sees to it that there is a job about the subject, in the caller's transaction: one that waits or is worked on
    /// stays as it is, an ended one gives way to a new one.
    pub(crate) async fn ensure(&self, tx: &mut WriteTx, kind: &str, subject: &str) -> Result<(), DbError> {
        sqlx::query("delete from jobs where kind = $1 and subject = $2 and state in ('done', 'dead')")
            .bind(kind)
            .bind(subject)
            .execute(&mut **tx)
            .await?;
        let added = sqlx::query(
            "insert into jobs (kind, subject, state, created_at) values ($1, $2, 'ready', $3)
             on conflict (kind, subject) do nothing",
        )
        .bind(kind)
        .bind(subject)
        .bind(self.db.now_ms())
        .execute(&mut **tx)
        .await?;
        if added.rows_affected() > 0 {
            tx.signal(topic(kind));
        }
        Ok(())
    }

    /// Claims the oldest job that is ready or whose lease has run out. The row of the claim clock is taken
    /// first, which puts the claims of all processes in one order.
    pub async fn claim(&self, kind: &str, owner: &str) -> Result<Option<Lease>, DbError> {
        let now = self.db.now_ms();
        if !self.has_work(kind, now).await? {
            return Ok(None);
        }
        let mut tx = self.db.begin().await?;
        let row = sqlx::query("update queue_clock set fence = fence + 1 where id = 1 returning fence")
            .fetch_one(&mut *tx)
            .await?;
        let fence: i64 = row.try_get(0)?;
        let claimed = sqlx::query(
            "update jobs set state = 'leased', attempts = attempts + 1, fence = $1, lease_owner = $2, lease_until = $3, claimed_at = $4
             where seq = (select seq from jobs
                          where kind = $5 and (state = 'ready' or (state = 'leased' and lease_until < $4))
                          order by seq limit 1)
               and (state = 'ready' or (state = 'leased' and lease_until < $4))
             returning seq, subject, attempts",
        )
        .bind(fence)
        .bind(owner)
        .bind(self.lease_end(now))
        .bind(now)
        .bind(kind)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = claimed else { return Ok(None) };
        let lease = Lease {
            seq: row.try_get(0)?,
            kind: kind.to_owned(),
            subject: row.try_get(1)?,
            attempts: row.try_get(2)?,
            fence,
        };
        tx.commit().await?;
        Ok(Some(lease))
    }

    async fn has_work(&self, kind: &str, now: i64) -> Result<bool, DbError> {
        let row = sqlx::query(
            "select seq from jobs where kind = $1 and state in ('ready', 'leased') and (state = 'ready' or lease_until < $2) limit 1",
        )
        .bind(kind)
        .bind(now)
        .fetch_optional(self.db.reader())
        .await?;
        Ok(row.is_some())
    }

    /// Makes the lease last from now on; `false` says that it was lost.
    pub async fn extend(&self, lease: &Lease) -> Result<bool, DbError> {
        let mut tx = self.db.begin().await?;
        let done = sqlx::query(
            "update jobs set lease_until = $1 where seq = $2 and fence = $3 and state = 'leased'",
        )
        .bind(self.lease_end(self.db.now_ms()))
        .bind(lease.seq)
        .bind(lease.fence)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Ends the job in the caller's transaction; `false` says that the lease was lost and nothing was done.
    pub(crate) async fn finish(&self, tx: &mut WriteTx, lease: &Lease) -> Result<bool, DbError> {
        self.set_state(tx, lease, "done").await
    }

    /// Gives the job up for good, visibly.
    pub(crate) async fn bury(&self, tx: &mut WriteTx, lease: &Lease) -> Result<bool, DbError> {
        self.set_state(tx, lease, "dead").await
    }

    /// Gives the job back unharmed, for another worker to take at once.
    pub async fn release(&self, lease: &Lease) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        sqlx::query(
            "update jobs set state = 'ready', attempts = attempts - 1, lease_owner = null, lease_until = null
             where seq = $1 and fence = $2 and state = 'leased'",
        )
        .bind(lease.seq)
        .bind(lease.fence)
        .execute(&mut *tx)
        .await?;
        tx.signal(topic(&lease.kind));
        tx.commit().await
    }

    async fn set_state(&self, tx: &mut WriteTx, lease: &Lease, state: &str) -> Result<bool, DbError> {
        let done = sqlx::query("update jobs set state = $1, lease_until = null where seq = $2 and fence = $3 and state = 'leased'")
            .bind(state)
            .bind(lease.seq)
            .bind(lease.fence)
            .execute(&mut **tx)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Ends a job that nobody has claimed, in the caller's transaction; `false` says that somebody has.
    pub(crate) async fn withdraw(
        &self,
        tx: &mut WriteTx,
        kind: &str,
        subject: &str,
    ) -> Result<bool, DbError> {
        let done = sqlx::query(
            "update jobs set state = 'done' where kind = $1 and subject = $2 and state = 'ready'",
        )
        .bind(kind)
        .bind(subject)
        .execute(&mut **tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Counts, for metrics.
    pub async fn counts(&self) -> Result<JobCounts, DbError> {
        let rows = sqlx::query("select state, count(*) from jobs where state <> 'done' group by state")
            .fetch_all(self.db.reader())
            .await?;
        let mut counts = JobCounts::default();
        for row in rows {
            let (state, count): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
            match state.as_str() {
                "ready" => counts.ready = count,
                "leased" => counts.leased = count,
                _ => counts.dead = count,
            }
        }
        Ok(counts)
    }

    fn lease_end(&self, now: i64) -> i64 {
        now + i64::try_from(self.lease.as_millis()).unwrap_or(i64::MAX / 2)
    }
}
