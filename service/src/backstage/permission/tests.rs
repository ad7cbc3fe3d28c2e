use super::*;

fn answer(items: Value) -> Result<Decisions, &'static str> {
    read(&[TASK_CREATE, TASK_READ], json!({ "items": items }).to_string().as_bytes())
}

fn conditional(conditions: Value) -> Result<Decisions, &'static str> {
    answer(json!([
        { "id": "0", "result": "ALLOW" },
        {
            "id": "1", "result": "CONDITIONAL", "pluginId": "scaffolder", "resourceType": "scaffolder-task",
            "conditions": conditions,
        },
    ]))
}

fn owner(user: &str) -> Value {
    json!({ "rule": "IS_TASK_OWNER", "resourceType": "scaffolder-task", "params": { "createdBy": [user] } })
}

/// Whether a task of `user:a` may be seen.
fn sees(conditions: Value) -> bool {
    let decisions = conditional(conditions).unwrap();
    decisions
        .about(&TASK_READ, TaskRule::read)
        .allows(|TaskRule::IsOwner(users)| users.iter().any(|user| user == "user:a"))
}

#[test]
fn a_question_is_written_as_backstage_reads_it() {
    assert_eq!(
        question(&[TASK_CREATE, ACTION_EXECUTE]),
        json!({ "items": [
            {
                "id": "0",
                "permission": { "type": "basic", "name": "scaffolder.task.create", "attributes": { "action": "create" } },
            },
            {
                "id": "1",
                "permission": {
                    "type": "resource", "name": "scaffolder.action.execute", "attributes": {},
                    "resourceType": "scaffolder-action",
                },
            },
        ] })
    );
}

#[test]
fn decisions_are_taken_by_their_ids() {
    let decisions =
        answer(json!([{ "id": "1", "result": "DENY" }, { "id": "0", "result": "ALLOW", "more": 1 }]))
            .unwrap();

    assert!(decisions.grants(&TASK_CREATE));
    assert_eq!(decisions.about(&TASK_READ, TaskRule::read), Decision::Deny);
}

#[test]
fn what_was_not_asked_is_refused() {
    let decisions =
        answer(json!([{ "id": "0", "result": "ALLOW" }, { "id": "1", "result": "ALLOW" }])).unwrap();

    assert!(!decisions.grants(&TEMPLATE_DRY_RUN));
    assert_eq!(decisions.about(&TASK_CANCEL, TaskRule::read), Decision::Deny);
}

#[test]
fn an_answer_that_does_not_fit_is_none() {
    let allow = |id: &str| json!({ "id": id, "result": "ALLOW" });

    for items in [
        json!([]),
        json!([allow("0")]),
        json!([allow("0"), allow("0")]),
        json!([allow("0"), allow("2")]),
        json!([allow("0"), allow("1"), allow("2")]),
        json!([allow("0"), { "id": "1", "result": "allow" }]),
        json!([allow("0"), { "id": "1", "result": ["ALLOW"] }]),
        json!([allow("0"), { "id": "1" }]),
        json!([allow("0"), { "id": "1", "result": "CONDITIONAL" }]),
        json!([allow("0"), { "id": "1", "result": "CONDITIONAL", "resourceType": "scaffolder-task" }]),
        json!([allow("0"), { "id": "1", "result": "CONDITIONAL", "resourceType": "catalog-entity", "conditions": owner("user:a") }]),
        // A permission without a resource has no conditions.
        json!([{ "id": "0", "result": "CONDITIONAL", "resourceType": "scaffolder-task", "conditions": owner("user:a") }, allow("1")]),
    ] {
        assert!(answer(items.clone()).is_err(), "{items}");
    }
    for body in ["", "null", "[]", "{}", "<html>", "{\"items\":{}}"] {
        assert!(read(&[TASK_CREATE], body.as_bytes()).is_err(), "{body}");
    }
}

#[test]
fn criteria_are_combined() {
    let (mine, other) = (owner("user:a"), owner("user:b"));

    assert!(sees(mine.clone()));
    assert!(!sees(other.clone()));
    assert!(sees(json!({ "not": other })));
    assert!(sees(json!({ "anyOf": [other, mine] })));
    assert!(!sees(json!({ "allOf": [mine, other] })));
    assert!(sees(json!({ "allOf": [mine, { "not": { "anyOf": [other, { "allOf": [other, mine] }] } }] })));
}

