//! The HTTP API: its contract with Backstage's clients, and its description.

mod contract;
mod openapi;
mod recorded;
mod trial;

use stagecraft::db::Engine;

use crate::support::app::TestApp;

/// The contract needs tokens and the templates that its cases name.
async fn the_contract_is_kept(engine: Engine) {
    let templates = serde_json::json!([contract::templates()]).to_string();
    let tokens = r#"[
        { token: contract-token, subject: "user:default/contract" },
        { token: service-token, subject: "external:catalog" },
    ]"#;
    let app = TestApp::on(engine, &[("TEMPLATES__SOURCES", &templates), ("AUTH__TOKENS", tokens)]).await;
    let (base_url, stop) = app.serve().await;
    app.app.catalog.publish().await.unwrap();
    let working = app.work();
    let cases = serde_json::from_str(include_str!("http/contract.json")).unwrap();

    let faults = contract::Session::new(&app, &base_url).run(cases).await;

    stop.cancel();
    working.cancel();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_is_kept_on_sqlite() {
    the_contract_is_kept(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_is_kept_on_postgres() {
    the_contract_is_kept(Engine::Postgres).await;
}
