use serde_json::{Value, json};

use super::*;

const HOST: &str = "github.com";
const SHA: &str = "6dcb09b5b57875f334f61aebed695e2e4193db5e";

fn planned(event: &str, payload: &Value) -> Result<Plan, Unplannable> {
    plan(HOST, event, payload.to_string().as_bytes())
}

fn slug(owner: &str, name: &str) -> RepoSlug {
    RepoSlug { host: HOST.to_owned(), owner: owner.to_owned(), name: name.to_owned() }
}

fn shop() -> RepoSlug {
    slug("acme", "shop")
}

fn owner() -> Change {
    Change::Owner { host: HOST.to_owned(), owner: "acme".to_owned() }
}

fn lost() -> Change {
    Change::Lost { host: HOST.to_owned(), owner: "acme".to_owned() }
}

/// A payload about `acme/shop` with more in it.
fn about_shop(more: &Value) -> Value {
    let mut payload = json!({
        "repository": { "full_name": "acme/shop", "default_branch": "main" },
        "organization": { "login": "acme" },
    });
    for (key, value) in more.as_object().unwrap() {
        payload[key] = value.clone();
    }
    payload
}

fn push(more: &Value) -> Result<Plan, Unplannable> {
    let mut payload =
        json!({ "ref": "refs/heads/main", "after": SHA, "commits": [{ "modified": ["src/main.rs"] }] });
    for (key, value) in more.as_object().unwrap() {
        payload[key] = value.clone();
    }
    planned("push", &about_shop(&payload))
}

fn reading() -> Plan {
    Plan::Enqueue(vec![Change::Read { repository: shop(), commit: Some(SHA.to_owned()) }])
}

#[test]
fn a_push_is_a_reason_to_read_where_it_changed_what_is_read() {
    let many: Vec<Value> = (0..2048).map(|_| json!({ "modified": ["src/main.rs"] })).collect();
    let ignored = Plan::Ignored(Reason::NothingRead);
    for (more, expected) in [
        (json!({}), ignored.clone()),
        (json!({ "commits": [{ "modified": ["README.md"] }] }), reading()),
        (json!({ "commits": [{ "added": ["src/a.rs"] }, { "removed": ["a/package.json"] }] }), reading()),
        (json!({ "commits": [{ "added": null }] }), ignored.clone()),
        (json!({ "commits": many[..2047] }), ignored),
        // What changed is not all told.
        (json!({ "commits": many }), reading()),
        (json!({ "commits": [] }), reading()),
        (json!({ "commits": null }), reading()),
        (json!({ "forced": true }), reading()),
        (json!({ "created": true }), reading()),
        // Another branch, a tag, a branch of a similar name.
        (
            json!({ "ref": "refs/heads/x", "forced": true }),
            Plan::Ignored(Reason::OtherRef("refs/heads/x".into())),
        ),
        (json!({ "ref": "refs/tags/main" }), Plan::Ignored(Reason::OtherRef("refs/tags/main".into()))),
        (json!({ "ref": "refs/heads/main/x" }), Plan::Ignored(Reason::OtherRef("refs/heads/main/x".into()))),
        (json!({ "deleted": true, "after": "0".repeat(40) }), Plan::Ignored(Reason::Deleted)),
    ] {
        assert_eq!(
            push(&more).unwrap(),
            expected,
            "{}",
            more.to_string().chars().take(100).collect::<String>()
        );
    }
}

#[test]
fn a_commit_that_is_none_is_not_passed_on() {
    for after in ["", "../../x", "main", &"0".repeat(40), &"g".repeat(40)] {
        let expected = Plan::Enqueue(vec![Change::Read { repository: shop(), commit: None }]);
        assert_eq!(push(&json!({ "after": after, "forced": true })).unwrap(), expected, "{after}");
    }
}

