//! The same with GitHub: what a reading costs, what is found under another name, and pull requests.

use stagecraft::catalog::Change;
use stagecraft::db::Engine;
use stagecraft::entities::{Delivery, ListRepositories, PullState, RepositoryState};

use super::{
    HUMAN, MANIFEST, commit, commit_to, entity, happened, make, offered, onboarding, pushed, settle, slug,
    standing,
};
use crate::support::github::GitHubSite;

async fn with_shop(files: &[(&str, &str)], delivery: Delivery) -> GitHubSite {
    let site = GitHubSite::new().await;
    make(&*site.forge(), "shop", files).await;
    site.app.app.catalog.onboard(&onboarding(&["shop"], &[], delivery)).await.unwrap();
    site
}

fn folder(site: &GitHubSite, name: &str) -> std::path::PathBuf {
    site.github.repository("acme", name).expect("the repository is there").folder
}

/// Calls of the API since then, without those for tokens.
fn calls(site: &GitHubSite, since: usize) -> Vec<String> {
    let all = operations(site);
    all.into_iter()
        .skip(since)
        .filter(|call| {
            !call.starts_with("git/info") && !call.starts_with("git/upload") && !call.starts_with("apps/")
        })
        .collect()
}

fn operations(site: &GitHubSite) -> Vec<String> {
    site.github.exchanges().0.iter().map(|exchange| exchange.operation.clone()).collect()
}

#[tokio::test]
async fn a_cold_reading_takes_two_calls_and_an_unchanged_one_a_free_one() {
    let site = with_shop(&[("package.json", MANIFEST)], Delivery::Feed).await;
    let before = operations(&site).len();
    settle(&site.app).await;
    assert_eq!(offered(&site.app).await, ["component:default/shop"]);
    assert_eq!(calls(&site, before), ["repos/get", "git/get-tree"]);

    let before = operations(&site).len();
    pushed(&site.app, "shop").await;

    assert_eq!(calls(&site, before), ["repos/get"]);
}

#[tokio::test]
async fn a_humans_file_on_github_wins() {
    let site = with_shop(&[("package.json", MANIFEST)], Delivery::Feed).await;
    settle(&site.app).await;

    commit(folder(&site, "shop"), &[("catalog-info.yaml", Some(HUMAN))]).await;
    pushed(&site.app, "shop").await;
    assert_eq!(offered(&site.app).await, [""; 0]);

    commit(folder(&site, "shop"), &[("catalog-info.yaml", None)]).await;
    pushed(&site.app, "shop").await;
    assert_eq!(offered(&site.app).await, ["component:default/shop"]);
}

#[tokio::test]
async fn an_archived_repository_is_deprecated() {
    let site = with_shop(&[("package.json", MANIFEST)], Delivery::Feed).await;
    settle(&site.app).await;
    site.github.change(|state| {
        let repository =
            state.repositories.values_mut().find(|repository| repository.name == "shop").unwrap();
        repository.settings.insert("archived".to_owned(), true.into());
        repository.updated += 1_000;
    });

    happened(&site.app, Change::Archived { repository: slug("shop"), archived: true }).await;

    assert_eq!(entity(&site.app, "component:default/shop").await["spec"]["lifecycle"], "deprecated");
}

#[tokio::test]
async fn a_repository_of_another_name_takes_its_entities_along() {
    let site = with_shop(&[("package.json", MANIFEST)], Delivery::Feed).await;
    settle(&site.app).await;
    site.github.change(|state| {
        let repository =
            state.repositories.values_mut().find(|repository| repository.name == "shop").unwrap();
        repository.name = "store".to_owned();
    });

    happened(&site.app, Change::Moved { from: slug("shop"), to: slug("store") }).await;

    assert_eq!(standing(&site.app, "store").await.0, RepositoryState::Offered);
    let all = ListRepositories { limit: 10, ..ListRepositories::default() };
    assert_eq!(site.app.app.catalog.repositories(&all).await.unwrap().repositories.len(), 1);
    let reference = offered(&site.app).await.remove(0);
    let shown = entity(&site.app, &reference).await;
    assert_eq!(shown["metadata"]["annotations"]["github.com/project-slug"], "acme/store");
}

