use super::*;

fn map(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// As GitHub shows it, in short.
fn found() -> Value {
    json!({
        "url": "https://api.github.com/repos/acme/shop/branches/main/protection",
        "required_status_checks": {
            "url": "…", "contexts_url": "…", "strict": true, "contexts": ["ci"],
            "checks": [{ "context": "ci", "app_id": null }],
        },
        "enforce_admins": { "url": "…", "enabled": true },
        "required_pull_request_reviews": {
            "url": "…",
            "dismiss_stale_reviews": false,
            "require_code_owner_reviews": true,
            "required_approving_review_count": 2,
            "require_last_push_approval": false,
            "bypass_pull_request_allowances": {
                "users": [{ "login": "jane", "id": 1 }], "teams": [{ "slug": "platform", "id": 2 }], "apps": [],
            },
        },
        "restrictions": { "url": "…", "users": [], "teams": [{ "slug": "platform" }], "apps": [{ "slug": "bot" }] },
        "required_linear_history": { "enabled": false },
        "allow_deletions": { "enabled": true },
        "required_signatures": { "url": "…", "enabled": true },
    })
}

#[test]
fn what_github_shows_takes_the_form_in_which_it_is_given() {
    assert_eq!(
        Value::Object(given(&found())),
        json!({
            "required_status_checks": { "strict": true, "contexts": ["ci"], "checks": [{ "context": "ci" }] },
            "enforce_admins": true,
            "required_pull_request_reviews": {
                "dismiss_stale_reviews": false,
                "require_code_owner_reviews": true,
                "required_approving_review_count": 2,
                "require_last_push_approval": false,
                "bypass_pull_request_allowances": { "users": ["jane"], "teams": ["platform"], "apps": [] },
            },
            "restrictions": { "users": [], "teams": ["platform"], "apps": ["bot"] },
            "required_linear_history": false,
            "allow_deletions": true,
        })
    );
}

#[test]
fn the_four_that_github_wants_to_be_told_are_always_said() {
    let sent = body(&Map::new(), &map(json!({ "allow_deletions": true })));

    assert_eq!(
        sent,
        json!({
            "allow_deletions": true,
            "required_status_checks": null,
            "enforce_admins": null,
            "required_pull_request_reviews": null,
            "restrictions": null,
        })
    );
}

#[test]
fn what_is_not_said_stays_as_it_is() {
    let sent = body(
        &given(&found()),
        &map(json!({ "required_pull_request_reviews": { "required_approving_review_count": 1 } })),
    );

    assert_eq!(sent["required_pull_request_reviews"]["required_approving_review_count"], 1);
    assert_eq!(sent["required_pull_request_reviews"]["require_code_owner_reviews"], true);
    assert_eq!(sent["enforce_admins"], true);
    assert_eq!(sent["allow_deletions"], true);
}

#[test]
fn checks_that_stay_do_not_contradict_contexts_that_are_wanted() {
    let wanted = map(json!({ "required_status_checks": { "strict": false, "contexts": ["build"] } }));

    let sent = body(&given(&found()), &wanted);

    assert_eq!(sent["required_status_checks"], json!({ "strict": false, "contexts": ["build"] }));
}

#[test]
fn people_who_lose_their_place_lose_it() {
    let wanted = map(json!({ "restrictions": null }));

    assert_eq!(body(&given(&found()), &wanted)["restrictions"], Value::Null);
}
