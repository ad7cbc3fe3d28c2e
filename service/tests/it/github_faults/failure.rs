//! What becomes of repositories on GitHub that a failed task has made: `stagecraft.dev/on-failure`.

use github_double::Fault;
use serde_json::{Value, json};
use stagecraft::ids::TaskId;
use stagecraft::task::TaskStatus;

use crate::support::app::{git, jane, write};
use crate::support::github::GitHubSite;

/// Publishes, then renames a file that a secret names: of the wrong one there is none.
async fn site(policy: &str) -> GitHubSite {
    let site = GitHubSite::with(json!({ "limits": { "minute_seconds": 1 }, "retry_seconds": 4 })).await;
    let template = json!({
        "apiVersion": "scaffolder.backstage.io/v1beta3",
        "kind": "Template",
        "metadata": { "name": "service", "annotations": { "stagecraft.dev/on-failure": policy } },
        "spec": { "type": "service", "steps": [
            { "id": "write", "action": "roadiehq:utils:fs:write", "input": { "path": "README.md", "content": "# demo" } },
            { "id": "publish", "action": "publish:github", "input": { "repoUrl": "github.com?owner=acme&repo=demo", "topics": ["a"] } },
            { "id": "finish", "action": "fs:rename", "input": { "files": [{ "from": "${{ secrets.file }}", "to": "done.md" }] } },
        ] },
    });
    write(&site.app.templates().join("service/template.yaml"), &template.to_string());
    site.app.app.tasks.library().refresh().await;
    site
}

fn file(name: &str) -> Value {
    json!({ "file": name })
}

async fn fails(site: &GitHubSite) -> TaskId {
    let id = site.app.try_create("service", json!({}), file("missing.md")).await.unwrap();
    site.app.drain().await;
    assert_eq!(site.app.status(id).await, TaskStatus::Failed);
    id
}

async fn last_word(site: &GitHubSite, id: TaskId) -> String {
    let messages = site.app.messages(id).await;
    messages[messages.len() - 2].clone()
}

async fn retried(site: &GitHubSite, id: TaskId) {
    let secrets = file("README.md").as_object().cloned().unwrap();
    site.app.app.tasks.retry(id, secrets, &jane()).await.unwrap();
    site.app.drain().await;
    assert_eq!(site.app.status(id).await, TaskStatus::Completed, "{:#?}", site.app.messages(id).await);
    let there = site.github.repository("acme", "demo").unwrap();
    assert!(!there.is_archived() && there.topics == ["a"] && there.wiring.protection.contains_key("main"));
    assert_eq!(git(&there.folder, &["rev-list", "--count", "--all"]), "1");
    assert_eq!(site.github.repositories(), ["acme/demo"]);
}

/// Faults of the request by which the policy is done.
fn faults(operation: &str) -> [Option<Fault>; 4] {
    let fault = || Fault::on(operation);
    [None, Some(fault().html(502)), Some(fault().drop_before()), Some(fault().drop_after())]
}

#[tokio::test]
async fn a_repository_is_deleted_once_and_made_anew_by_a_retry() {
    for fault in faults("repos/delete") {
        let site = site("delete").await;
        fault.into_iter().for_each(|fault| site.github.fault(fault));

        let id = fails(&site).await;

        assert!(site.github.repositories().is_empty());
        assert!(last_word(&site, id).await.contains("is gone again"), "{}", last_word(&site, id).await);
        retried(&site, id).await;
    }
}

#[tokio::test]
async fn a_repository_is_archived_and_taken_out_by_a_retry() {
    // The first change of the repository is its description.
    for fault in faults("repos/update") {
        let site = site("archive").await;
        fault.into_iter().for_each(|fault| site.github.fault(fault.nth(2)));

        let id = fails(&site).await;

        assert!(site.github.repository("acme", "demo").unwrap().is_archived());
        assert!(last_word(&site, id).await.contains("is archived now"), "{}", last_word(&site, id).await);
        retried(&site, id).await;
    }
}

#[tokio::test]
async fn a_repository_that_somebody_works_in_is_not_deleted() {
    let site = site("delete").await;
    let hold = Fault::on("repos/list-branches").drop_before();
    site.github.fault(hold);
    site.github.fault(Fault::on("repos/delete").answer(403).always());

    let id = fails(&site).await;

    assert!(site.github.repository("acme", "demo").is_some());
    let word = last_word(&site, id).await;
    assert!(word.contains("it was not deleted") && word.contains("delete it by hand"), "{word}");
    site.github.clear_faults();
    retried(&site, id).await;
}
