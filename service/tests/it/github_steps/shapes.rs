//! Templates of our own with the shapes of public ones.

use serde_json::{Value, json};

use super::{completed, kinds, seed, site_of};
use crate::support::github::GitHubSite;

const CATALOG: &str = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${{ values.name }}\n\
                       spec: { type: service, lifecycle: production, owner: '${{ values.owner }}' }\n";
const WORKFLOW: &str = "name: Deploy\non:\n  workflow_dispatch:\n    inputs:\n      stage: {}\njobs: {}\n";
const SKELETON: [(&str, &str); 3] = [
    ("skeleton/catalog-info.yaml", CATALOG),
    ("skeleton/docs/index.md", "# ${{ values.name }}\n"),
    ("skeleton/.github/workflows/deploy.yaml", WORKFLOW),
];
const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA push";

fn step(id: &str, action: &str, input: Value) -> Value {
    json!({ "id": id, "action": action, "input": input })
}

fn fetch() -> Value {
    let values = json!({ "name": "${{ parameters.name }}", "owner": "team-a" });
    let input =
        json!({ "url": "./skeleton", "values": values, "copyWithoutTemplating": [".github/workflows/"] });
    step("fetch", "fetch:template", input)
}

fn register(from: &str) -> Value {
    step(
        "register",
        "catalog:register",
        json!({ "repoContentsUrl": from, "catalogInfoPath": "/catalog-info.yaml" }),
    )
}

/// A step on the repository of the form.
fn on(id: &str, action: &str, input: Value) -> Value {
    let mut all = input;
    all["repoUrl"] = json!("${{ parameters.repoUrl }}");
    step(id, action, all)
}

/// `publish:github` with everything that templates commonly say.
fn publish() -> Value {
    on(
        "publish",
        "publish:github",
        json!({
            "allowedHosts": ["github.com"],
            "description": "This is ${{ parameters.name }}",
            "homepage": "https://shop.acme.io",
            "repoVisibility": "private",
            "defaultBranch": "trunk",
            "access": "acme/platform",
            "collaborators": [
                { "user": "user:default/joe", "access": "push" },
                { "team": "group:default/security", "access": "maintain" },
            ],
            "topics": ["Rust", "shop"],
            "hasIssues": true,
            "hasWiki": false,
            "hasProjects": false,
            "deleteBranchOnMerge": true,
            "allowMergeCommit": false,
            "allowAutoMerge": true,
            "squashMergeCommitTitle": "PR_TITLE",
            "squashMergeCommitMessage": "PR_BODY",
            "protectDefaultBranch": true,
            "protectEnforceAdmins": false,
            "requiredApprovingReviewCount": 2,
            "requireCodeOwnerReviews": true,
            "requiredStatusCheckContexts": ["ci"],
            "requiredConversationResolution": true,
            "repoVariables": { "REGION": "eu-central-1" },
            "secrets": { "REGISTRY_TOKEN": "${{ secrets.registry }}" },
            "customProperties": { "tier": "1" },
            "oidcCustomization": { "useDefault": false, "includeClaimKeys": ["repo", "context"] },
            "gitCommitMessage": "begin ${{ parameters.name }}",
            "gitAuthorName": "Jane",
            "gitAuthorEmail": "jane@acme.io",
        }),
    )
}

