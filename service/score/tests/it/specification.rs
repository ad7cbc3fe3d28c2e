//! What the Score specification allows, and what becomes of it.

use catalog_gen::{Entry, TreePath};
use serde_json::json;

use crate::{Case, yaml};

const HEAD: &str = "apiVersion: score.dev/v1b1\nmetadata: { name: orders }\n";

fn alone(containers: &str) -> Case {
    Case { score: format!("{HEAD}{containers}"), ..Case::default() }
}

#[test]
fn what_the_specification_does_not_allow_is_told_with_its_place() {
    for (score, place) in [
        (
            "apiVersion: score.dev/v1b2\nmetadata: { name: orders }\ncontainers: { web: { image: . } }\n",
            "score.yaml:1:1: `apiVersion`",
        ),
        (
            "apiVersion: score.dev/v1b1\nmetadata: { name: Orders }\ncontainers: { web: { image: . } }\n",
            "score.yaml:2:13: `metadata.name`",
        ),
        (
            "apiVersion: score.dev/v1b1\nmetadata: { name: orders }\ncontainers: {}\n",
            "score.yaml:3:1: `containers`",
        ),
        (
            "apiVersion: score.dev/v1b1\nmetadata: { name: orders }\ncontainers:\n  web:\n    image: .\n    varables: {}\n",
            "score.yaml:6:5: `containers.web.varables`: this key is not known here",
        ),
        (
            "apiVersion: score.dev/v1b1\nmetadata: { name: orders }\ncontainers:\n  web:\n    image: .\n    resources: { limits: { memory: lots } }\n",
            "score.yaml:6:28: `containers.web.resources.limits.memory`",
        ),
        (
            "apiVersion: score.dev/v1b1\nmetadata: { name: orders }\ncontainers: { web: { image: ., files: { etc/x: { content: a } } } }\n",
            "score.yaml:3:41: `containers.web.files.etc/x`",
        ),
        ("apiVersion: score.dev/v1b1\n---\na: 1\n", "score.yaml:3:1: a second document begins here"),
        ("a: [\n", "score.yaml:"),
        ("", "score.yaml:1:1: the file is empty"),
    ] {
        let case = Case { score: score.to_owned(), ..Case::default() };
        assert!(case.fault().starts_with(place), "{place}\n{}", case.fault());
    }
}

#[test]
fn a_placeholder_that_stands_for_nothing_is_told_with_its_place() {
    for (to, says) in [
        ("${resources.dbb.host}", "the workload has no resource `dbb`"),
        (
            "${resources.db.hots}",
            "`db` gives no `hots`; it gives `host`, `port`, `name`, `username`, `password`",
        ),
        ("${metadata.owner}", "the metadata has no `owner`"),
        ("${env.HOME}", "`${env.HOME}` stands for nothing"),
        ("${open", "has no `}`"),
    ] {
        let fault = Case::score("${metadata.name}", to).fault();
        assert!(
            fault.starts_with("score.yaml:17:7: `containers.web.variables.SERVICE`: ")
                && fault.contains(says),
            "{fault}"
        );
    }
}

#[test]
fn a_secret_reaches_variables_and_nothing_else() {
    let case = Case::score("bucket = \"${resources.files.bucket}\"", "p = ${resources.db.password}");
    assert!(
        case.fault().contains("key `password` of the `Secret` `orders-db` can only be used in `variables`"),
        "{}",
        case.fault()
    );
    let case = Case::score("path: / }", "path: \"${resources.db.password}\" }");
    assert!(case.fault().contains("can only be used in `variables`"), "{}", case.fault());
}

#[test]
fn images_are_named_by_digest_where_the_environment_demands_it() {
    let by_tag = Case { image: Some("ghcr.io/acme/orders:1.2"), ..Case::default() };
    assert!(
        by_tag
            .fault()
            .contains("`ghcr.io/acme/orders:1.2` names no digest, and `prod` takes images by digest alone"),
        "{}",
        by_tag.fault()
    );
    let none = Case { image: None, ..Case::default() };
    assert!(none.fault().contains("name it with `--image`"), "{}", none.fault());
    let mut any = Case::platform("    scale: { min: 2, max: 6, cpu: 65 }\n", "    images: any\n");
    any.image = Some("ghcr.io/acme/orders:1.2");
    assert!(any.render().is_ok());
}

