//! The targets of locations: files that a catalog file names.
//!
//! Only what leads into the same repository is looked at. The invariant: a target is resolved as Backstage resolves
//! it, from the folder of its file, or from the root of the repository when it begins with a slash.

use serde_json::Value;

use super::{CatalogFile, DocumentRead, Scope};
use crate::report::locate;
use crate::words::nearest;
use crate::{Finding, TreePath};

/// Where a target leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Aim {
    /// To a path of the repository.
    File(TreePath),
    /// To all paths that fit.
    Many(Pattern),
    /// To another place, which is not looked at.
    Elsewhere,
    /// Out of the repository, or to no place that could be.
    Outside,
}

/// A path with `*` for anything but a slash, and `**` for any folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<String>);

impl Pattern {
    pub(crate) fn fits(&self, path: &TreePath) -> bool {
        let segments: Vec<&str> = path.segments().collect();
        let pattern: Vec<&str> = self.0.iter().map(String::as_str).collect();
        fits(&pattern, &segments)
    }
}

/// Segment by segment, keeping which parts of the path each beginning of the pattern fits: `**` never has to be tried
/// twice.
fn fits(pattern: &[&str], path: &[&str]) -> bool {
    let mut reached = vec![false; path.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    for segment in pattern {
        let parts: Vec<&str> = segment.split('*').collect();
        let mut next = vec![false; path.len() + 1];
        let mut any = false;
        for (at, fits) in reached.iter().enumerate() {
            any |= *fits;
            if *segment == "**" {
                next.get_mut(at).into_iter().for_each(|next| *next = any);
            } else if *fits && path.get(at).is_some_and(|name| fits_name(&parts, name)) {
                next.get_mut(at + 1).into_iter().for_each(|next| *next = true);
            }
        }
        reached = next;
    }
    reached.last().copied().unwrap_or_default()
}

fn fits_name(parts: &[&str], name: &str) -> bool {
    match parts {
        [] => name.is_empty(),
        [only] => name == *only,
        [first, middle @ .., last] => {
            let Some(mut rest) = name.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else {
                return false;
            };
            for part in middle {
                let Some((_, after)) = rest.split_once(part) else { return false };
                rest = after;
            }
            true
        }
    }
}

/// Where a target of that file leads.
pub(crate) fn aim(file: &TreePath, target: &str) -> Aim {
    if target.contains("://") || target.starts_with("//") {
        return Aim::Elsewhere;
    }
    let folder = file.parent().filter(|_| !target.starts_with('/'));
    let target = target.trim_start_matches('/');
    if target.contains('*') {
        let Ok(Some(path)) = TreePath::resolve(folder.as_ref(), target) else {
            return Aim::Outside;
        };
        return Aim::Many(Pattern(path.segments().map(str::to_owned).collect()));
    }
    match TreePath::resolve(folder.as_ref(), target) {
        Ok(Some(path)) => Aim::File(path),
        Ok(None) | Err(_) => Aim::Outside,
    }
}

/// The targets of an entity, if it is a location: the path of the field and the text.
pub(super) fn targets(value: &Value) -> Vec<(String, &str)> {
    if value.get("kind").and_then(Value::as_str) != Some("Location") {
        return Vec::new();
    }
    let Some(spec) = value.get("spec") else { return Vec::new() };
    let one = spec.get("target").and_then(Value::as_str).map(|target| ("spec.target".to_owned(), target));
    let many = spec.get("targets").and_then(Value::as_array).into_iter().flatten().enumerate();
    let many = many.filter_map(|(at, target)| Some((format!("spec.targets[{at}]"), target.as_str()?)));
    one.into_iter().chain(many).filter(|(_, target)| !target.is_empty()).collect()
}

/// Tells of targets that are not there, and of types that are not read.
pub(super) fn check(file: &CatalogFile, scope: &Scope<'_>, findings: &mut Vec<Finding>) {
    for document in &file.documents {
        let targets = targets(&document.value);
        let of_type = document.value.pointer("/spec/type").and_then(Value::as_str);
        if let Some(of_type) = of_type.filter(|of_type| !targets.is_empty() && *of_type != "url") {
            check_type(file, document, of_type, findings);
        }
        if document.value.pointer("/spec/presence").and_then(Value::as_str) == Some("optional") {
            continue;
        }
        for (field, target) in &targets {
            let Some((message, mend)) = fault(file, scope, target) else { continue };
            let range = locate(&document.value, &document.placed, field).value_or_key();
            let finding = file.source.finding("location.target", range, message, mend);
            let finding = finding.about(document.name(), field.as_str());
            findings.push(match targets.len() {
                1 => finding,
                _ => finding.noting("until then the other targets of this location are not taken either"),
            });
        }
    }
}

fn check_type(file: &CatalogFile, document: &DocumentRead, of_type: &str, findings: &mut Vec<Finding>) {
    let range = locate(&document.value, &document.placed, "spec.type").value_or_key();
    let message = format!("the type `{of_type}` is not read from a repository");
    let finding = file.source.finding("location.type", range, message, "write `url`, or leave `type` out");
    findings.push(finding.about(document.name(), "spec.type"));
}

fn fault(file: &CatalogFile, scope: &Scope<'_>, target: &str) -> Option<(String, String)> {
    match aim(&file.path, target) {
        Aim::Elsewhere => None,
        Aim::Outside => {
            let message = format!("the target `{target}` leads out of the repository");
            Some((message, "write a path relative to this file, or a whole URL".to_owned()))
        }
        Aim::Many(pattern) => {
            let found = scope.paths().into_iter().any(|path| pattern.fits(path));
            let message = format!("no file fits the target `{target}`");
            (!found).then(|| (message, "write the path of a file, relative to this one".to_owned()))
        }
        Aim::File(path) if scope.is_file(&path) => None,
        Aim::File(path) if scope.is_folder(&path) => {
            let message = format!("the target `{target}` is a folder");
            Some((message, "write the path of a file in it".to_owned()))
        }
        Aim::File(path) => {
            let message = format!("the target `{target}` is not there: the repository has no `{path}`");
            Some((message, moved(scope, &path)))
        }
    }
}

/// What to write in place of a path that is not there.
pub(crate) fn moved(scope: &Scope<'_>, path: &TreePath) -> String {
    let generic = "write the path of a file, relative to this one, or remove it".to_owned();
    // Each look goes over all paths.
    let Some(left) = scope.looks.get().checked_sub(1) else { return generic };
    scope.looks.set(left);
    let paths = scope.paths();
    let same_name = paths.iter().filter(|other| other.file_name().eq_ignore_ascii_case(path.file_name()));
    let candidates: Vec<&str> = same_name.map(|other| other.as_str()).collect();
    let near = match candidates.as_slice() {
        [only] => Some(*only),
        [] => {
            let folder = path.parent();
            let beside = paths.iter().filter(|other| other.parent() == folder).map(|other| other.as_str());
            nearest(path.as_str(), beside)
        }
        many => nearest(path.as_str(), many.iter().copied()),
    };
    match near {
        Some(near) => format!("write the path of `{near}`, relative to this file, if that is meant"),
        None => generic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> TreePath {
        TreePath::parse(text).unwrap()
    }

    #[test]
    fn targets_lead_from_the_folder_of_their_file() {
        let file = path("a/catalog-info.yaml");

        assert_eq!(aim(&file, "./b.yaml"), Aim::File(path("a/b.yaml")));
        assert_eq!(aim(&file, "../b.yaml"), Aim::File(path("b.yaml")));
        assert_eq!(aim(&file, "/c/b.yaml"), Aim::File(path("c/b.yaml")));
        assert_eq!(aim(&file, "https://github.com/acme/shop/blob/main/x.yaml"), Aim::Elsewhere);
        assert_eq!(aim(&file, "../../b.yaml"), Aim::Outside);
    }

    #[test]
    fn patterns_fit_names_and_folders() {
        let Aim::Many(pattern) = aim(&path("catalog-info.yaml"), "./packages/**/cat*-info.y*ml") else {
            panic!()
        };

        assert!(pattern.fits(&path("packages/a/b/catalog-info.yaml")));
        assert!(pattern.fits(&path("packages/catalog-info.yml")));
        assert!(!pattern.fits(&path("packages/a/catalog-info.json")));
        assert!(!pattern.fits(&path("other/catalog-info.yaml")));
        let deep = path(&vec!["a"; 500].join("/"));
        let Aim::Many(many) = aim(&path("x.yaml"), &format!("{}b", "**/".repeat(200))) else { panic!() };
        assert!(!many.fits(&deep));
    }
}
