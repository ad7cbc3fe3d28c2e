//! Shapes of templates that are found in public: what their authors relied on has to go on working.
//!
//! Each test is a template of our own that has one trait of templates written by others; the service is the real
//! one, from source to pushed commit.

use serde_json::{Value, json};
use stagecraft::db::Engine;
use stagecraft::task::TaskStatus;

use crate::support::app::{TestApp, git, write};

const REPO_URL: &str = "github.com?owner=acme&repo=shop";
const REGISTERED: &str = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: shop\n\
                          spec: { type: service, lifecycle: production, owner: team-a }\n";

/// A step that publishes as older templates do.
const PUBLISH: &str = "\
- id: publish
  action: publish:github
  input:
    allowedHosts: ['github.com']
    description: This is ${{ parameters.name }}
    repoUrl: ${{ parameters.repoUrl }}
";
const REGISTER: &str = "\
- id: register
  action: catalog:register
  input:
    repoContentsUrl: ${{ steps.publish.output.repoContentsUrl }}
    catalogInfoPath: CATALOG
";

fn values() -> Value {
    json!({ "name": "shop", "repoUrl": REPO_URL })
}

/// The text of a template with these steps, as a file of its own.
fn template(name: &str, steps: &[&str]) -> String {
    let steps: String = steps.concat().lines().map(|line| format!("  {line}\n")).collect();
    format!(
        "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata:\n  name: {name}\nspec:\n  \
         type: service\n  steps:\n{steps}"
    )
}

fn fetch(input: &str) -> String {
    let input: String = input.lines().map(|line| format!("    {line}\n")).collect();
    format!("- id: fetch\n  action: fetch:template\n  input:\n{input}")
}