/// What templates do in a repository that they have just made.
fn around() -> Vec<Value> {
    vec![
        on(
            "hook",
            "github:webhook",
            json!({
                "webhookUrl": "https://ci.acme.io/hook", "webhookSecret": "${{ secrets.hook }}",
                "events": ["push", "pull_request"], "contentType": "json",
            }),
        ),
        on(
            "environment",
            "github:environment:create",
            json!({
                "name": "production", "waitTimer": 5, "reviewers": ["group:default/platform", "user:default/jane"],
                "deploymentBranchPolicy": { "protected_branches": false, "custom_branch_policies": true },
                "customBranchPolicyNames": ["trunk"], "environmentVariables": { "STAGE": "production" },
                "secrets": { "DEPLOY_KEY": "${{ secrets.deploy }}" },
            }),
        ),
        on(
            "key",
            "github:deployKey:create",
            json!({
                "publicKey": KEY, "privateKey": "${{ secrets.key }}", "deployKeyName": "Push key",
            }),
        ),
        on(
            "tickets",
            "github:autolinks:create",
            json!({
                "keyPrefix": "SHOP-", "urlTemplate": "https://tickets.acme.io/<num>",
            }),
        ),
        on(
            "pages",
            "github:pages:enable",
            json!({
                "buildType": "legacy", "sourceBranch": "trunk", "sourcePath": "/docs",
            }),
        ),
        on(
            "protect",
            "github:branch-protection:create",
            json!({
                "branch": "trunk", "requiredApprovingReviewCount": 1, "enforceAdmins": true,
            }),
        ),
        on(
            "issue",
            "github:issues:create",
            json!({
                "title": "Next steps", "body": "Read the docs.", "assignees": ["jane"], "labels": ["todo"],
            }),
        ),
        on(
            "label",
            "github:issues:label",
            json!({
                "number": "${{ steps.issue.output.issueNumber }}", "labels": ["scaffolded"],
            }),
        ),
        on(
            "deploy",
            "github:actions:dispatch",
            json!({
                "workflowId": "deploy.yaml", "branchOrTagName": "trunk", "workflowInputs": { "stage": "test" },
            }),
        ),
    ]
}

fn given() -> (Value, Value) {
    let values = json!({ "name": "shop", "repoUrl": "github.com?owner=acme&repo=shop" });
    let secrets = ["registry", "hook", "deploy", "key"].map(|name| (name, format!("value of {name}")));
    (values, secrets.into_iter().collect())
}

/// What git says in a repository of `acme`.
fn git(site: &GitHubSite, name: &str, arguments: &[&str]) -> String {
    crate::support::app::git(&site.github.repository("acme", name).unwrap().folder, arguments)
}

#[tokio::test]
async fn a_service_is_published_with_everything_around_it_on_every_kind_of_github() {
    for (kind, setup, settings) in kinds() {
        let site = site_of(setup, settings).await;
        let mut steps = vec![fetch(), publish(), register("${{ steps.publish.output.repoContentsUrl }}")];
        steps.extend(around());

        completed(&site, Value::Array(steps), &SKELETON, given()).await;

        is_published(&site, kind).await;
        is_surrounded(&site, kind);
    }
}

async fn is_published(site: &GitHubSite, kind: &str) {
    let shop = site.github.repository("acme", "shop").unwrap();
    let has = |name: &str| shop.settings[name].clone();
    assert_eq!((shop.visibility.as_str(), shop.default_branch.as_str()), ("private", "trunk"), "{kind}");
    assert_eq!([has("description"), has("homepage")], ["This is shop", "https://shop.acme.io"], "{kind}");
    assert_eq!([has("has_issues"), has("has_wiki"), has("has_projects")], [true, false, false], "{kind}");
    assert_eq!([has("allow_merge_commit"), has("allow_auto_merge")], [false, true], "{kind}");
    assert_eq!(
        [has("squash_merge_commit_title"), has("squash_merge_commit_message")],
        ["PR_TITLE", "PR_BODY"]
    );
    assert_eq!(shop.topics, ["rust", "shop"], "{kind}");
    assert_eq!((shop.teams["platform"].as_str(), shop.teams["security"].as_str()), ("admin", "maintain"));
    assert_eq!(shop.collaborators["joe"], "push", "{kind}");
    assert_eq!(shop.properties["tier"], "1", "{kind}");
    assert_eq!(shop.wiring.variable("REGION"), Some("eu-central-1"), "{kind}");
    assert_eq!(shop.wiring.secrets.value("REGISTRY_TOKEN"), Some("value of registry"), "{kind}");
    assert_eq!(shop.wiring.oidc.as_ref().unwrap().include_claim_keys, ["repo", "context"], "{kind}");
    let log = git(site, "shop", &["log", "--format=%an <%ae> %s", "trunk"]);
    assert_eq!(log, "Jane <jane@acme.io> begin shop", "{kind}");
    let files = git(site, "shop", &["ls-tree", "-r", "--name-only", "trunk"]);
    let wanted =
        [".github/workflows/deploy.yaml", ".stagecraft/case.lock.json", "catalog-info.yaml", "docs/index.md"];
    assert_eq!(files.lines().collect::<Vec<_>>(), wanted, "{kind}");
    let known = site.app.app.entities.list().await.unwrap();
    let known: Vec<&str> = known.iter().map(|one| one.entity_ref.as_str()).collect();
    assert_eq!(known, ["component:default/shop"], "{kind}");
}

