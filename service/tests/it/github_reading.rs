//! What the service reads of GitHub: private templates, template repositories, choices for forms.

use std::time::Duration;

use github_double::state::account::Role;
use github_double::{AppCredentials, GitHub, Lag, Limits, Setup};
use serde_json::{Value, json};
use stagecraft::db::Engine;
use stagecraft::ids::TaskId;
use stagecraft::task::TaskStatus;

use crate::support::app::{TestApp, git};
use crate::support::github::{GitHubSite, seed, settings_of};

const TEMPLATE: &str = "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata:\n  name: service\nspec:\n  \
                        type: service\n  parameters: { type: object }\n  steps:\n";
const PUBLISH: &str = "    - { id: publish, action: publish:github, input: { repoUrl: 'github.com?owner=acme&repo=shop', \
                       protectDefaultBranch: false } }\n";

/// A service whose one template lies in the private repository `acme/templates`.
struct Library {
    github: GitHub,
    credentials: AppCredentials,
    installation: u64,
    app: TestApp,
}

impl Library {
    /// With a template of these steps; `{git}` stands for GitHub's address.
    async fn new(steps: &str) -> Self {
        let github = GitHub::start(Setup::default().limits(Limits::none()));
        github.organisation("acme");
        let credentials = github.app("stagecraft");
        let installation = github.installation_for_all(credentials.id, "acme");
        let template = format!("{TEMPLATE}{}{PUBLISH}", steps.replace("{git}", &github.git_url()));
        let files = [
            ("service/template.yaml", template.as_str()),
            ("service/skeleton/README.md", "# ${{ values.name }}\n"),
            ("shared/LICENSE", "free\n"),
        ];
        seed(&github, "acme", "templates", "main", &files).await;
        let forges = json!({ "github.com": settings_of(&github, &credentials, json!({})) }).to_string();
        let place = format!("{}/acme/templates/blob/main/service/template.yaml", github.git_url());
        let sources = json!([place]).to_string();
        let replacement = format!("{}/", github.git_url());
        let rewrites = json!([{ "prefix": "https://github.com/", "replacement": replacement }]).to_string();
        let settings = [
            ("FORGES", forges.as_str()),
            ("TEMPLATES__SOURCES", sources.as_str()),
            ("GIT__REWRITES", rewrites.as_str()),
        ];
        let app = TestApp::on(Engine::Sqlite, &settings).await;
        app.app.tasks.library().refresh().await;
        Self { github, credentials, installation, app }
    }

    async fn run(&self, secrets: Value) -> TaskId {
        let id = self.app.try_create("service", json!({}), secrets).await.unwrap();
        self.app.drain().await;
        id
    }

    async fn completed(&self, secrets: Value) -> TaskId {
        let id = self.run(secrets).await;
        let messages = self.app.messages(id).await;
        assert_eq!(self.app.status(id).await, TaskStatus::Completed, "{messages:#?}");
        id
    }

    /// What was pushed.
    fn files(&self) -> String {
        let folder = self.github.repository("acme", "shop").unwrap().folder;
        git(&folder, &["ls-tree", "-r", "--name-only", "main"])
    }

    /// As whom git was asked to read a repository, each once, in order.
    fn readers(&self, repository: &str) -> Vec<String> {
        let (path, own) = (format!("/{repository}/"), format!("/{repository}.git/"));
        let asked = self.github.exchanges().of("git/upload-pack");
        let asked = asked.those(|one| one.path.starts_with(&path) || one.path.starts_with(&own));
        let mut who: Vec<String> = asked.iter().map(|one| one.who.clone()).collect();
        who.dedup();
        who
    }
}

const FETCH: &str = "    - { id: fetch, action: fetch:template, input: { url: ./skeleton, values: { name: shop } } }\n    \
                     - { id: more, action: fetch:plain, input: { url: ../shared } }\n";

#[tokio::test]
async fn templates_of_a_private_repository_are_read_by_the_app() {
    let library = Library::new(FETCH).await;

    library.completed(json!({})).await;

    assert_eq!(library.files(), ".stagecraft/service.lock.json\nLICENSE\nREADME.md");
    assert_eq!(library.readers("acme/templates"), [format!("installation {}", library.installation)]);
    let anonymous = library.github.exchanges().those(|one| one.who == "anonymous" && one.status == 200);
    assert!(anonymous.is_empty());
}

#[tokio::test]
async fn templates_are_read_again_with_a_new_token_when_the_old_one_has_ended() {
    let library = Library::new(FETCH).await;
    library.github.advance(Duration::from_secs(3_700));

    library.app.app.tasks.library().refresh().await;
    library.completed(json!({})).await;

    assert_eq!(library.readers("acme/templates"), [format!("installation {}", library.installation)]);
    assert!(library.github.exchanges().of("apps/create-installation-access-token").len() >= 2);
}

