//! The SQL of GitHub's limits.
//!
//! It decides by [`Pace`] alone. The invariant: whatever is decided about an account is decided while its row is
//! held, on what the row and its requests say at that moment.

use std::time::Duration;

use sqlx::Row;

use super::pace::{Ledger, Pace};
use crate::db::{Db, DbError, WriteTx};

/// Accounts that nobody asked as for so long are forgotten.
const FORGOTTEN_AFTER_MS: i64 = 24 * 60 * 60 * 1000;

/// What an account's row says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) paused_until_ms: i64,
    pub(super) strikes: i64,
    pub(super) trial_until_ms: i64,
}

/// What became of a look at the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// It may go, and counts from now on.
    Go,
    /// It waits.
    Wait {
        /// 1 is the next.
        position: usize,
        /// When it may go, as far as one can tell.
        until_ms: i64,
    },
}

/// A place in the queue of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) seq: i64,
    /// It was let go.
    pub(super) taken: bool,
}

/// What an operator sees of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) account: String,
    pub(super) standing: Standing,
    pub(super) ledger: Ledger,
    pub(super) waiting: i64,
}

/// Topic that is signalled when others of an account should look again.
pub(super) fn topic(account: &str) -> String {
    format!("github/{account}")
}

/// The limits of all accounts, in the database.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    pub(super) db: Db,
    pub(super) pace: Pace,
    /// A request under way ends, well or not, within so many milliseconds.
    pub(super) under_way_ms: i64,
}

impl Limits {
    /// What the account's row says; nothing was said about one without.
    pub(super) async fn standing(&self, account: &str) -> Result<Standing, DbError> {
        let row =
            sqlx::query("select paused_until, strikes, trial_until from github_accounts where account = $1")
                .bind(account)
                .fetch_optional(self.db.reader())
                .await?;
        let Some(row) = row else { return Ok(Standing::default()) };
        Ok(Standing {
            paused_until_ms: row.try_get(0)?,
            strikes: row.try_get(1)?,
            trial_until_ms: row.try_get(2)?,
        })
    }

    /// Takes the lead after a limit: `false` says that somebody else has it, or that GitHub said to wait.
    pub(super) async fn try_alone(&self, account: &str, now: i64, until: i64) -> Result<bool, DbError> {
        let mut tx = self.db.begin().await?;
        let taken = sqlx::query(
            "update github_accounts set trial_until = $1 where account = $2 and paused_until <= $3 and trial_until <= $3",
        )
        .bind(until)
        .bind(account)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(taken.rows_affected() == 1)
    }

    /// Looks whether it is the turn of `place`; without one, takes one at the end.
    pub(super) async fn look(
        &self,
        account: &str,
        place: &mut Option<Place>,
        now: i64,
    ) -> Result<Look, DbError> {
        let mut tx = self.db.begin().await?;
        let standing = self.hold(&mut tx, account, now).await?;
        self.forget(&mut tx, account, now).await?;
        let seq = self.keep_or_join(&mut tx, account, (place.map(|place| place.seq), now)).await?;
        let ledger = Ledger {
            now_ms: now,
            paused_until_ms: standing.paused_until_ms,
            counted_ms: self.counted(&mut tx, account).await?,
            ahead: ahead(&mut tx, account, seq).await?,
        };
        let until_ms = self.pace.turn_ms(&ledger);
        let taken = until_ms <= now;
        if taken {
            set_counted(&mut tx, seq, Some(now + self.under_way_ms)).await?;
        }
        // Known before it stands: should this be dropped meanwhile, the place is given up by its number.
        *place = Some(Place { seq, taken });
        tx.commit().await?;
        Ok(if taken { Look::Go } else { Look::Wait { position: ledger.ahead + 1, until_ms } })
    }

