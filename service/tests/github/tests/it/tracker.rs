//! Labels, milestones, issues.

use serde_json::{Value, json};

use crate::support::Acme;

#[test]
fn labels_are_there_once_whatever_their_case() {
    let acme = Acme::new();
    let path = "/repos/acme/shop/labels";
    assert_eq!(acme.get(path).as_array().unwrap().len(), 9);
    acme.made(path, &json!({ "name": "Area: Till", "color": "FF0000", "description": "of the till" }));
    assert!(acme.refused(422, "POST", path, &json!({ "name": "area: till" })).contains("already_exists"));
    assert!(acme.refused(422, "POST", path, &json!({ "name": "x", "color": "red" })).contains("invalid"));
    let one = format!("{path}/area:%20till");
    assert_eq!(acme.get(&one)["color"], "ff0000");
    acme.expect(200, "PATCH", &one, &json!({ "new_name": "till" }));
    assert_eq!(acme.get(&format!("{path}?per_page=100")).as_array().unwrap().len(), 10);
    acme.done("DELETE", &format!("{path}/till"), &Value::Null);
    acme.refused(404, "GET", &format!("{path}/till"), &Value::Null);
}

#[test]
fn an_issue_is_made_changed_and_closed() {
    let acme = Acme::new();
    acme.made("/repos/acme/shop/milestones", &json!({ "title": "1.0" }));
    let path = "/repos/acme/shop/issues";
    let body = json!({
        "title": "Broken", "body": "It is.", "labels": ["bug", "new"], "assignees": ["joe", "ann"], "milestone": 1,
    });
    let made = acme.made(path, &body);

    // A stranger cannot be assigned and is left out.
    assert_eq!(made["assignees"].as_array().unwrap().len(), 1);
    assert_eq!(
        acme.get(&format!("{path}?labels=bug,new&assignee=joe&milestone=1")).as_array().unwrap().len(),
        1
    );
    acme.refused(422, "POST", path, &json!({ "title": "x", "milestone": 2 }));
    let one = format!("{path}/1");
    acme.expect(200, "POST", &format!("{one}/labels"), &json!({ "labels": ["question"] }));
    acme.expect(200, "PUT", &format!("{one}/labels"), &json!({ "labels": ["question"] }));
    acme.refused(404, "DELETE", &format!("{one}/labels/bug"), &Value::Null);
    acme.expect(201, "POST", &format!("{one}/assignees"), &json!({ "assignees": ["jane"] }));
    acme.expect(200, "DELETE", &format!("{one}/assignees"), &json!({ "assignees": ["joe"] }));
    acme.made(&format!("{one}/comments"), &json!({ "body": "Mended." }));
    assert_eq!(acme.get(&format!("{one}/comments"))[0]["body"], "Mended.");
    acme.done("PUT", &format!("{one}/lock"), &json!({ "lock_reason": "resolved" }));
    let closed =
        acme.expect(200, "PATCH", &one, &json!({ "state": "closed", "state_reason": "not_planned" }));
    assert_eq!(
        (closed["state_reason"].clone(), closed["active_lock_reason"].clone()),
        (json!("not_planned"), json!("resolved"))
    );
    assert_eq!(acme.get(path), json!([]));
    assert_eq!(acme.get("/repos/acme/shop/milestones/1")["closed_issues"], 1);

    let kept = acme.shop().tracker.issue(1).unwrap().clone();
    assert_eq!((kept.labels, kept.assignees), (vec!["question".to_owned()], vec!["jane".to_owned()]));
    assert_eq!(acme.get("/repos/acme/shop/assignees").as_array().unwrap().len(), 2);
    acme.done("DELETE", &format!("{one}/lock"), &Value::Null);
    acme.expect(200, "PATCH", &one, &json!({ "state": "open" }));
    acme.done("DELETE", &format!("{one}/labels"), &Value::Null);
}

#[test]
fn issues_may_be_switched_off() {
    let acme = Acme::new();
    acme.github.change(|state| {
        let id = state.repository("acme", "shop").unwrap().id;
        state.repositories.get_mut(&id).unwrap().settings.insert("has_issues".to_owned(), json!(false));
    });
    acme.refused(410, "POST", "/repos/acme/shop/issues", &json!({ "title": "Broken" }));
}
