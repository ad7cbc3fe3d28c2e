//! Humanitec: an application is made once, whatever happens, and what goes wrong says what to do.

use serde_json::{Value, json};
use stagecraft::action::ActionError;
use stagecraft::db::Engine;
use stagecraft::humanitec::Humanitec;
use stagecraft::task::TaskStatus;

use crate::recovery::dies_after;
use crate::support::app::{TestApp, jane};
use crate::support::bench::Bench;
use crate::support::humanitec::{HumanitecDouble, TOKEN, Trouble};

const ACTION: &str = "humanitec:app:create";

async fn bench() -> (Bench, HumanitecDouble) {
    let double = HumanitecDouble::start().await;
    let mut bench = Bench::new().await;
    bench.capabilities.humanitec = Humanitec::from_settings(&double.settings()).unwrap();
    (bench, double)
}

fn shop() -> Value {
    json!({ "id": "shop", "environments": [{ "id": "dev", "type": "development" }, { "id": "prod", "type": "production" }] })
}

fn made() -> Option<Vec<(String, String)>> {
    Some(vec![("dev".to_owned(), "development".to_owned()), ("prod".to_owned(), "production".to_owned())])
}

fn posts(double: &HumanitecDouble) -> usize {
    double.lines().iter().filter(|line| line.starts_with("POST")).count()
}

#[tokio::test]
async fn an_application_is_made_with_its_environments() {
    let (mut bench, double) = bench().await;

    bench.step(ACTION, shop()).await.unwrap();

    assert_eq!(double.environments("shop"), made());
    assert_eq!(bench.outputs["created"], true);
    double.was_asked_rightly();
}

#[tokio::test]
async fn without_environments_humanitec_makes_its_own() {
    let (mut bench, double) = bench().await;

    bench.step(ACTION, json!({ "id": "shop" })).await.unwrap();

    assert_eq!(double.environments("shop").unwrap().len(), 1);
    double.was_asked_rightly();
}

#[tokio::test]
async fn an_application_that_was_there_is_taken_only_where_that_is_said() {
    let (mut bench, double) = bench().await;

    let refused = bench.step(ACTION, json!({ "id": "orders" })).await.unwrap_err();
    assert!(
        matches!(&refused, ActionError::Conflict(message) if message.contains("`useExisting: true`")),
        "{refused}"
    );

    bench.as_another_task();
    bench.step(ACTION, json!({ "id": "orders", "useExisting": true })).await.unwrap();
    assert_eq!(bench.outputs["created"], false);
    assert_eq!(posts(&double), 0);

    bench.as_another_task();
    let wrong = json!({ "id": "orders", "useExisting": true, "environments": [{ "id": "development", "type": "production" }] });
    let refused = bench.step(ACTION, wrong).await.unwrap_err().to_string();
    assert!(refused.contains("is of type `development` and not `production`"), "{refused}");
    double.was_asked_rightly();
}

