//! What becomes of deliveries, however often they come.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use stagecraft::db::Engine;

use super::{Desk, push};

#[tokio::test]
async fn a_push_is_planned_once_and_told() {
    let desk = Desk::new().await;

    let (status, answer) = desk.deliver("11", "push", &push("shop")).await;
    assert_eq!((status, answer), (202, json!({ "id": "11", "repeated": false })));
    assert_eq!(desk.outcome("11").await["state"], "received", "it is kept before it is planned");
    assert_eq!(desk.plan().await, 1);

    let outcome = desk.outcome("11").await;
    assert_eq!((&outcome["state"], &outcome["about"]), (&json!("planned"), &json!("acme/shop")));
    let repository = json!({ "host": "github.com", "owner": "acme", "name": "shop" });
    let commit = push("shop")["after"].clone();
    assert_eq!(outcome["changes"], json!([{ "kind": "read", "repository": repository, "commit": commit }]));
    assert_eq!(desk.jobs().await, 1);
    assert_eq!(desk.plan().await, 0);
}

async fn a_delivery_that_comes_a_hundred_times_at_once_has_one_effect(engine: Engine) {
    let desk = Desk::on(engine, json!({})).await;
    let payload = push("shop");

    let sent = (0..100).map(|_| desk.deliver("12", "push", &payload));
    let answers = futures_util::future::join_all(sent).await;
    desk.plan().await;

    assert!(answers.iter().all(|(status, _)| *status == 202), "{answers:?}");
    let first = answers.iter().filter(|(_, answer)| answer["repeated"] == false).count();
    assert_eq!(first, 1);
    assert_eq!(desk.outcome("12").await["repeats"], 99);
    assert_eq!((desk.kept().await, desk.jobs().await), (1, 1));
}

