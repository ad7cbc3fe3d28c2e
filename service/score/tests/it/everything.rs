//! A Score file with every field that the specification has: what each becomes. `docs/score.md` has the table of how
//! the reference implementation does it.

use catalog_gen::{Entry, TreePath};
use serde_json::{Value, json};

use crate::{Case, yaml};

const EVERYTHING: &str = include_str!("../example/everything.yaml");

fn everything() -> Case {
    let mut case = Case { score: EVERYTHING.to_owned(), ..Case::default() };
    case.files
        .insert(TreePath::parse("beside.txt").unwrap(), Entry::file("beside ${metadata.name}\n"))
        .unwrap();
    case
}

fn changed(from: &str, to: &str) -> Case {
    assert!(EVERYTHING.contains(from), "{from}");
    let case = everything();
    Case { score: EVERYTHING.replacen(from, to, 1), ..case }
}

fn deployment(case: &Case) -> Value {
    yaml(&case.render().unwrap(), "kubernetes/deployment-everything.yaml")
}

fn container(case: &Case, at: usize) -> Value {
    deployment(case).pointer(&format!("/spec/template/spec/containers/{at}")).cloned().unwrap()
}

fn variable(web: &Value, name: &str) -> Value {
    let all = web.get("env").and_then(Value::as_array).unwrap();
    all.iter().find(|entry| entry.get("name") == Some(&json!(name))).cloned().unwrap_or_default()
}

#[test]
fn a_command_and_its_arguments_are_taken_as_they_are() {
    let web = container(&everything(), 0);

    assert_eq!(web["command"], json!(["/bin/serve"]));
    assert_eq!(web["args"], json!(["--team", "${metadata.name}"]));
}

#[test]
fn containers_keep_the_order_of_the_file() {
    let case = everything();

    assert_eq!(
        [&container(&case, 0)["name"], &container(&case, 1)["name"]],
        [&json!("web"), &json!("helper")]
    );
}

#[test]
fn ports_lead_to_themselves_and_are_tcp_unless_they_say_otherwise() {
    let rendered = everything().render().unwrap();
    let service = yaml(&rendered, "kubernetes/service-everything.yaml");

    let ports = json!([
        { "name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP" },
        { "name": "metrics", "port": 9090, "targetPort": 9090, "protocol": "TCP" },
        { "name": "statsd", "port": 8125, "targetPort": 8125, "protocol": "UDP" },
    ]);
    assert_eq!(service["spec"]["ports"], ports);
    let policy = yaml(&rendered, "kubernetes/networkpolicy-everything.yaml");
    assert_eq!(policy["spec"]["ingress"][0]["ports"][2], json!({ "port": 8125, "protocol": "UDP" }));
}

#[test]
fn metadata_of_any_depth_and_type_can_be_named() {
    let web = container(&everything(), 0);

    assert_eq!(variable(&web, "COST_CENTER")["value"], "c-4711");
    assert_eq!(variable(&web, "CHAT")["value"], "#everything");
    assert_eq!(variable(&web, "TEAM")["value"], "shop");
    assert_eq!(variable(&web, "EMPTY")["value"], "");
    assert_eq!(variable(&web, "NAME_OF_A_RESOURCE")["value"], "db");
}

#[test]
fn several_secrets_in_one_variable_are_each_referred_to_once() {
    let web = container(&everything(), 0);

    let secret = |name: &str, key: &str| json!({ "secretKeyRef": { "name": name, "key": key } });
    let (db, cache) = ("FROM_EVERYTHING_DB__PASSWORD", "FROM_SHARED_CACHE__AUTH");
    assert_eq!(variable(&web, db)["valueFrom"], secret("everything-db", "password"));
    assert_eq!(variable(&web, cache)["valueFrom"], secret("shared-cache", "auth"));
    assert_eq!(variable(&web, "BOTH")["value"], format!("$({db})@$({cache})"));
    assert_eq!(variable(&web, "AGAIN")["value"], format!("again $({db})"));
    let helpers = web["env"].as_array().unwrap().iter().filter(|entry| entry["name"] == db);
    assert_eq!(helpers.count(), 1);
}

