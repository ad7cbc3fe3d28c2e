//! Tokens of a Backstage: whose they are, and which are refused.
//!
//! Against a double that publishes keys over HTTP, through the real API of the service: users here, plugins and those
//! for whom they ask in [`plugins`], what becomes of the keys in [`keys`], the service's own in [`own_keys`],
//! pages that come without a proxy in [`direct`].

mod catalog;
mod direct;
mod keys;
mod own_keys;
mod plugins;

use serde_json::{Value, json};
use stagecraft::db::Engine;

use crate::support::app::TestApp;
use crate::support::backstage::{BackstageDouble, Document, USER_KEYS};
use crate::support::issuer::{Issuer, now, part};

/// Where the service's own keys are.
const OWN_KEYS: &str = "/api/stagecraft/.backstage/auth/v1/jwks.json";

const PLAIN: &str = "parameters: []
steps:
  - { id: say, name: Say, action: 'debug:log', input: { message: hello } }
";

/// A service that trusts a double, and a client of it.
struct Stage {
    double: BackstageDouble,
    url: String,
    client: reqwest::Client,
    app: TestApp,
}

impl Stage {
    async fn new() -> Self {
        Self::with(&[]).await
    }

    async fn with(settings: &[(&str, &str)]) -> Self {
        let double = BackstageDouble::start().await;
        let base_url = double.url.clone();
        // Who is known is one thing, what he may do another: `permissions` has tests of its own.
        let mut all = vec![("BACKSTAGE__BASE_URL", base_url.as_str()), ("BACKSTAGE__PERMISSIONS", "false")];
        all.extend(settings);
        let app = TestApp::on(Engine::Sqlite, &all).await;
        let (url, _stop) = app.serve().await;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let stage = Self { double, url, client, app };
        if let (200, keys) = stage.document(OWN_KEYS).await {
            stage.double.know(&keys);
        }
        stage
    }

