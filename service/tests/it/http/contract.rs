//! The contract with Backstage's clients, as data: files of requests and what they are answered.
//!
//! `contract.json` is ours; `recorded.json` holds what a stock Backstage answered (see [`super::recorded`]).
//! Cases run in order against one server; a case may keep a value of its answer under a name, and later cases
//! write the name in braces (`{last}` is the last event seen). How to write an expected body:
//!
//! - `"<uuid>"`, `"<text>"`, `"<int>"`, `"<bool>"`, `"<time>"`, `"<time?>"` (or null) and `"<any>"` stand for values;
//! - a key with `?` behind it may be missing; with `"…": true` an object may have more keys;
//! - `["…", x]` is a list of at least one element, each of them `x`;
//! - `"<<name>>"` is the part of that name in the file's `parts`.
//!
//! `error` is short for Backstage's error body; `stream` looks at an event stream, `events` at every event of a
//! stream or a long poll, `log` at every line of a dry run; `drain` runs waiting jobs while the request is under
//! way, `meanwhile` sends another request; `absent` is a text that must not be anywhere in the answer.

mod compare;

use std::collections::BTreeMap;
use std::path::PathBuf;

use reqwest::{Client, Method, RequestBuilder, header};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use self::compare::{compare, compare_events, compare_log, filled};
use crate::support::app::TestApp;

/// Templates that our own cases use; give this folder to the server as its only source.
pub(crate) fn templates() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/http/templates")
}

/// A file of cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cases {
    /// Values that cases name.
    #[serde(default)]
    parts: Map<String, Value>,
    /// In order.
    pub(crate) cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// Numbers of the recordings that it holds the service to.
    #[serde(default)]
    pub(crate) recordings: Vec<u16>,
    /// What differs from them on purpose, and why.
    pub(crate) differs: Option<String>,
    pub(crate) request: String,
    status: u16,
    caller: Option<String>,
    #[serde(default)]
    send: BTreeMap<String, String>,
    json: Option<Value>,
    text: Option<String>,
    large: Option<usize>,
    #[serde(default)]
    drain: bool,
    worker: Option<Worker>,
    meanwhile: Option<Meanwhile>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Value>,
    error: Option<(String, String)>,
    stream: Option<Stream>,
    events: Option<Events>,
    log: Option<Value>,
    #[serde(default)]
    empty: bool,
    absent: Option<String>,
    #[serde(default)]
    keep: BTreeMap<String, String>,
}

/// What becomes of the worker before the request.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Worker {
    Start,
    Stop,
}

/// A request beside the case's own, for answers that wait for something.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Meanwhile {
    request: String,
    json: Option<Value>,
    status: u16,
    body: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stream {
    first: Option<Value>,
    every: Value,
    last: Value,
}

/// Every event, as `[type, body]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Events {
    task: String,
    /// Whether ids may be missing between them, as that of a completion that a new attempt took back.
    #[serde(default)]
    gaps: bool,
    list: Value,
}

pub(crate) type Kept = BTreeMap<String, String>;

/// A server under contract.
pub(crate) struct Session<'a> {
    app: &'a TestApp,
    client: Client,
    base_url: String,
    working: Option<CancellationToken>,
    kept: Kept,
}

impl<'a> Session<'a> {
    /// `token`s are told apart by the callers' names: `contract-token`, `guest-token` and
    /// `service-token`.
    pub(crate) fn new(app: &'a TestApp, base_url: &str) -> Self {
        // Needed by the client although it speaks plain HTTP here; another test may have done it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().build().unwrap();
        Self { app, client, base_url: base_url.to_owned(), working: None, kept: Kept::new() }
    }

    /// Runs every case and gives back what did not fit.
    pub(crate) async fn run(&mut self, file: Cases) -> Vec<String> {
        let mut faults = Vec::new();
        for mut case in file.cases {
            for value in [&mut case.json, &mut case.body, &mut case.log].into_iter().flatten() {
                insert_parts(value, &file.parts);
            }
            if let Some(events) = &mut case.events {
                insert_parts(&mut events.list, &file.parts);
            }
            for fault in self.case(&case).await {
                faults.push(format!("{}: {fault}", case.name));
            }
        }
        self.stop();
        faults
    }

