//! The analysis of a repository that somebody wants to bring into the catalog.

use catalog_gen::{Entry, FileTree, TreePath};
use serde_json::{Value, json};
use stagecraft::entities::StoredEntity;
use stagecraft::forge::{Forge, NewRepository, RepoSlug, Visibility};
use stagecraft::git::{Author, NewCommit};
use stagecraft::ids::TaskId;
use tokio_util::sync::CancellationToken;

use crate::support::app::{TestApp, write};
use crate::templates_support::git;

const CATALOG_FILE: &str = "\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: shop }
spec: { type: service, lifecycle: production, owner: payments }
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: { name: orders }
spec: { type: openapi, lifecycle: production, owner: payments, definition: { $text: ./openapi.yaml } }
";
const SHOP: &str = "https://github.com/acme/shop";

/// A service that analyses.
struct Desk {
    app: TestApp,
    client: reqwest::Client,
    base: String,
    stop: CancellationToken,
}

impl Desk {
    async fn new() -> Self {
        Self::with(&[]).await
    }

    async fn with(settings: &[(&str, &str)]) -> Self {
        let tokens = r#"[{ token: service-token, subject: "external:catalog" }, { token: user-token-1, subject: "user:default/jane" }]"#;
        let settings: Vec<_> =
            [("AUTH__TOKENS", tokens)].into_iter().chain(settings.iter().copied()).collect();
        let app = TestApp::on(stagecraft::db::Engine::Sqlite, &settings).await;
        let (base, stop) = app.serve().await;
        // Needed by the client although it speaks plain HTTP here; another test may have done it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { app, client, base, stop }
    }

    /// A repository of the local forge with these files on `trunk`.
    async fn repository(&self, name: &str, files: &[(&str, &str)]) {
        let slug = RepoSlug { host: "github.com".into(), owner: "acme".into(), name: name.into() };
        let new = NewRepository {
            description: None,
            homepage: None,
            visibility: Visibility::Private,
            default_branch: "trunk".into(),
            settings: serde_json::Map::new(),
            created_by: TaskId::generate(),
        };
        let forge = &self.app.app.local_forge;
        forge.create(&slug, &new).await.unwrap();
        let mut tree = FileTree::new();
        for (path, text) in files {
            tree.insert(TreePath::parse(path).unwrap(), Entry::file(text.as_bytes().to_vec())).unwrap();
        }
        let author = Author { name: "Jane".into(), email: "jane@example.com".into() };
        let commit =
            NewCommit { tree, branch: "trunk".into(), message: "first".into(), author, time_ms: 1_000 };
        forge.push(&slug, commit).await.unwrap();
    }

