//! Events that a Backstage received and passed on.

use serde_json::json;

use super::{Desk, push};

#[tokio::test]
async fn an_event_of_backstage_is_a_delivery() {
    let desk = Desk::new().await;
    let metadata = json!({ "x-github-delivery": "1", "x-github-event": "push" });
    let event = json!({ "topic": "github.push", "eventPayload": push("shop"), "metadata": metadata });

    let (status, answer) = desk.tell("events", &json!({ "event": event })).await;
    let (_, again) = desk.tell("events", &json!({ "event": event })).await;
    desk.plan().await;

    assert_eq!((status, answer), (202, json!({ "id": "1", "repeated": false })));
    assert_eq!(again["repeated"], true);
    let outcome = desk.outcome("1").await;
    assert_eq!((&outcome["source"], &outcome["state"]), (&json!("backstage"), &json!("planned")));
    assert_eq!(
        desk.deliver("1", "push", &push("shop")).await.1["repeated"],
        true,
        "by whichever way it comes"
    );
}

#[tokio::test]
async fn the_event_may_stand_in_the_metadata_and_the_id_be_missing() {
    let desk = Desk::new().await;
    let git = desk.site.github.git_url();
    let mut payload = push("shop");
    payload["repository"]["html_url"] = json!(format!("{git}/acme/shop"));
    let event = json!({ "topic": "github", "payload": payload, "metadata": { "x-github-event": "push" } });

    let (status, answer) = desk.tell("events", &json!({ "event": event })).await;

    assert_eq!(status, 202, "{answer}");
    assert!(answer["id"].as_str().unwrap().starts_with("backstage-"), "{answer}");
}

#[tokio::test]
async fn what_is_no_event_of_a_github_of_the_settings_is_refused() {
    let desk = Desk::new().await;
    let mut foreign = push("shop");
    foreign["repository"]["html_url"] = json!("https://elsewhere.example/acme/shop");
    for (what, event) in [
        ("another topic", json!({ "topic": "gitlab.push", "payload": {} })),
        ("a topic that only begins so", json!({ "topic": "githubs", "payload": {} })),
        ("no event", json!({ "topic": "github", "payload": {} })),
        ("no payload", json!({ "topic": "github.push" })),
        ("a payload that is none", json!({ "topic": "github.push", "payload": [] })),
        ("another host", json!({ "topic": "github.push", "payload": foreign })),
        (
            "an id that is none",
            json!({ "topic": "github.push", "payload": {}, "metadata": { "x-github-delivery": "a/b" } }),
        ),
    ] {
        let (status, answer) = desk.tell("events", &json!({ "event": event })).await;
        assert_eq!(status, 400, "{what}: {answer}");
    }
    assert_eq!(desk.kept().await, 0);
}