    fn stop(&mut self) {
        self.working.take().inspect(CancellationToken::cancel);
    }

    async fn case(&mut self, case: &Case) -> Vec<String> {
        match case.worker {
            Some(Worker::Start) => self.working = Some(self.app.work()),
            Some(Worker::Stop) => self.stop(),
            None => {}
        }
        let answering = fetch(self.build(case));
        let mut faults = Vec::new();
        let answer = match &case.meanwhile {
            Some(meanwhile) => {
                let request = self.request(&meanwhile.request, meanwhile.json.as_ref(), None);
                let (answer, other) = tokio::join!(answering, fetch(request));
                if other.status != meanwhile.status {
                    faults
                        .push(format!("the other request is answered with {}: {}", other.status, other.text));
                }
                let found = serde_json::from_str(&other.text).unwrap_or_default();
                compare("/meanwhile", &meanwhile.body, &found, &self.kept, &mut faults);
                answer
            }
            None if case.drain => tokio::join!(answering, self.app.drain()).0,
            None => answering.await,
        };
        faults.extend(check(case, answer, &mut self.kept));
        faults
    }

    fn build(&self, case: &Case) -> RequestBuilder {
        let mut request = self.request(&case.request, case.json.as_ref(), case.caller.as_deref());
        for (name, value) in &case.send {
            request = request.header(name, value);
        }
        match (&case.text, case.large) {
            (Some(text), _) => request.body(text.clone()),
            (_, Some(bytes)) => request.body(vec![b' '; bytes]),
            _ => request,
        }
    }

    fn request(&self, line: &str, json: Option<&Value>, caller: Option<&str>) -> RequestBuilder {
        let (method, url) = line.split_once(' ').unwrap();
        let url = format!("{}{}", self.base_url, filled(url, &self.kept));
        let request = self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), url);
        let request = match caller {
            None => request.bearer_auth("contract-token"),
            Some("service") => request.bearer_auth("service-token"),
            Some("guest") => request.bearer_auth("guest-token"),
            Some("nobody") => request,
            Some("stranger") => request.bearer_auth("not-a-token-of-anybody"),
            Some("basic") => request.basic_auth("somebody", Some("password")),
            Some(other) => panic!("no caller `{other}`"),
        };
        match json {
            Some(json) => request.json(json),
            None => request,
        }
    }
}

/// Puts the file's parts where they are named; a list that a list names goes into it, member by member.
fn insert_parts(value: &mut Value, parts: &Map<String, Value>) {
    match value {
        Value::String(text) => {
            if let Some(part) = part_named(text, parts) {
                *value = part;
            }
        }
        Value::Array(items) => {
            let members: Vec<Value> = std::mem::take(items)
                .into_iter()
                .flat_map(|mut item| {
                    let named = item.as_str().is_some_and(|text| text.starts_with("<<"));
                    insert_parts(&mut item, parts);
                    match item {
                        Value::Array(members) if named => members,
                        item => vec![item],
                    }
                })
                .collect();
            *items = members;
        }
        Value::Object(members) => members.values_mut().for_each(|member| insert_parts(member, parts)),
        _ => {}
    }
}

fn part_named(text: &str, parts: &Map<String, Value>) -> Option<Value> {
    let name = text.strip_prefix("<<")?.strip_suffix(">>")?;
    let mut part = parts.get(name).unwrap_or_else(|| panic!("no part `{name}`")).clone();
    insert_parts(&mut part, parts);
    Some(part)
}

struct Answer {
    /// Of the request.
    query: String,
    status: u16,
    headers: header::HeaderMap,
    text: String,
}

async fn fetch(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let query = response.url().query().unwrap_or_default().to_owned();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { query, status, headers, text: response.text().await.unwrap() }
}

