use super::*;
use crate::action::UnknownAction;
use crate::ids::TaskId;
use crate::task::StepFault;

fn violation() -> SchemaViolation {
    SchemaViolation {
        path: vec![json!("name")],
        property: "instance.name".to_owned(),
        message: "does not match pattern \"^a$\"".to_owned(),
        schema: json!({ "pattern": "^a$" }),
        instance: json!("hunter2").into(),
        name: "pattern".to_owned(),
        argument: json!("^a$").into(),
        stack: "instance.name does not match pattern \"^a$\"".to_owned(),
    }
}

#[test]
fn the_body_is_backstages() {
    let error = ApiError::not_found("Template template:default/nope not found");

    assert_eq!(
        error.body("POST", "/v2/tasks").unwrap(),
        json!({
            "error": { "name": "NotFoundError", "message": "Template template:default/nope not found" },
            "request": { "method": "POST", "url": "/v2/tasks" },
            "response": { "statusCode": 404 },
        })
    );
}

#[test]
fn every_name_of_backstages_has_its_status() {
    let statuses = [
        ("InputError", 400),
        ("AuthenticationError", 401),
        ("NotAllowedError", 403),
        ("NotFoundError", 404),
        ("ConflictError", 409),
        ("NotImplementedError", 501),
        ("ServiceUnavailableError", 503),
        ("TemplateRenderError", 500),
        ("Error", 500),
    ];

    for (name, status) in statuses {
        let failure = FailureInfo { name: name.to_owned(), message: "m".to_owned(), at: None };
        assert_eq!(ApiError::of_step(failure).status().as_u16(), status, "{name}");
    }
}

#[test]
fn violations_have_the_other_body() {
    let body = ApiError::Violations(vec![violation()]).body("POST", "/v2/tasks").unwrap();

    assert_eq!(body["errors"][0]["property"], "instance.name");
    assert_eq!(body.as_object().unwrap().len(), 1);
}

#[test]
fn violations_are_logged_without_the_values_they_quote() {
    let text = ApiError::Violations(vec![violation()]).for_log();

    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn an_internal_cause_is_for_the_log_alone() {
    let error = ApiError::internal(std::io::Error::other("/var/lib/secret.key is away"));

    assert!(!error.body("GET", "/x").unwrap().to_string().contains("secret.key"));
    assert!(error.for_log().contains("secret.key is away"));
}

#[test]
fn a_repository_that_is_away_is_503_and_its_address_is_for_the_log_alone() {
    let away = FetchError::Git(GitError::Unavailable("git.internal:8443 refused".to_owned()));

    let error = ApiError::from(CreateError::Files(away));

    assert_eq!(error.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(!error.body("GET", "/x").unwrap().to_string().contains("git.internal"));
    assert!(error.for_log().contains("git.internal:8443 refused"));
}

#[test]
fn a_task_that_runs_cannot_be_retried_409() {
    let id = TaskId::generate();

    let error = ApiError::from(RetryError::NotEnded(id));

    assert_eq!(error.status(), StatusCode::CONFLICT);
    assert_eq!(
        error.body("POST", "/x").unwrap()["error"]["message"],
        format!("Task with taskId {id} cannot be retried")
    );
}

#[test]
fn an_unknown_action_is_400_on_create_and_404_on_dry_run() {
    let unknown = UnknownAction::new("fetch:plane", ["fetch:plain"]);
    let fault = StepFault {
        step: "fetch".to_owned(),
        at: "spec.steps[0].action".to_owned(),
        message: unknown.to_string(),
        unknown: Unknown::Action,
    };

    let create = ApiError::from(CreateError::Steps(vec![fault.clone()]));
    let dry_run = ApiError::from(DryRunError::Steps(vec![fault]));

    assert_eq!(create.status(), StatusCode::BAD_REQUEST);
    let message = create.body("POST", "/x").unwrap()["error"]["message"].as_str().unwrap().to_owned();
    assert!(
        ["`fetch`", "`fetch:plane`", "`fetch:plain`"].iter().all(|part| message.contains(part)),
        "{message}"
    );
    assert_eq!(dry_run.status(), StatusCode::NOT_FOUND);
}

#[test]
fn no_route_has_no_body() {
    assert_eq!(ApiError::NoRoute.body("GET", "/v2/nope"), None);
    assert_eq!(ApiError::NoRoute.status(), StatusCode::NOT_FOUND);
}
