use super::DETECTOR;
use crate::detect::tests::repository::{Repository, edges, path, subjects};
use crate::{Ecosystem, Findings, Package, Relation, SubjectKind};

fn needing(file: &str, ecosystem: Ecosystem, names: &[&str]) -> Package {
    let mut package = Package::new(ecosystem, path(file));
    names.iter().for_each(|name| package.depend(name, false));
    package
}

fn found(files: &[(&str, &str)], libraries: &[&str]) -> Findings {
    let mut repository = Repository::new(files);
    repository.component("", "shop", "service");
    repository.findings.packages.push(needing("package.json", Ecosystem::Npm, libraries));
    repository.run(&DETECTOR)
}

fn resources(findings: &Findings) -> Vec<String> {
    subjects(findings, SubjectKind::Resource)
}

const COMPOSE: &str = "services:\n  app:\n    build: .\n    depends_on: [db]\n  db:\n    image: postgres:17\n  jaeger:\n    image: jaegertracing/all-in-one\n";

#[test]
fn a_container_and_a_library_are_two_signs_and_a_container_alone_is_none() {
    let both = found(&[("compose.yaml", COMPOSE)], &["pg"]);
    assert_eq!(resources(&both), ["database shop-db Likely"]);
    assert_eq!(edges(&both, Relation::DependsOn), ["shop -> shop-db Likely"]);
    let resource = both.of(SubjectKind::Resource).next().unwrap().1;
    assert_eq!(resource.existence.evidence[0].line, Some(5));

    assert_eq!(resources(&found(&[("compose.yaml", COMPOSE)], &[])), ["database shop-db Guess"]);
    assert_eq!(resources(&found(&[], &["pg"])), ["database shop-db Guess"]);
    assert_eq!(resources(&found(&[("docker-compose.test.yml", COMPOSE)], &[])), [] as [&str; 0]);
}

#[test]
fn a_library_that_tests_against_a_database_has_none() {
    let mut repository = Repository::new(&[("compose.yaml", COMPOSE)]);
    repository.component("", "driver", "library");
    repository.findings.packages.push(needing("package.json", Ecosystem::Npm, &["pg"]));

    assert_eq!(resources(&repository.run(&DETECTOR)), ["database driver-db Guess"]);
}

#[test]
fn components_share_the_one_database_of_a_technology() {
    let compose = "services:\n  cart:\n    build: ./cart\n    environment:\n      MONGO_URL: mongodb://mongo:27017/cart\n  order:\n    build:\n      context: order\n    depends_on:\n      mongo: {condition: service_started}\n  mongo:\n    image: mongo:6\n";
    let mut repository = Repository::new(&[("docker-compose.yml", compose)]);
    repository.component("cart", "cart", "service");
    repository.component("order", "order", "service");
    repository.component("web", "web", "website");
    let findings = repository.run(&DETECTOR);

    assert_eq!(edges(&findings, Relation::DependsOn), ["cart -> db Likely", "order -> db Likely"]);
}

#[test]
fn two_databases_of_a_technology_stay_two() {
    let compose = "services:\n  cart:\n    build: ./cart\n    depends_on: [cart-db]\n  order:\n    build: ./order\n    depends_on: [order-db]\n  cart-db:\n    image: postgres\n  order-db:\n    image: postgres\n";
    let mut repository = Repository::new(&[("docker-compose.yml", compose)]);
    for name in ["cart", "order"] {
        repository.component(name, name, "service");
        repository.findings.packages.push(needing(&format!("{name}/package.json"), Ecosystem::Npm, &["pg"]));
    }
    let findings = repository.run(&DETECTOR);

    assert_eq!(resources(&findings), ["database cart-db Likely", "database order-db Likely"]);
    assert_eq!(edges(&findings, Relation::DependsOn), ["cart -> cart-db Likely", "order -> order-db Likely"]);
}

