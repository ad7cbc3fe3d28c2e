//! Steps that call a Backstage backend: requests, notifications, its catalog, and the actions that its plugins register.
//!
//! Against a double over HTTP, through the real client: one action at a time on a bench here and in [`catalog`],
//! whole tasks in [`tasks`], templates of the catalog in [`templates`] and over [`http`], tasks whose worker is killed
//! in [`kills`] and [`registration`].

#![expect(clippy::unwrap_used, reason = "a broken test fails, and says where")]

mod catalog;
mod http;
mod kills;
mod registration;
mod tasks;
mod templates;

use nunjucks::{Text, Value as NValue};
use serde_json::{Value, json};
use stagecraft::action::ActionError;
use stagecraft::backstage::Backstage;
use stagecraft::config;
use stagecraft::secret::Secret;

use crate::support::backstage::{BackstageDouble, Received, SERVICE_TOKEN, USER_TOKEN};
use crate::support::bench::Bench;

const REQUEST: &str = "http:backstage:request";

/// A bench whose steps call this double.
async fn bench(double: &BackstageDouble) -> Bench {
    with_settings(double.settings()).await
}

async fn with_settings(settings: config::Backstage) -> Bench {
    let mut bench = Bench::new().await;
    bench.capabilities.backstage = Backstage::from_settings(&settings).unwrap();
    bench
}

async fn request(bench: &mut Bench, input: Value) -> Result<(), ActionError> {
    bench.step(REQUEST, input).await
}

#[tokio::test]
async fn a_request_goes_to_its_plugin_as_the_service() {
    let double = BackstageDouble::start().await;
    let mut bench = bench(&double).await;
    let input = json!({
        "method": "GET", "path": "catalog/entities?order=asc:kind",
        "params": { "filter": "kind=system", "limit": 5 }, "headers": { "x-a": 1 }
    });

    request(&mut bench, input).await.unwrap();

    let service = Some(format!("Bearer {SERVICE_TOKEN}"));
    assert_eq!(
        double.requests(),
        [Received {
            line: "GET /api/catalog/entities?order=asc:kind&filter=kind%3Dsystem&limit=5".to_owned(),
            authorization: service,
            content_type: None,
            body: String::new(),
        }]
    );
    assert_eq!(bench.outputs["code"], 200);
    assert_eq!(bench.outputs["body"], json!([{ "metadata": { "name": "payments" } }]));
    assert_eq!(bench.outputs["headers"]["content-type"], "application/json");
    assert!(bench.log().contains("Sending `GET catalog/entities?order=asc:kind` to Backstage"));
}

