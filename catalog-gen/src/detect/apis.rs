//! Detector `apis`: interfaces that a repository describes in files, told by what the files say.
//!
//! OpenAPI, AsyncAPI, GraphQL schemas and protobuf services become APIs that the nearest component provides; what a
//! framework describes only while it runs is suggested. Files of tests, of mocks, of examples and of others are no
//! interfaces of this repository; those in folders of clients are taken as called. The invariant: each API rests on a
//! file that was read, or is a guess.

mod graphql;
mod openapi;
mod place;
mod proto;
mod runtime;

use std::collections::HashMap;

use serde_json::json;

use super::near::Near;
use super::slug::{slug, without_marks};
use super::{Detector, Interest};
use crate::{
    Claim, Confidence, Edge, EntityRef, Entry, Evidence, Findings, Material, Relation, Site, Subject,
    SubjectId, SubjectKind, Target, TreePath, is_foreign,
};
use place::Place;

/// The most interfaces of one repository; one with more holds a collection of them.
const MOST: usize = 60;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    name: "apis",
    finds: "interfaces: OpenAPI 2 and 3, AsyncAPI 2 and 3, GraphQL schemas, protobuf services",
    limits: "what a framework describes only while it runs, and schemas written inside of code, are suggestions; WSDL \
             and Avro are not read",
    reads: &[
        Interest::Suffix("openapi.yaml"),
        Interest::Suffix("openapi.yml"),
        Interest::Suffix("openapi.json"),
        Interest::Suffix("swagger.yaml"),
        Interest::Suffix("swagger.yml"),
        Interest::Suffix("swagger.json"),
        Interest::Suffix("asyncapi.yaml"),
        Interest::Suffix("asyncapi.yml"),
        Interest::Suffix("asyncapi.json"),
        Interest::Suffix("api-docs.json"),
        Interest::Suffix("api.json"),
        Interest::Suffix("spec.json"),
        Interest::Suffix("v1.json"),
        Interest::Suffix("v2.json"),
        Interest::Suffix("v3.json"),
        Interest::Sniff(".yaml"),
        Interest::Sniff(".yml"),
        Interest::Suffix(".graphql"),
        Interest::Suffix(".graphqls"),
        Interest::Suffix(".gql"),
        Interest::Suffix(".proto"),
    ],
    run,
};

/// An interface that a file describes.
#[derive(Debug, PartialEq, Eq)]
struct Spec<'m> {
    path: &'m TreePath,
    /// `spec.type`.
    kind: &'static str,
    title: Option<String>,
    version: Option<String>,
    description: Option<String>,
    /// Where it says what it is.
    line: Option<u32>,
    /// For people.
    seen: String,
    /// What makes two files descriptions of one interface, beside the component.
    family: String,
    /// How much of the interface is in this file; the fullest stands for it.
    weight: usize,
}

fn run(material: &Material<'_>, _site: &Site, findings: &mut Findings) {
    note_unread(material, findings);
    let near = Near::of(findings);
    let mut own: Vec<(Option<SubjectId>, Spec<'_>)> = Vec::new();
    let mut called: Vec<(Option<SubjectId>, Spec<'_>)> = Vec::new();
    for (path, entry) in material.files.iter() {
        let Entry::File(_) = entry else { continue };
        let Some(reader) = reader(path.file_name()) else { continue };
        if is_foreign(path) {
            continue;
        }
        let here = place::of(path, material);
        if here == Place::Aside {
            continue;
        }
        let Some(spec) = material.text(path).and_then(|text| reader(path, text)) else { continue };
        let component = near.component(path);
        let calls = here == Place::Client
            || (spec.kind == "graphql"
                && (graphql::is_called(findings, path) || graphql::has_generator(material, path)));
        if calls { called.push((component, spec)) } else { own.push((component, spec)) }
    }
    if own.len() > MOST {
        let seen = format!(
            "{} descriptions of interfaces; a collection is not taken for interfaces of its own",
            own.len()
        );
        findings.notes.push(Evidence::of_repository("apis.too-many", seen));
        own.clear();
    }
    let names = provide(findings, own);
    for (component, spec) in called {
        call(findings, component, &spec, &names);
    }
    runtime::suggest(material, findings);
}

fn reader(name: &str) -> Option<for<'m> fn(&'m TreePath, &'m str) -> Option<Spec<'m>>> {
    Some(match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
        "yaml" | "yml" | "json" => openapi::read,
        "graphql" | "graphqls" | "gql" => graphql::read,
        "proto" => proto::read,
        _ => return None,
    })
}

/// Says which files are called like a description and are too long to be read.
fn note_unread(material: &Material<'_>, findings: &mut Findings) {
    for file in
        material.listing.iter().filter(|file| file.size > Interest::MAX_READ && !is_foreign(&file.path))
    {
        let name = file.path.file_name().to_ascii_lowercase();
        let ends = [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end));
        if ends && ["openapi", "swagger", "asyncapi"].iter().any(|word| name.contains(word)) {
            let seen = format!(
                "{} bytes are too many for the description of an interface; it was not read",
                file.size
            );
            findings.notes.push(Evidence::at(&file.path, None, "apis.too-long", seen));
        }
    }
}

