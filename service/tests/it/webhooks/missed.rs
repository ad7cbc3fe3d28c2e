//! Deliveries of the double as it signs them, and those that it could not hand over.

use std::time::{Duration, Instant};

use serde_json::json;
use stagecraft::http;
use stagecraft::task::TaskStatus;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Desk;
use crate::support::github::GitHubSite;

/// Waits for something.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_at_github_is_planned_here() {
    let desk = Desk::new().await;
    let (github, app) = (&desk.site.github, desk.site.credentials.id);
    github.webhook(app, &format!("{}/webhooks/github", desk.base));

    let task = desk.site.publish(json!({ "name": "shop" })).await;
    assert_eq!(desk.site.app.status(task).await, TaskStatus::Completed);
    until("deliveries are answered", || {
        let all = github.deliveries();
        all.iter().any(|one| one.event.event == "push") && all.iter().all(|one| one.status == 202)
    })
    .await;
    desk.plan().await;

    for one in github.deliveries() {
        let outcome = desk.outcome(&one.guid).await;
        assert_eq!(outcome["event"], one.event.event);
        assert_eq!(outcome["about"], "acme/shop", "{outcome}");
        assert_ne!(outcome["state"], "failed", "{outcome}");
    }
    let mut pushes = github.deliveries().into_iter().filter(|one| one.event.event == "push");
    let outcome = desk.outcome(&pushes.next_back().unwrap().guid).await;
    assert_eq!(outcome["state"], "planned", "{outcome}");
    assert_eq!(outcome["changes"][0]["repository"]["name"], "shop");
}

/// Answers so many deliveries with an error.
async fn refuse(listener: &TcpListener, count: usize) {
    for _ in 0..count {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut part = [0; 4096];
        let _read = connection.read(&mut part).await.unwrap();
        connection
            .write_all(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_github_could_not_hand_over_is_asked_for_again() {
    let site = GitHubSite::new().await;
    let (github, webhooks) = (&site.github, &site.app.app.webhooks);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    github
        .webhook(site.credentials.id, &format!("http://{}/webhooks/github", listener.local_addr().unwrap()));
    github.hold_webhooks(true);
    site.publish(json!({ "name": "shop" })).await;
    let held: Vec<u64> = github.deliveries().iter().map(|one| one.id).collect();
    for id in &held {
        github.deliver(*id);
        refuse(&listener, 1).await;
    }
    until("they failed", || github.deliveries().iter().all(|one| one.status == 500)).await;
    github.hold_webhooks(false);
    let stop = CancellationToken::new();
    let _stop = stop.clone().drop_guard();
    tokio::spawn(http::serve(listener, http::router(site.app.app.http_state(stop.clone())), stop));

    assert_eq!(webhooks.look_for_missed().await, held.len());

    until("they are delivered again", || {
        let again: Vec<_> = github.deliveries().into_iter().filter(|one| one.redelivery).collect();
        again.len() == held.len() && again.iter().all(|one| one.status == 202)
    })
    .await;
    assert_eq!(webhooks.plan_waiting().await.unwrap(), held.len());
    assert_eq!(webhooks.look_for_missed().await, 0, "it is not this process's turn yet");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_here_is_not_asked_for() {
    let desk = Desk::new().await;
    let github = &desk.site.github;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    github.webhook(desk.site.credentials.id, &format!("http://{}/", listener.local_addr().unwrap()));
    github.hold_webhooks(true);
    desk.site.publish(json!({ "name": "shop" })).await;
    for one in github.deliveries() {
        github.deliver(one.id);
        refuse(&listener, 1).await;
        // The answer was lost on its way, the delivery was not.
        desk.deliver(&one.guid, one.event.event, &one.event.payload).await;
    }
    until("they failed", || github.deliveries().iter().all(|one| one.status == 500)).await;

    assert_eq!(desk.site.app.app.webhooks.look_for_missed().await, 0);

    assert!(github.deliveries().iter().all(|one| !one.redelivery));
}
