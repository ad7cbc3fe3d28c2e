//! The local forge shown as web pages: what a repository's links lead to, for people, readers, git and the
//! service itself; and what is refused.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};

use reqwest::StatusCode;
use serde_json::{Value, json};
use stagecraft::http;
use stagecraft::task::TaskStatus;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::support::app::{TestApp, git, write};

const PUBLISH: &str = "\
steps:
  - id: write
    action: fetch:template
    input: { url: ./skeleton }
  - id: publish
    action: publish:github
    input:
      repoUrl: ${{ parameters.repoUrl }}
      description: Sells <things>
      repoVariables: { REGION: eu-secret-value }
      protectDefaultBranch: true
output:
  links: [{ title: Repository, url: \"${{ steps.publish.output.remoteUrl }}\" }]
  contents: ${{ steps.publish.output.repoContentsUrl }}";

const CATALOG_INFO: &str = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: shop }\n\
                            spec: { type: service, lifecycle: experimental, owner: guests }\n";

/// A service whose local forge is shown, with one repository `acme/shop` that a task has made.
struct Shown {
    app: TestApp,
    host: String,
    output: Value,
    client: reqwest::Client,
    _stop: DropGuard,
}

impl Shown {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let forges = json!({ &host: { "kind": "local", "listen": &host } }).to_string();
        let app = TestApp::on(stagecraft::db::Engine::Sqlite, &[("FORGES", &forges)]).await;
        let stop = CancellationToken::new();
        let router = http::forge_router(app.app.local_forge.clone(), &host);
        tokio::spawn(http::serve(listener, router, stop.clone()));
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let files = [
            ("skeleton/README.md", "# Shop <script>alert(1)</script>\n"),
            ("skeleton/catalog-info.yaml", CATALOG_INFO),
            ("skeleton/src/lib.rs", "pub fn sell() {}\n"),
        ];
        app.template("publish", PUBLISH, &files).await;
        let task = app.run("publish", json!({ "repoUrl": format!("{host}?owner=acme&repo=shop") })).await;
        let output = app.output(task).await;
        Self { app, host, output, client, _stop: stop.drop_guard() }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        self.client.get(self.url(path)).send().await.unwrap()
    }

    async fn text(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.text().await.unwrap()
    }

    async fn status(&self, path: &str) -> StatusCode {
        self.get(path).await.status()
    }

    async fn moved_to(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::FOUND, "{path}");
        response.headers()["location"].to_str().unwrap().to_owned()
    }

    /// Sends a request exactly as it is written, and gives the status line of the answer.
    fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
    }

    fn bare(&self, name: &str) -> PathBuf {
        self.app.data().join("forge").join(&self.host).join("acme").join(format!("{name}.git"))
    }

    /// Pushes files onto a new branch of `acme/shop`, from beside the service.
    fn push(&self, branch: &str, fill: impl FnOnce(&Path)) {
        let folder = TempDir::new().unwrap();
        git(folder.path(), &["init", "--quiet", "--initial-branch", branch]);
        fill(folder.path());
        git(folder.path(), &["add", "--all"]);
        git(folder.path(), &["commit", "--quiet", "--message", "Odd <b>things</b>"]);
        let bare = self.bare("shop").display().to_string();
        git(folder.path(), &["push", "--quiet", &bare, branch]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_links_of_a_task_open() {
    let shown = Shown::new().await;

    let remote = shown.output["links"][0]["url"].as_str().unwrap();
    assert_eq!(remote, shown.url("/acme/shop.git"));
    assert_eq!(shown.output["contents"], shown.url("/acme/shop/blob/main"));
    let page = shown.client.get(remote).send().await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let page = page.text().await.unwrap();
    for part in [
        "Sells &lt;things&gt;",
        "git clone http://",
        "/acme/shop/blob/main/catalog-info.yaml\">catalog-info.yaml</a>",
        "/acme/shop/tree/main/src\">src</a>",
        "# Shop &lt;script&gt;",
        "REGION",
        "Protected branches",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("eu-secret-value") && !page.contains("<script"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn repositories_are_listed_by_host_and_owner() {
    let shown = Shown::new().await;

    assert!(shown.text("/").await.contains("href=\"/acme/shop\""));
    assert!(shown.text("/ACME").await.contains("href=\"/acme/shop\""));
    assert_eq!(shown.status("/nobody").await, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_plain_text_at_every_address_that_readers_use() {
    let shown = Shown::new().await;

    for path in [
        "/acme/shop/blob/main/catalog-info.yaml",
        "/acme/shop/raw/main/catalog-info.yaml",
        "/raw/acme/shop/main/catalog-info.yaml",
        "/raw/acme/shop/HEAD/catalog-info.yaml",
    ] {
        let response = shown.get(path).await;
        assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8", "{path}");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(response.text().await.unwrap(), CATALOG_INFO, "{path}");
    }
    assert_eq!(
        shown.moved_to("/acme/shop/tree/main/catalog-info.yaml").await,
        "/acme/shop/blob/main/catalog-info.yaml"
    );
    assert_eq!(shown.moved_to("/acme/shop/blob/main/src").await, "/acme/shop/tree/main/src");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_the_reader_has_is_not_sent_again() {
    let shown = Shown::new().await;
    let path = shown.url("/raw/acme/shop/main/README.md");
    let tag = shown.client.get(&path).send().await.unwrap().headers()["etag"].clone();

    let again = shown.client.get(&path).header("if-none-match", &tag).send().await.unwrap();

    assert_eq!((again.status(), again.headers()["etag"].clone()), (StatusCode::NOT_MODIFIED, tag));
}

#[tokio::test(flavor = "multi_thread")]
async fn git_clones_by_the_address_of_the_page_but_does_not_push() {
    let shown = Shown::new().await;
    let folder = TempDir::new().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.arg("-C").arg(folder.path()).args(arguments).env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.env("GIT_TERMINAL_PROMPT", "0").env_remove("http_proxy").output().unwrap()
    };

    for (address, into) in [("/acme/shop.git", "one"), ("/acme/shop", "two")] {
        let cloned = run(&["clone", "--quiet", &shown.url(address), into]);

        assert!(cloned.status.success(), "{}", String::from_utf8_lossy(&cloned.stderr));
        let text = std::fs::read_to_string(folder.path().join(into).join("catalog-info.yaml")).unwrap();
        assert_eq!(text, CATALOG_INFO);
    }
    let pushed = run(&["-C", "one", "push", "origin", "HEAD:refs/heads/other"]);
    let said = String::from_utf8_lossy(&pushed.stderr).into_owned();
    assert!(!pushed.status.success() && said.contains("this forge is read-only"), "{said}");
    let missing = run(&["clone", &shown.url("/acme/absent.git"), "three"]);
    let said = String::from_utf8_lossy(&missing.stderr).into_owned();
    assert!(!missing.status.success() && said.contains("there is no repository"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_read_repositories_by_the_addresses_of_their_pages() {
    let shown = Shown::new().await;
    let spec = "\
steps:
  - id: fetch
    action: fetch:plain
    input: { url: \"${{ parameters.url }}/tree/main\", targetPath: copied }
  - id: file
    action: fetch:plain:file
    input: { url: \"${{ parameters.url }}/blob/main/README.md\", targetPath: one.md }
  - id: register
    action: catalog:register
    input: { catalogInfoUrl: \"${{ parameters.url }}/blob/main/catalog-info.yaml\" }
output:
  text: [{ title: Registered, content: \"${{ steps.register.output.entityRef }}\" }]";
    shown.app.template("read", spec, &[]).await;

    let task = shown.app.run("read", json!({ "url": shown.url("/acme/shop") })).await;

    assert_eq!(shown.app.status(task).await, TaskStatus::Completed, "{:?}", shown.app.messages(task).await);
    assert_eq!(shown.app.output(task).await["text"][0]["content"], "component:default/shop");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_is_a_source_of_templates_before_anything_is_served() {
    let shown = Shown::new().await;
    let template = "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: { name: from-forge }\n\
                    spec:\n  type: service\n  steps: [{ id: say, action: debug:log, input: { message: hello } }]\n";
    shown.push("templates", |folder| write(&folder.join("all/template.yaml"), template));
    let source = shown.url("/acme/shop/blob/templates/all/template.yaml");
    let Shown { mut app, host, _stop, .. } = shown;
    drop(_stop);
    let missing = format!("http://{host}/acme/absent/blob/main/template.yaml");
    app.settings.retain(|(name, _)| name != "STAGECRAFT_TEMPLATES__SOURCES");
    app.settings.push(("STAGECRAFT_TEMPLATES__SOURCES".to_owned(), json!([source, missing]).to_string()));

    let app = app.reopened().await;

    let listed = app.app.tasks.library().list();
    let errors: Vec<String> = listed.iter().flat_map(|one| &one.errors).map(ToString::to_string).collect();
    assert!(errors.iter().any(|error| error.contains("there is no repository at `http://")), "{errors:?}");
    let task = app.run("from-forge", json!({})).await;
    assert_eq!(app.status(task).await, TaskStatus::Completed);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_files_and_branches_are_text() {
    let shown = Shown::new().await;
    let odd = "<img src=x onerror=alert(1)> \"'&.md";
    shown.push("release/<b>1", |folder| {
        write(&folder.join(odd), "odd\n");
        write(&folder.join("50%2e%2e #?/ü\u{202e}.txt"), "umlaut\n");
        std::fs::write(folder.join("latin.txt"), [0x66, 0xfc, 0x72]).unwrap();
    });

    let page = shown.text("/acme/shop/tree/release/<b>1").await;

    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt; &quot;&#39;&amp;.md</a>"), "{page}");
    assert!(page.contains("Odd &lt;b&gt;things&lt;/b&gt;"), "{page}");
    assert!(!page.contains("<img") && !page.contains("<b>"), "{page}");
    let links: Vec<&str> = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for link in links {
        assert!(matches!(shown.status(link).await, StatusCode::OK), "{link}");
    }
    let folder = shown.text("/acme/shop/tree/release%2F%3Cb%3E1/50%252e%252e%20%23%3F").await;
    assert!(folder.contains("ü\u{fffd}.txt"), "{folder}");
    let latin = shown.get("/acme/shop/blob/release/<b>1/latin.txt").await;
    assert_eq!(latin.headers()["content-type"], "application/octet-stream");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_found() {
    let shown = Shown::new().await;

    for path in [
        "/acme/absent",
        "/acme/shop/tree/nobranch",
        "/acme/shop/blob/main/nofile",
        "/acme/shop/raw/0000000000000000000000000000000000000000/README.md",
        "/acme/shop/blob/main/.git/config",
        "/acme/shop/blob/refs/heads/main/README.md",
        "/acme/shop/issues",
        "/raw/acme/shop/main/README.md/x",
        "/-x/shop",
        "/acme/shop.git/forge.json",
        "/acme/shop.git/config",
        "/acme/shop.git/objects/../forge.json",
    ] {
        assert_eq!(shown.status(path).await, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_way_leads_out_of_a_repository() {
    let shown = Shown::new().await;
    write(&shown.app.data().join("forge/secret"), "secret");

    for path in [
        "/acme/shop.git/../../../secret",
        "/acme/shop.git/objects/..%2f..%2f..%2f..%2fsecret",
        "/../secret",
        "/acme/%2e%2e%2f%2e%2e%2fsecret/tree/main",
        "/raw/acme/shop/main/..%2f..%2fforge.json",
        "/acme/shop/blob/main/%00",
        "/acme/shop/blob/main/..\\..\\forge.json",
        "/acme\\..\\shop",
    ] {
        let host = &shown.host;
        let line = shown.raw(&format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));

        assert!(line.contains(" 404 ") || line.contains(" 400 "), "{path}: {line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_name_for_this_machine_reaches_nothing() {
    let shown = Shown::new().await;
    let port = shown.host.split_once(':').unwrap().1;

    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("localhost:{port}"),
        String::new(),
    ] {
        let line =
            shown.raw(&format!("GET /acme/shop HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        assert!(line.contains(" 421 "), "{host}: {line}");
    }
    let both =
        format!("GET / HTTP/1.1\r\nHost: {}\r\nHost: evil.example\r\nConnection: close\r\n\r\n", shown.host);
    assert!(!shown.raw(&both).contains(" 200 "));
    let absolute =
        format!("GET http://evil.example/ HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", shown.host);
    assert!(!shown.raw(&absolute).contains(" 200 "));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_can_be_changed() {
    let shown = Shown::new().await;

    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let response = shown.client.request(method, shown.url("/acme/shop")).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
    let answer = shown.client.head(shown.url("/acme/shop")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_huge_file_is_not_held_in_memory() {
    let shown = Shown::new().await;
    shown.push("huge", |folder| {
        let file = std::fs::File::create(folder.join("huge.bin")).unwrap();
        file.set_len(33 * 1024 * 1024).unwrap();
        write(&folder.join("README.md"), &"long\n".repeat(100_000));
    });

    assert_eq!(shown.status("/raw/acme/shop/huge/huge.bin").await, StatusCode::PAYLOAD_TOO_LARGE);
    let page = shown.text("/acme/shop/tree/huge").await;
    assert!(page.contains("33 MiB") && page.len() < 50_000, "{}", page.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_without_a_commit_has_a_page() {
    let shown = Shown::new().await;
    let spec = "\
steps:
  - id: create
    action: github:repo:create
    input: { repoUrl: \"${{ parameters.repoUrl }}\" }";
    shown.app.template("create", spec, &[]).await;
    let repo = |owner: &str| json!({ "repoUrl": format!("{}?owner={owner}&repo=empty", shown.host) });
    shown.app.run("create", repo("acme")).await;

    assert!(shown.text("/acme/empty").await.contains("no commit on"));
    assert_eq!(shown.status("/acme/empty/tree/main").await, StatusCode::NOT_FOUND);

    let refused = shown.app.run("create", repo("raw")).await;
    assert!(shown.app.failure(refused).await.1.contains("is the name of a page"));
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_of_whole_repositories_ask_as_they_ask_github() {
    let shown = Shown::new().await;
    let base = "/api/v3/repos/acme/shop";
    let json = async |path: &str| -> Value { serde_json::from_str(&shown.text(path).await).unwrap() };

    assert_eq!(json(base).await["default_branch"], "main");
    let status = json(&format!("{base}/commits/main/status")).await;
    let commit = status["sha"].as_str().unwrap();
    assert_eq!(commit, git(&shown.bare("shop"), &["rev-parse", "main"]));
    let of_host = |url: &str| url.strip_prefix(&format!("http://{}", shown.host)).unwrap().to_owned();

    let trees = status["repository"]["trees_url"].as_str().unwrap();
    let files = json(&of_host(trees).replace("{/sha}", &format!("/{commit}?recursive=true"))).await;
    let paths: Vec<&str> =
        files["tree"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect();
    assert_eq!(
        paths.join("\n"),
        git(&shown.bare("shop"), &["ls-tree", "-r", "--name-only", "main"]),
        "{files}"
    );
    let url = files["tree"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["path"] == "catalog-info.yaml")
        .unwrap()["url"]
        .clone();
    let blob = json(&of_host(url.as_str().unwrap())).await;
    let contents = json(&format!("{base}/contents/catalog-info.yaml?ref=main")).await;
    assert_eq!((&blob["content"], &blob["encoding"]), (&contents["content"], &contents["encoding"]));
    let raw = shown.client.get(shown.url(&format!("{base}/contents/catalog-info.yaml")));
    let raw = raw.header("accept", "application/vnd.github.v3.raw").send().await.unwrap();
    assert_eq!(raw.text().await.unwrap(), CATALOG_INFO);

    let archive = status["repository"]["archive_url"].as_str().unwrap();
    let archive =
        of_host(archive).replace("{archive_format}", "tarball").replace("{/ref}", &format!("/{commit}"));
    let folder = TempDir::new().unwrap();
    let tar = folder.path().join("a.tar");
    std::fs::write(&tar, shown.get(&archive).await.bytes().await.unwrap()).unwrap();
    let unpack = ["-xf", "a.tar", "--strip-components=1", "--one-top-level=out"];
    let unpacked =
        std::process::Command::new("tar").args(unpack).current_dir(folder.path()).status().unwrap();
    assert!(unpacked.success());
    for path in paths {
        let there = std::fs::read_to_string(folder.path().join("out").join(path)).unwrap();
        assert_eq!(there.trim_end(), git(&shown.bare("shop"), &["show", &format!("main:{path}")]), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_tells_faults_as_data() {
    let shown = Shown::new().await;

    for path in [
        "absent",
        "shop/commits/nobranch/status",
        "shop/git/blobs/1",
        "shop/contents/src?ref=main",
        "shop/tarball/x",
    ] {
        let answer = shown.get(&format!("/api/v3/repos/acme/{path}")).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()), "{path}: {body}");
    }
    assert_eq!(shown.status("/api/v3/user").await, StatusCode::NOT_FOUND);
}