/// Makes the APIs, one for all files of a family, and gives back what they are called.
fn provide(findings: &mut Findings, specs: Vec<(Option<SubjectId>, Spec<'_>)>) -> HashMap<String, SubjectId> {
    let mut order: Vec<(Option<SubjectId>, &'static str, String)> = Vec::new();
    let mut families: HashMap<(Option<SubjectId>, &'static str, String), Vec<Spec<'_>>> = HashMap::new();
    for (component, spec) in specs {
        let key = (component, spec.kind, spec.family.clone());
        let family = families.entry(key.clone()).or_default();
        if family.is_empty() {
            order.push(key);
        }
        family.push(spec);
    }
    let mut names = HashMap::new();
    for key in order {
        let Some(mut family) = families.remove(&key) else { continue };
        family.sort_by_key(|spec| {
            (place::is_made(spec.path), std::cmp::Reverse(spec.weight), spec.path.clone())
        });
        let several = order_of_kind(findings, key.0, key.1) > 0;
        let (name, id) = add(findings, key.0, &family, several);
        names.entry(name).or_insert(id);
    }
    names
}

/// How many APIs of that type a component has so far.
fn order_of_kind(findings: &Findings, component: Option<SubjectId>, kind: &str) -> usize {
    let given = findings
        .edges
        .iter()
        .filter(|edge| edge.relation == Relation::ProvidesApi && Some(edge.from) == component);
    let apis = given.filter_map(|edge| match edge.to {
        Target::Subject(id) => findings.subject(id),
        Target::Entity(_) => None,
    });
    apis.filter(|api| api.best("spec.type").and_then(Claim::text) == Some(kind)).count()
}

fn add(
    findings: &mut Findings,
    component: Option<SubjectId>,
    family: &[Spec<'_>],
    several: bool,
) -> (String, SubjectId) {
    let provider = component.and_then(|id| findings.subject(id));
    let folder = provider.and_then(|subject| subject.folder.clone());
    let sure = confidence(provider);
    let component_name = provider.and_then(|subject| subject.best("metadata.name")?.text().map(slug));
    // A family is never empty: it was made for its first file.
    let (first, rest) = match family.split_first() {
        Some(parts) => parts,
        None => return (String::new(), findings.add(Subject::new(SubjectKind::Api, None, nothing()))),
    };
    let evidence = |rule: &str| Evidence::at(first.path, first.line, rule, first.seen.clone());
    let mut existence = Claim::new(true, sure, evidence("apis.described"));
    for more in rest.iter().take(4) {
        existence = existence.and(Evidence::at(more.path, more.line, "apis.described", more.seen.clone()));
    }
    let mut api = Subject::new(SubjectKind::Api, folder.clone(), existence);
    let name = name_of(first, component_name.as_deref(), several);
    api.claim("metadata.name", Claim::new(name.clone(), Confidence::Likely, evidence("apis.name")));
    if let Some(title) = first.title.as_deref().filter(|title| !is_generic(title) && slug(title) != *title) {
        api.claim("metadata.title", Claim::new(title, Confidence::Likely, evidence("apis.title")));
    }
    if let Some(description) = &first.description {
        api.claim(
            "metadata.description",
            Claim::new(description.clone(), Confidence::Likely, evidence("apis.description")),
        );
    }
    api.claim("spec.type", Claim::new(first.kind, Confidence::Certain, evidence("apis.type")));
    let text = relative(folder.as_ref(), first.path);
    let definition = json!({ "$text": text });
    api.claim("spec.definition", Claim::new(definition, Confidence::Certain, evidence("apis.definition")));
    let id = findings.add(api);
    if let Some(component) = component {
        let evidence = vec![evidence("apis.nearest-component")];
        let to = Target::Subject(id);
        findings.edges.push(Edge {
            from: component,
            relation: Relation::ProvidesApi,
            to,
            confidence: sure,
            evidence,
        });
    }
    (name, id)
}

fn nothing() -> Claim {
    Claim::new(false, Confidence::Guess, Evidence::of_repository("apis.described", "nothing"))
}

/// A library or a web page that has a description by it rather calls the interface than gives it.
fn confidence(provider: Option<&Subject>) -> Confidence {
    let kind = provider.and_then(|subject| subject.best("spec.type")?.text());
    match kind {
        Some("library" | "website" | "documentation") => Confidence::Guess,
        _ => Confidence::Likely,
    }
}

fn name_of(spec: &Spec<'_>, component: Option<&str>, several: bool) -> String {
    let role = match spec.kind {
        "openapi" => "api",
        "asyncapi" => "events",
        other => other,
    };
    let title = spec.title.as_deref().filter(|title| !is_generic(title)).map(slug);
    let title = title.filter(|title| !title.is_empty());
    let file = spec.path.file_name();
    let stem = slug(file.split('.').next().unwrap_or(file));
    match (title, component) {
        (Some(title), _) => title,
        (None, Some(component)) if several => format!("{component}-{stem}-{role}"),
        (None, Some(component)) => format!("{component}-{role}"),
        (None, None) => format!("{stem}-{role}"),
    }
}

/// Titles that generators write when nobody says anything.
fn is_generic(title: &str) -> bool {
    let plain = slug(title);
    let without = plain.replace("-api", "").replace("api-", "");
    matches!(
        without.as_str(),
        "" | "api"
            | "rest"
            | "swagger"
            | "openapi"
            | "open"
            | "fastapi"
            | "documentation"
            | "definition"
            | "title"
            | "openapi-definition"
            | "my"
            | "service"
            | "example"
            | "http"
            | "v1"
            | "v2"
            | "docs"
            | "spec"
            | "graphql"
    )
}

/// Somebody else's interface, for which this repository keeps a description to call it by.
fn call(
    findings: &mut Findings,
    component: Option<SubjectId>,
    spec: &Spec<'_>,
    names: &HashMap<String, SubjectId>,
) {
    let name = name_of(spec, None, false);
    let evidence =
        Evidence::at(spec.path, spec.line, "apis.client", format!("{}, kept to call it", spec.seen));
    let (to, confidence) = match names.get(&name) {
        Some(id) => (Target::Subject(*id), Confidence::Likely),
        None => match EntityRef::new("api", crate::DEFAULT_NAMESPACE, &name) {
            Ok(api) => (Target::Entity(api), Confidence::Guess),
            Err(_) => return,
        },
    };
    match component {
        Some(from) => findings.edges.push(Edge {
            from,
            relation: Relation::ConsumesApi,
            to,
            confidence,
            evidence: vec![evidence],
        }),
        None => findings.notes.push(evidence),
    }
}

/// A path as one writes it in a file of that folder.
pub(super) fn relative(folder: Option<&TreePath>, path: &TreePath) -> String {
    let Some(folder) = folder else { return format!("./{path}") };
    if let Some(below) = path.strip_prefix(folder) {
        return format!("./{below}");
    }
    let (from, to): (Vec<&str>, Vec<&str>) = (folder.segments().collect(), path.segments().collect());
    let common = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let up = "../".repeat(from.len() - common);
    format!("{up}{}", to.get(common..).unwrap_or_default().join("/"))
}

/// One line of a text that may go over many; nothing where a template has left its marks.
fn line_of_prose(text: &str) -> Option<String> {
    let first = without_marks(text)?.split("\n\n").next()?.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = first.chars().take(200).collect();
    (!short.is_empty()).then_some(short)
}

#[cfg(test)]
mod tests;
