//! Answers and inputs that would lead the service elsewhere: no token goes there, and mostly nothing at all.

use std::time::Duration;

use github_double::Fault;
use serde_json::{Value, json};
use stagecraft::forge::Setting;
use stagecraft::git::{Author, NewCommit};
use stagecraft::ids::TaskId;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::bench::tree;
use crate::support::github::GitHubSite;

/// Somewhere that nobody should come to; it keeps what came.
struct Elsewhere {
    address: String,
    came: tokio::sync::mpsc::UnboundedReceiver<String>,
}

impl Elsewhere {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (tell, came) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut bytes = vec![0; 4_096];
                let read = stream.read(&mut bytes).await.unwrap_or_default();
                drop(tell.send(String::from_utf8_lossy(&bytes[..read]).into_owned()));
                drop(stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await);
            }
        });
        Self { address, came }
    }

    fn requests(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.came.try_recv().ok()).collect()
    }
}

/// A site that gives up soon, with `acme/shop` and one file in it.
async fn site() -> GitHubSite {
    let site = GitHubSite::with(json!({ "retry_seconds": 1, "timeout_seconds": 2 })).await;
    site.seed("acme", "shop", "main", &[("a", "1")]).await;
    site
}

#[tokio::test]
async fn no_answer_of_the_api_leads_a_step_to_another_host() {
    let operations = [
        "apps/get-org-installation",
        "apps/create-installation-access-token",
        "users/get-by-username",
        "repos/get",
        "repos/create-in-org",
        "repos/update",
        "git/get-ref",
    ];
    for operation in operations {
        let (site, mut elsewhere) = (site().await, Elsewhere::new().await);
        site.github.fault(Fault::on(operation).redirect(&format!("{}/x", elsewhere.address)).always());

        let task = site.publish(json!({ "name": "store" })).await;

        let (_, message) = site.app.failure(task).await;
        assert!(!message.contains(&elsewhere.address), "{operation}: {message}");
        assert_eq!(elsewhere.requests(), [""; 0], "{operation}");
    }
}

#[tokio::test]
async fn no_answer_leads_a_setting_to_another_host() {
    let variables = Setting::Variables([("REGION".to_owned(), "eu".to_owned())].into());
    let topics = Setting::Topics(vec!["shop".to_owned()]);
    for (operation, setting) in [
        ("actions/list-repo-variables", &variables),
        ("actions/create-repo-variable", &variables),
        ("repos/get-all-topics", &topics),
        ("repos/replace-all-topics", &topics),
    ] {
        let (site, mut elsewhere) = (site().await, Elsewhere::new().await);
        site.github.fault(Fault::on(operation).redirect(&format!("{}/x", elsewhere.address)).always());

        let done = site.forge().apply(&site.slug("acme", "shop"), setting).await;

        assert!(done.is_err(), "{operation}");
        assert_eq!(elsewhere.requests(), [""; 0], "{operation}");
    }
}

#[tokio::test]
async fn no_answer_of_git_leads_a_token_to_another_host() {
    for operation in ["git/info-refs", "git/upload-pack", "git/receive-pack"] {
        let (site, mut elsewhere) = (site().await, Elsewhere::new().await);
        let (forge, slug) = (site.forge(), site.slug("acme", "shop"));
        let place = format!("{}/acme/shop.git/info/refs?service=git-upload-pack", elsewhere.address);
        site.github.fault(Fault::on(operation).redirect(&place).always());

        let read = forge.read(&slug, None).await;
        let pushed = forge.push(&slug, commit()).await;

        assert_eq!(read.is_err(), operation != "git/receive-pack", "{operation}");
        assert_eq!(pushed.is_err(), operation != "git/upload-pack", "{operation}");
        assert_eq!(elsewhere.requests(), [""; 0], "{operation}");
    }
}

fn commit() -> NewCommit {
    NewCommit {
        tree: tree(&[("b", "2")]),
        branch: TaskId::generate().to_string(),
        message: "more".to_owned(),
        author: Author { name: "Jane".to_owned(), email: "jane@acme.io".to_owned() },
        time_ms: 0,
    }
}

/// A template of one step.
async fn run(site: &GitHubSite, action: &str, input: Value) -> (String, String) {
    let steps = json!([{ "id": "step", "action": action, "input": input }]);
    site.app.template("one", &format!("parameters: {{ type: object }}\nsteps: {steps}\n"), &[]).await;
    let id = site.app.run("one", json!({})).await;
    site.app.failure(id).await
}