fn is_surrounded(site: &GitHubSite, kind: &str) {
    let shop = site.github.repository("acme", "shop").unwrap();
    let wiring = &shop.wiring;
    let [hook] = wiring.hooks.as_slice() else { panic!("{kind}: {:?}", wiring.hooks) };
    assert_eq!(
        (hook.url.as_str(), hook.secret.as_deref()),
        ("https://ci.acme.io/hook", Some("value of hook"))
    );
    let production = wiring.environment("production").unwrap();
    assert_eq!((production.wait_timer, production.reviewers.len()), (5, 2), "{kind}");
    assert_eq!(production.secrets.value("DEPLOY_KEY"), Some("value of deploy"), "{kind}");
    assert_eq!(production.variable("STAGE"), Some("production"), "{kind}");
    assert_eq!(production.branch_policies[0].name, "trunk", "{kind}");
    assert_eq!(wiring.keys[0].title, "Push key", "{kind}");
    assert_eq!(wiring.secrets.value("PUSH_KEY_PRIVATE_KEY"), Some("value of key"), "{kind}");
    assert_eq!(wiring.autolinks[0].key_prefix, "SHOP-", "{kind}");
    assert_eq!(wiring.pages.as_ref().unwrap().source, Some(("trunk".to_owned(), "/docs".to_owned())));
    let reviews = &wiring.protection["trunk"]["required_pull_request_reviews"];
    assert_eq!(reviews["required_approving_review_count"], 1, "{kind}");
    let issue = shop.tracker.issue(1).unwrap();
    assert_eq!((issue.title.as_str(), issue.assignees.clone()), ("Next steps", vec!["jane".to_owned()]));
    assert_eq!(issue.labels, ["todo", "scaffolded"], "{kind}");
    assert_eq!((wiring.runs.len(), &wiring.runs[0].inputs["stage"]), (1, &json!("test")), "{kind}");
}

#[tokio::test]
async fn a_change_is_proposed_to_a_repository_that_is_there_on_every_kind_of_github() {
    for (kind, setup, settings) in kinds() {
        let site = site_of(setup, settings).await;
        seed(&site, "shop", "main", &[("README.md", "# Shop\n")]).await;
        let steps = json!([
            fetch(),
            on(
                "publish",
                "publish:github:pull-request",
                json!({
                    "allowedHosts": ["github.com"],
                    "branchName": "add-${{ parameters.name }}",
                    "title": "Add ${{ parameters.name }}",
                    "description": "# New\n",
                    "targetPath": "services/${{ parameters.name }}",
                    "teamReviewers": ["platform"],
                    "assignees": ["jane"],
                    "reviewers": ["joe"],
                })
            ),
        ]);

        completed(&site, steps, &SKELETON, given()).await;

        let shop = site.github.repository("acme", "shop").unwrap();
        let issue = shop.tracker.issue(1).unwrap();
        let pull = issue.pull.as_ref().unwrap();
        assert_eq!((pull.head.as_str(), pull.base.as_str()), ("add-shop", "main"), "{kind}");
        assert_eq!((issue.title.as_str(), issue.assignees[0].as_str()), ("Add shop", "jane"), "{kind}");
        assert!(pull.team_reviewers.contains("platform") && pull.reviewers.contains("joe"), "{kind}");
        let files = git(&site, "shop", &["ls-tree", "-r", "--name-only", "add-shop"]);
        assert!(files.contains("README.md") && files.contains("services/shop/docs/index.md"), "{files}");
        assert_eq!(git(&site, "shop", &["rev-list", "--count", "main"]), "1", "{kind}");
    }
}

