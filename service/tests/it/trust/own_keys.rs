//! The keys and tokens by which Backstage knows the service.

use std::time::Duration;

use stagecraft::backstage::{
    Answer, ApiPath, Backstage, BackstageError, Credentials, OwnKeys, Request, TokenForm, UserToken,
};
use stagecraft::config;
use stagecraft::secret::{Sealer, Secret};

use super::*;
use crate::support::backstage::SERVICE_TOKEN;
use crate::support::issuer::read;

/// A client of Backstage that signs with the keys of the stage's service, or with none of them.
fn client(stage: &Stage, shared: &str) -> Backstage {
    let settings = config::Backstage {
        base_url: stage.double.url.clone(),
        token: Secret::new(shared),
        ..config::Backstage::default()
    };
    let client = Backstage::from_settings(&settings).unwrap().unwrap();
    match &stage.app.app.own_keys {
        Some(keys) if shared.is_empty() => client.with_own_keys(keys.clone()),
        _ => client,
    }
}

async fn ask(client: &Backstage, path: &str, credentials: Credentials) -> Result<Answer, BackstageError> {
    let request = Request {
        method: "GET".to_owned(),
        path: ApiPath::parse(path).unwrap(),
        query: Vec::new(),
        headers: Vec::new(),
        body: None,
        credentials,
        timeout: Duration::from_secs(10),
        shown: "the test".to_owned(),
    };
    client.send(&request).await
}

fn jane(jwt: String, form: TokenForm, expires_at: i64) -> Credentials {
    let entity_ref = "user:default/jane".to_owned();
    Credentials::User(UserToken { jwt: Secret::new(jwt), form, entity_ref, expires_at })
}

/// Header and payload of the token that the double was sent last.
fn last_token(stage: &Stage) -> (Value, Value) {
    let authorization = stage.double.requests().last().unwrap().authorization.clone().unwrap();
    read(authorization.strip_prefix("Bearer ").unwrap()).unwrap()
}

#[tokio::test]
async fn anybody_may_read_the_public_halves() {
    let stage = Stage::new().await;

    let (status, keys) = stage.document(OWN_KEYS).await;

    assert_eq!((status, keys["keys"].as_array().unwrap().len()), (200, 1), "{keys}");
    let key = keys["keys"][0].as_object().unwrap();
    let names: Vec<&str> = key.keys().map(String::as_str).collect();
    assert_eq!(names, ["kty", "crv", "x", "y", "kid", "alg", "use"]);
    assert_eq!(stage.document("/api/scaffolder/.backstage/auth/v1/jwks.json").await, (200, keys));
}

#[tokio::test]
async fn with_a_shared_token_there_are_no_keys() {
    let stage = Stage::with(&[("BACKSTAGE__TOKEN", SERVICE_TOKEN)]).await;

    let (status, body) = stage.document(OWN_KEYS).await;

    assert_eq!((status, &body["error"]["name"]), (404, &json!("NotFoundError")), "{body}");
}

#[tokio::test]
async fn the_service_asks_a_plugin_with_a_token_for_it_alone() {
    let stage = Stage::new().await;
    let client = client(&stage, "");

    let answer = ask(&client, "catalog/entities", Credentials::Service).await.unwrap();

    assert_eq!(answer.status, 200);
    let (header, claims) = last_token(&stage);
    assert_eq!((&header["typ"], &header["alg"]), (&json!("vnd.backstage.plugin"), &json!("ES256")));
    assert_eq!((&claims["sub"], &claims["aud"]), (&json!("stagecraft"), &json!("catalog")));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3_600);
    assert_eq!(claims.get("obo"), None);
    ask(&client, "proxy/echo", Credentials::Service).await.unwrap();
    assert_eq!(last_token(&stage).1["aud"], "proxy");
}

#[tokio::test]
async fn for_a_user_it_asks_with_the_limited_form_and_not_for_longer() {
    let stage = Stage::new().await;
    let users = &stage.double.users;
    let (iat, exp) = (now(), now() + 100);
    let limited = users.limited("user:default/jane", iat, exp);
    let proof = limited.rsplit('.').next().unwrap();
    let claims =
        json!({ "sub": "user:default/jane", "aud": "backstage", "iat": iat, "exp": exp, "uip": proof });
    let whole = users.sign(&users.header("vnd.backstage.user"), &claims);

    for (token, form) in [(whole, TokenForm::Full), (limited.clone(), TokenForm::Limited)] {
        let answer = ask(&client(&stage, ""), "catalog/entities", jane(token, form, exp)).await.unwrap();

        assert_eq!(answer.status, 200, "{form:?}");
        let (_, claims) = last_token(&stage);
        // ECDSA signs anew each time; what is signed is the same.
        assert_eq!((&claims["obo"], &claims["exp"]), (&json!(limited), &json!(exp)), "{form:?}");
    }
}