    async fn post(&self, token: &str, body: &Value) -> (u16, Value) {
        let url = format!("{}/api/stagecraft/v1/analyze-location", self.base);
        let answer = self.client.post(url).bearer_auth(token).json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn analyze(&self, target: &str) -> (u16, Value) {
        self.post("service-token", &json!({ "location": { "type": "url", "target": target } })).await
    }

    /// What was found at an address that can be analysed.
    async fn found(&self, target: &str) -> Value {
        let (status, found) = self.analyze(target).await;
        assert_eq!(status, 200, "{found}");
        found
    }

    /// Status and message of an analysis that is refused.
    async fn refused(&self, target: &str) -> (u16, String) {
        let (status, body) = self.analyze(target).await;
        (status, body["error"]["message"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned())
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// `<address> <kind>/<name>` of every entity that is there.
fn existing(found: &Value) -> Vec<String> {
    let line = |one: &Value| {
        let text = |pointer: &str| one.pointer(pointer).unwrap().as_str().unwrap().to_owned();
        assert_eq!(one["location"]["type"], "url");
        format!("{} {}/{}", text("/location/target"), text("/entity/kind"), text("/entity/metadata/name"))
    };
    found["existingEntityFiles"].as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn a_repository_without_a_catalog_file_gets_a_proposal_with_its_reasons() {
    let desk = Desk::new().await;
    let files = [("README.md", "# Shop\n\nSells things.\n"), ("CODEOWNERS", "* @acme/payments\n")];
    desk.repository("shop", &files).await;

    let found = desk.found(SHOP).await;

    assert_eq!(found["existingEntityFiles"], json!([]));
    let proposal = &found["generateEntities"][0];
    let entity = &proposal["entity"];
    assert_eq!(entity["metadata"]["name"], "shop");
    assert_eq!(entity["metadata"]["description"], "Sells things.");
    assert_eq!(entity["spec"]["owner"], "group:default/payments");
    let annotations = &entity["metadata"]["annotations"];
    assert_eq!(annotations["github.com/project-slug"], "acme/shop");
    assert_eq!(annotations["backstage.io/source-location"], "url:https://github.com/acme/shop/tree/trunk/");
    let field = |name: &str| {
        let all = proposal["fields"].as_array().unwrap();
        all.iter().find(|field| field["field"] == name).cloned().unwrap_or_default()
    };
    let description = field("metadata.description");
    assert_eq!(
        (&description["state"], &description["value"]),
        (&json!("analysisSuggestedValue"), &json!("Sells things."))
    );
    assert!(description["description"].as_str().unwrap().contains("`README.md`"), "{description}");
    assert_eq!(field("spec.owner")["state"], "analysisSuggestedValue");
    assert_eq!(field("spec.type")["state"], "needsUserInput");
}

#[tokio::test]
async fn catalog_files_are_found_anywhere_and_nothing_is_proposed() {
    let desk = Desk::new().await;
    let other = CATALOG_FILE.replace("shop", "basket").replace("orders", "baskets");
    desk.repository(
        "shop",
        &[
            ("services/basket/catalog-info.yaml", &other),
            ("catalog-info.yaml", CATALOG_FILE),
            (
                "templates/x/skeleton/catalog-info.yaml",
                "kind: Component\nmetadata:\n  name: ${{ values.name }}\n",
            ),
            ("node_modules/x/catalog-info.yaml", CATALOG_FILE),
            ("docs/not-catalog-info.yaml", CATALOG_FILE),
        ],
    )
    .await;

    let found = desk.found(SHOP).await;

    let (root, below) = (
        "https://github.com/acme/shop/blob/trunk/catalog-info.yaml",
        "https://github.com/acme/shop/blob/trunk/services/basket/catalog-info.yaml",
    );
    assert_eq!(
        existing(&found),
        [
            format!("{root} Component/shop"),
            format!("{root} API/orders"),
            format!("{below} Component/basket"),
            format!("{below} API/baskets"),
        ]
    );
    assert_eq!(found["generateEntities"], json!([]));
    assert_eq!(found["existingEntityFiles"][0]["isRegistered"], false);
}

#[tokio::test]
async fn a_folder_is_analysed_for_itself() {
    let desk = Desk::new().await;
    desk.repository(
        "shop",
        &[
            ("catalog-info.yaml", CATALOG_FILE),
            ("services/basket/README.md", "Keeps what is bought.\n"),
            ("CODEOWNERS", "/services/ @acme/services\n"),
        ],
    )
    .await;

    for address in
        ["tree/trunk/services/basket", "blob/trunk/services/basket/README.md", "tree/HEAD/services/basket/"]
    {
        let found = desk.found(&format!("{SHOP}/{address}")).await;

        let entity = &found["generateEntities"][0]["entity"];
        assert_eq!(entity["metadata"]["name"], "basket", "{address}");
        assert_eq!(entity["spec"]["owner"], "services");
        assert_eq!(
            entity["metadata"]["annotations"]["backstage.io/source-location"],
            "url:https://github.com/acme/shop/tree/trunk/services/basket/"
        );
    }
}

#[tokio::test]
async fn catalog_files_may_have_another_name() {
    let desk = Desk::new().await;
    desk.repository("shop", &[("catalog-info.yaml", CATALOG_FILE), ("backstage/entity.yaml", CATALOG_FILE)])
        .await;
    let named =
        |name: &str| json!({ "location": { "type": "url", "target": SHOP }, "catalogFilename": name });

    for name in ["entity.yaml", "backstage/entity.yaml"] {
        let (_, found) = desk.post("service-token", &named(name)).await;
        assert_eq!(existing(&found).len(), 2, "{name}");
        assert!(existing(&found)[0].contains("/backstage/entity.yaml"));
    }
    let (_, found) = desk.post("service-token", &named("tity.yaml")).await;
    assert_eq!(existing(&found), Vec::<String>::new());
}

#[tokio::test]
async fn a_file_that_is_registered_here_says_so() {
    let desk = Desk::new().await;
    desk.repository("shop", &[("catalog-info.yaml", CATALOG_FILE)]).await;
    // As `catalog:register` does with the address of a repository.
    let location = "url:https://github.com/acme/shop/tree/trunk/catalog-info.yaml";
    desk.app.app.entities.register(location, "task", &[] as &[StoredEntity]).await.unwrap();

    let found = desk.found(SHOP).await;

    assert_eq!(found["existingEntityFiles"][0]["isRegistered"], true);
}

#[tokio::test]
async fn a_broken_catalog_file_is_told_instead_of_a_proposal_beside_it() {
    let desk = Desk::new().await;
    desk.repository("shop", &[("catalog-info.yaml", &CATALOG_FILE.replace("owner: payments", "x: y"))]).await;

    let (status, message) = desk.refused(SHOP).await;

    assert_eq!(status, 400);
    assert!(
        message.contains(
            "`https://github.com/acme/shop/blob/trunk/catalog-info.yaml` cannot be imported: line 1: "
        ) && message.contains("`owner` is missing"),
        "{message}"
    );
}

#[tokio::test]
async fn a_repository_elsewhere_is_read_over_git_where_the_settings_name_its_host() {
    let folder = tempfile::tempdir().unwrap();
    let repository = folder.path().join("acme/shop");
    write(&repository.join("services/basket/package.json"), r#"{ "description": "Keeps what is bought" }"#);
    write(&repository.join("CODEOWNERS"), "* @acme/payments\n");
    git(&repository, &["init", "--quiet", "--initial-branch=main"]);
    git(&repository, &["add", "--all"]);
    git(&repository, &["commit", "--quiet", "--message=first"]);
    let rewrites = format!(
        "[{{ prefix: 'https://gitlab.acme.io/', replacement: 'file://{}/' }}]",
        folder.path().display()
    );
    let desk = Desk::with(&[("GIT__REWRITES", &rewrites)]).await;

    let found = desk.found("https://gitlab.acme.io/acme/shop/-/tree/main/services/basket").await;

    let entity = &found["generateEntities"][0]["entity"];
    assert_eq!(entity["metadata"]["description"], "Keeps what is bought");
    assert_eq!(entity["spec"]["owner"], "payments");
    let annotations = &entity["metadata"]["annotations"];
    assert_eq!(annotations["gitlab.com/project-slug"], "acme/shop");
    assert_eq!(
        annotations["backstage.io/source-location"],
        "url:https://gitlab.acme.io/acme/shop/-/tree/main/services/basket/"
    );
}

#[tokio::test]
async fn no_host_is_asked_that_the_settings_do_not_name() {
    let desk = Desk::new().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();

    for target in [
        format!("http://127.0.0.1:{port}/acme/shop"),
        format!("https://localhost:{port}/acme/shop"),
        format!("https://github.com@127.0.0.1:{port}/acme/shop"),
        format!("git+http://127.0.0.1:{port}/acme/shop.git"),
        format!("file://{}", desk.app.data().display()),
        format!("git+file://{}", desk.app.data().join("objects.git").display()),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "acme/shop".to_owned(),
        String::new(),
    ] {
        let (status, message) = desk.refused(&target).await;

        assert_eq!(status, 400, "{target}: {message}");
        assert!(message.contains("not on a host that this service reads"), "{target}: {message}");
    }
    let asked = tokio::time::timeout(std::time::Duration::ZERO, listener.accept()).await;
    assert!(asked.is_err(), "somebody was asked");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let desk = Desk::new().await;
    desk.repository("shop", &[("README.md", "x\n")]).await;

    let (folder, _) = desk.refused(&format!("{SHOP}/tree/trunk/nowhere")).await;
    let (branch, _) = desk.refused(&format!("{SHOP}/tree/other")).await;

    assert_eq!((folder, branch), (404, 404));
}

#[tokio::test]
async fn a_path_that_leads_out_is_refused() {
    let desk = Desk::new().await;
    desk.repository("shop", &[("README.md", "x\n")]).await;

    let (status, message) = desk.refused(&format!("{SHOP}/tree/trunk/a%2F..%2F..%2Fb")).await;

    assert!(status == 403 || status == 400, "{status}: {message}");
}

#[tokio::test]
async fn users_are_refused_and_so_is_a_request_that_makes_no_sense() {
    let desk = Desk::new().await;
    let body = json!({ "location": { "type": "url", "target": SHOP } });
    assert_eq!(desk.post("user-token-1", &body).await.0, 403);

    for (body, expected) in [
        (json!({}), "request/body must have required property 'location'"),
        (json!({ "location": SHOP }), "request/body/location must be object"),
        (
            json!({ "location": { "type": "url" } }),
            "request/body/location must have required property 'target'",
        ),
        (
            json!({ "location": { "type": "file", "target": "/etc/passwd" } }),
            "a location of type `file` cannot be analysed; give one of type `url`",
        ),
        (
            json!({ "location": { "type": "url", "target": SHOP }, "catalogFilename": 1 }),
            "request/body/catalogFilename must be string",
        ),
    ] {
        let (status, answer) = desk.post("service-token", &body).await;
        assert_eq!((status, answer["error"]["message"].as_str().unwrap()), (400, expected));
    }
}
