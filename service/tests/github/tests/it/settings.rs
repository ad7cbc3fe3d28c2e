//! Hooks, keys, autolinks, pages, switches, properties.

use serde_json::{Value, json};

use crate::support::Acme;

#[test]
fn a_hook_is_there_once_and_its_secret_is_not_shown() {
    let acme = Acme::new();
    let path = "/repos/acme/shop/hooks";
    let config = json!({ "url": "https://ci.acme.test/hook", "content_type": "json", "secret": "s3cret" });
    let body = json!({ "name": "web", "active": true, "events": ["push"], "config": config });
    let made = acme.made(path, &body);
    let one = format!("{path}/{}", made["id"]);

    assert_eq!(made["config"]["secret"], "********");
    assert!(acme.refused(422, "POST", path, &body).contains("Hook already exists on this repository"));
    acme.refused(422, "POST", path, &json!({ "config": { "url": "ftp://acme.test" } }));
    let config = acme.expect(200, "PATCH", &format!("{one}/config"), &json!({ "insecure_ssl": "1" }));
    assert_eq!((config["secret"].clone(), config["insecure_ssl"].clone()), (json!("********"), json!("1")));
    assert_eq!(acme.get(&format!("{one}/config"))["content_type"], "json");
    let changed = acme.expect(200, "PATCH", &one, &json!({ "add_events": ["release"], "active": false }));
    assert_eq!(changed["events"], json!(["push", "release"]));
    assert_eq!(acme.get(path).as_array().unwrap().len(), 1);
    let kept = &acme.shop().wiring.hooks[0];
    assert_eq!((kept.secret.as_deref(), kept.active), (Some("s3cret"), false));
    acme.done("DELETE", &one, &Value::Null);
    acme.refused(404, "GET", &one, &Value::Null);
}

#[test]
fn a_deploy_key_is_used_once_anywhere() {
    let acme = Acme::new();
    acme.made("/orgs/acme/repos", &json!({ "name": "other" }));
    let key =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPpEZkqCSEJdy3PzIuDSmwUO7ZAQXEAZ7YZRCzTe4uJ5 jane@acme.test";
    let made =
        acme.made("/repos/acme/shop/keys", &json!({ "title": "deploy", "key": key, "read_only": true }));

    let again = acme.refused(422, "POST", "/repos/acme/other/keys", &json!({ "key": key }));
    assert!(again.contains("key is already in use"));
    acme.refused(422, "POST", "/repos/acme/shop/keys", &json!({ "key": "ssh-ed25519 AAAA" }));
    let one = format!("/repos/acme/shop/keys/{}", made["id"]);
    assert_eq!(acme.get(&one)["read_only"], true);
    assert_eq!(acme.get("/repos/acme/shop/keys").as_array().unwrap().len(), 1);
    assert_eq!(acme.shop().wiring.keys[0].title, "deploy");
    acme.done("DELETE", &one, &Value::Null);
    assert!(acme.shop().wiring.keys.is_empty());
}

#[test]
fn an_autolink_has_a_prefix_of_its_own_and_a_number_in_its_address() {
    let acme = Acme::new();
    let path = "/repos/acme/shop/autolinks";
    let body = json!({ "key_prefix": "SHOP-", "url_template": "https://acme.test/<num>" });
    let made = acme.made(path, &body);

    assert!(acme.refused(422, "POST", path, &body).contains("already_exists"));
    acme.refused(422, "POST", path, &json!({ "key_prefix": "A-", "url_template": "https://acme.test" }));
    assert_eq!(acme.get(path)[0]["is_alphanumeric"], true);
    assert_eq!(acme.get(&format!("{path}/{}", made["id"]))["key_prefix"], "SHOP-");
    acme.done("DELETE", &format!("{path}/{}", made["id"]), &Value::Null);
    assert!(acme.shop().wiring.autolinks.is_empty());
}