    /// Puts one that was let go back into its place.
    pub(super) async fn give_back(&self, seq: i64) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        set_counted(&mut tx, seq, None).await?;
        tx.commit().await
    }

    /// The request was answered: it counts from here on.
    pub(super) async fn answered(&self, seq: i64, now: i64) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        set_counted(&mut tx, seq, Some(now)).await?;
        tx.commit().await
    }

    /// Gives a place up; the others move up.
    pub(super) async fn leave(&self, account: &str, seq: i64) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        sqlx::query("delete from github_writes where seq = $1").bind(seq).execute(&mut *tx).await?;
        tx.signal(topic(account));
        tx.commit().await
    }

    /// GitHub met a request that was sent when `seen` strikes stood with a limit, and said to wait for `said`. Gives
    /// the milliseconds of the pause.
    pub(super) async fn struck(
        &self,
        account: &str,
        (seen, said): (i64, Duration),
        now: i64,
    ) -> Result<i64, DbError> {
        let mut tx = self.db.begin().await?;
        let standing = self.hold(&mut tx, account, now).await?;
        // Requests that were under way together meet one limit, not many.
        let first = standing.strikes <= seen;
        let strikes = if first { standing.strikes + 1 } else { standing.strikes };
        let pause = self.pace.pause_ms(said, if first { standing.strikes } else { 0 });
        sqlx::query(
            "update github_accounts set paused_until = $1, strikes = $2, trial_until = 0 where account = $3",
        )
        .bind(standing.paused_until_ms.max(now.saturating_add(pause)))
        .bind(strikes)
        .bind(account)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(pause)
    }

    /// GitHub has nothing left to give until then.
    pub(super) async fn pause(&self, account: &str, until: i64, now: i64) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        let standing = self.hold(&mut tx, account, now).await?;
        sqlx::query("update github_accounts set paused_until = $1 where account = $2")
            .bind(standing.paused_until_ms.max(until))
            .bind(account)
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }

    /// A request that was sent when `seen` strikes stood was not met with a limit; `answered` says whether GitHub
    /// itself answered it. Whoever waits for that goes on.
    pub(super) async fn went_through(
        &self,
        account: &str,
        (seen, answered): (i64, bool),
    ) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        sqlx::query(
            "update github_accounts set strikes = $1, trial_until = 0 where account = $2 and strikes = $3",
        )
        .bind(if answered { 0 } else { seen })
        .bind(account)
        .bind(seen)
        .execute(&mut *tx)
        .await?;
        tx.signal(topic(account));
        tx.commit().await
    }

    /// The accounts of a host that something is known about.
    pub(super) async fn seen(&self, prefix: &str, now: i64) -> Result<Vec<Seen>, DbError> {
        let rows = sqlx::query(
            "select a.account, a.paused_until, a.strikes, a.trial_until,
                    (select count(*) from github_writes w
                     where w.account = a.account and w.counted_until is null and w.looked_at >= $1)
             from github_accounts a order by a.account",
        )
        .bind(now - self.pace.absence_ms())
        .fetch_all(self.db.reader())
        .await?;
        let mut seen = Vec::new();
        for row in rows {
            let account: String = row.try_get(0)?;
            if !account.starts_with(prefix) {
                continue;
            }
            let standing = Standing {
                paused_until_ms: row.try_get(1)?,
                strikes: row.try_get(2)?,
                trial_until_ms: row.try_get(3)?,
            };
            let counted_ms = sqlx::query(
                "select counted_until from github_writes where account = $1 and counted_until is not null",
            )
            .bind(&account)
            .fetch_all(self.db.reader())
            .await?;
            let counted_ms = counted_ms.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
            let paused_until_ms = standing.paused_until_ms;
            let ledger = Ledger { now_ms: now, paused_until_ms, counted_ms, ahead: 0 };
            seen.push(Seen { account, standing, ledger, waiting: row.try_get(4)? });
        }
        Ok(seen)
    }

    /// Removes accounts that nobody asks as any more.
    pub(super) async fn clear(&self, now: i64) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        sqlx::query("delete from github_accounts where touched_at < $1 and paused_until < $2")
            .bind(now - FORGOTTEN_AFTER_MS)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }

    /// Holds the account's row for the rest of the transaction.
    async fn hold(&self, tx: &mut WriteTx, account: &str, now: i64) -> Result<Standing, DbError> {
        let row = sqlx::query(
            "insert into github_accounts (account, touched_at) values ($1, $2)
             on conflict (account) do update set touched_at = excluded.touched_at
             returning paused_until, strikes, trial_until",
        )
        .bind(account)
        .bind(now)
        .fetch_one(&mut **tx)
        .await?;
        Ok(Standing {
            paused_until_ms: row.try_get(0)?,
            strikes: row.try_get(1)?,
            trial_until_ms: row.try_get(2)?,
        })
    }

    /// Removes what counts no more, and places of those who do not look any more.
    async fn forget(&self, tx: &mut WriteTx, account: &str, now: i64) -> Result<(), DbError> {
        sqlx::query(
            "delete from github_writes where account = $1 and (counted_until < $2 or (counted_until is null and looked_at < $3))",
        )
        .bind(account)
        .bind(self.pace.forgotten_before_ms(now))
        .bind(now - self.pace.absence_ms())
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    /// The number of the place, kept for whoever looks, or of a new one at the end.
    async fn keep_or_join(
        &self,
        tx: &mut WriteTx,
        account: &str,
        (seq, now): (Option<i64>, i64),
    ) -> Result<i64, DbError> {
        if let Some(seq) = seq {
            let kept =
                sqlx::query("update github_writes set looked_at = $1, counted_until = null where seq = $2")
                    .bind(now)
                    .bind(seq)
                    .execute(&mut **tx)
                    .await?;
            if kept.rows_affected() == 1 {
                return Ok(seq);
            }
        }
        let row = sqlx::query("insert into github_writes (account, looked_at) values ($1, $2) returning seq")
            .bind(account)
            .bind(now)
            .fetch_one(&mut **tx)
            .await?;
        Ok(row.try_get(0)?)
    }

    async fn counted(&self, tx: &mut WriteTx, account: &str) -> Result<Vec<i64>, DbError> {
        let rows = sqlx::query(
            "select counted_until from github_writes where account = $1 and counted_until is not null
             order by counted_until desc limit $2",
        )
        .bind(account)
        .bind(self.pace.memory())
        .fetch_all(&mut **tx)
        .await?;
        Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
    }
}

async fn ahead(tx: &mut WriteTx, account: &str, seq: i64) -> Result<usize, DbError> {
    let row = sqlx::query(
        "select count(*) from github_writes where account = $1 and counted_until is null and seq < $2",
    )
    .bind(account)
    .bind(seq)
    .fetch_one(&mut **tx)
    .await?;
    let count: i64 = row.try_get(0)?;
    Ok(usize::try_from(count).unwrap_or(0))
}

async fn set_counted(tx: &mut WriteTx, seq: i64, until: Option<i64>) -> Result<(), DbError> {
    sqlx::query("update github_writes set counted_until = $1 where seq = $2")
        .bind(until)
        .bind(seq)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests;
