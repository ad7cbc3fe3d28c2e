//! What may come in a body, and what becomes of it.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Desk, push, signed};

const MB: usize = 1024 * 1024;

/// A push that is so many bytes long.
fn padded(length: usize) -> Vec<u8> {
    let mut payload = push("shop");
    payload["padding"] = json!("");
    let short = payload.to_string().len();
    payload["padding"] = json!("x".repeat(length - short));
    payload.to_string().into_bytes()
}

#[tokio::test]
async fn as_much_is_read_as_github_sends_and_not_a_byte_more() {
    let desk = Desk::new().await;

    let (largest, _) = desk.send("1", "push", &padded(25 * MB)).await;
    let (larger, answer) = desk.send("2", "push", &padded(25 * MB + 1)).await;

    assert_eq!((largest, larger), (202, 413), "{answer}");
    assert_eq!(desk.plan().await, 1);
    assert_eq!(desk.outcome("1").await["state"], "planned");
}

#[tokio::test]
async fn a_body_that_cannot_be_understood_is_kept_and_its_fault_told() {
    let desk = Desk::new().await;
    let deep = format!("{{\"x\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let bodies: [(&str, &[u8]); 7] = [
        ("not-json", b"payload"),
        ("cut-off", b"{\"ref\":\"refs/heads/main\""),
        ("a-list", b"[1]"),
        ("not-utf-8", b"{\"ref\":\"\xff\xfe\"}"),
        ("twice-the-key", b"{\"ref\":\"a\",\"ref\":\"b\"}"),
        ("deep", deep.as_bytes()),
        // Compressed: the signature is right, the bytes are no JSON.
        ("compressed", b"\x1f\x8b\x08\x00\x00\x00\x00\x00"),
    ];
    for (id, body) in bodies {
        assert_eq!(desk.send(id, "push", body).await.0, 202, "{id}");
    }

    assert_eq!(desk.plan().await, bodies.len());

    for (id, _) in bodies {
        let outcome = desk.outcome(id).await;
        assert_eq!(outcome["state"], "failed", "{outcome}");
        // What is not used may be as deep as it likes.
        let said = if id == "deep" { "has no `ref`" } else { "cannot be read" };
        assert!(outcome["reason"].as_str().unwrap().contains(said), "{outcome}");
    }
    assert_eq!(desk.jobs().await, 0);
}

#[tokio::test]
async fn a_delivery_without_its_parts_is_refused() {
    let desk = Desk::new().await;
    let body = push("shop").to_string().into_bytes();
    for (what, header, value) in [
        ("no id", "x-github-delivery", None),
        ("an empty id", "x-github-delivery", Some("")),
        ("an id with a path in it", "x-github-delivery", Some("../1")),
        ("a long id", "x-github-delivery", Some(&*"1".repeat(65))),
        ("no event", "x-github-event", None),
        ("an event that is none", "x-github-event", Some("Push;")),
        ("a form", "content-type", Some("application/x-www-form-urlencoded")),
        ("text", "content-type", Some("text/plain")),
        ("no type", "content-type", None),
    ] {
        let mut headers = desk.headers("1", "push", &body);
        headers.retain(|(name, _)| name != header);
        headers.extend(value.map(|value| (header.to_owned(), value.to_owned())));

        let (status, answer) = desk.post(&headers, body.clone()).await;

        assert_eq!(status, 400, "{what}: {answer}");
    }
    assert_eq!(desk.send("1", "push", b"").await.0, 400, "an empty body");
    assert_eq!(desk.kept().await, 0);
}

#[tokio::test]
async fn a_body_in_chunks_is_a_body() {
    let desk = Desk::new().await;
    let body = push("shop").to_string();
    let mut connection = TcpStream::connect(desk.base.trim_start_matches("http://")).await.unwrap();
    let head = format!(
        "POST /webhooks/github HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\
         Content-Type: application/json; charset=utf-8\r\nX-GitHub-Delivery: 1\r\nX-GitHub-Event: push\r\n\
         X-Hub-Signature-256: {}\r\n\r\n",
        signed(desk.secret(), body.as_bytes())
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    for chunk in body.as_bytes().chunks(10) {
        let text = std::str::from_utf8(chunk).unwrap();
        connection.write_all(format!("{:x}\r\n{text}\r\n", chunk.len()).as_bytes()).await.unwrap();
    }
    connection.write_all(b"0\r\n\r\n").await.unwrap();

    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();

    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
}
