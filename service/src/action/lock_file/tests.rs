use super::*;

#[test]
fn the_instance_is_the_templates_name_in_kebab_case() {
    assert_eq!(instance_name("template:default/rust-service"), "rust-service");
    assert_eq!(instance_name("template:default/Rust_Service.v2"), "rust-service-v2");
    assert_eq!(instance_name("___"), "template");
}

#[test]
fn an_instance_that_is_taken_gets_the_next_number() {
    let mut tree = FileTree::new();
    for name in ["demo", "demo-2"] {
        let path = TreePath::parse(&format!(".stagecraft/{name}.lock.json")).unwrap();
        tree.insert(path, Entry::file("{}")).unwrap();
    }

    let (instance, path) = free_place(&tree, "template:default/demo").unwrap();

    assert_eq!((instance.as_str(), path.as_str()), ("demo-3", ".stagecraft/demo-3.lock.json"));
}

#[test]
fn keys_are_sorted_all_the_way_down() {
    let value = json!({ "b": { "z": 1, "a": [{ "y": 1, "x": 2 }] }, "a": 0 });

    assert_eq!(sorted(&value).to_string(), r#"{"a":0,"b":{"a":[{"x":2,"y":1}],"z":1}}"#);
}

#[test]
fn the_digest_changes_with_any_value() {
    assert_ne!(digest(&json!({ "a": 1 })), digest(&json!({ "a": 2 })));
    assert_eq!(digest(&json!({})), "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
}

#[test]
fn a_source_is_written_without_its_credentials() {
    assert_eq!(without_credentials("https://u:p@github.com/acme/x"), "https://github.com/acme/x");
    assert_eq!(without_credentials("https://github.com/acme/x@v1"), "https://github.com/acme/x@v1");
    assert_eq!(without_credentials("file:///srv/templates"), "file:///srv/templates");
}

#[test]
fn a_time_is_written_in_seconds() {
    assert_eq!(timestamp(1_795_406_400_123).unwrap(), "2026-11-23T04:00:00Z");
}
