use std::future::Future;
use std::task::{Context, Waker};

use super::*;

async fn task_in(db: &Db) -> TaskId {
    let task = TaskId::generate();
    let mut tx = db.begin().await.unwrap();
    for statement in [
        "insert into tasks (id, spec, pin, status, created_at) values ($1, '{}', '{}', 'processing', 0)",
        "insert into task_runs (task_id) values ($1)",
    ] {
        sqlx::query(statement).bind(task.to_string()).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    task
}

async fn journal_of(db: &Db, sealer: &Sealer, task: TaskId) -> Journal {
    let mut tx = db.begin().await.unwrap();
    let journal = Journal::take_over(&mut tx, db, sealer, task, 1).await.unwrap();
    tx.commit().await.unwrap();
    journal
}

/// Polls a future so often and drops it; true if it had ended by then.
async fn dropped_after(polls: usize, future: impl Future) -> bool {
    let mut future = std::pin::pin!(future);
    for _ in 0..polls {
        if future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            return true;
        }
        // The database's own thread goes on meanwhile.
        tokio::task::yield_now().await;
    }
    false
}

#[tokio::test]
async fn events_of_a_write_that_was_dropped_are_written_once() {
    let folder = tempfile::tempdir().unwrap();
    let sealer = Sealer::from_key_file(&folder.path().join("key")).unwrap();
    let db = Db::open_sqlite(&folder.path().join("db")).await.unwrap();
    db.migrate().await.unwrap();
    let mut ended = 0;

    for polls in 1..200 {
        let task = task_in(&db).await;
        let mut journal = journal_of(&db, &sealer, task).await;
        journal.event("one", EventKind::Log, EventBody::message("one"));
        ended += usize::from(dropped_after(polls, journal.flush()).await);

        journal.event("two", EventKind::Log, EventBody::message("two"));
        journal.flush().await.unwrap();

        let count: i64 = sqlx::query("select count(*) from task_events where task_id = $1")
            .bind(task.to_string())
            .fetch_one(db.reader())
            .await
            .unwrap()
            .try_get(0)
            .unwrap();
        assert_eq!(count, 2, "dropped after {polls} polls");
    }
    assert!((1..199).contains(&ended), "some writes are dropped under way and some are not: {ended}");
}
