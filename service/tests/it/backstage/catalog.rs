//! The catalog actions against Backstage's catalog, one at a time: as whom, what is there, and what is in the way.

use std::sync::Arc;

use serde_json::{Value, json};
use stagecraft::action::ActionError;
use stagecraft::backstage::{TokenForm, UserToken};
use stagecraft::config;
use stagecraft::forge::local::LocalForge;
use stagecraft::forge::{Forge, Forges, NewRepository, RepoSlug, Visibility};
use stagecraft::secret::Secret;

use super::{bench, with_settings};
use crate::support::backstage::{BackstageDouble, SERVICE_TOKEN, USER_TOKEN};
use crate::support::bench::{Bench, slug};

const URL: &str = "https://git.acme.io/acme/demo/tree/main/catalog-info.yaml";
const LOOK: &str = "POST /api/catalog/locations?dryRun=true";
const REGISTER: &str = "POST /api/catalog/locations";

/// The user behind [`USER_TOKEN`].
pub(super) fn jane() -> UserToken {
    UserToken {
        jwt: Secret::new(USER_TOKEN),
        form: TokenForm::Full,
        entity_ref: "user:default/jane".to_owned(),
        expires_at: 4_102_444_800,
    }
}

pub(super) fn entity(kind: &str, name: &str) -> Value {
    json!({ "apiVersion": "backstage.io/v1alpha1", "kind": kind, "metadata": { "name": name, "namespace": "default" } })
}

/// A bench whose task jane has started.
async fn janes_bench(double: &BackstageDouble) -> Bench {
    let mut bench = bench(double).await;
    bench.run.user_token = Some(jane());
    bench
}

async fn impatient_bench(double: &BackstageDouble) -> Bench {
    let mut bench = with_settings(config::Backstage { retry_seconds: 0, ..double.settings() }).await;
    bench.run.user_token = Some(jane());
    bench
}