#[test]
fn criteria_that_are_none_make_the_whole_answer_none() {
    for conditions in [
        json!(null),
        json!({}),
        json!("x"),
        json!({ "allOf": [] }),
        json!({ "anyOf": {} }),
        json!({ "not": [owner("user:a")] }),
        json!({ "rule": "IS_TASK_OWNER" }),
        json!({ "rule": "IS_TASK_OWNER", "resourceType": "scaffolder-task", "params": [] }),
        json!({ "allOf": [owner("user:a")], "anyOf": [owner("user:a")] }),
        json!({ "anyOf": [owner("user:a"), { "nope": 1 }] }),
    ] {
        assert!(conditional(conditions.clone()).is_err(), "{conditions}");
    }
}

#[test]
fn a_rule_that_is_not_known_refuses_everything_also_below_a_not() {
    let unknown = json!({ "rule": "IS_FRIDAY", "resourceType": "scaffolder-task" });
    let elsewhere = json!({ "rule": "IS_TASK_OWNER", "resourceType": "scaffolder-action", "params": { "createdBy": ["user:b"] } });
    let wrong = json!({ "rule": "IS_TASK_OWNER", "resourceType": "scaffolder-task", "params": { "createdBy": "user:b" } });
    let missing = json!({ "rule": "IS_TASK_OWNER", "resourceType": "scaffolder-task" });

    for bad in [unknown, elsewhere, wrong, missing] {
        assert!(!sees(bad.clone()), "{bad}");
        assert!(!sees(json!({ "not": bad })), "{bad}");
        assert!(!sees(json!({ "anyOf": [owner("user:a"), bad] })), "{bad}");
    }
}

#[test]
fn criteria_have_a_largest_depth_and_number() {
    let deep = |depth: usize| (1..depth).fold(owner("user:a"), |inner, _| json!({ "allOf": [inner] }));
    let wide = |count: usize| json!({ "anyOf": vec![owner("user:a"); count] });

    assert!(conditional(deep(32)).is_ok() && conditional(deep(33)).is_err());
    assert!(conditional(wide(399)).is_ok() && conditional(wide(400)).is_err());
}

#[test]
fn parameters_of_rules_have_their_type() {
    let read = |name: &str, params: Value| ActionRule::read(name, &params);
    let key = || "k".to_owned();

    let text = |value| Some(ActionRule::Has { key: key(), property: Property::Text(value) });
    assert_eq!(read("HAS_STRING_PROPERTY", json!({ "key": "k" })), text(None));
    assert_eq!(
        read("HAS_STRING_PROPERTY", json!({ "key": "k", "value": "v", "x": 1 })),
        text(Some("v".into()))
    );
    assert_eq!(
        read("HAS_BOOLEAN_PROPERTY", json!({ "key": "k", "value": false })),
        Some(ActionRule::Has { key: key(), property: Property::Boolean(Some(false)) })
    );
    for (name, params) in [
        ("HAS_STRING_PROPERTY", json!({})),
        ("HAS_STRING_PROPERTY", json!({ "key": 1 })),
        ("HAS_STRING_PROPERTY", json!({ "key": "k", "value": null })),
        ("HAS_STRING_PROPERTY", json!({ "key": "k", "value": 1 })),
        ("HAS_NUMBER_PROPERTY", json!({ "key": "k", "value": "1" })),
        ("HAS_BOOLEAN_PROPERTY", json!({ "key": "k", "value": "true" })),
        ("HAS_ACTION_ID", json!({})),
        ("HAS_PROPERTY", json!({ "key": "k" })),
    ] {
        assert_eq!(read(name, params.clone()), None, "{name} {params}");
    }
}

#[test]
fn for_callers_about_whom_nobody_is_asked_everything_is_allowed() {
    let decisions = Decisions::everything();

    assert!(ALL.iter().all(|permission| decisions.grants(permission)));
    assert_eq!(decisions.about(&TASK_READ, TaskRule::read), Decision::Allow);
}