#[test]
fn only_texts_that_may_be_expanded_are() {
    let case = everything();
    let web = container(&case, 0);
    let name = deployment(&case)["spec"]["template"]["spec"]["volumes"][1]["configMap"]["name"].clone();
    let map = yaml(&case.render().unwrap(), &format!("kubernetes/configmap-{}.yaml", name.as_str().unwrap()));

    let mounts = web["volumeMounts"].as_array().unwrap();
    let held = |target: &str| {
        let mount = mounts.iter().find(|mount| mount["mountPath"] == target).unwrap();
        let key = mount["subPath"].as_str().unwrap();
        map["data"].get(key).or_else(|| map["binaryData"].get(key)).cloned().unwrap()
    };
    assert_eq!(held("/etc/app/plain.txt"), "everything for $5");
    assert_eq!(held("/etc/app/raw.txt"), "${metadata.name}");
    assert_eq!(held("/etc/app/bytes"), "JHttZXRhZGF0YS5uYW1lfQ==");
    assert_eq!(held("/etc/app/beside.txt"), "beside everything\n");
}

#[test]
fn a_file_has_the_mode_that_it_asks_for() {
    let items = &deployment(&everything())["spec"]["template"]["spec"]["volumes"][1]["configMap"]["items"];

    let modes: Vec<Option<u64>> =
        items.as_array().unwrap().iter().map(|item| item["mode"].as_u64()).collect();
    assert_eq!(modes, [None, None, Some(0o640), None]);
}

#[test]
fn a_file_that_is_no_text_has_to_say_that_it_is_not_expanded() {
    let bytes = Entry::File(catalog_gen::File {
        bytes: vec![0xff, 0xfe].into(),
        executable: false,
        sensitive: false,
    });
    let mut case = everything();
    case.files = catalog_gen::FileTree::new();
    case.files.insert(TreePath::parse("beside.txt").unwrap(), bytes).unwrap();
    assert!(case.fault().contains("`./beside.txt` is not UTF-8; set `noExpand: true`"), "{}", case.fault());

    case.score = case.score.replace("source: ./beside.txt", "source: ./beside.txt\n        noExpand: true");
    let rendered = case.render().unwrap();
    assert!(crate::all(&rendered).contains("//4="));
}

#[test]
fn a_secret_alone_is_no_file() {
    let case = changed("content: \"${metadata.name} for $$5\"", "content: \"${resources.db.password}\"");
    assert!(case.fault().contains("can only be used in `variables`"), "{}", case.fault());
}

#[test]
fn a_volume_is_mounted_at_its_path_inside_and_read_only_where_it_says_so() {
    let case = everything();
    let mount = |at: usize, target: &str| {
        let mounts = container(&case, at)["volumeMounts"].clone();
        mounts.as_array().unwrap().iter().find(|mount| mount["mountPath"] == target).cloned().unwrap()
    };

    // Kubernetes refuses a path inside of a volume that starts at its root.
    let data = json!({ "name": "web-volume-0", "mountPath": "/data", "subPath": "inside", "readOnly": true });
    assert_eq!(mount(0, "/data"), data);
    assert_eq!(mount(1, "/shared"), json!({ "name": "helper-volume-0", "mountPath": "/shared" }));
}

#[test]
fn amounts_of_the_workload_win_over_those_of_the_environment() {
    let case = everything();

    let own = json!({ "requests": { "cpu": "999m", "memory": "10Mi" }, "limits": { "cpu": "0.24", "memory": "128M" } });
    assert_eq!(container(&case, 0)["resources"], own);
    let of_prod =
        json!({ "requests": { "cpu": "100m", "memory": "128Mi" }, "limits": { "memory": "512Mi" } });
    assert_eq!(container(&case, 1)["resources"], of_prod);
}

#[test]
fn a_probe_by_command_is_preferred_to_one_by_http() {
    let web = container(&everything(), 0);

    let command = json!({ "exec": { "command": ["/bin/alive", "--quick"] } });
    assert_eq!(web["livenessProbe"], command);
    assert_eq!(web["startupProbe"]["exec"], command["exec"]);
}

#[test]
fn a_probe_by_http_keeps_all_that_it_says() {
    let web = container(&everything(), 0);

    let asked = json!({ "httpGet": {
        "scheme": "HTTPS", "host": "127.0.0.1", "port": 8443, "path": "/readyz",
        "httpHeaders": [{ "name": "X-Probe", "value": "yes" }],
    } });
    assert_eq!(web["readinessProbe"], asked);
}

#[test]
fn annotations_of_the_workload_reach_its_pods() {
    let deployment = deployment(&everything());

    assert_eq!(
        deployment["spec"]["template"]["metadata"]["annotations"],
        json!({ "example.com/Team_1": "shop" })
    );
    assert_eq!(deployment["metadata"]["annotations"]["example.com/Team_1"], Value::Null);
}

#[test]
fn outputs_are_plain_values() {
    let case = changed("${metadata.contact.chat}", "${resources.db.password.first}");

    assert!(case.fault().contains("`resources.db.password.first` goes too deep"), "{}", case.fault());
}
