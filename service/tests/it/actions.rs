//! Actions one by one, on a workspace in memory, the local forge and a database of their own.

use catalog_gen::TreePath;
use nunjucks::{Text, Value as NValue};
use serde_json::{Value, json};
use stagecraft::action::ActionError;
use stagecraft::entities::StoredEntity;
use stagecraft::forge::Forge;
use stagecraft::git::tree_id;

use crate::support::bench::{Bench, slug, tree};

const CATALOG_INFO: &str = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: demo\n\
                            spec: { type: service, lifecycle: production, owner: team-a }\n";

fn secret(text: &str) -> NValue {
    NValue::from(Text::secret(text))
}

fn publish(name: &str) -> Value {
    json!({ "repoUrl": format!("github.com?owner=acme&repo={name}") })
}

#[tokio::test]
async fn a_log_line_shows_no_secret() {
    let mut bench = Bench::new().await;

    bench.marked_step("debug:log", NValue::object([("message", secret("hunter2"))])).await.unwrap();

    assert_eq!(bench.log(), "{\n  \"message\": \"***\"\n}\n***");
}

#[tokio::test]
async fn a_wait_ends_when_the_task_is_cancelled() {
    let mut bench = Bench::new().await;
    let token = bench.cancelled.clone();
    let step = bench.step("debug:wait", json!({ "minutes": 10 }));

    let (outcome, ()) = tokio::join!(step, async move { token.cancel() });

    assert!(matches!(outcome, Err(ActionError::Cancelled)));
}

#[tokio::test]
async fn a_wait_is_not_waited_twice() {
    let mut bench = Bench::new().await;
    bench.step("debug:wait", json!({ "milliseconds": 1 })).await.unwrap();
    // Whatever would wait now would be cancelled.
    bench.cancelled.cancel();

    bench.step("debug:wait", json!({ "milliseconds": 1 })).await.unwrap();
}

#[tokio::test]
async fn files_are_deleted_renamed_and_listed() {
    let mut bench = Bench::new().await.with_files(&[("a/one", "1"), ("a/two.bak", "2"), ("top", "3")]);

    bench.step("fs:delete", json!({ "files": ["**/*.bak"] })).await.unwrap();
    bench.step("fs:rename", json!({ "files": [{ "from": "a", "to": "b" }] })).await.unwrap();
    bench.step("fs:readdir", json!({ "paths": ["."], "recursive": true })).await.unwrap();

    let entry = |name: &str, path: &str| json!({ "name": name, "path": path, "fullPath": path });
    assert_eq!(bench.outputs["files"], json!([entry("one", "b/one"), entry("top", "top")]));
    assert_eq!(bench.outputs["folders"], json!([entry("b", "b")]));
}

#[tokio::test]
async fn a_failed_rename_leaves_the_workspace_as_it_was() {
    let mut bench = Bench::new().await.with_files(&[("a", "1"), ("b", "2")]);
    let moves = json!({ "files": [{ "from": "a", "to": "c" }, { "from": "missing", "to": "d" }] });

    let error = bench.step("fs:rename", moves).await.unwrap_err();

    assert!(matches!(error, ActionError::NotFound(_)), "{error}");
    assert_eq!(bench.names(), ["a", "b"]);
}

#[tokio::test]
async fn an_entity_is_written_as_yaml_with_its_template() {
    let mut bench = Bench::new().await;
    let entity =
        json!({ "apiVersion": "backstage.io/v1alpha1", "kind": "System", "metadata": { "name": "shop" } });

    bench.step("catalog:write", json!({ "entity": entity, "filePath": "docs/system.yaml" })).await.unwrap();

    assert_eq!(
        bench.text("docs/system.yaml"),
        "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata:\n  name: shop\n  annotations:\n    \
         backstage.io/source-template: template:default/demo\n"
    );
}

#[tokio::test]
async fn an_entity_with_a_secret_makes_a_sensitive_file() {
    let mut bench = Bench::new().await;
    let metadata = NValue::object([("name", NValue::from("shop")), ("title", secret("hunter2"))]);
    let entity = NValue::object([("kind", NValue::from("System")), ("metadata", metadata)]);

    bench.marked_step("catalog:write", NValue::object([("entity", entity)])).await.unwrap();

    let path = TreePath::parse("catalog-info.yaml").unwrap();
    assert!(bench.workspace.file(&path).unwrap().sensitive);
}

