//! Reading over HTTP from a real `git http-backend`, and from servers that misbehave.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::StatusCode;
use catalog_gen::{Entry, FileTree, TreePath};
use stagecraft::git::{Credentials, FetchLimits, GitError};

use crate::support::git_server::{Mood, Server, git};

fn file(text: &str) -> FileTree {
    let mut tree = FileTree::new();
    tree.insert(TreePath::parse("file").unwrap(), Entry::file(text.to_owned())).unwrap();
    tree
}

#[tokio::test]
async fn a_revision_is_read_by_every_name_it_has() {
    let server = Server::start().await.with_repository();
    let old = server.commit("HEAD~1").0;
    let cases = [
        (None, "two"),
        (Some("HEAD"), "two"),
        (Some("main"), "two"),
        (Some("feature/x"), "one"),
        (Some("v1"), "one"),
        (Some("light"), "one"),
        (Some("refs/heads/feature/x"), "one"),
        (Some("refs/tags/v1"), "one"),
        (Some(old.as_str()), "one"),
    ];
    for (index, (revision, text)) in cases.into_iter().enumerate() {
        let store = server.store(&format!("store-{index}"));
        let (commit, tree) = store.fetch(&server.url(), revision, None).await.unwrap();
        assert_eq!(store.read_tree(&tree, None).await.unwrap(), file(text), "{revision:?}");
        assert_eq!(commit, server.commit(if text == "two" { "main" } else { "main~1" }), "{revision:?}");
    }
}

#[tokio::test]
async fn a_revision_comes_without_its_history() {
    let server = Server::start().await.with_repository();
    let store = server.store("store");

    store.fetch(&server.url(), None, None).await.unwrap();

    let objects = git(store.path(), &["cat-file", "--batch-all-objects", "--batch-check=%(objecttype)"]);
    assert_eq!(objects.lines().count(), 3, "{objects}");
}

#[tokio::test]
async fn a_commit_without_a_name_is_read_from_servers_of_both_kinds() {
    for allowed in ["true", "false"] {
        let server = Server::start().await.with_repository();
        let old = server.commit("HEAD~1");
        server.git(&["update-ref", "-d", "refs/heads/feature/x"]);
        server.git(&["tag", "--delete", "v1", "light"]);
        server.git(&["config", "uploadpack.allowReachableSHA1InWant", allowed]);
        let store = server.store("store");

        let (commit, tree) = store.fetch(&server.url(), Some(&old.0), None).await.unwrap();

        assert_eq!(commit, old);
        assert_eq!(store.read_tree(&tree, None).await.unwrap(), file("one"));
    }
}

#[tokio::test]
async fn what_was_served_once_is_not_sent_again() {
    let server = Server::start().await.with_repository();
    let store = server.store("store");
    let first = store.fetch(&server.url(), Some("main"), None).await.unwrap();
    server.requests();

    let again = store.fetch(&server.url(), Some("main"), None).await.unwrap();

    assert_eq!(again, first);
    let requests = server.requests();
    assert_eq!(requests, [("GET".to_owned(), "/shop.git/info/refs".to_owned(), false)]);
}

#[tokio::test]
async fn a_branch_that_moved_is_read_anew() {
    let server = Server::start().await.with_repository();
    let store = server.store("store");
    store.fetch(&server.url(), Some("main"), None).await.unwrap();
    server.git(&["update-ref", "refs/heads/main", "feature/x"]);

    let (_, tree) = store.fetch(&server.url(), Some("main"), None).await.unwrap();

    assert_eq!(store.read_tree(&tree, None).await.unwrap(), file("one"));
}