#[tokio::test]
async fn a_body_is_sent_and_its_answer_put_out() {
    let double = BackstageDouble::start().await;
    let mut bench = bench(&double).await;
    let input = json!({
        "method": "POST", "path": "/catalog/locations", "body": { "type": "url", "target": "https://x" }
    });

    request(&mut bench, input).await.unwrap();

    let received = &double.requests()[0];
    assert_eq!(received.line, "POST /api/catalog/locations");
    assert_eq!(received.content_type.as_deref(), Some("application/json"));
    assert_eq!(received.body, r#"{"type":"url","target":"https://x"}"#);
    assert_eq!(
        (&bench.outputs["code"], &bench.outputs["body"]["location"]["id"]),
        (&json!(201), &json!("1"))
    );
}

#[tokio::test]
async fn an_answer_without_json_is_a_message() {
    let double = BackstageDouble::start().await;
    let mut bench = bench(&double).await;

    request(&mut bench, json!({ "method": "PUT", "path": "catalog/marks/one" })).await.unwrap();
    assert_eq!((&bench.outputs["code"], &bench.outputs["body"]), (&json!(204), &json!({ "message": "" })));

    bench.forget();
    request(&mut bench, json!({ "method": "HEAD", "path": "catalog/entities" })).await.unwrap();
    assert_eq!(bench.outputs["code"], 200);
}

#[tokio::test]
async fn a_bad_answer_fails_the_step_with_what_backstage_says() {
    let double = BackstageDouble::start().await;
    let mut bench = bench(&double).await;
    let input = json!({ "method": "POST", "path": "catalog/locations", "body": { "target": "https://x" } });
    request(&mut bench, input.clone()).await.unwrap();

    bench.forget();
    let error = request(&mut bench, input.clone()).await.unwrap_err();

    assert!(matches!(error, ActionError::Conflict(_)));
    assert_eq!(
        error.to_string(),
        "Backstage answered `POST catalog/locations` with status 409: \"Location url:https://x already exists\""
    );
}

#[tokio::test]
async fn a_bad_answer_can_be_put_out_instead() {
    let double = BackstageDouble::start().await;
    let mut bench = bench(&double).await;
    let input = json!({ "method": "GET", "path": "catalog/nothing", "continueOnBadResponse": true });

    request(&mut bench, input).await.unwrap();

    assert_eq!((&bench.outputs["code"], &bench.outputs["headers"]), (&json!(404), &json!({})));
    assert_eq!(bench.outputs["body"]["error"]["name"], "NotFoundError");
    assert!(bench.log().contains("answered `GET catalog/nothing` with status 404"));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let double = BackstageDouble::start().await;
    let mut bench = bench(&double).await;

    let error = request(&mut bench, json!({ "method": "GET", "path": "proxy/moved" })).await.unwrap_err();

    assert!(error.to_string().contains("a redirect, which is not followed"), "{error}");
    assert_eq!(double.lines(), ["GET /api/proxy/moved"]);
}

#[tokio::test]
async fn an_answer_that_is_too_large_or_broken_fails_the_step() {
    let double = BackstageDouble::start().await;
    let mut bench = bench(&double).await;

    let huge = request(&mut bench, json!({ "method": "GET", "path": "proxy/huge" })).await.unwrap_err();
    let broken = request(&mut bench, json!({ "method": "GET", "path": "proxy/broken" })).await.unwrap_err();

    assert!(huge.to_string().contains("more than 10485760 bytes"), "{huge}");
    assert!(broken.to_string().contains("says that it is JSON and is not"), "{broken}");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_sent() {
    let double = BackstageDouble::start().await;
    let mut bench = bench(&double).await;
    let input = json!({ "method": "POST", "path": "proxy/echo", "body": "x".repeat(11 * 1024 * 1024) });

    let error = request(&mut bench, input).await.unwrap_err();

    assert!(error.to_string().contains("the limit is 10485760"), "{error}");
    assert_eq!(double.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn a_backstage_that_does_not_answer_is_given_up_in_time() {
    let double = BackstageDouble::start().await;
    double.hold(true);
    let mut bench = bench(&double).await;

    let input = json!({ "method": "GET", "path": "catalog/entities", "timeout": 50 });
    let error = request(&mut bench, input).await.unwrap_err();

    assert!(matches!(error, ActionError::Unavailable(_)));
    assert_eq!(error.to_string(), "Backstage did not answer `GET catalog/entities` within 0.05 seconds");
}

#[tokio::test]
async fn a_backstage_that_is_not_there_is_named() {
    let settings =
        config::Backstage { base_url: "http://127.0.0.1:1".to_owned(), ..config::Backstage::default() };
    let mut bench = with_settings(settings).await;

    let error = request(&mut bench, json!({ "method": "GET", "path": "catalog/x" })).await.unwrap_err();

    assert!(matches!(error, ActionError::Unavailable(_)));
    assert!(error.to_string().starts_with("Backstage at `http://127.0.0.1:1/` cannot be reached"), "{error}");
}

#[tokio::test]
async fn a_path_that_leads_elsewhere_is_not_asked_for() {
    let double = BackstageDouble::start().await;
    let mut bench = bench(&double).await;

    for path in
        ["catalog/../auth/.backstage/x", "catalog/%2e%2e/auth", "https://evil.example/x", "//evil.example"]
    {
        let outcome = request(&mut bench, json!({ "method": "GET", "path": path })).await;

        assert!(matches!(outcome, Err(ActionError::Input(_) | ActionError::NotAllowed(_))), "{path}");
    }
    assert_eq!(double.requests(), []);
}

#[tokio::test]
async fn the_caller_is_chosen_and_nobody_stands_in() {
    let double = BackstageDouble::start().await;
    let mut bench = bench(&double).await;
    let get = |more: Value| {
        let mut input = json!({ "method": "GET", "path": "catalog/entities" });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };

    let error = request(&mut bench, get(json!({ "useBackstageToken": true }))).await.unwrap_err();
    assert!(error.to_string().contains("has neither a user that Backstage vouches for"), "{error}");
    assert_eq!(double.requests(), []);

    bench.run.backstage_token = Some(Secret::new(USER_TOKEN));
    for input in [
        get(json!({})),
        get(json!({ "useBackstageToken": true })),
        get(
            json!({ "useBackstageToken": true, "headers": { "Authorization": "Bearer other" }, "continueOnBadResponse": true }),
        ),
    ] {
        bench.forget();
        request(&mut bench, input).await.unwrap();
    }
    let callers: Vec<Option<String>> = double.requests().into_iter().map(|one| one.authorization).collect();
    let bearer = |token: &str| Some(format!("Bearer {token}"));
    assert_eq!(callers, [bearer(SERVICE_TOKEN), bearer(USER_TOKEN), bearer("other")]);
}

#[tokio::test]
async fn the_service_token_is_taken_out_of_what_comes_back() {
    let double = BackstageDouble::start().await;
    let mut bench = bench(&double).await;

    request(&mut bench, json!({ "method": "POST", "path": "proxy/echo", "body": "mine: " })).await.unwrap();

    assert_eq!(bench.outputs["body"], json!({ "message": "mine: Bearer ***" }));
    assert_eq!(bench.outputs["headers"]["x-you-sent"], "Bearer ***");
}

#[tokio::test]
async fn a_refused_token_is_told_without_the_token() {
    let double = BackstageDouble::start().await;
    let settings = config::Backstage { token: Secret::new("wrong-token-0123"), ..double.settings() };
    let mut bench = with_settings(settings).await;

    let error = request(&mut bench, json!({ "method": "GET", "path": "catalog/x" })).await.unwrap_err();

    assert!(matches!(error, ActionError::NotAllowed(_)));
    assert!(error.to_string().contains("With `backstage.token` that is one of"), "{error}");
    assert!(!error.to_string().contains("wrong-token"), "{error}");
}

#[tokio::test]
async fn only_the_methods_of_the_settings_are_permitted() {
    let double = BackstageDouble::start().await;
    let settings = config::Backstage { request_methods: vec!["get".to_owned()], ..double.settings() };
    let mut bench = with_settings(settings).await;

    request(&mut bench, json!({ "method": "GET", "path": "catalog/entities" })).await.unwrap();
    let error =
        request(&mut bench, json!({ "method": "DELETE", "path": "catalog/marks/one" })).await.unwrap_err();

    assert!(matches!(&error, ActionError::NotAllowed(text) if text.contains("`backstage.request_methods`")));
    assert_eq!(double.lines(), ["GET /api/catalog/entities"]);
}

#[tokio::test]
async fn a_secret_in_the_path_is_not_logged() {
    let double = BackstageDouble::start().await;
    let mut bench = bench(&double).await;
    let input = NValue::object([
        ("method", NValue::from("GET")),
        ("path", NValue::from(Text::secret("catalog/hunter2"))),
        ("continueOnBadResponse", NValue::from(true)),
    ]);

    bench.marked_step(REQUEST, input).await.unwrap();

    assert_eq!(double.lines(), ["GET /api/catalog/hunter2"]);
    let log = bench.log();
    assert!(log.contains("`GET ***`") && !log.contains("hunter2"), "{log}");
}

#[tokio::test]
async fn a_path_can_be_kept_out_of_the_log() {
    let double = BackstageDouble::start().await;
    let mut bench = bench(&double).await;

    request(&mut bench, json!({ "method": "GET", "path": "catalog/entities", "logRequestPath": false }))
        .await
        .unwrap();

    assert_eq!(bench.log(), "Sending `GET` to Backstage");
}

#[tokio::test]
async fn a_dry_run_sends_nothing_and_reads_only_where_the_settings_let_it() {
    let double = BackstageDouble::start().await;
    let get = json!({ "method": "GET", "path": "catalog/entities" });
    let post = json!({ "method": "POST", "path": "catalog/locations", "body": {} });

    for (reads, sent) in [(false, vec![]), (true, vec!["GET /api/catalog/entities".to_owned()])] {
        let settings = config::Backstage { dry_run_reads: reads, ..double.settings() };
        let mut bench = with_settings(settings).await;
        bench.run.dry_run = true;

        request(&mut bench, get.clone()).await.unwrap();
        assert_eq!(bench.outputs.is_empty(), !reads);
        bench.named_step("post", REQUEST, NValue::from(&post)).await.unwrap();

        assert_eq!(bench.outputs.len(), 0);
        assert!(bench.log().contains("A dry run does not send `POST catalog/locations`"));
        assert_eq!(double.lines(), sent);
    }
}

#[tokio::test]
async fn a_repeated_step_takes_the_answer_it_had() {
    let double = BackstageDouble::start().await;
    let mut bench = bench(&double).await;

    for input in [
        json!({ "method": "GET", "path": "catalog/entities" }),
        json!({ "method": "POST", "path": "proxy/tickets/api/issues", "body": {}, "idempotencyKey": "ticket" }),
    ] {
        request(&mut bench, input.clone()).await.unwrap();
        let first = bench.outputs.clone();
        request(&mut bench, input).await.unwrap();

        assert_eq!(bench.outputs, first);
    }
    assert_eq!(double.lines(), ["GET /api/catalog/entities", "POST /api/proxy/tickets/api/issues"]);
}

#[tokio::test]
async fn a_notification_is_sent_as_backstages_own_service_sends_it() {
    let double = BackstageDouble::start().await;
    let mut bench = bench(&double).await;
    let input = json!({
        "recipients": "entity", "entityRefs": ["group:default/platform"], "title": "Ready", "info": "It is there.",
        "link": "/catalog", "severity": "high", "scope": "s", "topic": "t"
    });

    bench.step("notification:send", input).await.unwrap();

    assert_eq!(double.lines(), ["POST /api/notifications"]);
    assert_eq!(
        double.notifications(),
        [json!({
            "recipients": { "type": "entity", "entityRef": ["group:default/platform"] },
            "payload": {
                "title": "Ready", "description": "It is there.", "link": "/catalog", "severity": "high", "topic": "t",
                "scope": "s"
            }
        })]
    );
    assert_eq!(bench.log(), "Sending a notification to 1 recipient");
}

#[tokio::test]
async fn a_notification_that_cannot_be_sent_fails_unless_it_is_optional() {
    let double = BackstageDouble::start().await;
    double.go_down(true);
    let mut bench = bench(&double).await;

    let input = json!({ "recipients": "broadcast", "title": "Ready" });
    let error = bench.step("notification:send", input).await.unwrap_err();
    assert!(matches!(error, ActionError::Unavailable(_)));
    bench.forget();
    let input = json!({ "recipients": "broadcast", "title": "Ready", "optional": true });
    bench.step("notification:send", input).await.unwrap();

    assert!(
        bench.log().contains("No notification was sent: Backstage answered the notification with status 503")
    );
}

#[tokio::test]
async fn the_template_is_noted_in_the_catalog_file() {
    let file = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: demo\nspec:\n  type: service\n";
    let mut bench = Bench::new().await.with_files(&[("catalog-info.yaml", file)]);
    bench.run.template.version = Some("1.4.0".to_owned());

    bench.step("catalog:scaffolded-from", json!({})).await.unwrap();
    bench.step("catalog:template:version", json!({ "labels": { "a": "b" } })).await.unwrap();

    let text = bench.text("catalog-info.yaml").to_owned();
    assert_eq!(bench.outputs["annotatedObject"], text);
    let written: Value = serde_yaml::from_str(&text).unwrap();
    assert_eq!(
        written,
        json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "Component",
            "metadata": {
                "name": "demo", "annotations": { "backstage.io/template-version": "1.4.0" }, "labels": { "a": "b" }
            },
            "spec": { "type": "service", "scaffoldedFrom": "template:default/demo" }
        })
    );
}

#[tokio::test]
async fn a_template_without_a_version_is_told() {
    let mut bench = Bench::new().await;
    let entity = json!({ "kind": "Component", "metadata": { "name": "x" } });

    bench.step("catalog:template:version", json!({ "objectYaml": entity })).await.unwrap();

    assert!(bench.log().contains("has no annotation `backstage.io/template-version`"));
    assert!(!bench.text("catalog-info.yaml").contains("template-version"));
}

#[tokio::test]
async fn a_catalog_file_that_is_none_is_refused() {
    for (file, part) in [
        (None, "no file"),
        (Some("a: 1\n---\nb: 2\n"), "not one YAML object"),
        (Some("- a\n"), "not one YAML"),
    ] {
        let files: Vec<(&str, &str)> = file.map(|text| ("catalog-info.yaml", text)).into_iter().collect();
        let mut bench = Bench::new().await.with_files(&files);

        let error = bench.step("catalog:scaffolded-from", json!({})).await.unwrap_err();

        assert!(error.to_string().contains(part), "{error}");
    }
    let outside = json!({ "objectYaml": { "metadata": {} }, "writeToFile": "../x" });
    let error = Bench::new().await.step("catalog:scaffolded-from", outside).await.unwrap_err();
    assert!(matches!(error, ActionError::NotAllowed(_)));
}

#[tokio::test]
async fn a_catalog_file_made_of_a_secret_stays_marked() {
    let mut bench = Bench::new().await;
    let entity = NValue::from(json!({ "metadata": { "name": "x" } }));
    let labels = NValue::object([("a", NValue::from(Text::secret("hunter2")))]);

    let input = NValue::object([("objectYaml", entity), ("labels", labels)]);
    bench.marked_step("catalog:scaffolded-from", input).await.unwrap();

    let path = catalog_gen::TreePath::parse("catalog-info.yaml").unwrap();
    assert!(bench.workspace.file(&path).unwrap().sensitive);
}