#[tokio::test]
async fn entities_are_fetched_by_reference() {
    let mut bench = Bench::new().await;
    let entity = json!({ "kind": "System", "metadata": { "name": "shop" } });
    let stored = StoredEntity {
        entity_ref: "system:default/shop".to_owned(),
        entity: entity.clone(),
        location: "url:https://example.com/x".to_owned(),
    };
    bench.capabilities.entities.register("url:https://example.com/x", "somebody", &[stored]).await.unwrap();
    let input = json!({ "entityRefs": ["Shop", "none"], "defaultKind": "system", "optional": true });

    bench.step("catalog:fetch", input).await.unwrap();

    assert_eq!(bench.outputs["entities"], json!([entity, null]));
    bench.forget();
    let missing = bench.step("catalog:fetch", json!({ "entityRef": "system:none" })).await;
    assert!(matches!(missing, Err(ActionError::NotFound(_))));
}

#[tokio::test]
async fn a_folder_of_a_repository_is_fetched_over_what_is_there() {
    let mut bench = Bench::new().await.with_files(&[("docs/index.md", "old"), ("docs/own.md", "own")]);
    bench.repository("standards", &[("policies/index.md", "new"), ("README.md", "no")]).await;
    let url = "https://github.com/acme/standards/tree/main/policies";

    bench.step("fetch:plain", json!({ "url": url, "targetPath": "./docs" })).await.unwrap();

    assert_eq!(bench.names(), ["docs/index.md", "docs/own.md"]);
    assert_eq!(bench.text("docs/index.md"), "new");
    assert_eq!(bench.log(), format!("Fetching the folder `{url}`\nWrote 1 file (3 bytes) to `docs`"));
}

#[tokio::test]
async fn what_was_fetched_is_read_again_from_the_journal() {
    let mut bench = Bench::new().await;
    bench.repository("standards", &[("policies/index.md", "new")]).await;
    let input = json!({ "url": "https://github.com/acme/standards/tree/main/policies" });
    bench.step("fetch:plain", input.clone()).await.unwrap();
    let first = std::mem::take(&mut bench.workspace);
    // Whatever would look outside for the first time now would be cancelled.
    bench.cancelled.cancel();

    bench.step("fetch:plain", input).await.unwrap();

    assert_eq!(bench.workspace, first);
}

#[tokio::test]
async fn one_file_of_a_repository_is_fetched_under_its_new_name() {
    let mut bench = Bench::new().await;
    bench.repository("standards", &[("legal/LICENSE", "free")]).await;
    let url = "https://github.com/acme/standards/blob/main/legal/LICENSE";

    bench.step("fetch:plain:file", json!({ "url": url, "targetPath": "LICENSE.txt" })).await.unwrap();

    assert_eq!(bench.text("LICENSE.txt"), "free");
}

#[tokio::test]
async fn a_skeleton_is_rendered_and_what_is_there_stays_unless_it_may_be_replaced() {
    let skeleton =
        [("skeleton/README.md", "# ${{ values.name }}\n"), ("skeleton/${{ values.name }}.txt", "x")];
    let url = "https://github.com/acme/skeletons/tree/main/skeleton";

    for (replace, readme) in [(false, "mine"), (true, "# demo\n")] {
        let mut bench = Bench::new().await.with_files(&[("README.md", "mine")]);
        bench.repository("skeletons", &skeleton).await;
        let input = json!({ "url": url, "values": { "name": "demo" }, "replace": replace });

        bench.step("fetch:template", input).await.unwrap();

        assert_eq!(bench.names(), ["README.md", "demo.txt"]);
        assert_eq!(bench.text("README.md"), readme, "replace: {replace}");
    }
}

#[tokio::test]
async fn what_is_rendered_of_a_secret_is_sensitive_and_is_not_logged() {
    let mut bench = Bench::new().await;
    bench.repository("skeletons", &[("a/env", "TOKEN=${{ values.name }}"), ("a/plain", "x")]).await;
    let values = NValue::object([("name", secret("hunter2"))]);
    let url = NValue::from("https://github.com/acme/skeletons/tree/main/a");

    bench.marked_step("fetch:template", NValue::object([("url", url), ("values", values)])).await.unwrap();

    assert_eq!(bench.text("env"), "TOKEN=hunter2");
    assert!(bench.workspace.file(&TreePath::parse("env").unwrap()).unwrap().sensitive);
    assert!(!bench.workspace.file(&TreePath::parse("plain").unwrap()).unwrap().sensitive);
    assert!(!bench.log().contains("hunter2"));
}

