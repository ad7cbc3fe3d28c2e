use serde_json::json;

use super::*;
use crate::ids::TaskId;
use crate::journal::{EventKind, StepState};
use crate::task::TaskStatus;

fn task(id: TaskId) -> Task {
    Task {
        id,
        spec: TaskSpec {
            api_version: "scaffolder.backstage.io/v1beta3".to_owned(),
            steps: Vec::new(),
            recovery: None,
            output: json!({}),
            parameters: json!({ "name": "demo" }),
            user: Map::new(),
            template_info: json!({ "entityRef": "template:default/demo" }),
        },
        pin: None,
        status: TaskStatus::Open,
        created_at_ms: 1_795_403_991_000,
        last_heartbeat_at_ms: None,
        created_by: None,
    }
}

#[test]
fn times_are_iso_with_milliseconds_in_utc() {
    assert_eq!(Time(0).to_string(), "1970-01-01T00:00:00.000Z");
    assert_eq!(Time(1_795_403_991_042).to_string(), "2026-11-23T03:19:51.042Z");
}

#[test]
fn a_waiting_task_of_a_service_has_no_owner_and_a_null_heartbeat() {
    let id = TaskId::generate();

    let shape = serde_json::to_value(TaskShape::from(&task(id))).unwrap();

    assert_eq!(
        shape,
        json!({
            "id": id.to_string(),
            "spec": {
                "apiVersion": "scaffolder.backstage.io/v1beta3",
                "steps": [],
                "output": {},
                "parameters": { "name": "demo" },
                "user": {},
                "templateInfo": { "entityRef": "template:default/demo" },
            },
            "status": "open",
            "createdAt": "2026-11-23T03:19:51.000Z",
            "lastHeartbeatAt": null,
        })
    );
}

#[test]
fn a_task_of_a_user_names_its_owner() {
    let task = Task { created_by: Some("user:default/jane".to_owned()), ..task(TaskId::generate()) };

    assert_eq!(serde_json::to_value(TaskShape::from(&task)).unwrap()["createdBy"], "user:default/jane");
}

#[test]
fn an_event_has_only_the_fields_that_are_set() {
    let id = TaskId::generate();
    let body = EventBody::of_step("fetch", "Beginning step Fetch").with_status(StepState::Processing);
    let event = TaskEvent { id: 2, task_id: id, kind: EventKind::Log, body, created_at_ms: 0 };

    assert_eq!(
        serde_json::to_value(EventShape::new(&event, false)).unwrap(),
        json!({
            "id": 2,
            "isTaskRecoverable": false,
            "taskId": id.to_string(),
            "body": { "message": "Beginning step Fetch", "stepId": "fetch", "status": "processing" },
            "type": "log",
            "createdAt": "1970-01-01T00:00:00.000Z",
        })
    );
}

#[test]
fn a_page_tells_how_many_there_are_in_all() {
    let page = TaskPage { tasks: Vec::new(), total: 19 };

    assert_eq!(
        serde_json::to_value(PageShape::from(&page)).unwrap(),
        json!({ "tasks": [], "totalTasks": 19 })
    );
}
