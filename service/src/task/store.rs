//! The SQL of tasks: reading them here, changing them in [`changes`].

mod changes;
mod keys;
mod visible;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::model::{Sealed, TaskSecrets};
use super::{ListTasks, OrderField, Task, TaskError, TaskPage, TaskStatus, Tasks};
use crate::backstage::{TokenForm, UserToken};
use crate::db::DbError;
use crate::ids::TaskId;
use crate::journal::{EventKind, TaskEvent};
use crate::secret::Secret;

pub(super) use visible::Visible;

/// Kind of the queue's jobs that run tasks; their subject is the task's id.
pub const JOB_KIND: &str = "task";

const COLUMNS: &str = "select t.id, t.spec, t.pin, t.status, t.created_by, t.created_at, r.heartbeat_at \
                       from tasks t join task_runs r on r.task_id = t.id";

impl Tasks {
    /// The task with that id, whoever asks.
    pub(super) async fn stored(&self, id: TaskId) -> Result<Task, TaskError> {
        let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} where t.id = $1"));
        let row = sqlx::query(sql)
            .bind(id.to_string())
            .fetch_optional(self.inner.db.reader())
            .await
            .map_err(DbError::from)?;
        task_of(&row.ok_or_else(|| TaskError::NotFound(id.to_string()))?)
    }

    /// A page of the tasks that are visible.
    pub(super) async fn page(&self, wanted: &ListTasks, visible: &Visible) -> Result<TaskPage, TaskError> {
        let reader = self.inner.db.reader();
        let (filters, values) = filters(wanted, visible);
        let bound = |sql: String| {
            values
                .iter()
                .fold(sqlx::query(sqlx::AssertSqlSafe(sql)), |query, value| query.bind(value.clone()))
        };

        let row = bound(format!("select count(*) from tasks t{filters}"))
            .fetch_one(reader)
            .await
            .map_err(DbError::from)?;
        let total: i64 = row.try_get(0).map_err(DbError::from)?;

        let page = format!(" limit ${} offset ${}", values.len() + 1, values.len() + 2);
        let rows = bound(format!("{COLUMNS}{filters}{}{page}", order(wanted)))
            .bind(wanted.limit.map_or(i64::MAX, i64::from))
            .bind(i64::from(wanted.offset.unwrap_or(0)))
            .fetch_all(reader)
            .await
            .map_err(DbError::from)?;
        let tasks = rows.iter().map(task_of).collect::<Result<_, _>>()?;
        Ok(TaskPage { tasks, total })
    }

    /// Events with an id greater than `after`, in order; the ends of attempts that were retried are left out.
    pub(super) async fn events(&self, id: TaskId, after: i64) -> Result<Vec<TaskEvent>, TaskError> {
        let rows = sqlx::query(
            "select id, kind, body, created_at from task_events where task_id = $1 and id > $2 and hidden = 0 order by id",
        )
        .bind(id.to_string())
        .bind(after)
        .fetch_all(self.inner.db.reader())
        .await
        .map_err(DbError::from)?;
        rows.iter().map(|row| event_of(id, row)).collect()
    }

    /// Opens what is sealed beside a task.
    pub(super) async fn sealed(&self, id: TaskId) -> Result<Sealed, TaskError> {
        let row = sqlx::query("select sealed from task_secrets where task_id = $1")
            .bind(id.to_string())
            .fetch_optional(self.inner.db.reader())
            .await
            .map_err(DbError::from)?;
        let Some(row) = row else { return Ok(Sealed { secrets: TaskSecrets::new(), initiator: None }) };
        let sealed: Vec<u8> = row.try_get(0).map_err(DbError::from)?;
        let plain = self.inner.sealer.open(&secrets_row(id), &sealed)?;
        let mut secrets: TaskSecrets =
            serde_json::from_slice(&plain).map_err(|error| unreadable(id, error))?;
        let initiator = secrets.remove(INITIATOR).map(|text| initiator_of(&text)).transpose();
        Ok(Sealed { secrets, initiator: initiator.map_err(|error| unreadable(id, error))? })
    }

    /// Whether somebody asked the task to stop; also shows that the task is alive.
    pub(super) async fn beat(&self, id: TaskId, fence: i64) -> Result<bool, TaskError> {
        let mut tx = self.inner.db.begin().await?;
        let row = sqlx::query("update task_runs set heartbeat_at = $1 where task_id = $2 and fence = $3 returning cancel_requested")
            .bind(self.inner.db.now_ms())
            .bind(id.to_string())
            .bind(fence)
            .fetch_optional(&mut *tx)
            .await
            .map_err(DbError::from)?;
        tx.commit().await?;
        let requested: i64 = row.map(|row| row.try_get(0)).transpose().map_err(DbError::from)?.unwrap_or(0);
        Ok(requested != 0)
    }
}

/// Topic that is signalled when somebody asks a task to stop.
pub(super) fn cancel_topic(id: TaskId) -> String {
    format!("cancel/{id}")
}

/// The name under which the initiator's token is sealed among the secrets. No secret of a caller is stored
/// under it.
const INITIATOR: &str = "\0initiator";

/// The initiator's token as it is sealed.
#[derive(Serialize, Deserialize)]
struct StoredToken<'a> {
    jwt: Cow<'a, str>,
    form: TokenForm,
    entity_ref: Cow<'a, str>,
    expires_at: i64,
}

fn initiator_of(text: &Secret) -> Result<UserToken, serde_json::Error> {
    let StoredToken { jwt, form, entity_ref, expires_at } = serde_json::from_str(text.expose())?;
    Ok(UserToken { jwt: Secret::new(jwt), form, entity_ref: entity_ref.into_owned(), expires_at })
}

