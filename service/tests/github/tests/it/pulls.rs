//! Pull requests: made, reviewed, merged.

use serde_json::{Value, json};

use crate::support::Acme;

const PATH: &str = "/repos/acme/shop/pulls";

/// A pull request from `feat`, which changes `b`, to `main`.
fn pull() -> Acme {
    let acme = Acme::new();
    acme.commit("main", &[("a", "1")]);
    acme.commit("feat", &[("b", "2")]);
    acme.made(PATH, &json!({ "title": "Add b", "head": "feat", "base": "main", "body": "As said." }));
    acme
}

fn file(acme: &Acme, branch: &str, path: &str) -> Option<String> {
    let folder = acme.shop().folder;
    let output = std::process::Command::new("git")
        .arg("--git-dir")
        .arg(folder)
        .args(["cat-file", "blob", &format!("{branch}:{path}")])
        .output()
        .unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_pull_request_needs_two_branches_that_differ_and_is_there_once() {
    let acme = pull();
    let body = |head: &str, base: &str| json!({ "title": "x", "head": head, "base": base });
    let again = acme.refused(422, "POST", PATH, &body("acme:feat", "main"));
    assert!(again.contains("A pull request already exists for acme:feat."), "{again}");
    assert!(acme.refused(422, "POST", PATH, &body("gone", "main")).contains("invalid"));
    assert!(acme.refused(422, "POST", PATH, &body("feat", "gone")).contains("invalid"));
    acme.commit("same", &[]);
    acme.commit("old", &[]);
    assert!(
        acme.refused(422, "POST", PATH, &body("main", "same")).contains("No commits between same and main")
    );
    assert_eq!(acme.get(&format!("{PATH}?head=acme:feat&state=all")).as_array().unwrap().len(), 1);
    assert_eq!(acme.get(&format!("{PATH}?head=acme:other")), json!([]));
    let one = acme.get(&format!("{PATH}/1"));
    assert_eq!(
        (one["mergeable"].clone(), one["changed_files"].clone(), one["commits"].clone()),
        (json!(true), json!(1), json!(1))
    );
    assert_eq!(acme.get(&format!("{PATH}/1/files"))[0]["filename"], "b");
    assert_eq!(acme.get("/repos/acme/shop/issues/1")["pull_request"]["merged_at"], Value::Null);
}

#[test]
fn merging_makes_the_commits_that_the_method_says() {
    for (method, parents) in [("merge", 2), ("squash", 1), ("rebase", 1)] {
        let acme = pull();
        acme.commit("main", &[("c", "3")]);
        let merged = acme.expect(200, "PUT", &format!("{PATH}/1/merge"), &json!({ "merge_method": method }));

        let head = acme.github.head("acme", "shop", "main").unwrap();
        assert_eq!(merged["sha"], head.as_str());
        for (path, text) in [("a", "1"), ("b", "2"), ("c", "3")] {
            assert_eq!(file(&acme, "main", path).as_deref().map(str::trim_end), Some(text), "{method}");
        }
        let output = std::process::Command::new("git")
            .arg("--git-dir")
            .arg(acme.shop().folder)
            .args(["log", "-1", "--format=%P", "main"])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap().split_whitespace().count(), parents, "{method}");
        acme.done("GET", &format!("{PATH}/1/merge"), &Value::Null);
        assert_eq!(acme.get(&format!("{PATH}/1"))["merged"], true);
        acme.refused(405, "PUT", &format!("{PATH}/1/merge"), &json!({}));
        let kept = acme.shop().tracker.issue(1).unwrap().pull.clone().unwrap();
        assert_eq!(kept.merged.unwrap().method, method);
    }
}

#[test]
fn a_conflict_a_moved_head_and_a_forbidden_method_are_refused() {
    let acme = pull();
    let merge = format!("{PATH}/1/merge");
    acme.refused(409, "PUT", &merge, &json!({ "sha": "0".repeat(40) }));
    acme.commit("main", &[("b", "other")]);
    assert_eq!(acme.get(&format!("{PATH}/1"))["mergeable_state"], "dirty");
    assert_eq!(acme.refused(405, "PUT", &merge, &json!({})), "Pull Request is not mergeable");
    acme.github.change(|state| {
        let id = state.repository("acme", "shop").unwrap().id;
        state
            .repositories
            .get_mut(&id)
            .unwrap()
            .settings
            .insert("allow_squash_merge".to_owned(), json!(false));
    });
    let why = acme.refused(405, "PUT", &merge, &json!({ "merge_method": "squash" }));
    assert_eq!(why, "Squash merges are not allowed on this repository.");
}