#[test]
fn pages_are_made_once_from_a_branch_that_is_there() {
    let acme = Acme::new();
    let path = "/repos/acme/shop/pages";
    let source = json!({ "source": { "branch": "gh-pages", "path": "/docs" } });
    assert!(acme.refused(422, "POST", path, &source).contains("must exist"));
    acme.refused(404, "GET", path, &Value::Null);
    acme.made(path, &json!({ "build_type": "workflow" }));
    acme.refused(409, "POST", path, &json!({ "build_type": "workflow" }));
    acme.commit("gh-pages", &[("index.html", "hello")]);
    acme.done(
        "PUT",
        path,
        &json!({ "build_type": "legacy", "source": { "branch": "gh-pages", "path": "/" } }),
    );
    assert_eq!(acme.get(path)["source"]["branch"], "gh-pages");
    assert_eq!(acme.shop().wiring.pages.unwrap().build_type, "legacy");
    acme.done("DELETE", path, &Value::Null);
}

#[test]
fn switches_are_on_or_off() {
    let acme = Acme::new();
    let base = "/repos/acme/shop";
    acme.refused(404, "GET", &format!("{base}/vulnerability-alerts"), &Value::Null);
    acme.refused(422, "PUT", &format!("{base}/automated-security-fixes"), &Value::Null);
    for name in ["vulnerability-alerts", "automated-security-fixes", "immutable-releases"] {
        acme.done("PUT", &format!("{base}/{name}"), &Value::Null);
    }
    acme.done("GET", &format!("{base}/vulnerability-alerts"), &Value::Null);
    assert_eq!(acme.get(&format!("{base}/automated-security-fixes"))["enabled"], true);
    assert_eq!(acme.get(&format!("{base}/immutable-releases"))["enabled"], true);
    let wiring = acme.shop().wiring;
    assert!(wiring.vulnerability_alerts && wiring.automated_security_fixes && wiring.immutable_releases);
    acme.done("DELETE", &format!("{base}/immutable-releases"), &Value::Null);
    acme.refused(404, "GET", &format!("{base}/immutable-releases"), &Value::Null);
    acme.done("DELETE", &format!("{base}/vulnerability-alerts"), &Value::Null);
    assert_eq!(acme.get(&format!("{base}/automated-security-fixes"))["enabled"], false);
}

#[test]
fn a_user_watches_and_an_app_cannot() {
    let mut acme = Acme::new();
    let path = "/repos/acme/shop/subscription";
    acme.refused(404, "GET", path, &Value::Null);
    acme.expect(200, "PUT", path, &json!({ "subscribed": true }));
    assert_eq!(acme.get(path)["ignored"], false);
    acme.done("DELETE", path, &Value::Null);
    let app = acme.github.app("stagecraft");
    let installation = acme.github.installation_for_all(app.id, "acme");
    acme.token = acme.github.installation_token(installation);
    acme.refused(403, "GET", path, &Value::Null);
}

#[test]
fn properties_have_values_that_their_definitions_allow() {
    let acme = Acme::new();
    let definition =
        json!({ "value_type": "single_select", "allowed_values": ["1", "2"], "default_value": "2" });
    acme.expect(200, "PUT", "/orgs/acme/properties/schema/tier", &definition);
    let path = "/repos/acme/shop/properties/values";
    let put = |name: &str, value: Value| json!({ "properties": [{ "property_name": name, "value": value }] });

    assert_eq!(acme.get(path), json!([{ "property_name": "tier", "value": "2" }]));
    acme.done("PATCH", path, &put("tier", json!("1")));
    assert_eq!(acme.get(path), json!([{ "property_name": "tier", "value": "1" }]));
    acme.refused(422, "PATCH", path, &put("tier", json!("3")));
    acme.refused(422, "PATCH", path, &put("size", json!("1")));
    assert_eq!(acme.shop().properties["tier"], "1");
    assert_eq!(acme.get("/orgs/acme/properties/schema").as_array().unwrap().len(), 1);
    assert_eq!(acme.get("/orgs/acme/properties/schema/tier")["value_type"], "single_select");
    acme.done("PATCH", path, &put("tier", Value::Null));
    assert!(acme.shop().properties.is_empty());
}
