use serde_json::json;

use super::*;

fn standard(id: &str) -> Arc<Registered> {
    let mut registry = Registry::standard();
    registry.by_id.remove(id).unwrap()
}

fn message(id: &str, input: &Value) -> String {
    standard(id).check(input).unwrap_err().to_string()
}

/// All object schemas in a schema that name their properties.
fn objects(schema: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    if schema.get("properties").is_some_and(Value::is_object) && schema["type"] == "object" {
        found.push(schema);
    }
    match schema {
        Value::Object(map) => found.extend(map.values().flat_map(objects)),
        Value::Array(items) => found.extend(items.iter().flat_map(objects)),
        _ => {}
    }
    found
}

#[test]
fn the_actions_are_these() {
    let registry = Registry::standard();

    let ids: Vec<&str> = registry.definitions().map(|definition| &*definition.id).collect();

    assert_eq!(
        ids,
        [
            "catalog:fetch",
            "catalog:generate",
            "catalog:register",
            "catalog:scaffolded-from",
            "catalog:template:version",
            "catalog:write",
            "debug:log",
            "debug:wait",
            "fetch:handlebars",
            "fetch:plain",
            "fetch:plain:file",
            "fetch:template",
            "fetch:template:file",
            "fs:delete",
            "fs:readdir",
            "fs:rename",
            "github:actions:dispatch",
            "github:actions:wire",
            "github:autolinks:create",
            "github:branch-protection:create",
            "github:codeowners:check",
            "github:collaborators:add",
            "github:custom-properties:set",
            "github:dependabot:secrets",
            "github:deployKey:create",
            "github:environment:create",
            "github:issues:create",
            "github:issues:label",
            "github:pages:enable",
            "github:pull-request:merge",
            "github:repo:create",
            "github:repo:generate",
            "github:repo:push",
            "github:repository-dispatch",
            "github:ruleset:create",
            "github:webhook",
            "http:backstage:request",
            "humanitec:app:create",
            "notification:send",
            "publish:github",
            "publish:github:pull-request",
            "roadiehq:utils:fs:append",
            "roadiehq:utils:fs:parse",
            "roadiehq:utils:fs:replace",
            "roadiehq:utils:fs:write",
            "roadiehq:utils:json:merge",
            "roadiehq:utils:jsonata",
            "roadiehq:utils:jsonata:json:transform",
            "roadiehq:utils:jsonata:yaml:transform",
            "roadiehq:utils:merge",
            "roadiehq:utils:serialize:json",
            "roadiehq:utils:serialize:yaml",
            "roadiehq:utils:sleep",
            "roadiehq:utils:zip",
            "workspace:template",
            "workspace:template:file",
        ]
    );
}

#[test]
fn every_schema_is_draft_07_and_closed() {
    for definition in Registry::standard().definitions() {
        for schema in std::iter::once(&definition.input).chain(&definition.output) {
            assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#", "{}", definition.id);
            assert!(!objects(schema).is_empty(), "{}", definition.id);
            for object in objects(schema) {
                assert_eq!(object["additionalProperties"], false, "{}: {object}", definition.id);
            }
        }
    }
}

#[test]
fn every_example_fits_the_schema_of_its_action() {
    let registry = Registry::standard();
    for registered in registry.by_id.values() {
        let definition = registered.definition();
        for example in definition.examples {
            let text: Value = serde_yaml::from_str(example.example).unwrap();
            let steps = text["steps"].as_array().unwrap();
            // Some actions need what another step makes; it is the last one that is shown.
            assert_eq!(steps.last().unwrap()["action"], *definition.id, "{}", example.description);
            for step in steps {
                assert!(step["id"].is_string() && step["name"].is_string(), "{}", definition.id);
                let named = registry.get(step["action"].as_str().unwrap()).unwrap();
                // What an earlier step puts out has its type only when it runs.
                if !step["input"].to_string().contains("${{ steps.") {
                    named.check(&step["input"]).unwrap();
                }
            }
        }
    }
}

/// The members of a schema's objects that nobody has described.
fn undescribed(schema: &Value) -> Vec<String> {
    let members = objects(schema).into_iter().flat_map(|object| object["properties"].as_object().unwrap());
    let silent = |member: &Value| member["description"].as_str().is_none_or(|text| text.trim().is_empty());
    members.filter(|(_, member)| silent(member)).map(|(name, _)| name.clone()).collect()
}

#[test]
fn nothing_of_an_action_lacks_a_description() {
    for definition in Registry::standard().definitions() {
        let id = &definition.id;
        assert!(definition.description.ends_with('.'), "{id}");
        for schema in std::iter::once(&definition.input).chain(&definition.output) {
            assert_eq!(undescribed(schema), Vec::<String>::new(), "{id}");
        }
        let mut described: Vec<&str> = definition.examples.iter().map(|one| one.description).collect();
        assert!(!described.is_empty() && described.iter().all(|text| !text.trim().is_empty()), "{id}");
        described.sort_unstable();
        described.dedup();
        assert_eq!(described.len(), definition.examples.len(), "{id}: two examples say the same");
    }
}