#[tokio::test]
async fn one_file_is_rendered_unless_it_is_there_already() {
    let mut bench = Bench::new().await.with_files(&[("kept.md", "mine")]);
    bench.repository("skeletons", &[("README.md", "# ${{ values.name }}\n")]).await;
    let input = |target: &str| {
        let url = "https://github.com/acme/skeletons/blob/main/README.md";
        json!({ "url": url, "targetPath": target, "values": { "name": "demo" } })
    };

    bench.step("fetch:template:file", input("docs/index.md")).await.unwrap();
    bench.forget();
    bench.step("fetch:template:file", input("kept.md")).await.unwrap();

    assert_eq!((bench.text("docs/index.md"), bench.text("kept.md")), ("# demo\n", "mine"));
}

#[tokio::test]
async fn a_handlebars_skeleton_is_rendered_where_it_says_so_and_copied_elsewhere() {
    let mut bench = Bench::new().await;
    let files = [("a/README.md.hbs", "# {{name}}\n"), ("a/ci.yaml", "ref: ${{ github.ref }} {{ name }}\n")];
    bench.repository("skeletons", &files).await;
    let url = "https://github.com/acme/skeletons/tree/main/a";

    bench.step("fetch:handlebars", json!({ "url": url, "values": { "name": "demo" } })).await.unwrap();

    assert_eq!(bench.names(), ["README.md", "ci.yaml"]);
    assert_eq!(bench.text("README.md"), "# demo\n");
    assert_eq!(bench.text("ci.yaml"), "ref: ${{ github.ref }} {{ name }}\n");
}

#[tokio::test]
async fn options_that_do_not_go_together_are_refused() {
    for other in [json!({ "copyWithoutTemplating": ["*"] }), json!({ "cookiecutterCompat": true })] {
        let mut input = json!({ "url": "./skeleton", "templateFileExtension": true });
        input.as_object_mut().unwrap().extend(other.as_object().cloned().unwrap());

        let error = Bench::new().await.step("fetch:template", input).await.unwrap_err();

        assert!(matches!(error, ActionError::Input(_)), "{error}");
    }
}

#[tokio::test]
async fn nothing_is_fetched_to_a_place_outside_the_workspace() {
    for action in
        ["fetch:plain", "fetch:plain:file", "fetch:template", "fetch:template:file", "fetch:handlebars"]
    {
        let input = json!({ "url": "./x", "targetPath": "../x" });

        let error = Bench::new().await.step(action, input).await.unwrap_err();

        assert!(matches!(error, ActionError::NotAllowed(_)), "{action}: {error}");
    }
}

#[tokio::test]
async fn a_workspace_is_published_with_its_lock_file_and_without_what_git_ignores() {
    let files = [("README.md", "# demo\n"), (".gitignore", "target/\n"), ("target/x", "")];
    let mut bench = Bench::new().await.with_files(&files);

    bench.step("publish:github", publish("demo")).await.unwrap();

    let pushed = bench.pushed("demo").await;
    let names: Vec<&str> = pushed.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(names, [".gitignore", ".stagecraft/demo.lock.json", "README.md"]);
    assert_eq!(bench.outputs["repoContentsUrl"], "https://github.com/acme/demo/blob/main");
    assert!(bench.outputs["remoteUrl"].as_str().unwrap().ends_with("/acme/demo.git"));
    assert_eq!(bench.outputs["commitHash"].as_str().unwrap().len(), 40);
    for id in ["repositoryId", "ownerId"] {
        assert_eq!(bench.outputs[id].as_str().unwrap().parse::<u64>().unwrap().to_string().len(), 9, "{id}");
    }
    assert!(bench.log().contains("Left out what `.gitignore` names: `target`"));
}

