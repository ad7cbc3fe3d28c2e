//! The published form of evidence, `schema/evidence.json`, is that of the types. `UPDATE_GENERATED=1` writes it anew.

use std::path::Path;

use crate::Catalogue;

#[test]
fn the_schema_of_evidence_is_that_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/evidence.json");
    let mut schema = schemars::schema_for!(Catalogue).to_value();
    schema["$id"] = "https://stagecraft.github.io/schema/evidence.json".into();
    schema["$comment"] = "Made by `UPDATE_GENERATED=1 cargo test -p catalog-gen schema`; do not edit.".into();
    let wanted = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &wanted).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == wanted,
        "`{}` is not current: run this test with UPDATE_GENERATED=1",
        path.display()
    );
}
