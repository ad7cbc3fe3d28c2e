//! Repositories: made once whatever is lost, known again, never another's.

use std::time::Duration;

use github_double::{Fault, Lag};
use serde_json::{Map, json};
use stagecraft::forge::{ForgeError, NewRepository, Visibility};
use stagecraft::ids::TaskId;

use crate::support::github::GitHubSite;

/// A private repository that some task wants.
pub(crate) fn wanted() -> NewRepository {
    NewRepository {
        description: Some("Sells things".to_owned()),
        homepage: None,
        visibility: Visibility::Private,
        default_branch: "main".to_owned(),
        settings: Map::new(),
        created_by: TaskId::generate(),
    }
}

const CREATE: &str = "repos/create-in-org";

#[tokio::test]
async fn a_repository_says_which_task_makes_it() {
    let site = GitHubSite::new().await;
    let (slug, new) = (site.slug("acme", "shop"), wanted());

    let made = site.forge().create(&slug, &new).await.unwrap();

    assert_eq!(made.created_by, Some(new.created_by));
    assert_eq!(site.forge().find(&slug).await.unwrap(), Some(made));
    let description = site.github.repository("acme", "shop").unwrap().settings["description"].clone();
    assert_eq!(description, format!("Being made by Stagecraft, task {}", new.created_by));
}

#[tokio::test]
async fn settings_are_given_with_the_call_that_makes_it_and_the_rest_after_it() {
    let site = GitHubSite::new().await;
    let mut new = wanted();
    new.homepage = Some("https://shop.acme.io".to_owned());
    new.settings = json!({
        "has_wiki": false, "allow_merge_commit": false, "delete_branch_on_merge": true, "allow_update_branch": true,
        "squash_merge_commit_title": "PR_TITLE",
    })
    .as_object()
    .cloned()
    .unwrap();

    site.forge().create(&site.slug("acme", "shop"), &new).await.unwrap();

    let has = site.github.repository("acme", "shop").unwrap().settings;
    assert_eq!(has["homepage"], "https://shop.acme.io");
    for (name, value) in &new.settings {
        assert_eq!(&has[name], value, "{name}");
    }
    assert_eq!(site.github.exchanges().mutations().len(), 2);
}

#[tokio::test]
async fn a_call_whose_answer_was_lost_is_not_made_again() {
    for fault in [
        Fault::on(CREATE).drop_after(),
        Fault::on(CREATE).answer(502).after_apply(),
        Fault::on(CREATE).html(502).after_apply(),
        Fault::on(CREATE).cut(),
        Fault::on(CREATE).truncated(),
    ] {
        let site = GitHubSite::new().await;
        let (slug, new) = (site.slug("acme", "shop"), wanted());
        site.github.fault(fault);

        let made = site.forge().create(&slug, &new).await.unwrap();

        assert_eq!(made.created_by, Some(new.created_by));
        assert_eq!(site.github.exchanges().of(CREATE).len(), 1);
    }
}

#[tokio::test]
async fn a_call_that_came_to_nothing_is_made_again_after_a_look() {
    for fault in [Fault::on(CREATE).drop_before(), Fault::on(CREATE).answer(502), Fault::on(CREATE).html(502)]
    {
        let site = GitHubSite::new().await;
        site.github.fault(fault);

        site.forge().create(&site.slug("acme", "shop"), &wanted()).await.unwrap();

        let exchanges = site.github.exchanges();
        let asked: Vec<&str> = exchanges.iter().map(|exchange| exchange.operation.as_str()).collect();
        let creations: Vec<usize> = (0..asked.len()).filter(|place| asked[*place] == CREATE).collect();
        assert_eq!(creations.len(), 2, "{asked:?}");
        assert!(asked[creations[0]..creations[1]].contains(&"repos/get"), "{asked:?}");
        assert_eq!(site.github.repositories(), ["acme/shop"]);
    }
}

#[tokio::test]
async fn a_call_whose_answer_was_lost_is_known_again_although_github_does_not_show_it_yet() {
    let site = GitHubSite::new().await;
    let (slug, new) = (site.slug("acme", "shop"), wanted());
    site.github.lag(Lag::after_create(Duration::from_millis(2_500)));
    site.github.fault(Fault::on(CREATE).drop_after());

    let made = site.forge().create(&slug, &new).await.unwrap();

    assert_eq!(made.created_by, Some(new.created_by));
    assert_eq!(site.github.repositories(), ["acme/shop"]);
}

#[tokio::test]
async fn a_repository_of_somebody_else_is_left_alone() {
    let site = GitHubSite::new().await;
    let slug = site.slug("acme", "shop");
    site.forge().create(&slug, &wanted()).await.unwrap();
    let before = site.github.repository("acme", "shop").unwrap().settings;
    let writes = site.github.exchanges().mutations().len();

    let error = site.forge().create(&slug, &wanted()).await.unwrap_err();

    assert!(matches!(error, ForgeError::Conflict(_)), "{error:?}");
    assert_eq!(site.github.repository("acme", "shop").unwrap().settings, before);
    assert_eq!(site.github.exchanges().mutations().len(), writes);
}

