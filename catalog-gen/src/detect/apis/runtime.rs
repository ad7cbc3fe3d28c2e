//! Interfaces that a framework describes only while it runs: suggestions.
//!
//! A dependency says that there is a description, not what is in it, so nothing here is more than a guess. The
//! invariant: a component that has a described interface of the type gets no suggestion of it.

use super::{graphql, order_of_kind};
use crate::detect::components::packages_of;
use crate::detect::slug::slug;
use crate::{
    Claim, Confidence, Edge, Evidence, Findings, Material, Package, Relation, Subject, SubjectId,
    SubjectKind, Target,
};

/// Libraries that write an OpenAPI description of a running server; the ends of names count.
const OPENAPI: [&str; 35] = [
    "org.springdoc:springdoc-openapi-starter-webmvc-ui",
    "org.springdoc:springdoc-openapi-starter-webflux-ui",
    "org.springdoc:springdoc-openapi-starter-webmvc-api",
    "org.springdoc:springdoc-openapi-ui",
    "org.springdoc:springdoc-openapi-webflux-ui",
    "io.springfox:springfox-boot-starter",
    "io.springfox:springfox-swagger2",
    "io.quarkus:quarkus-smallrye-openapi",
    "io.micronaut.openapi:micronaut-openapi",
    "fastapi",
    "drf-spectacular",
    "drf-yasg",
    "flasgger",
    "flask-smorest",
    "flask-restx",
    "apiflask",
    "@nestjs/swagger",
    "@fastify/swagger",
    "fastify-swagger",
    "swagger-jsdoc",
    "tsoa",
    "express-openapi",
    "@hono/zod-openapi",
    "utoipa",
    "aide",
    "poem-openapi",
    "okapi",
    "Swashbuckle.AspNetCore",
    "NSwag.AspNetCore",
    "Microsoft.AspNetCore.OpenApi",
    "github.com/swaggo/swag",
    "github.com/danielgtaylor/huma/v2",
    "rswag",
    "grape-swagger",
    "darkaonline/l5-swagger",
];

/// Suggests an API for each component whose framework describes one.
pub(super) fn suggest(material: &Material<'_>, findings: &mut Findings) {
    for (component, folder) in components(findings) {
        let mut found: Vec<(&'static str, Evidence)> = Vec::new();
        for package in packages_of(findings, component, folder.as_ref()) {
            let openapi = package
                .dependencies
                .iter()
                .find(|one| !one.development && OPENAPI.contains(&one.name.as_str()));
            let uses =
                [("openapi", openapi.map(|one| one.name.as_str())), ("graphql", graphql::server(package))];
            for (kind, name) in uses {
                let Some(name) = name else { continue };
                found.push((kind, evidence(material, package, name)));
            }
        }
        for (kind, evidence) in found {
            // One of a type is enough, whichever package shows it first.
            if order_of_kind(findings, Some(component), kind) == 0 {
                add(findings, component, kind, evidence);
            }
        }
    }
}

fn components(findings: &Findings) -> Vec<(SubjectId, Option<crate::TreePath>)> {
    let known = |subject: &Subject| subject.existence.confidence > Confidence::Guess;
    let all = findings.of(SubjectKind::Component).filter(|(_, subject)| known(subject));
    all.filter(|(_, subject)| subject.best("spec.type").and_then(Claim::text) != Some("library"))
        .map(|(id, subject)| (id, subject.folder.clone()))
        .collect()
}

fn evidence(material: &Material<'_>, package: &Package, name: &str) -> Evidence {
    let line = material.text(&package.file).and_then(|text| crate::detect::text::line_of(text, name));
    Evidence::at(
        &package.file,
        line,
        "apis.run-time",
        format!("`{name}` describes the interface while it runs"),
    )
}

fn add(findings: &mut Findings, component: SubjectId, kind: &'static str, evidence: Evidence) {
    let Some(provider) = findings.subject(component) else { return };
    let folder = provider.folder.clone();
    let base = provider.best("metadata.name").and_then(Claim::text).map(slug).unwrap_or_default();
    let role = if kind == "openapi" { "api" } else { kind };
    let guess = |value: &str| Claim::new(value, Confidence::Guess, evidence.clone());
    let mut api =
        Subject::new(SubjectKind::Api, folder, Claim::new(true, Confidence::Guess, evidence.clone()));
    api.claim("metadata.name", guess(&format!("{base}-{role}")));
    api.claim("spec.type", guess(kind));
    let to = Target::Subject(findings.add(api));
    let (relation, confidence) = (Relation::ProvidesApi, Confidence::Guess);
    findings.edges.push(Edge { from: component, relation, to, confidence, evidence: vec![evidence] });
}
