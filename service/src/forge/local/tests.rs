//! The local forge against the real `git`, against others at the same name, and against being killed.

use std::collections::BTreeMap;
use std::process::Command;

use catalog_gen::{Entry, File, TreePath};
use proptest::prelude::*;
use serde_json::json;

use super::super::{
    Autolink, ChangeKind, DeployKey, EnvironmentSetting, Pages, Reviewer, Ruleset, Visibility, Webhook,
    WorkflowPermissions,
};
use super::*;
use crate::git::Author;
use crate::ids::TaskId;
use crate::secret::Secret;

struct Home {
    folder: tempfile::TempDir,
    forge: LocalForge,
}

fn home() -> Home {
    let folder = tempfile::tempdir().unwrap();
    let forge = LocalForge::new(folder.path().join("forge"));
    Home { folder, forge }
}

fn slug(name: &str) -> RepoSlug {
    RepoSlug { host: "github.com".to_owned(), owner: "Acme".to_owned(), name: name.to_owned() }
}

fn new_repository() -> NewRepository {
    NewRepository {
        description: Some("A shop".to_owned()),
        homepage: None,
        visibility: Visibility::Private,
        default_branch: "trunk".to_owned(),
        settings: Map::from_iter([("allow_squash_merge".to_owned(), json!(true))]),
        created_by: TaskId::generate(),
    }
}

fn new_commit() -> NewCommit {
    let mut tree = FileTree::new();
    let mut insert = |path: &str, entry: Entry| {
        tree.insert(TreePath::parse(path).unwrap(), entry).unwrap();
    };
    insert("README.md", Entry::file("# Shop\n"));
    insert("bin/run", Entry::File(File { executable: true, ..File::new("#!/bin/sh\n") }));
    insert("docs/readme", Entry::Symlink { target: "../README.md".to_owned() });
    NewCommit {
        tree,
        branch: "trunk".to_owned(),
        message: "initial commit".to_owned(),
        author: Author { name: "Scaffolder".to_owned(), email: "scaffolder@example.com".to_owned() },
        time_ms: 1_700_000_000_000,
    }
}

/// Runs git without anybody's configuration.
fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "git {arguments:?}: {errors}");
    format!("{}{errors}", String::from_utf8(output.stdout).unwrap()).trim().to_owned()
}

fn bare(home: &Home, name: &str) -> PathBuf {
    home.folder.path().join("forge/github.com/acme").join(format!("{name}.git"))
}

#[tokio::test]
async fn a_repository_has_the_addresses_of_its_host() {
    let home = home();
    let new = new_repository();

    let created = home.forge.create(&slug("Shop"), &new).await.unwrap();

    assert_eq!(created.slug, slug("Shop"));
    assert_eq!(created.clone_url, format!("file://{}", bare(&home, "shop").display()));
    assert_eq!(created.html_url, "https://github.com/Acme/Shop");
    assert_eq!(created.contents_url, "https://github.com/Acme/Shop/blob/trunk");
    assert_eq!(created.created_by, Some(new.created_by));
    assert_eq!(home.forge.find(&slug("Shop")).await.unwrap(), Some(created));
}

#[tokio::test]
async fn a_clone_holds_files_modes_and_links() {
    use std::os::unix::fs::PermissionsExt;
    let home = home();
    let created = home.forge.create(&slug("shop"), &new_repository()).await.unwrap();
    home.forge.push(&slug("shop"), new_commit()).await.unwrap();

    git(home.folder.path(), &["clone", "--quiet", &created.clone_url, "clone"]);

    let clone = home.folder.path().join("clone");
    assert_eq!(git(&clone, &["branch", "--show-current"]), "trunk");
    assert_eq!(std::fs::read_to_string(clone.join("README.md")).unwrap(), "# Shop\n");
    assert_ne!(std::fs::metadata(clone.join("bin/run")).unwrap().permissions().mode() & 0o100, 0);
    assert_eq!(std::fs::read_link(clone.join("docs/readme")).unwrap(), Path::new("../README.md"));
}

#[tokio::test]
async fn a_repository_has_nothing_that_git_complains_of() {
    let home = home();
    home.forge.create(&slug("shop"), &new_repository()).await.unwrap();
    home.forge.push(&slug("shop"), new_commit()).await.unwrap();

    assert_eq!(git(&bare(&home, "shop"), &["fsck", "--strict", "--no-progress"]), "");
}

