use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::doctor::Verdict;
use crate::forge::github::{HookFacts, Rate, Reached};

const HOST: &str = "github.com";

fn all_permissions() -> BTreeMap<String, String> {
    let all = crate::doctor::permissions::PERMISSIONS;
    all.iter().map(|one| (one.name.to_owned(), one.level.word().to_owned())).collect()
}

fn app() -> AppFacts {
    AppFacts {
        slug: "stagecraft".into(),
        name: "Stagecraft".into(),
        permissions: all_permissions(),
        events: vec!["push".into(), "repository".into()],
    }
}

fn installed() -> InstallationFacts {
    InstallationFacts {
        account: "acme".into(),
        is_user: false,
        suspended: false,
        selected: false,
        permissions: all_permissions(),
        rate: Some(Ok(Rate { limit: 5_000, remaining: 4_990 })),
        git: Some(Ok("acme/shop".into())),
    }
}

fn facts() -> Checkup {
    Checkup {
        host: HOST.into(),
        api_url: "https://api.github.com".into(),
        reached: Ok(Reached { server_version: None, clock_skew_s: Some(1) }),
        app: Some(Ok(app())),
        installations: vec![installed()],
        hook: Some(Ok(HookFacts {
            url: "https://idp.acme.io/webhooks/github".into(),
            has_secret: true,
            insecure: false,
        })),
        webhook_secret: true,
        token: None,
    }
}

fn uses() -> Uses {
    Uses::from([("github:webhook".to_owned(), BTreeSet::from(["template:default/shop".to_owned()]))])
}

/// What is not well, with what to do.
fn faults(facts: &Checkup) -> Vec<(Verdict, String, String)> {
    examine(facts, &uses())
        .into_iter()
        .filter(|finding| finding.verdict != Verdict::Well)
        .map(|finding| (finding.verdict, finding.found, finding.next))
        .collect()
}

fn only_fault(change: impl FnOnce(&mut Checkup)) -> (Verdict, String, String) {
    let mut facts = facts();
    change(&mut facts);
    let mut faults = faults(&facts);
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults.remove(0)
}

#[test]
fn a_site_in_order_has_nothing_to_do() {
    assert_eq!(faults(&facts()), []);
}

#[test]
fn an_api_that_is_away_is_all_that_is_told() {
    let (verdict, found, next) = only_fault(|facts| facts.reached = Err("connection refused".into()));

    assert_eq!(verdict, Verdict::Wrong);
    assert!(found.contains("connection refused") && next.contains("api_url"), "{found} {next}");
}

#[test]
fn a_clock_that_is_wrong_is_told_with_its_way() {
    let (_, found, _) = only_fault(|facts| {
        facts.reached = Ok(Reached { server_version: None, clock_skew_s: Some(-75) });
    });

    assert_eq!(found, "this machine's clock is 75 seconds behind GitHub's");
}

#[test]
fn a_key_that_is_not_the_apps_leads_to_its_page() {
    let (_, found, next) =
        only_fault(|facts| facts.app = Some(Err("A JSON web token could not be decoded".into())));

    assert!(found.contains("could not be decoded") && next.contains("private key"), "{found} {next}");
}

#[test]
fn a_missing_permission_names_the_template_that_needs_it() {
    let (_, found, next) = only_fault(|facts| {
        facts.installations[0].permissions.remove("repository_hooks");
        if let Some(Ok(app)) = &mut facts.app {
            app.permissions.remove("repository_hooks");
        }
    });

    assert!(
        found.contains("`repository_hooks: write`")
            && found.contains("template:default/shop (`github:webhook`)"),
        "{found}"
    );
    assert!(next.contains("`Repository: Webhooks`"), "{next}");
}

#[test]
fn a_permission_that_the_app_asks_for_has_to_be_accepted() {
    let (_, _, next) = only_fault(|facts| {
        facts.installations[0].permissions.insert("contents".into(), "read".into());
    });

    assert!(next.contains("an owner of `acme` has to accept"), "{next}");
}

#[test]
fn permissions_that_no_template_needs_are_not_missed() {
    let mut facts = facts();
    facts.installations[0].permissions.remove("pages");

    assert_eq!(faults(&facts), []);
}

#[test]
fn suspended_and_selected_installations_are_told() {
    let (verdict, found, _) = only_fault(|facts| facts.installations[0].suspended = true);
    assert_eq!((verdict, found.contains("suspended")), (Verdict::Wrong, true));

    let (verdict, found, _) = only_fault(|facts| facts.installations[0].selected = true);
    assert_eq!((verdict, found.contains("selected")), (Verdict::Doubtful, true));

    let (_, found, _) = only_fault(|facts| facts.installations.clear());
    assert_eq!(found, "the App `stagecraft` is installed nowhere");
}

#[test]
fn a_webhook_has_to_come_here_and_tell_of_pushes() {
    let (_, found, _) = only_fault(|facts| {
        if let Some(Ok(hook)) = &mut facts.hook {
            hook.url = "https://idp.acme.io/hooks".into();
        }
    });
    assert!(found.contains("not where this service takes them"), "{found}");

    let (_, found, next) = only_fault(|facts| {
        if let Some(Ok(app)) = &mut facts.app {
            app.events = vec!["repository".into()];
        }
    });
    assert!(found.contains("`push`") && next.contains("`push` and `repository`"), "{found} {next}");

    let (_, found, _) = only_fault(|facts| {
        if let Some(Ok(hook)) = &mut facts.hook {
            hook.url = String::new();
        }
    });
    assert!(found.contains("nothing is delivered"), "{found}");
}

#[test]
fn a_webhook_has_to_be_signed_with_the_secret_of_the_settings() {
    let (_, found, _) = only_fault(|facts| facts.webhook_secret = false);
    assert!(found.contains("has a secret") && found.contains("has none"), "{found}");

    let (_, found, _) = only_fault(|facts| {
        facts.webhook_secret = false;
        if let Some(Ok(hook)) = &mut facts.hook {
            hook.has_secret = false;
        }
    });
    assert_eq!(found, "webhooks are not signed");
}

#[test]
fn little_that_is_left_and_a_token_that_is_refused_are_told() {
    let (verdict, found, _) =
        only_fault(|facts| facts.installations[0].rate = Some(Ok(Rate { limit: 5_000, remaining: 12 })));
    assert_eq!((verdict, found.contains("12 of 5000")), (Verdict::Doubtful, true), "{found}");

    let (verdict, ..) = only_fault(|facts| facts.installations[0].rate = Some(Err("Bad credentials".into())));
    assert_eq!(verdict, Verdict::Wrong);
}

#[test]
fn a_static_token_needs_its_scopes() {
    let mut facts = facts();
    facts.app = None;
    facts.installations.clear();
    facts.token = Some(Ok(TokenFacts { login: "jane".into(), scopes: vec!["repo".into()] }));

    assert_eq!(faults(&facts).len(), 1);
    assert!(faults(&facts)[0].1.ends_with("lacks the scope `workflow`"));
    // Fine-grained tokens have none: nothing can be told of them.
    facts.token = Some(Ok(TokenFacts { login: "jane".into(), scopes: Vec::new() }));
    assert_eq!(faults(&facts), []);
}
