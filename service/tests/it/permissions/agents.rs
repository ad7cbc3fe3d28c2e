//! The scaffolder in Backstage's actions registry: what agents are offered, what they get, and what they are refused.

use reqwest::Method;
use serde_json::{Value, json};
use stagecraft::template::parameters::validate_against;

use super::{OWN_SERVICE, Site};
use crate::support::policy::{Policy, plain};

const ACTIONS: &str = "/api/scaffolder/.backstage/actions/v1/actions";

/// A template that can be tried out, with these steps.
fn template(steps: &str) -> String {
    format!(
        "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {{ name: posted }}\nspec:\n  type: service\n  \
         parameters: {{ properties: {{ name: {{ type: string, maxLength: 3 }} }} }}\n  steps: {steps}\n"
    )
}

fn say() -> String {
    template("[{ id: say, action: 'debug:log', input: { message: 'hi ${{ parameters.name }}' } }]")
}

async fn invoke(site: &Site, user: &str, action: &str, input: Value) -> (u16, Value) {
    site.post(user, &format!("{ACTIONS}/scaffolder:{action}/invoke"), &input).await
}

/// The output of an action, which fits its schema.
async fn output(site: &Site, action: &str, input: Value) -> Value {
    let (status, body) = invoke(site, "jane", action, input).await;
    assert_eq!(status, 200, "{body}");
    let offered = site.get("jane", ACTIONS).await.1;
    let actions = offered["actions"].as_array().unwrap();
    let offered = actions.iter().find(|offered| offered["name"] == action).unwrap();
    assert_eq!(validate_against(&offered["schema"]["output"], &body["output"]), Ok(()), "{body}");
    body["output"].clone()
}