#[tokio::test]
async fn many_readers_of_one_store_all_succeed() {
    let server = Server::start().await.with_repository();
    let store = server.store("store");
    let readers: Vec<_> = (0..6)
        .map(|number| {
            let (store, url) = (store.clone(), server.url());
            let revision = if number % 2 == 0 { "main" } else { "v1" };
            tokio::spawn(async move { store.fetch(&url, Some(revision), None).await.unwrap() })
        })
        .collect();

    for reader in readers {
        let (_, tree) = reader.await.unwrap();
        assert_eq!(store.read_tree(&tree, None).await.unwrap().len(), 1);
    }

    assert_eq!(std::fs::read_dir(store.path().join("incoming")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_private_repository_is_read_with_its_token() {
    let server = Server::start().await.with_repository();
    server.be(Mood::AsksForToken);

    let credentials = server.credentials("right");
    let (commit, _) = server.store("store").fetch(&server.url(), None, Some(&credentials)).await.unwrap();

    assert_eq!(commit, server.commit("main"));
}

#[tokio::test]
async fn a_token_is_not_sent_to_another_place() {
    let server = Server::start().await.with_repository();
    let other_port = Credentials { url: "http://127.0.0.1:1".to_owned(), ..server.credentials("right") };

    server.store("store").fetch(&server.url(), None, Some(&other_port)).await.unwrap();

    assert!(server.requests().iter().all(|(_, _, with_token)| !with_token));
}

#[tokio::test]
async fn a_redirect_is_refused_and_its_target_named_but_not_asked() {
    let (server, other) = (Server::start().await.with_repository(), Server::start().await);
    let target = format!("{}/stolen.git/info/refs", other.address);
    server.be(Mood::RedirectsTo(target.clone()));

    let credentials = server.credentials("right");
    let error = server.store("store").fetch(&server.url(), None, Some(&credentials)).await.unwrap_err();

    assert!(matches!(&error, GitError::Refused(text) if text.contains(&target)), "{error}");
    assert_eq!(other.requests(), []);
}

#[tokio::test]
async fn a_refusal_is_told_in_the_servers_words() {
    type Is = fn(&GitError) -> bool;
    let refused: Is = |error| matches!(error, GitError::Refused(_));
    let no_token: Is = |error| matches!(error, GitError::TokenRefused(_));
    let not_found: Is = |error| matches!(error, GitError::NotFound(_));
    let unavailable: Is = |error| matches!(error, GitError::Unavailable(_));
    let server = Server::start().await;
    let plain = |status, text| Mood::Answers(status, "text/plain", text);
    let cases = [
        (plain(StatusCode::UNAUTHORIZED, "who\n are\x1b you"), no_token, "\"who are you\""),
        (plain(StatusCode::FORBIDDEN, "SSO needed"), refused, "\"SSO needed\""),
        (plain(StatusCode::NOT_FOUND, "Repository not found."), not_found, "\"Repository not found.\""),
        (plain(StatusCode::TOO_MANY_REQUESTS, "slow down"), unavailable, "429"),
        (plain(StatusCode::BAD_GATEWAY, "oops"), unavailable, "502"),
        (plain(StatusCode::UNAUTHORIZED, "bad token s3cret"), no_token, "\"bad token ***\""),
        (Mood::Answers(StatusCode::NOT_FOUND, "text/html", "<h1>lost</h1>"), not_found, "check the address"),
        (Mood::Answers(StatusCode::OK, "text/html", "<h1>hi</h1>"), refused, "`text/html`"),
        (
            Mood::Answers(StatusCode::OK, "application/x-git-upload-pack-advertisement", "what?"),
            refused,
            "does not answer as a git server",
        ),
        (
            Mood::Answers(StatusCode::OK, "application/x-git-upload-pack-advertisement", "000eERR closed"),
            refused,
            "\"closed\"",
        ),
    ];
    for (mood, is, expected) in cases {
        let case = format!("{mood:?}");
        server.be(mood);
        let credentials = server.credentials("s3cret");
        let error = server.store("store").fetch(&server.url(), None, Some(&credentials)).await.unwrap_err();
        let said = error.to_string();
        assert!(is(&error) && said.contains(expected) && said.contains("/shop.git"), "{case}: {error:?}");
        assert!(!said.contains("s3cret") && !said.contains(char::is_control), "{said:?}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let server = Server::start().await.with_repository();
    git(server.folder.path(), &["init", "--quiet", "--bare", "empty.git"]);
    let store = server.store("store");
    let unknown = "1".repeat(40);
    let cases = [
        ("shop.git", Some("mainn"), "`mainn`"),
        ("shop.git", Some(unknown.as_str()), unknown.as_str()),
        ("empty.git", None, "empty"),
        ("absent.git", None, "is not there"),
    ];
    for (name, revision, expected) in cases {
        let url = format!("{}/{name}", server.address);
        let error = store.fetch(&url, revision, None).await.unwrap_err();
        assert!(matches!(&error, GitError::NotFound(text) if text.contains(expected)), "{name}: {error:?}");
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_unavailable() {
    let server = Server::start().await;

    let error = server.store("store").fetch("http://127.0.0.1:1/shop.git", None, None).await.unwrap_err();

    assert!(matches!(error, GitError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn slow_servers_are_given_up_at_the_limits() {
    let server = Server::start().await.with_repository();
    let limits = |idle, total| FetchLimits {
        idle: Duration::from_millis(idle),
        total: Duration::from_millis(total),
        ..FetchLimits::default()
    };
    for (mood, limits) in [(Mood::Hangs, limits(100, 60_000)), (Mood::Dribbles, limits(60_000, 500))] {
        let case = format!("{mood:?}");
        server.be(mood);
        let started = Instant::now();
        let store = server.store("store").with_limits(limits);
        let error = store.fetch(&server.url(), None, None).await.unwrap_err();
        assert!(matches!(error, GitError::Unavailable(_)), "{case}: {error:?}");
        assert!(started.elapsed() < Duration::from_secs(20), "{case}");
    }
}

#[tokio::test]
async fn a_transfer_that_breaks_off_leaves_nothing_and_may_be_repeated() {
    let server = Server::start().await.with_repository();
    server.be(Mood::BreaksOff);
    let store = server.store("store");

    let error = store.fetch(&server.url(), None, None).await.unwrap_err();

    assert!(matches!(error, GitError::Unavailable(_)), "{error:?}");
    assert_eq!(std::fs::read_dir(store.path().join("incoming")).unwrap().count(), 0);
    assert_eq!(git(store.path(), &["cat-file", "--batch-all-objects", "--batch-check"]), "");
    server.be(Mood::Works);
    store.fetch(&server.url(), None, None).await.unwrap();
}

#[tokio::test]
async fn a_repository_over_the_size_limit_is_not_taken() {
    let server = Server::start().await.with_repository();
    let limits = FetchLimits { max_bytes: 100, ..FetchLimits::default() };

    let error = server.store("store").with_limits(limits).fetch(&server.url(), None, None).await.unwrap_err();

    assert!(matches!(&error, GitError::Invalid(text) if text.contains("100 bytes")), "{error:?}");
}

#[tokio::test]
async fn knowing_the_id_of_a_commit_does_not_give_its_files() {
    let server = Server::start().await.with_repository();
    let store = server.store("store");
    store.fetch(&server.url(), Some("main"), None).await.unwrap();
    let list = server.seen.answers.lock().unwrap()["list"].clone();
    // Another server says that it has the same commit, but has nothing.
    let liar = Server::start().await;
    liar.be(Mood::Lies(list, Bytes::from_static(b"0008NAK\n0000")));

    let error = store.fetch(&liar.url(), Some("main"), None).await.unwrap_err();

    assert!(matches!(error, GitError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn a_pack_that_borrows_from_the_store_is_not_taken() {
    let server = Server::start().await.with_repository();
    let store = server.store("store");
    let (commit, _) = store.fetch(&server.url(), Some("main"), None).await.unwrap();
    let list = server.seen.answers.lock().unwrap()["list"].clone();
    // The commit alone, without the files that the store has from elsewhere.
    let packed = std::process::Command::new("sh")
        .args(["-c", &format!("echo {} | git pack-objects --stdout --quiet", commit.0)])
        .current_dir(server.folder.path().join("shop.git"))
        .env("HOME", server.folder.path())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(packed.status.success());
    let mut answer = b"0008NAK\n".to_vec();
    answer.extend(format!("{:04x}\x01", packed.stdout.len() + 5).bytes().chain(packed.stdout));
    answer.extend(b"0000");
    let liar = Server::start().await;
    liar.be(Mood::Lies(list, answer.into()));

    let error = store.fetch(&liar.url(), Some("main"), None).await.unwrap_err();

    assert!(matches!(&error, GitError::Unavailable(text) if text.contains("not whole")), "{error:?}");
}
