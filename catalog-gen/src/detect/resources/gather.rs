//! Goes through the files of a repository for sightings.
//!
//! Which file may say what, and whose it is. It puts nothing together. The invariant: files of tests, examples,
//! templates and modules for others give no sighting.

use super::settings::{self, About};
use super::{Class, Sighting, cloud, table};
use crate::detect::components::packages_of;
use crate::detect::compose::{self, Service};
use crate::detect::kubernetes;
use crate::detect::near::Near;
use crate::detect::slug::slug;
use crate::detect::text::line_of;
use crate::{Ecosystem, Entry, Evidence, Findings, Material, TreePath, is_foreign};

/// The rule by which a container of a component uses another.
pub(super) const COMPOSE_USER: &str = "resources.compose-user";

/// Words of folders whose files are not about this repository's own things.
const ASIDE: [&str; 13] = [
    "test",
    "tests",
    "testing",
    "testdata",
    "e2e",
    "fixture",
    "fixtures",
    "skeleton",
    "skeletons",
    "scaffold",
    "templates-test",
    "mock",
    "mocks",
];

/// Whole folders of that kind; as parts of names they may name a product.
const SHOWN: [&str; 8] =
    ["example", "examples", "sample", "samples", "demo", "demos", "benchmark", "benchmarks"];

/// All sightings, in the order of the files.
pub(super) fn all(material: &Material<'_>, findings: &Findings, near: &Near) -> Vec<Sighting> {
    let mut found = composed(&compose::read(material), near);
    let provider = material.about.remote.as_ref().is_some_and(|remote| remote.url.contains("/terraform-"));
    for (path, entry) in material.files.iter() {
        let Entry::File(_) = entry else { continue };
        if is_foreign(path) || is_aside(path) {
            continue;
        }
        let Some(text) = material.text(path) else { continue };
        let mut here = match extension(path) {
            "tf" if !provider && !is_module(path) => cloud::terraform(path, text),
            "yaml" | "yml" | "json" | "template" => of_yaml(path, text),
            "ts" | "js" | "py" | "java" | "cs" | "go" => cloud::cdk(path, text),
            _ => Vec::new(),
        };
        if is_settings(path, text) {
            here.extend(of_settings(path, text, near));
        }
        let whose = near.component(path);
        for sighting in &mut here {
            if let (true, Some(user)) = (sighting.users.is_empty(), whose) {
                sighting.users.push((user, sighting.evidence.clone()));
            }
        }
        found.extend(here);
    }
    found.extend(charts(findings, near));
    found.extend(libraries(material, findings, near));
    found
}

fn extension(path: &TreePath) -> &str {
    path.file_name().rsplit_once('.').map_or("", |(_, end)| end)
}

fn is_aside(path: &TreePath) -> bool {
    let folder = path.parent();
    let mut folders = folder.iter().flat_map(TreePath::segments);
    folders.any(|segment| {
        segment
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| ASIDE.contains(&word.to_ascii_lowercase().as_str()))
            || SHOWN.contains(&segment.to_ascii_lowercase().as_str())
            || segment.contains("{{")
            || segment == ".github"
            || segment == ".backstage"
    })
}

/// Is it infrastructure code for others to use?
fn is_module(path: &TreePath) -> bool {
    path.parent()
        .is_some_and(|folder| folder.segments().any(|segment| matches!(segment, "modules" | "module")))
}

