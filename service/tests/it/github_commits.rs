//! First commits and further ones on GitHub, through the API and over git, against a bare repository whose REST side
//! knows GitHub's rules for git objects: nothing before the first commit, no branch twice, no branch moved back.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod api;

use catalog_gen::{Entry, File, FileTree, TreePath};
use stagecraft::config::{CommitsBy, GitHubForge};
use stagecraft::db::Db;
use stagecraft::forge::github::GitHub;
use stagecraft::forge::{Forge, ForgeError, RepoSlug};
use stagecraft::git::{Author, BranchUpdate, CommitId, NewCommit, ObjectStore, tree_id};
use stagecraft::secret::{Sealer, Secret};

use crate::support::git_server::Server;
use api::{Api, Fault};

/// A GitHub with the empty repository `acme/shop`, and the service's way to it.
struct Site {
    git: Server,
    api: Api,
    forge: GitHub,
}

impl Site {
    async fn new(commits: CommitsBy) -> Self {
        let git = Server::start().await;
        let repository = git.folder.path().join("acme/shop.git");
        ObjectStore::create(&repository, "main").unwrap();
        crate::support::git_server::git(&repository, &["config", "http.receivepack", "true"]);
        let api = Api::start(&repository).await;
        let settings = GitHubForge {
            token: Secret::new("ghp_token"),
            api_url: api.address.clone(),
            git_url: git.address.clone(),
            retry_seconds: 5,
            commits,
            ..GitHubForge::default()
        };
        let db = Db::open_memory().await.unwrap();
        db.migrate().await.unwrap();
        let sealer = Sealer::from_key_file(&git.folder.path().join("key")).unwrap();
        let forge = GitHub::new("github.com", &settings, db, sealer, git.store("store")).unwrap();
        Self { git, api, forge }
    }

    async fn push(&self, commit: NewCommit) -> Result<CommitId, ForgeError> {
        self.forge.push(&slug(), commit).await
    }

    fn repository(&self, arguments: &[&str]) -> String {
        crate::support::git_server::git(&self.git.folder.path().join("acme/shop.git"), arguments)
    }

    /// The branch is at this commit, which is alone and holds these files.
    fn holds(&self, id: &CommitId, tree: &FileTree) {
        assert_eq!(self.repository(&["rev-parse", "main"]), id.0);
        assert_eq!(self.repository(&["rev-parse", "main^{tree}"]), tree_id(tree).unwrap().0);
        assert_eq!(self.repository(&["rev-list", "--count", "main"]), "1");
    }
}

fn slug() -> RepoSlug {
    RepoSlug { host: "github.com".to_owned(), owner: "acme".to_owned(), name: "shop".to_owned() }
}

fn sample() -> FileTree {
    let mut tree = FileTree::new();
    let executable = Entry::File(File { executable: true, ..File::new("#!/bin/sh\n") });
    for (name, entry) in [
        ("README.md", Entry::file("# Shop\n")),
        (".github/workflows/ci.yml", Entry::file("on: push\n")),
        ("gradlew", executable),
        ("latest", Entry::Symlink { target: "docs".to_owned() }),
        ("docs/naïve.md", Entry::file("é")),
        ("docs/logo.png", Entry::file(vec![0_u8, 159, 146, 150])),
    ] {
        tree.insert(TreePath::parse(name).unwrap(), entry).unwrap();
    }
    tree
}

fn commit() -> NewCommit {
    NewCommit {
        tree: sample(),
        branch: "main".to_owned(),
        message: "Initial commit\n".to_owned(),
        author: Author { name: "Ada".to_owned(), email: "ada@example.com".to_owned() },
        time_ms: 1_700_000_000_000,
    }
}

#[tokio::test]
async fn a_commit_through_the_api_is_one_commit_that_github_can_sign() {
    let site = Site::new(CommitsBy::Api).await;

    let id = site.push(commit()).await.unwrap();

    site.holds(&id, &sample());
    assert_eq!(site.repository(&["log", "-1", "--format=%s", "main"]), "Initial commit");
    // Of a commit that names an author or a committer GitHub makes no signature.
    let made = site.api.bodies("POST", "git/commits");
    assert!(!made.is_empty());
    assert!(
        made.iter().all(|body| body.get("author").is_none() && body.get("committer").is_none()),
        "{made:?}"
    );
    // One request for the file that is no text; the rest goes in one tree.
    assert_eq!(site.api.count("POST", "git/blobs"), 1);
    assert_eq!(site.api.count("POST", "git/trees"), 1);
    assert_eq!(site.api.writes(), 5);
}