#[test]
fn what_happens_to_a_repository_happens_in_the_catalog() {
    let read = || Change::Read { repository: shop(), commit: None };
    let archived = |archived| Change::Archived { repository: shop(), archived };
    let was = |value: Value| json!({ "changes": value });
    for (action, more, expected) in [
        ("created", json!({}), read()),
        ("publicized", json!({}), read()),
        ("privatized", json!({}), read()),
        ("archived", json!({}), archived(true)),
        ("unarchived", json!({}), archived(false)),
        ("deleted", json!({}), Change::Gone { repository: shop() }),
        ("edited", was(json!({ "default_branch": { "from": "master" } })), read()),
        ("edited", was(json!({ "description": { "from": null } })), read()),
        ("edited", was(json!({ "topics": { "from": [] } })), read()),
        (
            "renamed",
            was(json!({ "repository": { "name": { "from": "store" } } })),
            Change::Moved { from: slug("acme", "store"), to: shop() },
        ),
        (
            "transferred",
            was(json!({ "owner": { "from": { "user": { "login": "jane" } } } })),
            Change::Moved { from: slug("jane", "shop"), to: shop() },
        ),
        (
            "transferred",
            was(json!({ "owner": { "from": { "organization": { "login": "old" } } } })),
            Change::Moved { from: slug("old", "shop"), to: shop() },
        ),
    ] {
        let mut payload = about_shop(&more);
        payload["action"] = json!(action);
        assert_eq!(
            planned("repository", &payload).unwrap(),
            Plan::Enqueue(vec![expected]),
            "{action} {more}"
        );
    }
}

#[test]
fn installations_and_teams_are_a_reason_to_look_at_an_owner() {
    let installed =
        |action: &str| json!({ "action": action, "installation": { "account": { "login": "acme" } } });
    let team = |action: &str| json!({ "action": action, "organization": { "login": "acme" } });
    let renamed = json!({ "action": "edited", "organization": { "login": "acme" }, "changes": { "name": { "from": "x" } } });
    let given = about_shop(&json!({ "action": "added_to_repository" }));
    let read = Change::Read { repository: shop(), commit: None };
    for (event, payload, expected) in [
        ("installation", installed("created"), vec![owner()]),
        ("installation", installed("unsuspend"), vec![owner()]),
        ("installation", installed("new_permissions_accepted"), vec![owner()]),
        ("installation", installed("deleted"), vec![lost()]),
        ("installation", installed("suspend"), vec![lost()]),
        ("team", team("created"), vec![owner()]),
        ("team", team("deleted"), vec![owner()]),
        ("team", renamed, vec![owner()]),
        ("team", given, vec![read.clone()]),
        (
            "installation_repositories",
            json!({
                "action": "added",
                "repositories_added": [{ "full_name": "acme/shop" }],
                "repositories_removed": [{ "full_name": "acme/old" }],
            }),
            vec![Change::Gone { repository: slug("acme", "old") }, read],
        ),
    ] {
        assert_eq!(planned(event, &payload).unwrap(), Plan::Enqueue(expected), "{event} {payload}");
    }
}

#[test]
fn only_pull_requests_of_our_own_branch_are_answers() {
    let pull = |action: &str, merged: bool, branch: &str, home: &str| {
        let head = json!({ "ref": branch, "repo": { "full_name": home } });
        let pull = json!({ "number": 7, "merged": merged, "head": head });
        planned("pull_request", &about_shop(&json!({ "action": action, "pull_request": pull }))).unwrap()
    };
    let became = |became| Plan::Enqueue(vec![Change::Proposal { repository: shop(), number: 7, became }]);

    assert_eq!(pull("closed", true, PROPOSAL_BRANCH, "acme/shop"), became(ProposalState::Taken));
    assert_eq!(pull("closed", false, PROPOSAL_BRANCH, "acme/shop"), became(ProposalState::Declined));
    assert_eq!(pull("reopened", false, PROPOSAL_BRANCH, "Acme/Shop"), became(ProposalState::Open));
    assert_eq!(pull("closed", true, "fix", "acme/shop"), Plan::Ignored(Reason::OtherPullRequest));
    assert_eq!(
        pull("closed", true, PROPOSAL_BRANCH, "mallory/shop"),
        Plan::Ignored(Reason::OtherPullRequest)
    );
    assert_eq!(
        pull("opened", false, PROPOSAL_BRANCH, "acme/shop"),
        Plan::Ignored(Reason::Action("opened".into()))
    );
}