#[tokio::test]
async fn with_a_shared_token_it_asks_for_a_user_with_the_whole_token_alone() {
    let stage = Stage::with(&[("BACKSTAGE__TOKEN", SERVICE_TOKEN)]).await;
    let client = client(&stage, SERVICE_TOKEN);
    let later = now() + 60;

    ask(&client, "catalog/entities", jane(stage.jane(), TokenForm::Full, later)).await.unwrap();
    assert_eq!(last_token(&stage).0["typ"], "vnd.backstage.user");

    let limited = jane(stage.jane_limited(), TokenForm::Limited, later);
    let error = ask(&client, "catalog/entities", limited).await.unwrap_err().to_string();
    assert!(error.contains("leave `backstage.token` empty"), "{error}");
}

#[tokio::test]
async fn a_sign_in_that_has_run_out_is_told_with_what_to_do() {
    let stage = Stage::new().await;

    for shared in ["", SERVICE_TOKEN] {
        let run_out = jane(stage.jane(), TokenForm::Full, now() - 1);
        let error = ask(&client(&stage, shared), "catalog/entities", run_out).await.unwrap_err();

        assert_eq!(
            error,
            BackstageError::NotAllowed(
                "the service can no longer act for `user:default/jane`: the token of the sign-in has run out; sign in and retry the task"
                    .to_owned()
            )
        );
    }
    assert_eq!(stage.double.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn a_token_without_its_proof_cannot_be_passed_on() {
    let stage = Stage::new().await;
    let users = &stage.double.users;
    let claims = but(users.user_claims("user:default/jane"), "uip", Value::Null);
    let token = users.sign(&users.header("vnd.backstage.user"), &claims);
    assert_eq!(stage.status(&token).await, 200);

    let asked = jane(token, TokenForm::Full, now() + 60);
    let error = ask(&client(&stage, ""), "catalog/entities", asked).await.unwrap_err().to_string();

    assert!(error.contains("`uip`"), "{error}");
}

#[tokio::test]
async fn a_plugin_that_repeats_a_token_does_not_give_it_away() {
    let stage = Stage::new().await;
    let client = client(&stage, "");
    let user = jane(stage.jane(), TokenForm::Full, now() + 60);

    for credentials in [Credentials::Service, user] {
        let answer = ask(&client, "proxy/echo", credentials).await.unwrap();

        let header = answer.headers.iter().find(|(name, _)| name == "x-you-sent").unwrap();
        assert_eq!((header.1.as_str(), answer.body.as_slice()), ("Bearer ***", b"Bearer ***".as_slice()));
    }
}

#[tokio::test]
async fn a_restart_keeps_the_keys() {
    let stage = Stage::new().await;
    let before = stage.document(OWN_KEYS).await;

    let app = stage.app.reopened().await;

    assert_eq!(app.app.own_keys.as_ref().unwrap().published().await.unwrap(), before.1);
}

#[tokio::test]
async fn replicas_share_keys_on_sqlite() {
    replicas_share_keys(Engine::Sqlite).await;
}

#[tokio::test]
async fn replicas_share_keys_on_postgres() {
    replicas_share_keys(Engine::Postgres).await;
}

async fn replicas_share_keys(engine: Engine) {
    let app = TestApp::on(engine, &[]).await;
    let replica = |digit: &str| {
        OwnKeys::new(app.app.db.clone(), Sealer::from_hex(&Secret::new(digit.repeat(64))).unwrap())
    };

    let first = replica("a").published().await.unwrap();

    assert_eq!(replica("a").published().await.unwrap(), first);
    // One whose `secrets.key` is another cannot open it, and makes its own; both are known.
    let both = replica("b").published().await.unwrap();
    assert_eq!(both["keys"].as_array().unwrap().len(), 2);
    assert_eq!(replica("a").published().await.unwrap(), both);
}