#[tokio::test]
async fn a_step_reads_another_private_repository_by_the_app() {
    let fetch = "    - { id: fetch, action: fetch:template, input: { url: '{git}/acme/parts/tree/main/a', \
                 values: { name: shop } } }\n";
    let library = Library::new(fetch).await;
    seed(&library.github, "acme", "parts", "main", &[("a/${{ values.name }}.md", "a"), ("b", "b")]).await;

    library.completed(json!({})).await;

    assert_eq!(library.files(), ".stagecraft/service.lock.json\nshop.md");
    assert_eq!(library.readers("acme/parts"), [format!("installation {}", library.installation)]);
}

const AS_JANE: &str = "    - { id: fetch, action: fetch:plain, input: { url: '{git}/acme/parts/tree/main/a', \
                       token: '${{ secrets.mine }}' } }\n";

#[tokio::test]
async fn a_step_with_a_token_reads_as_its_user() {
    let library = Library::new(AS_JANE).await;
    library.github.member("acme", "jane", Role::Admin);
    seed(&library.github, "acme", "parts", "main", &[("a/x", "a")]).await;
    let token = library.github.token("jane", &["repo"]);

    library.completed(json!({ "mine": token })).await;

    assert_eq!(library.readers("acme/parts"), ["user jane"]);
}

#[tokio::test]
async fn a_users_token_that_may_not_read_is_not_helped_out_by_the_apps() {
    let library = Library::new(AS_JANE).await;
    seed(&library.github, "acme", "parts", "main", &[("a/x", "a")]).await;
    let token = library.github.token("stranger", &["repo"]);

    let id = library.run(json!({ "mine": token })).await;

    let (_, message) = library.app.failure(id).await;
    assert!(message.contains("acme/parts") && !message.contains(&token), "{message}");
    assert!(library.readers("acme/parts").is_empty());
    assert!(library.github.repository("acme", "shop").is_none());
}

const OF_THE_FORGE: &str = "    - { id: fetch, action: fetch:plain, input: { url: 'https://github.com/acme/parts/tree/main/a', \
                            token: '${{ secrets.mine }}' } }\n";

#[tokio::test]
async fn a_repository_of_the_forge_is_read_with_the_token_of_the_step() {
    let library = Library::new(OF_THE_FORGE).await;
    library.github.member("acme", "jane", Role::Admin);
    seed(&library.github, "acme", "parts", "main", &[("a/x", "a")]).await;
    let token = library.github.token("jane", &["repo"]);

    library.completed(json!({ "mine": token })).await;

    assert_eq!(library.readers("acme/parts"), ["user jane"]);
    assert_eq!(library.files(), ".stagecraft/service.lock.json\nx");
}

#[tokio::test]
async fn a_token_that_may_not_read_a_repository_of_the_forge_is_not_helped_out() {
    let library = Library::new(OF_THE_FORGE).await;
    seed(&library.github, "acme", "parts", "main", &[("a/x", "a")]).await;
    let token = library.github.token("stranger", &["repo"]);

    let id = library.run(json!({ "mine": token })).await;

    assert_eq!(library.app.status(id).await, TaskStatus::Failed);
    assert!(library.readers("acme/parts").is_empty(), "{:?}", library.readers("acme/parts"));
}

#[tokio::test]
async fn public_repositories_of_owners_without_the_app_are_read_without_a_token() {
    let fetch = "    - { id: fetch, action: fetch:plain, input: { url: 'https://github.com/other/parts/tree/main/a' } }\n";
    let library = Library::new(fetch).await;
    library.github.organisation("other");
    seed(&library.github, "other", "parts", "main", &[("a/x", "a")]).await;
    library.github.change(|state| {
        let parts = state.repositories.values_mut().find(|one| one.name == "parts").unwrap();
        parts.visibility = "public".to_owned();
    });

    library.completed(json!({})).await;

    assert_eq!(library.readers("other/parts"), ["anonymous"]);
    assert_eq!(library.files(), ".stagecraft/service.lock.json\nx");
}

#[tokio::test]
async fn where_the_app_is_not_installed_no_token_of_another_owner_is_sent() {
    let fetch = "    - { id: fetch, action: fetch:plain, input: { url: '{git}/other/parts/tree/main/a' } }\n";
    let library = Library::new(fetch).await;
    library.github.organisation("other");
    seed(&library.github, "other", "parts", "main", &[("a/x", "a")]).await;

    let id = library.run(json!({})).await;

    let (_, message) = library.app.failure(id).await;
    assert!(message.contains("other/parts"), "{message}");
    let asked = library.github.exchanges().those(|one| one.path.starts_with("/other/parts"));
    assert!(!asked.is_empty() && asked.iter().all(|one| one.who == "anonymous"), "{asked:?}");
}

