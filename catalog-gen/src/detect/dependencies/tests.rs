use super::DETECTOR;
use crate::detect::tests::repository::{Repository, edges, path};
use crate::{CodeHost, Ecosystem, Package, Relation, Remote, Said};

fn shop(files: &[(&str, &str)], components: &[(&str, &str)]) -> Repository {
    let mut repository = Repository::new(files);
    let url = "https://github.com/acme/shop".to_owned();
    repository.about.remote = Some(Remote { url, revision: "main".to_owned(), host: CodeHost::GitHub });
    for (folder, kind) in components {
        repository.component(folder, folder.rsplit('/').next().unwrap(), kind);
    }
    repository
}

fn package(file: &str, ecosystem: Ecosystem, name: &str) -> Package {
    let mut package = Package::new(ecosystem, path(file));
    package.name = Some(Said::new(name, None));
    package
}

fn found(repository: Repository) -> Vec<String> {
    edges(&repository.run(&DETECTOR), Relation::DependsOn)
}

#[test]
fn packages_that_name_each_other_are_components_that_need_each_other() {
    let manifest = "{\n  \"@acme/ui\": \"workspace:*\"\n}";
    let mut repository = shop(
        &[("web/package.json", manifest)],
        &[("web", "website"), ("ui", "library"), ("core", "library")],
    );
    let mut web = package("web/package.json", Ecosystem::Npm, "@acme/web");
    web.depend("@acme/ui", false);
    web.depend("react", false);
    web.depend("@acme/web", false);
    let mut ui = package("ui/package.json", Ecosystem::Npm, "@acme/ui");
    ui.depend_at("core", false, Some("../core".to_owned()));
    ui.depend("@acme/web", true);
    let core = package("core/package.json", Ecosystem::Npm, "@acme/core");
    repository.findings.packages = vec![web, ui, core];
    let findings = repository.run(&DETECTOR);

    assert_eq!(
        edges(&findings, Relation::DependsOn),
        ["web -> ui Likely", "ui -> web Guess", "ui -> core Likely"]
    );
    assert_eq!(findings.edges[0].evidence[0].line, Some(2));
}

#[test]
fn packages_of_different_tools_with_one_name_are_not_confused() {
    let mut repository = shop(&[], &[("web", "website"), ("core", "service")]);
    let mut web = package("web/package.json", Ecosystem::Npm, "web");
    web.depend("core", false);
    repository.findings.packages = vec![web, package("core/Cargo.toml", Ecosystem::Cargo, "core")];

    assert_eq!(found(repository), [] as [&str; 0]);
}

#[test]
fn services_of_compose_files_need_each_other() {
    let compose = "services:\n  gate:\n    build: ./services/gate\n    depends_on: [cart]\n  cart:\n    build: ./services/cart\n    environment:\n      - PAY=http://pay:80\n      - HERE=http://cart:80\n  pay:\n    build:\n      context: .\n      dockerfile: services/pay/Dockerfile\n";
    let repository = shop(
        &[("compose.yaml", compose)],
        &[("services/gate", "service"), ("services/cart", "service"), ("services/pay", "service")],
    );

    assert_eq!(found(repository), ["gate -> cart Likely", "cart -> pay Likely"]);
}

#[test]
fn settings_name_components_by_value_and_by_name() {
    let manifest = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: cart-service\nspec:\n  env:\n    - name: PAY\n      value: \"http://pay.shop.svc.cluster.local\"\n    - name: OTHER\n      value: https://pay.example.com\n";
    let repository = shop(
        &[
            (
                "web/.env.example",
                "# PAY_URL=\nREACT_APP_CART_SERVICE_URL=\nORDER_DB=\nAPI_GATEWAY=\nPAYMENT=\n",
            ),
            ("deploy/cart.yaml", manifest),
        ],
        &[("web", "service"), ("cart-service", "service"), ("pay", "service"), ("api-gateway", "other")],
    );

    assert_eq!(
        found(repository),
        ["web -> cart-service Likely", "web -> api-gateway Likely", "cart-service -> pay Likely"]
    );
}

#[test]
fn pages_call_the_one_gateway() {
    let parts = [("web", "website"), ("api-gateway", "service"), ("cart", "service"), ("pay", "service")];
    assert_eq!(found(shop(&[], &parts)), ["web -> api-gateway Likely"]);

    let two = [("web", "website"), ("api-gateway", "service"), ("bff", "service"), ("pay", "service")];
    assert_eq!(found(shop(&[], &two)), [] as [&str; 0]);
}

#[test]
fn one_component_needs_no_other() {
    let compose = "services:\n  app:\n    build: .\n    depends_on: [worker]\n  worker:\n    build: .\n";
    assert_eq!(found(shop(&[("compose.yaml", compose)], &[("app", "service")])), [] as [&str; 0]);
}

#[test]
fn what_is_needed_and_told_where_its_user_is_does_not_need_it_back() {
    let compose = "services:\n  api-gateway:\n    build: ./api-gateway\n    depends_on: [cart]\n  cart:\n    build: ./cart\n";
    let files = [("compose.yaml", compose), ("cart/.env.example", "API_GATEWAY=\n")];
    let repository = shop(&files, &[("api-gateway", "other"), ("cart", "other")]);

    assert_eq!(found(repository), ["api-gateway -> cart Likely", "cart -> api-gateway Guess"]);
}