    /// Status and body of what anybody may read.
    async fn document(&self, path: &str) -> (u16, Value) {
        let answer = self.client.get(format!("{}{path}", self.url)).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// Status and body of the list of tasks, asked with these headers.
    async fn ask(&self, headers: &[(&str, &str)]) -> (u16, Value) {
        let mut request = self.client.get(format!("{}/api/scaffolder/v2/tasks", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    async fn with_token(&self, token: &str) -> (u16, Value) {
        self.ask(&[("authorization", &format!("Bearer {token}"))]).await
    }

    async fn status(&self, token: &str) -> u16 {
        self.with_token(token).await.0
    }

    /// The message of a 401; anything else is a failure of the test.
    async fn refusal(&self, token: &str) -> String {
        let (status, body) = self.with_token(token).await;
        assert_eq!((status, &body["error"]["name"]), (401, &json!("AuthenticationError")), "{body}");
        body["error"]["message"].as_str().unwrap().to_owned()
    }

    /// The one as whom a task is created with this token.
    async fn owner(&self, token: &str) -> String {
        self.app.template("plain", PLAIN, &[]).await;
        let body = json!({ "templateRef": "template:default/plain", "values": {} });
        let url = format!("{}/api/scaffolder/v2/tasks", self.url);
        let created = self.client.post(url).bearer_auth(token).json(&body).send().await.unwrap();
        let created: Value = created.json().await.unwrap();
        let id = created["id"].as_str().unwrap_or_else(|| panic!("{created}")).parse().unwrap();
        self.app.task(id).await.created_by.unwrap_or_default()
    }

    /// How often keys were asked for.
    fn fetches(&self) -> usize {
        self.double.lines().iter().filter(|line| line.ends_with("jwks.json")).count()
    }

    fn jane(&self) -> String {
        self.double.users.user("user:default/jane")
    }

    fn jane_limited(&self) -> String {
        self.double.users.limited("user:default/jane", now(), now() + 3_600)
    }
}

/// Claims with one of them another.
fn but(mut claims: Value, name: &str, value: Value) -> Value {
    if value.is_null() {
        claims.as_object_mut().unwrap().shift_remove(name);
    } else {
        claims[name] = value;
    }
    claims
}

#[tokio::test]
async fn a_user_is_known_by_a_token_of_backstage() {
    let stage = Stage::new().await;

    let (status, body) = stage.with_token(&stage.jane()).await;

    assert_eq!((status, &body["totalTasks"]), (200, &json!(0)), "{body}");
    assert_eq!(stage.owner(&stage.jane()).await, "user:default/jane");
    assert_eq!(stage.double.requests()[0].line, format!("GET /api/{USER_KEYS}"));
    assert_eq!(stage.double.requests()[0].authorization, None);
}

#[tokio::test]
async fn keys_are_fetched_once_for_all_who_ask_at_once() {
    let stage = Stage::new().await;
    let token = stage.jane();

    let all = futures_util::future::join_all((0..20).map(|_| stage.status(&token))).await;

    assert_eq!(all, [200; 20]);
    assert_eq!(stage.fetches(), 1);
}

#[tokio::test]
async fn a_token_of_the_older_form_is_accepted() {
    let stage = Stage::new().await;
    let users = &stage.double.users;
    let header = json!({ "alg": "ES256", "kid": users.kid });
    let claims = json!({ "sub": "user:default/jane", "aud": "backstage", "iat": now(), "exp": now() + 60 });

    assert_eq!(stage.status(&users.sign(&header, &claims)).await, 200);
    for aud in [json!("other"), json!(["other"]), Value::Null] {
        let message = stage.refusal(&users.sign(&header, &but(claims.clone(), "aud", aud))).await;
        assert_eq!(message, "Illegal token");
    }
}

#[tokio::test]
async fn a_plugin_is_known_by_its_token_and_so_is_the_user_behind_it() {
    let stage = Stage::new().await;
    let scaffolder = &stage.double.scaffolder;

    assert_eq!(stage.status(&scaffolder.plugin("scaffolder")).await, 200);
    assert_eq!(stage.status(&scaffolder.plugin_for("scaffolder", &stage.jane_limited())).await, 200);
    let for_us_as_scaffolder = but(scaffolder.plugin_claims("scaffolder"), "aud", json!("scaffolder"));
    let token = scaffolder.sign(&scaffolder.header("vnd.backstage.plugin"), &for_us_as_scaffolder);
    assert_eq!(stage.status(&token).await, 200);
}

#[tokio::test]
async fn without_a_token_nobody_is_let_in() {
    let stage = Stage::new().await;

    for headers in [
        vec![],
        vec![("cookie", "backstage-auth=x")],
        vec![("authorization", "Basic YTpi")],
        vec![("authorization", "Bearer ")],
    ] {
        let (status, body) = stage.ask(&headers).await;
        assert_eq!((status, &body["error"]["message"]), (401, &json!("Missing credentials")), "{headers:?}");
    }
    let jane = format!("Bearer {}", stage.jane());
    let (status, body) = stage.ask(&[("authorization", &jane), ("authorization", &jane)]).await;
    assert_eq!(status, 401, "{body}");
}

#[tokio::test]
async fn static_tokens_stand_beside_those_of_backstage() {
    let tokens = r#"[{"token": "static-token-1", "subject": "external:ci"}]"#;
    let stage = Stage::with(&[("AUTH__TOKENS", tokens)]).await;

    assert_eq!(stage.status("static-token-1").await, 200);
    assert_eq!(stage.status(&stage.jane()).await, 200);
    assert!(stage.refusal("static-token-2").await.starts_with("Illegal token"));
}

#[tokio::test]
async fn a_forged_token_is_refused() {
    let stage = Stage::new().await;
    let jane = stage.jane();
    let (header, claims) = (
        stage.double.users.header("vnd.backstage.user"),
        stage.double.users.user_claims("user:default/jane"),
    );
    let stranger = Issuer::new(&stage.double.users.kid);
    let parts: Vec<&str> = jane.split('.').collect();
    let bobs = part(&but(claims.clone(), "sub", json!("user:default/bob")));

    for forged in [
        stranger.sign(&header, &claims),
        format!("{}.{bobs}.{}", parts[0], parts[2]),
        format!("{}.{}.{}", parts[0], parts[1], "A".repeat(86)),
        format!("{}.{}.{}", parts[0], parts[1], &parts[2][..84]),
        format!("{}.{}.", parts[0], parts[1]),
    ] {
        assert_eq!(stage.refusal(&forged).await, "Failed user token verification: its signature is wrong");
    }
    assert_eq!(stage.status(&jane).await, 200);
}

#[tokio::test]
async fn an_algorithm_without_a_key_pair_is_refused() {
    let stage = Stage::new().await;
    let users = &stage.double.users;
    let claims = users.user_claims("user:default/jane");
    let header = |alg: &str| json!({ "typ": "vnd.backstage.user", "alg": alg, "kid": users.kid });

    for alg in ["none", "None", "NONE", "", "ES512", "HS2048"] {
        let unsigned = format!("{}.{}.", part(&header(alg)), part(&claims));
        assert_eq!(stage.refusal(&unsigned).await, "Illegal token: it cannot be read", "{alg}");
        assert_eq!(
            stage.refusal(&users.sign(&header(alg), &claims)).await,
            "Illegal token: it cannot be read"
        );
    }
    // Signed with the public key as if it were a shared secret, in each form that a library might take it in.
    let public = users.public();
    let jwk = public.to_string();
    for secret in [users.public_bytes(), jwk.as_bytes(), public["x"].as_str().unwrap().as_bytes()] {
        for (alg, hash) in [("HS256", ring::hmac::HMAC_SHA256), ("HS512", ring::hmac::HMAC_SHA512)] {
            let message = format!("{}.{}", part(&header(alg)), part(&claims));
            let tag = ring::hmac::sign(&ring::hmac::Key::new(hash, secret), message.as_bytes());
            let token = format!("{message}.{}", crate::support::issuer::encoded(tag.as_ref()));
            let message = stage.refusal(&token).await;
            assert_eq!(message, "Failed user token verification: its algorithm is not one of its key");
        }
    }
    for alg in ["RS256", "PS256", "EdDSA", "ES384"] {
        let message = stage.refusal(&users.sign(&header(alg), &claims)).await;
        assert_eq!(message, "Failed user token verification: its algorithm is not one of its key", "{alg}");
    }
}

#[tokio::test]
async fn a_published_key_of_the_wrong_kind_verifies_nothing() {
    let stage = Stage::new().await;
    let users = &stage.double.users;
    let secret = crate::support::issuer::encoded(b"shared-secret-of-nobody-at-all!!");
    let named = |members: Value| {
        let mut key = json!({ "kid": users.kid });
        key.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        key
    };
    let mut for_encryption = users.public();
    for_encryption["use"] = json!("enc");
    let mut another_algorithm = users.public();
    another_algorithm["alg"] = json!("ES384");
    let mut another_curve = users.public();
    another_curve["crv"] = json!("P-384");

    for key in [
        named(json!({ "kty": "oct", "k": secret, "alg": "HS256" })),
        named(json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "alg": "ES256" })),
        named(json!({ "kty": "RSA", "n": "AA", "e": "AQAB" })),
        for_encryption,
        another_algorithm,
        another_curve,
        json!("no key"),
        Value::Null,
    ] {
        let stage = Stage::new().await;
        stage.double.publish(USER_KEYS, Document::Keys(vec![key.clone()]));
        let message = stage.refusal(&users.user("user:default/jane")).await;
        assert!(message.starts_with("Failed user token verification"), "{key}: {message}");
    }
}

#[tokio::test]
async fn a_token_is_good_for_its_time_alone() {
    let stage = Stage::new().await;
    let users = &stage.double.users;
    let token = |name: &str, value: Value| {
        users.sign(
            &users.header("vnd.backstage.user"),
            &but(users.user_claims("user:default/jane"), name, value),
        )
    };
    let failed = |why: &str| format!("Failed user token verification: {why}");

    assert_eq!(
        stage.refusal(&token("exp", json!(now() - 60))).await,
        failed("it has run out; sign in again")
    );
    let early = failed("it is not valid yet; do the clocks agree?");
    assert_eq!(stage.refusal(&token("nbf", json!(now() + 600))).await, early);
    assert_eq!(stage.refusal(&token("iat", json!(now() + 600))).await, early);
    // Clocks may differ a little.
    assert_eq!(stage.status(&token("iat", json!(now() + 30))).await, 200);
    assert_eq!(stage.status(&token("exp", json!(now() - 2))).await, 200);
}

#[tokio::test]
async fn a_token_that_lacks_or_bends_a_claim_is_refused() {
    let stage = Stage::new().await;
    let users = &stage.double.users;
    let token = |name: &str, value: Value| {
        users.sign(
            &users.header("vnd.backstage.user"),
            &but(users.user_claims("user:default/jane"), name, value),
        )
    };

    for (name, value) in [
        ("exp", Value::Null),
        ("exp", json!("9999999999")),
        ("exp", json!(1e300)),
        ("exp", json!(-1)),
        ("iat", Value::Null),
        ("iat", json!("now")),
        ("sub", Value::Null),
        ("sub", json!("")),
        ("sub", json!("jane")),
        ("sub", json!("user:default/")),
        ("sub", json!("user:default/ja\u{7}ne")),
        ("sub", json!(format!("user:default/{}", "j".repeat(1_000)))),
        ("sub", json!("plugin:catalog")),
        ("sub", json!("External:ci")),
        ("sub", json!(["user:default/jane"])),
        ("nbf", json!("soon")),
        ("aud", json!("another")),
        ("aud", json!(["another"])),
        ("aud", json!(5)),
        ("aud", json!([5])),
    ] {
        let message = stage.refusal(&token(name, value.clone())).await;
        assert!(message.starts_with("Failed user token verification: it "), "{name} {value}: {message}");
    }
}

#[tokio::test]
async fn another_type_of_token_is_refused() {
    let stage = Stage::new().await;
    let users = &stage.double.users;
    let claims = users.user_claims("user:default/jane");

    for typ in ["JWT", "at+jwt", "VND.BACKSTAGE.USER", "vnd.backstage.user2", ""] {
        assert_eq!(stage.refusal(&users.sign(&users.header(typ), &claims)).await, "Illegal token", "{typ}");
    }
    for (name, value) in
        [("kid", Value::Null), ("kid", json!("")), ("crit", json!(["b64"])), ("b64", json!(false))]
    {
        let header = but(users.header("vnd.backstage.user"), name, value);
        let message = stage.refusal(&users.sign(&header, &claims)).await;
        assert!(message.starts_with("Illegal token: its header"), "{name}: {message}");
    }
    assert_eq!(stage.refusal(&stage.jane_limited()).await, "Illegal limited user token");
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let stage = Stage::new().await;
    let jane = stage.jane();

    for text in [
        "a",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        "...",
        "..",
        "e30.e30.e30",
        &format!("{jane}.x"),
        &format!("{jane}="),
    ] {
        let message = stage.refusal(text).await;
        assert!(!message.is_empty(), "{text}");
    }
    let long = format!("{jane}{}", "A".repeat(40_000));
    assert_eq!(stage.refusal(&long).await, "Illegal token: it is too long");
    let (status, _) = stage.with_token(&"a".repeat(1_000_000)).await;
    assert_eq!(status, 431);
}

#[tokio::test]
async fn the_issuer_can_be_pinned() {
    let right = Stage::with(&[("AUTH__BACKSTAGE_ISSUER", "http://localhost:7007/api/auth")]).await;
    let wrong = Stage::with(&[("AUTH__BACKSTAGE_ISSUER", "https://backstage.acme.io/api/auth")]).await;

    assert_eq!(right.status(&right.jane()).await, 200);
    // The limited form does not say who made it.
    let through = right.double.scaffolder.plugin_for("scaffolder", &right.jane_limited());
    assert_eq!(right.status(&through).await, 200);
    let message = wrong.refusal(&wrong.jane()).await;
    assert!(message.ends_with("its issuer is not the one of `auth.backstage_issuer`"), "{message}");
    let users = &wrong.double.users;
    let silent = but(users.user_claims("user:default/jane"), "iss", Value::Null);
    let message = wrong.refusal(&users.sign(&users.header("vnd.backstage.user"), &silent)).await;
    assert!(message.ends_with("its issuer is not the one of `auth.backstage_issuer`"), "{message}");
}