#[tokio::test]
async fn the_lock_file_tells_what_a_repository_was_made_from_and_no_secret() {
    let mut bench = Bench::new().await.with_files(&[("README.md", "# demo\n")]);

    bench.step("publish:github", publish("demo")).await.unwrap();

    let pushed = bench.pushed("demo").await;
    let path = TreePath::parse(".stagecraft/demo.lock.json").unwrap();
    let text = pushed.file(&path).unwrap().text().unwrap();
    let mut lock: Value = serde_json::from_str(text).unwrap();
    let digest = lock.as_object_mut().unwrap().remove("digest").unwrap();
    assert!(digest.as_str().unwrap().starts_with("sha256:"), "{digest}");
    assert_eq!(
        lock,
        json!({
            "answers": { "name": "demo", "password": "***" },
            "engine": { "name": "stagecraft", "version": env!("CARGO_PKG_VERSION") },
            "facts": { "createdAt": "2026-11-23T04:00:00Z", "repository": "github.com/acme/demo" },
            "instance": "demo",
            "rendered": { "files": 1, "tree": tree_id(&bench.workspace).unwrap() },
            "root": ".",
            "schema": 1,
            "secrets": ["TOKEN"],
            "template": { "entityRef": "template:default/demo" },
        })
    );
}

#[tokio::test]
async fn a_run_that_forgot_everything_takes_its_own_repository_on() {
    let mut bench = Bench::new().await.with_files(&[("README.md", "# demo\n")]);
    bench.step("publish:github", publish("demo")).await.unwrap();
    let first = bench.outputs.clone();

    bench.forget();
    bench.step("publish:github", publish("demo")).await.unwrap();

    assert_eq!(bench.outputs, first);
}

#[tokio::test]
async fn a_repository_of_another_task_is_in_the_way_and_stays_as_it_is() {
    let mut bench = Bench::new().await.with_files(&[("README.md", "mine")]);
    bench.repository("demo", &[("README.md", "theirs")]).await;

    let error = bench.step("publish:github", publish("demo")).await.unwrap_err();

    assert!(
        matches!(&error, ActionError::Conflict(message)
        if message.starts_with("Repository acme/demo already exists on github.com; ")),
        "{error}"
    );
    assert_eq!(bench.pushed("demo").await, tree(&[("README.md", "theirs")]));
}

#[tokio::test]
async fn nothing_is_created_when_there_is_nothing_to_push() {
    let mut bench = Bench::new().await.with_files(&[("a", "x")]);
    let mut input = publish("demo");
    input["sourcePath"] = "service".into();

    let error = bench.step("publish:github", input).await.unwrap_err();

    assert!(matches!(&error, ActionError::Input(message) if message.contains("`service`")), "{error}");
    assert_eq!(bench.forge.find(&slug("demo")).await.unwrap(), None);
}

#[tokio::test]
async fn a_repository_is_created_and_then_pushed_to() {
    let mut bench = Bench::new().await.with_files(&[("service/main.rs", ""), ("notes.md", "")]);
    bench.run.write_lock_file = false;

    bench.step("github:repo:create", publish("demo")).await.unwrap();
    let created = bench.outputs.clone();
    let mut input = publish("demo");
    input["sourcePath"] = "/service".into();
    bench.step("github:repo:push", input).await.unwrap();

    assert_eq!(created["repoContentsUrl"], "https://github.com/acme/demo/blob/main");
    assert_eq!(bench.outputs["repoContentsUrl"], created["repoContentsUrl"]);
    assert_eq!(bench.pushed("demo").await, tree(&[("main.rs", "")]));
}

#[tokio::test]
async fn a_repository_can_start_with_a_readme() {
    let mut bench = Bench::new().await;
    let mut input = publish("demo");
    input["autoInit"] = true.into();

    bench.step("github:repo:create", input).await.unwrap();

    assert_eq!(bench.pushed("demo").await, tree(&[("README.md", "# demo\n")]));
}

#[tokio::test]
async fn a_push_needs_a_repository() {
    let mut bench = Bench::new().await.with_files(&[("a", "x")]);

    let error = bench.step("github:repo:push", publish("demo")).await.unwrap_err();

    assert!(
        matches!(&error, ActionError::NotFound(message) if message.contains("`github:repo:create`")),
        "{error}"
    );
}

#[tokio::test]
async fn a_host_that_is_not_served_is_told_with_those_that_are() {
    let mut bench = Bench::new().await.with_files(&[("a", "x")]);
    let input = json!({ "repoUrl": "gitlab.com?owner=acme&repo=demo" });

    let error = bench.step("publish:github", input).await.unwrap_err();

    assert!(
        matches!(&error, ActionError::Input(message)
        if message.contains("`gitlab.com`") && message.contains("`github.com`")),
        "{error}"
    );
}

