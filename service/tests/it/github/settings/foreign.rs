//! What people have set by hand is brought to what is wanted, and what nobody asked about stays.

use serde_json::json;
use stagecraft::forge::{BranchPolicy, Change, ChangeKind, EnvironmentSetting, Reviewer, Setting};

use super::{
    KEY, OTHER_KEY, Shop, autolink, deploy_key, environment, map, pages, protection, ruleset, texts, webhook,
};

fn kinds(changes: &[Change]) -> Vec<ChangeKind> {
    changes.iter().map(|change| change.kind).collect()
}

fn told(changes: &[Change]) -> Vec<&str> {
    changes.iter().map(|change| change.what.as_str()).collect()
}

#[tokio::test]
async fn a_variable_with_another_value_gets_the_wanted_one_and_others_stay() {
    let shop = Shop::new().await;
    shop.apply(&Setting::Variables(texts(&[("A", "1"), ("B", "2")]))).await;
    let before = shop.asked();

    let changes = shop.apply(&Setting::Variables(texts(&[("b", "3")]))).await;

    assert_eq!(changes, [Change::replace("variable `B`", Some("2".to_owned()), Some("3".to_owned()))]);
    assert_eq!(shop.mutations(before), ["actions/update-repo-variable"]);
    assert_eq!((shop.now().wiring.variable("A"), shop.now().wiring.variable("B")), (Some("1"), Some("3")));
}

#[tokio::test]
async fn a_role_is_changed_and_an_invitation_is_not_sent_twice() {
    let shop = Shop::new().await;
    let wanted = |access: &str| {
        Setting::Collaborators(json!([
            { "user": "joe", "access": access },
            { "user": "guest", "access": access },
            { "team": "platform", "access": access },
        ]))
    };
    shop.apply(&wanted("pull")).await;

    let changes = shop.apply(&wanted("push")).await;

    assert_eq!(kinds(&changes), [ChangeKind::Change; 3]);
    let now = shop.now();
    assert_eq!((now.teams["platform"].as_str(), now.collaborators["joe"].as_str()), ("push", "push"));
    let invited: Vec<_> = now.wiring.invitations.iter().map(|it| it.role.as_str()).collect();
    assert_eq!(invited, ["push"]);
    assert_eq!(shop.apply(&wanted("write")).await, []);
}

#[tokio::test]
async fn topics_are_exactly_those_that_are_wanted() {
    let shop = Shop::new().await;
    shop.apply(&Setting::Topics(vec!["a".to_owned(), "b".to_owned()])).await;

    shop.apply(&Setting::Topics(vec!["c".to_owned(), "b".to_owned()])).await;

    assert_eq!(shop.now().topics, ["c", "b"]);
    assert_eq!(shop.apply(&Setting::Topics(vec!["b".to_owned(), "C".to_owned()])).await, []);
}

#[tokio::test]
async fn a_branch_that_somebody_protected_first_is_protected_as_wanted() {
    let shop = Shop::new().await;
    shop.change(|repository| {
        let theirs = json!({
            "required_status_checks": { "strict": false, "contexts": [], "checks": [{ "context": "bot" }] },
            "enforce_admins": null,
            "required_pull_request_reviews": null,
            "restrictions": null,
            "allow_deletions": true,
        });
        repository.wiring.protection.insert("main".to_owned(), theirs);
    });

    let changes = shop.apply(&protection()).await;

    assert!(told(&changes).contains(&"`required_status_checks` of the branch `main`"), "{changes:?}");
    let now = shop.now().wiring.protection["main"].clone();
    assert_eq!(now["required_status_checks"], json!({ "strict": true, "contexts": ["ci"] }));
    assert_eq!(now["allow_deletions"], true, "what nobody asked about stays");
    assert_eq!(shop.apply(&protection()).await, []);
}

