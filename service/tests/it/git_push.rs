//! Pushing over HTTP to a real `git http-backend`, and to servers that misbehave.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod faults;
mod refusals;

use std::time::Duration;

use catalog_gen::{Entry, File, FileTree, TreePath};
use stagecraft::git::{Author, BranchUpdate, CommitId, GitError, NewCommit, ObjectStore, PushLimits, push};

use crate::support::git_server::{Mood, Server, git};

/// One of everything that a commit can hold.
fn sample() -> FileTree {
    tree(&[
        ("README.md", Entry::file("# Shop\n")),
        ("bin/run", Entry::File(File { executable: true, ..File::new("#!/bin/sh\n") })),
        ("latest", Entry::Symlink { target: "bin".to_owned() }),
        ("docs/naïve.md", Entry::file("é")),
        ("empty", Entry::Dir),
        ("logo.png", Entry::file(vec![0_u8, 159, 146, 150])),
    ])
}

fn tree(entries: &[(&str, Entry)]) -> FileTree {
    let mut tree = FileTree::new();
    for (name, entry) in entries {
        tree.insert(TreePath::parse(name).unwrap(), entry.clone()).unwrap();
    }
    tree
}

fn commit_of(tree: FileTree) -> NewCommit {
    NewCommit {
        tree,
        branch: "main".to_owned(),
        message: "Initial commit".to_owned(),
        author: Author { name: "Ada".to_owned(), email: "ada@example.com".to_owned() },
        time_ms: 1_700_000_000_000,
    }
}

fn limits() -> PushLimits {
    PushLimits { idle: Duration::from_secs(30), total: Duration::from_secs(60), ..PushLimits::default() }
}

async fn push_to(server: &Server, tree: FileTree) -> Result<CommitId, GitError> {
    push(&server.url(), commit_of(tree), None, &limits()).await
}

/// The files of a branch as git lists them.
fn listed(server: &Server, revision: &str) -> String {
    server.git(&["ls-tree", "-r", "--format=%(objectmode) %(path)", revision])
}

#[tokio::test]
async fn a_commit_arrives_as_it_is_made_in_a_local_store() {
    let server = Server::start().await.with_empty_repository();
    let local = server.store("local").create_branch(commit_of(sample())).await.unwrap();

    let pushed = push_to(&server, sample()).await.unwrap();

    assert_eq!((&pushed, &server.commit("main")), (&local, &local));
    let expected =
        "100644 README.md\n100755 bin/run\n100644 docs/na\\303\\257ve.md\n120000 latest\n100644 logo.png";
    assert_eq!(listed(&server, "main").replace('"', ""), expected);
    server.git(&["fsck", "--strict"]);
}

#[tokio::test]
async fn a_push_that_is_repeated_is_done_already_and_sends_nothing() {
    let server = Server::start().await.with_empty_repository();
    let first = push_to(&server, sample()).await.unwrap();
    server.requests();

    let again = push_to(&server, sample()).await.unwrap();

    assert_eq!(again, first);
    assert_eq!(server.requests(), [("GET".to_owned(), "/shop.git/info/refs".to_owned(), false)]);
}

#[tokio::test]
async fn a_branch_at_another_commit_is_a_conflict_and_stays() {
    let server = Server::start().await.with_empty_repository();
    let first = push_to(&server, sample()).await.unwrap();

    let error = push_to(&server, tree(&[("other", Entry::file("x"))])).await.unwrap_err();

    assert!(matches!(&error, GitError::Conflict(text) if text.contains(&first.0)), "{error:?}");
    assert_eq!(server.commit("main"), first);
}

#[tokio::test]
async fn branches_that_cannot_stand_beside_each_other_are_a_conflict() {
    let server = Server::start().await.with_empty_repository();
    push_to(&server, sample()).await.unwrap();

    let below = NewCommit { branch: "main/more".to_owned(), ..commit_of(sample()) };
    let error = push(&server.url(), below, None, &limits()).await.unwrap_err();

    assert!(matches!(&error, GitError::Conflict(text) if text.contains("`main`")), "{error:?}");
}

#[tokio::test]
async fn a_push_larger_than_one_piece_is_streamed() {
    let server = Server::start().await.with_empty_repository();
    let mut tree = sample();
    let mut noise = 1_u32;
    for number in 0..40 {
        let bytes: Vec<u8> = std::iter::repeat_with(|| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            noise.to_be_bytes()[0]
        })
        .take(100_000)
        .collect();
        tree.insert(TreePath::parse(&format!("data/{number}")).unwrap(), Entry::file(bytes)).unwrap();
    }

    let pushed = push_to(&server, tree).await.unwrap();

    assert_eq!(server.commit("main"), pushed);
    assert!(server.seen.work.lock().unwrap().len() > 3_900_000);
    server.git(&["fsck", "--strict"]);
}

#[tokio::test]
async fn an_empty_tree_is_pushed() {
    let server = Server::start().await.with_empty_repository();

    let pushed = push_to(&server, FileTree::new()).await.unwrap();

    assert_eq!(server.commit("main"), pushed);
    assert_eq!(listed(&server, "main"), "");
}

#[tokio::test]
async fn of_many_pushers_of_one_commit_all_succeed_and_of_many_commits_one_wins() {
    let server = Server::start().await.with_empty_repository();
    let same = futures_util::future::join_all((0..4).map(|_| push_to(&server, sample()))).await;
    assert!(same.iter().all(Result::is_ok), "{same:?}");

    let other = Server::start().await.with_empty_repository();
    let name = |number: u32| tree(&[("file", Entry::file(number.to_string()))]);
    let rivals = futures_util::future::join_all((0..4).map(|number| push_to(&other, name(number)))).await;

    let (won, lost): (Vec<_>, Vec<_>) = rivals.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1, "{lost:?}");
    for error in lost.into_iter().map(Result::unwrap_err) {
        assert!(matches!(error, GitError::Conflict(_)), "{error:?}");
    }
    assert_eq!(&other.commit("main"), won.first().unwrap().as_ref().unwrap());
}