fn senders(double: &BackstageDouble) -> Vec<String> {
    double.requests().into_iter().filter_map(|request| request.authorization).collect()
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

async fn register(bench: &mut Bench, optional: bool) -> Result<(), ActionError> {
    bench.step("catalog:register", json!({ "catalogInfoUrl": URL, "optional": optional })).await
}

#[tokio::test]
async fn entities_are_fetched_as_the_user_in_one_request() {
    let double = BackstageDouble::start().await;
    double.has_entity(entity("Component", "shop"));
    double.has_entity(entity("System", "pay"));
    let mut bench = janes_bench(&double).await;
    let input = json!({
        "entityRef": "Component:Shop", "entityRefs": ["system:pay", "system:none"], "optional": true
    });

    bench.step("catalog:fetch", input).await.unwrap();

    assert_eq!(bench.outputs["entity"], entity("Component", "shop"));
    assert_eq!(bench.outputs["entities"], json!([entity("System", "pay"), null]));
    assert_eq!(double.lines(), ["POST /api/catalog/entities/by-refs"]);
    assert_eq!(senders(&double), [bearer(USER_TOKEN)]);
}

#[tokio::test]
async fn a_task_without_a_user_fetches_as_the_service() {
    let double = BackstageDouble::start().await;
    double.has_entity(entity("Component", "shop"));
    let mut bench = bench(&double).await;

    bench.step("catalog:fetch", json!({ "entityRef": "component:shop" })).await.unwrap();

    assert_eq!(bench.outputs["entity"], entity("Component", "shop"));
    assert_eq!(senders(&double), [bearer(SERVICE_TOKEN)]);
}

#[tokio::test]
async fn an_entity_that_the_user_may_not_read_is_not_there() {
    let double = BackstageDouble::start().await;
    double.has_entity(entity("Component", "shop"));
    double.hide("component:default/shop");
    let mut bench = janes_bench(&double).await;

    let hidden = bench.step("catalog:fetch", json!({ "entityRef": "component:shop" })).await.unwrap_err();
    bench.forget();
    let missing = bench.step("catalog:fetch", json!({ "entityRef": "component:none" })).await.unwrap_err();
    bench.forget();
    let optional = json!({ "entityRef": "component:shop", "optional": true });
    bench.step("catalog:fetch", optional).await.unwrap();

    assert!(matches!(hidden, ActionError::NotFound(_)));
    assert_eq!(hidden.to_string().replace("shop", "none"), missing.to_string());
    assert_eq!(bench.outputs["entity"], Value::Null);
}

#[tokio::test]
async fn the_services_own_entities_are_not_read_where_there_is_a_backstage() {
    let double = BackstageDouble::start().await;
    let mut bench = janes_bench(&double).await;
    let location = "url:https://github.com/acme/demo/blob/main/catalog-info.yaml";
    let stored = stagecraft::entities::StoredEntity {
        entity_ref: "component:default/shop".to_owned(),
        entity: entity("Component", "shop"),
        location: location.to_owned(),
    };
    bench.capabilities.entities.register(location, "somebody", &[stored]).await.unwrap();

    let error = bench.step("catalog:fetch", json!({ "entityRef": "component:shop" })).await.unwrap_err();

    assert!(matches!(error, ActionError::NotFound(_)), "{error}");
}

#[tokio::test]
async fn nothing_to_fetch_is_an_error_unless_it_is_optional() {
    let double = BackstageDouble::start().await;
    let mut bench = janes_bench(&double).await;

    assert!(matches!(bench.step("catalog:fetch", json!({})).await, Err(ActionError::Input(_))));
    bench.step("catalog:fetch", json!({ "optional": true })).await.unwrap();

    assert!(bench.outputs.is_empty());
    assert_eq!(double.lines(), [] as [&str; 0]);
}

#[tokio::test]
async fn a_dry_run_reads_as_the_user_and_as_the_service_only_where_the_settings_let_it() {
    let double = BackstageDouble::start().await;
    double.has_entity(entity("Component", "shop"));
    let input = json!({ "entityRef": "component:shop" });
    for (reads, user, asked) in [(false, Some(jane()), true), (false, None, false), (true, None, true)] {
        let settings = config::Backstage { dry_run_reads: reads, ..double.settings() };
        let mut bench = with_settings(settings).await;
        (bench.run.dry_run, bench.run.user_token) = (true, user);

        bench.step("catalog:fetch", input.clone()).await.unwrap();

        assert_eq!(bench.outputs.contains_key("entity"), asked);
        assert_eq!(bench.log().contains("does not ask Backstage's catalog as the service"), !asked);
    }
    assert_eq!(double.lines().len(), 2);
}

#[tokio::test]
async fn a_catalog_that_is_away_for_a_moment_is_waited_for() {
    let double = BackstageDouble::start().await;
    double.has_entity(entity("Component", "shop"));
    double.catalog_is_away_for(1);
    let mut bench = janes_bench(&double).await;

    bench.step("catalog:fetch", json!({ "entityRef": "component:shop" })).await.unwrap();

    assert_eq!(bench.outputs["entity"], entity("Component", "shop"));
    let log = bench.log();
    assert!(log.contains("with status 503") && log.contains("Trying again, for up to 5 seconds"), "{log}");
}

#[tokio::test]
async fn a_catalog_that_stays_away_fails_the_step_with_what_to_do() {
    let double = BackstageDouble::start().await;
    double.go_down(true);
    let mut bench = impatient_bench(&double).await;

    for input in [json!({ "entityRef": "component:shop" }), json!({ "entityRef": "a:b", "optional": true })] {
        let error = bench.step("catalog:fetch", input).await.unwrap_err();

        assert!(
            matches!(&error, ActionError::Unavailable(text) if text.contains("This was tried once; retry the task"))
        );
        bench.forget();
    }
}

#[tokio::test]
async fn a_cancelled_task_does_not_wait_for_the_catalog() {
    let double = BackstageDouble::start().await;
    double.go_down(true);
    let mut bench = with_settings(config::Backstage { retry_seconds: 600, ..double.settings() }).await;
    bench.run.user_token = Some(jane());
    let cancelled = bench.cancelled.clone();

    let step = bench.step("catalog:fetch", json!({ "entityRef": "component:shop" }));
    let (step, ()) = tokio::join!(step, async {
        double.was_asked("by-refs").await;
        cancelled.cancel();
    });

    assert!(matches!(step, Err(ActionError::Cancelled)), "{step:?}");
}

#[tokio::test]
async fn a_token_that_ran_out_is_told_plainly() {
    let double = BackstageDouble::start().await;
    double.has_file(URL, &[entity("Component", "demo")]);
    double.expire(USER_TOKEN);
    let mut bench = janes_bench(&double).await;

    for (action, input) in [
        ("catalog:fetch", json!({ "entityRef": "component:shop", "optional": true })),
        ("catalog:register", json!({ "catalogInfoUrl": URL, "optional": true })),
    ] {
        let error = bench.step(action, input).await.unwrap_err();

        assert!(matches!(error, ActionError::NotAllowed(_)));
        let told = error.to_string();
        assert!(
            told.contains("the token of `user:default/jane`") && told.contains("retry the task"),
            "{told}"
        );
        assert!(!told.contains(USER_TOKEN), "{told}");
    }
}

#[tokio::test]
async fn a_file_is_registered_as_the_user_after_a_look() {
    let double = BackstageDouble::start().await;
    double.has_file(
        URL,
        &[entity("System", "all"), entity("Component", "generated-1"), entity("Component", "Demo")],
    );
    let mut bench = janes_bench(&double).await;
    let input = json!({ "repoContentsUrl": "https://git.acme.io/acme/demo/blob/main" });

    bench.step("catalog:register", input).await.unwrap();

    assert_eq!(
        Value::Object(bench.outputs.clone()),
        json!({ "entityRef": "component:default/demo", "catalogInfoUrl": URL })
    );
    assert_eq!(double.locations(), [URL]);
    assert_eq!(double.lines(), [LOOK, REGISTER]);
    assert_eq!(senders(&double), [bearer(USER_TOKEN), bearer(USER_TOKEN)]);
    assert_eq!(double.requests()[1].body, json!({ "type": "url", "target": URL }).to_string());
    assert!(bench.log().contains("Registered 3 entities, first of all `component:default/demo`"));
}

#[tokio::test]
async fn a_repeated_step_registers_once() {
    let double = BackstageDouble::start().await;
    double.has_file(URL, &[entity("Component", "demo")]);
    let mut bench = janes_bench(&double).await;

    register(&mut bench, false).await.unwrap();
    let first = bench.outputs.clone();
    register(&mut bench, false).await.unwrap();

    assert_eq!(bench.outputs, first);
    assert_eq!(double.lines(), [LOOK, REGISTER]);
}

#[tokio::test]
async fn a_location_that_somebody_else_has_registered_is_in_the_way_unless_it_is_optional() {
    let double = BackstageDouble::start().await;
    double.has_file(URL, &[entity("Component", "demo")]);
    double.has_location(URL);
    let mut bench = janes_bench(&double).await;

    let error = register(&mut bench, false).await.unwrap_err();
    let again = register(&mut bench, false).await.unwrap_err();
    bench.forget();
    register(&mut bench, true).await.unwrap();

    for error in [error, again] {
        assert!(
            matches!(&error, ActionError::Conflict(text) if text.contains("is already registered")),
            "{error}"
        );
    }
    assert_eq!(Value::Object(bench.outputs.clone()), json!({ "catalogInfoUrl": URL }));
    assert!(bench.log().contains("Nothing was registered"));
    assert_eq!(double.locations(), [URL]);
}

#[tokio::test]
async fn a_file_that_the_catalog_cannot_read_is_registered_only_if_it_is_optional() {
    let double = BackstageDouble::start().await;
    let mut bench = janes_bench(&double).await;

    let error = register(&mut bench, false).await.unwrap_err();
    assert!(matches!(&error, ActionError::Input(text) if text.contains("Unable to read url")), "{error}");
    assert_eq!(double.locations(), [] as [&str; 0]);

    register(&mut bench, true).await.unwrap();

    assert_eq!(double.locations(), [URL]);
    assert_eq!(Value::Object(bench.outputs.clone()), json!({ "catalogInfoUrl": URL }));
    let log = bench.log();
    assert!(log.contains("Unable to read url") && log.contains("Registered for the day"), "{log}");
}

#[tokio::test]
async fn who_may_not_register_is_told_or_warned() {
    let double = BackstageDouble::start().await;
    double.has_file(URL, &[entity("Component", "demo")]);
    double.close_the_catalog();
    let mut bench = janes_bench(&double).await;

    let error = register(&mut bench, false).await.unwrap_err();
    bench.forget();
    register(&mut bench, true).await.unwrap();

    assert!(
        matches!(&error, ActionError::NotAllowed(text) if text.contains("`user:default/jane`") && text.contains("403")),
        "{error}"
    );
    assert!(bench.log().contains("Nothing was registered: Backstage lets `user:default/jane` not do this"));
    assert_eq!(double.locations(), [] as [&str; 0]);
}

#[tokio::test]
async fn what_only_this_service_can_read_stays_in_its_own_store() {
    let double = BackstageDouble::start().await;
    let mut bench = janes_bench(&double).await;
    let file = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: demo }\n\
                spec: { type: service, lifecycle: production, owner: team-a }\n";
    bench.repository("demo", &[("catalog-info.yaml", file)]).await;
    let url = "https://github.com/acme/demo/tree/main/catalog-info.yaml";

    bench.step("catalog:register", json!({ "catalogInfoUrl": url })).await.unwrap();

    assert_eq!(bench.outputs["entityRef"], "component:default/demo");
    assert!(bench.capabilities.entities.get("component:default/demo").await.unwrap().is_some());
    assert_eq!(double.lines(), [] as [&str; 0]);
}