/// Containers of compose files, and the services of components that use them.
fn composed(services: &[Service], near: &Near) -> Vec<Sighting> {
    let mut found = Vec::new();
    for service in services {
        let Some(tech) = service.image.as_deref().and_then(table::by_image) else { continue };
        let seen = format!("the service `{}` runs {}", service.name, tech.name);
        let evidence = Evidence::at(&service.file, service.line, "resources.compose", seen);
        let mut users = Vec::new();
        let folder = service.file.parent();
        for user in services.iter().filter(|user| user.file.parent() == folder && user.uses(service)) {
            let Some(component) = user.component(near) else { continue };
            let seen = format!("the service `{}` uses `{}`", user.name, service.name);
            let why = Evidence::at(&user.file, user.line, COMPOSE_USER, seen);
            users.push((component, why.clone()));
            if let Some(setting) = user.setting_for(&service.name) {
                let seen = format!("`{setting}` of `{}` names `{}`", user.name, service.name);
                let evidence = Evidence::at(&user.file, user.line, "resources.setting", seen);
                let users = vec![(component, evidence.clone())];
                found.push(sighting(tech, Class::Setting, users, evidence));
            }
        }
        let name = service.container.as_deref().unwrap_or(&service.name);
        found.push(Sighting {
            name: Some(slug(name)),
            folder,
            ..sighting(tech, Class::Compose, users, evidence)
        });
    }
    found
}

fn sighting(
    tech: &'static table::Tech,
    class: Class,
    users: Vec<(crate::SubjectId, Evidence)>,
    evidence: Evidence,
) -> Sighting {
    Sighting { kind: tech.kind, tech: Some(tech), class, name: None, folder: None, users, evidence }
}

/// Manifests of Kubernetes, templates of CloudFormation, values of charts.
fn of_yaml(path: &TreePath, text: &str) -> Vec<Sighting> {
    let mut found = Vec::new();
    if text.contains("AWS::") {
        found.extend(cloud::cloudformation(path, text));
    }
    if text.contains("apiVersion:") && text.contains("kind:") {
        found.extend(kubernetes::manifests(text).iter().filter_map(|manifest| of_manifest(path, manifest)));
    }
    if path.file_name().starts_with("values") {
        found.extend(values(path, text));
    }
    found
}

fn of_manifest(path: &TreePath, manifest: &kubernetes::Manifest<'_>) -> Option<Sighting> {
    let name = manifest.name.filter(|name| !name.contains("{{")).unwrap_or_default();
    let seen = format!(
        "a `{}`{}",
        manifest.kind,
        if name.is_empty() { String::new() } else { format!(" called `{name}`") }
    );
    let evidence = Evidence::at(path, Some(manifest.line), "resources.kubernetes", seen);
    if let Some((kind, tech)) = cloud::operated(manifest.api, manifest.kind) {
        return Some(cloud::declared(kind, tech, name, evidence));
    }
    let workload = matches!(manifest.kind, "StatefulSet" | "Deployment");
    let tech = manifest.images.iter().find_map(|image| table::by_image(image)).filter(|_| workload)?;
    Some(cloud::declared(tech.kind, tech.name, name, evidence))
}

/// Lists of queues and topics, and settings of databases, that charts make things of.
fn values(path: &TreePath, text: &str) -> Vec<Sighting> {
    let mut found = Vec::new();
    let mut list: Option<&'static str> = None;
    for (at, line) in text.lines().enumerate() {
        let bare = line.trim();
        let here =
            |seen: String| Evidence::at(path, u32::try_from(at + 1).ok(), "resources.chart-values", seen);
        if !line.starts_with([' ', '-', '#', '\t']) && !bare.is_empty() {
            let key = bare.split(':').next().unwrap_or(bare);
            let lower = key.to_ascii_lowercase();
            list = match () {
                () if lower.ends_with("queues") => Some("queue"),
                () if lower.ends_with("topics") => Some("topic"),
                () if lower.ends_with("buckets") => Some("bucket"),
                () => None,
            };
            let tech = table::by_chart(&lower).filter(|_| bare.ends_with(':'));
            found.extend(tech.map(|tech| {
                cloud::declared(
                    tech.kind,
                    tech.name,
                    "",
                    here(format!("`{key}` among the values of a chart")),
                )
            }));
            continue;
        }
        let item = bare
            .strip_prefix("- name:")
            .map(str::trim)
            .filter(|name| !name.is_empty() && !name.contains("{{"));
        if let (Some(kind), Some(name)) = (list, item) {
            let name = name.trim_matches(['"', '\'']);
            found.push(cloud::declared(
                kind,
                "",
                name,
                here(format!("the {kind} `{name}` among the values of a chart")),
            ));
        }
    }
    found
}