async fn pull(site: &GitHubSite) -> Option<(u64, PullState)> {
    let all = ListRepositories { limit: 10, ..ListRepositories::default() };
    let page = site.app.app.catalog.repositories(&all).await.unwrap();
    page.repositories.into_iter().find_map(|(row, _)| row.pull).map(|pull| (pull.number, pull.state))
}

#[tokio::test]
async fn a_pull_request_brings_the_file_and_is_brought_forward_in_place() {
    let site = with_shop(&[("package.json", MANIFEST)], Delivery::PullRequest).await;
    settle(&site.app).await;
    let (number, state) = pull(&site).await.expect("there is a pull request");
    assert_eq!(state, PullState::Open);
    let branch = "stagecraft/catalog-info";
    let first = site.github.head("acme", "shop", branch).expect("its branch is there");

    let described = MANIFEST.replace("Sells things", "Sells very many things");
    commit(folder(&site, "shop"), &[("package.json", Some(&described))]).await;
    site.github.change(|state| {
        let repository =
            state.repositories.values_mut().find(|repository| repository.name == "shop").unwrap();
        repository.settings.insert("description".to_owned(), "Sells very many things".into());
        repository.updated += 1_000;
    });
    pushed(&site.app, "shop").await;

    assert_eq!(pull(&site).await, Some((number, PullState::Open)));
    assert_ne!(site.github.head("acme", "shop", branch), Some(first));
}

/// The files at a branch, by their paths.
async fn files(site: &GitHubSite, branch: &str) -> Vec<(String, String)> {
    let (_, tree) = site.forge().read(&slug("shop"), Some(branch)).await.unwrap();
    let texts =
        tree.iter().filter_map(|(path, _)| Some((path.to_string(), tree.file(path)?.text()?.to_owned())));
    texts.collect()
}

async fn described(site: &GitHubSite, text: &str) {
    site.github.change(|state| {
        let repository =
            state.repositories.values_mut().find(|repository| repository.name == "shop").unwrap();
        repository.settings.insert("description".to_owned(), text.into());
        repository.updated += 1_000;
    });
    pushed(&site.app, "shop").await;
}

#[tokio::test]
async fn a_branch_to_which_people_committed_is_theirs() {
    let site = with_shop(&[("package.json", MANIFEST)], Delivery::PullRequest).await;
    settle(&site.app).await;
    let branch = "stagecraft/catalog-info";
    let (number, _) = pull(&site).await.expect("there is a pull request");
    let edited = HUMAN.replace("people", "team-shop");
    commit_to(folder(&site, "shop"), branch, &[("catalog-info.yaml", Some(&edited))]).await;
    let theirs = site.github.head("acme", "shop", branch);

    described(&site, "Sells very many things").await;
    described(&site, "Sells very many things and more").await;

    assert_eq!(site.github.head("acme", "shop", branch), theirs);
    assert!(files(&site, branch).await.contains(&("catalog-info.yaml".to_owned(), edited)));
    assert_eq!(pull(&site).await, Some((number, PullState::Open)));
}

#[tokio::test]
async fn kinds_that_a_file_may_not_declare_come_in_a_second_file_that_goes_with_them() {
    let app = |name: &str| MANIFEST.replace("\"shop\"", &format!("\"{name}\""));
    let parts = [
        ("cart/package.json", app("cart")),
        ("cart/Dockerfile", "FROM node\n".to_owned()),
        ("pay/package.json", app("pay")),
        ("pay/Dockerfile", "FROM node\n".to_owned()),
    ];
    let given: Vec<(&str, &str)> = parts.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let site = with_shop(&given, Delivery::PullRequest).await;
    settle(&site.app).await;
    let branch = "stagecraft/catalog-info";
    let text = |files: &[(String, String)], path: &str| {
        files.iter().find(|(known, _)| known == path).map(|(_, text)| text.clone())
    };

    let first = files(&site, branch).await;
    let (main, more) =
        (text(&first, "catalog-info.yaml").unwrap(), text(&first, "catalog-more.yaml").unwrap());
    assert!(main.contains("kind: Location") && main.contains("catalog-more.yaml"), "{main}");
    assert!(main.contains("kind: Component") && !main.contains("kind: System"), "{main}");
    assert!(more.contains("kind: System") && !more.contains("kind: Component"), "{more}");

    commit(folder(&site, "shop"), &[("pay/package.json", None), ("pay/Dockerfile", None)]).await;
    pushed(&site.app, "shop").await;

    let second = files(&site, branch).await;
    assert_eq!(text(&second, "catalog-more.yaml"), None);
    assert!(!text(&second, "catalog-info.yaml").unwrap().contains("kind: Location"));
}