#[test]
fn files_come_from_beside_the_score_file_and_from_nowhere_else() {
    let mut case = alone(
        "containers:\n  web:\n    image: .\n    files:\n      - { target: /etc/a, source: ./conf/a.txt, noExpand: true }\n      \
         - { target: /etc/b, binaryContent: AAEC }\n",
    );
    case.files.insert(TreePath::parse("conf/a.txt").unwrap(), Entry::file("${HOME}\n")).unwrap();
    let rendered = case.render().unwrap();
    let map = rendered
        .files
        .iter()
        .find(|(path, _)| path.as_str().contains("configmap"))
        .unwrap()
        .0
        .as_str()
        .to_owned();
    let map = yaml(&rendered, &map);
    assert_eq!(
        (&map["data"], &map["binaryData"]),
        (&json!({ "file-0": "${HOME}\n" }), &json!({ "file-1": "AAEC" }))
    );

    for outside in ["../../etc/passwd", "/etc/passwd", "conf/missing.txt"] {
        let case = alone(&format!(
            "containers:\n  web:\n    image: .\n    files:\n      /etc/a: {{ source: {outside} }}\n"
        ));
        assert!(case.fault().contains(outside), "{}", case.fault());
    }
}

#[test]
fn a_changed_file_starts_new_pods() {
    let name = |case: &Case| {
        let deployment = yaml(&case.render().unwrap(), "kubernetes/deployment-orders.yaml");
        deployment["spec"]["template"]["spec"]["volumes"][1]["configMap"]["name"].clone()
    };
    assert_ne!(name(&Case::default()), name(&Case::score("bucket =", "other =")));
}

#[test]
fn containers_start_in_the_order_they_ask_for() {
    let case = alone(
        "containers:\n  web: { image: ., before: { proxy: { ready: started } } }\n  \
         proxy: { image: ., before: { certs: { ready: complete } } }\n  certs: { image: . }\n",
    );
    let deployment = yaml(&case.render().unwrap(), "kubernetes/deployment-orders.yaml");
    let pod = &deployment["spec"]["template"]["spec"];
    let early: Vec<_> = pod["initContainers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["name"], &one["restartPolicy"]))
        .collect();
    assert_eq!(early, [(&json!("certs"), &json!(null)), (&json!("proxy"), &json!("Always"))]);
    assert_eq!(pod["containers"].as_array().unwrap().len(), 1);

    let circle = alone(
        "containers:\n  aa: { image: ., before: { bb: { ready: started } } }\n  bb: { image: ., before: { aa: { ready: started } } }\n",
    );
    assert!(
        circle.fault().contains("these containers wait for each other: `aa`, `bb`"),
        "{}",
        circle.fault()
    );
    let silent =
        alone("containers:\n  aa: { image: ., before: { bb: { ready: healthy } } }\n  bb: { image: . }\n");
    assert!(silent.fault().contains("`bb` has no `livenessProbe`"), "{}", silent.fault());
    let unknown = alone("containers:\n  aa: { image: ., before: { bb: { ready: started } } }\n");
    assert!(unknown.fault().contains("there is no container `bb`"), "{}", unknown.fault());
}

#[test]
fn a_volume_has_to_be_a_resource_that_is_one() {
    let literal = Case::score("source: \"${resources.spool}\"", "source: data");
    assert!(
        literal.fault().contains("`data` names no resource; write `${resources.<name>}`"),
        "{}",
        literal.fault()
    );
    let wrong = Case::score("source: \"${resources.spool}\"", "source: \"${resources.db}\"");
    assert!(
        wrong.fault().contains("rule `postgres-rds` stands for `db`, and is no volume"),
        "{}",
        wrong.fault()
    );
}
