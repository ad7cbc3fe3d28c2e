//! Deliveries as fast as GitHub may send them: none is lost, and each is acknowledged at once.
//!
//! The service is a process of its own on SQLite. `make load` sends 500 a second for a minute and then 10,000 as fast
//! as they are taken; without it the test is a small one, and no time is asked for.

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Client;
use ring::hmac;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const SECRET: &str = "secret of the load";
/// Repositories that the pushes are about.
const SHOPS: usize = 500;
/// Connections of a burst.
const AT_ONCE: usize = 64;

struct Service {
    process: Child,
    base: String,
    client: Client,
    _folder: TempDir,
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Service {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        // Nobody answers there: nothing but deliveries is of interest.
        let nowhere = "http://127.0.0.1:9";
        let forges = json!({ "github.com": {
            "kind": "github", "token": "t", "webhook_secret": SECRET, "api_url": nowhere, "git_url": nowhere,
        } });
        let mut command = Command::new(env!("CARGO_BIN_EXE_stagecraft"));
        command.args(["serve", "--listen", &free.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        command.env_clear().envs([
            ("STAGECRAFT_DATA_DIR", folder.path().display().to_string()),
            ("STAGECRAFT_FORGES", forges.to_string()),
            ("STAGECRAFT_LOG__FILTER", "warn".to_owned()),
            // The repositories are nowhere, so nobody is to read them.
            ("STAGECRAFT_CATALOG__CONCURRENCY", "0".to_owned()),
        ]);
        let process = command.spawn().unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().pool_max_idle_per_host(AT_ONCE * 4).build().unwrap();
        let service = Self { process, base: format!("http://{free}"), client, _folder: folder };
        let deadline = Instant::now() + Duration::from_secs(60);
        while service.client.get(format!("{}/readyz", service.base)).send().await.is_err() {
            assert!(Instant::now() < deadline, "the service does not answer");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        service
    }

    async fn page(&self, query: &str) -> Value {
        let url = format!("{}/api/stagecraft/v1/deliveries?{query}", self.base);
        self.client.get(url).send().await.unwrap().json().await.unwrap()
    }

    /// Ids of all that are kept.
    async fn kept(&self) -> BTreeSet<String> {
        let (mut ids, mut query) = (BTreeSet::new(), "limit=200".to_owned());
        loop {
            let page = self.page(&query).await;
            let all = page["deliveries"].as_array().unwrap();
            ids.extend(all.iter().map(|one| one["id"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { return ids };
            query = format!("limit=200&before={next}");
        }
    }
}

/// What is sent: as long as a push of a few commits is.
struct Push {
    body: String,
    signature: String,
}

fn pushes() -> Vec<Push> {
    let person = json!({ "name": "Jane Doe", "email": "jane@example.com", "username": "jane" });
    let commit = json!({
        "id": "6dcb09b5b57875f334f61aebed695e2e4193db5e",
        "message": "Sell more things\n\nAnd say so in the README.",
        "timestamp": "2026-11-23T03:19:51Z",
        "url": "https://github.com/acme/shop/commit/6dcb09b5b57875f334f61aebed695e2e4193db5e",
        "author": person, "committer": person,
        "added": ["src/things.rs"], "removed": [], "modified": ["README.md", "src/main.rs"],
    });
    let urls: serde_json::Map<String, Value> = (0..45)
        .map(|number| {
            (format!("some_{number}_url"), json!("https://api.github.com/repos/acme/shop/things{/number}"))
        })
        .collect();
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let one = |number: usize| {
        let mut repository = urls.clone();
        repository.insert("full_name".to_owned(), json!(format!("acme/shop-{number}")));
        repository.insert("default_branch".to_owned(), json!("main"));
        let body = json!({
            "ref": "refs/heads/main", "before": "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c",
            "after": "6dcb09b5b57875f334f61aebed695e2e4193db5e", "repository": repository,
            "created": false, "deleted": false, "forced": false, "commits": [commit, commit, commit],
            "head_commit": commit, "pusher": person, "sender": { "login": "jane", "id": 1 },
        })
        .to_string();
        let tag = hmac::sign(&key, body.as_bytes());
        let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        Push { body, signature: format!("sha256={hex}") }
    };
    (0..SHOPS).map(one).collect()
}

async fn send(client: Client, url: String, push: (String, String), id: String) {
    let (body, signature) = push;
    let answer = client
        .post(url)
        .header("content-type", "application/json")
        .header("x-github-delivery", &id)
        .header("x-github-event", "push")
        .header("x-hub-signature-256", signature)
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 202, "{id}");
}

/// How long acknowledgements took.
struct Times(Vec<Duration>);

impl Times {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        Self(times)
    }

    fn share(&self, percent: usize) -> Duration {
        self.0[(self.0.len() * percent / 100).min(self.0.len() - 1)]
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ms = |percent| self.share(percent).as_secs_f64() * 1000.0;
        write!(f, "p50 {:.1} ms, p99 {:.1} ms, max {:.1} ms", ms(50), ms(99), ms(100))
    }
}

/// Sends so many a second, whatever became of those before; the time counts from when it was due.
async fn steadily(service: &Service, pushes: &[Push], per_second: u32, count: usize) -> Times {
    let (start, mut running, mut times) = (tokio::time::Instant::now(), JoinSet::new(), Vec::new());
    for number in 0..count {
        let due = start + Duration::from_secs(1) / per_second * u32::try_from(number).unwrap();
        tokio::time::sleep_until(due).await;
        let push = &pushes[number % pushes.len()];
        let push = (push.body.clone(), push.signature.clone());
        let (client, url) = (service.client.clone(), format!("{}/webhooks/github", service.base));
        running.spawn(async move {
            send(client, url, push, format!("steady-{number}")).await;
            due.elapsed()
        });
        while let Some(time) = running.try_join_next() {
            times.push(time.unwrap());
        }
    }
    times.extend(running.join_all().await);
    Times::of(times)
}

/// Sends all at once, over so many connections.
async fn burst(service: &Service, pushes: &[Push], count: usize) -> Times {
    let (places, mut running) = (Arc::new(Semaphore::new(AT_ONCE)), JoinSet::new());
    for number in 0..count {
        let place = places.clone().acquire_owned().await.unwrap();
        let push = &pushes[number % pushes.len()];
        let push = (push.body.clone(), push.signature.clone());
        let (client, url) = (service.client.clone(), format!("{}/webhooks/github", service.base));
        running.spawn(async move {
            let begun = Instant::now();
            send(client, url, push, format!("burst-{number}")).await;
            drop(place);
            begun.elapsed()
        });
    }
    Times::of(running.join_all().await)
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_are_acknowledged_at_once_and_none_is_lost() {
    let is_load = std::env::var_os("STAGECRAFT_WEBHOOK_LOAD").is_some();
    let (per_second, steady, many) = if is_load { (500, 30_000, 10_000) } else { (100, 200, 300) };
    let (service, pushes) = (Service::start().await, pushes());

    let steadily = steadily(&service, &pushes, per_second, steady).await;
    let begun = Instant::now();
    let burst = burst(&service, &pushes, many).await;
    let taken = begun.elapsed();
    while !service.page("state=received&limit=1").await["deliveries"].as_array().unwrap().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(300), "they are not planned");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let planned = begun.elapsed();

    println!(
        "{steady} deliveries of {} bytes, {per_second} a second: {steadily}\n\
         {many} at once over {AT_ONCE} connections, taken in {:.1} s, planned after {:.1} s: {burst}",
        pushes[0].body.len(),
        taken.as_secs_f64(),
        planned.as_secs_f64(),
    );
    assert_eq!(service.kept().await.len(), steady + many, "none is lost");
    if is_load {
        for times in [&steadily, &burst] {
            assert!(
                times.share(99) <= Duration::from_millis(100) && times.share(100) <= Duration::from_secs(1),
                "{times}"
            );
        }
    }
}
