//! Changes that wait, beside the jobs that see to them.
//!
//! A job is a subject; what is to be done about it stands in `catalog_changes`. What comes while a job is worked on
//! waits for the end of that work, which then makes the job ready again. The invariant: a change leaves its table in
//! the transaction that ends the work on it, and never otherwise.

use sqlx::Row;

use crate::catalog::change::{CHANGE_JOB, Change};
use crate::db::{Db, DbError, WriteTx};
use crate::queue::{Lease, Queue};

/// Changes that wait for their jobs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Changes {
    db: Db,
    queue: Queue,
}

/// What waits about the subject of a claimed job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The changes, oldest first; several may be about the same repository.
    pub changes: Vec<Change>,
    /// Number of the last one; what comes later is not among them.
    upto: i64,
}

/// Why changes cannot be kept or told.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A row holds what no version of this program has written.
    #[error("a change in the database cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
}

impl From<sqlx::Error> for ChangeError {
    fn from(error: sqlx::Error) -> Self {
        Self::Db(error.into())
    }
}

impl Changes {
    /// Changes in `db`, seen to by jobs of `queue`.
    pub fn new(db: Db, queue: Queue) -> Self {
        Self { db, queue }
    }

    /// Leaves changes in the caller's transaction, each with a job if there is none that waits. A change takes the
    /// place of a waiting one of the same sort.
    pub(crate) async fn enqueue(&self, tx: &mut WriteTx, changes: &[Change]) -> Result<(), ChangeError> {
        for change in changes {
            let (subject, text) = (change.subject(), serde_json::to_string(change)?);
            self.replace(tx, &subject, &change.sort(), &text).await?;
            self.queue.ensure(tx, CHANGE_JOB, &subject).await?;
        }
        Ok(())
    }

    /// The same in a transaction of its own.
    pub async fn leave(&self, changes: &[Change]) -> Result<(), ChangeError> {
        let mut tx = self.db.begin().await?;
        self.enqueue(&mut tx, changes).await?;
        Ok(tx.commit().await?)
    }

    /// The later one gets a new number: the order of changes is that in which they happened.
    async fn replace(
        &self,
        tx: &mut WriteTx,
        subject: &str,
        sort: &str,
        change: &str,
    ) -> Result<(), DbError> {
        sqlx::query("delete from catalog_changes where subject = $1 and sort = $2")
            .bind(subject)
            .bind(sort)
            .execute(&mut **tx)
            .await?;
        sqlx::query(
            "insert into catalog_changes (subject, sort, change, created_at) values ($1, $2, $3, $4)",
        )
        .bind(subject)
        .bind(sort)
        .bind(change)
        .bind(self.db.now_ms())
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// What is to be done for a claimed job.
    pub async fn waiting(&self, lease: &Lease) -> Result<Waiting, ChangeError> {
        let rows = sqlx::query("select seq, change from catalog_changes where subject = $1 order by seq")
            .bind(lease.subject.as_str())
            .fetch_all(self.db.reader())
            .await?;
        let mut waiting = Waiting { changes: Vec::with_capacity(rows.len()), upto: 0 };
        for row in rows {
            waiting.upto = row.try_get(0)?;
            waiting.changes.push(serde_json::from_str(&row.try_get::<String, _>(1)?)?);
        }
        Ok(waiting)
    }

    /// Ends the work on what waited, in the caller's transaction; `false` says that the lease was lost and nothing was
    /// done. What came meanwhile makes the job ready again.
    pub(crate) async fn finish(
        &self,
        tx: &mut WriteTx,
        lease: &Lease,
        waiting: &Waiting,
    ) -> Result<bool, ChangeError> {
        if !self.queue.finish(tx, lease).await? {
            return Ok(false);
        }
        sqlx::query("delete from catalog_changes where subject = $1 and seq <= $2")
            .bind(lease.subject.as_str())
            .bind(waiting.upto)
            .execute(&mut **tx)
            .await?;
        let further = sqlx::query("select seq from catalog_changes where subject = $1 limit 1")
            .bind(lease.subject.as_str())
            .fetch_optional(&mut **tx)
            .await?;
        if further.is_some() {
            self.queue.ensure(tx, CHANGE_JOB, &lease.subject).await?;
        }
        Ok(true)
    }

    /// The same in a transaction of its own.
    pub async fn done(&self, lease: &Lease, waiting: &Waiting) -> Result<bool, ChangeError> {
        let mut tx = self.db.begin().await?;
        let done = self.finish(&mut tx, lease, waiting).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Changes that wait, and since when the oldest does, in milliseconds of 1970.
    pub async fn backlog(&self) -> Result<(i64, Option<i64>), DbError> {
        let row = sqlx::query("select count(*), min(created_at) from catalog_changes")
            .fetch_one(self.db.reader())
            .await?;
        Ok((row.try_get(0)?, row.try_get(1)?))
    }
}
