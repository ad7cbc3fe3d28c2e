//! Whose tasks are seen: lists, their counts and orders, and single tasks, by one decision.

use serde_json::{Value, json};
use stagecraft::db::Engine;

use super::Site;
use crate::support::policy::{Policy, plain, rule, when};

const TYPE: &str = "scaffolder-task";

fn owned_by(users: &[&str]) -> Value {
    let refs: Vec<String> = users.iter().map(|user| format!("user:default/{user}")).collect();
    rule(TYPE, "IS_TASK_OWNER", json!({ "createdBy": refs }))
}

fn reads(conditions: Value) -> Policy {
    Policy::about("scaffolder.task.read", when(TYPE, conditions))
}

/// Two tasks of Ann, one of Bob, one of nobody; the ids of the list, sorted, and what each task answers.
async fn tasks(engine: Engine) -> (Site, Vec<(String, Option<&'static str>)>) {
    let site = Site::on(engine, &[]).await;
    let mut all = Vec::new();
    for user in [Some("ann"), Some("ann"), Some("bob"), None] {
        all.push((site.task_of(user, "say", json!({ "name": "x" })).await.to_string(), user));
    }
    (site, all)
}

fn ids(body: &Value) -> Vec<String> {
    let tasks = body["tasks"].as_array().unwrap_or_else(|| panic!("{body}"));
    let mut ids: Vec<String> = tasks.iter().map(|task| task["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

/// Backstage's list once left out a part of its decision (CVE-2026-106461): here list, count and each task agree.
async fn list_and_task_agree(engine: Engine) {
    let (site, all) = tasks(engine).await;
    let not = |inner: Value| json!({ "not": inner });
    let expected: [(Value, &[usize]); 9] = [
        (owned_by(&["ann"]), &[0, 1]),
        (owned_by(&["ann", "bob"]), &[0, 1, 2]),
        (owned_by(&[]), &[]),
        (owned_by(&["nobody"]), &[]),
        (not(owned_by(&["ann"])), &[2, 3]),
        (not(owned_by(&[])), &[0, 1, 2, 3]),
        (json!({ "anyOf": [owned_by(&["bob"]), not(owned_by(&["ann", "bob"]))] }), &[2, 3]),
        (json!({ "allOf": [owned_by(&["ann", "bob"]), not(owned_by(&["bob"]))] }), &[0, 1]),
        (not(json!({ "allOf": [owned_by(&["ann"]), not(owned_by(&["bob"]))] })), &[2, 3]),
    ];

    for (conditions, seen) in expected {
        site.double.decide(reads(conditions.clone()));
        let (status, list) = site.get("ann", "/api/scaffolder/v2/tasks").await;
        let mut wanted: Vec<String> = seen.iter().map(|index| all[*index].0.clone()).collect();
        wanted.sort();
        assert_eq!((status, ids(&list)), (200, wanted.clone()), "{conditions}");
        assert_eq!(list["totalTasks"], seen.len(), "{conditions}");
        for (id, _) in &all {
            let (status, _) = site.get("ann", &format!("/api/scaffolder/v2/tasks/{id}")).await;
            assert_eq!(status, if wanted.contains(id) { 200 } else { 403 }, "{conditions} {id}");
        }
    }
}

#[tokio::test]
async fn list_and_task_agree_on_sqlite() {
    list_and_task_agree(Engine::Sqlite).await;
}

#[tokio::test]
async fn list_and_task_agree_on_postgres() {
    list_and_task_agree(Engine::Postgres).await;
}

/// What is not seen leaves no trace in filters, pages, counts or orders.
async fn a_list_tells_nothing_of_the_others(engine: Engine) {
    let (site, all) = tasks(engine).await;
    site.double.decide(reads(owned_by(&["bob"])));
    let bobs = [all[2].0.clone()];

    for query in [
        "",
        "?limit=1",
        "?limit=1&offset=0",
        "?status=open",
        "?status=open&status=completed",
        "?createdBy=user:default/bob&createdBy=user:default/ann",
        "?order=asc:created_by",
        "?order=desc:created_by&order=asc:status",
        "?order=asc:created_at",
    ] {
        let (status, list) = site.get("bob", &format!("/api/scaffolder/v2/tasks{query}")).await;
        assert_eq!((status, ids(&list), &list["totalTasks"]), (200, bobs.to_vec(), &json!(1)), "{query}");
    }
    for query in ["?createdBy=user:default/ann", "?offset=1", "?limit=0", "?status=completed"] {
        let (status, list) = site.get("bob", &format!("/api/scaffolder/v2/tasks{query}")).await;
        let total = if query.contains("createdBy") || query.contains("status") { 0 } else { 1 };
        assert_eq!((status, ids(&list), &list["totalTasks"]), (200, vec![], &json!(total)), "{query}");
    }
}

#[tokio::test]
async fn a_list_tells_nothing_of_the_others_on_sqlite() {
    a_list_tells_nothing_of_the_others(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_list_tells_nothing_of_the_others_on_postgres() {
    a_list_tells_nothing_of_the_others(Engine::Postgres).await;
}

/// Sorting by any column once told what stood in it (CVE-2026-106506).
#[tokio::test]
async fn a_list_is_sorted_by_what_it_shows_alone() {
    let (site, _) = tasks(Engine::Sqlite).await;

    for field in ["secrets", "spec", "id", "created_by;--", "t.spec"] {
        let (status, body) = site.get("ann", &format!("/api/scaffolder/v2/tasks?order=asc:{field}")).await;
        assert_eq!(status, 400, "{field}: {body}");
    }
}

#[tokio::test]
async fn to_cancel_a_task_one_has_to_see_it() {
    let (site, all) = tasks(Engine::Sqlite).await;
    let cancel = format!("/api/scaffolder/v2/tasks/{}/cancel", all[0].0);

    site.double.decide(reads(owned_by(&["bob"])));
    assert_eq!(site.post("bob", &cancel, &json!({})).await.0, 403);
    site.double.decide(Policy::about("scaffolder.task.cancel", when(TYPE, owned_by(&["bob"]))));
    assert_eq!(site.post("bob", &cancel, &json!({})).await.0, 403);
    site.double.decide(Policy::allow());
    assert_eq!(site.post("bob", &cancel, &json!({})).await.0, 200);
}

#[tokio::test]
async fn a_rule_that_is_not_known_shows_nothing() {
    let (site, all) = tasks(Engine::Sqlite).await;
    site.double.decide(reads(json!({ "not": rule(TYPE, "IS_OLD", json!({})) })));

    assert_eq!(site.get("ann", "/api/scaffolder/v2/tasks").await.0, 403);
    assert_eq!(site.get("ann", &format!("/api/scaffolder/v2/tasks/{}", all[0].0)).await.0, 403);
}

/// What a task does is fixed when it is created: who may not have one of its steps run, may not start it over.
#[tokio::test]
async fn a_task_with_a_step_that_one_may_not_see_is_not_ones_to_retry() {
    let site = Site::new().await;
    let step = "steps:\n  - { id: a, action: 'debug:log', input: { message: hi }, 'backstage:permissions': { tags: [secret] } }\n";
    site.app.template("tagged", step, &[]).await;
    let task = site.task_of(Some("ann"), "tagged", json!({})).await;
    site.app.drain().await;
    let hidden = json!({ "not": rule("scaffolder-template", "HAS_TAG", json!({ "tag": "secret" })) });
    let retry = format!("/api/scaffolder/v2/tasks/{task}/retry");

    site.double.decide(Policy::about("scaffolder.template.step.read", when("scaffolder-template", hidden)));
    assert_eq!(site.post("bob", &retry, &json!({})).await.0, 403);
    site.double.decide(Policy::about("stagecraft.template.run", plain(false)));
    assert_eq!(site.post("bob", &retry, &json!({})).await.0, 403);
    site.double.decide(Policy::allow());
    assert_eq!(site.post("bob", &retry, &json!({})).await.0, 201);
}
