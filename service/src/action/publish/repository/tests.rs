use super::*;

fn settings(value: Value) -> Settings {
    serde_json::from_value(value).unwrap()
}

#[test]
fn nothing_said_gives_a_private_repository_that_takes_every_kind_of_merge() {
    let task = TaskId::generate();

    let new = Settings::default().new_repository("main", task);

    assert_eq!(new.visibility, Visibility::Private);
    assert_eq!((new.default_branch.as_str(), new.created_by), ("main", task));
    assert_eq!(
        Value::Object(new.settings),
        json!({
            "delete_branch_on_merge": false,
            "allow_merge_commit": true,
            "allow_squash_merge": true,
            "allow_rebase_merge": true,
            "allow_auto_merge": false,
            "allow_update_branch": false,
            "squash_merge_commit_title": "COMMIT_OR_PR_TITLE",
            "squash_merge_commit_message": "COMMIT_MESSAGES",
        })
    );
}

#[test]
fn what_is_said_stands_in_the_settings() {
    let given =
        settings(json!({ "repoVisibility": "internal", "hasWiki": false, "allowMergeCommit": false }));

    let new = given.new_repository("main", TaskId::generate());

    assert_eq!(new.visibility, Visibility::Internal);
    assert_eq!(new.settings["has_wiki"], false);
    assert_eq!(new.settings["allow_merge_commit"], false);
    assert!(!new.settings.contains_key("has_issues"));
}

#[test]
fn collaborators_are_named_by_the_last_part_of_their_reference() {
    let given: Vec<Collaborator> = serde_json::from_value(json!([
        { "user": "user:default/jane", "access": "push" },
        { "team": "platform", "access": "admin" },
    ]))
    .unwrap();

    let values: Vec<Value> = given.iter().map(|one| one.to_value().unwrap()).collect();

    assert_eq!(
        values,
        [json!({ "user": "jane", "access": "push" }), json!({ "team": "platform", "access": "admin" })]
    );
}

#[test]
fn a_collaborator_without_a_name_is_refused() {
    let empty = Collaborator { user: Some(String::new()), team: None, access: "push".to_owned() };
    let nobody = Collaborator { user: None, team: None, access: "push".to_owned() };

    assert!(matches!(empty.to_value(), Err(ActionError::Input(_))));
    assert!(matches!(nobody.to_value(), Err(ActionError::Input(_))));
}
