//! Keys that come, go, or cannot be read.

use axum::http::StatusCode;

use super::*;

/// What a 503 says.
async fn unavailable(stage: &Stage, token: &str) -> String {
    let (status, body) = stage.with_token(token).await;
    assert_eq!((status, &body["error"]["name"]), (503, &json!("ServiceUnavailableError")), "{body}");
    body["error"]["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_new_key_is_found_when_a_token_names_it() {
    let stage = Stage::new().await;
    assert_eq!(stage.status(&stage.jane()).await, 200);
    let next = Issuer::new("users-2");
    stage.double.publish(USER_KEYS, Document::Keys(vec![stage.double.users.public(), next.public()]));

    assert_eq!(stage.status(&next.user("user:default/jane")).await, 200);
    assert_eq!(stage.status(&stage.jane()).await, 200);
    assert_eq!(stage.fetches(), 2);
}

#[tokio::test]
async fn a_key_that_is_taken_back_is_gone_with_the_next_fetch() {
    let stage = Stage::new().await;
    assert_eq!(stage.status(&stage.jane()).await, 200);
    let next = Issuer::new("users-2");
    stage.double.publish(USER_KEYS, Document::Keys(vec![next.public()]));

    assert_eq!(stage.status(&next.user("user:default/jane")).await, 200);

    let message = stage.refusal(&stage.jane()).await;
    assert!(message.ends_with("a key that Backstage does not publish"), "{message}");
}

#[tokio::test]
async fn a_flood_of_unknown_keys_asks_backstage_few_times() {
    let stage = Stage::new().await;
    assert_eq!(stage.status(&stage.jane()).await, 200);

    for number in 0..100 {
        let stranger = Issuer::new(&format!("garbage-{number}"));
        assert_eq!(stage.status(&stranger.user("user:default/jane")).await, 401);
    }

    assert!(stage.fetches() <= 10, "{} fetches", stage.fetches());
    assert_eq!(stage.status(&stage.jane()).await, 200);
}

#[tokio::test]
async fn while_backstage_is_away_known_keys_work_and_unknown_ones_cannot_be_judged() {
    let stage = Stage::new().await;
    assert_eq!(stage.status(&stage.jane()).await, 200);
    stage.double.go_down(true);
    let next = Issuer::new("users-2");

    let message = unavailable(&stage, &next.user("user:default/jane")).await;

    assert_eq!(message, "Backstage cannot be asked whose token this is; try again in a moment");
    assert_eq!(stage.status(&stage.jane()).await, 200);

    stage.double.go_down(false);
    stage.double.publish(USER_KEYS, Document::Keys(vec![next.public()]));
    assert_eq!(stage.status(&next.user("user:default/jane")).await, 200);
}

#[tokio::test]
async fn keys_that_cannot_be_read_let_nobody_in() {
    let elsewhere = Stage::new().await;
    let elsewhere_keys = format!("{}/api/{USER_KEYS}", elsewhere.double.url);
    let padding = " ".repeat(2 * 1024 * 1024);

    for document in [
        Document::Text(String::new()),
        Document::Text("<html>".to_owned()),
        Document::Text("[]".to_owned()),
        Document::Text(r#"{"keys": {}}"#.to_owned()),
        Document::Text("[".repeat(100_000)),
        Document::Text(format!(r#"{{"keys": []{padding}}}"#)),
        Document::Moved(elsewhere_keys),
        Document::Status(StatusCode::INTERNAL_SERVER_ERROR),
        Document::Status(StatusCode::UNAUTHORIZED),
    ] {
        let stage = Stage::new().await;
        stage.double.publish(USER_KEYS, document);

        // Also the second time, when Backstage may not be asked again.
        for _ in 0..10 {
            unavailable(&stage, &elsewhere.jane()).await;
        }
    }
    assert_eq!(elsewhere.fetches(), 0, "a redirect is not followed");
}

#[tokio::test]
async fn an_empty_set_of_keys_knows_nobody() {
    let stage = Stage::new().await;
    stage.double.publish(USER_KEYS, Document::Keys(Vec::new()));

    assert_eq!(stage.status(&stage.jane()).await, 401);
}

#[tokio::test]
async fn of_very_many_keys_some_are_enough() {
    let stage = Stage::new().await;
    let many = (0..3_000).map(|number| json!({ "kty": "EC", "crv": "P-256", "kid": number.to_string() }));
    let keys = std::iter::once(stage.double.users.public()).chain(many).collect();
    stage.double.publish(USER_KEYS, Document::Keys(keys));

    assert_eq!(stage.status(&stage.jane()).await, 200);
}

#[tokio::test]
async fn a_slow_backstage_is_not_waited_for_long() {
    let stage = Stage::new().await;
    stage.double.hold(true);
    let asked = stage.double.was_asked("jwks.json");

    let token = stage.jane();
    let (refusal, ()) = tokio::join!(unavailable(&stage, &token), async {
        asked.await;
        // The clock leaps over what everybody is waiting for: the end of patience.
        tokio::time::pause();
    });

    assert!(refusal.contains("try again"), "{refusal}");
}

#[tokio::test]
async fn who_gives_up_waiting_does_not_stop_the_fetch() {
    let stage = Stage::new().await;
    stage.double.hold(true);
    let token = stage.jane();

    tokio::select! {
        status = stage.status(&token) => panic!("answered {status}"),
        () = stage.double.was_asked("jwks.json") => {}
    }
    stage.double.hold(false);

    assert_eq!(stage.status(&token).await, 200);
    assert_eq!(stage.fetches(), 1);
}
