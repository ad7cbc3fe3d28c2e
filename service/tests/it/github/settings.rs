//! Settings of a repository on GitHub: each kind is looked at, changed where it differs, and then left alone.

mod foreign;
mod lost;
mod names;
mod refused;
mod secrets;

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;

use github_double::state::account::Role;
use github_double::state::repository::Repository;
use github_double::{Limits, Setup};
use serde_json::{Map, Value, json};
use stagecraft::db::Engine;
use stagecraft::forge::{
    Autolink, BranchPolicy, Change, DeployKey, EnvironmentSetting, Forge, ForgeError, Mode, NewRepository,
    Pages, RepoSlug, Reviewer, Ruleset, Setting, Visibility, Webhook, WorkflowPermissions,
};
use stagecraft::ids::TaskId;
use stagecraft::secret::Secret;

use crate::support::github::GitHubSite;

/// A key as OpenSSH writes it; GitHub looks no closer than at the name of the kind in it.
const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA jane@home";
const OTHER_KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";

/// A repository with one branch, `main`.
pub(super) struct Shop {
    pub(super) site: GitHubSite,
    pub(super) forge: Arc<dyn Forge>,
    pub(super) slug: RepoSlug,
}

impl Shop {
    async fn new() -> Self {
        // Limits have tests of their own.
        let setup = Setup::default().limits(Limits::none());
        Self::of(GitHubSite::on(Engine::Sqlite, setup, json!({})).await, "shop").await
    }

    async fn of(site: GitHubSite, name: &str) -> Self {
        for team in ["platform", "security"] {
            site.github.team("acme", team);
        }
        site.github.member("acme", "jane", Role::Admin);
        site.github.member("acme", "joe", Role::Member);
        site.github.user("guest");
        let (slug, forge) = (site.slug("acme", name), site.forge());
        make(&site, &slug).await;
        Self { site, forge, slug }
    }

    /// What is there now.
    fn now(&self) -> Repository {
        self.site.github.repository(&self.slug.owner, &self.slug.name).unwrap()
    }

    /// The operations that changed something since `from` exchanges.
    fn mutations(&self, from: usize) -> Vec<String> {
        let all = self.site.github.exchanges();
        all.iter().skip(from).filter(|it| it.is_mutation()).map(|it| it.operation.clone()).collect()
    }

    fn asked(&self) -> usize {
        self.site.github.exchanges().len()
    }

    async fn apply(&self, setting: &Setting) -> Vec<Change> {
        let applied = self.forge_for(setting).apply(&self.slug, setting).await;
        applied.unwrap_or_else(|error| panic!("{setting:?}: {error}"))
    }

    async fn plan(&self, setting: &Setting) -> Vec<Change> {
        let told = self.forge_for(setting).converge(&self.slug, setting, Mode::Plan).await;
        told.unwrap_or_else(|error| panic!("{setting:?}: {error}"))
    }

    async fn refusal(&self, setting: &Setting) -> ForgeError {
        self.forge.apply(&self.slug, setting).await.expect_err("it was done")
    }

    /// An App cannot watch a repository: jane does.
    fn forge_for(&self, setting: &Setting) -> Arc<dyn Forge> {
        if matches!(setting, Setting::Subscription(_)) {
            let token = self.site.github.token("jane", &["repo"]);
            return self.site.acting(Some(&token)).0;
        }
        Arc::clone(&self.forge)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Repository) -> T) -> T {
        let id = self.now().id;
        self.site.github.change(|state| change(state.repositories.get_mut(&id).unwrap()))
    }
}

/// Makes a repository with one commit.
async fn make(site: &GitHubSite, slug: &RepoSlug) {
    let new = NewRepository {
        description: None,
        homepage: None,
        visibility: Visibility::Private,
        default_branch: "main".to_owned(),
        settings: Map::new(),
        created_by: TaskId::generate(),
    };
    site.forge().create(slug, &new).await.unwrap();
    let folder = site.github.repository(&slug.owner, &slug.name).unwrap().folder;
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .args(["-c", "user.name=Jane", "-c", "user.email=jane@acme.io", "--git-dir"])
            .arg(&folder)
            .args(arguments)
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let tree = git(&["hash-object", "-w", "-t", "tree", "--stdin"]);
    let commit = git(&["commit-tree", "-m", "first", &tree]);
    git(&["update-ref", "refs/heads/main", &commit]);
}

pub(super) fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub(super) fn secrets(pairs: &[(&str, &str)]) -> BTreeMap<String, Secret> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(*value))).collect()
}

