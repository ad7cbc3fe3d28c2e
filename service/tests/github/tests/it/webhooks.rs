//! Webhooks: sent, signed, listed, sent again.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use github_double::{GitHub, Setup};
use ring::hmac;
use serde_json::{Value, json};

use crate::client::{Client, jwt};

/// A listener that answers each request with this status and hands it on.
fn listener(status: u16) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut text, mut part) = (stream.unwrap(), String::new(), [0; 4096]);
            loop {
                let count = stream.read(&mut part).unwrap();
                text += &String::from_utf8_lossy(&part[..count]);
                let length = text.split("Content-Length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
                let length: usize = length.and_then(|text| text.parse().ok()).unwrap_or(0);
                if text.split_once("\r\n\r\n").is_some_and(|(_, body)| body.len() >= length) || count == 0 {
                    break;
                }
            }
            write!(stream, "HTTP/1.1 {status} Told\r\nContent-Length: 0\r\n\r\n").unwrap();
            if sender.send(text).is_err() {
                return;
            }
        }
    });
    (url, receiver)
}

fn header<'a>(request: &'a str, name: &str) -> &'a str {
    let line = request.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("no {name} in {request}"))
}

#[test]
fn an_app_hears_of_a_new_repository_and_may_ask_to_hear_again() {
    let (url, heard) = listener(202);
    let github = GitHub::start(Setup::default());
    github.organisation("acme");
    let app = github.app("stagecraft");
    github.webhook(app.id, &url);
    let installation = github.installation_for_all(app.id, "acme");
    let client = Client::new(&github, Some(&github.installation_token(installation)));
    client.send("POST", "/orgs/acme/repos", &json!({ "name": "shop" }));
    let first = heard.recv_timeout(Duration::from_secs(10)).unwrap();
    let body = first.split_once("\r\n\r\n").unwrap().1;
    let key = hmac::Key::new(hmac::HMAC_SHA256, app.webhook_secret.as_bytes());
    let signed: String =
        hmac::sign(&key, body.as_bytes()).as_ref().iter().map(|one| format!("{one:02x}")).collect();
    assert_eq!(header(&first, "X-Hub-Signature-256"), format!("sha256={signed}"));
    let told: Value = serde_json::from_str(body).unwrap();
    assert_eq!((header(&first, "X-GitHub-Event"), &told["action"]), ("repository", &json!("created")));
    assert_eq!(told["installation"]["id"], installation);
    assert_eq!(told["sender"]["login"], "stagecraft[bot]");
    let own = Client::new(&github, Some(&jwt(&app)));
    let listed = own.get("/app/hook/deliveries").body;
    let id = listed[0]["id"].as_u64().unwrap();
    assert_eq!(own.get(&format!("/app/hook/deliveries/{id}")).body["request"]["payload"], told);
    let again = own.send("POST", &format!("/app/hook/deliveries/{id}/attempts"), &Value::Null);
    assert_eq!(again.status, 202);
    let second = heard.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(header(&first, "X-GitHub-Delivery"), header(&second, "X-GitHub-Delivery"));
}

#[test]
fn held_webhooks_go_out_in_the_order_that_the_test_wants() {
    let (url, heard) = listener(500);
    let github = GitHub::start(Setup::default());
    github.organisation("acme");
    let app = github.app("stagecraft");
    github.webhook(app.id, &url);
    let client =
        Client::new(&github, Some(&github.installation_token(github.installation_for_all(app.id, "acme"))));
    github.hold_webhooks(true);
    for name in ["one", "two"] {
        client.send("POST", "/orgs/acme/repos", &json!({ "name": name }));
    }
    let ids: Vec<u64> = github.deliveries().iter().map(|one| one.id).collect();
    let mut names = Vec::new();
    for id in [ids[1], ids[0], ids[0]] {
        github.deliver(id);
        let text = heard.recv_timeout(Duration::from_secs(10)).unwrap();
        let told: Value = serde_json::from_str(text.split_once("\r\n\r\n").unwrap().1).unwrap();
        names.push(told["repository"]["name"].as_str().unwrap().to_owned());
    }
    assert_eq!(names, ["two", "one", "one"]);
}
