use super::DETECTOR;
use crate::detect::tests::repository::{Repository, edges, path, subjects, text};
use crate::{Ecosystem, Findings, Interest, Package, Relation, SubjectKind};

const OPENAPI: &str = "openapi: 3.0.3\ninfo:\n  title: Cart API\n  version: '1.2'\n  description: |\n    Keeps carts.\n\n    More.\npaths:\n  /carts:\n    get: {}\n  /carts/{id}:\n    get: {}\n";

fn found(files: &[(&str, &str)]) -> Findings {
    let mut repository = Repository::new(files);
    repository.component("", "shop", "service");
    repository.run(&DETECTOR)
}

fn apis(findings: &Findings) -> Vec<String> {
    subjects(findings, SubjectKind::Api)
}

#[test]
fn an_openapi_file_is_an_interface_of_the_nearest_component() {
    let mut repository = Repository::new(&[("services/cart/docs/openapi.yaml", OPENAPI)]);
    repository.component("", "shop", "service");
    repository.component("services/cart", "cart", "service");
    let findings = repository.run(&DETECTOR);

    assert_eq!(apis(&findings), ["openapi cart-api Likely"]);
    assert_eq!(edges(&findings, Relation::ProvidesApi), ["cart -> cart-api Likely"]);
    let (id, api) = findings.of(SubjectKind::Api).next().unwrap();
    assert_eq!(api.best("spec.definition").unwrap().value["$text"], "./docs/openapi.yaml");
    assert_eq!(text(&findings, id, "metadata.title"), Some("Cart API"));
    assert_eq!(text(&findings, id, "metadata.description"), Some("Keeps carts."));
    let evidence = &api.existence.evidence[0];
    assert_eq!((evidence.line, evidence.seen.as_str()), (Some(1), "OpenAPI 3.0.3 with 2 paths"));
}