#[tokio::test]
async fn a_commit_through_the_api_that_is_repeated_is_done_already() {
    let site = Site::new(CommitsBy::Api).await;
    let first = site.push(commit()).await.unwrap();
    let before = site.api.writes();

    let again = site.push(commit()).await.unwrap();

    assert_eq!(again, first);
    assert_eq!(site.api.writes(), before);
}

#[tokio::test]
async fn whatever_answer_is_lost_one_commit_is_made() {
    let writes = [
        ("PUT", "contents"),
        ("POST", "git/blobs"),
        ("POST", "git/trees"),
        ("POST", "git/commits"),
        ("PATCH", "git/refs"),
    ];
    let sites = writes.iter().flat_map(|call| [(call, Fault::Before), (call, Fault::After)]);
    let runs = sites.map(|(&(method, call), fault)| async move {
        let site = Site::new(CommitsBy::Api).await;
        site.api.fail(method, call, fault);

        let id =
            site.push(commit()).await.unwrap_or_else(|error| panic!("{method} {call} {fault:?}: {error}"));

        site.holds(&id, &sample());
        assert!(site.api.has_failed(), "{method} {call} was never asked");
    });
    futures_util::future::join_all(runs).await;
}

#[tokio::test]
async fn a_beginning_of_an_earlier_run_is_gone_on_with() {
    let site = Site::new(CommitsBy::Api).await;
    site.api.refuse("POST", "git/trees");
    site.push(commit()).await.unwrap_err();
    assert_eq!(site.repository(&["rev-list", "--count", "main"]), "1");

    site.api.allow();
    let id = site.push(commit()).await.unwrap();

    site.holds(&id, &sample());
    assert_eq!(site.api.count("PUT", "contents"), 1);
}

#[tokio::test]
async fn where_commits_may_not_be_replaced_the_beginning_stays_below() {
    let site = Site::new(CommitsBy::Api).await;
    site.api.forbid_replacing();

    let id = site.push(commit()).await.unwrap();
    let again = site.push(commit()).await.unwrap();

    assert_eq!((&id.0, &again), (&site.repository(&["rev-parse", "main"]), &id));
    assert_eq!(site.repository(&["rev-parse", "main^{tree}"]), tree_id(&sample()).unwrap().0);
    assert_eq!(site.repository(&["rev-list", "--count", "main"]), "2");
}

#[tokio::test]
async fn a_branch_that_is_anothers_is_a_conflict_both_ways() {
    for commits in [CommitsBy::Api, CommitsBy::Git] {
        let site = Site::new(commits).await;
        let local = ObjectStore::open(&site.git.folder.path().join("acme/shop.git")).unwrap();
        let theirs = NewCommit { message: "Theirs".to_owned(), ..commit() };
        let theirs = local.create_branch(theirs).await.unwrap();

        let error = site.push(commit()).await.unwrap_err();

        assert!(matches!(&error, ForgeError::Conflict(text) if text.contains(&theirs.0)), "{error:?}");
        assert_eq!(site.repository(&["rev-parse", "main"]), theirs.0);
    }
}

#[tokio::test]
async fn a_second_branch_is_made_through_the_api_beside_the_first() {
    let site = Site::new(CommitsBy::Api).await;
    site.push(commit()).await.unwrap();

    let other = NewCommit { branch: "feature/x".to_owned(), message: "Other".to_owned(), ..commit() };
    let id = site.push(other.clone()).await.unwrap();

    assert_eq!(site.push(other).await.unwrap(), id);
    assert_eq!(site.repository(&["rev-parse", "feature/x"]), id.0);
    assert_eq!(site.api.count("PUT", "contents"), 1);
}