pub(super) fn map(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

pub(super) fn environment() -> EnvironmentSetting {
    EnvironmentSetting {
        name: "prod/eu west".to_owned(),
        branches: Some(BranchPolicy::Listed),
        branch_patterns: vec!["main".to_owned(), "release/*".to_owned()],
        tag_patterns: vec!["v*".to_owned()],
        variables: texts(&[("region", "eu-west-1"), ("STAGE", "prod")]),
        secrets: secrets(&[("deploy_key", "hunter2")]),
        wait_minutes: Some(5),
        prevent_self_review: Some(true),
        reviewers: Some(vec![Reviewer::Team("platform".to_owned()), Reviewer::User("jane".to_owned())]),
    }
}

pub(super) fn webhook() -> Webhook {
    Webhook {
        url: "https://ci.acme.io/hook?from=github".to_owned(),
        secret: Some(Secret::new("hunter2")),
        events: vec!["push".to_owned(), "pull_request".to_owned()],
        active: true,
        content_type: "json".to_owned(),
        insecure_ssl: false,
    }
}

pub(super) fn ruleset() -> Ruleset {
    Ruleset {
        name: "main".to_owned(),
        target: "branch".to_owned(),
        enforcement: "active".to_owned(),
        conditions: json!({ "ref_name": { "include": ["~DEFAULT_BRANCH"], "exclude": [] } }),
        rules: vec![
            json!({ "type": "deletion" }),
            json!({
                "type": "required_status_checks",
                "parameters": {
                    "strict_required_status_checks_policy": true,
                    "required_status_checks": [{ "context": "build" }, { "context": "lint" }],
                },
            }),
        ],
        bypass_actors: Vec::new(),
    }
}

pub(super) fn deploy_key(key: &str) -> Setting {
    Setting::DeployKey(DeployKey { title: "ci".to_owned(), public_key: key.to_owned(), read_only: true })
}

pub(super) fn autolink(url: &str) -> Setting {
    Setting::Autolink(Autolink {
        key_prefix: "SHOP-".to_owned(),
        url_template: url.to_owned(),
        is_alphanumeric: false,
    })
}

pub(super) fn pages(build_type: &str) -> Setting {
    Setting::Pages(Pages {
        build_type: build_type.to_owned(),
        source_branch: "main".to_owned(),
        source_path: "/docs".to_owned(),
    })
}

/// The protection that `publish:github` asks for.
pub(super) fn protection() -> Setting {
    Setting::BranchProtection {
        branch: "main".to_owned(),
        rules: map(json!({
            "required_status_checks": { "strict": true, "contexts": ["ci"] },
            "enforce_admins": true,
            "required_pull_request_reviews": {
                "required_approving_review_count": 2,
                "require_code_owner_reviews": true,
                "dismiss_stale_reviews": false,
                "require_last_push_approval": false,
                "bypass_pull_request_allowances": { "teams": ["security"] },
            },
            "restrictions": { "users": [], "teams": ["platform"] },
            "required_conversation_resolution": true,
            "required_linear_history": false,
            "required_signatures": true,
        })),
    }
}

/// One of each kind, but those that are in the others' way.
pub(super) fn each() -> Vec<Setting> {
    vec![
        Setting::Topics(vec!["Rust".to_owned(), "web-shop".to_owned()]),
        Setting::Access("acme/platform".to_owned()),
        Setting::Collaborators(json!([
            { "user": "joe", "access": "push" },
            { "user": "guest", "access": "triage" },
            { "team": "security", "access": "maintain" },
        ])),
        Setting::Variables(texts(&[("region", "eu-west-1"), ("STAGE", "prod")])),
        Setting::Secrets(secrets(&[("npm_token", "hunter2"), ("OTHER", "hunter3")])),
        Setting::DependabotSecrets(secrets(&[("npm_token", "hunter2")])),
        Setting::OidcCustomization(json!({ "useDefault": false, "includeClaimKeys": ["repo", "context"] })),
        Setting::WorkflowAccess("organization".to_owned()),
        Setting::WorkflowPermissions(WorkflowPermissions {
            enabled: Some(true),
            allowed_actions: Some("local_only".to_owned()),
            default_permission: Some("write".to_owned()),
            can_approve_pull_requests: Some(true),
        }),
        Setting::Subscription(true),
        protection(),
        Setting::Ruleset(ruleset()),
        Setting::Environment(environment()),
        Setting::Webhook(webhook()),
        deploy_key(KEY),
        autolink("https://tickets.acme.io/<num>"),
        pages("legacy"),
        Setting::Description(Some("Sells things".to_owned())),
        Setting::Archived(true),
    ]
}

#[tokio::test]
async fn each_setting_is_applied_once_and_then_left_alone() {
    let shop = Shop::new().await;

    for setting in each() {
        let before = shop.asked();
        let planned = shop.plan(&setting).await;
        assert_eq!(shop.mutations(before), [""; 0], "a plan changed something: {setting:?}");
        let applied = shop.apply(&setting).await;
        assert!(!applied.is_empty() && !shop.mutations(before).is_empty(), "{setting:?}");
        assert_eq!(applied, planned, "{setting:?}");

        let before = shop.asked();
        let again = shop.apply(&setting).await;
        assert_eq!(again, [], "{setting:?}");
        assert_eq!(shop.mutations(before), [""; 0], "{setting:?}");
    }
}

#[tokio::test]
async fn what_is_applied_is_what_github_has() {
    let shop = Shop::new().await;
    for setting in each() {
        shop.apply(&setting).await;
    }

    let now = shop.now();
    let wiring = &now.wiring;
    assert_eq!(now.topics, ["rust", "web-shop"]);
    assert_eq!(now.teams["platform"], "admin");
    assert_eq!((now.teams["security"].as_str(), now.collaborators["joe"].as_str()), ("maintain", "push"));
    let invited: Vec<_> = wiring.invitations.iter().map(|it| (it.login.as_str(), it.role.as_str())).collect();
    assert_eq!(invited, [("guest", "triage")]);
    assert_eq!(wiring.variable("REGION"), Some("eu-west-1"));
    assert_eq!(wiring.secrets.value("NPM_TOKEN"), Some("hunter2"));
    assert_eq!(wiring.dependabot.value("NPM_TOKEN"), Some("hunter2"));
    assert_eq!(wiring.oidc.as_ref().unwrap().include_claim_keys, ["repo", "context"]);
    assert_eq!(wiring.actions.access_level, "organization");
    assert_eq!(wiring.actions.allowed_actions, "local_only");
    assert_eq!(wiring.actions.default_workflow_permissions, "write");
    assert!(wiring.actions.can_approve_pull_request_reviews);
    assert!(wiring.subscriptions["jane"].0);
    assert_eq!(wiring.protection["main"]["required_status_checks"]["contexts"], json!(["ci"]));
    assert_eq!(wiring.signed, ["main"]);
    assert_eq!(wiring.ruleset("main").unwrap().rules.len(), 2);
    assert_eq!(wiring.hooks[0].secret.as_deref(), Some("hunter2"));
    assert_eq!(wiring.keys[0].title, "ci");
    assert_eq!(wiring.autolinks[0].key_prefix, "SHOP-");
    assert_eq!(wiring.pages.as_ref().unwrap().source, Some(("main".to_owned(), "/docs".to_owned())));
    assert_eq!(now.settings["description"], "Sells things");
    assert!(now.is_archived());
    let environment = wiring.environment("prod/eu west").unwrap();
    assert_eq!((environment.wait_timer, environment.reviewers.len()), (5, 2));
    assert_eq!(environment.variable("REGION"), Some("eu-west-1"));
    assert_eq!(environment.secrets.value("DEPLOY_KEY"), Some("hunter2"));
    let patterns: Vec<_> =
        environment.branch_policies.iter().map(|it| (it.kind.as_str(), it.name.as_str())).collect();
    assert_eq!(patterns, [("branch", "main"), ("branch", "release/*"), ("tag", "v*")]);
}

#[tokio::test]
async fn one_look_serves_all_of_a_kind() {
    let shop = Shop::new().await;
    let many = |prefix: &str| (0..12).map(|number| (format!("{prefix}{number}"), "x".to_owned())).collect();

    let before = shop.asked();
    shop.apply(&Setting::Variables(many("V"))).await;
    let reads = shop.asked() - before - shop.mutations(before).len();
    assert_eq!((reads, shop.mutations(before).len()), (1, 12));

    let before = shop.asked();
    let secrets: BTreeMap<String, String> = many("S");
    let secrets = secrets.into_iter().map(|(name, value)| (name, Secret::new(value))).collect();
    shop.apply(&Setting::Secrets(secrets)).await;
    let keys = shop.site.github.exchanges().of("actions/get-repo-public-key").len();
    assert_eq!((keys, shop.mutations(before).len()), (1, 12));
}

#[tokio::test]
async fn variables_beyond_the_first_page_are_seen() {
    let shop = Shop::new().await;
    let all: BTreeMap<String, String> =
        (0..65).map(|number| (format!("V{number}"), "x".to_owned())).collect();
    shop.apply(&Setting::Variables(all.clone())).await;

    assert_eq!(shop.apply(&Setting::Variables(all)).await, []);
}