#[tokio::test]
async fn an_installation_that_is_suspended_is_named_where_its_templates_are_read() {
    let fetch = "    - { id: fetch, action: fetch:plain, input: { url: '{git}/acme/parts/tree/main/a' } }\n";
    let library = Library::new(fetch).await;
    seed(&library.github, "acme", "parts", "main", &[("a/x", "a")]).await;
    let id = library.app.create("service", json!({})).await;
    library.github.advance(Duration::from_secs(3_700));
    library.github.change(|state| state.installations[0].suspended = Some(state.now));

    library.app.drain().await;

    let (_, message) = library.app.failure(id).await;
    assert!(message.contains("suspended") && message.contains("`acme`"), "{message}");
    assert!(library.credentials.id > 0);
}

/// A GitHub with the template repository `acme/service-template`, whose branch is `trunk`.
async fn generating() -> GitHubSite {
    let site = GitHubSite::on(Engine::Sqlite, Setup::default().limits(Limits::none()), json!({})).await;
    let files = [("README.md", "# Service\n"), ("src/main.rs", "fn main() {}\n")];
    site.seed("acme", "service-template", "trunk", &files).await;
    site.github.change(|state| {
        for one in state.repositories.values_mut() {
            one.settings.insert("is_template".to_owned(), json!(true));
        }
    });
    let generate = "parameters: { type: object }\nsteps:\n  - id: make\n    action: github:repo:generate\n    input:\n      \
                    repoUrl: github.com?owner=acme&repo=${{ parameters.name }}\n      \
                    templateRepoUrl: github.com?owner=acme&repo=${{ parameters.from }}\n      \
                    description: Sells things\n      homepage: https://shop.acme.io\n      hasWiki: false\n      \
                    topics: [shop]\n      repoVisibility: ${{ parameters.visibility }}\noutput:\n  \
                    contents: ${{ steps.make.output.repoContentsUrl }}\n  remote: ${{ steps.make.output.remoteUrl }}\n";
    site.app.template("generate", generate, &[]).await;
    site
}

fn from_template() -> Value {
    json!({ "name": "shop", "from": "service-template", "visibility": "private" })
}

