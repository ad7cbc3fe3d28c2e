//! Which rule stands for a resource, and what is said when none does.

use serde_json::json;

use crate::{Case, text, yaml};

const RDS: &str = "    match: { type: postgres }\n";

#[test]
fn the_most_specific_rule_wins_whatever_the_order() {
    let chosen = |case: &Case| case.render().unwrap().explanation.resources[0].rule.clone();
    let dev = Case { environment: "dev", ..Case::default() };
    assert_eq!(chosen(&dev), "postgres-in-cluster");
    assert_eq!(chosen(&Case::default()), "postgres-rds");

    // `id` before `workload` before `class` before `environment` before its type.
    let words = [
        "id: orders-db",
        "workload: orders",
        "class: large",
        "environment: dev",
        "environmentType: development",
    ];
    for (at, stronger) in words.iter().enumerate() {
        for weaker in words.iter().skip(at + 1).filter(|word| !word.starts_with("environmentType")) {
            let rules = format!(
                "definitions:\n  - id: weak\n    match: {{ type: postgres, {weaker} }}\n    params: {{ size: {{}} }}\n    \
                 outputs: &o {{ host: h, port: 1, name: n, username: u, password: p }}\n  - id: strong\n    \
                 match: {{ type: postgres, {stronger} }}\n    params: {{ size: {{}} }}\n    outputs: *o\n"
            );
            let rules = rules
                .replace("&o ", "")
                .replace("*o", "{ host: h, port: 1, name: n, username: u, password: p }");
            let mut case = Case::platform("definitions:\n", &rules);
            case.environment = "dev";
            case.score = case
                .score
                .replace("    type: postgres\n", "    type: postgres\n    class: large\n    id: orders-db\n");
            assert_eq!(chosen(&case), "strong", "{stronger} over {weaker}");
        }
    }
}

#[test]
fn a_resource_that_no_rule_makes_says_what_came_near() {
    let case = Case::platform(RDS, "    match: { type: postgres, class: large, environment: staging }\n");
    assert_eq!(
        case.fault(),
        "score.yaml:41:3: `resources.db`: no rule of the platform matches this `postgres`; near came \
         `postgres-in-cluster` (environmentType is `production`, not `development`), \
         `postgres-rds` (class is `default`, not `large`; environment is `prod`, not `staging`)"
    );
    let case = Case::score("type: postgres", "type: postgress");
    assert!(
        case.fault().contains("no rule for the type `postgress`; did you mean `postgres`?"),
        "{}",
        case.fault()
    );
    let case = Case::score("type: postgres", "type: kafka-topic");
    assert!(
        case.fault().contains("it has them for: dns, postgres, redis, route, s3, volume"),
        "{}",
        case.fault()
    );
}

#[test]
fn two_rules_that_match_equally_are_refused_and_both_named() {
    let case = Case::platform(
        "match: { type: postgres, environmentType: development }",
        "match: { type: postgres }",
    );
    assert_eq!(
        case.fault(),
        "platform.yaml:36:5: `definitions.1.match`: rules `postgres-in-cluster` and `postgres-rds` match equally; \
         make one more specific or take it away"
    );
}

#[test]
fn parameters_are_the_rules_to_give() {
    let case = Case::score("size: db.t4g.small", "size: db.x2iedn.32xlarge");
    assert!(
        case.fault().starts_with("score.yaml:43:15: `resources.db.params.size`: rule `postgres-rds` allows"),
        "{}",
        case.fault()
    );
    let case = Case::score("size: db.t4g.small", "sise: db.t4g.small");
    assert!(case.fault().contains("takes no parameter `sise`; it takes `size`"), "{}", case.fault());
    let case = Case::score(r#"{ host: "${resources.address.host}", path: / }"#, "{}");
    assert!(case.fault().contains("rule `gateway-route` needs the parameter `host`"), "{}", case.fault());
}

#[test]
fn resources_that_wait_for_each_other_are_told() {
    let case = Case::score("type: dns", "type: dns\n    params: { host: \"${resources.route.host}\" }");
    assert!(
        case.fault().contains("these resources wait for each other: `address`, `route`"),
        "{}",
        case.fault()
    );
}

#[test]
fn what_a_team_writes_is_data_for_terraform() {
    let mut case = Case::score("size: db.t4g.small", "size: '$${file(\"/etc/passwd\")} %{ if true }'");
    case.platform = case.platform.replace(", oneOf: [db.t4g.small, db.t4g.medium, db.m8g.large]", "");
    let root: serde_json::Value =
        serde_json::from_str(&text(&case.render().unwrap(), "terraform/main.tf.json")).unwrap();
    assert_eq!(root["module"]["db"]["instance_class"], r#"$${file("/etc/passwd")} %%{ if true }"#);
    assert_eq!(root["output"]["db_address"]["value"], "${module.db.address}");
}

#[test]
fn a_platform_file_that_is_wrong_names_the_place() {
    let case = Case::platform("namespace: ${workload}-dev", "namespace: ${wokload}-dev");
    let dev = Case { environment: "dev", ..case };
    assert!(
        dev.fault().starts_with("platform.yaml:9:5: `environments.dev.namespace`: `${wokload}`"),
        "{}",
        dev.fault()
    );
    let case = Case::platform("outputs: [address]", "outputs: [adress]");
    assert!(
        case.fault().contains("`address` is not among the rule's `terraform.outputs`"),
        "{}",
        case.fault()
    );
    let case = Case::platform("kind: Platform", "kind: Platform\nkinds: 1");
    assert!(case.fault().starts_with("platform.yaml:4:1:"), "{}", case.fault());
    let case = Case { environment: "staging", ..Case::default() };
    assert!(case.fault().contains("no environment `staging`; it has `dev`, `prod`"), "{}", case.fault());
}

#[test]
fn numbers_stay_numbers_in_manifests_of_a_rule() {
    let route = yaml(&Case::default().render().unwrap(), "kubernetes/httproute-orders-route.yaml");
    assert_eq!(route["spec"]["rules"][0]["backendRefs"][0]["port"], json!(80));
    assert_eq!(route["spec"]["hostnames"], json!(["orders.example.com"]));
}

#[test]
fn two_resources_that_make_one_manifest_are_refused() {
    let mut case =
        Case::score("  route:\n", "  other:\n    type: route\n    params: { host: b, path: / }\n  route:\n");
    case.platform =
        case.platform.replace("metadata: { name: \"${name}\" }", "metadata: { name: \"${workload}\" }");
    assert!(case.fault().contains("two manifests are the HTTPRoute `orders`"), "{}", case.fault());
}