#[tokio::test]
async fn a_refusal_of_the_api_is_told_with_what_to_do() {
    let site = Site::new(CommitsBy::Api).await;
    site.api.refuse("PUT", "contents");

    let error = site.push(commit()).await.unwrap_err();

    let said = error.to_string();
    assert!(matches!(error, ForgeError::NotAllowed(_)), "{error:?}");
    assert!(said.contains("Repository rule violations found") && said.contains("bypass list"), "{said}");
}

#[tokio::test]
async fn a_commit_without_files_cannot_be_made_through_the_api() {
    let site = Site::new(CommitsBy::Api).await;

    let error = site.push(NewCommit { tree: FileTree::new(), ..commit() }).await.unwrap_err();

    assert!(matches!(&error, ForgeError::Invalid(text) if text.contains("push over git")), "{error:?}");
}

#[tokio::test]
async fn a_commit_over_git_is_the_one_that_was_foreseen() {
    let site = Site::new(CommitsBy::Git).await;
    let local = site.git.store("elsewhere").create_branch(commit()).await.unwrap();

    let id = site.push(commit()).await.unwrap();
    let again = site.push(commit()).await.unwrap();

    assert_eq!((&id, &again), (&local, &local));
    site.holds(&id, &sample());
    assert_eq!(site.api.writes(), 0);
}

/// A change that adds, replaces and removes.
fn change(base: &CommitId, branch: &str, expected: Option<&CommitId>) -> BranchUpdate {
    let mut files = FileTree::new();
    for (name, text) in [("README.md", "# Shop 2\n"), ("src/new.rs", "new")] {
        files.insert(TreePath::parse(name).unwrap(), Entry::file(text)).unwrap();
    }
    BranchUpdate {
        branch: branch.to_owned(),
        expected: expected.cloned(),
        base: base.clone(),
        files,
        removed: ["docs", "absent"].map(|name| TreePath::parse(name).unwrap()).to_vec(),
        message: "Change".to_owned(),
        author: Author { name: "Ada".to_owned(), email: "ada@example.com".to_owned() },
        time_ms: 1_700_000_100_000,
    }
}

#[tokio::test]
async fn a_commit_on_top_of_another_is_made_both_ways_and_once() {
    for commits in [CommitsBy::Api, CommitsBy::Git] {
        let site = Site::new(commits).await;
        site.push(commit()).await.unwrap();
        let (base, _) = site.forge.read(&slug(), Some("main")).await.unwrap();

        let id = site.forge.commit_onto(&slug(), change(&base, "change", None)).await.unwrap();
        let again = site.forge.commit_onto(&slug(), change(&base, "change", None)).await.unwrap();

        assert_eq!(again, id, "{commits:?}");
        assert_eq!(site.repository(&["rev-parse", "change", "change~1"]), format!("{}\n{}", id.0, base.0));
        let changes =
            site.repository(&["-c", "core.quotePath=false", "diff", "--name-status", "main", "change"]);
        assert_eq!(changes, "M\tREADME.md\nD\tdocs/logo.png\nD\tdocs/naïve.md\nA\tsrc/new.rs", "{commits:?}");
    }
}

#[tokio::test]
async fn a_branch_on_github_moves_from_where_it_is_expected_and_from_nowhere_else() {
    for commits in [CommitsBy::Api, CommitsBy::Git] {
        let site = Site::new(commits).await;
        let base = site.push(commit()).await.unwrap();
        site.forge.read(&slug(), Some("main")).await.unwrap();

        let moved = site.forge.commit_onto(&slug(), change(&base, "main", Some(&base))).await.unwrap();
        assert_eq!(site.repository(&["rev-parse", "main"]), moved.0, "{commits:?}");

        let other = BranchUpdate { message: "Other".to_owned(), ..change(&base, "main", Some(&base)) };
        let error = site.forge.commit_onto(&slug(), other).await.unwrap_err();
        assert!(matches!(error, ForgeError::Conflict(_)), "{commits:?}: {error:?}");
        let gone = site.forge.commit_onto(&slug(), change(&base, "gone", Some(&base))).await.unwrap_err();
        assert!(matches!(gone, ForgeError::Conflict(_)), "{commits:?}: {gone:?}");
        assert_eq!(site.repository(&["rev-parse", "main"]), moved.0, "{commits:?}");
    }
}