#[test]
fn what_upstream_takes_is_taken() {
    let repository = [
        "access",
        "allowAutoMerge",
        "allowMergeCommit",
        "allowRebaseMerge",
        "allowSquashMerge",
        "allowUpdateBranch",
        "collaborators",
        "customProperties",
        "deleteBranchOnMerge",
        "description",
        "hasIssues",
        "hasProjects",
        "hasWiki",
        "homepage",
        "oidcCustomization",
        "repoUrl",
        "repoVariables",
        "repoVisibility",
        "secrets",
        "squashMergeCommitMessage",
        "squashMergeCommitTitle",
        "subscribe",
        "token",
        "topics",
    ];
    let push = [
        "bypassPullRequestAllowances",
        "defaultBranch",
        "dismissStaleReviews",
        "gitAuthorEmail",
        "gitAuthorName",
        "gitCommitMessage",
        "protectDefaultBranch",
        "protectEnforceAdmins",
        "repoUrl",
        "requireBranchesToBeUpToDate",
        "requireCodeOwnerReviews",
        "requireLastPushApproval",
        "requiredApprovingReviewCount",
        "requiredCommitSigning",
        "requiredConversationResolution",
        "requiredLinearHistory",
        "requiredStatusCheckContexts",
        "restrictions",
        "sourcePath",
        "token",
    ];
    // What upstream took before it closed its schemas, and templates still carry.
    let older = ["allowedHosts"];
    let wanted = |id: &str| -> std::collections::BTreeSet<&str> {
        let keys: Vec<&str> = match id {
            "github:repo:create" => repository.into_iter().chain(["autoInit", "workflowAccess"]).collect(),
            "github:repo:push" => push.into_iter().collect(),
            _ => repository.into_iter().chain(push).collect(),
        };
        keys.into_iter().chain(older).collect()
    };

    for id in ["github:repo:create", "github:repo:push", "publish:github"] {
        let registered = standard(id);
        let taken = registered.definition().input["properties"].as_object().unwrap();

        assert_eq!(
            taken.keys().map(String::as_str).collect::<std::collections::BTreeSet<_>>(),
            wanted(id),
            "{id}"
        );
    }
}

#[test]
fn a_fault_is_told_in_backstages_words() {
    assert_eq!(
        message("fs:delete", &json!({ "files": "x" })),
        "Invalid input passed to action fs:delete, instance.files is not of a type(s) array"
    );
}

#[test]
fn every_fault_is_told_and_a_mistyped_key_gets_its_name() {
    let message = message("fetch:template", &json!({ "targetpath": "x", "values": 1 }));

    assert!(message.starts_with("Invalid input passed to action fetch:template, "), "{message}");
    assert!(message.contains("instance requires property \"url\""), "{message}");
    assert!(message.contains("instance.values is not of a type(s) object"), "{message}");
    assert!(
        message.contains(
            "additional property \"targetpath\"; did you mean `targetPath` instead of `targetpath`?"
        ),
        "{message}"
    );
}

#[test]
fn a_mistyped_key_is_found_in_an_input_of_several_forms() {
    let input = json!({ "repoContentUrl": "https://github.com/a/b/blob/main" });

    let message = message("catalog:register", &input);

    assert!(message.ends_with("did you mean `repoContentsUrl` instead of `repoContentUrl`?"), "{message}");
}

#[test]
fn an_action_that_is_not_there_gets_the_nearest_name() {
    let registry = Registry::standard();

    let slip = registry.get("fetch:tempalte").err().unwrap();
    let other = registry.get("no:such:thing:at:all").err().unwrap();

    assert_eq!(slip.to_string(), "action `fetch:tempalte` is not available; did you mean `fetch:template`?");
    assert_eq!(other.nearest, None);
}

#[test]
fn a_dry_run_gets_outputs_that_stand_in() {
    assert_eq!(
        standard("publish:github").example_output(),
        json!({
            "remoteUrl": "<example>",
            "repoContentsUrl": "<example>",
            "repositoryId": "<example>",
            "ownerId": "<example>",
            "commitHash": "<example>"
        })
    );
    assert_eq!(standard("catalog:register").example_output(), json!({}));
}

#[test]
fn what_changes_something_outside_is_left_out_of_a_dry_run() {
    // They leave out what they must by themselves: by the method, or, as upstream, after a look at the input.
    let by_themselves = [
        "github:actions:wire",
        "github:issues:create",
        "github:webhook",
        "http:backstage:request",
        "publish:github:pull-request",
    ];
    for definition in Registry::standard().definitions() {
        if definition.kind == crate::action::Kind::Effect && !by_themselves.contains(&&*definition.id) {
            assert!(!definition.supports_dry_run, "{}", definition.id);
        }
    }
}