#[tokio::test]
async fn a_repo_url_names_one_repository_of_a_configured_host_or_is_refused() {
    let site = site().await;
    let before = site.github.exchanges().len();
    let long = "x".repeat(300);
    let urls = [
        "github.com?owner=..&repo=shop",
        "github.com?owner=acme&repo=..",
        "github.com?owner=acme/..&repo=../../orgs/acme",
        "github.com?owner=acme&repo=shop%2F..%2Fother",
        "github.com?owner=acme&repo=%2e%2e",
        "github.com?owner=acme&repo=%252e%252e",
        "github.com?owner=acme&repo=a%3Fb",
        "github.com?owner=acme&repo=a%23b",
        "github.com?owner=acme&repo=a%0d%0aX-Evil:%201",
        "github.com?owner=acme&repo=a\r\nb c",
        &format!("github.com?owner=acme&repo={long}"),
        &format!("github.com?owner={long}&repo=shop"),
        "github.com/../evil.example?owner=acme&repo=shop",
        "github.com@evil.example?owner=acme&repo=shop",
        "jane:secret@github.com?owner=acme&repo=shop",
        "evil.example?owner=acme&repo=shop",
        "github.com.evil.example?owner=acme&repo=shop",
        "github.com:8443?owner=acme&repo=shop",
        "127.0.0.1?owner=acme&repo=shop",
        "169.254.169.254?owner=acme&repo=shop",
        "[fd00:ec2::254]?owner=acme&repo=shop",
        "localhost:22?owner=acme&repo=shop",
    ];

    for url in urls {
        for (action, more) in [
            ("publish:github", json!({})),
            ("github:repo:create", json!({})),
            ("github:webhook", json!({ "webhookUrl": "https://ci.acme.io" })),
            ("publish:github:pull-request", json!({ "branchName": "b", "title": "t", "description": "d" })),
        ] {
            let mut input = more;
            input["repoUrl"] = json!(url);
            let (name, message) = run(&site, action, input).await;
            assert_eq!(name, "InputError", "{action} {url:?}: {message}");
        }
    }

    let asked = site.github.exchanges();
    assert_eq!(asked.len(), before, "{:?}", asked.operations());
}

#[tokio::test]
async fn an_address_that_leaves_its_repository_reads_nothing() {
    let site = site().await;
    let before = site.github.exchanges().len();

    for url in [
        "https://github.com/acme/shop/tree/main/../../../etc",
        "https://github.com/acme/shop/tree/main/%2e%2e/x",
        "https://github.com/acme/shop/tree/main/%252e%252e/x",
        "https://github.com/acme/../other/shop",
        "https://github.com/acme/shop/tree/main/a%0d%0ab",
        &format!("https://github.com/acme/{}", "x".repeat(300)),
        "https://jane:secret@github.com/acme/shop",
        "https://github.com@evil.example/acme/shop",
    ] {
        let (_, message) = run(&site, "fetch:plain", json!({ "url": url })).await;
        assert!(!message.contains("secret"), "{url}: {message}");
    }

    let asked = site.github.exchanges();
    let stays = |path: &str| path.starts_with("/repos/acme/shop") || !path.contains("..");
    assert!(asked.iter().skip(before).all(|one| stays(&one.path)), "{:?}", asked.operations());
}

#[tokio::test]
async fn addresses_that_no_repository_has_are_not_connected_to() {
    let site = site().await;

    for url in [
        "http://169.254.169.254/latest/meta-data",
        "http://2852039166/latest/meta-data",
        "http://0xa9fea9fe/latest/meta-data",
        "http://0251.0376.0251.0376/latest/meta-data",
        "http://[::ffff:169.254.169.254]/latest/meta-data",
        "http://[fd00:ec2::254]/latest/meta-data",
        "http://[fe80::1]/a/b",
        "http://0.0.0.0/a/b",
        "http://[::]/a/b",
        "http://224.0.0.1/a/b",
        "http://255.255.255.255/a/b",
    ] {
        let asked = run(&site, "fetch:plain", json!({ "url": url }));
        let (name, message) = tokio::time::timeout(Duration::from_secs(2), asked).await.unwrap();

        assert_eq!(name, "NotAllowedError", "{url}: {message}");
        assert!(message.contains("is no address of a repository"), "{url}: {message}");
    }
}

#[tokio::test]
async fn other_schemes_are_not_read() {
    let site = site().await;

    for url in [
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/x",
        "git://127.0.0.1/acme/shop",
        "ssh://git@github.com/acme/shop",
        "ext::sh -c touch% /tmp/pwned",
        "git+file:///etc",
    ] {
        let (name, message) = run(&site, "fetch:plain", json!({ "url": url })).await;
        assert!(!message.contains("root:"), "{url}: {name} {message}");
    }
}

#[tokio::test]
async fn what_a_stranger_is_asked_for_carries_no_token() {
    let (site, mut elsewhere) = (site().await, Elsewhere::new().await);
    let steps = json!([{ "id": "step", "action": "fetch:plain", "input": { "url": format!("{}/acme/shop", elsewhere.address) } }]);
    site.app.template("one", &format!("parameters: {{ type: object }}\nsteps: {steps}\n"), &[]).await;

    let id = site.app.run("one", json!({})).await;

    site.app.failure(id).await;
    let came = elsewhere.requests();
    assert!(!came.is_empty());
    assert!(came.iter().all(|one| !one.to_lowercase().contains("authorization")), "{came:?}");
}
