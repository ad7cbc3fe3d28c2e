//! [`Client`]: a small HTTP client over a plain socket, and the JWT of an App.
//!
//! It adds nothing by itself but a user agent, so that tests see what the double makes of exactly what they sent.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use github_double::{AppCredentials, GitHub};
use ring::rand::SystemRandom;
use ring::signature::RSA_PKCS1_SHA256;
use serde_json::{Value, json};

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
    pub(crate) raw: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(one, _)| one.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// Who asks.
pub(crate) struct Client {
    base: String,
    authorization: Option<String>,
    headers: Vec<(String, String)>,
}

impl Client {
    /// With a token, or nothing.
    pub(crate) fn new(github: &GitHub, token: Option<&str>) -> Self {
        let authorization = token.map(|token| format!("Bearer {token}"));
        Self { base: github.api_url(), authorization, headers: Vec::new() }
    }

    /// With a header more.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &Value::Null)
    }

    /// Sends; nothing if the connection ended without an answer.
    pub(crate) fn try_send(&self, method: &str, path: &str, body: &Value) -> Option<Answer> {
        let url = if path.starts_with("http://") { path.to_owned() } else { format!("{}{path}", self.base) };
        let rest = url.strip_prefix("http://").unwrap();
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut head =
            format!("{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\nuser-agent: test\r\n");
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if let Some(authorization) = &self.authorization {
            head += &format!("authorization: {authorization}\r\n");
        }
        let mut stream = TcpStream::connect(host).unwrap();
        write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut raw = Vec::new();
        // A connection that is cut off gives what came before.
        let _ = stream.read_to_end(&mut raw);
        let end = raw.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8(raw[..end].to_vec()).unwrap();
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: Vec<_> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .collect();
        let raw = raw[end + 4..].to_vec();
        let body = serde_json::from_slice(&raw).unwrap_or(Value::Null);
        Some(Answer { status, headers, body, raw })
    }

    pub(crate) fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.try_send(method, path, body).expect("an answer")
    }
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// A JWT of an App, as it should be.
pub(crate) fn jwt(app: &AppCredentials) -> String {
    signed(app, &json!({ "iat": now() - 60, "exp": now() + 540, "iss": app.id.to_string() }))
}

/// A JWT of an App with exactly these claims.
pub(crate) fn signed(app: &AppCredentials, claims: &Value) -> String {
    let der: String = app.private_key.lines().filter(|line| !line.starts_with("--")).collect();
    let pair = ring::rsa::KeyPair::from_der(&STANDARD.decode(der).unwrap()).unwrap();
    let header = json!({ "alg": "RS256", "typ": "JWT" });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&header), part(claims));
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}
