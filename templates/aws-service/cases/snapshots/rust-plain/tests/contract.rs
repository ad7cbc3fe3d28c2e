//! What `openapi.json` promises is what the routes do: each operation is asked with its example,
//! and has to answer with a status and a body that stand there.

use axum::{
    body::Body,
    http::{Request, header::CONTENT_TYPE},
};
use http_body_util::BodyExt;
use serde_json::{Map, Value};
use service::app::{App, router};
use tower::ServiceExt;

async fn app() -> App {
    App {}
}

/// What `$ref` names, or the value itself.
fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document.pointer(&reference[1..]).expect(reference),
        None => value,
    }
}

/// Whether a value is as a schema says, as far as this document's schemas go.
fn fits(document: &Value, schema: &Value, value: &Value) -> bool {
    let schema = resolve(document, schema);
    match schema["type"].as_str() {
        Some("object") => value.as_object().is_some_and(|object| {
            let properties = &schema["properties"];
            let required = schema["required"].as_array().into_iter().flatten();
            required.map(|name| name.as_str().unwrap()).all(|name| object.contains_key(name))
                && object.iter().all(|(name, value)| fits(document, &properties[name], value))
        }),
        Some("array") => value.as_array().is_some_and(|elements| {
            elements.iter().all(|element| fits(document, &schema["items"], element))
        }),
        Some("integer") => value.is_i64(),
        Some("string") => value.is_string(),
        _ => false,
    }
}

fn request(document: &Value, path: &str, method: &str, operation: &Value) -> Request<Body> {
    let mut path = path.to_owned();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let parameter = resolve(document, parameter);
        let name = parameter["name"].as_str().unwrap();
        let example = parameter["example"].as_str().unwrap();
        path = path.replace(&format!("{{{name}}}"), example);
    }
    let request = Request::builder().method(method.to_uppercase().as_str()).uri(path);
    match operation["requestBody"]["content"].as_object().and_then(|content| content.iter().next())
    {
        Some((kind, content)) => {
            let example = &content["example"];
            let body = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
            request.header(CONTENT_TYPE, kind).body(Body::from(body)).unwrap()
        }
        None => request.body(Body::empty()).unwrap(),
    }
}

#[tokio::test]
async fn every_operation_answers_as_described() {
    let document: Value = serde_json::from_str(include_str!("../openapi.json")).unwrap();
    let app = app().await;
    let none = Map::new();
    let mut operations = 0;

    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let asked = request(&document, path, method, operation);
            let answer = router(app.clone()).oneshot(asked).await.unwrap();

            let place = format!("{method} {path}: {}", answer.status());
            let described = resolve(&document, &operation["responses"][answer.status().as_str()]);
            assert!(described.is_object(), "{place} is not described");
            let kind = answer.headers().get(CONTENT_TYPE).cloned();
            let body = answer.into_body().collect().await.unwrap().to_bytes();
            match described["content"].as_object().unwrap_or(&none).iter().next() {
                None => assert!(body.is_empty(), "{place}: {body:?}"),
                Some((expected, content)) => {
                    let kind = kind.expect(&place);
                    let kind = kind.to_str().unwrap();
                    assert!(kind.starts_with(expected.as_str()), "{place}: {kind}");
                    if expected == "application/json" {
                        let body: Value = serde_json::from_slice(&body).unwrap();
                        assert!(fits(&document, &content["schema"], &body), "{place}: {body}");
                    }
                }
            }
            operations += 1;
        }
    }

    assert!(operations > 3, "only {operations} operations were asked");
}
