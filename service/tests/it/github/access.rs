//! As whom GitHub is asked: Apps, their keys and installations, tokens of users and of the settings.

use std::time::Duration;

use github_double::{Fault, Lag};
use serde_json::{Value, json};
use stagecraft::forge::ForgeError;

use crate::support::github::GitHubSite;

const MINT: &str = "apps/create-installation-access-token";

/// The words of a refusal for want of permission.
fn not_allowed(error: ForgeError) -> String {
    match error {
        ForgeError::NotAllowed(message) => message,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn thirty_callers_at_once_share_one_token() {
    let site = GitHubSite::new().await;
    let asking: Vec<_> = (0..30)
        .map(|number| {
            let (forge, slug) = (site.forge(), site.slug("acme", &format!("shop-{number}")));
            tokio::spawn(async move { forge.find(&slug).await })
        })
        .collect();

    for asked in asking {
        assert!(asked.await.unwrap().unwrap().is_none());
    }

    assert_eq!(site.github.exchanges().of(MINT).len(), 1);
    assert_eq!(site.github.exchanges().of("repos/get").len(), 30);
}

#[tokio::test]
async fn a_token_that_has_ended_is_replaced_by_one_new_one() {
    let site = GitHubSite::new().await;
    let slug = site.slug("acme", "shop");
    site.forge().find(&slug).await.unwrap();
    site.github.advance(Duration::from_secs(3_700));

    assert!(site.forge().find(&slug).await.unwrap().is_none());

    let asked = site.github.exchanges();
    assert_eq!((asked.of(MINT).len(), asked.of("repos/get").len()), (2, 3));
}

#[tokio::test]
async fn a_token_that_github_does_not_know_yet_is_waited_for() {
    let site = GitHubSite::new().await;
    site.github.lag(Lag::after_mint(Duration::from_millis(600)));

    assert!(site.forge().find(&site.slug("acme", "shop")).await.unwrap().is_none());

    assert_eq!(site.github.exchanges().of(MINT).len(), 1);
}

#[tokio::test]
async fn permissions_that_a_new_token_does_not_have_yet_are_waited_for() {
    let site = GitHubSite::new().await;
    site.github.lag(Lag::of_permissions(Duration::from_millis(600)));

    assert!(site.forge().owners().await.unwrap().contains(&"acme".to_owned()));
    site.forge().create(&site.slug("acme", "shop"), &super::repositories::wanted()).await.unwrap();

    assert_eq!(site.github.exchanges().of("repos/create-in-org").applied().len(), 1);
}

#[tokio::test]
async fn a_clock_that_is_wrong_by_ten_minutes_is_set_by_githubs() {
    let site = GitHubSite::new().await;
    site.github.advance(Duration::from_secs(600));

    assert!(site.forge().find(&site.slug("acme", "shop")).await.unwrap().is_none());

    let refused = site.github.exchanges().those(|exchange| exchange.status == 401);
    assert_eq!(refused.len(), 1);
}

#[tokio::test]
async fn a_key_that_is_not_the_apps_is_told_before_anything_is_made() {
    let site = GitHubSite::new().await;
    site.github.rotate_key(site.credentials.id).unwrap();

    let task = site.publish(json!({ "name": "shop" })).await;

    let (name, message) = site.app.failure(task).await;
    assert_eq!(name, "NotAllowedError");
    assert!(
        message.contains("does not take the App's key") && message.contains("`private_key`"),
        "{message}"
    );
    assert!(site.github.exchanges().mutations().is_empty());
}

#[tokio::test]
async fn an_app_id_that_is_no_apps_is_told() {
    let site = GitHubSite::with(json!({ "app_id": "1" })).await;

    let error = site.forge().find(&site.slug("acme", "shop")).await.unwrap_err();

    let message = not_allowed(error);
    assert!(message.contains("`app_id`") && message.contains("Integration not found"), "{message}");
}

#[tokio::test]
async fn an_owner_without_the_app_is_told_to_install_it() {
    let site = GitHubSite::new().await;
    site.github.organisation("other");

    let error = site.forge().find(&site.slug("other", "shop")).await.unwrap_err();

    let message = not_allowed(error);
    assert!(message.contains("is not installed for `other`"), "{message}");
}

#[tokio::test]
async fn an_installation_that_is_suspended_in_mid_task_is_told() {
    let site = GitHubSite::new().await;
    let slug = site.slug("acme", "shop");
    site.forge().find(&slug).await.unwrap();
    let now = site.github.read(|state| state.now);
    site.github.change(|state| state.installations[0].suspended = Some(now));

    let message = not_allowed(site.forge().find(&slug).await.unwrap_err());

    assert!(message.contains("installation on `acme` is suspended"), "{message}");
}

#[tokio::test]
async fn an_installation_that_is_suspended_from_the_start_is_told() {
    let site = GitHubSite::new().await;
    let now = site.github.read(|state| state.now);
    site.github.change(|state| state.installations[0].suspended = Some(now));

    let message = not_allowed(site.forge().find(&site.slug("acme", "shop")).await.unwrap_err());

    assert!(message.contains("installation on `acme` is suspended"), "{message}");
}

#[tokio::test]
async fn an_installation_that_is_deleted_in_mid_task_is_told() {
    let site = GitHubSite::new().await;
    let slug = site.slug("acme", "shop");
    site.forge().find(&slug).await.unwrap();
    site.github.change(|state| state.installations.clear());

    let message = not_allowed(site.forge().find(&slug).await.unwrap_err());

    assert!(message.contains("is not installed for `acme`"), "{message}");
}

#[tokio::test]
async fn an_app_that_was_installed_anew_goes_on() {
    let site = GitHubSite::new().await;
    let slug = site.slug("acme", "shop");
    site.forge().find(&slug).await.unwrap();
    site.github.change(|state| state.installations.clear());
    site.github.installation_for_all(site.credentials.id, "acme");
    site.github.advance(Duration::from_secs(91));

    assert!(site.forge().find(&slug).await.unwrap().is_none());
}

#[tokio::test]
async fn a_permission_that_the_app_lacks_is_named() {
    let site = GitHubSite::new().await;
    site.github.organisation("poor");
    site.github.installation(site.credentials.id, "poor", &[("metadata", "read"), ("contents", "write")]);

    let made = site.forge().create(&site.slug("poor", "shop"), &super::repositories::wanted()).await;

    let message = not_allowed(made.unwrap_err());
    assert!(message.contains("administration=write") && message.contains("`poor`"), "{message}");
    assert_eq!(site.github.exchanges().of("repos/create-in-org").len(), 1);
}

#[tokio::test]
async fn a_step_with_a_token_acts_as_its_user() {
    let site = GitHubSite::new().await;
    let token = site.github.token("jane", &["repo"]);
    let (forge, _told) = site.acting(Some(&token));

    forge.create(&site.slug("jane", "shop"), &super::repositories::wanted()).await.unwrap();

    let asked = site.github.exchanges();
    assert!(asked.iter().all(|exchange| exchange.who == "user jane"), "{asked:?}");
    assert!(site.github.repository("jane", "shop").is_some());
}

#[tokio::test]
async fn a_users_token_that_is_not_valid_is_told() {
    let site = GitHubSite::new().await;
    let (forge, _told) = site.acting(Some("ghp_nobodys"));

    let message = not_allowed(forge.find(&site.slug("acme", "shop")).await.unwrap_err());

    assert!(message.contains("the token that the step was given"), "{message}");
    assert!(!message.contains("ghp_nobodys"), "{message}");
}

#[tokio::test]
async fn steps_have_to_bring_a_users_token_where_the_settings_say_so() {
    let site = GitHubSite::with(json!({ "require_user_token": true })).await;

    let message = not_allowed(site.forge().find(&site.slug("acme", "shop")).await.unwrap_err());

    assert!(message.contains("USER_OAUTH_TOKEN"), "{message}");
    assert!(site.github.exchanges().is_empty());
}

#[tokio::test]
async fn a_token_of_the_settings_serves_where_the_app_is_not() {
    let site = GitHubSite::new().await;
    site.github.organisation("other");
    site.github.member("other", "bot", github_double::state::account::Role::Admin);
    let token = site.github.token("bot", &["repo"]);
    let forge = json!({ "github.com": crate::support::github::settings_of(
        &site.github, &site.credentials, json!({ "token": token })
    ) });
    let app =
        crate::support::app::TestApp::on(stagecraft::db::Engine::Sqlite, &[("FORGES", &forge.to_string())])
            .await;
    let github: std::sync::Arc<dyn stagecraft::forge::Forge> =
        std::sync::Arc::new(app.app.github["github.com"].clone());

    github.find(&site.slug("other", "shop")).await.unwrap();
    github.find(&site.slug("acme", "shop")).await.unwrap();

    let looks = site.github.exchanges().of("repos/get");
    let who: Vec<&str> = looks.iter().map(|exchange| exchange.who.as_str()).collect();
    assert_eq!(who, ["user bot".to_owned(), format!("installation {}", site.installation)]);
}

#[tokio::test]
async fn no_token_and_no_key_is_in_what_people_are_shown() {
    let site = GitHubSite::with(json!({ "retry_seconds": 1 })).await;
    let secrets = |site: &GitHubSite| {
        let tokens = site.github.read(|state| state.tokens.keys().cloned().collect::<Vec<String>>());
        let key: String = site.credentials.private_key.lines().nth(3).unwrap().to_owned();
        tokens.into_iter().chain([key, site.credentials.webhook_secret.clone()]).collect::<Vec<String>>()
    };
    let mut shown = Vec::new();
    for status in [400, 401, 403, 404, 409, 422, 500, 502, 503] {
        site.github.fault(Fault::on("repos/create-in-org").answer(status).always());
        let task = site.publish(json!({ "name": format!("shop-{status}") })).await;
        site.github.clear_faults();
        shown.extend(site.app.messages(task).await);
        shown.push(site.app.failure(task).await.1);
    }
    let events: Value = json!(shown);

    for secret in secrets(&site) {
        assert!(!events.to_string().contains(&secret));
        assert!(!format!("{:?}", site.app.app.github).contains(&secret));
    }
}
