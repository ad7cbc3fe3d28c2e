//! GraphQL schemas.
//!
//! A schema has a root type, extends one, or takes part in a federation; a file of queries has none. The invariant:
//! all schema files of a component are one interface, for that is what a server makes of them.

use std::sync::LazyLock;

use regex::Regex;

use super::Spec;
use crate::detect::text::line_at;
use crate::{Findings, Material, Package, TreePath};

static ROOT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?m)^\s*(?:extend\s+)?(?:type\s+(?:Query|Mutation|Subscription)\b|schema\s*(?:@[^{]*)?\{)")
        .ok()
});

/// What servers of GraphQL depend on.
const SERVERS: [&str; 40] = [
    "apollo-server",
    "apollo-server-express",
    "apollo-server-fastify",
    "apollo-server-koa",
    "apollo-server-lambda",
    "@apollo/server",
    "@apollo/subgraph",
    "@apollo/federation",
    "@apollo/gateway",
    "@nestjs/graphql",
    "graphql-yoga",
    "mercurius",
    "express-graphql",
    "graphql-http",
    "graphql-helix",
    "@graphql-tools/schema",
    "@graphql-yoga/node",
    "type-graphql",
    "github.com/99designs/gqlgen",
    "github.com/graph-gophers/graphql-go",
    "github.com/graphql-go/graphql",
    "async-graphql",
    "juniper",
    "strawberry-graphql",
    "graphene",
    "graphene-django",
    "ariadne",
    "HotChocolate.AspNetCore",
    "GraphQL.Server.Transports.AspNetCore",
    "org.springframework.boot:spring-boot-starter-graphql",
    "com.graphql-java-kickstart:graphql-spring-boot-starter",
    "com.netflix.graphql.dgs:graphql-dgs-spring-boot-starter",
    "com.graphql-java:graphql-java",
    "io.quarkus:quarkus-smallrye-graphql",
    "graphql-ruby",
    "absinthe",
    "webonyx/graphql-php",
    "@neo4j/graphql",
    "@graphql-tools/stitch",
    "graphql-modules",
];
/// What callers of GraphQL depend on.
const CALLERS: [&str; 24] = [
    "@apollo/client",
    "apollo-client",
    "apollo-boost",
    "apollo-angular",
    "urql",
    "@urql/core",
    "@urql/vue",
    "relay-runtime",
    "react-relay",
    "graphql-request",
    "@graphql-codegen/cli",
    "vue-apollo",
    "@vue/apollo-composable",
    "gql",
    "github.com/khan/genqlient",
    "github.com/shurcool/graphql",
    "graphql_client",
    "cynic",
    "graphql-client",
    "StrawberryShake",
    "GraphQL.Client",
    "com.apollographql.apollo3:apollo-runtime",
    "@rtk-query/graphql-request-base-query",
    "graphql-hooks",
];

pub(super) fn read<'m>(path: &'m TreePath, text: &'m str) -> Option<Spec<'m>> {
    let found = ROOT.as_ref()?.find_iter(text).filter(|found| !is_hidden(text, found.start()));
    let starts: Vec<usize> = found.map(|found| found.start()).collect();
    let at = *starts.first()?;
    // `^\s*` may begin on an empty line before.
    let word = text.get(at..)?.find(|c: char| !c.is_whitespace()).unwrap_or_default();
    let named = path.file_name().to_ascii_lowercase().starts_with("schema");
    Some(Spec {
        path,
        kind: "graphql",
        title: None,
        version: None,
        description: None,
        line: line_at(text, at + word),
        seen: "a GraphQL schema with its root types".to_owned(),
        family: String::new(),
        weight: starts.len() + if named { 1_000 } else { 0 },
    })
}

/// Is the place in a comment or in a description?
fn is_hidden(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    before.matches("\"\"\"").count() % 2 == 1
}

/// Does the package around a schema call GraphQL and serve none?
pub(super) fn is_called(findings: &Findings, path: &TreePath) -> bool {
    let mut folder = path.parent();
    loop {
        let needs = |package: &Package, names: &[&str]| {
            package.dependencies.iter().any(|dependency| names.contains(&dependency.name.as_str()))
        };
        let (mut serves, mut calls) = (false, false);
        for package in findings.packages_in(folder.as_ref()) {
            serves |= needs(package, &SERVERS);
            calls |= needs(package, &CALLERS);
        }
        if serves || calls {
            return !serves;
        }
        match folder {
            Some(here) => folder = here.parent(),
            None => return false,
        }
    }
}

/// Do settings of a generator of clients stand beside the schema?
pub(super) fn has_generator(material: &Material<'_>, path: &TreePath) -> bool {
    const SETTINGS: [&str; 4] = ["genqlient.yaml", "genqlient.yml", "relay.config.js", "relay.config.json"];
    let beside = |name: &&str| match path.parent() {
        Some(folder) => folder.join(name).ok(),
        None => TreePath::parse(name).ok(),
    };
    SETTINGS.iter().filter_map(beside).any(|path| material.listing.get(&path).is_some())
}

/// Does the package serve GraphQL, and with what?
pub(super) fn server(package: &Package) -> Option<&str> {
    let names = package.dependencies.iter().map(|dependency| dependency.name.as_str());
    names.into_iter().find(|name| SERVERS.contains(name))
}
