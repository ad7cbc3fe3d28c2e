//! The contract with Backstage's clients, as data: `contract.json` holds requests and what they are answered.
//!
//! Cases run in order against one server that has the templates of [`templates`]; a case may keep a value of
//! its answer under a name, and later cases write the name in braces. How to write an expected body:
//!
//! - `"<uuid>"`, `"<text>"`, `"<int>"`, `"<bool>"`, `"<time>"`, `"<time?>"` (or null) and `"<any>"` stand for values;
//! - a key with `?` behind it may be missing; with `"…": true` an object may have more keys;
//! - `["…", x]` is a list of at least one element, each of them `x`.
//!
//! `error` is short for Backstage's error body, `stream` looks at an event stream, `drain` runs waiting jobs
//! while the request is under way, `absent` is a text that must not be anywhere in the answer.

use std::collections::BTreeMap;
use std::path::PathBuf;

use reqwest::{Client, Method, RequestBuilder, header};
use serde::Deserialize;
use serde_json::{Value, json};

/// Templates that the cases use; give this folder to the server as its only source.
pub(crate) fn templates() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/http/templates")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    request: String,
    status: u16,
    caller: Option<String>,
    #[serde(default)]
    send: BTreeMap<String, String>,
    json: Option<Value>,
    text: Option<String>,
    large: Option<usize>,
    #[serde(default)]
    drain: bool,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Value>,
    error: Option<(String, String)>,
    stream: Option<Stream>,
    #[serde(default)]
    empty: bool,
    absent: Option<String>,
    #[serde(default)]
    keep: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stream {
    first: Option<Value>,
    every: Value,
    last: Value,
}

type Kept = BTreeMap<String, String>;

/// Runs every case against the server at `base_url` and gives back what did not fit. `drain` runs waiting jobs
/// until there are none; with a worker at work it has nothing to do.
pub(crate) async fn run_contract(base_url: &str, token: &str, drain: impl AsyncFn()) -> Vec<String> {
    // Needed by the client although it speaks plain HTTP here; another test may have done it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().no_proxy().build().unwrap();
    let cases: Vec<Case> = serde_json::from_str(include_str!("contract.json")).unwrap();
    let mut kept = Kept::new();
    let mut faults = Vec::new();
    for case in cases {
        let request = build(&client, base_url, token, &case, &kept);
        let answered =
            async { if case.drain { tokio::join!(fetch(request), drain()).0 } else { fetch(request).await } };
        for fault in check(&case, answered.await, &mut kept) {
            faults.push(format!("{}: {fault}", case.name));
        }
    }
    faults
}

struct Answer {
    status: u16,
    headers: header::HeaderMap,
    text: String,
}

async fn fetch(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, text: response.text().await.unwrap() }
}

fn build(client: &Client, base_url: &str, token: &str, case: &Case, kept: &Kept) -> RequestBuilder {
    let (method, url) = case.request.split_once(' ').unwrap();
    let mut request = client
        .request(Method::from_bytes(method.as_bytes()).unwrap(), format!("{base_url}{}", filled(url, kept)));
    request = match case.caller.as_deref() {
        None => request.bearer_auth(token),
        Some("nobody") => request,
        Some("stranger") => request.bearer_auth("not-a-token-of-anybody"),
        Some("basic") => request.basic_auth("somebody", Some("password")),
        Some(other) => panic!("no caller `{other}`"),
    };
    for (name, value) in &case.send {
        request = request.header(name, value);
    }
    match (&case.json, &case.text, case.large) {
        (Some(json), _, _) => request.json(json),
        (_, Some(text), _) => request.body(text.clone()),
        (_, _, Some(bytes)) => request.body(vec![b' '; bytes]),
        _ => request,
    }
}

fn check(case: &Case, answer: Answer, kept: &mut Kept) -> Vec<String> {
    let mut faults = Vec::new();
    if answer.status != case.status {
        faults.push(format!("status {} instead of {}: {}", answer.status, case.status, answer.text));
        return faults;
    }
    for (name, expected) in &case.headers {
        let found = answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if found != expected {
            faults.push(format!("header {name} is `{found}` instead of `{expected}`"));
        }
    }
    if case.empty && !answer.text.is_empty() {
        faults.push(format!("a body where none was expected: {}", answer.text));
    }
    if let Some(absent) = case.absent.as_deref().filter(|absent| answer.text.contains(*absent)) {
        faults.push(format!("`{absent}` is in the answer"));
    }
    if let Some(stream) = &case.stream {
        check_stream(stream, &answer.text, kept, &mut faults);
    }
    if let Some(expected) = expected_body(case) {
        let found = serde_json::from_str(&answer.text).unwrap_or(Value::String(answer.text));
        compare("", &expected, &found, kept, &mut faults);
        for (name, pointer) in &case.keep {
            let value =
                found.pointer(pointer).map(|value| value.as_str().map_or(value.to_string(), str::to_owned));
            kept.insert(name.clone(), value.unwrap_or_else(|| panic!("{}: nothing at {pointer}", case.name)));
        }
    }
    faults
}

fn expected_body(case: &Case) -> Option<Value> {
    let Some((name, message)) = &case.error else { return case.body.clone() };
    let (method, url) = case.request.split_once(' ').unwrap();
    let url =
        url.strip_prefix("/api/scaffolder").or_else(|| url.strip_prefix("/api/stagecraft")).unwrap_or(url);
    Some(json!({
        "error": { "name": name, "message": message },
        "request": { "method": method, "url": url },
        "response": { "statusCode": case.status },
    }))
}

