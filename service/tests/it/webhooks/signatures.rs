//! Nobody but who knows a secret brings anything in.

use serde_json::json;
use stagecraft::db::Engine;

use super::{Desk, push, signed};

#[tokio::test]
async fn a_signature_that_is_not_githubs_is_refused_and_nothing_is_kept() {
    let desk = Desk::new().await;
    let body = push("shop").to_string().into_bytes();
    let good = signed(desk.secret(), &body);
    let hex = good.trim_start_matches("sha256=").to_owned();
    let reordered = serde_json::to_vec_pretty(&push("shop")).unwrap();
    for (what, signature) in [
        ("none", None),
        ("empty", Some(String::new())),
        ("without its algorithm", Some(hex.clone())),
        ("another algorithm", Some(format!("sha1={}", &hex[..40]))),
        ("short", Some(good[..good.len() - 2].to_owned())),
        ("long", Some(format!("{good}00"))),
        ("in capital letters", Some(format!("sha256={}", hex.to_uppercase()))),
        ("of another secret", Some(signed("another", &body))),
        ("of no secret", Some(signed("", &body))),
        ("of the same JSON written otherwise", Some(signed(desk.secret(), &reordered))),
    ] {
        let mut headers = desk.headers("1", "push", &body);
        headers.retain(|(name, _)| name != "x-hub-signature-256");
        headers.extend(signature.map(|signature| ("x-hub-signature-256".to_owned(), signature)));
        // The older signature is right all the same.
        headers.push(("x-hub-signature".to_owned(), "sha1=0000".to_owned()));

        let (status, answer) = desk.post(&headers, body.clone()).await;

        assert_eq!(
            (status, &answer["error"]["name"]),
            (401, &json!("AuthenticationError")),
            "{what}: {answer}"
        );
        assert!(!answer.to_string().contains(desk.secret()));
    }
    let mut twice = desk.headers("1", "push", &body);
    twice.push(("x-hub-signature-256".to_owned(), good));
    assert_eq!(desk.post(&twice, body).await.0, 401, "of two signatures nobody knows which one counts");
    assert_eq!(desk.kept().await, 0);
}

#[tokio::test]
async fn one_changed_byte_is_another_body() {
    let desk = Desk::new().await;
    let body = push("shop").to_string().into_bytes();
    let headers = desk.headers("1", "push", &body);

    for position in [0, body.len() / 2, body.len() - 1] {
        let mut changed = body.clone();
        changed[position] ^= 1;
        assert_eq!(desk.post(&headers, changed).await.0, 401, "{position}");
    }
    assert_eq!(desk.post(&headers, body).await.0, 202);
}

#[tokio::test]
async fn while_a_secret_is_changed_both_are_taken_and_afterwards_one() {
    let during = json!({ "webhook_secret": "the new one", "former_webhook_secrets": ["the old one"] });
    let after = json!({ "webhook_secret": "the new one" });
    for (settings, old) in [(during, 202), (after, 401)] {
        let desk = Desk::on(Engine::Sqlite, settings).await;
        let body = push("shop").to_string().into_bytes();
        for (id, secret, expected) in [("1", "the new one", 202), ("2", "the old one", old), ("3", "x", 401)]
        {
            let mut headers = desk.headers(id, "push", &body);
            headers.retain(|(name, _)| name != "x-hub-signature-256");
            headers.push(("x-hub-signature-256".to_owned(), signed(secret, &body)));
            assert_eq!(desk.post(&headers, body.clone()).await.0, expected, "{secret}");
        }
    }
}

#[tokio::test]
async fn without_a_secret_nothing_is_expected() {
    let desk = Desk::on(Engine::Sqlite, json!({ "webhook_secret": null })).await;

    let (status, answer) = desk.deliver("1", "push", &push("shop")).await;

    assert_eq!(status, 404);
    assert!(answer["error"]["message"].as_str().unwrap().contains("`webhook_secret`"), "{answer}");
}
