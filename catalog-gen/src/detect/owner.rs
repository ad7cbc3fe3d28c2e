//! Detector `owner`: whose a thing is.
//!
//! Asks in order: the site's own list, entities that people wrote beside it, `CODEOWNERS` over the files of the thing,
//! files of other catalogs, the teams that may administer the repository, and the site's fallback. It asks no host.
//! The invariant: only what one team plainly owns is more than a guess, unless people said it.

mod codeowners;
mod declared;

use std::collections::HashMap;

use super::near::Near;
use super::{Detector, Interest};
use crate::{
    Claim, Confidence, Evidence, Findings, Material, Site, SubjectId, SubjectKind, TeamNamespace, TreePath,
    is_foreign,
};
use codeowners::{Rule, Rules};

const FIELD: &str = "spec.owner";
/// Where GitHub looks for the file, and in which order.
const PLACES: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];
/// GitHub reads no longer file.
const MAX_CODEOWNERS: usize = 3 * 1024 * 1024;
/// Part of a thing's files that one team has to own.
const MAJORITY: f64 = 0.75;
/// The most files of which owners are looked up; of more, every so many-th counts.
const MOST_FILES: usize = 20_000;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    name: "owner",
    finds: "owners: the site's list, entities that people wrote, CODEOWNERS, Datadog, OpsLevel and Cortex files, teams",
    limits: "does not know which groups the catalog has; people and several teams are suggestions",
    reads: &[
        Interest::Path(PLACES[0]),
        Interest::Path(PLACES[1]),
        Interest::Path(PLACES[2]),
        Interest::Path(PLACES[3]),
        Interest::Name("catalog-info.yaml"),
        Interest::Name("catalog-info.yml"),
        Interest::Name("service.datadog.yaml"),
        Interest::Name("service.datadog.yml"),
        Interest::Name("opslevel.yml"),
        Interest::Name("compass.yml"),
        Interest::Name("cortex.yaml"),
        Interest::Name("cortex.yml"),
    ],
    run,
};

/// Everything that is asked for an owner.
struct Sources<'m> {
    material: &'m Material<'m>,
    site: &'m Site,
    declared: declared::Declared,
    codeowners: Option<(TreePath, Rules)>,
    /// How many files each rule decides about: of a component, and of all (`None`).
    tallies: HashMap<Option<SubjectId>, HashMap<u32, usize>>,
}

fn run(material: &Material<'_>, site: &Site, findings: &mut Findings) {
    let near = Near::of(findings);
    let codeowners = codeowners(material);
    let tallies = codeowners.as_ref().map(|(_, rules)| tally(material, &near, rules)).unwrap_or_default();
    let sources = Sources { material, site, declared: declared::read(material), codeowners, tallies };
    for kind in [SubjectKind::System, SubjectKind::Component, SubjectKind::Api, SubjectKind::Resource] {
        for id in findings.ids(kind) {
            let Some(folder) = findings.subject(id).map(|subject| subject.folder.clone()) else { continue };
            let component = near.at(&folder).or_else(|| near.only());
            let claims = sources.claims(folder.as_ref(), component);
            let Some(subject) = findings.subject_mut(id) else { continue };
            claims.into_iter().for_each(|claim| subject.claim(FIELD, claim));
        }
    }
}

/// The first of the files that has any rule.
fn codeowners(material: &Material<'_>) -> Option<(TreePath, Rules)> {
    PLACES.into_iter().find_map(|place| {
        let path = TreePath::parse(place).ok()?;
        let text = material.text(&path).filter(|text| text.len() <= MAX_CODEOWNERS)?;
        let rules = Rules::parse(text);
        (!rules.is_empty()).then_some((path, rules))
    })
}

fn tally(
    material: &Material<'_>,
    near: &Near,
    rules: &Rules,
) -> HashMap<Option<SubjectId>, HashMap<u32, usize>> {
    let mut tallies: HashMap<Option<SubjectId>, HashMap<u32, usize>> = HashMap::new();
    let step = material.listing.len() / MOST_FILES + 1;
    let own = material
        .listing
        .iter()
        .filter(|file| !is_foreign(&file.path) && !file.path.as_str().starts_with('.'));
    for file in own.step_by(step) {
        let line = rules.deciding(file.path.as_str()).map_or(0, |rule| rule.line);
        for whose in [near.component(&file.path), None] {
            *tallies.entry(whose).or_default().entry(line).or_default() += 1;
            if whose.is_none() {
                break;
            }
        }
    }
    tallies
}

