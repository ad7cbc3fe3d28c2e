//! The store against the real `git`.

use std::path::Path;
use std::process::{Command, Output};

use catalog_gen::{Entry, File, TreePath};
use proptest::prelude::*;

use super::*;

/// Runs git without anybody's configuration.
fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = try_git(folder, arguments);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "git {arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn try_git(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "A")
        .env("GIT_AUTHOR_EMAIL", "a@example.com")
        .env("GIT_COMMITTER_NAME", "A")
        .env("GIT_COMMITTER_EMAIL", "a@example.com")
        .output()
        .unwrap()
}

fn path(text: &str) -> TreePath {
    TreePath::parse(text).unwrap()
}

fn tree(entries: &[(&str, Entry)]) -> FileTree {
    let mut tree = FileTree::new();
    for (name, entry) in entries {
        tree.insert(path(name), entry.clone()).unwrap();
    }
    tree
}

fn executable(text: &str) -> Entry {
    Entry::File(File { executable: true, ..File::new(text.to_owned()) })
}

fn link(target: &str) -> Entry {
    Entry::Symlink { target: target.to_owned() }
}

/// One of everything, with names that sort differently as text and as git's folders.
fn sample() -> FileTree {
    tree(&[
        ("README.md", Entry::file("# Shop\n")),
        ("a-b", Entry::file("1")),
        ("a.txt", Entry::file("2")),
        ("a/deep/er/file", Entry::file("3")),
        ("a/run.sh", executable("#!/bin/sh\n")),
        ("a0", Entry::file("")),
        ("latest", link("a/deep")),
        ("naïve/été.md", Entry::file("é")),
    ])
}

fn new_commit(tree: FileTree) -> NewCommit {
    NewCommit {
        tree,
        branch: "main".to_owned(),
        message: "Initial commit".to_owned(),
        author: Author { name: "Ada <Lovelace>".to_owned(), email: "ada@example.com".to_owned() },
        time_ms: 1_700_000_000_999,
    }
}

struct Home {
    folder: tempfile::TempDir,
    store: ObjectStore,
}

fn home() -> Home {
    let folder = tempfile::tempdir().unwrap();
    let store = ObjectStore::open_or_init(&folder.path().join("objects.git")).unwrap();
    Home { folder, store }
}

fn write_to_disk(tree: &FileTree, folder: &Path) {
    use std::os::unix::fs::{PermissionsExt, symlink};
    for (path, entry) in tree.iter() {
        let place = folder.join(path.as_str());
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        match entry {
            Entry::File(file) => {
                std::fs::write(&place, &file.bytes).unwrap();
                let mode = if file.executable { 0o755 } else { 0o644 };
                std::fs::set_permissions(&place, PermissionsExt::from_mode(mode)).unwrap();
            }
            Entry::Symlink { target } => symlink(target, &place).unwrap(),
            Entry::Dir => std::fs::create_dir_all(&place).unwrap(),
        }
    }
}

/// A repository with files beside it, and one commit.
fn repository_with(tree: &FileTree, folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    git(folder, &["init", "--quiet", "--initial-branch=main"]);
    write_to_disk(tree, folder);
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message=first"]);
}

fn write_tree_of_git(tree: &FileTree) -> String {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "--quiet"]);
    write_to_disk(tree, folder.path());
    git(folder.path(), &["add", "--all"]);
    git(folder.path(), &["write-tree"])
}

#[test]
fn a_tree_has_the_id_that_git_gives_it() {
    assert_eq!(tree_id(&sample()).unwrap().0, write_tree_of_git(&sample()));
}

