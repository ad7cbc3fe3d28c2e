//! The SQL of request keys: which task a caller has created under which key.
//!
//! A key lives as long as its task. The invariant: a caller has one task under a key, whatever is sent at once.

use sqlx::Row;

use crate::db::{DbError, WriteTx};
use crate::ids::{RequestKey, TaskId};
use crate::task::{Caller, TaskError, Tasks};

impl Tasks {
    /// The task that the caller has created under that key.
    pub(in crate::task) async fn task_of_key(
        &self,
        caller: &Caller,
        key: &RequestKey,
    ) -> Result<Option<TaskId>, TaskError> {
        let row = sqlx::query("select task_id from task_keys where caller = $1 and request_key = $2")
            .bind(caller.subject.as_str())
            .bind(key.as_str())
            .fetch_optional(self.inner.db.reader())
            .await
            .map_err(DbError::from)?;
        let Some(row) = row else { return Ok(None) };
        let text: String = row.try_get(0).map_err(DbError::from)?;
        text.parse().map(Some).map_err(|_| TaskError::NotFound(text))
    }
}

/// Notes the key of a task; `false` if another task has it.
pub(super) async fn put(
    tx: &mut WriteTx,
    id: TaskId,
    caller: &Caller,
    key: &RequestKey,
) -> Result<bool, TaskError> {
    let done = sqlx::query(
        "insert into task_keys (caller, request_key, task_id) values ($1, $2, $3) on conflict do nothing",
    )
    .bind(caller.subject.as_str())
    .bind(key.as_str())
    .bind(id.to_string())
    .execute(&mut **tx)
    .await
    .map_err(DbError::from)?;
    Ok(done.rows_affected() == 1)
}