impl Sources<'_> {
    fn claims(&self, folder: Option<&TreePath>, component: Option<SubjectId>) -> Vec<Claim> {
        let mut claims = Vec::new();
        claims.extend(self.listed(folder));
        claims.extend(self.declared.claim(folder));
        claims.extend(self.by_codeowners(component));
        claims.extend(self.declared.elsewhere(folder));
        claims.extend(self.teams());
        if let Some(fallback) = &self.site.fallback_owner {
            let evidence = Evidence::of_repository("owner.fallback", "the site's `fallbackOwner`");
            claims.push(Claim::new(fallback.clone(), Confidence::Guess, evidence));
        }
        claims
    }

    fn slug(&self) -> Option<&str> {
        let remote = self.material.about.remote.as_ref()?;
        let path = remote.url.split_once("://").map_or(remote.url.as_str(), |(_, rest)| rest);
        let (_, slug) = path.trim_end_matches('/').split_once('/')?;
        Some(slug.strip_suffix(".git").unwrap_or(slug))
    }

    /// The site's word on a folder, on the repository, on one of its topics.
    fn listed(&self, folder: Option<&TreePath>) -> Option<Claim> {
        let owners = &self.site.owners;
        let mut keys: Vec<String> = Vec::new();
        if let Some(slug) = self.slug() {
            let mut above = folder.cloned();
            while let Some(here) = above {
                keys.push(format!("{slug}/{here}"));
                above = here.parent();
            }
            keys.push(slug.to_owned());
        }
        keys.extend(self.material.about.topics.iter().cloned());
        let (key, owner) = keys.into_iter().find_map(|key| Some((key.clone(), owners.get(&key)?)))?;
        let evidence = Evidence::of_repository("owner.site", format!("the site's `owners` has `{key}`"));
        Some(Claim::new(owner.clone(), Confidence::Certain, evidence))
    }

    /// Who owns most files, by the rules that decide about them.
    fn by_codeowners(&self, component: Option<SubjectId>) -> Option<Claim> {
        let (path, rules) = self.codeowners.as_ref()?;
        let tally = self.tallies.get(&component).or_else(|| self.tallies.get(&None))?;
        let total: usize = tally.values().sum();
        let mut owned: HashMap<&str, (usize, &Rule, bool)> = HashMap::new();
        let mut lines: Vec<(&u32, &usize)> = tally.iter().collect();
        lines.sort_unstable();
        for (line, files) in lines {
            let Some(rule) = rules.at(*line) else { continue };
            let Some(first) = first(&rule.owners) else { continue };
            let alone = rule.owners.len() == 1 && first.contains('/');
            let own = owned.entry(first).or_insert((0, rule, true));
            own.0 += files;
            own.2 &= alone;
        }
        let (owner, (files, rule, alone)) =
            owned.into_iter().max_by_key(|(owner, (files, ..))| (*files, std::cmp::Reverse(*owner)))?;
        let part = share(files, total);
        let seen = format!("`{owner}` owns {:.0} % of the files, by `{}`", part * 100.0, rule.pattern);
        let evidence = Evidence::at(path, Some(rule.line), "owner.codeowners", seen);
        if let Some(mapped) = self.site.owners.get(owner) {
            let sure = if part >= MAJORITY { Confidence::Certain } else { Confidence::Guess };
            return Some(Claim::new(mapped.clone(), sure, evidence));
        }
        let sure = if alone && part >= MAJORITY { Confidence::Likely } else { Confidence::Guess };
        Some(Claim::new(self.reference(owner)?, sure, evidence))
    }

    /// An owner of CODEOWNERS as an entity; none for addresses.
    fn reference(&self, owner: &str) -> Option<String> {
        let name = owner.strip_prefix('@').filter(|name| !name.is_empty())?;
        match name.split_once('/') {
            Some((organization, team)) => {
                let team = team.rsplit('/').next().filter(|team| !team.is_empty())?;
                Some(self.group(Some(organization), team))
            }
            None => Some(format!("user:default/{name}")),
        }
    }

    fn group(&self, organization: Option<&str>, team: &str) -> String {
        let namespace = match (self.site.teams, organization) {
            (TeamNamespace::Organization, Some(organization)) => organization.to_ascii_lowercase(),
            _ => crate::DEFAULT_NAMESPACE.to_owned(),
        };
        format!("group:{namespace}/{team}")
    }

    /// The smallest team that may administer the repository.
    fn teams(&self) -> Option<Claim> {
        let team = self.material.about.teams.first()?;
        let organization = self.slug().and_then(|slug| slug.split('/').next());
        let many = self.material.about.teams.len();
        let seen = format!(
            "`{team}` is the smallest of {many} teams that may administer or maintain the repository"
        );
        let evidence = Evidence::of_repository("owner.team", seen);
        let mapped =
            organization.and_then(|organization| self.site.owners.get(&format!("@{organization}/{team}")));
        let owner = mapped.cloned().unwrap_or_else(|| self.group(organization, team));
        Some(Claim::new(owner, Confidence::Guess, evidence))
    }
}

/// The owner that counts: a team before a person.
fn first(owners: &[String]) -> Option<&str> {
    let handles = || owners.iter().filter(|owner| owner.starts_with('@'));
    handles().find(|owner| owner.contains('/')).or_else(|| handles().next()).map(String::as_str)
}

fn share(part: usize, whole: usize) -> f64 {
    let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    if whole == 0 { 0.0 } else { count(part) / count(whole) }
}

#[cfg(test)]
mod tests;