#[test]
fn terraform_declares_resources_but_modules_and_examples_do_not() {
    let text = "resource \"aws_db_instance\" \"main\" {\n  engine = \"postgres\"\n}\nresource \"aws_sqs_queue\" \"orders\" {\n  name = \"shop-orders\"\n}\nresource \"aws_s3_bucket\" \"uploads\" {\n  bucket = \"${var.x}-uploads\"\n}\nresource \"aws_iam_role\" \"x\" {}\n";
    let findings = found(&[("infra/main.tf", text)], &["pg"]);

    assert_eq!(
        resources(&findings),
        ["database shop-db Likely", "queue shop-orders-queue Likely", "bucket shop-uploads-bucket Likely"]
    );
    assert_eq!(edges(&findings, Relation::DependsOn).len(), 3);
    assert_eq!(
        resources(&found(&[("modules/x/main.tf", text), ("examples/main.tf", text)], &[])),
        [] as [&str; 0]
    );
}

#[test]
fn templates_for_functions_declare_resources() {
    let sam = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  OrdersTable:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: !Sub x\n  JobsQueue:\n    Properties: {}\n    Type: \"AWS::SQS::Queue\"\n";
    let cdk = "import * as s3 from 'aws-cdk-lib/aws-s3';\nnew s3.Bucket(this, 'Uploads', {});\n";
    let findings = found(&[("template.yaml", sam), ("lib/shop-stack.ts", cdk)], &[]);

    assert_eq!(
        resources(&findings),
        [
            "bucket shop-uploads-bucket Likely",
            "database shop-orders-db Likely",
            "queue shop-jobs-queue Likely"
        ]
    );
}

#[test]
fn operators_and_stateful_sets_declare_resources() {
    let operator = "apiVersion: servicebus.azure.com/v1api20211101\nkind: NamespacesQueue\nmetadata:\n  name: claim\n---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: shop-redis\nspec:\n  containers:\n  - image: docker.io/bitnami/redis:7\n";
    let findings = found(&[("k8s/all.yaml", operator)], &[]);

    assert_eq!(resources(&findings), ["queue shop-claim-queue Likely", "cache shop-redis Likely"]);
}

#[test]
fn values_of_a_chart_and_settings_name_queues_and_topics() {
    let values = "namespaceQueues:\n  - name: claim\n    roleAssignments: []\nnamespaceTopics:\n  - name: schedule   \npostgres:\n  db:\n    name: claim\n";
    let settings = "- key: CLAIM_QUEUE_ADDRESS\n  value: x-claim\n- key: SCHEDULE_TOPIC_ADDRESS\n- key: POSTGRES_HOST\n- key: MESSAGE_QUEUE_HOST\n";
    let findings =
        found(&[("helm/shop/values.yaml", values), ("appConfig/appConfig.yaml", settings)], &["pg"]);

    assert_eq!(
        resources(&findings),
        ["queue shop-claim-queue Likely", "topic shop-schedule-topic Likely", "database shop-db Likely"]
    );
}

#[test]
fn charts_that_a_chart_needs_are_resources() {
    let mut repository = Repository::new(&[]);
    repository.component("", "shop", "service");
    repository.findings.packages.push(needing("helm/Chart.yaml", Ecosystem::Helm, &["redis", "common"]));

    assert_eq!(resources(&repository.run(&DETECTOR)), ["cache shop-cache Likely"]);
}

#[test]
fn what_is_said_of_a_setting_never_holds_its_value() {
    let findings = found(&[(".env.example", "DB=postgres://user:secret@host/x\n")], &["pg"]);
    let said = format!("{:?}", findings.of(SubjectKind::Resource).next().unwrap());

    assert!(said.contains("resources.setting") && !said.contains("secret"));
}

#[test]
fn a_product_that_is_called_a_demo_is_not_aside() {
    let values = "buckets:\n  - name: uploads\n";
    let of = |path: &str| resources(&found(&[(path, values)], &[]));

    assert_eq!(of("helm/acme-demo-shop/values.yaml"), ["bucket shop-uploads-bucket Likely"]);
    assert_eq!(of("demo/shop/values.yaml"), [] as [&str; 0]);
}

#[test]
fn a_tool_that_runs_beside_its_database_needs_it() {
    let mut repository = Repository::new(&[("compose.yaml", COMPOSE)]);
    repository.component("", "shop", "tool");
    repository.findings.packages.push(needing("package.json", Ecosystem::Npm, &["pg"]));

    assert_eq!(resources(&repository.run(&DETECTOR)), ["database shop-db Likely"]);
}
