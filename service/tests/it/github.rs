//! GitHub: whole tasks beside a GitHub that holds every request against GitHub's own description of its API.

mod access;
mod names;
mod redirects;
pub(crate) mod repositories;
mod requests;
mod settings;

use serde_json::json;
use stagecraft::task::TaskStatus;

use crate::support::github::GitHubSite;

#[tokio::test]
async fn a_workspace_becomes_a_repository() {
    let site = GitHubSite::new().await;

    let task = site.publish(json!({ "name": "shop" })).await;

    assert_eq!(site.app.status(task).await, TaskStatus::Completed, "{:?}", site.app.messages(task).await);
    let output = site.app.output(task).await;
    let repository = site.github.repository("acme", "shop").unwrap();
    assert_eq!(repository.visibility, "private");
    assert_eq!(repository.settings["description"], "Sells things");
    assert_eq!(output["remoteUrl"], site.github.clone_url("acme", "shop"));
    assert_eq!(output["repoContentsUrl"], format!("{}/acme/shop/blob/main", site.github.git_url()));
    assert_eq!(site.github.head("acme", "shop", "main").as_deref(), output["commitHash"].as_str());
    let made = site.forge().find(&site.slug("acme", "shop")).await.unwrap().unwrap().ids;
    assert_eq!(made.repository, repository.id);
    assert_eq!(output["subject"], format!("{}/{}", made.owner, made.repository));
}

#[tokio::test]
async fn a_task_that_runs_a_second_time_makes_nothing_more() {
    let site = GitHubSite::new().await;
    let first = site.publish(json!({ "name": "shop" })).await;
    let made = site.github.exchanges().mutations().len();

    let second = site.publish(json!({ "name": "shop" })).await;

    assert_eq!(site.app.status(first).await, TaskStatus::Completed);
    assert_eq!(
        site.app.failure(second).await,
        (
            "ConflictError".to_owned(),
            "Repository acme/shop already exists on github.com; choose another name, or delete it if it is left over \
             from an earlier attempt"
                .to_owned()
        )
    );
    assert_eq!(site.github.exchanges().mutations().len(), made);
}
