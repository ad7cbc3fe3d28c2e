use crate::tests::repository::Repository;
use crate::{Confidence, Site};

/// The type of the one component, and how sure it is.
fn kind(files: &[(&str, &str)]) -> (String, Confidence) {
    let catalogue = Repository::of(files).catalogue(&Site::default());
    let all: Vec<_> = catalogue.entities.iter().filter(|own| own.entity.kind == "Component").collect();
    assert_eq!(all.len(), 1, "{:?}", catalogue.names());
    let mut fields = all[0].fields.iter().chain(&all[0].suggestions);
    let found = fields.find(|own| own.field == "spec.type").unwrap();
    (found.claim.text().unwrap().to_owned(), found.claim.confidence)
}

fn likely(files: &[(&str, &str)]) -> String {
    let (kind, confidence) = kind(files);
    assert_eq!(confidence, Confidence::Likely);
    kind
}

#[test]
fn a_server_is_a_service() {
    for (file, text) in [
        ("package.json", r#"{"dependencies": {"fastify": "5"}}"#),
        ("requirements.txt", "Django==5.0 # web\n"),
        ("pyproject.toml", "[project]\nname = \"x\"\ndependencies = [\"FastAPI>=0.1\"]\n"),
        ("go.mod", "module x\nrequire github.com/go-chi/chi/v5 v5.0.0\n"),
        ("Cargo.toml", "[package]\nname = \"x\"\n[dependencies]\naxum = \"0.8\"\n"),
        ("Gemfile", "gem 'rails'\n"),
        ("composer.json", r#"{"require": {"laravel/framework": "11"}}"#),
        ("Shop.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\"></Project>"),
        ("build.gradle.kts", "dependencies {\n  implementation(\"io.ktor:ktor-server-netty:3.0\")\n}\n"),
        (
            "pom.xml",
            "<project><artifactId>x</artifactId><dependencies><dependency>\
             <groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId>\
             </dependency></dependencies></project>",
        ),
    ] {
        assert_eq!(likely(&[(file, text)]), "service", "{file}");
    }
}

#[test]
fn pages_are_a_website() {
    let next = r#"{"private": true, "dependencies": {"next": "15"}}"#;
    assert_eq!(likely(&[("package.json", next)]), "website");
    let vite = r#"{"private": true, "devDependencies": {"@vitejs/plugin-vue": "5"}}"#;
    assert_eq!(likely(&[("package.json", vite), ("Dockerfile", "FROM nginx\n")]), "website");
    let views = r#"{"dependencies": {"express": "5", "nunjucks": "3"}}"#;
    assert_eq!(likely(&[("package.json", views), ("Dockerfile", "FROM node\n")]), "website");
}

#[test]
fn packages_for_others_are_libraries() {
    let widgets = r#"{"name": "x", "exports": {}, "peerDependencies": {"react": "19"}}"#;
    assert_eq!(likely(&[("package.json", widgets)]), "library");
    assert_eq!(likely(&[("go.mod", "module x\n"), ("x.go", "package x")]), "library");
    assert_eq!(likely(&[("x.gemspec", "spec.name = 'x'\n")]), "library");
}

#[test]
fn programs_at_a_prompt_and_providers_are_tools() {
    let cobra = ("go.mod", "module x\nrequire (\n\tgithub.com/spf13/cobra v1.0.0\n)\n");
    assert_eq!(likely(&[cobra, ("main.go", ""), ("Dockerfile", "FROM scratch\n")]), "tool");
    assert_eq!(likely(&[cobra, ("main.go", ""), ("Dockerfile", "FROM scratch\nEXPOSE 80\n")]), "service");
    let provider = ("go.mod", "module x\nrequire github.com/hashicorp/terraform-plugin-sdk/v2 v2.0.0\n");
    assert_eq!(likely(&[provider, ("main.go", "")]), "tool");
}

#[test]
fn terraform_alone_is_infrastructure() {
    assert_eq!(likely(&[("main.tf", "resource \"x\" \"y\" {}\n")]), "infrastructure");
}

#[test]
fn where_nothing_speaks_a_type_is_only_suggested() {
    assert_eq!(kind(&[("notes.txt", "x")]).1, Confidence::Guess);
}