#[tokio::test]
async fn what_a_task_has_begun_is_finished_by_it() {
    let site = GitHubSite::new().await;
    let (slug, mut new) = (site.slug("acme", "shop"), wanted());
    new.settings.insert("allow_update_branch".to_owned(), json!(true));
    site.github.fault(Fault::on("repos/update").answer(502).always());
    let (forge, _told) = site.acting(None);
    let broken = tokio::time::timeout(Duration::from_millis(700), forge.create(&slug, &new)).await;
    assert!(broken.is_err());
    site.github.clear_faults();

    site.forge().create(&slug, &new).await.unwrap();

    assert_eq!(site.github.exchanges().of(CREATE).len(), 1);
    assert_eq!(site.github.repository("acme", "shop").unwrap().settings["allow_update_branch"], true);
}

#[tokio::test]
async fn an_owner_that_is_not_there_is_told() {
    let site = GitHubSite::new().await;
    let token = site.github.token("jane", &["repo"]);
    let (forge, _told) = site.acting(Some(&token));

    let error = forge.create(&site.slug("nobody", "shop"), &wanted()).await.unwrap_err();

    assert!(
        matches!(&error, ForgeError::Invalid(message) if message.contains("no account `nobody`")),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_app_is_told_that_it_makes_no_repositories_for_users() {
    let site = GitHubSite::new().await;
    site.github.user("jane");
    site.github.installation_for_all(site.credentials.id, "jane");

    let error = site.forge().create(&site.slug("jane", "shop"), &wanted()).await.unwrap_err();

    assert!(
        matches!(&error, ForgeError::NotAllowed(message) if message.contains("no App make repositories for users")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_user_makes_repositories_in_no_other_users_account() {
    let site = GitHubSite::new().await;
    site.github.user("john");
    let token = site.github.token("jane", &["repo"]);
    let (forge, _told) = site.acting(Some(&token));

    let error = forge.create(&site.slug("john", "shop"), &wanted()).await.unwrap_err();

    assert!(
        matches!(&error, ForgeError::NotAllowed(message) if message.contains("the token is one of `jane`")),
        "{error:?}"
    );
    assert!(site.github.repositories().is_empty());
}

#[tokio::test]
async fn a_repository_made_by_an_installation_of_selected_ones_is_seen_with_a_new_token() {
    let site = GitHubSite::new().await;
    site.github.change(|state| state.installations[0].repositories = Some(std::collections::BTreeSet::new()));
    let slug = site.slug("acme", "shop");

    site.forge().create(&slug, &wanted()).await.unwrap();

    assert!(site.forge().find(&slug).await.unwrap().is_some());
    assert_eq!(site.github.exchanges().of("apps/create-installation-access-token").len(), 2);
}

#[tokio::test]
async fn what_is_deleted_is_gone_and_may_be_deleted_again() {
    let site = GitHubSite::new().await;
    let slug = site.slug("acme", "shop");
    site.forge().create(&slug, &wanted()).await.unwrap();
    site.github.fault(Fault::on("repos/delete").drop_after());

    site.forge().delete(&slug).await.unwrap();
    site.forge().delete(&slug).await.unwrap();

    assert!(site.github.repositories().is_empty());
}

#[tokio::test]
async fn a_repository_that_was_renamed_is_found_by_one_look_and_told() {
    let site = GitHubSite::new().await;
    let slug = site.slug("acme", "shop");
    site.forge().create(&slug, &wanted()).await.unwrap();
    rename(&site, "shop", "store");
    let (forge, mut told) = site.acting(None);

    let found = forge.find(&slug).await.unwrap().unwrap();

    assert_eq!(found.slug, site.slug("acme", "store"));
    assert_eq!(
        told.try_recv().unwrap(),
        "`github.com/acme/shop` is called `github.com/acme/store` now: it was renamed or transferred"
    );
}

#[tokio::test]
async fn a_repository_that_is_renamed_while_a_task_makes_it_is_told() {
    let site = GitHubSite::new().await;
    let (slug, new) = (site.slug("acme", "shop"), wanted());
    site.forge().create(&slug, &new).await.unwrap();
    rename(&site, "shop", "store");

    let again = site.forge().create(&slug, &new).await.unwrap_err();
    let branches = site.forge().branches(&slug).await.unwrap_err();

    assert!(again.to_string().contains("called it `github.com/acme/store`"), "{again}");
    assert!(branches.to_string().contains("is called `github.com/acme/store` now"), "{branches}");
    assert_eq!(site.github.repositories(), ["acme/store"]);
}

/// Renames a repository as its owner would.
fn rename(site: &GitHubSite, from: &str, to: &str) {
    site.github.change(|state| {
        let (id, repository) = state.repositories.iter_mut().find(|(_, one)| one.name == from).unwrap();
        repository.name = to.to_owned();
        let id = *id;
        state.moved.insert(format!("acme/{from}"), id);
    });
}