fn is_settings(path: &TreePath, text: &str) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    let folder = path.as_str().to_ascii_lowercase();
    name.starts_with(".env")
        || name.starts_with("application") && !name.contains("test")
        || name.starts_with("appsettings")
        || name.starts_with("appconfig")
        || name.starts_with("values")
        || name.contains("configmap")
        || name.contains("config-map")
        || (name.ends_with(".yaml") || name.ends_with(".yml"))
            && (folder.contains("config/") || text.contains("\nkind:") || text.starts_with("kind:"))
        || name.contains("compose")
}

fn of_settings(path: &TreePath, text: &str, near: &Near) -> Vec<Sighting> {
    let mut found: Vec<Sighting> = Vec::new();
    // A compose file sets things for several components; its services are asked for themselves.
    let composed = path.file_name().contains("compose");
    let whose = if composed { near.only() } else { near.component(path) };
    for (at, line) in text.lines().enumerate() {
        for (about, seen) in settings::line(line) {
            let evidence = Evidence::at(path, u32::try_from(at + 1).ok(), "resources.setting", seen);
            let users: Vec<_> = whose.into_iter().map(|user| (user, evidence.clone())).collect();
            match about {
                About::Tech(_) if composed => {}
                About::Tech(tech) => {
                    let again = |known: &Sighting| known.tech == Some(tech);
                    if !found.iter().any(again) {
                        found.push(sighting(tech, Class::Setting, users, evidence));
                    }
                }
                About::Named(kind, name) => {
                    let name = Some(name);
                    if found.iter().all(|known| known.name != name || known.kind != kind) {
                        let (tech, class, folder) = (None, Class::Setting, None);
                        found.push(Sighting { kind, tech, class, name, folder, users, evidence });
                    }
                }
            }
        }
    }
    found
}

/// Charts that a chart depends on.
fn charts(findings: &Findings, near: &Near) -> Vec<Sighting> {
    let charts = findings
        .packages
        .iter()
        .filter(|package| package.ecosystem == Ecosystem::Helm && !is_aside(&package.file));
    let needs = charts.flat_map(|chart| chart.dependencies.iter().map(move |needed| (chart, needed)));
    needs
        .filter_map(|(chart, needed)| {
            let tech = table::by_chart(&needed.name)?;
            let seen = format!("the chart depends on `{}`", needed.name);
            let evidence = Evidence::at(&chart.file, None, "resources.chart", seen);
            let users =
                near.component(&chart.file).into_iter().map(|user| (user, evidence.clone())).collect();
            Some(sighting(tech, Class::Declared, users, evidence))
        })
        .collect()
}

/// Libraries by which components talk to something.
fn libraries(material: &Material<'_>, findings: &Findings, near: &Near) -> Vec<Sighting> {
    let mut found: Vec<Sighting> = Vec::new();
    for id in near.all() {
        let folder = findings.subject(*id).and_then(|subject| subject.folder.as_ref());
        let mut known: Vec<&str> = Vec::new();
        for package in packages_of(findings, *id, folder) {
            for needed in package.dependencies.iter().filter(|needed| !needed.development) {
                let Some(tech) = table::by_library(&needed.name).filter(|tech| !known.contains(&tech.name))
                else {
                    continue;
                };
                known.push(tech.name);
                let line = material.text(&package.file).and_then(|text| line_of(text, &needed.name));
                let seen = format!("`{}` among the dependencies", needed.name);
                let evidence = Evidence::at(&package.file, line, "resources.library", seen);
                found.push(sighting(tech, Class::Library, vec![(*id, evidence.clone())], evidence));
            }
        }
    }
    found
}
