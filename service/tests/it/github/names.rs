//! Names that would lead a request elsewhere: refused, or kept in their place.

use github_double::Exchange;
use serde_json::json;

use crate::support::github::GitHubSite;

/// What people might give as a name, and what must stay one segment of an address.
fn bad_names() -> Vec<String> {
    let long = "x".repeat(300);
    [
        "..",
        "../../orgs/x",
        "a/../../x",
        "a?b=c",
        "a#b",
        "%2e%2e",
        "%2e%2e%2f",
        "%00",
        "a\r\nX-Evil: 1",
        "a b",
        "caf\u{e9}",
        "a\u{0}b",
        "\\..\\x",
        "//evil.example/x",
        "@evil.example",
        &long,
    ]
    .into_iter()
    .map(str::to_owned)
    .collect()
}

/// Whether a request is one of looking at the repository `acme/shop` and no other.
fn stays(exchange: &Exchange) -> bool {
    let below = exchange.path.strip_prefix("/repos/acme/shop");
    let looks_at_ref = below.is_some_and(|rest| rest.is_empty() || rest.starts_with("/git/ref/heads/"));
    let signs_in =
        exchange.path.starts_with("/app/installations/") || exchange.path == "/orgs/acme/installation";
    let moves = exchange.path.split('/').any(|part| matches!(part, "." | ".."));
    (looks_at_ref || signs_in) && exchange.query.is_empty() && !moves
}

#[tokio::test]
async fn owners_and_repositories_with_such_names_are_refused_before_anything_is_asked() {
    let site = GitHubSite::new().await;

    for name in bad_names() {
        for slug in [site.slug(&name, "shop"), site.slug("acme", &name)] {
            let (forge, new) = (site.forge(), super::repositories::wanted());
            assert!(forge.find(&slug).await.is_err(), "{slug:?}");
            assert!(forge.create(&slug, &new).await.is_err(), "{slug:?}");
            assert!(forge.generate(&slug, &site.slug("acme", "shop"), &new).await.is_err(), "{slug:?}");
            assert!(forge.generate(&site.slug("acme", "shop"), &slug, &new).await.is_err(), "{slug:?}");
            assert!(forge.read(&slug, None).await.is_err(), "{slug:?}");
            assert!(forge.head(&slug, None).await.is_err(), "{slug:?}");
            assert!(forge.branches(&slug).await.is_err(), "{slug:?}");
            assert!(forge.delete(&slug).await.is_err(), "{slug:?}");
        }
    }

    assert!(site.github.exchanges().is_empty(), "{:?}", site.github.exchanges().operations());
}

#[tokio::test]
async fn a_step_with_such_a_name_fails_before_anything_is_asked() {
    let site = GitHubSite::new().await;

    for name in ["..", "a/../../x", "%2e%2e", "a%0d%0ab", "a%3Fb", "caf\u{e9}", &"x".repeat(300)] {
        let task = site.publish(json!({ "name": name })).await;
        assert_eq!(site.app.failure(task).await.0, "InputError", "{name:?}");
    }

    assert!(site.github.exchanges().is_empty(), "{:?}", site.github.exchanges().operations());
}

#[tokio::test]
async fn a_branch_with_such_a_name_is_asked_for_in_its_place_or_not_at_all() {
    let site = GitHubSite::with(json!({ "retry_seconds": 0 })).await;
    site.forge().create(&site.slug("acme", "shop"), &super::repositories::wanted()).await.unwrap();
    let before = site.github.exchanges().len();

    for name in bad_names() {
        if let Ok(head) = site.forge().head(&site.slug("acme", "shop"), Some(&name)).await {
            assert_eq!(head, None, "{name:?}");
        }
    }

    for exchange in site.github.exchanges().iter().skip(before) {
        assert!(stays(exchange), "{} {}?{}", exchange.method, exchange.path, exchange.query);
    }
}

#[tokio::test]
async fn lists_of_such_owners_are_asked_for_in_their_place_or_not_at_all() {
    let site = GitHubSite::with(json!({ "retry_seconds": 0 })).await;

    for name in bad_names() {
        assert!(site.forge().repositories(&name).await.is_err(), "{name:?}");
    }

    for exchange in site.github.exchanges().iter() {
        let parts: Vec<&str> = exchange.path.trim_start_matches('/').split('/').collect();
        assert!(
            matches!(parts.as_slice(), ["orgs" | "users", _, "installation"]) && exchange.query.is_empty(),
            "{} {}?{}",
            exchange.method,
            exchange.path,
            exchange.query
        );
    }
}
