//! Secrets: written once, known again, written anew when somebody else has, and told to nobody.

use std::time::Duration;

use serde_json::json;
use stagecraft::config::ForgeKind;
use stagecraft::db::Db;
use stagecraft::forge::github::GitHub;
use stagecraft::forge::{ChangeKind, Forge, Setting};
use stagecraft::git::ObjectStore;
use stagecraft::secret::{Sealer, Secret};

use super::{Shop, environment, secrets, webhook};
use crate::support::github::settings_of;

/// Another service with the same App, which remembers nothing of what the first one wrote.
async fn somebody_else(shop: &Shop, folder: &std::path::Path) -> GitHub {
    let settings = settings_of(&shop.site.github, &shop.site.credentials, json!({}));
    let ForgeKind::GitHub(settings) = serde_json::from_value(settings).unwrap() else {
        panic!("another kind")
    };
    let db = Db::open_memory().await.unwrap();
    db.migrate().await.unwrap();
    let sealer = Sealer::from_hex(&Secret::new("cd".repeat(32))).unwrap();
    let store = ObjectStore::create(&folder.join("objects.git"), "main").unwrap();
    GitHub::new("github.com", &settings, db, sealer, store).unwrap()
}

#[tokio::test]
async fn a_secret_with_another_value_is_written() {
    let shop = Shop::new().await;
    shop.apply(&Setting::Secrets(secrets(&[("A", "one"), ("B", "two")]))).await;
    let before = shop.asked();

    let changes = shop.apply(&Setting::Secrets(secrets(&[("A", "one"), ("B", "three")]))).await;

    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].what.as_str(), changes[0].kind), ("secret `B`", ChangeKind::Write));
    assert_eq!(shop.mutations(before), ["actions/create-or-update-repo-secret"]);
    assert_eq!(shop.now().wiring.secrets.value("B"), Some("three"));
}

#[tokio::test]
async fn what_somebody_else_wrote_is_written_again() {
    let shop = Shop::new().await;
    let folder = tempfile::tempdir().unwrap();
    let other = somebody_else(&shop, folder.path()).await;
    let wanted = Setting::Secrets(secrets(&[("TOKEN", "ours")]));
    shop.apply(&wanted).await;
    shop.site.github.advance(Duration::from_secs(5));
    other.apply(&shop.slug, &Setting::Secrets(secrets(&[("TOKEN", "theirs")]))).await.unwrap();

    let changes = shop.apply(&wanted).await;

    assert_eq!(changes.iter().map(|it| it.kind).collect::<Vec<_>>(), [ChangeKind::Write]);
    assert_eq!(shop.now().wiring.secrets.value("TOKEN"), Some("ours"));
    assert_eq!(shop.apply(&wanted).await, []);
}

#[tokio::test]
async fn one_name_in_three_places_is_three_secrets() {
    let shop = Shop::new().await;
    shop.apply(&Setting::Secrets(secrets(&[("DEPLOY_KEY", "of actions")]))).await;
    shop.apply(&Setting::DependabotSecrets(secrets(&[("DEPLOY_KEY", "of dependabot")]))).await;
    shop.apply(&Setting::Environment(environment())).await;

    let wiring = shop.now().wiring;
    assert_eq!(wiring.secrets.value("DEPLOY_KEY"), Some("of actions"));
    assert_eq!(wiring.dependabot.value("DEPLOY_KEY"), Some("of dependabot"));
    assert_eq!(wiring.environment("prod/eu west").unwrap().secrets.value("DEPLOY_KEY"), Some("hunter2"));
}

#[tokio::test]
async fn a_repository_of_the_same_name_that_is_another_gets_its_secrets() {
    let shop = Shop::new().await;
    let wanted = Setting::Secrets(secrets(&[("TOKEN", "ours")]));
    shop.apply(&wanted).await;
    shop.change(|repository| repository.name = "old".to_owned());
    super::make(&shop.site, &shop.slug).await;

    shop.apply(&wanted).await;

    assert_eq!(shop.now().wiring.secrets.value("TOKEN"), Some("ours"));
}

#[tokio::test]
async fn the_secret_of_a_webhook_is_written_when_it_is_another() {
    let shop = Shop::new().await;
    shop.apply(&Setting::Webhook(webhook())).await;
    let mut wanted = webhook();
    wanted.secret = Some(Secret::new("hunter4"));
    let before = shop.asked();

    let changes = shop.apply(&Setting::Webhook(wanted.clone())).await;

    assert_eq!(changes.iter().map(|it| it.kind).collect::<Vec<_>>(), [ChangeKind::Write]);
    assert_eq!(shop.mutations(before), ["repos/update-webhook-config-for-repo"]);
    assert_eq!(shop.now().wiring.hooks[0].secret.as_deref(), Some("hunter4"));
    assert_eq!(shop.apply(&Setting::Webhook(wanted)).await, []);
}

#[tokio::test]
async fn no_value_is_in_what_is_told_or_in_what_is_sent() {
    let shop = Shop::new().await;
    let told = [
        shop.apply(&Setting::Secrets(secrets(&[("A", "canary-1")]))).await,
        shop.apply(&Setting::Secrets(secrets(&[("A", "canary-2")]))).await,
        shop.apply(&Setting::Environment(environment())).await,
        shop.apply(&Setting::Webhook(webhook())).await,
    ];

    let said = format!("{told:?}");
    assert!(!said.contains("canary") && !said.contains("hunter"), "{said}");
    for exchange in shop.site.github.exchanges().iter().filter(|it| it.operation.contains("secret")) {
        let sent = exchange.body.to_string();
        assert!(!sent.contains("canary") && !sent.contains("hunter"), "{sent}");
    }
}
