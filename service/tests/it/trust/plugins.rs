//! Tokens of plugins, and the users for whom they ask.

use super::*;
use crate::support::backstage::plugin_keys;

const FAILED: &str = "Failed plugin token verification";

#[tokio::test]
async fn a_plugin_asks_for_itself_or_for_a_user() {
    let stage = Stage::new().await;
    let scaffolder = &stage.double.scaffolder;

    // A task that no user has made is nobody's.
    assert_eq!(stage.owner(&scaffolder.plugin("scaffolder")).await, "");
    let for_jane = scaffolder.plugin_for("scaffolder", &stage.jane_limited());
    assert_eq!(stage.owner(&for_jane).await, "user:default/jane");
    let mut as_scaffolder = scaffolder.plugin_claims("scaffolder");
    as_scaffolder["aud"] = json!("scaffolder");
    assert_eq!(
        stage.status(&scaffolder.sign(&scaffolder.header("vnd.backstage.plugin"), &as_scaffolder)).await,
        200
    );
}

#[tokio::test]
async fn a_plugin_that_is_not_on_the_list_is_refused_and_its_keys_are_not_fetched() {
    let stage = Stage::new().await;
    let scaffolder = &stage.double.scaffolder;

    for name in
        ["proxy", "stagecraft", "auth", "Scaffolder", "scaffolder/../auth", "..", "a b", "", "@evil.example"]
    {
        stage.double.publish(&plugin_keys(name), Document::Keys(vec![scaffolder.public()]));
        let message = stage.refusal(&scaffolder.plugin(name)).await;
        assert!(message.starts_with(FAILED), "{name}: {message}");
    }
    assert_eq!(stage.fetches(), 0);

    let open = Stage::with(&[("AUTH__BACKSTAGE_PLUGINS", "[proxy]")]).await;
    let proxy = Issuer::new("proxy-1");
    open.double.publish(&plugin_keys("proxy"), Document::Keys(vec![proxy.public()]));
    assert_eq!(open.status(&proxy.plugin("proxy")).await, 200);
    let message = open.refusal(&open.double.scaffolder.plugin("scaffolder")).await;
    assert!(message.contains("`auth.backstage_plugins`"), "{message}");
}

#[tokio::test]
async fn a_plugin_cannot_speak_for_another() {
    let stage = Stage::new().await;

    let message = stage.refusal(&stage.double.scaffolder.plugin("catalog")).await;

    assert_eq!(message, format!("{FAILED}: it was signed with a key that Backstage does not publish"));
    let users = &stage.double.users;
    assert!(stage.refusal(&users.plugin("scaffolder")).await.starts_with(FAILED));
    // Nor can it make users.
    let scaffolder = &stage.double.scaffolder;
    assert!(stage.refusal(&scaffolder.user("user:default/jane")).await.starts_with("Failed user token"));
}

#[tokio::test]
async fn a_token_for_another_plugin_is_refused() {
    let stage = Stage::new().await;
    let scaffolder = &stage.double.scaffolder;

    for aud in [json!("catalog"), json!(["catalog"]), json!("stagecraft2"), json!(""), json!(1), Value::Null]
    {
        let claims = but(scaffolder.plugin_claims("scaffolder"), "aud", aud.clone());
        let message =
            stage.refusal(&scaffolder.sign(&scaffolder.header("vnd.backstage.plugin"), &claims)).await;
        assert_eq!(message, format!("{FAILED}: it was made for somebody else"), "{aud}");
    }
}

#[tokio::test]
async fn a_plugins_token_is_good_for_its_time_alone() {
    let stage = Stage::new().await;
    let scaffolder = &stage.double.scaffolder;

    for (name, value) in
        [("exp", json!(now() - 60)), ("exp", Value::Null), ("iat", Value::Null), ("iat", json!(now() + 600))]
    {
        let claims = but(scaffolder.plugin_claims("scaffolder"), name, value);
        let message =
            stage.refusal(&scaffolder.sign(&scaffolder.header("vnd.backstage.plugin"), &claims)).await;
        assert!(message.starts_with(FAILED), "{name}: {message}");
    }
}

#[tokio::test]
async fn the_user_behind_a_plugin_is_verified_too() {
    let stage = Stage::new().await;
    let (users, scaffolder) = (&stage.double.users, &stage.double.scaffolder);
    let limited = stage.jane_limited();
    let parts: Vec<&str> = limited.split('.').collect();
    let bob = part(&json!({ "sub": "user:default/bob", "iat": now(), "exp": now() + 3_600 }));
    let stranger = Issuer::new(&users.kid);

    for inner in [
        // Jane's signature under Bob's name.
        format!("{}.{bob}.{}", parts[0], parts[2]),
        stranger.limited("user:default/bob", now(), now() + 3_600),
        scaffolder.limited("user:default/bob", now(), now() + 3_600),
        users.limited("user:default/bob", now() - 7_200, now() - 3_600),
        users.limited("bob", now(), now() + 3_600),
        users.user("user:default/bob"),
        scaffolder.plugin("scaffolder"),
        format!("{}.{}.", parts[0], parts[1]),
        String::new(),
        "bob".to_owned(),
    ] {
        let message = stage.refusal(&scaffolder.plugin_for("scaffolder", &inner)).await;
        assert!(message.contains("user"), "{message}");
    }
    let odd = but(scaffolder.plugin_claims("scaffolder"), "obo", json!({ "sub": "user:default/bob" }));
    let message = stage.refusal(&scaffolder.sign(&scaffolder.header("vnd.backstage.plugin"), &odd)).await;
    assert_eq!(message, format!("{FAILED}: it does not say what it must"));
}

#[tokio::test]
async fn a_plugin_without_keys_is_unknown() {
    let stage = Stage::new().await;
    stage.double.publish(&plugin_keys("scaffolder"), Document::Status(axum::http::StatusCode::NOT_FOUND));

    let message = stage.refusal(&stage.double.scaffolder.plugin("scaffolder")).await;

    assert_eq!(message, format!("{FAILED}: it was signed with a key that Backstage does not publish"));
}

#[tokio::test]
async fn a_wrong_name_in_the_list_is_told_at_the_start() {
    let double = BackstageDouble::start().await;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let variables = [
        ("STAGECRAFT_DATA_DIR", data.as_str()),
        ("STAGECRAFT_BACKSTAGE__BASE_URL", &double.url),
        ("STAGECRAFT_AUTH__BACKSTAGE_PLUGINS", "[catalog, ../auth]"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = stagecraft::config::Config::from_parts(None, &variables).unwrap();

    let error = stagecraft::app::App::build(config).await.err().unwrap().to_string();

    assert!(error.contains("`../auth` in `auth.backstage_plugins`"), "{error}");
}