#[tokio::test]
async fn a_key_of_older_templates_is_taken_with_a_warning() {
    for action in ["publish:github", "github:repo:create", "publish:github:pull-request"] {
        let mut bench = Bench::new().await.with_files(&[("a", "x")]);
        let mut input = publish("demo");
        if action == "publish:github:pull-request" {
            bench.repository("demo", &[("README.md", "read")]).await;
            input =
                json!({ "repoUrl": input["repoUrl"], "branchName": "b", "title": "t", "description": "d" });
        }
        input["allowedHosts"] = json!(["github.com"]);

        bench.step(action, input.clone()).await.unwrap();

        let log = bench.log();
        assert_eq!(log.matches("`allowedHosts` has no effect").count(), 1, "{action}: {log}");
        assert!(bench.forge.find(&slug("demo")).await.unwrap().is_some(), "{action}");
    }
}

#[tokio::test]
async fn secrets_of_a_repository_are_named_and_never_shown() {
    let mut bench = Bench::new().await.with_files(&[("a", "x")]);
    let secrets = NValue::object([("DEPLOY_KEY", secret("hunter2"))]);
    let url = NValue::from("github.com?owner=acme&repo=demo");
    let input = NValue::object([("repoUrl", url), ("secrets", secrets), ("token", secret("t0ps3cret"))]);

    bench.marked_step("publish:github", input).await.unwrap();

    let log = bench.log();
    assert!(log.contains("Set the secrets DEPLOY_KEY"), "{log}");
    assert!(!log.contains("hunter2") && !log.contains("t0ps3cret"), "{log}");
}

#[tokio::test]
async fn what_a_forge_keeps_beside_the_code_is_set() {
    let mut bench = Bench::new().await.with_files(&[("a", "x")]);
    let mut input = publish("demo");
    let wanted = json!({
        "description": "A demonstration",
        "repoVisibility": "public",
        "topics": ["Rust", "demo"],
        "repoVariables": { "REGION": "eu-central-1" },
        "collaborators": [{ "team": "group:default/platform", "access": "push" }],
        "hasWiki": false,
        "requiredApprovingReviewCount": 2,
    });
    input.as_object_mut().unwrap().extend(wanted.as_object().cloned().unwrap());

    bench.step("publish:github", input).await.unwrap();

    let kept = Value::Object(bench.forge.settings(&slug("demo")).await.unwrap());
    assert_eq!(kept["description"], "A demonstration");
    assert_eq!(kept["visibility"], "public");
    assert_eq!(kept["settings"]["has_wiki"], false);
    assert_eq!(kept["topics"], json!(["rust", "demo"]));
    assert_eq!(kept["variables"], json!({ "REGION": "eu-central-1" }));
    assert_eq!(kept["collaborators"], json!([{ "team": "platform", "access": "push" }]));
    let reviews = &kept["branchProtection"]["main"]["required_pull_request_reviews"];
    assert_eq!(reviews["required_approving_review_count"], 2);
}

#[tokio::test]
async fn a_setting_that_a_forge_refuses_is_a_warning_where_the_repository_stands_without_it() {
    let mut bench = Bench::new().await.with_files(&[("a", "x")]);
    let mut input = publish("demo");
    input["topics"] = json!(["-no topic-"]);

    bench.step("publish:github", input).await.unwrap();

    assert!(bench.log().contains("`topics` was not set: "));
}

#[tokio::test]
async fn a_published_repository_is_registered() {
    let mut bench = Bench::new().await.with_files(&[("catalog-info.yaml", CATALOG_INFO)]);
    bench.step("publish:github", publish("demo")).await.unwrap();
    let input = json!({ "repoContentsUrl": bench.outputs["repoContentsUrl"] });

    bench.step("catalog:register", input).await.unwrap();

    assert_eq!(bench.outputs["entityRef"], "component:default/demo");
    let url = "https://github.com/acme/demo/tree/main/catalog-info.yaml";
    assert_eq!(bench.outputs["catalogInfoUrl"], url);
    let stored = bench.capabilities.entities.get("component:default/demo").await.unwrap().unwrap();
    assert_eq!(stored.location, format!("url:{url}"));
    assert_eq!(stored.entity["metadata"]["name"], "demo");
}

