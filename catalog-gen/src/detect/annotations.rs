//! Detector `annotations`: what other tools know a component by.
//!
//! A table of files, patterns and templates, to which a site adds its own. What only a running system can tell is not
//! guessed at. The invariant: annotations that Backstage reserves or has given up are never written.

mod rules;

use std::collections::HashMap;

use regex::{Regex, RegexBuilder};

use super::Detector;
use super::near::Near;
use super::paths::is_side;
use super::text::line_at;
use crate::glob::segment_fits;
use crate::{
    AnnotationRule, Claim, Confidence, Evidence, Findings, Material, Site, SubjectId, TreePath, is_foreign,
};
use rules::{RULES, Rule, Whose};

/// Never written into a file: Backstage sets them itself, or reads them no more.
const NEVER: [&str; 8] = [
    "backstage.io/managed-by-location",
    "backstage.io/managed-by-origin-location",
    "backstage.io/orphan",
    "backstage.io/definition-at-location",
    "backstage.io/github-actions-id",
    "backstage.io/ldap-rdn",
    "jenkins.io/github-folder",
    "backstage.io/edit-url",
];
/// The most memory that a pattern of a site may take when it is compiled.
const MAX_PATTERN: usize = 1024 * 1024;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    name: "annotations",
    finds: "annotations: CI, code quality, Kubernetes, Argo CD, Sentry, PagerDuty, run-time versions; a site's own rules",
    limits: "what only a running system knows (dashboards, monitors, build ids) is not found; a site's pattern looks \
             into files that another detector reads",
    reads: rules::READS,
    run,
};

/// What all rules share.
struct Context<'m> {
    material: &'m Material<'m>,
    near: Near,
    slug: Option<String>,
    /// Files by their names, in lower case.
    by_name: HashMap<String, Vec<&'m TreePath>>,
}

/// A value that was found for a component.
struct Found {
    whose: SubjectId,
    annotation: String,
    claim: Claim,
}

fn run(material: &Material<'_>, site: &Site, findings: &mut Findings) {
    let mut by_name: HashMap<String, Vec<&TreePath>> = HashMap::new();
    let own = material
        .listing
        .iter()
        .map(|file| &file.path)
        .filter(|path| !is_foreign(path) && !is_side_but_hidden(path));
    for path in own {
        by_name.entry(path.file_name().to_ascii_lowercase()).or_default().push(path);
    }
    let context = Context { material, near: Near::of(findings), slug: slug(material), by_name };
    let mut found: Vec<Found> = Vec::new();
    for (at, rule) in site.annotations.iter().enumerate() {
        match context.of_site(rule) {
            Ok(all) => found.extend(all),
            Err(why) => {
                let seen = format!("the site's `annotations[{at}]` is left out: {why}");
                findings.notes.push(Evidence::of_repository("annotations.site", seen));
            }
        }
    }
    for rule in &RULES {
        found.extend(context.of_table(rule));
    }
    for Found { whose, annotation, claim } in found {
        if let Some(subject) = findings.subject_mut(whose) {
            subject.claim(&format!("metadata.annotations[\"{annotation}\"]"), claim);
        }
    }
}

/// Beside the product, but for folders of tools such as `.circleci`.
fn is_side_but_hidden(path: &TreePath) -> bool {
    let hidden = path.segments().next().is_some_and(|first| first.starts_with('.'));
    is_side(path) && !hidden
}

fn slug(material: &Material<'_>) -> Option<String> {
    let url = &material.about.remote.as_ref()?.url;
    let path = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let (_, slug) = path.trim_end_matches('/').trim_end_matches(".git").split_once('/')?;
    Some(slug.to_owned())
}

impl Context<'_> {
    fn of_table(&self, rule: &Rule) -> Vec<Found> {
        let pattern = rule.pattern.and_then(|pattern| Regex::new(pattern).ok());
        if rule.pattern.is_some() != pattern.is_some() {
            return Vec::new();
        }
        let name = rule.file.rsplit('/').next().unwrap_or(rule.file);
        let files = self
            .named(name)
            .filter(|path| !rule.file.contains('/') || path.as_str().eq_ignore_ascii_case(rule.file));
        let mut found = Vec::new();
        for path in files {
            let Some((value, line)) = self.value(path, pattern.as_ref(), rule.value) else { continue };
            let evidence = Evidence::at(path, line, rule.rule, rule.seen);
            let whose: Vec<SubjectId> = match rule.whose {
                Whose::Nearest => self.near.component(path).into_iter().collect(),
                Whose::Everybody => self.near.all().to_vec(),
            };
            found.extend(whose.into_iter().map(|whose| Found {
                whose,
                annotation: rule.annotation.to_owned(),
                claim: Claim::new(value.clone(), rule.confidence, evidence.clone()),
            }));
        }
        found
    }

    fn of_site(&self, rule: &AnnotationRule) -> Result<Vec<Found>, String> {
        if NEVER.contains(&rule.annotation.as_str()) {
            return Err(format!("`{}` is not for files", rule.annotation));
        }
        let compile = |pattern: &String| {
            let built = RegexBuilder::new(pattern).multi_line(true).size_limit(MAX_PATTERN).build();
            built.map_err(|error| format!("its pattern cannot be read: {error}"))
        };
        let pattern = rule.pattern.as_ref().map(compile).transpose()?;
        let wanted: Vec<&str> = rule.file.split('/').collect();
        let fits = |path: &&TreePath| match wanted.as_slice() {
            [name] => segment_fits(name, path.file_name()),
            segments => {
                let own: Vec<&str> = path.segments().collect();
                own.len() == segments.len()
                    && segments.iter().zip(own).all(|(one, other)| segment_fits(one, other))
            }
        };
        let mut files: Vec<&TreePath> =
            self.by_name.values().flatten().filter(|path| fits(path)).copied().collect();
        files.sort_unstable();
        let found = files.into_iter().filter_map(|path| {
            let (value, line) = self.value(path, pattern.as_ref(), &rule.value)?;
            let seen = format!("what the site's rule for `{}` looks for", rule.file);
            let claim =
                Claim::new(value, Confidence::Certain, Evidence::at(path, line, "annotations.site", seen));
            Some(Found { whose: self.near.component(path)?, annotation: rule.annotation.clone(), claim })
        });
        Ok(found.collect())
    }

    fn named(&self, name: &str) -> impl Iterator<Item = &TreePath> {
        let files = self.by_name.get(&name.to_ascii_lowercase()).map(Vec::as_slice).unwrap_or_default();
        files.iter().copied()
    }

    /// The value that a template gives for a file, and the line it was found on.
    fn value(
        &self,
        path: &TreePath,
        pattern: Option<&Regex>,
        template: &str,
    ) -> Option<(String, Option<u32>)> {
        let (mut value, mut line) = (template.to_owned(), None);
        if let Some(pattern) = pattern {
            let text = self.material.text(path)?;
            let found = pattern.captures(text)?;
            for at in (1..found.len()).rev() {
                let group = found.get(at).map(|group| group.as_str().trim()).unwrap_or_default();
                value = value.replace(&format!("${at}"), group);
            }
            line = found.get(found.len().min(2) - 1).and_then(|place| line_at(text, place.start()));
        }
        if value.contains("$slug") {
            value = value.replace("$slug", self.slug.as_deref()?);
        }
        let folder = path.parent();
        let value = value.replace("$dir", folder.as_ref().map_or(".", |folder| folder.as_str()));
        let usable = !value.is_empty() && !["${", "{{", "<%", "$("].iter().any(|mark| value.contains(mark));
        usable.then_some((value, line))
    }
}

#[cfg(test)]
mod tests;
