//! What of a template may be seen, and which templates may be run.

use serde_json::{Value, json};
use stagecraft::task::TaskStatus;

use super::Site;
use crate::support::policy::{Policy, plain, rule, when};

const PART: &str = "scaffolder-template";
const WHOLE: &str = "stagecraft-template";

const TAGGED: &str = "
parameters:
  - title: Open
    required: [name]
    properties: { name: { type: string } }
  - title: Secret
    required: [budget]
    properties: { budget: { type: number } }
    backstage:permissions: { tags: [secret] }
steps:
  - { id: open, name: Open, action: 'debug:log', input: { message: 'name ${{ parameters.name }}' } }
  - id: secret
    name: Secret
    action: debug:log
    input: { message: 'budget ${{ parameters.budget }}' }
    backstage:permissions: { tags: [secret] }
";

fn not_secret() -> Value {
    when(PART, json!({ "not": rule(PART, "HAS_TAG", json!({ "tag": "secret" })) }))
}

async fn tagged(permission: &'static str) -> Site {
    let site = Site::new().await;
    site.app.template("tagged", TAGGED, &[]).await;
    site.double.decide(Policy::about(permission, not_secret()));
    site
}

fn schema(name: &str) -> String {
    format!("/api/scaffolder/v2/templates/default/template/{name}/parameter-schema")
}

#[tokio::test]
async fn a_page_that_may_not_be_seen_is_neither_shown_nor_asked_for() {
    let site = tagged("scaffolder.template.parameter.read").await;
    let create = json!({ "templateRef": "tagged", "values": { "name": "a" } });

    let (status, form) = site.get("jane", &schema("tagged")).await;
    assert_eq!(status, 200);
    assert_eq!(form["steps"].as_array().unwrap().len(), 1, "{form}");
    assert!(!form.to_string().contains("budget"), "{form}");
    assert_eq!(site.post("jane", "/api/scaffolder/v2/tasks", &create).await.0, 201);

    site.double.decide(Policy::allow());
    assert_eq!(site.get("jane", &schema("tagged")).await.1["steps"].as_array().unwrap().len(), 2);
    assert_eq!(site.post("jane", "/api/scaffolder/v2/tasks", &create).await.0, 400);
}

#[tokio::test]
async fn a_value_that_only_a_hidden_page_asks_for_is_not_taken() {
    let site = tagged("scaffolder.template.parameter.read").await;
    let values = json!({ "name": "a", "budget": "more than a number", "other": 1 });
    let create = json!({ "templateRef": "tagged", "values": values });

    let (status, made) = site.post("jane", "/api/scaffolder/v2/tasks", &create).await;

    assert_eq!(status, 201, "{made}");
    let task = site.app.task(made["id"].as_str().unwrap().parse().unwrap()).await;
    assert_eq!(task.spec.parameters, json!({ "name": "a", "other": 1 }));
}

#[tokio::test]
async fn a_step_that_may_not_be_seen_does_not_run() {
    let site = tagged("scaffolder.template.step.read").await;
    let values = json!({ "name": "a", "budget": 1 });

    let id = site.task_of(Some("jane"), "tagged", values.clone()).await;
    site.app.drain().await;

    assert_eq!(site.app.status(id).await, TaskStatus::Completed, "{:?}", site.app.messages(id).await);
    let messages = site.app.messages(id).await;
    assert!(messages.iter().any(|message| message == "name a"), "{messages:?}");
    assert!(!messages.iter().any(|message| message.contains("udget")), "{messages:?}");
    let steps = site.app.task(id).await.spec.steps;
    assert_eq!(steps.iter().map(|step| step.id.as_str()).collect::<Vec<_>>(), ["open"]);

    let trial = json!({ "templateRef": "tagged", "values": values });
    let (_, result) = site.post("jane", "/api/stagecraft/v1/dry-run", &trial).await;
    assert_eq!(result["steps"].as_array().unwrap().len(), 1, "{result}");
}