#[tokio::test]
async fn a_delivery_that_comes_a_hundred_times_at_once_has_one_effect_on_sqlite() {
    a_delivery_that_comes_a_hundred_times_at_once_has_one_effect(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_delivery_that_comes_a_hundred_times_at_once_has_one_effect_on_postgres() {
    a_delivery_that_comes_a_hundred_times_at_once_has_one_effect(Engine::Postgres).await;
}

#[tokio::test]
async fn many_pushes_to_one_repository_are_one_job() {
    let desk = Desk::on(Engine::Postgres, json!({})).await;
    for number in 0..20 {
        let name = if number % 2 == 0 { "shop" } else { "Till" };
        desk.deliver(&format!("2{number}"), "push", &push(name)).await;
    }

    assert_eq!(desk.plan().await, 20);

    assert_eq!(desk.jobs().await, 2);
}

#[tokio::test]
async fn what_is_planned_by_several_processes_at_once_is_planned_once() {
    let desk = Desk::on(Engine::Postgres, json!({})).await;
    for number in 0..150 {
        desk.deliver(&format!("3{number}"), "push", &push(&format!("shop-{number}"))).await;
    }

    let planned = futures_util::future::join_all((0..4).map(|_| desk.plan())).await;

    assert_eq!(planned.iter().sum::<usize>(), 150);
    assert_eq!(desk.jobs().await, 150);
}

#[tokio::test]
async fn what_nobody_uses_is_ignored_with_its_reason() {
    let desk = Desk::new().await;
    desk.deliver("41", "ping", &json!({ "zen": "Keep it logically awesome." })).await;
    desk.deliver("42", "star", &json!({ "action": "created" })).await;
    desk.deliver("43", "an_event_of_the_future", &json!({})).await;

    desk.plan().await;

    for (id, said) in [("41", "they do"), ("42", "`star` events"), ("43", "`an_event_of_the_future` events")]
    {
        let outcome = desk.outcome(id).await;
        assert_eq!(outcome["state"], "ignored");
        assert!(outcome["reason"].as_str().unwrap().contains(said), "{outcome}");
    }
    let (status, answer) = desk.tell("deliveries/41/replay", &json!({})).await;
    assert_eq!((status, &answer["error"]["name"]), (409, &json!("ConflictError")), "{answer}");
}

#[tokio::test]
async fn a_planned_delivery_can_be_done_again_and_a_failed_one_planned_anew() {
    let desk = Desk::new().await;
    desk.deliver("51", "push", &push("shop")).await;
    desk.send("52", "push", b"nonsense").await;
    assert_eq!(desk.tell("deliveries/51/replay", &json!({})).await.0, 409, "it waits anyway");
    desk.plan().await;
    let queue = &desk.site.app.app.queue;
    queue.claim(stagecraft::catalog::CHANGE_JOB, "here").await.unwrap().unwrap();

    let (again, _) = desk.tell("deliveries/51/replay", &json!({})).await;
    let (anew, delivery) = desk.tell("deliveries/52/replay", &json!({})).await;

    assert_eq!((again, anew), (200, 200));
    assert_eq!(delivery["state"], "received");
    assert_eq!(desk.plan().await, 1);
    assert_eq!(desk.outcome("52").await["state"], "failed");
    assert_eq!(desk.tell("deliveries/none/replay", &json!({})).await.0, 404);
}

#[tokio::test]
async fn a_failed_delivery_that_comes_again_is_planned_as_it_comes_now() {
    let desk = Desk::new().await;
    desk.send("61", "push", b"nonsense").await;
    desk.plan().await;

    let (_, answer) = desk.deliver("61", "push", &push("shop")).await;
    desk.plan().await;

    assert_eq!(answer["repeated"], true);
    assert_eq!(desk.outcome("61").await["state"], "planned");
    assert_eq!(desk.jobs().await, 1);
}

async fn deliveries_are_listed_page_by_page_newest_first(engine: Engine) {
    let desk = Desk::on(engine, json!({})).await;
    for number in 0..7 {
        desk.deliver(&format!("7{number}"), "push", &push(&format!("shop-{}", number % 2))).await;
    }
    desk.deliver("ping", "ping", &json!({})).await;
    desk.plan().await;

    let (mut seen, mut path) = (Vec::new(), "deliveries?limit=3".to_owned());
    loop {
        let (_, page) = desk.get(&path).await;
        seen.extend(page["deliveries"].as_array().unwrap().iter().map(|one| one["id"].clone()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("deliveries?limit=3&before={next}");
    }

    assert_eq!(seen, ["ping", "76", "75", "74", "73", "72", "71", "70"].map(Value::from));
    for (filter, count) in [
        ("state=ignored", 1),
        ("state=planned", 7),
        ("event=ping", 1),
        ("about=acme/shop-1", 3),
        ("about=acme/shop-1&event=ping", 0),
    ] {
        let (_, page) = desk.get(&format!("deliveries?{filter}")).await;
        assert_eq!(page["deliveries"].as_array().unwrap().len(), count, "{filter}");
    }
    for wrong in ["state=lost", "limit=0", "limit=201", "stats=x", "state=failed&state=planned"] {
        assert_eq!(desk.get(&format!("deliveries?{wrong}")).await.0, 400, "{wrong}");
    }
}

#[tokio::test]
async fn deliveries_are_listed_page_by_page_newest_first_on_sqlite() {
    deliveries_are_listed_page_by_page_newest_first(Engine::Sqlite).await;
}

#[tokio::test]
async fn deliveries_are_listed_page_by_page_newest_first_on_postgres() {
    deliveries_are_listed_page_by_page_newest_first(Engine::Postgres).await;
}

#[tokio::test]
async fn what_is_kept_outlives_the_process_and_is_planned_by_the_next() {
    let desk = Desk::new().await;
    desk.deliver("81", "push", &push("shop")).await;
    let Desk { site, _stop, .. } = desk;

    let app = site.app.reopened().await;

    assert_eq!(app.app.webhooks.plan_waiting().await.unwrap(), 1);
    assert_eq!(app.app.queue.counts().await.unwrap().ready, 1);
}

#[tokio::test]
async fn what_waits_and_what_came_stands_in_the_numbers() {
    let desk = Desk::new().await;
    desk.deliver("91", "push", &push("shop")).await;
    desk.deliver("91", "push", &push("shop")).await;
    desk.send("92", "push", b"nonsense").await;
    desk.plan().await;
    desk.deliver("93", "ping", &json!({})).await;

    let text = desk.client.get(format!("{}/metrics", desk.base)).send().await.unwrap().text().await.unwrap();

    let lines: BTreeSet<&str> = text.lines().collect();
    for line in [
        r#"stagecraft_deliveries{event="push",outcome="received"} 2"#,
        r#"stagecraft_deliveries{event="push",outcome="repeated"} 1"#,
        r#"stagecraft_deliveries{event="push",outcome="planned"} 1"#,
        r#"stagecraft_deliveries{event="push",outcome="failed"} 1"#,
        "stagecraft_deliveries_waiting 1",
        "stagecraft_deliveries_failed 1",
        "stagecraft_catalog_changes_waiting 1",
    ] {
        assert!(lines.contains(line), "{line}: {text}");
    }
}
