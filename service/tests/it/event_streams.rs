//! Many event streams at once: each tells everything, none costs more than its connection, and no more are open
//! than the settings say.

use std::io::{BufRead, BufReader};
use std::process::Child;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};

use crate::cli::program::Program;
use crate::support::app::TestApp;

const STREAMS: usize = 200;
/// What is waited for at most, on a machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(60);

const WAIT: &str = "steps: [{ id: wait, action: debug:wait, input: { minutes: 10 } }]";
const TALK: &str = "\
steps:
  - id: talk
    each: [1, 2, 3, 4, 5, 6, 7, 8]
    action: debug:log
    input: { message: \"says ${{ each.value }}\" }
  - { id: pause, action: debug:wait, input: { milliseconds: 50 } }
  - { id: end, action: debug:log, input: { message: that was it } }";

/// `stagecraft serve` as a process of its own, whose handles and memory are its own too.
struct Server {
    process: Child,
    base: String,
    client: Client,
    _program: Program,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    fn new() -> Self {
        let program = Program::new();
        program.template("wait", WAIT);
        program.template("talk", TALK);
        program.write(
            "site.yaml",
            "data_dir: data\nworker: { concurrency: 1 }\ntemplates: { sources: [wait, talk] }\n",
        );
        let mut process = program.start(&["serve", "--config", "site.yaml", "--listen", "127.0.0.1:0"]);
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines().map(Result::unwrap);
        let ready = lines.find(|line| line.contains("ready at http://")).expect("it becomes ready");
        // What it says later is read, or it would stop to be able to say it.
        std::thread::spawn(move || lines.count());
        let base = ready.split_once("ready at ").unwrap().1.split(' ').next().unwrap().to_owned();
        Self { process, base, client: client(), _program: program }
    }

    async fn create(&self, template: &str) -> String {
        let body = json!({ "templateRef": format!("template:default/{template}"), "values": {} });
        let request = self.client.post(format!("{}/v2/tasks", self.base)).body(body.to_string());
        let answer = request.header("content-type", "application/json").send().await.unwrap();
        let answer: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        answer["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    async fn stream(&self, task: &str) -> Response {
        self.client.get(format!("{}/v2/tasks/{task}/eventstream", self.base)).send().await.unwrap()
    }

    async fn cancel(&self, task: &str) {
        let answer = self.client.post(format!("{}/v2/tasks/{task}/cancel", self.base)).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    /// How many streams the server counts as open.
    async fn open(&self) -> usize {
        let address = self.base.replace("/api/scaffolder", "/metrics");
        let text = self.client.get(address).send().await.unwrap().text().await.unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("stagecraft_event_streams_open "));
        line.unwrap().parse().unwrap()
    }

    async fn until_open(&self, count: usize) {
        let deadline = Instant::now() + PATIENCE;
        while self.open().await != count {
            assert!(Instant::now() < deadline, "{} streams are open, not {count}", self.open().await);
        }
    }

    fn handles(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.process.id())).unwrap().count()
    }

    fn resident_kilobytes(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

/// A client that keeps no connection for later.
fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap()
}

/// The ids of a stream's events, and its last type.
fn told(text: &str) -> (Vec<i64>, &str) {
    let ids =
        text.lines().filter_map(|line| line.strip_prefix("id: ")).map(|id| id.parse().unwrap()).collect();
    let last = text.lines().filter_map(|line| line.strip_prefix("event: ")).next_back();
    (ids, last.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_streams_all_tell_everything_and_cost_a_connection_each() {
    let server = Server::new();
    // The only place for a task is taken, so that nothing happens until every stream is open.
    let blocking = server.create("wait").await;
    let task = server.create("talk").await;
    let (handles, kilobytes) = (server.handles(), server.resident_kilobytes());

    let streams = join_all((0..STREAMS).map(|_| server.stream(&task))).await;
    server.until_open(STREAMS).await;
    let (more_handles, more_kilobytes) =
        (server.handles() - handles, server.resident_kilobytes() - kilobytes);
    server.cancel(&blocking).await;
    let texts =
        tokio::time::timeout(PATIENCE, join_all(streams.into_iter().map(Response::text))).await.unwrap();

    let (expected, last) = (told(texts[0].as_ref().unwrap()).0, "completion");
    assert!(
        expected.len() > 15 && expected == (1..).take(expected.len()).collect::<Vec<i64>>(),
        "{expected:?}"
    );
    for text in texts {
        assert_eq!(told(&text.unwrap()), (expected.clone(), last));
    }
    assert!(more_handles <= STREAMS + 10, "{more_handles} handles for {STREAMS} streams");
    assert!(more_kilobytes < STREAMS * 128, "{more_kilobytes} kB for {STREAMS} streams");
    server.until_open(0).await;
    let deadline = Instant::now() + PATIENCE;
    while server.handles() > handles + 10 {
        assert!(Instant::now() < deadline, "{} handles are left open, {handles} at first", server.handles());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_too_many_is_told_to_come_back() {
    let app = TestApp::on(stagecraft::db::Engine::Sqlite, &[("SERVER__MAX_EVENT_STREAMS", "2")]).await;
    app.template("talk", TALK, &[]).await;
    let task = app.create("talk", json!({})).await;
    let (base, stop) = app.serve().await;
    let client = client();
    let open = || client.get(format!("{base}/api/scaffolder/v2/tasks/{task}/eventstream")).send();
    let (first, _second) = (open().await.unwrap(), open().await.unwrap());

    let third = open().await.unwrap();

    assert_eq!(third.status(), StatusCode::SERVICE_UNAVAILABLE);
    let body: Value = serde_json::from_str(&third.text().await.unwrap()).unwrap();
    assert_eq!(body["error"]["name"], "ServiceUnavailableError");
    assert!(body["error"]["message"].as_str().unwrap().contains("`server.max_event_streams`"), "{body}");

    drop(first);
    let deadline = Instant::now() + PATIENCE;
    while open().await.unwrap().status() != StatusCode::OK {
        assert!(Instant::now() < deadline, "the place of a stream that was closed is not free");
    }
    stop.cancel();
}

/// Reads a stream until one of its events is of this kind; gives what was read.
async fn read_to(stream: &mut Response, kind: &str) -> String {
    let mut text = String::new();
    while !text.contains(&format!("event: {kind}\n")) || !text.ends_with("\n\n") {
        text.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
    }
    text
}

#[tokio::test]
async fn the_stream_of_a_task_that_can_be_started_over_waits_for_the_retry() {
    let app = TestApp::new().await;
    let spec = "EXPERIMENTAL_recovery: { EXPERIMENTAL_strategy: startOver }\n\
                steps: [{ id: read, action: 'catalog:fetch', input: { entityRef: 'component:default/late' } }]";
    app.template("late", spec, &[]).await;
    let task = app.run("late", json!({})).await;
    let (base, stop) = app.serve().await;
    let client = client();
    let address = format!("{base}/api/scaffolder/v2/tasks/{task}");
    let mut stream = client.get(format!("{address}/eventstream")).send().await.unwrap();

    let first = read_to(&mut stream, "completion").await;
    let retried = client.post(format!("{address}/retry")).json(&json!({})).send().await.unwrap().status();
    let second = read_to(&mut stream, "recovered").await;
    app.drain().await;
    let third = read_to(&mut stream, "completion").await;

    assert!(first.contains("\"isTaskRecoverable\":true"), "{first}");
    assert_eq!(retried, StatusCode::CREATED);
    let (ids, _) = told(&(first + &second + &third));
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");

    let last = ids.last().unwrap();
    let again = client.get(format!("{address}/eventstream?after={last}")).send();
    let told_again = read_to(&mut again.await.unwrap(), "completion").await;
    assert!(told_again.contains(&format!("\nid: {last}\n")), "{told_again}");
    stop.cancel();
}