#[tokio::test]
async fn signatures_alone_are_one_request() {
    let shop = Shop::new().await;
    let wanted = |signed: bool| Setting::BranchProtection {
        branch: "main".to_owned(),
        rules: map(json!({ "enforce_admins": true, "required_signatures": signed })),
    };
    shop.apply(&wanted(false)).await;
    let before = shop.asked();

    shop.apply(&wanted(true)).await;
    shop.apply(&wanted(false)).await;

    let operations = ["repos/create-commit-signature-protection", "repos/delete-commit-signature-protection"];
    assert_eq!(shop.mutations(before), operations);
    assert!(shop.now().wiring.signed.is_empty());
}

#[tokio::test]
async fn a_ruleset_that_somebody_changed_is_put_right_and_not_made_twice() {
    let shop = Shop::new().await;
    shop.apply(&Setting::Ruleset(ruleset())).await;
    shop.change(|repository| {
        let theirs = &mut repository.wiring.rulesets[0];
        theirs.enforcement = "disabled".to_owned();
        theirs.rules.push(json!({ "type": "creation" }));
    });

    let changes = shop.apply(&Setting::Ruleset(ruleset())).await;

    assert_eq!(told(&changes), ["`enforcement` of the ruleset `main`", "`rules` of the ruleset `main`"]);
    let now = shop.now().wiring.rulesets;
    assert_eq!((now.len(), now[0].rules.len(), now[0].enforcement.as_str()), (1, 2, "active"));
    assert_eq!(shop.apply(&Setting::Ruleset(ruleset())).await, []);
}

#[tokio::test]
async fn an_environment_converges_both_ways() {
    let shop = Shop::new().await;
    shop.apply(&Setting::Environment(environment())).await;
    let wanted = EnvironmentSetting {
        branch_patterns: vec!["main".to_owned(), "hotfix/*".to_owned()],
        tag_patterns: Vec::new(),
        variables: texts(&[("region", "us-east-1")]),
        reviewers: Some(vec![Reviewer::Team("security".to_owned())]),
        ..environment()
    };

    let changes = shop.apply(&Setting::Environment(wanted.clone())).await;

    let reviewers = changes.iter().find(|it| it.what.starts_with("reviewers")).unwrap();
    assert_eq!(
        (reviewers.before.as_deref(), reviewers.after.as_deref()),
        (Some("platform, jane"), Some("security"))
    );
    let now = shop.now().wiring.environment("prod/eu west").unwrap().clone();
    let patterns: Vec<_> = now.branch_policies.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(patterns, ["main", "hotfix/*"]);
    assert_eq!((now.variable("REGION"), now.variable("STAGE")), (Some("us-east-1"), Some("prod")));
    assert_eq!((now.reviewers.len(), now.wait_timer, now.prevent_self_review), (1, 5, true));
    assert_eq!(shop.apply(&Setting::Environment(wanted)).await, []);
}

#[tokio::test]
async fn an_environment_of_which_nothing_is_said_stays_as_it_is() {
    let shop = Shop::new().await;
    shop.apply(&Setting::Environment(environment())).await;
    let wanted = EnvironmentSetting { name: environment().name, ..EnvironmentSetting::default() };
    let before = shop.asked();

    assert_eq!(shop.apply(&Setting::Environment(wanted)).await, []);
    assert_eq!(shop.mutations(before), [""; 0]);
}

#[tokio::test]
async fn an_environment_for_every_branch_loses_its_patterns() {
    let shop = Shop::new().await;
    shop.apply(&Setting::Environment(environment())).await;
    let wanted = EnvironmentSetting {
        name: environment().name,
        branches: Some(BranchPolicy::All),
        ..EnvironmentSetting::default()
    };

    let changes = shop.apply(&Setting::Environment(wanted.clone())).await;

    assert_eq!(told(&changes), ["branches that may deploy of the environment `prod/eu west`"]);
    let now = shop.now().wiring.environment("prod/eu west").unwrap().clone();
    assert_eq!((now.branch_policy, now.branch_policies.len(), now.wait_timer), (None, 0, 5));
    assert_eq!(shop.apply(&Setting::Environment(wanted)).await, []);
}

