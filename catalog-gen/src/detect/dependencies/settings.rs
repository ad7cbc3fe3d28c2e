//! Settings that name another component, by their value or by their own name.

use super::{Edges, Names};
use crate::detect::kubernetes::manifests;
use crate::detect::near::Near;
use crate::detect::paths::is_side;
use crate::detect::slug::slug;
use crate::{Confidence, Entry, Evidence, Material, SubjectId, TreePath, is_foreign};

/// The rule of all that is found here.
pub(super) const RULE: &str = "dependencies.setting";

/// What may follow the name of a component in the name of a setting.
const ENDS: [&str; 14] = [
    "-url",
    "-uri",
    "-host",
    "-endpoint",
    "-address",
    "-addr",
    "-base-url",
    "-api-url",
    "-service-url",
    "-service-host",
    "-api",
    "-server",
    "-origin",
    "-baseurl",
];

/// Adds an edge for each setting of a component that leads to another.
pub(super) fn link(material: &Material<'_>, near: &Near, names: &Names, edges: &mut Edges) {
    for (path, entry) in material.files.iter() {
        let Entry::File(_) = entry else { continue };
        let name = path.file_name().to_ascii_lowercase();
        let yaml = name.ends_with(".yaml") || name.ends_with(".yml");
        let environment = name.starts_with(".env");
        if !yaml && !environment || name.contains("compose") || is_foreign(path) || is_side_folder(path) {
            continue;
        }
        let Some(text) = material.text(path) else { continue };
        let found = if environment { variables(text) } else { of_yaml(&name, text) };
        for (key, value, line, owner) in found {
            let from = owner.and_then(|owner| near.named(owner)).or_else(|| near.component(path));
            let (Some(from), Some(to)) = (from, target(key, value, names)) else { continue };
            let evidence = Evidence::at(path, Some(line), RULE, format!("the setting `{key}`"));
            edges.add(from, to, Confidence::Likely, evidence);
        }
    }
}

/// Templates of charts stand in folders that are beside the product elsewhere.
fn is_side_folder(path: &TreePath) -> bool {
    let folder = path.parent();
    let chart = folder.as_ref().is_some_and(|folder| folder.file_name() == "templates");
    if chart {
        folder
            .and_then(|folder| folder.parent())
            .is_some_and(|above| super::super::paths::is_side_folder(&above))
    } else {
        is_side(path)
    }
}

/// A setting: its name, its value, its line, and the workload it belongs to.
type Setting<'t> = (&'t str, &'t str, u32, Option<&'t str>);

/// `NAME=value`, a line each.
fn variables(text: &str) -> Vec<Setting<'_>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#'));
    let pairs = lines.filter_map(|(at, line)| {
        let (key, value) = line.split_once('=')?;
        let key = key.trim().trim_start_matches("export ");
        Some((key, value.trim().trim_matches(['"', '\'']), u32::try_from(at + 1).ok()?, None))
    });
    pairs.collect()
}

fn of_yaml<'t>(name: &str, text: &'t str) -> Vec<Setting<'t>> {
    if text.contains("apiVersion:") && text.contains("kind:") {
        let mut found = Vec::new();
        for manifest in manifests(text) {
            let workload = manifest.name.filter(|name| !name.contains("{{"));
            let settings = manifest.environment.iter();
            found.extend(settings.map(|(key, value, line)| (*key, *value, *line, workload)));
        }
        return found;
    }
    if !name.starts_with("values") && !name.starts_with("application") {
        return Vec::new();
    }
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.contains("://") && !line.trim_start().starts_with('#'));
    let pairs = lines.filter_map(|(at, line)| {
        let (key, value) = line.split_once(':')?;
        Some((
            key.trim().trim_start_matches("- "),
            value.trim().trim_matches(['"', '\'']),
            u32::try_from(at + 1).ok()?,
            None,
        ))
    });
    pairs.collect()
}

/// The component that a setting leads to: the host of its value, or what its name says.
pub(super) fn target(key: &str, value: &str, names: &Names) -> Option<SubjectId> {
    host(value).and_then(|host| names.get(&slug(host))).or_else(|| {
        if !key.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_') {
            return None;
        }
        let name = slug(key);
        // The prefixes by which bundlers tell settings of pages.
        let name = ["react-app-", "vite-", "next-public-", "vue-app-"]
            .into_iter()
            .find_map(|start| name.strip_prefix(start))
            .unwrap_or(&name);
        let short = ENDS.iter().filter_map(|end| name.strip_suffix(end));
        let by_end = short.filter(|short| short.len() > 3).find_map(|short| names.get(short));
        by_end.or_else(|| names.get(name).filter(|_| name.contains('-')))
    })
}

/// The first part of the host in an address: `cart` in `http://cart.shop.svc:8080/x`.
fn host(value: &str) -> Option<&str> {
    let (_, rest) = value.split_once("://")?;
    let authority = rest.split(['/', '?', ',']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    let (first, after) = host.split_once('.').unwrap_or((host, ""));
    // What is in the open is nobody's in this repository.
    let inside =
        after.is_empty() || after.contains("svc") || after.ends_with("local") || after.ends_with("internal");
    (inside && !first.is_empty()).then_some(first)
}
