use catalog_gen::File;
use serde_json::json;

use super::*;
use crate::config::ExpressionErrors;

fn settings() -> DryRuns {
    let budget = TreeBudget { max_entries: 2, max_bytes: 16 };
    DryRuns { budget, expression_errors: ExpressionErrors::Keep }
}

fn request(files: Value) -> Value {
    json!({
        "template": { "apiVersion": API_VERSION, "kind": "Template" },
        "values": {},
        "directoryContents": files,
    })
}

fn read_body(body: Value) -> Result<DryRunRequest, ApiError> {
    read(body, settings(), Caller::named("external:test"))
}

fn fault(body: Value) -> (u16, String) {
    let error = read_body(body).unwrap_err();
    (error.status().as_u16(), error.for_log())
}

fn text<'a>(tree: &'a FileTree, path: &str) -> Option<&'a str> {
    tree.file(&TreePath::parse(path).unwrap()).and_then(File::text)
}

#[test]
fn posted_files_become_a_tree() {
    let files = json!([
        { "path": "./skeleton/README.md", "base64Content": "aGVsbG8=" },
        { "path": "skeleton//b.txt", "base64Content": "aGVsbG8" },
    ]);

    let tree = read_body(request(files)).unwrap().files;

    assert_eq!(text(&tree, "skeleton/README.md"), Some("hello"));
    assert_eq!(text(&tree, "skeleton/b.txt"), Some("hello"));
}

#[test]
fn a_path_that_leads_out_is_403_in_backstages_words() {
    for path in ["../../evil", "a/../../evil", "/etc/passwd"] {
        let files = json!([{ "path": path, "base64Content": "" }]);

        let expected = "Relative path is not allowed to refer to a directory outside its parent";
        assert_eq!(fault(request(files)), (403, expected.to_owned()), "{path}");
    }
}

#[test]
fn gits_own_files_are_left_out() {
    let files = json!([{ "path": ".git/config", "base64Content": "" }]);

    assert!(read_body(request(files)).unwrap().files.is_empty());
}

#[test]
fn a_budget_that_is_spent_is_400() {
    let many = json!(["a", "b", "c"].map(|path| json!({ "path": path, "base64Content": "" })));
    let large = json!([{ "path": "a", "base64Content": STANDARD.encode([0; 17]) }]);

    assert_eq!(fault(request(many)).0, 400);
    assert_eq!(fault(request(large)).0, 400);
}

#[test]
fn content_that_is_not_base64_names_its_file() {
    let files = json!([{ "path": "a.txt", "base64Content": "%%" }]);

    assert!(fault(request(files)).1.contains("`a.txt`"));
}

#[test]
fn a_file_without_a_path_is_told_with_its_place() {
    let files = json!([{ "path": "a", "base64Content": "" }, { "base64Content": "" }]);

    assert_eq!(
        fault(request(files)).1,
        "request/body/directoryContents/1 must have required property 'path'"
    );
}

#[test]
fn what_is_not_a_template_is_refused() {
    let body = json!({ "template": { "kind": "Component" }, "values": {}, "directoryContents": [] });

    assert_eq!(fault(body), (400, "Input template is not a template".to_owned()));
}

#[test]
fn a_file_that_stems_from_a_secret_is_masked_in_the_answer() {
    let mut files = FileTree::new();
    let secret = File { bytes: "hunter2".into(), executable: false, sensitive: true };
    files.insert(TreePath::parse("a.env").unwrap(), Entry::File(secret)).unwrap();
    files.insert(TreePath::parse("b.txt").unwrap(), Entry::file("plain")).unwrap();
    files.insert(TreePath::parse("c").unwrap(), Entry::Symlink { target: "b.txt".to_owned() }).unwrap();
    files.insert(TreePath::parse("empty").unwrap(), Entry::Dir).unwrap();
    let result = DryRunResult {
        log: vec![EventBody::message("Starting up task with 0 steps")],
        files,
        tree_id: None,
        output: json!({}),
        steps: Vec::new(),
        reports: Vec::new(),
        failure: None,
        problems: Vec::new(),
    };

    assert_eq!(
        serde_json::to_value(ResultShape::from(&result)).unwrap(),
        json!({
            "log": [{ "body": { "message": "Starting up task with 0 steps" } }],
            "directoryContents": [
                { "path": "a.env", "executable": false, "base64Content": STANDARD.encode("***") },
                { "path": "b.txt", "executable": false, "base64Content": STANDARD.encode("plain") },
                { "path": "c", "executable": false, "base64Content": STANDARD.encode("b.txt"), "symlink": true },
            ],
            "output": {},
            "steps": [],
        })
    );
}
