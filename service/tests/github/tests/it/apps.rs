//! Apps, installations and tokens.

use std::time::Duration;

use github_double::{GitHub, Lag, Setup};
use serde_json::{Value, json};

use crate::client::{Client, jwt, now, signed};

#[test]
fn an_app_signs_in_finds_its_installation_and_makes_a_long_token() {
    let github = GitHub::start(Setup::default());
    github.organisation("acme");
    let app = github.app("stagecraft");
    let installation =
        github.installation(app.id, "acme", &[("contents", "write"), ("administration", "write")]);
    let client = Client::new(&github, Some(&jwt(&app)));
    assert_eq!(client.get("/app").body["slug"], "stagecraft");
    let found = client.get("/orgs/acme/installation");
    assert_eq!((found.status, found.body["id"].as_u64()), (200, Some(installation)));
    let path = format!("/app/installations/{installation}/access_tokens");
    let minted = client.send("POST", &path, &json!({ "permissions": { "contents": "read" } }));
    assert_eq!((minted.status, &minted.body["permissions"]), (201, &json!({ "contents": "read" })));
    let token = minted.body["token"].as_str().unwrap();
    assert!(token.starts_with("ghs_") && token.matches('.').count() == 2 && token.len() > 450, "{token}");
    let own = Client::new(&github, Some(token));
    assert_eq!(own.get("/installation/repositories").body["total_count"], 0);
    let refused = own.send("POST", "/orgs/acme/repos", &json!({ "name": "shop" }));
    assert_eq!(
        (refused.status, &refused.body["message"]),
        (403, &json!("Resource not accessible by integration"))
    );
    github.advance(Duration::from_secs(3601));
    let late = own.get("/installation/repositories");
    assert_eq!((late.status, &late.body["message"]), (401, &json!("Bad credentials")));
}

#[test]
fn a_jwt_that_is_not_as_github_wants_it_is_refused() {
    let github = GitHub::start(Setup::default());
    let (app, other) = (github.app("stagecraft"), github.app("other"));
    let id = app.id.to_string();
    let far = json!({ "iat": now() - 60, "exp": now() + 700, "iss": id });
    let future = json!({ "iat": now() + 60, "exp": now() + 540, "iss": id });
    let ended = json!({ "iat": now() - 60, "exp": now() - 1, "iss": id });
    let text = json!({ "iat": now() - 60, "exp": (now() + 540).to_string(), "iss": id });
    for (claims, part) in [(far, "too far"), (future, "'iat'"), (ended, "'exp'"), (text, "'exp'")] {
        let answer = Client::new(&github, Some(&signed(&app, &claims))).get("/app");
        let message = answer.body["message"].as_str().unwrap();
        assert_eq!(answer.status, 401, "{message}");
        assert!(message.contains(part), "{message}");
    }
    let right = json!({ "iat": now() - 60, "exp": now() + 540, "iss": id });
    assert_eq!(Client::new(&github, Some(&signed(&other, &right))).get("/app").status, 401);
    let unknown = json!({ "iat": now() - 60, "exp": now() + 540, "iss": "7" });
    assert_eq!(Client::new(&github, Some(&signed(&app, &unknown))).get("/app").status, 404);
    let by_client_id = json!({ "iat": now() - 60, "exp": now() + 540, "iss": app.client_id });
    assert_eq!(Client::new(&github, Some(&signed(&app, &by_client_id))).get("/app").status, 200);
    github.rotate_key(app.id);
    assert_eq!(Client::new(&github, Some(&signed(&app, &right))).get("/app").status, 401);
}

#[test]
fn a_suspended_or_removed_installation_is_worth_nothing_at_once() {
    let github = GitHub::start(Setup::default());
    github.organisation("acme");
    let app = github.app("stagecraft");
    let installation = github.installation_for_all(app.id, "acme");
    let token = github.installation_token(installation);
    let own = Client::new(&github, Some(&token));
    let client = Client::new(&github, Some(&jwt(&app)));
    let path = format!("/app/installations/{installation}");
    assert_eq!(client.send("PUT", &format!("{path}/suspended"), &Value::Null).status, 204);
    assert_eq!(own.get("/installation/repositories").status, 403);
    let mint = client.send("POST", &format!("{path}/access_tokens"), &Value::Null);
    assert_eq!((mint.status, &mint.body["message"]), (403, &json!("This installation has been suspended")));
    assert_eq!(client.send("DELETE", &format!("{path}/suspended"), &Value::Null).status, 204);
    assert_eq!(own.get("/installation/repositories").status, 200);
    assert_eq!(client.send("DELETE", &path, &Value::Null).status, 204);
    assert_eq!(own.get("/installation/repositories").status, 401);
    assert_eq!(client.get("/orgs/acme/installation").status, 404);
}

#[test]
fn a_fresh_token_is_unknown_and_then_without_permissions_for_as_long_as_the_lag() {
    let lag = Lag { mint: Duration::from_secs(5), permissions: Duration::from_secs(5), ..Lag::default() };
    let github = GitHub::start(Setup::default().lag(lag));
    github.organisation("acme");
    let app = github.app("stagecraft");
    let token = github.installation_token(github.installation_for_all(app.id, "acme"));
    let own = Client::new(&github, Some(&token));
    let create = || own.send("POST", "/orgs/acme/repos", &json!({ "name": "shop" })).status;
    assert_eq!(create(), 401);
    github.advance(Duration::from_secs(6));
    assert_eq!(create(), 403);
    github.advance(Duration::from_secs(6));
    assert_eq!(create(), 201);
}
