//! What a stock Backstage answered (`@backstage/plugin-scaffolder-backend` 4.2.0), and that we answer the same.
//!
//! `recorded/recorded.json` holds the recorded requests and answers in the form of [`super::contract`], with the
//! templates beside it: every field is compared, and what differs on purpose is said in `differs`. Values that
//! cannot be the same (ids, times) are placeholders. `recorded/README.md` tells for each recording which case
//! holds us to it, or why none does; it is generated (`UPDATE_GENERATED=1`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use stagecraft::db::Engine;
use stagecraft::entities::StoredEntity;

use super::contract::{Cases, Session};
use crate::support::app::TestApp;

/// Recordings are numbered from 1.
const LAST_RECORDING: u16 = 136;

/// Recordings without a case: which, what they are, and why they have none.
const LEFT_OUT: &[(u16, u16, &str, &str)] = &[
    (1, 1, "guest sign-in", "concerns Backstage's auth plugin alone"),
    (
        124,
        124,
        "Backstage's own scheduled tasks",
        "concerns Backstage's scheduler; ours are jobs of the queue",
    ),
    (
        125,
        125,
        "keys for tokens between plugins",
        "the service has such keys with a Backstage that it calls, which these requests have not; `trust::own_keys` looks at their form",
    ),
    (128, 136, "entities and locations", "concerns Backstage's catalog plugin alone"),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/http/recorded")
}

fn cases() -> Cases {
    serde_json::from_str(include_str!("recorded/recorded.json")).unwrap()
}

async fn recorded_app(engine: Engine) -> TestApp {
    let templates = json!([folder().join("templates")]).to_string();
    let tokens = r#"[{ token: contract-token, subject: "external:recorded" }, { token: guest-token, subject: "user:default/guest" }]"#;
    let settings = [
        ("TEMPLATES__SOURCES", templates.as_str()),
        ("AUTH__TOKENS", tokens),
        ("SERVER__CORS_ORIGINS", r#"["http://127.0.0.1:3999"]"#),
    ];
    let app = TestApp::on(engine, &settings).await;
    let file: Value = serde_json::from_str(include_str!("recorded/recorded.json")).unwrap();
    let guest = StoredEntity {
        entity_ref: "user:default/guest".to_owned(),
        entity: file["parts"]["guest entity"].clone(),
        location: "url:https://github.com/acme/people".to_owned(),
    };
    app.app.entities.register(&guest.location.clone(), "the test", &[guest]).await.unwrap();
    app
}

async fn recorded_requests_are_answered_as_recorded(engine: Engine) {
    let app = recorded_app(engine).await;
    let (base_url, stop) = app.serve().await;

    let faults = Session::new(&app, &base_url).run(cases()).await;

    stop.cancel();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_requests_are_answered_as_recorded_on_sqlite() {
    recorded_requests_are_answered_as_recorded(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_requests_are_answered_as_recorded_on_postgres() {
    recorded_requests_are_answered_as_recorded(Engine::Postgres).await;
}

/// Recording 016: every action that both have takes and gives the same.
#[tokio::test]
async fn recorded_actions_take_and_give_what_they_did() {
    let recorded: BTreeMap<String, Value> =
        serde_json::from_str(include_str!("recorded/actions.json")).unwrap();
    let app = TestApp::new().await;
    let registry = app.app.tasks.actions().known();
    let ours: BTreeMap<String, _> =
        registry.definitions().map(|definition| (definition.id.to_string(), definition)).collect();
    let mut faults = Vec::new();

    for (id, schemas) in &recorded {
        let Some(definition) = ours.get(id) else { continue };
        let empty = json!({});
        fits(&format!("{id} input"), &schemas["input"], &definition.input, &mut faults);
        if schemas["output"].is_object() {
            let output = definition.output.as_ref().unwrap_or(&empty);
            fits(&format!("{id} output"), &schemas["output"], output, &mut faults);
        }
    }

    let missing: Vec<&str> =
        recorded.keys().map(String::as_str).filter(|id| !ours.contains_key(*id)).collect();
    assert_eq!(missing, Vec::<&str>::new());
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Every recorded property is there with its type, and the same ones are required.
fn fits(place: &str, recorded: &Value, ours: &Value, faults: &mut Vec<String>) {
    for (name, property) in recorded["properties"].as_object().into_iter().flatten() {
        let found = &ours["properties"][name];
        let place = format!("{place}.{name}");
        if found.is_null() {
            faults.push(format!("{place} is missing"));
            continue;
        }
        if let Some(expected) = property.get("type")
            && found.get("type").is_some_and(|found| found != expected)
        {
            faults.push(format!("{place} is {} instead of {expected}", found["type"]));
        }
        fits(&place, property, found, faults);
    }
    let names = |schema: &Value| -> Vec<String> {
        let mut names: Vec<String> =
            schema["required"].as_array().into_iter().flatten().map(ToString::to_string).collect();
        names.sort();
        names
    };
    if place.contains(" input") && names(recorded) != names(ours) {
        faults.push(format!("{place} requires {:?} instead of {:?}", names(ours), names(recorded)));
    }
}

#[test]
fn every_recording_has_a_case_or_a_reason() {
    let mut covered: BTreeMap<u16, String> = BTreeMap::from([(
        16,
        "`recorded_actions_take_and_give_what_they_did` | Texts and examples are ours; actions of GitHub that are not offered yet are named in the test.".to_owned(),
    )]);
    for case in cases().cases {
        for number in case.recordings {
            let differs = case.differs.as_deref().unwrap_or("nothing");
            let row = format!("{} | {differs}", case.name);
            assert_eq!(covered.insert(number, row), None, "recording {number} has two cases");
        }
    }
    for (first, last, what, why) in LEFT_OUT {
        for number in *first..=*last {
            let row = format!("none: {what} | {why}");
            assert_eq!(covered.insert(number, row), None, "recording {number} is left out and has a case");
        }
    }

    let numbers: Vec<u16> = covered.keys().copied().collect();

    assert_eq!(numbers, (1..=LAST_RECORDING).collect::<Vec<_>>());
    check_table(&folder().join("README.md"), &covered);
}

fn check_table(path: &Path, covered: &BTreeMap<u16, String>) {
    let mut text = "<!-- Generated by `UPDATE_GENERATED=1 cargo test -p stagecraft --test it recorded`; do not edit. -->\n\
                    # Recordings of a stock Backstage\n\n\
                    Which case of `recorded.json` holds the service to which recorded answer of \
                    `@backstage/plugin-scaffolder-backend` 4.2.0, and what differs on purpose. Everywhere ids and times differ, \
                    and of the headers `content-type`, `cache-control` and those of CORS are compared (not `vary`, \
                    `connection` and lengths).\n\n\
                    | Recording | Case | What differs |\n| --- | --- | --- |\n"
        .to_owned();
    for (number, row) in covered {
        text.push_str(&format!("| {number:03} | {row} |\n"));
    }
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == text, "`{}` is not current: run this test with UPDATE_GENERATED=1", path.display());
}
