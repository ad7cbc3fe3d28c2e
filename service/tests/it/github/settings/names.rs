//! Names that would lead a request elsewhere: refused, or kept in their place.

use serde_json::{Map, json};
use stagecraft::forge::{
    Autolink, BranchPolicy, DeployKey, EnvironmentSetting, Reviewer, Ruleset, Setting, Webhook,
};

use super::{KEY, Shop, deploy_key, ruleset, secrets, texts, webhook};
use crate::support::github::GitHubSite;

fn bad_names() -> Vec<String> {
    let long = "x".repeat(300);
    let names = [
        "..",
        ".",
        "",
        "../../orgs/x",
        "a/../../x",
        "a?b=c",
        "a#b",
        "%2e%2e",
        "%2e",
        "a/b",
        "%00",
        "a\r\nX-Evil: 1",
        "a b",
        "caf\u{e9}",
        "a\u{0}b",
        &long,
    ];
    names.into_iter().map(str::to_owned).collect()
}

/// Every setting with this name in each place where it takes one, and the operations that it may come to.
fn named(name: &str) -> Vec<(Setting, &'static [&'static str])> {
    let text = || name.to_owned();
    vec![
        (
            Setting::Access(text()),
            &["repos/list-collaborators", "repos/list-invitations", "users/get-by-username"],
        ),
        (Setting::Access(format!("acme/{name}")), &["repos/list-teams", "teams/get-by-name"]),
        (
            Setting::Collaborators(json!([{ "user": name, "access": "push" }])),
            &["repos/list-collaborators", "repos/list-invitations", "users/get-by-username"],
        ),
        (
            Setting::Collaborators(json!([{ "team": name, "access": "push" }])),
            &["repos/list-teams", "teams/get-by-name"],
        ),
        (
            Setting::Variables(texts(&[(name, "1")])),
            &["actions/list-repo-variables", "actions/create-repo-variable"],
        ),
        (
            Setting::Secrets(secrets(&[(name, "1")])),
            &[
                "actions/list-repo-secrets",
                "actions/get-repo-public-key",
                "actions/create-or-update-repo-secret",
                "repos/get",
            ],
        ),
        (
            Setting::DependabotSecrets(secrets(&[(name, "1")])),
            &[
                "dependabot/list-repo-secrets",
                "dependabot/get-repo-public-key",
                "dependabot/create-or-update-repo-secret",
                "repos/get",
            ],
        ),
        (Setting::Topics(vec![text()]), &[]),
        (Setting::WorkflowAccess(text()), &[]),
        (
            Setting::BranchProtection { branch: text(), rules: Map::new() },
            &["repos/get-branch-protection", "repos/get"],
        ),
    ]
}

/// The same for what hangs on a repository.
fn named_beside(name: &str) -> Vec<(Setting, &'static [&'static str])> {
    let text = || name.to_owned();
    vec![
        (Setting::Webhook(Webhook { url: text(), ..webhook() }), &[]),
        (
            Setting::Webhook(Webhook { url: format!("https://ci.acme.io/{name}"), ..webhook() }),
            &["repos/list-webhooks", "repos/create-webhook", "repos/get"],
        ),
        (
            Setting::DeployKey(DeployKey { title: text(), public_key: KEY.to_owned(), read_only: true }),
            &["repos/list-deploy-keys", "repos/create-deploy-key", "repos/delete-deploy-key"],
        ),
        (deploy_key(name), &["repos/list-deploy-keys", "repos/create-deploy-key"]),
        (
            Setting::Autolink(Autolink {
                key_prefix: text(),
                url_template: "https://acme.io/<num>".to_owned(),
                is_alphanumeric: true,
            }),
            &["repos/list-autolinks", "repos/create-autolink"],
        ),
        (
            Setting::Ruleset(Ruleset { name: text(), ..ruleset() }),
            &["repos/get-repo-rulesets", "repos/create-repo-ruleset"],
        ),
        (
            Setting::Labels { number: 1, labels: vec![text()] },
            &["issues/list-labels-on-issue", "issues/add-labels"],
        ),
    ]
}

/// The same for environments and what is in them.
fn named_in_environments(name: &str) -> Vec<(Setting, &'static [&'static str])> {
    let text = || name.to_owned();
    let environment = |wanted: EnvironmentSetting| Setting::Environment(wanted);
    let of_environments: &[&str] = &[
        "repos/get-environment",
        "repos/create-or-update-environment",
        "repos/list-deployment-branch-policies",
        "repos/create-deployment-branch-policy",
        "repos/delete-deployment-branch-policy",
        "actions/list-environment-variables",
        "actions/create-environment-variable",
        "users/get-by-username",
        "teams/get-by-name",
    ];
    vec![
        (
            environment(EnvironmentSetting {
                name: text(),
                variables: texts(&[("A", "1")]),
                ..EnvironmentSetting::default()
            }),
            of_environments,
        ),
        (
            environment(EnvironmentSetting {
                name: "prod".to_owned(),
                reviewers: Some(vec![Reviewer::User(text())]),
                ..EnvironmentSetting::default()
            }),
            of_environments,
        ),
        (
            environment(EnvironmentSetting {
                name: "prod".to_owned(),
                reviewers: Some(vec![Reviewer::Team(text())]),
                ..EnvironmentSetting::default()
            }),
            of_environments,
        ),
        (
            environment(EnvironmentSetting {
                name: "prod".to_owned(),
                branches: Some(BranchPolicy::Listed),
                branch_patterns: vec![text()],
                ..EnvironmentSetting::default()
            }),
            of_environments,
        ),
    ]
}

#[tokio::test]
async fn a_name_reaches_the_operation_it_is_meant_for_or_none() {
    let shop = Shop::of(GitHubSite::with(json!({ "retry_seconds": 0 })).await, "shop").await;

    for name in bad_names() {
        for (setting, operations) in
            [named(&name), named_beside(&name), named_in_environments(&name)].concat()
        {
            let before = shop.asked();
            let applied = shop.forge.apply(&shop.slug, &setting).await;
            for exchange in shop.site.github.exchanges().iter().skip(before) {
                let operation = exchange.operation.as_str();
                // After a refusal it is looked how old the repository is.
                assert!(
                    operations.contains(&operation) || operation == "repos/get",
                    "{setting:?} came to `{operation}`: {} {} ({applied:?})",
                    exchange.method,
                    exchange.path
                );
                let stays = ["/repos/acme/shop", "/orgs/acme/teams/", "/users/"];
                assert!(stays.iter().any(|below| exchange.path.starts_with(below)), "{}", exchange.path);
                assert!(
                    !exchange.path.contains("/../") && !exchange.path.ends_with("/.."),
                    "{}",
                    exchange.path
                );
            }
        }
    }
}

#[tokio::test]
async fn owners_and_repositories_with_such_names_are_refused_before_anything_is_asked() {
    let shop = Shop::new().await;
    let before = shop.asked();

    for name in bad_names() {
        for slug in [shop.site.slug(&name, "shop"), shop.site.slug("acme", &name)] {
            for setting in super::each() {
                assert!(shop.forge.apply(&slug, &setting).await.is_err(), "{slug:?} {setting:?}");
            }
        }
    }

    assert_eq!(shop.asked(), before);
}
