//! `service/openapi.json` is what the service says it is. `UPDATE_GENERATED=1` writes it anew.

use std::path::PathBuf;

#[test]
fn openapi_json_is_current() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let current = format!("{:#}\n", stagecraft::http::openapi());
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&path, &current).unwrap();
    }

    let committed = std::fs::read_to_string(&path).unwrap_or_default();

    assert!(
        committed == current,
        "`service/openapi.json` is not current: run this test with UPDATE_GENERATED=1"
    );
}