#[tokio::test]
async fn a_location_is_registered_once_by_each_task() {
    let mut bench = Bench::new().await;
    bench.repository("demo", &[("catalog-info.yaml", CATALOG_INFO)]).await;
    let input = json!({ "catalogInfoUrl": "https://github.com/acme/demo/blob/main/catalog-info.yaml" });
    bench.step("catalog:register", input.clone()).await.unwrap();

    bench.forget();
    bench.step("catalog:register", input.clone()).await.unwrap();
    bench.as_another_task();
    let error = bench.step("catalog:register", input.clone()).await.unwrap_err();

    assert!(matches!(error, ActionError::Conflict(_)), "{error}");
    let mut optional = input;
    optional["optional"] = true.into();
    bench.step("catalog:register", optional).await.unwrap();
    assert!(bench.log().contains("Nothing was registered: "));
}

#[tokio::test]
async fn optional_forgives_a_missing_file_but_not_a_wrong_one() {
    let mut bench = Bench::new().await;
    bench.repository("demo", &[("wrong.yaml", "kind: Component\n")]).await;
    let input = |path: &str| {
        let base = "https://github.com/acme/demo/blob/main";
        json!({ "repoContentsUrl": base, "catalogInfoPath": path, "optional": true })
    };

    bench.step("catalog:register", input("/missing.yaml")).await.unwrap();
    bench.forget();
    let error = bench.step("catalog:register", input("/wrong.yaml")).await.unwrap_err();

    assert!(matches!(&error, ActionError::Input(message) if message.contains("line 1: ")), "{error}");
}

fn location(name: &str, targets: &[&str]) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: {name}\nspec: {}\n",
        json!({ "targets": targets })
    )
}

#[tokio::test]
async fn what_locations_lead_to_is_registered_with_them() {
    let mut bench = Bench::new().await;
    // The second names the first again, and another host.
    let first = location("all", &["./parts/more.yaml"]);
    let second = location("more", &["./demo.yaml", "/all.yaml", "https://example.com/a/b/blob/main/x.yaml"]);
    let files = [("all.yaml", &*first), ("parts/more.yaml", &*second), ("parts/demo.yaml", CATALOG_INFO)];
    bench.repository("demo", &files).await;
    let base = "https://github.com/acme/demo/blob/main";

    let input = json!({ "repoContentsUrl": base, "catalogInfoPath": "/all.yaml" });
    bench.step("catalog:register", input).await.unwrap();

    assert_eq!(bench.outputs["entityRef"], "component:default/demo");
    let known = bench.capabilities.entities.list().await.unwrap();
    let known: Vec<(&str, &str)> =
        known.iter().map(|one| (one.entity_ref.as_str(), one.location.as_str())).collect();
    let location = "url:https://github.com/acme/demo/tree/main/all.yaml";
    assert_eq!(
        known,
        [
            ("component:default/demo", location),
            ("location:default/all", location),
            ("location:default/more", location)
        ]
    );
    let log = bench.log();
    assert!(log.contains("of `location:default/more` is not followed: it is not on `github.com`"), "{log}");
}

#[tokio::test]
async fn a_location_that_leads_nowhere_registers_nothing_unless_it_may() {
    let mut bench = Bench::new().await;
    bench.repository("demo", &[("all.yaml", &location("all", &["./missing.yaml"]))]).await;
    let mut input = json!({ "catalogInfoUrl": "https://github.com/acme/demo/blob/main/all.yaml" });

    let error = bench.step("catalog:register", input.clone()).await.unwrap_err();

    let named =
        |message: &str| message.contains("`location:default/all`") && message.contains("missing.yaml");
    assert!(matches!(&error, ActionError::NotFound(message) if named(message)), "{error}");
    assert!(bench.capabilities.entities.list().await.unwrap().is_empty());
    input["optional"] = true.into();
    bench.step("catalog:register", input).await.unwrap();
    assert_eq!(bench.outputs["entityRef"], "location:default/all");
    assert!(named(&bench.log()));
}

#[tokio::test]
async fn what_a_step_has_done_is_not_done_again() {
    let mut bench = Bench::new().await.with_files(&[("a", "x")]);
    bench.step("publish:github", publish("demo")).await.unwrap();
    let first = bench.outputs.clone();
    // Whatever would act now would be cancelled.
    bench.cancelled.cancel();

    bench.step("publish:github", publish("demo")).await.unwrap();

    assert_eq!(bench.outputs, first);
}