#[tokio::test]
async fn a_repository_of_the_local_forge_that_has_pages_is_registered_in_backstage() {
    let double = BackstageDouble::start().await;
    let mut bench = janes_bench(&double).await;
    let home = tempfile::tempdir().unwrap();
    let forge = Arc::new(LocalForge::new(home.path()).shown_at(["127.0.0.1:7009"]));
    let slug = RepoSlug { host: "127.0.0.1:7009".to_owned(), ..slug("demo") };
    let new = NewRepository {
        description: None,
        homepage: None,
        visibility: Visibility::Private,
        default_branch: "main".to_owned(),
        settings: serde_json::Map::new(),
        created_by: bench.run.task_id,
    };
    let base = forge.create(&slug, &new).await.unwrap().contents_url;
    bench.capabilities.forges = Forges::new().with("127.0.0.1:7009", forge);
    let url = "http://127.0.0.1:7009/acme/demo/tree/main/catalog-info.yaml";
    double.has_file(url, &[entity("Component", "demo")]);

    bench.step("catalog:register", json!({ "repoContentsUrl": base })).await.unwrap();

    assert_eq!(double.locations(), [url]);
    assert_eq!(bench.capabilities.entities.list().await.unwrap(), []);
}

#[tokio::test]
async fn a_server_that_is_no_backstage_is_named_as_a_wrong_setting() {
    let double = BackstageDouble::start().await;
    let settings = config::Backstage { base_url: format!("{}/portal", double.url), ..double.settings() };
    let mut bench = with_settings(settings).await;

    let error =
        bench.step("catalog:fetch", json!({ "entityRef": "a:b", "optional": true })).await.unwrap_err();

    assert!(
        matches!(&error, ActionError::Input(text) if text.contains("does `backstage.base_url` name the backend?")),
        "{error}"
    );
}