#[test]
fn rules_ask_for_reviews_and_checks() {
    let mut acme = pull();
    let review = json!({
        "required_approving_review_count": 1,
        "dismiss_stale_reviews_on_push": false,
        "require_code_owner_review": false,
        "require_last_push_approval": false,
        "required_review_thread_resolution": false,
    });
    let checks = json!({
        "strict_required_status_checks_policy": false,
        "required_status_checks": [{ "context": "build" }],
    });
    let rules = json!({
        "name": "main",
        "enforcement": "active",
        "conditions": { "ref_name": { "include": ["refs/heads/main"], "exclude": [] } },
        "rules": [
            { "type": "pull_request", "parameters": review },
            { "type": "required_status_checks", "parameters": checks },
        ],
    });
    acme.made("/repos/acme/shop/rulesets", &rules);
    let (merge, reviews) = (format!("{PATH}/1/merge"), format!("{PATH}/1/reviews"));

    assert!(
        acme.refused(405, "PUT", &merge, &json!({})).starts_with("At least 1 approving review is required")
    );
    acme.refused(422, "POST", &reviews, &json!({ "event": "APPROVE" }));
    let jane = acme.token.clone();
    acme.github.change(|state| {
        let id = state.repository("acme", "shop").unwrap().id;
        state.repositories.get_mut(&id).unwrap().collaborators.insert("joe".to_owned(), "push".to_owned());
    });
    acme.token = acme.token_of("joe");
    acme.expect(200, "POST", &reviews, &json!({ "event": "APPROVE", "body": "Fine." }));
    acme.token = jane;
    assert_eq!(acme.get(&reviews)[0]["state"], "APPROVED");
    assert_eq!(acme.refused(405, "PUT", &merge, &json!({})), "Required status check \"build\" is expected.");
    let head = acme.github.head("acme", "shop", "feat").unwrap();
    let path = format!("/repos/acme/shop/statuses/{head}");
    acme.made(&path, &json!({ "state": "failure", "context": "build" }));
    acme.refused(405, "PUT", &merge, &json!({}));
    acme.made(&path, &json!({ "state": "success", "context": "build", "description": "Built." }));
    assert_eq!(acme.get(&format!("/repos/acme/shop/commits/{head}/statuses")).as_array().unwrap().len(), 2);
    let combined = acme.get("/repos/acme/shop/commits/feat/status");
    assert_eq!((combined["state"].clone(), combined["total_count"].clone()), (json!("success"), json!(1)));
    acme.expect(200, "PUT", &merge, &json!({}));
}

#[test]
fn reviewers_are_asked_for() {
    let acme = pull();
    let path = format!("{PATH}/1/requested_reviewers");
    acme.made(&path, &json!({ "reviewers": ["joe"], "team_reviewers": ["platform"] }));
    let asked = acme.get(&path);
    assert_eq!(
        (asked["users"][0]["login"].clone(), asked["teams"][0]["slug"].clone()),
        (json!("joe"), json!("platform"))
    );
    assert!(acme.refused(422, "POST", &path, &json!({ "reviewers": ["jane"] })).contains("author"));
    assert!(acme.refused(422, "POST", &path, &json!({ "reviewers": ["ann"] })).contains("collaborators"));
    acme.expect(200, "DELETE", &path, &json!({ "reviewers": ["joe"] }));
    let kept = acme.shop().tracker.issue(1).unwrap().pull.clone().unwrap();
    assert!(kept.reviewers.is_empty() && kept.team_reviewers.contains("platform"));
}

#[test]
fn a_pull_request_is_changed_closed_and_brought_up_to_date() {
    let acme = pull();
    let one = format!("{PATH}/1");
    acme.expect(200, "PATCH", &one, &json!({ "title": "Add b at last" }));
    acme.commit("main", &[("c", "3")]);
    acme.expect(202, "PUT", &format!("{one}/update-branch"), &json!({}));
    assert_eq!(file(&acme, "feat", "c").as_deref().map(str::trim_end), Some("3"));
    acme.expect(200, "PATCH", &one, &json!({ "state": "closed" }));
    acme.refused(405, "PUT", &format!("{one}/merge"), &json!({}));
    assert_eq!(acme.get(&format!("{PATH}?state=closed"))[0]["title"], "Add b at last");
    acme.expect(200, "PATCH", &one, &json!({ "state": "open" }));
    acme.expect(200, "PUT", &format!("{one}/merge"), &json!({ "commit_title": "Done" }));
}
