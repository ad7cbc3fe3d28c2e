//! The doors of the preview's page: who may ask, what is answered, and what is refused.

use std::net::SocketAddr;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use stagecraft::http;
use tokio_util::sync::CancellationToken;
use tokio_util::sync::DropGuard;

use crate::support::preview::Stage;

/// A page that is served.
struct Served {
    stage: Stage,
    address: SocketAddr,
    client: reqwest::Client,
    _stop: DropGuard,
}

impl Served {
    async fn new() -> Self {
        let stage = Stage::shown().await;
        let stop = CancellationToken::new();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = http::preview_router(stage.preview.clone(), address, stop.clone());
        tokio::spawn(http::serve(listener, router, stop.clone()));
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { stage, address, client, _stop: stop.drop_guard() }
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Response {
        let mut request = self.client.request(method, format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        match body {
            Some(body) => request.body(body).send().await.unwrap(),
            None => request.send().await.unwrap(),
        }
    }

    async fn get(&self, path: &str) -> Response {
        self.ask(Method::GET, path, &[], None).await
    }

    async fn post(&self, path: &str, body: &[u8]) -> Response {
        self.ask(Method::POST, path, &[("content-type", "application/json")], Some(body.to_vec())).await
    }
}

async fn body(response: Response) -> Value {
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

#[tokio::test]
async fn the_page_and_its_files_are_served_under_a_strict_policy() {
    let served = Served::new().await;

    for (path, media_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/preview.js", "text/javascript; charset=utf-8"),
        ("/preview.css", "text/css; charset=utf-8"),
        ("/icon.svg", "image/svg+xml"),
        ("/licences.txt", "text/plain; charset=utf-8"),
    ] {
        let response = served.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(response.headers()["content-type"], media_type, "{path}");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff", "{path}");
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
    }
}

#[tokio::test]
async fn the_state_tells_form_values_steps_and_files() {
    let served = Served::new().await;

    let state = body(served.get("/api/state").await).await;

    assert_eq!(state["template"]["ref"], "template:default/demo");
    assert_eq!(state["template"]["form"]["steps"][0]["title"], "About");
    assert_eq!(state["values"], json!({"name": "orders", "port": 8080}));
    assert_eq!(state["case"], "small");
    assert_eq!(state["run"]["steps"][0]["end"], "ran");
    let files: Vec<&Value> =
        state["run"]["files"].as_array().unwrap().iter().map(|file| &file["path"]).collect();
    assert_eq!(files, ["README.md", "src/port.txt"]);
}

#[tokio::test]
async fn a_file_comes_with_its_text_and_its_diff() {
    let served = Served::new().await;
    served.stage.write("skeleton/README.md", "# ${{ values.name }}!\n");
    served.stage.look().await;

    let file = body(served.get("/api/file?path=README.md").await).await;

    assert_eq!(file["text"], "# orders!\n");
    let lines = json!([["-", "# orders"], ["+", "# orders!"]]);
    assert_eq!(file["diff"], json!({"kind": "lines", "hunks": [{"before": 1, "after": 1, "lines": lines}]}));
}

#[tokio::test]
async fn values_are_run_and_the_new_state_is_the_answer() {
    let served = Served::new().await;

    let state =
        body(served.post("/api/values", br#"{"values": {"name": "billing", "port": 1}}"#).await).await;

    assert_eq!(state["values"]["name"], "billing");
    assert_eq!(state["run"]["files"][0]["change"], "changed");
}

#[tokio::test]
async fn secrets_come_back_nowhere() {
    let served = Served::new().await;
    let sent = br#"{"values": {"name": "billing", "port": 1}, "secrets": {"token": "hunter22"}}"#;

    let answer = served.post("/api/values", sent).await.text().await.unwrap();
    let state = served.get("/api/state").await.text().await.unwrap();

    assert!(answer.contains("***"), "{answer}");
    assert!(!answer.contains("hunter22") && !state.contains("hunter22"));
}

#[tokio::test]
async fn a_case_is_chosen_and_one_that_is_not_there_is_refused() {
    let served = Served::new().await;

    let chosen = body(served.post("/api/case", br#"{"case": "big"}"#).await).await;
    let unknown = served.post("/api/case", br#"{"case": "nosuch"}"#).await;

    assert_eq!(chosen["values"]["name"], "billing");
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    assert_eq!(body(unknown).await["error"]["message"], "the template has no case `nosuch`");
}

#[tokio::test]
async fn the_stream_tells_where_things_stand_and_then_every_new_state() {
    let served = Served::new().await;
    let mut stream = served.get("/api/events").await;
    let mut next = async || String::from_utf8(stream.chunk().await.unwrap().unwrap().to_vec()).unwrap();

    let first = next().await;
    served.stage.write("skeleton/README.md", "new");
    served.stage.look().await;
    let second = next().await;

    let session = served.stage.preview.session();
    assert_eq!(first, format!("event: state\ndata: {session}/1\n\n"));
    assert_eq!(second, format!("event: state\ndata: {session}/2\n\n"));
}

#[tokio::test]
async fn other_names_of_the_server_and_other_websites_are_refused_everywhere() {
    let served = Served::new().await;
    let own = served.address.to_string();
    let foreign: [&[(&str, &str)]; 5] = [
        &[("host", "evil.example")],
        &[("host", "localhost")],
        &[("host", &own), ("origin", "http://evil.example")],
        &[("host", &own), ("origin", "null")],
        &[("host", &own), ("sec-fetch-site", "cross-site")],
    ];

    for headers in foreign {
        for (method, path) in [
            (Method::GET, "/"),
            (Method::GET, "/api/state"),
            (Method::GET, "/api/events"),
            (Method::POST, "/api/values"),
        ] {
            let response = served.ask(method, path, headers, None).await;
            assert_eq!(response.status(), StatusCode::FORBIDDEN, "{path} {headers:?}");
            assert!(!response.headers().contains_key("access-control-allow-origin"));
        }
    }
    assert_eq!(served.stage.preview.now().revision, 1);
}

#[tokio::test]
async fn what_a_form_of_another_site_could_send_is_no_json() {
    let served = Served::new().await;

    let headers = [("content-type", "text/plain")];
    let response =
        served.ask(Method::POST, "/api/values", &headers, Some(br#"{"values":{}}"#.to_vec())).await;

    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(served.stage.preview.now().revision, 1);
}

#[tokio::test]
async fn requests_that_make_no_sense_are_refused_and_change_nothing() {
    let served = Served::new().await;
    let huge = format!(r#"{{"values": {{"name": "{}"}}}}"#, "x".repeat(2 * 1024 * 1024));
    let deep = format!(r#"{{"values": {{"name": {}1{}}}}}"#, "[".repeat(5_000), "]".repeat(5_000));
    for sent in [
        "",
        "[]",
        "{",
        r#"{"values": 1}"#,
        r#"{"values": null}"#,
        r#"{"values": {}, "secrets": {"a": 1}}"#,
        &huge,
        &deep,
    ] {
        let status = served.post("/api/values", sent.as_bytes()).await.status();
        assert_eq!(status, StatusCode::BAD_REQUEST, "{:.40}", sent);
    }
    for sent in ["{}", r#"{"case": 1}"#, r#"{"case": ["small"]}"#] {
        assert_eq!(
            served.post("/api/case", sent.as_bytes()).await.status(),
            StatusCode::BAD_REQUEST,
            "{sent}"
        );
    }
    for path in ["/api/file", "/api/file?path=a&path=b", "/api/file?file=README.md"] {
        assert_eq!(served.get(path).await.status(), StatusCode::BAD_REQUEST, "{path}");
    }
    assert_eq!(served.stage.preview.now().revision, 1);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let served = Served::new().await;
    for path in [
        "/nosuch",
        "/api/",
        "/api/scaffolder/v2/actions",
        "/api/file?path=nosuch",
        "/api/file?path=../../../../etc/passwd",
        "/api/file?path=%2Fetc%2Fpasswd",
        "/built/preview.js",
        "/%2e%2e/Cargo.toml",
    ] {
        assert_eq!(served.get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let wrong = served.ask(Method::DELETE, "/api/state", &[], None).await;
    assert_eq!(wrong.status(), StatusCode::NOT_FOUND);
}
