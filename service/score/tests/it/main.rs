//! The crate as its callers use it: texts in, files out.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

use catalog_gen::{Entry, FileTree, TreePath};
use score::{Faults, KNOWN_AFTER_APPLY, Platform, Rendered, Request, Workload, render};
use serde_json::{Map, Value, json};

mod everything;
mod rules;
mod specification;

const SCORE: &str = include_str!("../example/score.yaml");
const PLATFORM: &str = include_str!("../example/platform.yaml");
const IMAGE: &str = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/orders@sha256:9b2f6c7d8e9f0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293";

/// What is rendered, with all of it as in the example but for what a test changes.
struct Case {
    score: String,
    platform: String,
    environment: &'static str,
    image: Option<&'static str>,
    files: FileTree,
    outputs: Map<String, Value>,
    preview: bool,
}

impl Default for Case {
    fn default() -> Self {
        let address = json!({ "db_address": { "value": "orders.rds.amazonaws.com", "type": "string" } });
        Self {
            score: SCORE.to_owned(),
            platform: PLATFORM.to_owned(),
            environment: "prod",
            image: Some(IMAGE),
            files: FileTree::new(),
            outputs: address.as_object().cloned().unwrap(),
            preview: false,
        }
    }
}

impl Case {
    fn score(from: &str, to: &str) -> Self {
        assert!(SCORE.contains(from), "{from}");
        Self { score: SCORE.replacen(from, to, 1), ..Self::default() }
    }

    fn platform(from: &str, to: &str) -> Self {
        assert!(PLATFORM.contains(from), "{from}");
        Self { platform: PLATFORM.replacen(from, to, 1), ..Self::default() }
    }

    fn render(&self) -> Result<Rendered, Faults> {
        let workload = Workload::read("score.yaml", &self.score)?;
        let platform = Platform::read("platform.yaml", &self.platform)?;
        render(&Request {
            workload: &workload,
            platform: &platform,
            environment: self.environment,
            image: self.image,
            files: &self.files,
            outputs: &self.outputs,
            preview: self.preview,
        })
    }

    fn fault(&self) -> String {
        self.render().unwrap_err().to_string()
    }
}

fn text(rendered: &Rendered, path: &str) -> String {
    let path = TreePath::parse(path).unwrap();
    rendered.files.file(&path).and_then(catalog_gen::File::text).unwrap_or_default().to_owned()
}

fn yaml(rendered: &Rendered, path: &str) -> Value {
    catalog_gen::parse_documents(&text(rendered, path)).remove(0).unwrap().value
}

fn all(rendered: &Rendered) -> String {
    let files = rendered.files.iter().map(|(path, entry)| match entry {
        Entry::File(file) => format!("# {path}\n{}", file.text().unwrap()),
        other => panic!("{other:?}"),
    });
    files.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_in_production() {
    insta::assert_snapshot!(all(&Case::default().render().unwrap()));
}

#[test]
fn the_example_in_development() {
    let case = Case { environment: "dev", outputs: Map::new(), ..Case::default() };
    insta::assert_snapshot!(all(&case.render().unwrap()));
}

#[test]
fn the_explanation_for_people_and_its_picture() {
    let explanation = Case::default().render().unwrap().explanation;
    insta::assert_snapshot!(format!("{}\n{}", explanation.to_text(), explanation.to_mermaid()));
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let first = all(&Case::default().render().unwrap());
    for _ in 0..5 {
        assert_eq!(all(&Case::default().render().unwrap()), first);
    }
}

#[test]
fn what_terraform_has_not_made_is_waited_for() {
    let mut case = Case { outputs: Map::new(), ..Case::default() };
    let rendered = case.render().unwrap();
    assert_eq!(rendered.waits_for, ["db.address"]);
    assert!(text(&rendered, "terraform/main.tf.json").contains("\"db\""));
    assert!(!all(&rendered).contains("kind: Deployment"));

    case.preview = true;
    let preview = case.render().unwrap();
    let deployment = text(&preview, "kubernetes/deployment-orders.yaml");
    assert!(deployment.contains(&format!("@{KNOWN_AFTER_APPLY}:5432/orders")), "{deployment}");
}

#[test]
fn an_output_that_terraform_calls_sensitive_is_not_written_down() {
    let mut case = Case::default();
    case.outputs["db_address"]["sensitive"] = json!(true);
    assert!(case.fault().contains("Terraform marks `db_address` sensitive"), "{}", case.fault());
}
