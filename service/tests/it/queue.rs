//! The queue on both engines: order, leases, fencing.

use std::time::Duration;

use serde_json::json;
use stagecraft::db::Engine;
use stagecraft::queue::Queue;
use stagecraft::task::JOB_KIND;

use crate::support::app::TestApp;

const SAY: &str = "steps:\n  - { id: say, action: 'debug:log', input: { message: hello } }\n";

async fn jobs_are_claimed_oldest_first(engine: Engine) {
    let app = TestApp::on(engine, &[]).await;
    app.template("say", SAY, &[]).await;
    let mut posted = Vec::new();
    for _ in 0..5 {
        posted.push(app.create("say", json!({})).await.to_string());
    }

    let mut claimed = Vec::new();
    while let Some(lease) = app.app.queue.claim(JOB_KIND, "test").await.unwrap() {
        claimed.push(lease.subject);
    }

    assert_eq!(claimed, posted);
}

#[tokio::test]
async fn jobs_are_claimed_oldest_first_on_sqlite() {
    jobs_are_claimed_oldest_first(Engine::Sqlite).await;
}

#[tokio::test]
async fn jobs_are_claimed_oldest_first_on_postgres() {
    jobs_are_claimed_oldest_first(Engine::Postgres).await;
}

async fn a_lease_that_ran_out_is_claimed_again_and_the_old_one_is_powerless(engine: Engine) {
    let app = TestApp::on(engine, &[]).await;
    app.template("say", SAY, &[]).await;
    app.create("say", json!({})).await;
    // A lease that has run out as soon as it is given.
    let hasty = Queue::new(app.app.db.clone(), Duration::ZERO);
    let first = hasty.claim(JOB_KIND, "first").await.unwrap().unwrap();

    let second = loop {
        if let Some(lease) = app.app.queue.claim(JOB_KIND, "second").await.unwrap() {
            break lease;
        }
    };

    assert!(second.fence > first.fence);
    assert_eq!(second.attempts, 2);
    assert!(!app.app.queue.extend(&first).await.unwrap());
    assert!(app.app.queue.extend(&second).await.unwrap());
}

#[tokio::test]
async fn a_lease_that_ran_out_is_claimed_again_on_sqlite() {
    a_lease_that_ran_out_is_claimed_again_and_the_old_one_is_powerless(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_lease_that_ran_out_is_claimed_again_on_postgres() {
    a_lease_that_ran_out_is_claimed_again_and_the_old_one_is_powerless(Engine::Postgres).await;
}

async fn many_claimers_never_share_a_job(engine: Engine) {
    let app = TestApp::on(engine, &[]).await;
    app.template("say", SAY, &[]).await;
    for _ in 0..40 {
        app.create("say", json!({})).await;
    }

    let claimers = (0..8).map(|number| {
        let queue = app.app.queue.clone();
        tokio::spawn(async move {
            let mut claimed = Vec::new();
            while let Some(lease) = queue.claim(JOB_KIND, &format!("claimer-{number}")).await.unwrap() {
                claimed.push((lease.fence, lease.subject));
            }
            claimed
        })
    });
    let mut all = Vec::new();
    for claimer in claimers.collect::<Vec<_>>() {
        all.extend(claimer.await.unwrap());
    }

    all.sort();
    let subjects: Vec<String> = all.iter().map(|(_, subject)| subject.clone()).collect();
    let mut sorted = subjects.clone();
    sorted.sort();
    sorted.dedup();
    // Ids of tasks sort by creation: the order of claims is the order of posts.
    assert_eq!((all.len(), &subjects), (40, &sorted));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_claimers_never_share_a_job_on_sqlite() {
    many_claimers_never_share_a_job(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_claimers_never_share_a_job_on_postgres() {
    many_claimers_never_share_a_job(Engine::Postgres).await;
}