/// The files of the pushed commit without the lock file.
fn pushed(app: &TestApp) -> Vec<String> {
    let names = app.git("acme", "shop", &["ls-tree", "-r", "--name-only", "main"]);
    names.lines().filter(|name| !name.starts_with(".stagecraft/")).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_template_with_keys_of_older_versions_publishes_and_says_so() {
    let app = TestApp::new().await;
    let spec = format!("steps:\n{}{PUBLISH}", fetch("url: ./skeleton\ncopyWithoutRender: ['*.png']"));
    app.template("older", &spec, &[("skeleton/README.md", "# shop\n")]).await;

    let id = app.run("older", values()).await;

    let messages = app.messages(id).await;
    assert_eq!(app.status(id).await, TaskStatus::Completed, "{messages:#?}");
    assert_eq!(pushed(&app), ["README.md"]);
    for key in ["allowedHosts", "copyWithoutRender"] {
        let told = format!("warn\u{1b}[39m: `{key}` has no effect");
        assert!(messages.iter().any(|message| message.contains(&told)), "{key}: {messages:#?}");
    }
}

#[tokio::test]
async fn a_folder_that_is_copied_without_templating_covers_the_files_below_it() {
    let app = TestApp::new().await;
    let input = "url: ./skeleton\ncopyWithoutTemplating:\n  - .github/workflows/\nvalues:\n  name: ${{ parameters.name }}";
    let workflow = "token: ${{ secrets.TOKEN }}\nname: ${{ values.name }}\n";
    let files = [
        ("skeleton/.github/workflows/ci.yml", workflow),
        ("skeleton/.github/workflows/nested/${{ values.name }}.yml", workflow),
        ("skeleton/.github/labels.yml", "name: ${{ values.name }}\n"),
    ];
    app.template("workflows", &format!("steps:\n{}{PUBLISH}", fetch(input)), &files).await;

    let id = app.run("workflows", values()).await;

    assert_eq!(app.status(id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
    let text = |path: &str| app.git("acme", "shop", &["show", &format!("main:{path}")]);
    assert_eq!(text(".github/workflows/ci.yml"), workflow.trim_end());
    assert_eq!(text(".github/workflows/nested/shop.yml"), workflow.trim_end());
    assert_eq!(text(".github/labels.yml"), "name: shop");
}

#[tokio::test]
async fn a_file_whose_folder_renders_to_nothing_is_left_out_with_a_warning() {
    let app = TestApp::new().await;
    let spec = format!("steps:\n{}{PUBLISH}", fetch("url: ./skeleton\nvalues:\n  javaPackage: io.acme"));
    let files =
        [("skeleton/src/${{ values.java_package }}/Main.java", "class Main {}\n"), ("skeleton/pom.xml", "")];
    app.template("java", &spec, &files).await;

    let id = app.run("java", values()).await;

    let messages = app.messages(id).await;
    assert_eq!(app.status(id).await, TaskStatus::Completed, "{messages:#?}");
    assert_eq!(pushed(&app), ["pom.xml"]);
    let told = "`src/${{ values.java_package }}/Main.java` was left out: ";
    assert!(messages.iter().any(|message| message.contains(told)), "{messages:#?}");
}

/// A repository of templates as public ones are laid out: templates three folders down, which share skeletons at
/// the top and choose one by a value.
fn shared_skeletons(root: &std::path::Path) {
    let input = "url: ${{ parameters.ci }}\ntargetPath: .\nvalues:\n  name: ${{ parameters.name }}";
    let second = fetch("url: ../../../skeletons/catalog-info/\nvalues:\n  name: ${{ parameters.name }}");
    let register = REGISTER.replace("CATALOG", "/catalog-info.yaml");
    let steps = [&fetch(input), &second.replace("id: fetch", "id: catalog"), PUBLISH, &register];
    write(&root.join("templates/github/go/template.yaml"), &template("go", &steps));
    write(&root.join("skeletons/ci/main.yml"), "name: ${{ values.name }}\n");
    let info = REGISTERED.replace("name: shop", "name: ${{ values.name }}");
    write(&root.join("skeletons/catalog-info/catalog-info.yaml"), &info);
}

async fn the_shared_skeletons_are_read(app: &TestApp) {
    let mut values = values();
    values["ci"] = "../../../skeletons/ci".into();

    let id = app.run("go", values).await;

    assert_eq!(app.status(id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
    assert_eq!(pushed(app), ["catalog-info.yaml", "main.yml"]);
    assert_eq!(app.git("acme", "shop", &["show", "main:main.yml"]), "name: shop");
}

#[tokio::test]
async fn templates_of_a_folder_share_skeletons_above_their_own() {
    let app = TestApp::new().await;
    shared_skeletons(&app.templates());
    app.app.tasks.library().refresh().await;

    the_shared_skeletons_are_read(&app).await;
}

#[tokio::test]
async fn templates_of_a_repository_share_skeletons_above_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let repository = root.join("acme/templates");
    shared_skeletons(&repository);
    git(&repository, &["init", "--quiet", "--initial-branch=main"]);
    git(&repository, &["add", "--all"]);
    git(&repository, &["commit", "--quiet", "--message=templates"]);
    // The address of a forge, answered by a folder: as behind a mirror.
    let sources = json!(["https://github.com/acme/templates/blob/main/templates/github/go/template.yaml"]);
    let rewrites =
        json!([{ "prefix": "https://github.com/", "replacement": format!("file://{}/", root.display()) }]);
    let settings = [("TEMPLATES__SOURCES", &*sources.to_string()), ("GIT__REWRITES", &*rewrites.to_string())];
    let app = TestApp::on(Engine::Sqlite, &settings).await;

    the_shared_skeletons_are_read(&app).await;
}

#[tokio::test]
async fn a_repository_is_registered_by_locations_that_lead_to_its_entities() {
    let app = TestApp::new().await;
    let register = REGISTER.replace("CATALOG", "/all.yaml");
    let spec = format!(
        "steps:\n{}{PUBLISH}{register}",
        fetch("url: ./skeleton\nvalues:\n  name: ${{ parameters.name }}")
    );
    let location = |name: &str, target: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: {name}\nspec:\n  targets: ['{target}']\n"
        )
    };
    let files = [
        ("skeleton/all.yaml", &*location("shop-entities", "./parts.yaml")),
        ("skeleton/parts.yaml", &*location("shop-parts", "./parts/${{ values.name }}.yaml")),
        ("skeleton/parts/${{ values.name }}.yaml", REGISTERED),
    ];
    app.template("system", &spec, &files).await;

    let id = app.run("system", values()).await;

    assert_eq!(app.status(id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
    let known = app.app.entities.list().await.unwrap();
    let known: Vec<&str> = known.iter().map(|one| one.entity_ref.as_str()).collect();
    assert_eq!(
        known,
        ["component:default/shop", "location:default/shop-entities", "location:default/shop-parts"]
    );
}

#[tokio::test]
async fn a_template_whose_last_step_names_an_absent_action_makes_nothing() {
    let app = TestApp::new().await;
    let absent = "- id: deploy\n  action: argocd:create-resources\n  input: {}\n";
    let spec = format!("steps:\n{}{PUBLISH}{absent}", fetch("url: ./skeleton"));
    app.template("deployed", &spec, &[("skeleton/README.md", "")]).await;

    let refused = app.try_create("deployed", values(), json!({})).await.unwrap_err();

    let text = refused.to_string();
    assert!(text.contains("`deploy`") && text.contains("`argocd:create-resources`"), "{text}");
    assert!(!app.repository("acme", "shop").exists());
}
