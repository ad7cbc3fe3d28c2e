//! Answers that are lost after the work was done: a new look finds it done, and nothing is done twice.

use std::collections::BTreeSet;

use github_double::Fault;
use stagecraft::forge::{Change, Setting};

use super::{Shop, each, make};

/// Loses the first answer of each operation that the setting needs, one after the other, in a new repository each.
async fn survives(setting: Setting) {
    let mut shop = Shop::new().await;
    let before = shop.asked();
    let wanted = without_marker(shop.apply(&setting).await);
    let operations: BTreeSet<String> = shop.mutations(before).into_iter().collect();
    let reached = state(&shop);
    if matches!(setting, Setting::DeployKey(_)) {
        // A key serves once in all of GitHub.
        shop.change(|repository| repository.wiring.keys.clear());
    }

    for (number, operation) in operations.iter().enumerate() {
        shop.slug = shop.site.slug("acme", &format!("shop-{number}"));
        make(&shop.site, &shop.slug).await;
        shop.site.github.fault(Fault::on(operation).drop_after());

        let changes = without_marker(shop.apply(&setting).await);

        assert_eq!(changes, wanted, "{operation}");
        assert_eq!(state(&shop), reached, "{operation}");
        shop.site.github.clear_faults();
        assert_eq!(shop.apply(&setting).await, [], "{operation}");
        if matches!(setting, Setting::DeployKey(_)) {
            shop.change(|repository| repository.wiring.keys.clear());
        }
    }
}

/// The marker of a repository that is being made names its task: each has its own.
fn without_marker(mut changes: Vec<Change>) -> Vec<Change> {
    for change in &mut changes {
        change.before.take_if(|text| text.starts_with("Being made by"));
    }
    changes
}

/// All that is set, without ids and times.
fn state(shop: &Shop) -> Vec<String> {
    let now = shop.now();
    let wiring = &now.wiring;
    // Until it is given one, its description names the task that makes it.
    let description = now.settings["description"].as_str().filter(|text| !text.starts_with("Being made by"));
    let mut all = vec![
        format!("{:?} {:?} {:?}", now.topics, now.teams, now.collaborators),
        format!("{description:?} {}", now.is_archived()),
        format!("{:?} {:?} {:?}", wiring.actions, wiring.oidc, wiring.pages),
        format!("{:?} {:?} {:?}", wiring.protection, wiring.signed, wiring.subscriptions.keys()),
        format!("{:?}", wiring.invitations.iter().map(|it| (&it.login, &it.role)).collect::<Vec<_>>()),
        format!("{:?}", wiring.rulesets.iter().map(|it| (&it.name, &it.rules)).collect::<Vec<_>>()),
        format!("{:?}", wiring.hooks.iter().map(|it| (&it.url, &it.secret, &it.events)).collect::<Vec<_>>()),
        format!("{:?}", wiring.keys.iter().map(|it| (&it.title, &it.key)).collect::<Vec<_>>()),
        format!(
            "{:?}",
            wiring.autolinks.iter().map(|it| (&it.key_prefix, &it.url_template)).collect::<Vec<_>>()
        ),
    ];
    let values = |variables: &github_double::state::wiring::Variables| -> Vec<String> {
        variables.iter().map(|(name, variable)| format!("{name}={}", variable.value)).collect()
    };
    let opened = |vault: &github_double::state::vault::Vault| -> Vec<String> {
        vault.iter().map(|(name, secret)| format!("{name}={}", secret.value)).collect()
    };
    all.extend(values(&wiring.variables));
    all.extend(opened(&wiring.secrets));
    all.extend(opened(&wiring.dependabot));
    for environment in wiring.environments.values() {
        all.push(format!("{} {:?}", environment.wait_timer, environment.reviewers));
        all.extend(environment.branch_policies.iter().map(|it| format!("{} {}", it.kind, it.name)));
        all.extend(values(&environment.variables));
        all.extend(opened(&environment.secrets));
    }
    all
}

async fn those(rule: impl Fn(&Setting) -> bool) {
    let chosen: Vec<Setting> = each().into_iter().filter(rule).collect();
    assert!(!chosen.is_empty());
    for setting in chosen {
        survives(setting).await;
    }
}

#[tokio::test]
async fn people_survive_a_lost_answer() {
    those(|it| matches!(it, Setting::Access(_) | Setting::Collaborators(_) | Setting::Subscription(_))).await;
}

#[tokio::test]
async fn variables_and_secrets_survive_a_lost_answer() {
    those(|it| matches!(it, Setting::Variables(_) | Setting::Secrets(_) | Setting::DependabotSecrets(_)))
        .await;
}

#[tokio::test]
async fn an_environment_survives_a_lost_answer() {
    those(|it| matches!(it, Setting::Environment(_))).await;
}

#[tokio::test]
async fn protection_survives_a_lost_answer() {
    those(|it| matches!(it, Setting::BranchProtection { .. } | Setting::Ruleset(_))).await;
}

#[tokio::test]
async fn keys_links_and_hooks_survive_a_lost_answer() {
    those(|it| {
        matches!(it, Setting::DeployKey(_) | Setting::Autolink(_) | Setting::Webhook(_) | Setting::Pages(_))
    })
    .await;
}

#[tokio::test]
async fn workflows_survive_a_lost_answer() {
    those(|it| {
        matches!(
            it,
            Setting::WorkflowAccess(_) | Setting::WorkflowPermissions(_) | Setting::OidcCustomization(_)
        )
    })
    .await;
}

#[tokio::test]
async fn what_stands_on_the_repository_survives_a_lost_answer() {
    those(|it| matches!(it, Setting::Topics(_) | Setting::Description(_) | Setting::Archived(_))).await;
}