/// The secrets of a caller with his token among them, as they are sealed; nothing if there is neither.
fn to_seal(
    secrets: &Map<String, Value>,
    token: Option<&UserToken>,
) -> Result<Option<Vec<u8>>, serde_json::Error> {
    let mut all = secrets.clone();
    all.remove(INITIATOR);
    if let Some(UserToken { jwt, form, entity_ref, expires_at }) = token {
        let stored = StoredToken {
            jwt: jwt.expose().into(),
            form: *form,
            entity_ref: entity_ref.as_str().into(),
            expires_at: *expires_at,
        };
        all.insert(INITIATOR.to_owned(), serde_json::to_string(&stored)?.into());
    }
    if all.is_empty() { Ok(None) } else { serde_json::to_vec(&all).map(Some) }
}

fn secrets_row(id: TaskId) -> String {
    format!("task_secrets/{id}")
}

pub(super) fn unreadable(id: TaskId, reason: impl std::fmt::Display) -> TaskError {
    TaskError::Unreadable { id: id.to_string(), reason: reason.to_string() }
}

/// The `where` clause of a list, and the values that it binds from `$1` on.
fn filters(wanted: &ListTasks, visible: &Visible) -> (String, Vec<String>) {
    let mut clauses = Vec::new();
    let mut values = Vec::new();
    for (column, allowed) in [("t.created_by", &wanted.created_by), ("t.status", &wanted.status)] {
        if allowed.is_empty() {
            continue;
        }
        clauses.push(format!("{column} in ({})", places(allowed.len(), values.len())));
        values.extend(allowed.iter().cloned());
    }
    clauses.extend(visible.clause(&mut values));
    let clause = if clauses.is_empty() { String::new() } else { format!(" where {}", clauses.join(" and ")) };
    (clause, values)
}

/// `$3, $4`: the places of so many values behind those that are bound already.
fn places(count: usize, bound: usize) -> String {
    let places: Vec<String> = (1..=count).map(|number| format!("${}", bound + number)).collect();
    places.join(", ")
}

fn order(wanted: &ListTasks) -> String {
    let mut keys: Vec<String> = wanted
        .order
        .iter()
        .map(|order| {
            let column = match order.field {
                OrderField::CreatedAt => "t.created_at",
                OrderField::Status => "t.status",
                OrderField::CreatedBy => "t.created_by",
            };
            format!("{column} {}", if order.descending { "desc" } else { "asc" })
        })
        .collect();
    if keys.is_empty() {
        keys.push("t.created_at desc".to_owned());
    }
    // Ids sort by creation, so that pages never overlap.
    keys.push(if wanted.order.is_empty() { "t.id desc" } else { "t.id asc" }.to_owned());
    format!(" order by {}", keys.join(", "))
}

fn task_of(row: &AnyRow) -> Result<Task, TaskError> {
    let id: String = row.try_get(0).map_err(DbError::from)?;
    let fault = |reason: String| TaskError::Unreadable { id: id.clone(), reason };
    let read = || -> Result<_, sqlx::Error> {
        let (spec, pin, status): (String, Option<String>, String) =
            (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
        Ok((spec, pin, status, row.try_get(4)?, row.try_get(5)?, row.try_get(6)?))
    };
    let (spec, pin, status, created_by, created_at_ms, last_heartbeat_at_ms) =
        read().map_err(DbError::from)?;
    Ok(Task {
        id: id.parse().map_err(|error: uuid::Error| fault(error.to_string()))?,
        spec: serde_json::from_str(&spec).map_err(|error| fault(error.to_string()))?,
        pin: pin
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|error| fault(error.to_string()))?,
        status: TaskStatus::parse(&status).ok_or_else(|| fault(format!("unknown status `{status}`")))?,
        created_at_ms,
        last_heartbeat_at_ms,
        created_by,
    })
}

fn event_of(task_id: TaskId, row: &AnyRow) -> Result<TaskEvent, TaskError> {
    let read = || -> Result<_, sqlx::Error> {
        let (id, kind, body, created_at_ms): (i64, String, String, i64) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
        Ok((id, kind, body, created_at_ms))
    };
    let (id, kind, body, created_at_ms) = read().map_err(DbError::from)?;
    let kind = EventKind::parse(&kind)
        .ok_or_else(|| unreadable(task_id, format!("unknown kind of event `{kind}`")))?;
    let body = serde_json::from_str(&body).map_err(|error| unreadable(task_id, error))?;
    Ok(TaskEvent { id, task_id, kind, body, created_at_ms })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_initiators_token_is_sealed_beside_the_secrets_and_told_apart_from_them() {
        let token = UserToken {
            jwt: Secret::new("a.b.c"),
            form: TokenForm::Full,
            entity_ref: "user:default/jane".to_owned(),
            expires_at: 1_795_406_400,
        };
        let secrets = Map::from_iter([("NPM".to_owned(), json!("hunter2"))]);

        let mut opened: TaskSecrets =
            serde_json::from_slice(&to_seal(&secrets, Some(&token)).unwrap().unwrap()).unwrap();

        assert_eq!(initiator_of(&opened.remove(INITIATOR).unwrap()).unwrap(), token);
        assert_eq!(opened.keys().collect::<Vec<_>>(), ["NPM"]);
    }

    #[test]
    fn no_secret_of_a_caller_can_stand_for_a_token() {
        let secrets = Map::from_iter([(INITIATOR.to_owned(), json!("{}"))]);

        assert_eq!(to_seal(&secrets, None).unwrap(), None);
    }
}
