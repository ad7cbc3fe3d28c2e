use axum::body::Body;
use axum::http::HeaderValue;
use serde_json::json;

use super::*;

fn request(media_type: Option<&'static str>, body: impl Into<Body>) -> Request {
    let mut request = Request::new(body.into());
    if let Some(media_type) = media_type {
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    request
}

async fn extract(request: Request) -> Result<Value, String> {
    JsonBody::from_request(request, &BodyLimit(32)).await.map(|body| body.0).map_err(|error| error.for_log())
}

async fn extract_optional(request: Request) -> Result<Option<Value>, String> {
    OptionalJsonBody::from_request(request, &BodyLimit(32))
        .await
        .map(|body| body.0)
        .map_err(|error| error.for_log())
}

fn fault<T>(result: Result<T, ApiError>) -> String {
    result.err().unwrap().for_log()
}

#[tokio::test]
async fn json_is_read_whatever_parameters_its_media_type_has() {
    let body = extract(request(Some("application/JSON; charset=utf-8"), "{\"a\":1}")).await;

    assert_eq!(body, Ok(json!({ "a": 1 })));
}

#[tokio::test]
async fn another_media_type_is_named() {
    assert_eq!(
        extract(request(Some("text/plain"), "hello")).await,
        Err("unsupported media type text/plain".to_owned())
    );
    assert_eq!(extract(request(None, "")).await, Err("unsupported media type undefined".to_owned()));
}

#[tokio::test]
async fn json_that_breaks_off_is_told_in_backstages_words() {
    let body = extract(request(Some("application/json"), "{\"templateRef\":")).await;

    assert_eq!(body, Err("Unexpected end of JSON input".to_owned()));
}

#[tokio::test]
async fn a_body_at_the_limit_is_read_and_one_above_is_not() {
    let at = format!("\"{}\"", "x".repeat(30));
    let above = format!("\"{}\"", "x".repeat(31));

    assert!(extract(request(Some("application/json"), at)).await.is_ok());
    assert_eq!(
        extract(request(Some("application/json"), above)).await,
        Err("request entity too large".to_owned())
    );
}

#[tokio::test]
async fn an_empty_json_body_is_an_empty_object() {
    assert_eq!(extract(request(Some("application/json"), "")).await, Ok(json!({})));
}

#[tokio::test]
async fn an_optional_body_may_be_left_out_but_not_be_something_else() {
    assert_eq!(extract_optional(request(None, "")).await, Ok(None));
    assert_eq!(extract_optional(request(Some("application/json"), "{}")).await, Ok(Some(json!({}))));
    assert!(extract_optional(request(Some("text/plain"), "x")).await.is_err());
}

#[test]
fn the_first_missing_name_is_told() {
    let fault = fault(Fields::of_body(json!({ "values": {} }), &["templateRef", "values"]));

    assert_eq!(fault, "request/body must have required property 'templateRef'");
}

#[test]
fn a_body_that_is_no_object_is_told() {
    assert_eq!(fault(Fields::of_body(json!([]), &["values"])), "request/body must be object");
}

#[test]
fn a_field_of_another_type_is_named_with_the_type_it_must_have() {
    let mut fields =
        Fields::of_body(json!({ "values": [], "templateRef": 1, "secrets": { "key": 1 } }), &[]).unwrap();

    assert_eq!(fault(fields.object("values")), "request/body/values must be object");
    assert_eq!(fault(fields.text("templateRef")), "request/body/templateRef must be string");
    assert_eq!(fault(fields.texts("secrets")), "request/body/secrets/key must be string");
}

#[test]
fn texts_may_be_left_out() {
    let mut fields = Fields::of_body(json!({}), &[]).unwrap();

    assert!(fields.texts("secrets").unwrap().is_empty());
}