#[tokio::test]
async fn one_that_is_removed_by_hand_is_made_by_the_retry() {
    let (mut bench, double) = bench().await;
    double.make("shop", "shop");
    bench.step(ACTION, shop()).await.unwrap_err();

    double.remove("shop");
    bench.step(ACTION, shop()).await.unwrap();

    assert_eq!(double.environments("shop"), made());
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_application() {
    let (mut bench, double) = bench().await;
    double.has(Trouble::LosesAnswers);

    bench.step(ACTION, shop()).await.unwrap();

    assert_eq!((double.environments("shop"), posts(&double)), (made(), 2));
    double.was_asked_rightly();
}

#[tokio::test]
async fn whoever_was_faster_is_told() {
    let (mut bench, double) = bench().await;
    double.has(Trouble::Refuses(1));
    bench.step(ACTION, shop()).await.unwrap_err();
    double.has(Trouble::None);
    double.make("shop", "Somebody's shop");

    let refused = bench.step(ACTION, shop()).await.unwrap_err().to_string();

    assert!(refused.contains("somebody else has made") && refused.contains("`Somebody's shop`"), "{refused}");
    assert_eq!(posts(&double), 0);
}

#[tokio::test]
async fn what_goes_wrong_says_what_to_do_and_no_token() {
    let cases = [
        (Trouble::Refuses(0), "NotAllowedError", "set it as `humanitec.token`, and retry the task"),
        (Trouble::ReadsOnly, "NotAllowedError", "may not do this in `acme`: give it a role"),
        (Trouble::Down, "ServiceUnavailableError", "status 503"),
        (Trouble::Redirects, "InputError", "is `humanitec.base_url` right?"),
    ];
    for (trouble, name, part) in cases {
        let (mut bench, double) = bench().await;
        double.has(trouble);

        let error = bench.step(ACTION, shop()).await.unwrap_err();

        assert_eq!(error.name(), name, "{trouble:?}");
        assert!(
            error.to_string().contains(part) && !error.to_string().contains(TOKEN),
            "{trouble:?}: {error}"
        );
        assert_eq!(double.environments("shop"), None, "{trouble:?}");
    }
}

#[tokio::test]
async fn bad_input_is_refused_before_anything_is_asked() {
    let (mut bench, double) = bench().await;

    for (input, part) in [
        (json!({ "id": "Shop" }), "does not match pattern"),
        (json!({ "id": "../x" }), "does not match pattern"),
        (json!({ "id": "a".repeat(51) }), "maximum length"),
        (
            json!({ "id": "a", "environments": [{ "id": "a", "type": "x" }, { "id": "a", "type": "y" }] }),
            "has `a` twice",
        ),
        (json!({ "id": "a", "token": "x" }), "token"),
    ] {
        let refused = bench.step(ACTION, input.clone()).await.unwrap_err().to_string();
        assert!(refused.contains(part), "{input}: {refused}");
    }

    assert_eq!(double.lines(), [""; 0]);
}

const TEMPLATE: &str = r#"
steps:
  - id: orchestrate
    name: Orchestrate
    action: humanitec:app:create
    input:
      id: ${{ parameters.name }}
      environments:
        - { id: dev, type: development }
        - { id: prod, type: production }
output: { app: '${{ steps.orchestrate.output.applicationId }}' }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_is_killed_anywhere_makes_one_application() {
    let double = HumanitecDouble::start().await;
    let app = TestApp::on(Engine::Sqlite, &double.variables()).await;
    app.template("shop", TEMPLATE, &[]).await;
    for waits in 0.. {
        let name = format!("shop-{waits}");
        let before = posts(&double);
        let id = app.create("shop", json!({ "name": name })).await;

        let ended = dies_after(&app, waits).await;
        while !app.status(id).await.is_terminal() {
            app.drain().await;
        }

        assert_eq!(app.status(id).await, TaskStatus::Completed, "{waits}: {:#?}", app.messages(id).await);
        assert_eq!(double.environments(&name), made(), "{waits}");
        assert!(posts(&double) - before <= 3, "{waits}: {:#?}", double.lines());
        if ended {
            assert!(waits > 4, "only {waits} deaths");
            break;
        }
    }
    double.was_asked_rightly();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_refused_in_mid_task_leaves_a_task_that_can_be_retried() {
    let double = HumanitecDouble::start().await;
    let app = TestApp::on(Engine::Sqlite, &double.variables()).await;
    app.template("shop", TEMPLATE, &[]).await;
    // The application is made; its second environment is not.
    double.has(Trouble::Refuses(5));

    let id = app.run("shop", json!({ "name": "shop" })).await;
    let (_, message) = app.failure(id).await;
    assert!(message.contains("the token is not taken") && !message.contains(TOKEN), "{message}");
    assert_eq!(double.environments("shop").unwrap().len(), 1);

    double.has(Trouble::None);
    app.app.tasks.retry(id, serde_json::Map::new(), &jane()).await.unwrap();
    app.drain().await;

    assert_eq!(app.status(id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
    // The one that was refused is the third.
    assert_eq!((double.environments("shop"), posts(&double)), (made(), 3));
}

#[tokio::test]
async fn a_template_that_needs_humanitec_is_refused_where_there_is_none() {
    let app = TestApp::new().await;
    app.template("shop", TEMPLATE, &[]).await;

    let refused = app.try_create("shop", json!({ "name": "shop" }), json!({})).await.unwrap_err().to_string();

    assert!(refused.contains("set `humanitec.organization` and `humanitec.token`"), "{refused}");
}

#[tokio::test]
async fn a_template_that_may_need_humanitec_runs_where_there_is_none_as_long_as_it_does_not() {
    let app = TestApp::new().await;
    let step = "    action: humanitec:app:create\n";
    let chosen = format!("{step}    if: ${{{{ parameters.orchestrator === 'humanitec' }}}}\n");
    app.template("shop", &TEMPLATE.replace(step, &chosen), &[]).await;

    let without = app.run("shop", json!({ "name": "shop", "orchestrator": "kubernetes" })).await;
    let with = app.run("shop", json!({ "name": "shop", "orchestrator": "humanitec" })).await;

    assert_eq!(app.status(without).await, TaskStatus::Completed, "{:#?}", app.messages(without).await);
    let (_, message) = app.failure(with).await;
    assert!(message.contains("set `humanitec.organization` and `humanitec.token`"), "{message}");
}