/// Made, pushed, wired and started by four steps instead of one.
fn in_parts() -> Value {
    json!([
        fetch(),
        on(
            "create",
            "github:repo:create",
            json!({ "description": "Sells things", "repoVisibility": "internal" })
        ),
        on("push", "github:repo:push", json!({ "defaultBranch": "main", "protectDefaultBranch": false })),
        on(
            "wire",
            "github:actions:wire",
            json!({
                "variables": { "REGION": "eu-central-1" },
                "secrets": { "REGISTRY_TOKEN": "${{ secrets.registry }}" },
                "environments": { "production": {
                    "branches": ["main"], "reviewers": ["group:default/platform"], "waitTimer": 10,
                    "variables": { "STAGE": "production" }, "secrets": { "DEPLOY_KEY": "${{ secrets.deploy }}" },
                } },
                "oidc": { "includeClaimKeys": ["repo", "environment"], "useDefault": false },
                "workflows": { "defaultPermission": "read", "access": "organization" },
                "requiredChecks": ["ci"],
                "dispatch": { "workflow": "deploy.yaml", "inputs": { "stage": "test" } },
            })
        ),
    ])
}

#[tokio::test]
async fn a_repository_is_made_pushed_and_wired_once_on_every_kind_of_github() {
    for (kind, setup, settings) in kinds() {
        let site = site_of(setup, settings).await;

        completed(&site, in_parts(), &SKELETON, given()).await;

        let shop = site.github.repository("acme", "shop").unwrap();
        let wiring = &shop.wiring;
        assert_eq!((shop.visibility.as_str(), shop.is_private()), ("internal", true), "{kind}");
        assert_eq!(wiring.variable("REGION"), Some("eu-central-1"), "{kind}");
        assert_eq!(wiring.secrets.value("REGISTRY_TOKEN"), Some("value of registry"), "{kind}");
        let production = wiring.environment("production").unwrap();
        assert_eq!((production.wait_timer, production.reviewers.len()), (10, 1), "{kind}");
        assert_eq!(production.secrets.value("DEPLOY_KEY"), Some("value of deploy"), "{kind}");
        assert_eq!(wiring.actions.default_workflow_permissions, "read", "{kind}");
        assert_eq!(wiring.actions.access_level, "organization", "{kind}");
        assert_eq!(wiring.oidc.as_ref().unwrap().include_claim_keys, ["repo", "environment"], "{kind}");
        assert!(wiring.ruleset("stagecraft: required checks").is_some(), "{kind}");
        assert_eq!(wiring.runs.len(), 1, "{kind}");
    }
}

#[tokio::test]
async fn wiring_a_second_time_asks_for_no_change_on_every_kind_of_github() {
    for (kind, setup, settings) in kinds() {
        let site = site_of(setup, settings).await;
        completed(&site, in_parts(), &SKELETON, given()).await;
        let before = site.github.exchanges().mutations().len();
        let wire = json!([in_parts()[3]]);

        let id = completed(&site, wire, &[], given()).await;

        assert_eq!(site.github.exchanges().mutations().len(), before, "{kind}");
        let messages = site.app.messages(id).await;
        assert!(
            messages.iter().any(|one| one.contains("`deploy.yaml` is not started")),
            "{kind}: {messages:#?}"
        );
    }
}

#[tokio::test]
async fn the_same_wishes_at_hooks_environments_keys_and_links_change_nothing() {
    for (kind, setup, settings) in kinds() {
        let site = site_of(setup, settings).await;
        let mut steps = vec![fetch(), publish()];
        steps.extend(around());
        completed(&site, Value::Array(steps), &SKELETON, given()).await;
        let before = site.github.exchanges().mutations().len();
        let settings: Vec<Value> = around().into_iter().take(6).collect();

        completed(&site, Value::Array(settings), &[], given()).await;

        let asked = site.github.exchanges();
        let all = asked.mutations();
        let more: Vec<&str> = all.iter().skip(before).map(|one| one.operation.as_str()).collect();
        assert_eq!(more, [""; 0], "{kind}");
    }
}

#[tokio::test]
async fn properties_that_an_organisation_asks_for_come_with_the_call_that_makes_a_repository() {
    let (_, setup, settings) = kinds().into_iter().next().unwrap();
    let site = site_of(setup, settings).await;
    let properties = json!({ "tier": "1", "team": "checkout" });
    let create = on("create", "github:repo:create", json!({ "customProperties": properties }));

    completed(&site, json!([create]), &[], given()).await;

    let made = site.github.exchanges().of("repos/create-in-org");
    assert_eq!(made.iter().next().unwrap().body["custom_properties"], properties);
    let values = "repos/custom-properties-for-repos-create-or-update-repository-values";
    assert_eq!(site.github.exchanges().of(values).len(), 0);
}