fn check_stream(expected: &Stream, text: &str, kept: &Kept, faults: &mut Vec<String>) {
    let frames: Vec<&str> = text.split("\n\n").filter(|frame| !frame.is_empty()).collect();
    let mut events = Vec::new();
    for frame in frames {
        let lines: Vec<&str> = frame.lines().filter(|line| !line.starts_with(':')).collect();
        let field = |name: &str| lines.iter().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        let Ok(event) = serde_json::from_str::<Value>(field("data: ")) else {
            faults.push(format!("a frame without data: {frame}"));
            continue;
        };
        if field("event: ") != event["type"] || event["id"].as_i64() != field("id: ").parse().ok() {
            faults.push(format!("a frame whose event or id is not its data's: {frame}"));
        }
        compare("/event", &expected.every, &event, kept, faults);
        events.push(event);
    }
    if let (Some(expected), Some(found)) = (&expected.first, events.first()) {
        compare("/first", expected, found, kept, faults);
    }
    match events.last() {
        Some(found) => compare("/last", &expected.last, found, kept, faults),
        None => faults.push("no event".to_owned()),
    }
    if !events.is_sorted_by_key(|event| event["id"].as_i64()) {
        faults.push("events are not in order".to_owned());
    }
}

fn filled(text: &str, kept: &Kept) -> String {
    kept.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

fn compare(place: &str, expected: &Value, found: &Value, kept: &Kept, faults: &mut Vec<String>) {
    match (expected, found) {
        (Value::String(expected), found) => {
            let expected = filled(expected, kept);
            if !stands_for(&expected, found) {
                faults.push(format!("{place} is {found} instead of `{expected}`"));
            }
        }
        (Value::Object(expected), Value::Object(found)) => {
            let mut known = Vec::new();
            for (key, expected) in expected.iter().filter(|(key, _)| *key != "…") {
                let name = key.strip_suffix('?').unwrap_or(key);
                known.push(name);
                match found.get(name) {
                    Some(found) => compare(&format!("{place}/{name}"), expected, found, kept, faults),
                    None if name != key => {}
                    None => faults.push(format!("{place}/{name} is missing")),
                }
            }
            let open = expected.contains_key("…");
            for key in found.keys().filter(|key| !open && !known.contains(&key.as_str())) {
                faults.push(format!("{place}/{key} is one too many"));
            }
        }
        (Value::Array(expected), Value::Array(found)) => match expected.as_slice() {
            [Value::String(dots), each] if dots == "…" => {
                if found.is_empty() {
                    faults.push(format!("{place} is empty"));
                }
                for (position, found) in found.iter().enumerate() {
                    compare(&format!("{place}/{position}"), each, found, kept, faults);
                }
            }
            expected if expected.len() == found.len() => {
                for (position, (expected, found)) in expected.iter().zip(found).enumerate() {
                    compare(&format!("{place}/{position}"), expected, found, kept, faults);
                }
            }
            expected => faults.push(format!(
                "{place} has {} elements instead of {}: {found:?}",
                found.len(),
                expected.len()
            )),
        },
        (expected, found) if expected == found => {}
        (expected, found) => faults.push(format!("{place} is {found} instead of {expected}")),
    }
}

fn stands_for(expected: &str, found: &Value) -> bool {
    let is = |test: fn(&str) -> bool| found.as_str().is_some_and(test);
    match expected {
        "<any>" => true,
        "<text>" => found.is_string(),
        "<int>" => found.is_i64(),
        "<bool>" => found.is_boolean(),
        "<uuid>" => is(|text| uuid::Uuid::parse_str(text).is_ok()),
        "<time>" => is(is_time),
        "<time?>" => found.is_null() || is(is_time),
        text => found == text,
    }
}

/// `2026-11-23T03:19:51.000Z`
fn is_time(text: &str) -> bool {
    let form = "dddd-dd-ddTdd:dd:dd.dddZ";
    text.len() == form.len()
        && text
            .chars()
            .zip(form.chars())
            .all(|(found, form)| if form == 'd' { found.is_ascii_digit() } else { found == form })
}

#[test]
fn a_body_that_differs_is_told_with_its_place() {
    let expected = json!({ "id": "<uuid>", "list": ["…", { "n": "<int>", "x?": 1 }], "open": { "…": true } });
    let found =
        json!({ "id": "no", "list": [{ "n": 1 }, { "n": "2", "y": 1 }], "open": { "a": 1 }, "more": 1 });
    let mut faults = Vec::new();

    compare("", &expected, &found, &Kept::new(), &mut faults);

    let places: Vec<&str> = faults.iter().map(|fault| fault.split(' ').next().unwrap()).collect();
    assert_eq!(places, ["/id", "/list/1/n", "/list/1/y", "/more"]);
}

#[test]
fn a_body_that_fits_is_fine() {
    let expected = json!({ "at": "<time>", "never": "<time?>", "ref": "task {id}", "list": [1] });
    let found = json!({ "at": "2026-11-23T03:19:51.000Z", "never": null, "ref": "task 7", "list": [1] });
    let kept = Kept::from([("id".to_owned(), "7".to_owned())]);
    let mut faults = Vec::new();

    compare("", &expected, &found, &kept, &mut faults);

    assert_eq!(faults, Vec::<String>::new());
}