#[tokio::test]
async fn a_webhook_that_somebody_changed_is_put_right_and_keeps_its_secret() {
    let shop = Shop::new().await;
    shop.apply(&Setting::Webhook(webhook())).await;
    shop.change(|repository| {
        let theirs = &mut repository.wiring.hooks[0];
        theirs.events = vec!["issues".to_owned()];
        theirs.active = false;
    });
    let before = shop.asked();

    let changes = shop.apply(&Setting::Webhook(webhook())).await;

    assert_eq!(kinds(&changes), [ChangeKind::Change; 2], "{changes:?}");
    assert_eq!(shop.mutations(before), ["repos/update-webhook"]);
    let now = shop.now().wiring.hooks;
    assert_eq!((now.len(), now[0].active, now[0].secret.as_deref()), (1, true, Some("hunter2")));
    assert_eq!(now[0].events, webhook().events);
    assert_eq!(shop.apply(&Setting::Webhook(webhook())).await, []);
}

#[tokio::test]
async fn a_webhook_without_a_wanted_secret_keeps_the_one_it_has() {
    let shop = Shop::new().await;
    shop.apply(&Setting::Webhook(webhook())).await;
    let mut wanted = webhook();
    wanted.secret = None;
    wanted.content_type = "form".to_owned();

    shop.apply(&Setting::Webhook(wanted)).await;

    assert_eq!(shop.now().wiring.hooks[0].secret.as_deref(), Some("hunter2"));
    assert_eq!(shop.now().wiring.hooks[0].content_type, "form");
}

#[tokio::test]
async fn another_key_and_another_link_take_the_place_of_the_old_ones() {
    let shop = Shop::new().await;
    shop.apply(&deploy_key(KEY)).await;
    shop.apply(&autolink("https://old.acme.io/<num>")).await;

    assert_eq!(kinds(&shop.apply(&deploy_key(OTHER_KEY)).await), [ChangeKind::Change]);
    let links = shop.apply(&autolink("https://tickets.acme.io/<num>")).await;

    assert_eq!(links[0].before.as_deref(), Some("https://old.acme.io/<num>"));
    let now = shop.now().wiring;
    assert_eq!((now.keys.len(), now.keys[0].key.as_str()), (1, OTHER_KEY));
    assert_eq!(
        (now.autolinks.len(), now.autolinks[0].url_template.as_str()),
        (1, "https://tickets.acme.io/<num>")
    );
}

#[tokio::test]
async fn pages_change_from_a_branch_to_a_workflow_and_back() {
    let shop = Shop::new().await;
    shop.apply(&pages("legacy")).await;

    assert_eq!(kinds(&shop.apply(&pages("workflow")).await), [ChangeKind::Change]);
    assert_eq!(shop.apply(&pages("workflow")).await, []);
    assert_eq!(kinds(&shop.apply(&pages("legacy")).await), [ChangeKind::Change]);
    assert_eq!(shop.now().wiring.pages.unwrap().build_type, "legacy");
}

#[tokio::test]
async fn an_archived_repository_is_written_to_again_once_it_is_not() {
    let shop = Shop::new().await;
    shop.apply(&Setting::Archived(true)).await;

    shop.apply(&Setting::Archived(false)).await;

    assert!(!shop.now().is_archived());
    shop.apply(&Setting::Variables(texts(&[("A", "1")]))).await;
}

#[tokio::test]
async fn the_usual_identity_comes_back() {
    let shop = Shop::new().await;
    let own = json!({ "includeClaimKeys": ["repo"], "useImmutableSubject": true });
    assert_eq!(kinds(&shop.apply(&Setting::OidcCustomization(own.clone())).await), [ChangeKind::Change; 2]);
    assert_eq!(shop.apply(&Setting::OidcCustomization(own)).await, []);

    let changes = shop.apply(&Setting::OidcCustomization(json!({ "useDefault": true }))).await;

    assert_eq!(changes[0].before.as_deref(), Some("made of repo"));
    assert!(shop.now().wiring.oidc.unwrap().use_default);
}
