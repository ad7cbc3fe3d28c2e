//! How GitHub is asked: once, in time, at one address, page by page.

use std::time::{Duration, Instant};

use github_double::{Fault, Setup};
use serde_json::json;
use stagecraft::db::Engine;
use stagecraft::forge::ForgeError;
use tokio::net::TcpListener;

use crate::support::github::GitHubSite;

#[tokio::test]
async fn what_is_asked_often_costs_nothing_while_it_holds() {
    let site = GitHubSite::new().await;
    let slug = site.slug("acme", "shop");
    site.forge().create(&slug, &super::repositories::wanted()).await.unwrap();

    let found = site.forge().find(&slug).await.unwrap();
    let again = site.forge().find(&slug).await.unwrap();

    assert_eq!(found, again);
    let statuses: Vec<u16> = site.github.exchanges().of("repos/get").iter().map(|one| one.status).collect();
    assert_eq!(statuses, [404, 200, 304]);
}

#[tokio::test]
async fn a_github_that_does_not_answer_is_given_up_in_time() {
    let site = GitHubSite::with(json!({ "timeout_seconds": 1, "retry_seconds": 2 })).await;
    site.github.fault(Fault::on("repos/get").hang().always());
    let begun = Instant::now();

    let error = site.forge().find(&site.slug("acme", "shop")).await.unwrap_err();

    assert!(
        matches!(&error, ForgeError::Unavailable(message) if message.contains("did not answer in time")),
        "{error:?}"
    );
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_github_that_answers_a_byte_at_a_time_is_given_up_in_time() {
    let site = GitHubSite::with(json!({ "timeout_seconds": 1, "retry_seconds": 1 })).await;
    site.github.fault(Fault::on("repos/get").dribble(Duration::from_millis(300)).always());
    let begun = Instant::now();

    let error = site.forge().find(&site.slug("acme", "shop")).await.unwrap_err();

    assert!(matches!(error, ForgeError::Unavailable(_)), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn no_redirect_takes_a_token_elsewhere() {
    let site = GitHubSite::new().await;
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/repos/acme/shop", elsewhere.local_addr().unwrap());
    site.github.fault(Fault::on("repos/get").redirect(&address).always());

    let error = site.forge().find(&site.slug("acme", "shop")).await.unwrap_err();

    assert!(matches!(error, ForgeError::NotFound(_)), "{error:?}");
    let came = tokio::time::timeout(Duration::from_millis(200), elsewhere.accept()).await;
    assert!(came.is_err(), "a request was taken elsewhere");
}

#[tokio::test]
async fn every_page_of_a_list_is_asked_for_as_the_first() {
    for setup in [Setup::default(), Setup::server()] {
        let site = GitHubSite::on(Engine::Sqlite, setup, json!({})).await;
        site.forge().create(&site.slug("acme", "shop"), &super::repositories::wanted()).await.unwrap();
        site.github.change(|state| {
            let first = state.repositories.values().next().unwrap().clone();
            for number in 0..249 {
                let id = first.id + 1_000 + number;
                let name = format!("shop-{number:03}");
                state
                    .repositories
                    .insert(id, github_double::state::repository::Repository { id, name, ..first.clone() });
            }
        });

        let names = site.forge().repositories("acme").await.unwrap();

        assert_eq!(names.len(), 250);
        let pages = site.github.exchanges().of("apps/list-repos-accessible-to-installation");
        assert_eq!(pages.len(), 3);
        assert!(pages.iter().all(|page| page.status == 200 && page.who.starts_with("installation")));
    }
}

#[tokio::test]
async fn a_limit_is_waited_out_and_told() {
    let site = GitHubSite::new().await;
    site.github.fault(Fault::on("repos/create-in-org").secondary(Some(2)));
    let (forge, mut told) = site.acting(None);
    let begun = Instant::now();

    forge.create(&site.slug("acme", "shop"), &super::repositories::wanted()).await.unwrap();

    assert!(begun.elapsed() >= Duration::from_secs(2));
    assert!(told.try_recv().unwrap().contains("limit"));
    assert_eq!(site.github.exchanges().of("repos/create-in-org").len(), 2);
}
