use serde_json::json;

use super::*;
use crate::action::Kind;

fn definition(id: &str) -> Definition {
    let input = json!({
        "type": "object",
        "properties": {
            "defaultBranch": { "type": "string", "default": "master" },
            "oidc": { "type": "object", "properties": { "useDefault": { "type": "boolean", "default": true } } },
        },
    });
    Definition {
        id: id.to_owned().into(),
        description: "".into(),
        kind: Kind::Effect,
        input,
        output: None,
        supports_dry_run: false,
        examples: &[],
    }
}

fn has(key: &str, property: Property) -> Criteria<ActionRule> {
    Criteria::Rule(ActionRule::Has { key: key.to_owned(), property })
}

fn text(key: &str, value: &str) -> Criteria<ActionRule> {
    has(key, Property::Text(Some(value.to_owned())))
}

fn allows(criteria: Criteria<ActionRule>, action: &str, input: &Value) -> bool {
    ActionAccess::new(Decision::When(criteria)).allows(&definition(action), input)
}

fn is_same_repository(action: &str, wanted: &str, given: &str) -> bool {
    allows(text("repoUrl", wanted), action, &json!({ "repoUrl": given }))
}

#[test]
fn a_property_is_there_if_it_has_the_type() {
    let input = json!({ "text": "", "number": 0, "flag": false, "nothing": null, "list": ["a"] });

    for (key, property, expected) in [
        ("text", Property::Text(None), true),
        ("number", Property::Text(None), false),
        ("nothing", Property::Text(None), false),
        ("number", Property::Number(None), true),
        ("flag", Property::Boolean(None), true),
        ("flag", Property::Number(None), false),
        ("missing", Property::Boolean(None), false),
        ("list[0]", Property::Text(None), true),
        ("list.length", Property::Number(Some(1.into())), true),
    ] {
        assert_eq!(allows(has(key, property.clone()), "fs:delete", &input), expected, "{key} {property:?}");
    }
}

#[test]
fn numbers_are_compared_by_what_they_count() {
    let one = |written: &str| Property::Number(Some(serde_json::from_str(written).unwrap()));

    assert!(allows(has("n", one("1.0")), "a", &json!({ "n": 1 })));
    assert!(!allows(has("n", one("1")), "a", &json!({ "n": "1" })));
    assert!(!allows(has("n", one("1")), "a", &json!({ "n": 2 })));
}

#[test]
fn texts_are_compared_exactly_except_where_hosts_do_not() {
    for (action, key, expected) in [
        ("github:issues:create", "owner", true),
        ("publish:gitlab", "projectId", true),
        ("publish:bitbucketServer", "repoName", true),
        ("publish:bitbucketcloud", "repoName", false),
        ("publish:github", "title", false),
        ("publish:github", "path", false),
        ("gitlab:group:access", "path", true),
        ("my:githubby", "owner", false),
        ("fs:delete", "owner", false),
    ] {
        let input = json!({ key: "ACME" });
        assert_eq!(allows(text(key, "acme"), action, &input), expected, "{action} {key}");
    }
}

#[test]
fn a_path_to_such_a_key_is_that_key() {
    assert!(allows(text("['owner']", "acme"), "publish:github", &json!({ "owner": "ACME" })));
    assert!(!allows(text("who.owner", "acme"), "publish:github", &json!({ "who": { "owner": "ACME" } })));
}

#[test]
fn a_repository_is_the_same_however_its_url_is_written() {
    let wanted = "github.com?owner=acme&repo=payments";

    for given in [
        "github.com?owner=ACME&repo=Payments",
        "GitHub.com?owner=acme&repo=payments",
        "github.com?repo=payments&owner=acme",
        "github.com/?owner=acme&repo=payments",
        "  github.com?owner=acme&repo=payments ",
        "github.com?owner=acme&repo=payments&owner=other",
        "github.com?owner=acme&repo=payments&x=y",
        "github.com?owner=%61cme&repo=payments",
        "github.com?owner=acme&repo=payments/",
        "github.com?owner=/acme/&repo=payments",
        "github.com:443?owner=acme&repo=payments",
        "github.com?owner=acme&repo=payments#x",
    ] {
        assert!(is_same_repository("publish:github", wanted, given), "{given}");
    }
    for given in [
        "github.com?owner=other&repo=payments&owner=acme",
        "github.com?owner=acme&repo=payment",
        "ghe.acme.io?owner=acme&repo=payments",
        "github.com:8443?owner=acme&repo=payments",
        "github.com",
    ] {
        assert!(!is_same_repository("publish:github", wanted, given), "{given}");
    }
}

#[test]
fn a_repository_elsewhere_is_compared_as_text() {
    assert!(is_same_repository(
        "publish:gitlab",
        "gitlab.com?owner=a&repo=b&project=c",
        "gitlab.com?owner=A&repo=b&project=c"
    ));
    assert!(!is_same_repository(
        "publish:gitlab",
        "gitlab.com?owner=a&repo=b&project=c",
        "gitlab.com?owner=a&repo=b&project=d"
    ));
    assert!(!is_same_repository(
        "http:backstage:request",
        "github.com?owner=a&repo=b",
        "github.com?owner=A&repo=b"
    ));
}

#[test]
fn what_the_action_takes_by_default_counts_as_given() {
    let not_master = || Criteria::Not(Box::new(text("defaultBranch", "master")));

    assert!(!allows(not_master(), "publish:github", &json!({})));
    assert!(allows(not_master(), "publish:github", &json!({ "defaultBranch": "main" })));
    assert!(allows(
        has("oidc.useDefault", Property::Boolean(Some(true))),
        "publish:github",
        &json!({ "oidc": {} })
    ));
}

#[test]
fn a_default_is_not_given_where_a_rule_asks_whether_anything_is() {
    assert!(!allows(has("defaultBranch", Property::Text(None)), "publish:github", &json!({})));
}

#[test]
fn the_number_of_a_group_may_be_that_of_any_group_that_a_rule_names() {
    let never = |path: &str| Criteria::Not(Box::new(text("path", path)));
    let forbidden = Criteria::AllOf(vec![
        Criteria::Rule(ActionRule::HasId("gitlab:group:add".to_owned())),
        never("secret"),
    ]);

    assert!(allows(forbidden.clone(), "gitlab:group:add", &json!({ "path": "open" })));
    for path in [json!(42), json!("42")] {
        assert!(!allows(forbidden.clone(), "gitlab:group:add", &json!({ "path": path })));
    }
    assert!(allows(never("secret"), "gitlab:project:add", &json!({ "path": 42 })));
}

#[test]
fn a_decision_without_conditions_looks_at_nothing() {
    assert!(ActionAccess::everything().allows(&definition("a"), &json!({})));
    assert!(!ActionAccess::new(Decision::Deny).allows(&definition("a"), &json!({})));
}
