//! What the filters give; the answers for the stock ones are those of the stock backend.

use super::*;
use nunjucks::{Context, Environment, Syntax, Text};
use serde_json::{Value as Json, json};

fn evaluate(expression: &str, scope: &Context) -> Result<Value, String> {
    let hosts = ["github.com".to_owned(), "dev.azure.com".to_owned(), "gitlab.com".to_owned()];
    let environment = register(Environment::builder(Syntax::backstage()), &hosts).build();
    let template =
        environment.parse(&format!("${{{{ {expression} }}}}")).map_err(|error| error.to_string())?;
    template.evaluate(&environment, scope).map_err(|error| error.to_string())
}

fn json_of(expression: &str) -> Result<Json, String> {
    Ok(evaluate(expression, &Context::new())?.to_json().unwrap_or_default())
}

#[test]
fn a_repository_url_is_taken_apart_in_the_stock_order() {
    let cases = [
        ("github.com?repo=demo&owner=acme", json!({"host": "github.com", "owner": "acme", "repo": "demo"})),
        (
            "GitHub.com:443?owner=/acme/&repo=a%2Db+c&x=1",
            json!({"host": "github.com", "owner": "acme", "repo": "a-b c"}),
        ),
        (
            "dev.azure.com?project=p&repo=r&organization=",
            json!({"host": "dev.azure.com", "repo": "r", "organization": "", "project": "p"}),
        ),
        ("gitlab.com?project=7&repo=r", json!({"host": "gitlab.com", "repo": "r", "project": "7"})),
        ("github.com?owner=a&owner=b&repo=r", json!({"host": "github.com", "owner": "a", "repo": "r"})),
    ];
    for (url, expected) in cases {
        let parsed = json_of(&format!("'{url}' | parseRepoUrl")).unwrap();
        assert_eq!(parsed.to_string(), expected.to_string(), "{url}");
    }
}

#[test]
fn a_repository_url_that_cannot_be_used_is_an_error_with_the_reason() {
    for (url, reason) in [
        ("github.com?owner=acme", "lacks repo"),
        ("github.com", "lacks owner and repo"),
        ("github.com?owner=&repo=r", "lacks owner"),
        ("example.org?owner=a&repo=b", "no forge is configured for the host `example.org`"),
        ("", "not of the form"),
        ("github.com/acme/demo", "not of the form"),
    ] {
        let error = json_of(&format!("'{url}' | parseRepoUrl")).unwrap_err();
        assert!(error.contains(reason), "{url}: {error}");
    }
}

#[test]
fn a_slug_is_owner_and_repository() {
    assert_eq!(json_of("'github.com?repo=demo&owner=acme' | projectSlug"), Ok(json!("acme/demo")));
    assert_eq!(json_of("'dev.azure.com?repo=demo&project=p' | projectSlug"), Ok(json!("undefined/demo")));
}

#[test]
fn an_entity_reference_is_taken_apart_with_its_case() {
    let reference = |kind, namespace, name| json!({"kind": kind, "namespace": namespace, "name": name});
    assert_eq!(json_of("'Group:techDocs' | parseEntityRef"), Ok(reference("Group", "default", "techDocs")));
    let defaults = "{ defaultKind: 'group', defaultNamespace: 'other' }";
    assert_eq!(json_of(&format!("'t' | parseEntityRef({defaults})")), Ok(reference("group", "other", "t")));
    let object = "{ kind: 'User', name: 'ann' }";
    assert_eq!(json_of(&format!("{object} | parseEntityRef")), Ok(reference("User", "default", "ann")));
    for text in ["''", "'t'", "'group:'", "5"] {
        assert!(json_of(&format!("{text} | parseEntityRef")).is_err(), "{text}");
    }
}

#[test]
fn a_path_is_followed_and_what_is_missing_is_undefined() {
    let object = "{ a: { b: [1, { c: 2 }] }, 'x.y': 3 }";
    for (path, expected) in
        [("'a.b[0]'", json!(1)), ("'a.b[1].c'", json!(2)), ("'x.y'", json!(3)), ("'a[\"b\"][0]'", json!(1))]
    {
        assert_eq!(json_of(&format!("{object} | pick({path})")), Ok(expected), "{path}");
    }
    assert!(evaluate(&format!("{object} | pick('a.q.r')"), &Context::new()).unwrap().is_undefined());
    assert_eq!(json_of(&format!("{object} | pick('q', 'none')")), Ok(json!("none")));
    assert_eq!(json_of("[4, 5] | pick(1)"), Ok(json!(5)));
}

#[test]
fn a_random_choice_is_the_same_on_every_run() {
    let expression = "['a', 'b', 'c', 'd', 'e'] | random";
    let first = json_of(expression).unwrap();
    assert!((0..20).all(|_| json_of(expression).as_ref() == Ok(&first)));
    let choices: std::collections::BTreeSet<String> = (0..40)
        .map(|n| json_of(&format!("[{n}, {n} + 1, {n} + 2] | random - {n}")).unwrap().to_string())
        .collect();
    assert_eq!(choices.len(), 3, "every place is chosen for some list");
    assert!(evaluate("[] | random", &Context::new()).unwrap().is_undefined());
}

#[test]
fn what_is_made_of_a_secret_is_marked() {
    let url = Value::from(Text::secret("github.com?owner=acme&repo=hunter2"));
    let scope =
        Context::new().with("url", url).with("list", Value::array([Value::from(Text::secret("hunter2"))]));
    for expression in [
        "url | projectSlug",
        "(url | parseRepoUrl).repo",
        "url | parseRepoUrl | pick('owner')",
        "list | random",
    ] {
        assert!(evaluate(expression, &scope).unwrap().contains_secret(), "{expression}");
    }
    let scope = Context::new().with("url", Value::from(Text::secret("hunter2?owner=a")));
    assert!(!evaluate("url | projectSlug", &scope).unwrap_err().contains("hunter2"));
}