#[tokio::test]
async fn whoever_may_see_no_step_runs_a_task_without_any() {
    let site = tagged("scaffolder.template.step.read").await;
    site.double.decide(Policy::about("scaffolder.template.step.read", plain(false)));

    let id = site.task_of(Some("jane"), "tagged", json!({ "name": "a", "budget": 1 })).await;
    site.app.drain().await;

    assert_eq!(site.app.status(id).await, TaskStatus::Completed, "{:?}", site.app.messages(id).await);
    assert!(site.app.task(id).await.spec.steps.is_empty());
}

/// A site with templates `say`, `mine` (type `website`, tag `web`, owner `group:default/web`) and `broken`.
async fn with_rule(name: &'static str, params: Value) -> Site {
    let site = Site::new().await;
    let text = "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: { name: mine, tags: [web] }\nspec:\n  type: website\n  owner: web\n  steps: [{ id: a, action: 'debug:log', input: { message: hi } }]\n";
    crate::support::app::write(&site.app.templates().join("mine/template.yaml"), text);
    site.app.template("broken", "steps: 1\n", &[]).await;
    site.double.decide(Policy::about("stagecraft.template.run", when(WHOLE, rule(WHOLE, name, params))));
    site
}

async fn listed(site: &Site) -> Vec<String> {
    let (status, body) = site.get("jane", "/api/stagecraft/v1/templates").await;
    assert_eq!(status, 200, "{body}");
    let templates = body["templates"].as_array().unwrap();
    templates.iter().map(|template| template["entityRef"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_template_that_may_not_be_run_is_kept_from_its_caller_on_every_way() {
    let site = with_rule("HAS_TEMPLATE_REF", json!({ "templateRefs": ["Template:Mine"] })).await;

    assert_eq!(listed(&site).await, ["template:default/mine"]);
    for (name, form, create) in
        [("mine", 200, 201), ("say", 403, 403), ("broken", 403, 403), ("nope", 404, 404)]
    {
        assert_eq!(site.get("jane", &schema(name)).await.0, form, "{name}");
        let wish = json!({ "templateRef": name, "values": { "name": "x" } });
        assert_eq!(site.post("jane", "/api/scaffolder/v2/tasks", &wish).await.0, create, "{name}");
        let (status, result) = site.post("jane", "/api/stagecraft/v1/dry-run", &wish).await;
        assert_eq!(status, if create == 201 { 200 } else { create }, "{name}: {result}");
    }
}

#[tokio::test]
async fn templates_are_told_apart_by_tag_type_and_owner() {
    for (name, params) in [
        ("HAS_TAG", json!({ "tag": "web" })),
        ("HAS_TYPE", json!({ "type": "website" })),
        ("IS_OWNED_BY", json!({ "owners": ["group:default/web"] })),
        ("IS_OWNED_BY", json!({ "owners": ["Web", "other"] })),
    ] {
        assert_eq!(listed(&with_rule(name, params).await).await, ["template:default/mine"], "{name}");
    }
    for (name, params) in [
        ("HAS_TAG", json!({ "tag": "we" })),
        ("HAS_TYPE", json!({ "type": "web" })),
        ("IS_OWNED_BY", json!({ "owners": ["user:default/web"] })),
        ("HAS_TEMPLATE_REF", json!({ "templateRefs": [] })),
        ("HAS_NAME", json!({ "name": "mine" })),
    ] {
        assert!(listed(&with_rule(name, params).await).await.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn names_of_templates_that_may_not_be_run_are_not_hinted_at() {
    let site = with_rule("HAS_TEMPLATE_REF", json!({ "templateRefs": ["mine"] })).await;

    let (status, body) = site.get("jane", &schema("sya")).await;

    assert_eq!(status, 404);
    assert!(!body.to_string().contains("default/say"), "{body}");
}

#[tokio::test]
async fn whoever_may_run_no_template_is_told_the_same_of_all_names() {
    let site = Site::with(Policy::about("stagecraft.template.run", plain(false))).await;

    let mut answers = Vec::new();
    for name in ["say", "nope"] {
        let (status, body) = site.get("jane", &schema(name)).await;
        answers.push((status, body["error"].clone()));
    }

    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].0, 403);
}