#[test]
fn everything_else_is_ignored_with_its_reason() {
    for (event, payload, said) in [
        ("ping", json!({ "zen": "x" }), "they do"),
        ("membership", json!({ "action": "added" }), "members of a team"),
        ("repository", about_shop(&json!({ "action": "edited", "changes": {} })), "`edited` changes nothing"),
        ("repository", about_shop(&json!({ "action": "brand_new" })), "`brand_new` changes nothing"),
        ("team", json!({ "action": "edited", "changes": { "description": {} } }), "`edited`"),
        ("installation_repositories", json!({ "action": "added" }), "`added`"),
    ] {
        let Plan::Ignored(reason) = planned(event, &payload).unwrap() else { panic!("{event} {payload}") };
        assert!(reason.to_string().contains(said), "{reason}");
    }
    for event in ["star", "brand_new_event", "workflow_run"] {
        assert_eq!(planned(event, &json!([1])).unwrap(), Plan::Unsupported, "{event}");
    }
}

#[test]
fn a_payload_that_is_not_understood_says_what_is_wrong() {
    for (event, payload, said) in [
        ("push", "", "cannot be read"),
        ("push", "{", "cannot be read"),
        ("push", "[]", "cannot be read"),
        ("push", r#"{"ref":1}"#, "cannot be read"),
        ("push", r#"{"ref":"a","ref":"b"}"#, "duplicate field"),
        ("push", "{}", "has no `ref`"),
        ("push", r#"{"ref":"refs/heads/main"}"#, "has no `repository`"),
        ("repository", r#"{"action":"created"}"#, "has no `repository`"),
        ("repository", r#"{"repository":{"full_name":"acme/shop"}}"#, "has no `action`"),
        (
            "repository",
            r#"{"action":"renamed","repository":{"full_name":"acme/shop"}}"#,
            "changes.repository.name.from",
        ),
        (
            "repository",
            r#"{"action":"created","repository":{"full_name":"acme/../../x"}}"#,
            "cannot be a repository name",
        ),
        ("repository", r#"{"action":"created","repository":{"full_name":"shop"}}"#, "cannot be"),
        ("repository", r#"{"action":"created","repository":{"full_name":"acme/a b"}}"#, "cannot be"),
        ("installation", r#"{"action":"created"}"#, "installation.account"),
        ("installation", r#"{"action":"created","installation":{"account":{"login":"../x"}}}"#, "cannot be"),
        ("pull_request", r#"{"action":"closed"}"#, "has no `pull_request`"),
    ] {
        let error = plan(HOST, event, payload.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(said), "{event} {payload}: {error}");
    }
    assert!(plan(HOST, "push", b"{\"ref\":\"\xff\"}").is_err());
}

#[test]
fn depth_is_no_danger() {
    for open in ["[", "{\"a\":"] {
        let deep = format!("{{\"x\":{}", open.repeat(100_000));
        assert!(plan(HOST, "push", deep.as_bytes()).is_err());
        assert_eq!(plan(HOST, "star", deep.as_bytes()).unwrap(), Plan::Unsupported);
    }
    let closed = format!("{{\"x\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(plan(HOST, "push", closed.as_bytes()).is_err());
}

#[test]
fn what_a_delivery_is_about_is_told_whatever_becomes_of_it() {
    let told = |event: &str, payload: &Value| explained(HOST, event, payload.to_string().as_bytes()).0;
    let about = |action: Option<&str>, about: Option<&str>| About {
        action: action.map(str::to_owned),
        about: about.map(str::to_owned),
    };

    assert_eq!(
        told("star", &about_shop(&json!({ "action": "created" }))),
        about(Some("created"), Some("acme/shop"))
    );
    assert_eq!(told("repository", &about_shop(&json!({}))), about(None, Some("acme/shop")));
    let installed = json!({ "action": "created", "installation": { "account": { "login": "acme" } } });
    assert_eq!(told("installation", &installed), about(Some("created"), Some("acme")));
    assert_eq!(told("push", &json!([])), About::default());
}