#[tokio::test]
async fn the_same_push_again_is_the_same_commit() {
    let home = home();
    home.forge.create(&slug("shop"), &new_repository()).await.unwrap();
    let first = home.forge.push(&slug("shop"), new_commit()).await.unwrap();

    let again = home.forge.push(&slug("shop"), new_commit()).await.unwrap();

    assert_eq!(again, first);
    assert_eq!(git(&bare(&home, "shop"), &["rev-list", "--all"]), first.0);
}

#[tokio::test]
async fn another_push_is_a_conflict_that_names_the_repository() {
    let home = home();
    home.forge.create(&slug("shop"), &new_repository()).await.unwrap();
    home.forge.push(&slug("shop"), new_commit()).await.unwrap();
    let other = NewCommit { message: "another".to_owned(), ..new_commit() };

    let error = home.forge.push(&slug("shop"), other).await.unwrap_err();

    assert!(matches!(&error, ForgeError::Conflict(said) if said.contains("github.com/Acme/shop")), "{error}");
}

#[tokio::test]
async fn a_pushed_commit_is_read_by_branch_tag_commit_and_default() {
    let home = home();
    home.forge.create(&slug("shop"), &new_repository()).await.unwrap();
    let id = home.forge.push(&slug("shop"), new_commit()).await.unwrap();
    git(&bare(&home, "shop"), &["tag", "v1", "trunk"]);

    for revision in [None, Some("trunk"), Some("v1"), Some(id.0.as_str())] {
        let read = home.forge.read(&slug("SHOP"), revision).await.unwrap();
        assert_eq!(read, (id.clone(), new_commit().tree), "{revision:?}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let home = home();
    home.forge.create(&slug("empty"), &new_repository()).await.unwrap();
    let not_found = |error: ForgeError| matches!(error, ForgeError::NotFound(_));

    assert_eq!(home.forge.find(&slug("absent")).await.unwrap(), None);
    assert!(not_found(home.forge.push(&slug("absent"), new_commit()).await.unwrap_err()));
    assert!(not_found(home.forge.read(&slug("absent"), None).await.unwrap_err()));
    assert!(not_found(home.forge.apply(&slug("absent"), &Setting::Subscription(true)).await.unwrap_err()));
    assert!(not_found(home.forge.read(&slug("empty"), None).await.unwrap_err()));
    assert!(not_found(home.forge.read(&slug("empty"), Some("other")).await.unwrap_err()));
}

#[tokio::test]
async fn a_name_is_given_once_whatever_its_letter_case() {
    let home = home();
    let mine = new_repository();
    let made = home.forge.create(&slug("Shop"), &mine).await.unwrap();

    for name in ["Shop", "shop", "SHOP"] {
        let error = home.forge.create(&slug(name), &new_repository()).await.unwrap_err();
        assert!(matches!(error, ForgeError::Conflict(_)), "{name}: {error}");
        assert_eq!(home.forge.create(&slug(name), &mine).await.unwrap(), made, "{name}");
    }
    assert_eq!(home.forge.find(&slug("shop")).await.unwrap().unwrap().created_by, Some(mine.created_by));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_makers_of_a_name_one_wins() {
    let home = home();
    let makers: Vec<_> = (0..12)
        .map(|number| {
            // Each has a forge of its own, as another process would.
            let forge = LocalForge::new(home.folder.path().join("forge"));
            let name = if number % 2 == 0 { "shop" } else { "Shop" };
            tokio::spawn(async move { forge.create(&slug(name), &new_repository()).await })
        })
        .collect();

    let mut winners = Vec::new();
    for maker in makers {
        match maker.await.unwrap() {
            Ok(repository) => winners.push(repository),
            Err(error) => assert!(matches!(error, ForgeError::Conflict(_)), "{error}"),
        }
    }

    assert_eq!(winners.len(), 1);
    assert_eq!(home.forge.find(&slug("shop")).await.unwrap(), winners.pop());
    assert_eq!(std::fs::read_dir(home.folder.path().join("forge/.drafts")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_creation_that_was_killed_is_finished_by_doing_it_again() {
    let home = home();
    home.forge.create(&slug("shop"), &new_repository()).await.unwrap();
    // What a kill just before the last step leaves: a whole draft, and no repository of that name.
    let draft = home.folder.path().join("forge/.drafts/left");
    std::fs::create_dir_all(&draft).unwrap();
    std::fs::rename(bare(&home, "shop"), draft.join("repository.git")).unwrap();

    assert_eq!(home.forge.find(&slug("shop")).await.unwrap(), None);
    assert_eq!(home.forge.repositories().await.unwrap(), []);
    home.forge.create(&slug("shop"), &new_repository()).await.unwrap();
    home.forge.push(&slug("shop"), new_commit()).await.unwrap();
}

#[tokio::test]
async fn a_change_that_was_killed_leaves_the_settings_as_they_were() {
    let home = home();
    home.forge.create(&slug("shop"), &new_repository()).await.unwrap();
    std::fs::write(bare(&home, "shop").join("forge.json.new"), "{\"half").unwrap();

    home.forge.apply(&slug("shop"), &Setting::Topics(vec!["a".to_owned()])).await.unwrap();

    assert_eq!(home.forge.settings(&slug("shop")).await.unwrap()["topics"], json!(["a"]));
}

fn all_settings() -> Vec<Setting> {
    vec![
        Setting::Topics(vec!["Rust".to_owned(), "rust".to_owned(), "web-shop".to_owned()]),
        Setting::Access("acme/team".to_owned()),
        Setting::Collaborators(json!([{ "user": "ada", "access": "push" }])),
        Setting::Variables(BTreeMap::from([("region".to_owned(), "eu-west-1".to_owned())])),
        Setting::Secrets(BTreeMap::from([("npm_token".to_owned(), Secret::new("hunter2"))])),
        Setting::OidcCustomization(json!({ "useDefault": false })),
        Setting::CustomProperties(json!({ "tier": "1" })),
        Setting::WorkflowAccess("organization".to_owned()),
        Setting::Subscription(true),
        Setting::BranchProtection {
            branch: "not-there-yet".to_owned(),
            rules: Map::from_iter([("enforce_admins".to_owned(), json!(true))]),
        },
        Setting::Description(Some("A shop of books".to_owned())),
        Setting::Archived(true),
        Setting::DependabotSecrets(BTreeMap::from([("npm_token".to_owned(), Secret::new("hunter2"))])),
        Setting::WorkflowPermissions(WorkflowPermissions {
            default_permission: Some("read".to_owned()),
            ..WorkflowPermissions::default()
        }),
        Setting::Environment(EnvironmentSetting {
            name: "prod/eu".to_owned(),
            branch_patterns: vec!["release/*".to_owned()],
            variables: BTreeMap::from([("region".to_owned(), "eu".to_owned())]),
            secrets: BTreeMap::from([("key".to_owned(), Secret::new("hunter2"))]),
            wait_minutes: Some(5),
            reviewers: Some(vec![Reviewer::Team("platform".to_owned())]),
            ..EnvironmentSetting::default()
        }),
        Setting::Webhook(Webhook {
            url: "https://ci.acme.io/hook".to_owned(),
            secret: Some(Secret::new("hunter2")),
            events: vec!["push".to_owned()],
            active: true,
            content_type: "json".to_owned(),
            insecure_ssl: false,
        }),
        Setting::DeployKey(DeployKey {
            title: "ci".to_owned(),
            public_key: "ssh-ed25519 AAAA".to_owned(),
            read_only: true,
        }),
        Setting::Autolink(Autolink {
            key_prefix: "SHOP-".to_owned(),
            url_template: "https://tickets.acme.io/<num>".to_owned(),
            is_alphanumeric: false,
        }),
        Setting::Pages(Pages {
            build_type: "workflow".to_owned(),
            source_branch: String::new(),
            source_path: String::new(),
        }),
        Setting::Ruleset(Ruleset {
            name: "main".to_owned(),
            target: "branch".to_owned(),
            enforcement: "active".to_owned(),
            conditions: json!({ "ref_name": { "include": ["~DEFAULT_BRANCH"], "exclude": [] } }),
            rules: vec![json!({ "type": "deletion" })],
            bypass_actors: Vec::new(),
        }),
        Setting::Labels { number: 1, labels: vec!["bug".to_owned()] },
    ]
}

#[tokio::test]
async fn a_plan_tells_what_would_change_and_changes_nothing() {
    let home = home();
    home.forge.create(&slug("shop"), &new_repository()).await.unwrap();
    let before = home.forge.settings(&slug("shop")).await.unwrap();

    for setting in all_settings() {
        let changes = home.forge.converge(&slug("shop"), &setting, Mode::Plan).await.unwrap();
        assert!(!changes.is_empty(), "{setting:?}");
    }

    assert_eq!(home.forge.settings(&slug("shop")).await.unwrap(), before);
}

#[tokio::test]
async fn without_a_key_nothing_changes_a_second_time_but_secrets_that_nobody_can_compare() {
    let home = home();
    home.forge.create(&slug("shop"), &new_repository()).await.unwrap();
    for setting in all_settings() {
        let first = home.forge.apply(&slug("shop"), &setting).await.unwrap();
        assert!(!first.is_empty(), "{setting:?}");

        for change in home.forge.apply(&slug("shop"), &setting).await.unwrap() {
            assert_eq!(change.kind, ChangeKind::Write, "{change:?}");
            assert!(change.what.starts_with("secret"), "{change:?}");
        }
    }
}

/// The forge of a home under a key of one repeated digit.
fn under(home: &Home, digit: &str) -> LocalForge {
    home.forge.clone().knowing_secrets(&Sealer::from_hex(&Secret::new(digit.repeat(64))).unwrap())
}

#[tokio::test]
async fn with_a_key_a_second_time_nothing_changes_at_all() {
    let home = home();
    let forge = under(&home, "a");
    forge.create(&slug("shop"), &new_repository()).await.unwrap();
    for setting in all_settings() {
        forge.converge(&slug("shop"), &setting, Mode::Plan).await.unwrap();
        let first = forge.apply(&slug("shop"), &setting).await.unwrap();
        assert!(!first.is_empty(), "{setting:?}");
    }
    let text = std::fs::read_to_string(bare(&home, "shop").join("forge.json")).unwrap();

    for setting in all_settings() {
        assert_eq!(forge.apply(&slug("shop"), &setting).await.unwrap(), [], "{setting:?}");
    }

    assert!(!text.contains("hunter2"), "{text}");
    assert_eq!(std::fs::read_to_string(bare(&home, "shop").join("forge.json")).unwrap(), text);
}

#[tokio::test]
async fn a_secret_is_written_where_its_value_or_the_key_is_another() {
    let home = home();
    let secret = |value| Setting::Secrets(BTreeMap::from([("token".to_owned(), Secret::new(value))]));
    let (one, other) = (under(&home, "a"), under(&home, "b"));
    one.create(&slug("shop"), &new_repository()).await.unwrap();
    one.apply(&slug("shop"), &secret("hunter2")).await.unwrap();

    let written = [Change::write("secret `TOKEN`")];
    for (forge, value, changes) in [
        (&one, "hunter2", &written[..0]),
        (&one, "hunter3", &written),
        (&one, "hunter3", &written[..0]),
        (&other, "hunter3", &written),
        (&other, "hunter3", &written[..0]),
    ] {
        assert_eq!(forge.apply(&slug("shop"), &secret(value)).await.unwrap(), changes, "{value}");
    }
}

#[tokio::test]
async fn a_change_says_what_was_and_what_is() {
    let home = home();
    home.forge.create(&slug("shop"), &new_repository()).await.unwrap();
    let variable =
        |value: &str| Setting::Variables(BTreeMap::from([("region".to_owned(), value.to_owned())]));
    home.forge.apply(&slug("shop"), &variable("eu")).await.unwrap();

    let changes = home.forge.apply(&slug("shop"), &variable("us")).await.unwrap();

    let wanted = Change::replace("variable `REGION`", Some("eu".to_owned()), Some("us".to_owned()));
    assert_eq!(changes, [wanted]);
    assert_eq!(
        home.forge.apply(&slug("shop"), &Setting::Description(None)).await.unwrap(),
        [Change::replace("description", Some("A shop".to_owned()), None)]
    );
}

#[tokio::test]
async fn settings_are_kept_and_a_repetition_changes_nothing() {
    let home = home();
    home.forge.create(&slug("shop"), &new_repository()).await.unwrap();
    for setting in all_settings() {
        home.forge.apply(&slug("shop"), &setting).await.unwrap();
    }
    let once = home.forge.settings(&slug("shop")).await.unwrap();

    for setting in all_settings() {
        home.forge.apply(&slug("shop"), &setting).await.unwrap();
    }

    assert_eq!(home.forge.settings(&slug("shop")).await.unwrap(), once);
    assert_eq!(once["topics"], json!(["rust", "web-shop"]));
    assert_eq!(once["variables"], json!({ "REGION": "eu-west-1" }));
    assert_eq!(once["secrets"], json!(["NPM_TOKEN"]));
    assert_eq!(once["branchProtection"], json!({ "not-there-yet": { "enforce_admins": true } }));
    assert_eq!(once["settings"], json!({ "allow_squash_merge": true }));
}

#[tokio::test]
async fn the_value_of_a_secret_is_nowhere_on_the_disk() {
    let home = home();
    home.forge.create(&slug("shop"), &new_repository()).await.unwrap();
    for setting in all_settings() {
        home.forge.apply(&slug("shop"), &setting).await.unwrap();
    }

    for entry in std::fs::read_dir(bare(&home, "shop")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            assert!(!String::from_utf8_lossy(&std::fs::read(&path).unwrap()).contains("hunter2"), "{path:?}");
        }
    }
}

#[tokio::test]
async fn settings_that_a_host_would_not_take_are_invalid() {
    let home = home();
    home.forge.create(&slug("shop"), &new_repository()).await.unwrap();
    let variable = |name: &str| Setting::Variables(BTreeMap::from([(name.to_owned(), String::new())]));
    let bad = [
        Setting::Topics(vec!["two words".to_owned()]),
        Setting::Topics((0..21).map(|number| format!("t{number}")).collect()),
        variable("GITHUB_TOKEN"),
        variable("1X"),
        variable("A-B"),
        Setting::WorkflowAccess("everyone".to_owned()),
        Setting::WorkflowPermissions(WorkflowPermissions {
            allowed_actions: Some("some".to_owned()),
            ..WorkflowPermissions::default()
        }),
    ];

    for setting in bad {
        let error = home.forge.apply(&slug("shop"), &setting).await.unwrap_err();
        assert!(matches!(error, ForgeError::Invalid(_)), "{setting:?}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn settings_that_are_applied_at_once_are_all_kept() {
    let home = home();
    home.forge.create(&slug("shop"), &new_repository()).await.unwrap();
    let appliers: Vec<_> = (0..24)
        .map(|number| {
            let forge = LocalForge::new(home.folder.path().join("forge"));
            let setting = Setting::Variables(BTreeMap::from([(format!("V{number}"), String::new())]));
            tokio::spawn(async move { forge.apply(&slug("shop"), &setting).await })
        })
        .collect();

    for applier in appliers {
        applier.await.unwrap().unwrap();
    }

    let settings = home.forge.settings(&slug("shop")).await.unwrap();
    assert_eq!(settings["variables"].as_object().unwrap().len(), 24);
}

#[tokio::test]
async fn all_repositories_are_listed_by_name() {
    let home = home();
    for name in ["b", "A", ".github"] {
        home.forge.create(&slug(name), &new_repository()).await.unwrap();
    }

    let listed = home.forge.repositories().await.unwrap();

    let names: Vec<_> = listed.iter().map(|repository| repository.slug.name.as_str()).collect();
    assert_eq!(names, [".github", "A", "b"]);
}

#[tokio::test]
async fn a_default_branch_that_git_does_not_take_is_invalid() {
    let home = home();
    let new = NewRepository { default_branch: "a..b".to_owned(), ..new_repository() };

    let error = home.forge.create(&slug("shop"), &new).await.unwrap_err();

    assert!(matches!(error, ForgeError::Invalid(_)), "{error}");
    assert_eq!(home.forge.find(&slug("shop")).await.unwrap(), None);
}

proptest! {
    #[test]
    fn no_name_leads_out_of_the_folder(parts in prop::array::uniform3("[a-zA-Z0-9._/%~:\\\\ -]{0,8}|\\.\\.|\\.")) {
        let forge = LocalForge::new("/srv/forge");
        let [host, owner, name] = parts;

        if let Ok(folder) = forge.folder(&RepoSlug { host, owner, name }) {
            let below = folder.strip_prefix("/srv/forge").unwrap();
            let normal = below.components().all(|part| matches!(part, std::path::Component::Normal(_)));
            prop_assert!(normal && below.components().count() == 3, "{:?}", folder);
        }
    }
}