#[tokio::test]
async fn a_token_is_sent_to_its_own_place_only() {
    let server = Server::start().await.with_empty_repository();
    server.be(Mood::AsksForToken);
    let right = server.credentials("right");
    let foreign = stagecraft::git::Credentials { url: "http://127.0.0.1:1".to_owned(), ..right.clone() };

    let error = push(&server.url(), commit_of(sample()), Some(&foreign), &limits()).await.unwrap_err();

    assert!(matches!(&error, GitError::Refused(text) if text.contains("asks for a token")), "{error:?}");
    assert!(server.requests().iter().all(|(_, _, with_token)| !with_token));
    push(&server.url(), commit_of(sample()), Some(&right), &limits()).await.unwrap();
    assert!(server.requests().iter().all(|(_, _, with_token)| *with_token));
}

fn update(base: &CommitId, expected: Option<&CommitId>) -> BranchUpdate {
    BranchUpdate {
        branch: "change".to_owned(),
        expected: expected.cloned(),
        base: base.clone(),
        files: tree(&[("docs/new.md", Entry::file("new")), ("file", Entry::file("three"))]),
        removed: vec![TreePath::parse("gone").unwrap()],
        message: "Change".to_owned(),
        author: Author { name: "Ada".to_owned(), email: "ada@example.com".to_owned() },
        time_ms: 1_700_000_100_000,
    }
}

/// A repository with history that can be pushed to, and a store that holds its newest commit alone.
async fn with_history() -> (Server, ObjectStore, CommitId) {
    let server = Server::start().await.with_repository();
    server.takes_pushes();
    let store = server.store("store");
    let (base, _) = store.fetch(&server.url(), Some("main"), None).await.unwrap();
    (server, store, base)
}

#[tokio::test]
async fn a_commit_on_top_of_a_fetched_base_makes_a_branch() {
    let (server, store, base) = with_history().await;

    let pushed = store.push_onto(&server.url(), update(&base, None), None, &limits()).await.unwrap();
    let again = store.push_onto(&server.url(), update(&base, None), None, &limits()).await.unwrap();

    assert_eq!((&pushed, &again), (&server.commit("change"), &pushed));
    assert_eq!(server.commit("change~1"), base);
    assert_eq!(server.git(&["diff", "--name-status", "main", "change"]), "A\tdocs/new.md\nM\tfile");
    server.git(&["fsck", "--strict"]);
}

#[tokio::test]
async fn the_same_commit_is_made_over_http_and_in_a_local_repository() {
    let (server, store, base) = with_history().await;
    let pushed = store.push_onto(&server.url(), update(&base, None), None, &limits()).await.unwrap();
    git(server.folder.path(), &["clone", "--quiet", "--bare", "work", "local.git"]);
    let local = ObjectStore::open(&server.folder.path().join("local.git")).unwrap();

    let made = local.commit_onto(update(&base, None)).await.unwrap();
    let again = local.commit_onto(update(&base, None)).await.unwrap();

    assert_eq!((&made, &again), (&pushed, &pushed));
    git(local.path(), &["fsck", "--strict"]);
}

#[tokio::test]
async fn a_branch_moves_from_where_it_is_expected_and_from_nowhere_else() {
    let (server, store, base) = with_history().await;
    let onto_main = BranchUpdate { branch: "main".to_owned(), ..update(&base, Some(&base)) };
    let moved = store.push_onto(&server.url(), onto_main.clone(), None, &limits()).await.unwrap();
    assert_eq!(server.commit("main"), moved);

    let other = BranchUpdate { message: "Other".to_owned(), ..onto_main };
    let over_http = store.push_onto(&server.url(), other.clone(), None, &limits()).await.unwrap_err();
    let local = ObjectStore::open(&server.folder.path().join("shop.git")).unwrap();
    let in_place = local.commit_onto(other).await.unwrap_err();
    let gone = BranchUpdate { branch: "never".to_owned(), ..update(&base, Some(&base)) };
    let gone = store.push_onto(&server.url(), gone, None, &limits()).await.unwrap_err();

    for error in [over_http, in_place, gone] {
        assert!(matches!(error, GitError::Conflict(_)), "{error:?}");
    }
    assert_eq!(server.commit("main"), moved);
}

#[tokio::test]
async fn changes_that_change_nothing_are_known_before_a_push() {
    let (_server, store, base) = with_history().await;
    let (_, before) = store.resolve(Some(&base.0)).await.unwrap();

    let same = tree(&[("file", Entry::file("two"))]);
    let same = store.amended_tree(&base, same, vec![TreePath::parse("absent").unwrap()]).await.unwrap();
    let other = store.amended_tree(&base, tree(&[("file", Entry::file("3"))]), Vec::new()).await.unwrap();

    assert_eq!(same, before);
    assert_ne!(other, before);
}

#[tokio::test]
async fn a_base_that_was_not_fetched_is_not_found() {
    let (server, store, _) = with_history().await;
    let unknown = CommitId("1".repeat(40));

    let error = store.push_onto(&server.url(), update(&unknown, None), None, &limits()).await.unwrap_err();

    assert!(matches!(&error, GitError::NotFound(text) if text.contains(&unknown.0)), "{error:?}");
    assert!(server.requests().iter().all(|(_, path, _)| !path.ends_with("receive-pack")));
}
