//! The layers around a router of two routes, over a real connection.

use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::config;
use crate::secret::Secret;
use crate::telemetry::Depths;

const TOKEN: &str = "token-of-the-test";

struct Server {
    address: std::net::SocketAddr,
    metrics: Metrics,
    shutdown: CancellationToken,
    serving: tokio::task::JoinHandle<std::io::Result<()>>,
}

async fn boom() -> &'static str {
    panic!("hunter2")
}

async fn start() -> Server {
    let token = config::StaticToken { token: Secret::new(TOKEN), subject: "external:test".to_owned() };
    let access = Arc::new(Access::new(config::Auth { tokens: vec![token], ..config::Auth::default() }, None));
    let metrics = Metrics::new();
    let routes = Router::new()
        .route("/api/scaffolder/v2/fine", get(async || "fine"))
        .route("/api/scaffolder/v2/boom/{name}", get(boom))
        .route("/healthz", get(async || "alive"));
    let router = layers(routes, access, Arc::new(Origins::new(Vec::new())), metrics.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn(serve(listener, router, shutdown.clone()));
    Server { address, metrics, shutdown, serving }
}

impl Server {
    /// The whole answer to a request without a body, head in lower case.
    async fn ask(&self, line: &str, headers: &str) -> (String, String) {
        let mut connection = TcpStream::connect(self.address).await.unwrap();
        let request = format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_lowercase(), body.to_owned())
    }

    async fn ask_with_token(&self, line: &str) -> (String, String) {
        self.ask(line, &format!("Authorization: Bearer {TOKEN}\r\n")).await
    }
}

#[tokio::test]
async fn a_panic_is_a_500_in_backstages_shape_without_its_words() {
    let server = start().await;

    let (head, body) = server.ask_with_token("GET /api/scaffolder/v2/boom/x?y=z").await;

    assert!(head.starts_with("http/1.1 500"), "{head}");
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["error"]["name"], "Error");
    assert_eq!(body["request"], serde_json::json!({ "method": "GET", "url": "/v2/boom/x?y=z" }));
    assert!(!body.to_string().contains("hunter2"));
}

#[tokio::test]
async fn without_a_token_even_an_unknown_path_is_401() {
    let server = start().await;

    for path in ["/api/scaffolder/v2/fine", "/api/scaffolder/v2/nope", "/nope"] {
        let (head, body) = server.ask(&format!("GET {path}"), "").await;
        assert!(head.starts_with("http/1.1 401"), "{path}: {head}");
        assert!(body.contains("Missing credentials"), "{path}: {body}");
    }
}

#[tokio::test]
async fn with_a_token_an_unknown_path_or_method_is_404_without_a_body() {
    let server = start().await;

    for line in ["GET /api/scaffolder/v2/nope", "DELETE /api/scaffolder/v2/fine"] {
        let (head, body) = server.ask_with_token(line).await;
        assert!(head.starts_with("http/1.1 404"), "{line}: {head}");
        assert_eq!(body, "", "{line}");
    }
}

#[tokio::test]
async fn health_needs_no_token() {
    let server = start().await;

    assert_eq!(server.ask("GET /healthz", "").await.1, "alive");
}

#[tokio::test]
async fn every_answer_has_an_id_and_may_not_be_sniffed_or_kept() {
    let server = start().await;

    let (head, _) = server.ask("GET /healthz", "X-Request-Id: mine-1\r\n").await;

    for line in ["x-request-id: mine-1", "x-content-type-options: nosniff", "cache-control: no-store"] {
        assert!(head.contains(line), "{line} in {head}");
    }
}

#[tokio::test]
async fn requests_are_counted_by_pattern_and_not_by_path() {
    let server = start().await;
    server.ask_with_token("GET /api/scaffolder/v2/boom/one").await;
    server.ask_with_token("GET /api/scaffolder/v2/boom/two").await;
    server.ask_with_token("GET /api/scaffolder/v2/nope").await;

    let text = server.metrics.render(&Depths::default());

    let boom = "stagecraft_http_requests{method=\"GET\",route=\"/api/scaffolder/v2/boom/{name}\",status=\"500\"} 2\n";
    let nope = "stagecraft_http_requests{method=\"GET\",route=\"unmatched\",status=\"404\"} 1\n";
    assert!(text.contains(boom) && text.contains(nope), "{text}");
}

#[tokio::test]
async fn the_server_ends_when_it_is_told_to() {
    let server = start().await;

    server.shutdown.cancel();

    server.serving.await.unwrap().unwrap();
}