#[tokio::test]
async fn a_file_of_people_where_ours_would_stand_is_not_replaced() {
    let files = [("package.json", MANIFEST), ("catalog-more.yaml", "# Ours.\n")];
    let site = with_shop(&files, Delivery::PullRequest).await;

    settle(&site.app).await;

    assert_eq!(pull(&site).await, None);
    assert_eq!(standing(&site.app, "shop").await.0, RepositoryState::Offered);
}

#[tokio::test]
async fn a_list_of_files_that_is_cut_is_asked_for_in_another_way() {
    let site = GitHubSite::new().await;
    make(&*site.forge(), "shop", &[("a/x.txt", "x"), ("b/y.txt", "y"), ("package.json", MANIFEST)]).await;
    site.github.change(|state| state.most_tree_entries = 2);
    site.app.app.catalog.onboard(&onboarding(&["shop"], &[], Delivery::Feed)).await.unwrap();

    settle(&site.app).await;

    assert_eq!(offered(&site.app).await, ["component:default/shop"]);
    let shown = entity(&site.app, "component:default/shop").await;
    // Only the manifest says so.
    assert_eq!(shown["spec"]["type"], "library");
}

#[tokio::test]
async fn a_pull_request_that_was_closed_is_opened_again_only_if_somebody_asks() {
    let site = with_shop(&[("package.json", MANIFEST)], Delivery::PullRequest).await;
    settle(&site.app).await;
    let (number, _) = pull(&site).await.expect("there is a pull request");
    let token = site.github.installation_token(site.installation);
    let url = format!("{}/repos/acme/shop/pulls/{number}", site.github.api_url());
    let closed = reqwest::Client::new()
        .patch(url)
        .bearer_auth(token)
        .header("user-agent", "people")
        .json(&serde_json::json!({ "state": "closed" }))
        .send()
        .await
        .unwrap();
    assert!(closed.status().is_success());

    commit(folder(&site, "shop"), &[("README.md", Some("# Shop\n\nSells everything that there is.\n"))])
        .await;
    pushed(&site.app, "shop").await;
    assert_eq!(pull(&site).await, Some((number, PullState::Declined)));

    let mut again = onboarding(&["shop"], &[], Delivery::PullRequest);
    again.again = true;
    site.app.app.catalog.onboard(&again).await.unwrap();
    settle(&site.app).await;
    let (other, state) = pull(&site).await.expect("there is another pull request");
    assert!(other > number && state == PullState::Open, "{other} {state:?}");
}

#[tokio::test]
async fn a_pull_request_that_is_merged_ends_what_is_offered() {
    let site = GitHubSite::on(Engine::Sqlite, github_double::Setup::default(), serde_json::json!({})).await;
    make(&*site.forge(), "shop", &[("package.json", MANIFEST)]).await;
    site.app.app.catalog.onboard(&onboarding(&["shop"], &[], Delivery::PullRequest)).await.unwrap();
    settle(&site.app).await;
    let (number, _) = pull(&site).await.expect("there is a pull request");

    let how = stagecraft::forge::MergeHow { method: "merge".to_owned(), title: None, message: None };
    site.forge().merge_pull_request(&slug("shop"), number, &how).await.unwrap();
    pushed(&site.app, "shop").await;

    assert_eq!(standing(&site.app, "shop").await.0, RepositoryState::Yielded);
    assert_eq!(offered(&site.app).await, [""; 0]);
}
