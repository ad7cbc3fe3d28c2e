//! What cannot be done is told in words that say what to do, and leaves nothing half done.

use serde_json::json;
use stagecraft::forge::{EnvironmentSetting, ForgeError, Reviewer, Setting};

use super::{KEY, Shop, deploy_key, environment, make, protection, texts};

#[tokio::test]
async fn a_team_that_does_not_exist_is_named_and_nothing_is_changed() {
    let shop = Shop::new().await;
    let before = shop.asked();

    for wanted in [
        Setting::Access("acme/nobody".to_owned()),
        Setting::Collaborators(json!([
            { "user": "joe", "access": "push" },
            { "team": "nobody", "access": "push" },
        ])),
        Setting::Environment(EnvironmentSetting {
            reviewers: Some(vec![Reviewer::Team("nobody".to_owned())]),
            ..environment()
        }),
    ] {
        let error = shop.refusal(&wanted).await;
        assert!(matches!(&error, ForgeError::Invalid(said) if said.contains("no team `nobody`")), "{error}");
    }

    assert_eq!(shop.mutations(before), [""; 0]);
}

#[tokio::test]
async fn a_user_who_does_not_exist_is_named_and_nothing_is_changed() {
    let shop = Shop::new().await;
    let before = shop.asked();

    for wanted in [
        Setting::Access("nobody".to_owned()),
        Setting::Collaborators(json!([{ "user": "nobody", "access": "push" }])),
        Setting::Environment(EnvironmentSetting {
            reviewers: Some(vec![Reviewer::User("nobody".to_owned())]),
            ..environment()
        }),
    ] {
        let error = shop.refusal(&wanted).await;
        assert!(matches!(&error, ForgeError::Invalid(said) if said.contains("no user `nobody`")), "{error}");
    }

    assert_eq!(shop.mutations(before), [""; 0]);
}

#[tokio::test]
async fn a_plan_without_protection_is_told_in_githubs_words() {
    let shop = Shop::new().await;
    shop.site.github.change(|state| state.accounts.get_mut("acme").unwrap().free = true);

    let error = shop.refusal(&protection()).await;

    let is_told = matches!(&error, ForgeError::NotAllowed(said) if said.contains("Upgrade to"));
    assert!(is_told, "{error}");
}

#[tokio::test]
async fn a_key_that_serves_elsewhere_is_refused_once() {
    let shop = Shop::new().await;
    shop.apply(&deploy_key(KEY)).await;
    let other = shop.site.slug("acme", "other");
    make(&shop.site, &other).await;

    let error = shop.forge.apply(&other, &deploy_key(KEY)).await.unwrap_err();

    assert!(error.to_string().contains("already in use"), "{error}");
}

#[tokio::test]
async fn an_app_cannot_watch_and_it_is_said_what_can() {
    let shop = Shop::new().await;

    let error = shop.refusal(&Setting::Subscription(true)).await;

    assert!(matches!(&error, ForgeError::NotAllowed(said) if said.contains("a user's `token`")), "{error}");
}

#[tokio::test]
async fn a_repository_that_is_not_there_is_not_found() {
    let shop = Shop::new().await;
    let absent = shop.site.slug("acme", "absent");

    let error = shop.forge.apply(&absent, &Setting::Variables(texts(&[("A", "1")]))).await.unwrap_err();

    assert!(matches!(error, ForgeError::NotFound(_)), "{error}");
}