fn check(case: &Case, answer: Answer, kept: &mut Kept) -> Vec<String> {
    let mut faults = Vec::new();
    if answer.status != case.status {
        faults.push(format!("status {} instead of {}: {}", answer.status, case.status, answer.text));
        return faults;
    }
    for (name, expected) in &case.headers {
        let found: Vec<&str> =
            answer.headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
        if found.join(", ") != *expected {
            faults.push(format!("header {name} is `{}` instead of `{expected}`", found.join(", ")));
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
    if let Some(events) = &case.events {
        check_events(events, &answer, kept, &mut faults);
    }
    let mut found = serde_json::from_str(&answer.text).unwrap_or_else(|_| Value::String(answer.text.clone()));
    if let Some(expected) = &case.log {
        let log = found.as_object_mut().and_then(|body| body.remove("log")).unwrap_or_default();
        let (expected, log) = (expected.as_array().unwrap(), log.as_array().cloned().unwrap_or_default());
        compare_log(expected, &log, kept, &mut faults);
    }
    if let Some(expected) = expected_body(case, kept) {
        compare("", &expected, &found, kept, &mut faults);
        for (name, pointer) in &case.keep {
            let value =
                found.pointer(pointer).map(|value| value.as_str().map_or(value.to_string(), str::to_owned));
            kept.insert(name.clone(), value.unwrap_or_else(|| panic!("{}: nothing at {pointer}", case.name)));
        }
    }
    faults
}

fn expected_body(case: &Case, kept: &Kept) -> Option<Value> {
    let Some((name, message)) = &case.error else { return case.body.clone() };
    let (method, url) = case.request.split_once(' ').unwrap();
    let url =
        url.strip_prefix("/api/scaffolder").or_else(|| url.strip_prefix("/api/stagecraft")).unwrap_or(url);
    Some(json!({
        "error": { "name": name, "message": message },
        "request": { "method": method, "url": filled(url, kept) },
        "response": { "statusCode": case.status },
    }))
}

/// The events of a stream; faults where a frame is not `event`, `data` and `id` of one event.
fn frames(text: &str, faults: &mut Vec<String>) -> Vec<Value> {
    let mut events = Vec::new();
    for frame in text.split("\n\n").filter(|frame| !frame.is_empty()) {
        let lines: Vec<&str> = frame.lines().filter(|line| !line.starts_with(':')).collect();
        let field = |name: &str| lines.iter().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        let Ok(event) = serde_json::from_str::<Value>(field("data: ")) else {
            faults.push(format!("a frame without data: {frame}"));
            continue;
        };
        if field("event: ") != event["type"] || event["id"].as_i64() != field("id: ").parse().ok() {
            faults.push(format!("a frame whose event or id is not its data's: {frame}"));
        }
        if lines.len() != 3 {
            faults.push(format!("a frame with more than event, data and id: {frame}"));
        }
        events.push(event);
    }
    events
}

fn check_events(expected: &Events, answer: &Answer, kept: &mut Kept, faults: &mut Vec<String>) {
    let after: i64 = answer.query.strip_prefix("after=").map_or(0, |after| after.parse().unwrap());
    let events = match serde_json::from_str::<Value>(&answer.text) {
        Ok(Value::Array(events)) => events,
        _ => frames(&answer.text, faults),
    };
    compare_events(&expected.task, expected.list.as_array().unwrap(), &events, kept, faults);
    let ids: Vec<i64> = events.iter().filter_map(|event| event["id"].as_i64()).collect();
    let fits = if expected.gaps {
        ids.first() == Some(&(after + 1)) && ids.is_sorted_by(|one, next| one < next)
    } else {
        ids.iter().copied().eq((after + 1..).take(events.len()))
    };
    if !fits {
        faults.push(format!("the ids of the events behind {after} are {ids:?}"));
    }
    kept.insert("last".to_owned(), ids.last().copied().unwrap_or_default().to_string());
}

fn check_stream(expected: &Stream, text: &str, kept: &Kept, faults: &mut Vec<String>) {
    let events = frames(text, faults);
    for event in &events {
        compare("/event", &expected.every, event, kept, faults);
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
