//! The rate governor.

use std::time::Duration;

use github_double::{GitHub, Limits, Setup};
use serde_json::{Value, json};

use crate::client::Client;

fn with_limits(limits: Limits) -> (GitHub, Client) {
    let github = GitHub::start(Setup::default().limits(limits));
    github.organisation("acme");
    let app = github.app("stagecraft");
    let token = github.installation_token(github.installation_for_all(app.id, "acme"));
    let client = Client::new(&github, Some(&token));
    (github, client)
}

#[test]
fn too_many_writes_in_a_minute_are_refused_and_noted() {
    let (github, client) = with_limits(Limits { content_per_minute: 2, ..Limits::github() });
    let create = |name: &str| client.send("POST", "/orgs/acme/repos", &json!({ "name": name }));
    assert_eq!((create("one").status, create("two").status), (201, 201));
    let refused = create("three");
    assert_eq!(refused.status, 403);
    assert!(
        refused.body["message"].as_str().unwrap().starts_with("You have exceeded a secondary rate limit")
    );
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((55..=60).contains(&wait), "{wait}");
    assert!(refused.header("x-ratelimit-remaining").unwrap().parse::<u64>().unwrap() > 4000);
    assert_eq!(github.limits_exceeded().len(), 1);
    assert_eq!(client.get("/repos/acme/one").status, 200);
    github.advance(Duration::from_secs(wait));
    assert_eq!(create("three").status, 201);
}

#[test]
fn compressed_minutes_pass_faster() {
    let (github, client) = with_limits(Limits { content_per_minute: 1, ..Limits::compressed(60) });
    let create = |name: &str| client.send("POST", "/orgs/acme/repos", &json!({ "name": name })).status;
    assert_eq!(create("one"), 201);
    github.advance(Duration::from_secs(2));
    assert_eq!((create("two"), github.limits_exceeded().len()), (201, 0));
}

#[test]
fn requests_at_once_are_counted_while_they_wait() {
    let (github, client) = with_limits(Limits { concurrent: 2, ..Limits::github() });
    github.latency(Duration::from_millis(300));
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..3).map(|_| scope.spawn(|| client.get("/orgs/acme").status)).collect();
        asking.into_iter().map(|one| one.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!((statuses[0], statuses[2], github.most_at_once()), (200, 403, 3));
}

#[test]
fn the_primary_limit_tells_when_it_is_over_and_asking_costs_nothing() {
    let (github, client) = with_limits(Limits { per_hour: 2, ..Limits::github() });
    let left = || client.get("/rate_limit").body["rate"]["remaining"].clone();
    assert_eq!(left(), 2);
    client.get("/orgs/acme");
    client.get("/orgs/acme");
    assert_eq!(left(), 0);
    let refused = client.send("GET", "/orgs/acme", &Value::Null);
    assert_eq!((refused.status, refused.header("x-ratelimit-remaining")), (403, Some("0")));
    github.advance(Duration::from_secs(3601));
    let token = github.installation_token(github.read(|state| state.installations[0].id));
    assert_eq!(Client::new(&github, Some(&token)).get("/orgs/acme").status, 200);
}
