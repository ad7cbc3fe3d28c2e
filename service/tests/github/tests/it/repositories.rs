//! Repositories: made, found, refused.

use std::time::Duration;

use github_double::{Fault, GitHub, Lag, Setup};
use serde_json::{Value, json};

use crate::client::Client;

/// A double with an organisation, and who may do everything in it.
fn with_acme(setup: Setup) -> (GitHub, Client) {
    let github = GitHub::start(setup);
    github.organisation("acme");
    let app = github.app("stagecraft");
    let token = github.installation_token(github.installation_for_all(app.id, "acme"));
    let client = Client::new(&github, Some(&token));
    (github, client)
}

#[test]
fn a_name_that_is_taken_is_refused_in_githubs_words() {
    let (github, client) = with_acme(Setup::default());
    let made = client.send("POST", "/orgs/acme/repos", &json!({ "name": "shop", "private": true }));
    assert_eq!((made.status, &made.body["full_name"]), (201, &json!("acme/shop")));
    assert_eq!(made.header("location"), made.body["url"].as_str());
    let again = client.send("POST", "/orgs/acme/repos", &json!({ "name": "SHOP" }));
    let error = &again.body["errors"][0];
    assert_eq!((again.status, &again.body["status"]), (422, &json!("422")));
    assert_eq!(error["message"], "name already exists on this account");
    assert_eq!(github.exchanges().of("repos/create-in-org").applied().len(), 1);
    assert_eq!(Client::new(&github, None).get("/repos/acme/shop").status, 404);
    assert_eq!(client.send("DELETE", "/repos/acme/shop", &Value::Null).status, 204);
    assert!(github.repository("acme", "shop").is_none());
}

#[test]
fn a_new_repository_is_seen_only_after_the_lag() {
    let (github, client) = with_acme(Setup::default().lag(Lag::after_create(Duration::from_secs(3))));
    assert_eq!(client.send("POST", "/orgs/acme/repos", &json!({ "name": "shop" })).status, 201);
    assert_eq!(client.get("/repos/acme/shop").status, 404);
    github.advance(Duration::from_secs(4));
    assert_eq!(client.get("/repos/acme/shop").status, 200);
}

#[test]
fn a_known_answer_is_not_sent_again_and_costs_nothing() {
    let (github, client) = with_acme(Setup::default());
    client.send("POST", "/orgs/acme/repos", &json!({ "name": "shop" }));
    let first = client.get("/repos/acme/shop");
    let tag = first.header("etag").unwrap();
    let left = |answer: &crate::client::Answer| answer.header("x-ratelimit-remaining").unwrap().to_owned();
    let token = github.installation_token(github.read(|state| state.installations[0].id));
    let again = Client::new(&github, Some(&token)).with("if-none-match", tag).get("/repos/acme/shop");
    assert_eq!((again.status, again.raw.len()), (304, 0));
    assert_eq!(
        left(&client.get("/repos/acme/shop")).parse::<u64>().unwrap() + 1,
        left(&first).parse::<u64>().unwrap()
    );
}

#[test]
fn a_connection_that_ends_leaves_open_whether_it_was_done() {
    let (github, client) = with_acme(Setup::default());
    let wanted = json!({ "name": "shop" });
    github.fault(Fault::on("repos/create-in-org").drop_before());
    assert!(client.try_send("POST", "/orgs/acme/repos", &wanted).is_none());
    assert!(github.repository("acme", "shop").is_none());
    github.fault(Fault::on("repos/create-in-org").drop_after());
    assert!(client.try_send("POST", "/orgs/acme/repos", &wanted).is_none());
    assert!(github.repository("acme", "shop").is_some());
    github.fault(Fault::on("repos/get").html(502));
    assert_eq!(client.get("/repos/acme/shop").status, 502);
    github.fault(Fault::on("repos/get").truncated());
    let half = client.get("/repos/acme/shop");
    assert_eq!((half.status, &half.body), (200, &Value::Null));
    github.fault(Fault::on("repos/get").cut());
    let cut = client.get("/repos/acme/shop");
    assert!(cut.raw.len() < cut.header("content-length").unwrap().parse().unwrap());
    let statuses: Vec<_> = github.exchanges().iter().map(|one| (one.status, one.applied)).collect();
    assert_eq!(statuses, [(0, false), (0, true), (502, false), (200, true), (200, true)]);
}

#[test]
fn what_is_no_operation_is_noted() {
    let (github, client) = with_acme(Setup::default());
    assert_eq!(client.get("/repos/acme/../orgs/acme").status, 404);
    assert_eq!(github.take_violations().len(), 1);
}