#[tokio::test]
async fn a_repository_of_a_template_repository_keeps_its_branch() {
    let site = generating().await;
    site.github.lag(Lag::after_generate(Duration::from_millis(700)));

    let id = site.app.run("generate", from_template()).await;

    assert_eq!(site.app.status(id).await, TaskStatus::Completed, "{:#?}", site.app.messages(id).await);
    let shop = site.github.repository("acme", "shop").unwrap();
    assert_eq!((shop.default_branch.as_str(), shop.visibility.as_str()), ("trunk", "private"));
    assert_eq!(git(&shop.folder, &["ls-tree", "-r", "--name-only", "trunk"]), "README.md\nsrc/main.rs");
    assert_eq!(git(&shop.folder, &["rev-list", "--count", "trunk"]), "1");
    let has = |name: &str| shop.settings[name].clone();
    assert_eq!([has("description"), has("homepage")], ["Sells things", "https://shop.acme.io"]);
    assert_eq!((has("has_wiki"), shop.topics.clone()), (json!(false), vec!["shop".to_owned()]));
    let output = site.app.output(id).await;
    assert_eq!(output["contents"], format!("{}/acme/shop/blob/trunk", site.github.git_url()));
    assert_eq!(output["remote"], site.github.clone_url("acme", "shop"));
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_repository_of_a_template() {
    for fault in [
        github_double::Fault::on("repos/create-using-template").drop_after(),
        github_double::Fault::on("repos/create-using-template").drop_before(),
        github_double::Fault::on("repos/create-using-template").answer(502).after_apply(),
    ] {
        let site = generating().await;
        site.github.fault(fault);

        let id = site.app.run("generate", from_template()).await;

        assert_eq!(site.app.status(id).await, TaskStatus::Completed, "{:#?}", site.app.messages(id).await);
        assert_eq!(site.github.repositories(), ["acme/service-template", "acme/shop"]);
        let made = site.github.exchanges().of("repos/create-using-template").applied();
        assert_eq!(made.len(), 1);
    }
}

#[tokio::test]
async fn a_repository_of_a_template_repository_may_be_internal() {
    let site = generating().await;
    let mut values = from_template();
    values["visibility"] = json!("internal");

    let id = site.app.run("generate", values).await;

    assert_eq!(site.app.status(id).await, TaskStatus::Completed, "{:#?}", site.app.messages(id).await);
    assert_eq!(site.github.repository("acme", "shop").unwrap().visibility, "internal");
}

#[tokio::test]
async fn a_repository_that_is_no_template_or_not_there_is_told_and_makes_nothing() {
    let site = generating().await;
    site.seed("acme", "plain", "main", &[("a", "a")]).await;

    for from in ["plain", "nowhere"] {
        let mut values = from_template();
        values["from"] = json!(from);
        let id = site.app.run("generate", values).await;

        let (name, message) = site.app.failure(id).await;
        assert_eq!(name, "InputError", "{message}");
        assert!(message.contains(&format!("no template repository `github.com/acme/{from}`")), "{message}");
        assert!(site.github.repository("acme", "shop").is_none());
    }
}

/// What the form of a user is offered: the status and the answer.
async fn offered(url: &str, resource: &str, body: Value) -> (u16, Value) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let place = format!("{url}/api/scaffolder/v2/autocomplete/github/{resource}");
    let answer = client.post(place).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

fn ids(answer: &Value) -> Vec<&str> {
    let results = answer["results"].as_array().unwrap_or_else(|| panic!("{answer}"));
    results.iter().map(|one| one["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_form_is_offered_what_its_user_sees() {
    let site = GitHubSite::on(Engine::Sqlite, Setup::default().limits(Limits::none()), json!({})).await;
    site.github.organisation("other");
    site.github.member("acme", "jane", Role::Member);
    for (owner, name) in [("acme", "shop"), ("acme", "hidden"), ("other", "theirs")] {
        site.seed(owner, name, "main", &[("a", "a")]).await;
    }
    site.github.change(|state| {
        let shop = state.repositories.values_mut().find(|one| one.name == "shop").unwrap();
        shop.collaborators.insert("jane".to_owned(), "push".to_owned());
        let hidden = state.repositories.values_mut().find(|one| one.name == "hidden").unwrap();
        std::fs::write(hidden.folder.join("refs/heads/next"), "0".repeat(40)).unwrap();
    });
    let token = site.github.token("jane", &["repo", "read:org"]);
    let (url, stop) = site.app.serve().await;

    let (_, owners) = offered(&url, "owners", json!({ "token": token, "context": {} })).await;
    let (_, repositories) =
        offered(&url, "repositoriesWithOwner", json!({ "token": token, "context": {} })).await;
    let context = json!({ "owner": "acme", "repository": "shop" });
    let (_, branches) = offered(&url, "branches", json!({ "token": token, "context": context })).await;
    stop.cancel();

    assert_eq!(ids(&owners), ["acme", "jane"]);
    assert!(ids(&repositories).contains(&"acme/shop"), "{repositories}");
    assert!(!repositories.to_string().contains("other/"), "{repositories}");
    assert_eq!(ids(&branches), ["main"]);
    let asked = site.github.exchanges().those(|one| one.who != "user founder");
    assert!(asked.iter().all(|one| one.who == "user jane"), "{asked:?}");
}

#[tokio::test]
async fn a_form_is_told_why_it_is_offered_nothing() {
    let site = GitHubSite::on(Engine::Sqlite, Setup::default().limits(Limits::none()), json!({})).await;
    site.seed("acme", "shop", "main", &[("a", "a")]).await;
    let token = site.github.token("stranger", &["repo"]);
    let shop = json!({ "owner": "acme", "repository": "shop" });
    let bad = json!({ "owner": "acme", "repository": "../../orgs/acme" });
    let cases = [
        ("owners", json!({ "token": "ghp_nobodys", "context": {} }), 403, "still valid"),
        ("branches", json!({ "token": token, "context": shop }), 404, "acme/shop"),
        ("branches", json!({ "token": token, "context": bad }), 400, "cannot be a repository name"),
        ("branches", json!({ "token": token, "context": {} }), 400, "Missing owner and/or repository"),
        ("owners", json!({ "token": token, "context": { "host": "ghe.example" } }), 400, "not served here"),
        ("nonsense", json!({ "token": token, "context": {} }), 400, "Invalid resource"),
    ];
    let (url, stop) = site.app.serve().await;

    for (resource, body, status, words) in cases {
        let (told, answer) = offered(&url, resource, body.clone()).await;
        assert_eq!(told, status, "{resource} {body}: {answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains(words), "{resource}: {answer}");
        assert!(!answer.to_string().contains("ghp_nobodys"), "{answer}");
    }
    stop.cancel();
}