#[tokio::test]
async fn every_action_that_is_offered_is_there() {
    let site = Site::new().await;

    let offered = site.get("jane", ACTIONS).await.1;

    for action in offered["actions"].as_array().unwrap() {
        let name = action["name"].as_str().unwrap();
        assert_eq!(action["id"], format!("scaffolder:{name}"));
        let (status, body) = invoke(&site, "jane", name, json!({})).await;
        assert_ne!(status, 404, "{body}");
    }
    assert_eq!(offered["actions"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_dry_run_that_the_caller_may_not_make_is_as_one_that_does_not_exist() {
    let site =
        Site::with(Policy::new(|_, permission| plain(permission != "scaffolder.template.dry-run"))).await;
    let missing = |name: &str| json!({ "name": "NotFoundError", "message": format!("Action \"scaffolder:{name}\" not found") });

    let offered = site.get("jane", ACTIONS).await.1.to_string();
    let (status, refused) = invoke(&site, "jane", "dry-run-template", json!({})).await;
    let (unknown_status, unknown) = invoke(&site, "jane", "drink-coffee", json!({})).await;

    assert!(offered.contains("execute-template") && !offered.contains("dry-run-template"), "{offered}");
    assert_eq!((status, &refused["error"]), (404, &missing("dry-run-template")));
    assert_eq!((unknown_status, &unknown["error"]), (404, &missing("drink-coffee")));
}

#[tokio::test]
async fn an_input_that_its_schema_does_not_allow_begins_nothing() {
    let site = Site::new().await;
    let wrapped = "/api/scaffolder/.backstage/actions/v2/actions/scaffolder:list-scaffolder-tasks/invoke";

    for (action, input, part) in [
        ("list-scaffolder-tasks", json!({ "limit": 0 }), "input.limit must"),
        ("list-scaffolder-tasks", json!({ "status": "lost" }), "input.status"),
        ("list-scaffolder-tasks", json!({ "status": [] }), "input.status"),
        ("list-scaffolder-tasks", json!({ "onwed": true }), "onwed"),
        ("list-scaffolder-tasks", json!({ "offset": 1e12 }), "cannot be read"),
        ("list-scaffolder-tasks", json!([]), "input is not of a type(s) object"),
        ("execute-template", json!({ "templateRef": "say" }), "\"values\""),
        (
            "execute-template",
            json!({ "templateRef": "say", "values": {}, "secrets": { "a": 1 } }),
            "input.secrets.a",
        ),
        ("get-scaffolder-task-logs", json!({ "taskId": 1 }), "input.taskId"),
        ("dry-run-template", json!({ "templateYaml": "", "files": [{ "path": "a" }] }), "input.files[0]"),
    ] {
        let (status, body) = invoke(&site, "jane", action, input).await;
        assert_eq!(status, 400, "{body}");
        assert!(body["error"]["message"].as_str().unwrap().contains(part), "{part}: {body}");
    }
    for (body, part) in
        [(json!({}), "'input'"), (json!({ "input": {}, "secrets": {} }), "does not accept secrets")]
    {
        let (status, answer) = site.post("jane", wrapped, &body).await;
        assert_eq!(status, 400, "{answer}");
        assert!(answer.to_string().contains(part), "{answer}");
    }
    let tasks = site.get("jane", "/api/scaffolder/v2/tasks").await.1;
    assert_eq!(tasks["totalTasks"], 0);
}

#[tokio::test]
async fn tasks_of_ones_own_are_for_users_alone() {
    let site = Site::new().await;
    let hers = site.task_of(Some("jane"), "say", json!({ "name": "x" })).await;
    site.task_of(Some("joe"), "say", json!({ "name": "y" })).await;

    let all = output(&site, "list-scaffolder-tasks", json!({ "status": ["open", "failed"] })).await;
    let own = output(&site, "list-scaffolder-tasks", json!({ "owned": true, "status": "open" })).await;
    let path = format!("{ACTIONS}/scaffolder:list-scaffolder-tasks/invoke");
    let (status, body) =
        site.ask(Some(OWN_SERVICE), &Method::POST, &path, Some(&json!({ "owned": true }))).await;

    assert_eq!(all["totalTasks"], 2);
    assert_eq!((&own["totalTasks"], &own["tasks"][0]["id"]), (&json!(1), &json!(hers.to_string())));
    assert_eq!(own["tasks"][0]["spec"]["parameters"], json!({ "name": "x" }));
    assert_eq!(status, 403, "{body}");
    assert!(body.contains("Only a user has tasks of its own"), "{body}");
}

#[tokio::test]
async fn a_task_that_an_agent_runs_is_its_users_and_tells_its_log_from_an_event_on() {
    let site = Site::new().await;
    let input = json!({ "templateRef": "template:default/say", "values": { "name": "x" } });

    let task = output(&site, "execute-template", input).await["taskId"].clone();
    site.app.drain().await;

    let log = output(&site, "get-scaffolder-task-logs", json!({ "taskId": task })).await;
    let events = log["events"].as_array().unwrap();
    assert_eq!(events.last().unwrap()["type"], "completion");
    assert!(
        events.iter().any(|event| event["body"]["message"].as_str().unwrap().contains("hello x")),
        "{log}"
    );
    let known = json!({ "taskId": task, "after": events[0]["id"] });
    let rest = output(&site, "get-scaffolder-task-logs", known).await;
    assert_eq!(rest["events"].as_array().unwrap(), &events[1..]);
    let stored = site.get("jane", &format!("/api/scaffolder/v2/tasks/{}", task.as_str().unwrap())).await.1;
    assert_eq!(stored["createdBy"], "user:default/jane");
    assert_eq!(invoke(&site, "jane", "get-scaffolder-task-logs", json!({ "taskId": "none" })).await.0, 404);
}

#[tokio::test]
async fn an_agent_is_told_in_words_what_a_form_does_not_allow() {
    let site = Site::new().await;
    site.app.template("strict", "parameters: { required: [name] }\nsteps: []\n", &[]).await;

    let input = json!({ "templateRef": "strict", "values": {} });
    let (status, body) = invoke(&site, "jane", "execute-template", input).await;

    assert_eq!(status, 400, "{body}");
    assert_eq!(
        body["error"],
        json!({
            "name": "InputError",
            "message": "Values are not as the template asks: instance requires property \"name\"",
        })
    );
}

#[tokio::test]
async fn a_dry_run_of_an_agent_reads_the_files_beside_the_template() {
    let site = Site::new().await;
    let steps = "[{ id: f, action: 'fetch:template', input: { url: ./skeleton } }]";
    let files =
        json!([{ "path": "skeleton/ä.txt", "content": "ä" }, { "path": ".git/config", "content": "" }]);

    let output =
        output(&site, "dry-run-template", json!({ "templateYaml": template(steps), "files": files })).await;

    assert_eq!(output["valid"], true, "{output}");
    assert_eq!(output["steps"], json!([{ "id": "f", "name": "fetch:template", "action": "fetch:template" }]));
    assert!(output["log"].to_string().contains("Finished step f"), "{output}");
}

#[tokio::test]
async fn what_is_wrong_with_a_template_is_the_answer_of_its_dry_run() {
    let site = Site::new().await;

    for (yaml, values, message, part) in [
        ("a: [".to_owned(), json!({}), "The template is not a YAML object", "line"),
        ("- a".to_owned(), json!({}), "The template is not a YAML object", "[]"),
        (
            format!("{}---\n{}", say(), say()),
            json!({}),
            "The template is not a YAML object",
            "several documents",
        ),
        ("kind: Component".to_owned(), json!({}), "Input template is not a template", "not a template"),
        (say(), json!({ "name": "much" }), "Values are not as the template asks", "instance.name"),
        (
            template("[{ id: a, action: 'debug:log', input: { massage: hi } }]"),
            json!({}),
            "massage",
            "massage",
        ),
    ] {
        let output =
            output(&site, "dry-run-template", json!({ "templateYaml": yaml, "values": values })).await;
        assert_eq!(output["valid"], false, "{output}");
        assert!(output["message"].as_str().unwrap().contains(message), "{message}: {output}");
        assert!(output["errors"].to_string().contains(part), "{part}: {output}");
    }
    let unknown = template("[{ id: a, action: 'no:such' }]");
    let leading_out = json!({ "templateYaml": say(), "files": [{ "path": "../x", "content": "" }] });
    assert_eq!(invoke(&site, "jane", "dry-run-template", json!({ "templateYaml": unknown })).await.0, 404);
    assert_eq!(invoke(&site, "jane", "dry-run-template", leading_out).await.0, 403);
}