#[test]
fn an_empty_tree_has_the_id_that_git_gives_it() {
    let only_empty_folders = tree(&[("a/b", Entry::Dir)]);

    assert_eq!(tree_id(&FileTree::new()).unwrap().0, "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    assert_eq!(tree_id(&only_empty_folders).unwrap(), tree_id(&FileTree::new()).unwrap());
}

fn any_tree() -> impl Strategy<Value = FileTree> {
    let name = prop::sample::select(vec!["a", "a-", "a.b", "a0", "b", "ab", "é"]);
    let path = prop::collection::vec(name, 1..4).prop_map(|names| names.join("/"));
    let entry = prop_oneof![
        "[a-z]{0,9}".prop_map(Entry::file),
        "[a-z]{0,9}".prop_map(|text| executable(&text)),
        Just(link("elsewhere")),
        Just(Entry::Dir),
    ];
    prop::collection::vec((path, entry), 0..14).prop_map(|entries| {
        let mut tree = FileTree::new();
        for (path, entry) in entries {
            // A file above another is refused; what remains is a tree.
            let _ = tree.insert(TreePath::parse(&path).unwrap(), entry);
        }
        tree
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_tree_has_the_id_that_git_gives_it(tree in any_tree()) {
        prop_assert_eq!(tree_id(&tree).unwrap().0, write_tree_of_git(&tree));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_tree_is_read_as_it_was_written(tree in any_tree()) {
        let home = home();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();

        let read = runtime.block_on(async {
            let id = home.store.write_tree(tree.clone()).await.unwrap();
            home.store.read_tree(&id, None).await.unwrap()
        });

        prop_assert_eq!(read, tree);
    }
}

#[tokio::test]
async fn a_folder_is_read_alone() {
    let home = home();
    let id = home.store.write_tree(sample()).await.unwrap();

    let folder = home.store.read_tree(&id, Some("./a/")).await.unwrap();

    assert_eq!(folder, tree(&[("deep/er/file", Entry::file("3")), ("run.sh", executable("#!/bin/sh\n"))]));
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_named() {
    let home = home();
    let id = home.store.write_tree(sample()).await.unwrap();

    for (folder, expected) in [("b", "there is nothing at `b`"), ("a.txt", "`a.txt` is not a directory")] {
        let error = home.store.read_tree(&id, Some(folder)).await.unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error}");
    }
    assert!(home.store.read_tree(&id, Some("../x")).await.is_err());
}

#[tokio::test]
async fn an_unknown_tree_is_not_found() {
    let id = tree_id(&sample()).unwrap();

    assert!(matches!(home().store.read_tree(&id, None).await, Err(GitError::NotFound(_))));
}

fn large(files: usize) -> FileTree {
    let mut tree = FileTree::new();
    for number in 0..files {
        let text = format!("file {number}\n").repeat(2048 / 12);
        tree.insert(path(&format!("folder-{}/file-{number}.txt", number % 50)), Entry::file(text)).unwrap();
    }
    tree
}

#[tokio::test]
async fn a_large_tree_is_one_pack() {
    let home = home();

    let id = home.store.write_tree(large(200)).await.unwrap();

    let count = git(home.store.path(), &["count-objects", "-v"]);
    assert!(count.contains("count: 0\n") && count.contains("packs: 1\n"), "{count}");
    assert_eq!(home.store.read_tree(&id, None).await.unwrap(), large(200));
    git(home.store.path(), &["fsck", "--strict"]);
}

#[tokio::test]
async fn a_tree_that_is_there_is_not_written_again() {
    let home = home();
    home.store.write_tree(large(200)).await.unwrap();

    home.store.write_tree(large(200)).await.unwrap();

    assert!(git(home.store.path(), &["count-objects", "-v"]).contains("packs: 1\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_writers_at_once_all_succeed() {
    let home = home();
    let writers: Vec<_> = (0..8)
        .map(|number| {
            // Every writer opens the store for itself, as another process would.
            let store = ObjectStore::open_or_init(home.store.path()).unwrap();
            tokio::spawn(async move { store.write_tree(large(100 + number % 3)).await.unwrap() })
        })
        .collect();

    for writer in writers {
        let id = writer.await.unwrap();
        assert!(home.store.read_tree(&id, None).await.is_ok());
    }

    git(home.store.path(), &["fsck", "--strict"]);
    assert_eq!(std::fs::read_dir(home.store.path().join("incoming")).unwrap().count(), 0);
}

#[test]
fn a_store_is_made_once_by_many_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("objects.git");

    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| ObjectStore::open_or_init(&path).unwrap());
        }
    });

    git(&path, &["fsck", "--strict"]);
}

#[tokio::test]
async fn the_same_commit_has_the_same_id_everywhere() {
    let (one, two) = (home(), home());

    let first = one.store.create_branch(new_commit(sample())).await.unwrap();
    let again = one.store.create_branch(new_commit(sample())).await.unwrap();
    let other = two.store.create_branch(new_commit(sample())).await.unwrap();

    assert_eq!((&first, &first), (&again, &other));
    assert_eq!(one.store.head("main").await.unwrap(), Some((first, tree_id(&sample()).unwrap())));
}

#[tokio::test]
async fn a_commit_is_what_git_shows() {
    let home = home();
    home.store.create_branch(new_commit(sample())).await.unwrap();

    let shown = git(home.store.path(), &["log", "--format=%an|%ae|%at|%ai|%B|%P", "main"]);

    assert_eq!(shown, "Ada Lovelace|ada@example.com|1700000000|2023-11-14 22:13:20 +0000|Initial commit\n|");
    git(home.store.path(), &["fsck", "--strict"]);
}

#[tokio::test]
async fn a_branch_at_another_commit_is_a_conflict_and_stays() {
    let home = home();
    let first = home.store.create_branch(new_commit(sample())).await.unwrap();

    let error = home.store.create_branch(new_commit(large(3))).await.unwrap_err();

    assert!(matches!(error, GitError::Conflict(_)), "{error}");
    assert_eq!(home.store.head("main").await.unwrap().unwrap().0, first);
}

#[tokio::test]
async fn branches_that_cannot_stand_beside_each_other_are_a_conflict() {
    let home = home();
    home.store.create_branch(new_commit(sample())).await.unwrap();
    let below = NewCommit { branch: "main/more".to_owned(), ..new_commit(sample()) };

    let error = home.store.create_branch(below).await.unwrap_err();

    assert!(matches!(&error, GitError::Conflict(message) if message.contains("`main`")), "{error}");
}

#[tokio::test]
async fn names_that_git_does_not_take_are_invalid() {
    let home = home();
    for branch in ["", "-x", "a..b", "a b", "../x", "x.lock", "HEAD"] {
        let commit = NewCommit { branch: branch.to_owned(), ..new_commit(sample()) };
        let error = home.store.create_branch(commit).await.unwrap_err();
        assert!(matches!(error, GitError::Invalid(_)), "{branch:?}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_makers_of_a_branch_one_wins() {
    let home = home();
    let makers: Vec<_> = (0..8)
        .map(|number| {
            let (store, commit) = (home.store.clone(), new_commit(large(number + 1)));
            tokio::spawn(async move { store.create_branch(commit).await })
        })
        .collect();

    let mut winners = Vec::new();
    for maker in makers {
        match maker.await.unwrap() {
            Ok(id) => winners.push(id),
            Err(error) => assert!(matches!(error, GitError::Conflict(_)), "{error}"),
        }
    }

    assert_eq!(winners.len(), 1);
    assert_eq!(home.store.head("main").await.unwrap().unwrap().0, winners[0]);
}

#[tokio::test]
async fn the_lock_of_a_killed_process_does_not_stand_for_ever() {
    let home = home();
    let lock = home.store.path().join("refs/heads/main.lock");
    std::fs::create_dir_all(lock.parent().unwrap()).unwrap();
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    std::fs::File::create(&lock).unwrap().set_modified(long_ago).unwrap();

    home.store.create_branch(new_commit(sample())).await.unwrap();

    assert!(!lock.exists());
}

#[tokio::test]
async fn objects_without_a_branch_are_completed_by_doing_it_again() {
    let home = home();
    let id = home.store.create_branch(new_commit(sample())).await.unwrap();
    std::fs::remove_file(home.store.path().join("refs/heads/main")).unwrap();

    let again = home.store.create_branch(new_commit(sample())).await.unwrap();

    assert_eq!(again, id);
    assert_eq!(home.store.head("main").await.unwrap().unwrap().0, id);
}

#[tokio::test]
async fn revisions_are_branches_tags_references_and_commits() {
    let home = home();
    let id = home.store.create_branch(new_commit(sample())).await.unwrap();
    git(home.store.path(), &["tag", "--annotate", "--message=v1", "v1", "main"]);
    git(home.store.path(), &["tag", "light", "main"]);

    for revision in
        [None, Some("HEAD"), Some("main"), Some("v1"), Some("light"), Some("refs/tags/v1"), Some(&id.0)]
    {
        assert_eq!(home.store.resolve(revision).await.unwrap().0, id, "{revision:?}");
    }
    for revision in ["mainn", "main~1", &id.0[..10], "refs/heads/../../HEAD"] {
        let error = home.store.resolve(Some(revision)).await.unwrap_err();
        assert!(matches!(error, GitError::NotFound(_)), "{revision}: {error}");
    }
}

#[tokio::test]
async fn a_local_repository_is_read_by_path_and_by_url() {
    let home = home();
    let source = home.folder.path().join("with blank");
    repository_with(&sample(), &source);
    let bare = home.folder.path().join("bare.git");
    git(home.folder.path(), &["clone", "--quiet", "--bare", "with blank", "bare.git"]);
    let url = format!("file://{}", source.display()).replace(' ', "%20");

    for url in [source.to_str().unwrap(), &url, bare.to_str().unwrap()] {
        let (commit, id) = home.store.fetch(url, Some("main"), None).await.unwrap();
        assert_eq!(commit.0, git(&source, &["rev-parse", "HEAD"]), "{url}");
        assert_eq!(home.store.read_tree(&id, None).await.unwrap(), sample(), "{url}");
    }
}

#[tokio::test]
async fn only_the_revision_is_copied_from_a_local_repository() {
    let home = home();
    let source = home.folder.path().join("source");
    repository_with(&tree(&[("old", Entry::file("old"))]), &source);
    std::fs::write(source.join("old"), "new").unwrap();
    git(&source, &["commit", "--quiet", "--all", "--message=second"]);

    home.store.fetch(source.to_str().unwrap(), None, None).await.unwrap();

    let first = git(&source, &["rev-parse", "HEAD~1"]);
    assert!(!try_git(home.store.path(), &["cat-file", "-e", &first]).status.success());
}

#[tokio::test]
async fn a_submodule_is_an_empty_folder() {
    let home = home();
    let source = home.folder.path().join("source");
    repository_with(&tree(&[("file", Entry::file("x"))]), &source);
    let id = git(&source, &["rev-parse", "HEAD"]);
    git(&source, &["update-index", "--add", "--cacheinfo", &format!("160000,{id},vendor/lib")]);
    git(&source, &["commit", "--quiet", "--message=submodule"]);

    let (_, id) = home.store.fetch(source.to_str().unwrap(), None, None).await.unwrap();

    let read = home.store.read_tree(&id, None).await.unwrap();
    assert_eq!(read, tree(&[("file", Entry::file("x")), ("vendor/lib", Entry::Dir)]));
}

#[tokio::test]
async fn a_repository_whose_link_leads_out_cannot_be_read() {
    let home = home();
    let source = home.folder.path().join("source");
    repository_with(&sample(), &source);
    std::os::unix::fs::symlink("/etc/passwd", source.join("trap")).unwrap();
    git(&source, &["add", "trap"]);
    git(&source, &["commit", "--quiet", "--message=trap"]);
    let (_, id) = home.store.fetch(source.to_str().unwrap(), None, None).await.unwrap();

    let error = home.store.read_tree(&id, None).await.unwrap_err();

    assert!(matches!(&error, GitError::Tree(_)) && error.to_string().contains("`trap`"), "{error}");
}

#[tokio::test]
async fn addresses_of_other_kinds_are_refused_by_name() {
    let home = home();
    let cases = [
        ("ssh://git@github.com/acme/shop", "`ssh:`"),
        ("git://github.com/acme/shop", "`git:`"),
        ("ext::sh -c touch%20x", "`ext:`"),
        ("git@github.com:acme/shop.git", "SSH"),
        ("file://otherhost/srv/x", "another machine"),
        ("https://me:s3cret@github.com/acme/shop", "user name or token"),
        ("https://github.com/acme/shop?x=1", "goes on after"),
        ("", "is empty"),
    ];
    for (url, expected) in cases {
        let error = home.store.fetch(url, None, None).await.unwrap_err();
        assert!(matches!(&error, GitError::Invalid(text) if text.contains(expected)), "{url}: {error}");
        assert!(!error.to_string().contains("s3cret"));
    }
}

#[tokio::test]
async fn a_path_without_a_repository_is_not_found() {
    let home = home();
    std::fs::create_dir(home.folder.path().join("plain")).unwrap();

    for name in ["plain", "absent"] {
        let path = home.folder.path().join(name);
        let error = home.store.fetch(path.to_str().unwrap(), None, None).await.unwrap_err();
        assert!(matches!(&error, GitError::NotFound(_)), "{error}");
    }
}

#[tokio::test]
async fn an_empty_repository_has_no_head() {
    let home = home();

    assert!(matches!(home.store.resolve(None).await, Err(GitError::NotFound(_))));
    assert_eq!(home.store.head("main").await.unwrap(), None);
}

#[test]
fn credentials_are_bound_to_scheme_host_and_port() {
    let bound = |url: &str| Credentials {
        url: url.to_owned(),
        username: "x-access-token".to_owned(),
        token: crate::secret::Secret::new("t"),
    };
    let url = reqwest::Url::parse("https://github.com/acme/shop").unwrap();

    for good in ["https://github.com", "https://github.com:443/", "https://GitHub.com/acme"] {
        assert!(bound(good).are_for(&url), "{good}");
    }
    for bad in
        ["http://github.com", "https://github.com:8443", "https://evil.com", "https://a.github.com", ""]
    {
        assert!(!bound(bad).are_for(&url), "{bad}");
    }
}
