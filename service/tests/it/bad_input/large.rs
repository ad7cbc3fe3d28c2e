//! Templates that are too much: large, long, deep, without end. Each is answered, and clearly.

use serde_json::{Value, json};

use super::{Api, error_of};

fn template(spec: Value) -> Value {
    let mut template = json!({
        "apiVersion": "scaffolder.backstage.io/v1beta3",
        "kind": "Template",
        "metadata": { "name": "much" },
        "spec": { "type": "service" },
    });
    template["spec"].as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
    template
}

fn say(message: &str) -> Value {
    json!({ "action": "debug:log", "input": { "message": message } })
}

impl Api {
    /// The answers of both dry runs: Backstage's and our own.
    async fn tried(&self, template: &Value, values: &Value) -> [(u16, Value); 2] {
        let wish = json!({ "template": template, "values": values, "directoryContents": [] });
        [self.post("/v2/dry-run", &wish).await, self.post("/../stagecraft/v1/dry-run", &wish).await]
    }
}

#[tokio::test]
async fn a_template_just_below_the_limit_runs_and_one_above_is_refused() {
    let api = Api::new().await;
    let below = template(json!({ "steps": [say(&"x".repeat(10 * 1024 * 1024 - 4096))] }));
    let above = template(json!({ "steps": [say(&"x".repeat(10 * 1024 * 1024))] }));

    let (status, ran) = api.post("/../stagecraft/v1/dry-run", &json!({ "template": below })).await;
    let refused = api.tried(&above, &json!({})).await;

    assert_eq!((status, &ran["status"]), (200, &json!("completed")));
    for answer in refused {
        assert_eq!(error_of(&answer), (400, "InputError", "request entity too large"));
    }
}

#[tokio::test]
async fn ten_thousand_steps_run() {
    let api = Api::new().await;
    let steps: Vec<Value> = (0..10_000).map(|_| say("${{ steps['step-1'].output }}x")).collect();

    let [(stock, answer), (own, found)] = api.tried(&template(json!({ "steps": steps })), &json!({})).await;

    assert_eq!((stock, own), (200, 200));
    assert_eq!(answer["log"][0]["body"]["message"], "Starting up task with 10000 steps");
    assert_eq!(found["steps"].as_array().unwrap().len(), 10_000);
    assert_eq!(found["steps"][9_999]["end"], "ran");
}

#[tokio::test]
async fn ten_thousand_unknown_actions_are_told() {
    let api = Api::new().await;
    let steps: Vec<Value> = (0..10_000).map(|_| json!({ "action": "debug:logg" })).collect();

    let [stock, (status, found)] = api.tried(&template(json!({ "steps": steps })), &json!({})).await;

    assert_eq!(error_of(&stock).0, 404);
    assert_eq!((status, &found["status"]), (200, &json!("refused")));
    assert_eq!(found["problems"].as_array().unwrap().len(), 10_000);
}

#[tokio::test]
async fn two_thousand_levels_are_too_deep() {
    let api = Api::new().await;
    let deep = format!("{}{}", "[".repeat(2_000), "]".repeat(2_000));

    for route in ["/v2/dry-run", "/../stagecraft/v1/dry-run"] {
        let body = format!(r#"{{"template":{deep},"values":{{}},"directoryContents":[]}}"#);
        let answer = api.post_text(route, body).await;

        let (status, name, message) = error_of(&answer);
        assert_eq!((status, name), (400, "InputError"));
        assert!(message.contains("recursion limit exceeded"), "{message}");
    }
}

#[tokio::test]
async fn a_schema_that_refers_to_itself_without_end_is_refused() {
    let api = Api::new().await;
    let cyclic = json!({
        "properties": { "a": { "$ref": "#/definitions/x" } },
        "definitions": { "x": { "$ref": "#/definitions/y" }, "y": { "$ref": "#/definitions/x" } },
    });
    let doubling = json!({ "allOf": [{ "$ref": "#" }, { "$ref": "#" }] });

    for schema in [cyclic, doubling] {
        let template = template(json!({ "parameters": [schema], "steps": [say("x")] }));
        let [(stock, answer), (own, found)] = api.tried(&template, &json!({ "a": { "a": {} } })).await;

        let told = "cannot be checked: the schema is too large, or refers to itself without end";
        assert_eq!((stock, &answer["errors"][0]["message"]), (400, &json!(told)));
        assert_eq!((own, &found["problems"][0]["message"]), (200, &json!(told)));
    }
}

#[tokio::test]
async fn a_schema_that_describes_a_tree_is_followed_as_far_as_the_values_go() {
    let api = Api::new().await;
    let schema = json!({ "properties": { "name": { "type": "string" }, "child": { "$ref": "#" } } });
    let template = template(json!({ "parameters": [schema], "steps": [say("x")] }));

    let fine = api.tried(&template, &json!({ "child": { "child": { "name": "leaf" } } })).await;
    let wrong = api.tried(&template, &json!({ "child": { "child": { "name": 1 } } })).await;

    assert_eq!(fine.map(|(status, _)| status), [200, 200]);
    assert_eq!(wrong[0].1["errors"][0]["property"], "instance.child.child.name");
    assert_eq!(wrong[1].1["problems"][0]["at"], "values.child.child.name");
}
