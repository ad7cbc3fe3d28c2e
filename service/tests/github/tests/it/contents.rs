//! Files, branches and references.

use serde_json::{Value, json};

use crate::support::Acme;

const FILE: &str = "/repos/acme/shop/contents/docs/a.txt";

#[test]
fn a_file_may_be_the_first_commit_and_is_changed_by_its_id() {
    let acme = Acme::new();
    acme.refused(404, "GET", FILE, &Value::Null);
    let made = acme.expect(201, "PUT", FILE, &json!({ "message": "Add a", "content": "aGVsbG8=" }));
    let sha = made["content"]["sha"].clone();

    assert_eq!(acme.get(FILE)["content"], "aGVsbG8=\n");
    assert_eq!(acme.get("/repos/acme/shop/contents/docs")[0]["path"], "docs/a.txt");
    assert_eq!(acme.get("/repos/acme/shop/contents")[0]["type"], "dir");
    let again = json!({ "message": "Add a", "content": "aGVsbG8=" });
    assert!(acme.refused(422, "PUT", FILE, &again).contains("\"sha\" wasn't supplied"));
    let wrong = json!({ "message": "Change a", "content": "aGVsbG8=", "sha": "0".repeat(40) });
    acme.refused(409, "PUT", FILE, &wrong);
    let changed =
        acme.expect(200, "PUT", FILE, &json!({ "message": "Change a", "content": "aA", "sha": sha }));
    assert_eq!(acme.get(FILE)["size"], 1);
    let sha = changed["content"]["sha"].clone();
    acme.expect(200, "DELETE", FILE, &json!({ "message": "Remove a", "sha": sha }));
    acme.refused(404, "GET", FILE, &Value::Null);
}

#[test]
fn references_are_made_moved_forward_and_removed() {
    let acme = Acme::new();
    let refs = "/repos/acme/shop/git/refs";
    let body = |name: &str, sha: &str| json!({ "ref": name, "sha": sha });
    assert_eq!(acme.refused(409, "POST", refs, &body("refs/heads/a", "0")), "Git Repository is empty.");
    let first = acme.commit("main", &[("a", "1")]);
    let second = acme.commit("main", &[("a", "2")]);

    acme.made(refs, &body("refs/heads/feat/x", &first));
    let again = acme.refused(422, "POST", refs, &body("refs/heads/feat/x", &first));
    assert_eq!(again, "Reference already exists");
    acme.refused(422, "POST", refs, &body("refs/heads/b", &"1".repeat(40)));
    acme.refused(422, "POST", refs, &body("heads/b", &first));
    let one = "/repos/acme/shop/git/refs/heads/feat/x";
    acme.expect(200, "PATCH", one, &json!({ "sha": second }));
    assert_eq!(acme.refused(422, "PATCH", one, &json!({ "sha": first })), "Update is not a fast forward");
    acme.expect(200, "PATCH", one, &json!({ "sha": first, "force": true }));
    assert_eq!(acme.get("/repos/acme/shop/git/ref/heads/feat/x")["object"]["sha"], first.as_str());
    assert_eq!(acme.get("/repos/acme/shop/git/matching-refs/heads").as_array().unwrap().len(), 2);
    acme.done("DELETE", one, &Value::Null);
    acme.refused(404, "GET", "/repos/acme/shop/git/ref/heads/feat/x", &Value::Null);
}

#[test]
fn branches_say_whether_they_are_protected() {
    let acme = Acme::new();
    let sha = acme.commit("main", &[("a", "1")]);
    acme.commit("other", &[("a", "2")]);
    assert_eq!(acme.refused(404, "GET", "/repos/acme/shop/branches/none", &Value::Null), "Branch not found");
    let protection = json!({
        "required_status_checks": { "strict": true, "contexts": ["build"] },
        "enforce_admins": null,
        "required_pull_request_reviews": null,
        "restrictions": null,
    });
    acme.expect(200, "PUT", "/repos/acme/shop/branches/main/protection", &protection);

    let main = acme.get("/repos/acme/shop/branches/main");
    assert_eq!((main["protected"].clone(), main["commit"]["sha"].clone()), (json!(true), json!(sha)));
    assert_eq!(acme.get("/repos/acme/shop/branches?protected=false")[0]["name"], "other");
}

#[test]
fn a_repository_may_begin_with_a_commit() {
    let acme = Acme::new();
    acme.made("/orgs/acme/repos", &json!({ "name": "begun", "auto_init": true }));

    assert_eq!(acme.github.branches("acme", "begun"), ["main"]);
    assert_eq!(acme.get("/repos/acme/begun/contents/README.md")["name"], "README.md");
}
