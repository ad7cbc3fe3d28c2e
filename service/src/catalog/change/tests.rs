use std::time::Duration;

use super::*;
use crate::db::Db;
use crate::queue::Queue;

fn slug(name: &str) -> RepoSlug {
    RepoSlug { host: "github.com".to_owned(), owner: "Acme".to_owned(), name: name.to_owned() }
}

fn read(name: &str, commit: &str) -> Change {
    Change::Read { repository: slug(name), commit: Some(commit.to_owned()) }
}

async fn desk() -> (Db, Queue, Changes) {
    let db = Db::open_memory().await.unwrap();
    db.migrate().await.unwrap();
    let queue = Queue::new(db.clone(), Duration::from_secs(30));
    (db.clone(), queue.clone(), Changes::new(db, queue))
}

#[tokio::test]
async fn changes_of_one_repository_wait_for_one_job_and_the_later_of_a_sort_holds() {
    let (_db, queue, changes) = desk().await;

    changes.leave(&[read("shop", "a"), Change::Gone { repository: slug("Shop") }]).await.unwrap();
    changes.leave(&[read("SHOP", "b"), read("till", "c")]).await.unwrap();

    let lease = queue.claim(CHANGE_JOB, "here").await.unwrap().unwrap();
    assert_eq!(lease.subject, "github.com/acme/shop");
    let waiting = changes.waiting(&lease).await.unwrap();
    assert_eq!(waiting.changes, [Change::Gone { repository: slug("Shop") }, read("SHOP", "b")]);
    assert_eq!(queue.claim(CHANGE_JOB, "here").await.unwrap().unwrap().subject, "github.com/acme/till");
    assert!(queue.claim(CHANGE_JOB, "here").await.unwrap().is_none());
}

#[tokio::test]
async fn what_comes_while_a_job_is_worked_on_is_seen_to_afterwards() {
    let (_db, queue, changes) = desk().await;
    changes.leave(&[read("shop", "a")]).await.unwrap();
    let lease = queue.claim(CHANGE_JOB, "here").await.unwrap().unwrap();
    let waiting = changes.waiting(&lease).await.unwrap();

    changes.leave(&[read("shop", "b")]).await.unwrap();
    assert!(queue.claim(CHANGE_JOB, "there").await.unwrap().is_none(), "never two at once");
    assert!(changes.done(&lease, &waiting).await.unwrap());

    let again = queue.claim(CHANGE_JOB, "there").await.unwrap().unwrap();
    let waiting = changes.waiting(&again).await.unwrap();
    assert_eq!(waiting.changes, [read("shop", "b")]);
    assert!(changes.done(&again, &waiting).await.unwrap());
    assert!(queue.claim(CHANGE_JOB, "there").await.unwrap().is_none());
    assert_eq!(changes.backlog().await.unwrap(), (0, None));
}

#[tokio::test]
async fn work_whose_lease_was_lost_takes_nothing_away() {
    let (_db, queue, changes) = desk().await;
    changes.leave(&[read("shop", "a")]).await.unwrap();
    let lease = queue.claim(CHANGE_JOB, "here").await.unwrap().unwrap();
    let waiting = changes.waiting(&lease).await.unwrap();
    queue.release(&lease).await.unwrap();

    assert!(!changes.done(&lease, &waiting).await.unwrap());

    assert_eq!(changes.backlog().await.unwrap().0, 1);
}

#[tokio::test]
async fn a_job_that_was_given_up_comes_back_with_the_next_change() {
    let (db, queue, changes) = desk().await;
    changes.leave(&[read("shop", "a")]).await.unwrap();
    let lease = queue.claim(CHANGE_JOB, "here").await.unwrap().unwrap();
    let mut tx = db.begin().await.unwrap();
    assert!(queue.bury(&mut tx, &lease).await.unwrap());
    tx.commit().await.unwrap();

    changes.leave(&[Change::Archived { repository: slug("shop"), archived: true }]).await.unwrap();

    let lease = queue.claim(CHANGE_JOB, "here").await.unwrap().unwrap();
    assert_eq!(lease.attempts, 1);
    assert_eq!(changes.waiting(&lease).await.unwrap().changes.len(), 2);
}

#[test]
fn changes_are_written_as_plain_json() {
    let text = serde_json::to_string(&read("shop", "a")).unwrap();

    assert_eq!(
        text,
        r#"{"kind":"read","repository":{"host":"github.com","owner":"Acme","name":"shop"},"commit":"a"}"#
    );
}