#[test]
fn what_a_file_says_counts_and_not_its_name() {
    let workflow = "name: asyncapi\non: push\njobs:\n  asyncapi:\n    runs-on: ubuntu-latest\n";
    let sorted = "channels:\n  orders: {}\n  refunds: {}\ninfo:\n  title: Shop events\n  version: 1.0.0\nasyncapi: 2.6.0\n";
    let findings = found(&[
        (".github/workflows/asyncapi.yml", workflow),
        ("asyncapi.yml", workflow),
        ("docs/reference/events.yaml", sorted),
        (
            "swagger.json",
            r#"{"swagger": "2.0", "info": {"title": "API", "version": "1"}, "paths": {"/a": {}}}"#,
        ),
        ("parts.yaml", "openapi: 3.0.0\ninfo:\n  title: Parts\ncomponents:\n  schemas: {}\n"),
        ("old.yaml", "openapi: 1.0.0\ninfo:\n  title: Old\npaths:\n  /a: {}\n"),
        ("broken.json", r#"{"openapi": "3.0.0", "info": {"title": "x"#),
    ]);

    assert_eq!(apis(&findings), ["asyncapi shop-events Likely", "openapi shop-api Likely"]);
}

#[test]
fn files_of_tests_mocks_examples_and_templates_describe_nothing() {
    let findings = found(&[
        ("tests/openapi.yaml", OPENAPI),
        ("mock-server/openapi.yaml", OPENAPI),
        ("api/openapi.example.yaml", OPENAPI),
        ("templates/new/skeleton/openapi.yaml", OPENAPI),
        ("vendor/x/openapi.yaml", OPENAPI),
        ("petstore.yaml", &OPENAPI.replace("Cart API", "Swagger Petstore")),
        ("marked.yaml", &OPENAPI.replace("Cart API", "${{ values.name }}")),
        ("hasura/metadata/actions.graphql", "type Mutation {\n  a: String\n}\n"),
        ("hasura/metadata/actions.yaml", "actions: []\n"),
        ("src/testing/x.proto", "package x;\nservice X {\n}\n"),
        ("proto/google/api/http.proto", "package google.api;\nservice X {\n}\n"),
        ("messages.proto", "package x;\nmessage service {\n}\n"),
    ]);

    assert_eq!(apis(&findings), [] as [&str; 0]);
}

#[test]
fn files_in_folders_of_clients_are_called() {
    let payments = OPENAPI.replace("Cart API", "Payments");
    let findings = found(&[
        ("openapi.yaml", OPENAPI),
        ("src/clients/payments.yaml", &payments),
        ("src/clients/cart.yaml", OPENAPI),
    ]);

    assert_eq!(apis(&findings), ["openapi cart-api Likely"]);
    assert_eq!(
        edges(&findings, Relation::ConsumesApi),
        ["shop -> cart-api Likely", "shop -> api:default/payments Guess"]
    );
}

#[test]
fn files_of_one_title_and_version_are_one_interface() {
    let findings = found(&[
        ("dist/openapi.yaml", OPENAPI),
        ("openapi/root.yaml", OPENAPI),
        ("openapi/v2.yaml", &OPENAPI.replace("'1.2'", "2.0.0")),
    ]);

    assert_eq!(apis(&findings).len(), 2);
    let api = findings.of(SubjectKind::Api).next().unwrap().1;
    assert_eq!(api.best("spec.definition").unwrap().value["$text"], "./openapi/root.yaml");
    assert_eq!(api.existence.evidence.len(), 2);
}

#[test]
fn all_schema_files_of_a_component_are_one_graphql_interface() {
    let findings = found(&[
        ("src/a.graphql", "extend type Query {\n  a: Int\n}\n"),
        ("src/schema.graphql", "\n# root\ntype Query {\n  b: Int\n}\n"),
        ("src/find.graphql", "query Find {\n  a\n}\n"),
        ("src/words.graphql", "\"\"\"\ntype Query { }\n\"\"\"\ntype A { b: Int }\n"),
    ]);

    assert_eq!(apis(&findings), ["graphql shop-graphql Likely"]);
    let api = findings.of(SubjectKind::Api).next().unwrap().1;
    assert_eq!(api.best("spec.definition").unwrap().value["$text"], "./src/schema.graphql");
    assert_eq!(api.existence.evidence[0].line, Some(3));
}

#[test]
fn a_schema_beside_a_client_of_graphql_is_called() {
    let mut repository = Repository::new(&[("web/schema.graphql", "type Query { a: Int }")]);
    repository.component("web", "web", "website");
    let mut package = Package::new(Ecosystem::Npm, path("web/package.json"));
    package.depend("@apollo/client", false);
    repository.findings.packages.push(package);
    let findings = repository.run(&DETECTOR);

    assert_eq!(apis(&findings), [] as [&str; 0]);
    assert_eq!(edges(&findings, Relation::ConsumesApi), ["web -> api:default/schema-graphql Guess"]);
}

#[test]
fn services_of_one_protobuf_package_are_one_interface() {
    let findings = found(&[
        ("proto/shop/v1/cart.proto", "syntax = \"proto3\";\npackage shop.v1;\n\nservice CartService {\n}\n"),
        ("proto/shop/v1/item.proto", "package shop.v1;\nservice Items {\n}\nservice Prices\n{\n}\n"),
        ("proto/pay/v1/pay.proto", "package pay.v1;\nservice PayService {}\n"),
    ]);

    assert_eq!(apis(&findings), ["grpc pay-service Likely", "grpc shop-v1 Likely"]);
}

#[test]
fn a_framework_that_describes_itself_is_a_suggestion() {
    let mut repository = Repository::new(&[("pyproject.toml", "dependencies = [\n  'fastapi'\n]\n")]);
    repository.component("", "shop", "service");
    let mut package = Package::new(Ecosystem::Python, path("pyproject.toml"));
    package.depend("fastapi", false);
    repository.findings.packages.push(package.clone());
    let findings = repository.run(&DETECTOR);

    assert_eq!(apis(&findings), ["openapi shop-api Guess"]);
    assert_eq!(findings.edges[0].evidence[0].line, Some(2));
    let mut described = Repository::new(&[("openapi.yaml", OPENAPI)]);
    described.component("", "shop", "service");
    described.findings.packages.push(package);
    assert_eq!(apis(&described.run(&DETECTOR)), ["openapi cart-api Likely"]);
}

#[test]
fn a_library_with_a_description_only_may_provide_it() {
    let mut repository = Repository::new(&[("openapi.yaml", OPENAPI)]);
    repository.component("", "client-of-shop", "library");

    assert_eq!(apis(&repository.run(&DETECTOR)), ["openapi cart-api Guess"]);
}

#[test]
fn a_description_that_is_too_long_is_named_and_not_read() {
    let mut repository = Repository::new(&[]);
    repository.list("docs/openapi.yaml", 50 * 1024 * 1024);
    let findings = repository.run(&DETECTOR);

    assert_eq!(findings.notes[0].file.as_deref(), Some("docs/openapi.yaml"));
    let wanted = DETECTOR.reads.contains(&Interest::Sniff(".yaml"));
    assert!(wanted && Interest::MAX_READ < 50 * 1024 * 1024);
}

#[test]
fn references_in_a_circle_are_never_followed() {
    let circle = format!(
        "{OPENAPI}components:\n  schemas:\n    A:\n      $ref: '#/components/schemas/A'\n    B:\n      $ref: ./openapi.yaml\n"
    );

    assert_eq!(apis(&found(&[("openapi.yaml", &circle)])), ["openapi cart-api Likely"]);
}

#[test]
fn deep_json_is_survived() {
    let deep = format!(
        r#"{{"openapi": "3.0.0", "info": {{"title": "x"}}, "paths": {}1{}}}"#,
        "{\"a\":".repeat(100_000),
        "}".repeat(100_000)
    );

    assert_eq!(apis(&found(&[("openapi.json", &deep)])).len(), 1);
}

#[test]
fn mappings_in_braces_are_read_as_those_in_lines() {
    let braces =
        "openapi: 3.0.3\ninfo: {title: Pay, version: '2'}\npaths: {/pays: {get: {}}, /refunds: {get: {}}}\n";
    let over_lines = "asyncapi: 2.6.0\ninfo: {\n  title: Paid,\n  version: '1' }\nchannels:\n  paid: {}\n";
    let whole = "{openapi: 3.1.0, info: {title: Ship, version: '1'}, paths: {/ships: {}}}\n";
    let part = "openapi: 3.0.3\ninfo: {title: Parts, version: '2'}\npaths: {}\n";
    let findings = found(&[
        ("docs/pay.yaml", braces),
        ("docs/paid.yaml", over_lines),
        ("docs/ship.yaml", whole),
        ("docs/parts.yaml", part),
    ]);

    assert_eq!(apis(&findings), ["asyncapi paid Likely", "openapi pay Likely", "openapi ship Likely"]);
    let (_, pay) = findings.of(SubjectKind::Api).nth(1).unwrap();
    assert_eq!(pay.existence.evidence[0].seen, "OpenAPI 3.0.3 with 2 paths");
}

#[test]
fn a_schema_beside_the_settings_of_a_client_is_called_and_helpers_of_tests_serve_nothing() {
    let schema = "type Query {\n  users: [String]\n}\n";
    let proto = "syntax = \"proto3\";\npackage main;\nservice Route { rpc Get (A) returns (B); }\n";
    let findings = found(&[
        ("scraper/schema.graphql", schema),
        ("scraper/genqlient.yaml", "schema: schema.graphql\n"),
        ("lib/testutils/route.proto", proto),
    ]);

    assert_eq!(apis(&findings), [] as [&str; 0]);
    assert_eq!(findings.edges.iter().filter(|edge| edge.relation == Relation::ConsumesApi).count(), 1);
}
