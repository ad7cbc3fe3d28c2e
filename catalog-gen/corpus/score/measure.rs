//! What is counted: for each repository and field how many values there are, and how many are right.

use std::collections::BTreeMap;

use catalog_gen::{Catalogue, Claim, Confidence, Described, validate};

use crate::facts::{Adjudications, Fact, Repository, Ruled};
use crate::pair::{Matched, Pair, folded_type, matched};
use crate::words::{alike, folded, half, named, number};

/// Right ones of all, of one repository.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    pub right: f64,
    pub of: f64,
}

/// Everything counted.
#[derive(Default)]
pub(crate) struct Score {
    /// By field, then by repository.
    pub fields: BTreeMap<&'static str, BTreeMap<String, Tally>>,
    /// By field and how sure the generator was.
    pub sure: BTreeMap<(&'static str, Confidence), Tally>,
    /// By rule, field and how sure the generator was.
    pub rules: BTreeMap<(String, &'static str, Confidence), Tally>,
    /// What was not as people wrote it, in words: the field, the repository, and what.
    pub misses: Vec<(&'static str, String, String)>,
    /// Repositories that were scored.
    pub repositories: usize,
    /// Entities that were generated.
    pub entities: usize,
}

/// One repository being counted.
struct Counting<'a> {
    score: &'a mut Score,
    repository: &'a Repository,
    rulings: &'a Adjudications,
}

impl Score {
    /// Counts one repository.
    pub(crate) fn add(
        &mut self,
        repository: &Repository,
        written: &[Fact],
        catalogue: &Catalogue,
        rulings: &Adjudications,
    ) {
        self.repositories += 1;
        self.entities += catalogue.entities.len();
        let mut counting = Counting { score: self, repository, rulings };
        let invalid = catalogue.entities.iter().filter(|one| !validate(&one.entity.to_value()).is_empty());
        let invalid: Vec<&Described> = invalid.collect();
        for one in &catalogue.entities {
            let wrong = invalid.iter().any(|other| std::ptr::eq(*other, one));
            counting.tally("valid", !wrong, || one.entity.metadata.name.clone());
        }
        if invalid.is_empty() {
            counting.everything(written, &catalogue.entities);
        } else {
            // What Backstage would refuse counts as nothing.
            counting.everything(written, &[]);
        }
    }
}

fn of_kind<'a>(entities: &'a [Described], kind: &str) -> Vec<&'a Described> {
    entities.iter().filter(|one| one.entity.kind == kind).collect()
}

/// How sure a value is, and by which rule.
type Sure<'a> = (Confidence, &'a str);

fn sure(claim: &Claim) -> Sure<'_> {
    (claim.confidence, claim.evidence.first().map_or("", |evidence| evidence.rule.as_str()))
}

/// The values for a field, and how sure each is; written ones first.
fn claims<'a>(one: &'a Described, field: &str) -> Vec<(String, Sure<'a>)> {
    let all = one.fields.iter().chain(&one.suggestions).filter(|claim| claim.field == field);
    let values = all.flat_map(|claim| {
        let many = claim.claim.value.as_array().into_iter().flatten();
        let texts = claim.claim.value.as_str().into_iter().chain(many.filter_map(|value| value.as_str()));
        texts.map(|text| (text.to_owned(), sure(&claim.claim))).collect::<Vec<_>>()
    });
    values.collect()
}

/// A value that is written in the entity.
fn spec<'a>(one: &'a Described, key: &str) -> Option<&'a str> {
    let missing = one.missing.iter().any(|field| field == &format!("spec.{key}"));
    one.entity.spec.as_ref()?.get(key)?.as_str().filter(|_| !missing)
}

fn list(one: &Described, key: &str) -> Vec<String> {
    let values = one.entity.spec.as_ref().and_then(|spec| spec.get(key)?.as_array());
    values.into_iter().flatten().filter_map(|value| value.as_str()).map(str::to_owned).collect()
}

impl Counting<'_> {
    fn add(&mut self, field: &'static str, right: f64, of: f64) {
        let repositories = self.score.fields.entry(field).or_default();
        let tally = repositories.entry(self.repository.repository.clone()).or_default();
        tally.right += right;
        tally.of += of;
    }

    fn tally(&mut self, field: &'static str, right: bool, miss: impl FnOnce() -> String) {
        self.add(field, f64::from(u8::from(right)), 1.0);
        if !right {
            self.score.misses.push((field, self.repository.repository.clone(), miss()));
        }
    }

    fn calibrate(&mut self, field: &'static str, (confidence, rule): Sure<'_>, right: bool) {
        let by_rule = self.score.rules.entry((rule.to_owned(), field, confidence)).or_default();
        let by_field = self.score.sure.entry((field, confidence)).or_default();
        for tally in [by_rule, by_field] {
            tally.right += f64::from(u8::from(right));
            tally.of += 1.0;
        }
    }

    fn ruled(&self, entity: &str, field: &str) -> Option<Ruled<'_>> {
        self.rulings.about(&self.repository.repository, entity, field)
    }

    fn skips(&self, entity: &str, field: &str) -> bool {
        matches!(self.ruled(entity, field), Some(Ruled::Skip))
    }

    fn everything(&mut self, written: &[Fact], generated: &[Described]) {
        let of = |kind: &str| written.iter().filter(|fact| fact.kind == kind).collect::<Vec<_>>();
        let components = matched(of("Component"), of_kind(generated, "Component"), self.rulings);
        let apis = matched(of("API"), of_kind(generated, "API"), self.rulings);
        let real =
            |fact: &&Fact| fact.type_.as_deref().is_none_or(|type_| self.rulings.infrastructure(type_));
        let infrastructure = of("Resource").into_iter().filter(|fact| real(fact)).collect();
        let resources = matched(infrastructure, of_kind(generated, "Resource"), self.rulings);
        let systems = matched(of("System"), of_kind(generated, "System"), self.rulings);
        self.names(&components);
        self.set("components", &components);
        self.set("api", &apis);
        self.set("resource", &resources);
        self.addresses(generated);
        for pair in &components.pairs {
            self.values(*pair);
            self.documents(*pair);
            self.apis_of(*pair, &apis);
        }
        let all: Vec<Pair<'_>> = [&components, &apis, &resources, &systems]
            .into_iter()
            .flat_map(|one| one.pairs.clone())
            .collect();
        self.dependencies(written, &all, generated);
    }

    fn names(&mut self, components: &Matched<'_>) {
        for (fact, one) in &components.pairs {
            if self.skips(&fact.name, "name") {
                continue;
            }
            let name = &one.entity.metadata.name;
            let right = folded(&fact.name) == folded(name) || self.is_right(&fact.name, "name", name);
            self.tally("name", right, || format!("`{}` for `{}`", name, fact.name));
            for (value, confidence) in claims(one, "metadata.name") {
                let right = folded(&value) == folded(&fact.name) || self.is_right(&fact.name, "name", &value);
                self.calibrate("name", confidence, right);
            }
        }
        for fact in &components.missed {
            if !self.skips(&fact.name, "name") {
                self.tally("name", false, || format!("nothing for `{}`", fact.name));
            }
        }
    }

    /// Recall, precision and, for components, F1 of the entities of a kind.
    fn set(&mut self, field: &'static str, matched: &Matched<'_>) {
        let (recall, precision) = match field {
            "components" => ("components: recall", "components: precision"),
            "api" => ("api: recall", "api: precision"),
            _ => ("resource: recall", "resource: precision"),
        };
        let counted = |fact: &&Fact| !self.skips(&fact.name, field);
        let (paired, missed): (Vec<&Fact>, Vec<&Fact>) = (
            matched.pairs.iter().map(|(fact, _)| *fact).filter(counted).collect(),
            matched.missed.iter().copied().filter(counted).collect(),
        );
        for fact in &paired {
            self.tally(recall, true, || fact.name.clone());
        }
        for fact in &missed {
            self.tally(recall, false, || format!("nothing for `{}`", fact.name));
        }
        if self.repository.partial || self.skips("", field) {
            return;
        }
        // A repository in which people wrote none says nothing of what there is.
        if paired.is_empty() && missed.is_empty() {
            return;
        }
        for (_, one) in &matched.pairs {
            self.tally(precision, true, || one.entity.metadata.name.clone());
        }
        for one in &matched.extra {
            self.tally(precision, false, || format!("`{}` in `{}`", one.entity.metadata.name, one.folder));
        }
        if field == "components" {
            let (missed, extra) = (number(missed.len()), number(matched.extra.len()));
            let both = 2.0 * number(matched.pairs.len());
            self.add("components: F1", both / (both + missed + extra).max(1.0), 1.0);
        }
        let all = matched.pairs.iter().map(|(_, one)| (*one, true));
        for (one, right) in all.chain(matched.extra.iter().map(|one| (*one, false))) {
            self.calibrate(field, sure(&one.existence), right);
        }
    }

    fn is_right(&self, entity: &str, field: &str, value: &str) -> bool {
        matches!(self.ruled(entity, field), Some(Ruled::Right(right)) if folded(right) == folded(value))
    }

    /// One field: what was generated for what people wrote, and how sure that was.
    fn value(
        &mut self,
        pair: Pair<'_>,
        field: &'static str,
        human: Option<&str>,
        same: impl Fn(&str, &str) -> bool,
    ) {
        let (fact, one) = pair;
        let Some(human) = human.filter(|human| !human.is_empty()) else { return };
        if self.skips(&fact.name, field) {
            return;
        }
        let path = match field {
            "title" | "description" => format!("metadata.{field}"),
            _ => format!("spec.{field}"),
        };
        let right = |value: &str, all: &Self| same(human, value) || all.is_right(&fact.name, field, value);
        let metadata = &one.entity.metadata;
        let written = match field {
            "title" => metadata.title.as_deref(),
            "description" => metadata.description.as_deref(),
            _ => spec(one, field),
        };
        let good = written.is_some_and(|value| right(value, self));
        self.tally(field, good, || {
            format!("`{}`: `{}` for `{human}`", fact.name, written.unwrap_or("nothing"))
        });
        if let (Some(precise), Some(_)) = (precision_of(field), written) {
            self.add(precise, f64::from(u8::from(good)), 1.0);
        }
        for (value, confidence) in claims(one, &path) {
            let good = right(&value, self);
            self.calibrate(field, confidence, good);
        }
    }

    fn values(&mut self, pair: Pair<'_>) {
        let (fact, one) = pair;
        let rulings = self.rulings;
        self.value(pair, "type", fact.type_.as_deref(), |human, ours| {
            folded_type(human, rulings) == folded_type(ours, rulings)
        });
        let exact = fact.type_.as_deref().is_some_and(|human| spec(one, "type") == Some(human));
        if fact.type_.is_some() && !self.skips(&fact.name, "type") {
            self.add("type: exact", f64::from(u8::from(exact)), 1.0);
        }
        self.value(pair, "lifecycle", fact.lifecycle.as_deref(), |human, ours| {
            let word = folded(human);
            rulings.lifecycles.get(&word).unwrap_or(&word) == &folded(ours)
        });
        self.value(pair, "owner", fact.owner.as_deref(), |human, ours| named(human) == named(ours));
        self.value(pair, "system", fact.system.as_deref(), |human, ours| named(human) == named(ours));
        self.value(pair, "description", fact.description.as_deref(), half);
        if let Some(human) = fact.description.as_deref().filter(|human| !human.is_empty()) {
            let ours = one.entity.metadata.description.as_deref().unwrap_or_default();
            self.add("description: alike", alike(human, ours), 1.0);
        }
        // A title that says what the name says is left out on purpose.
        let title = fact.title.as_deref().filter(|title| folded(title) != folded(&one.entity.metadata.name));
        self.value(pair, "title", title, |human, ours| folded(human) == folded(ours));
    }

    fn documents(&mut self, pair: Pair<'_>) {
        const TECHDOCS: &str = "backstage.io/techdocs-ref";
        let (fact, one) = pair;
        let ours = one.entity.metadata.annotations.contains_key(TECHDOCS);
        if fact.techdocs {
            self.tally("techdocs: recall", ours, || fact.name.clone());
        }
        if ours && !self.skips(&fact.name, "techdocs") {
            self.tally("techdocs: precision", fact.techdocs, || fact.name.clone());
        }
        for (_, confidence) in claims(one, &format!("metadata.annotations[\"{TECHDOCS}\"]")) {
            self.calibrate("techdocs", confidence, fact.techdocs);
        }
        let tags = &one.entity.metadata.tags;
        for tag in &fact.tags {
            self.tally("tags: recall", tags.contains(tag), || format!("`{}`: {tag}", fact.name));
        }
        for tag in tags.iter().filter(|_| !fact.tags.is_empty()) {
            let right = fact.tags.contains(tag);
            self.tally("tags: precision", right, || format!("`{}`: {tag}", fact.name));
        }
        let urls: Vec<&str> = one.entity.metadata.links.iter().map(|link| link.url.as_str()).collect();
        for link in &fact.links {
            let plain = |url: &str| url.trim_end_matches('/').to_lowercase();
            let right = urls.iter().any(|url| plain(url) == plain(link));
            self.tally("links: recall", right, || format!("`{}`: {link}", fact.name));
        }
    }

    fn addresses(&mut self, generated: &[Described]) {
        let slug = self.repository.repository.clone();
        for one in generated.iter().filter(|one| one.entity.kind == "Component") {
            let annotations = &one.entity.metadata.annotations;
            let ours = annotations.get("github.com/project-slug");
            self.tally("slug", ours == Some(&slug), || one.entity.metadata.name.clone());
            for (value, confidence) in claims(one, "metadata.annotations[\"github.com/project-slug\"]") {
                self.calibrate("slug", confidence, value == slug);
            }
            let start = format!("url:https://github.com/{slug}/");
            let location = annotations.get("backstage.io/source-location");
            let right = location
                .is_some_and(|at| at.starts_with(&start) && at.ends_with(&format!("{}/", one.folder)));
            self.tally("source-location", right, || one.entity.metadata.name.clone());
        }
    }

    fn apis_of(&mut self, pair: Pair<'_>, apis: &Matched<'_>) {
        let (fact, one) = pair;
        let ours: Vec<String> = list(one, "providesApis").iter().map(|api| named(api)).collect();
        for api in &fact.provides_apis {
            let twin = apis.pairs.iter().find(|(other, _)| folded(&other.name) == named(api));
            if let Some((_, twin)) = twin {
                let right = ours.contains(&folded(&twin.entity.metadata.name));
                self.tally("providesApis, API found", right, || format!("`{}`: {api}", fact.name));
            }
        }
    }

    /// Which dependencies that people wrote were found; a wrong one is only counted where both ends are known.
    fn dependencies(&mut self, written: &[Fact], pairs: &[Pair<'_>], generated: &[Described]) {
        let resources = &of_kind(generated, "Resource");
        let twin = |reference: &str| {
            let kind = reference.split(':').next().unwrap_or_default();
            let same =
                |fact: &Fact| fact.kind.eq_ignore_ascii_case(kind) && folded(&fact.name) == named(reference);
            pairs.iter().find(|(fact, _)| same(fact)).map(|(_, one)| *one)
        };
        for fact in written {
            if self.skips(&fact.name, "dependsOn") {
                continue;
            }
            let one = pairs.iter().find(|(other, _)| std::ptr::eq(*other, fact)).map(|(_, one)| *one);
            let ours: Vec<String> = one.map(|one| list(one, "dependsOn")).unwrap_or_default();
            let ours: Vec<String> = ours.iter().map(|reference| named(reference)).collect();
            for reference in &fact.depends_on {
                let name =
                    twin(reference).map_or_else(|| named(reference), |one| folded(&one.entity.metadata.name));
                let here = written.iter().any(|other| folded(&other.name) == named(reference));
                let right = ours.contains(&name)
                    || (!here && one.is_some_and(|one| needs(one, reference, resources)));
                self.tally("dependsOn: recall", right, || format!("`{}` → {reference}", fact.name));
                if here {
                    self.add("dependsOn: recall, same repository", f64::from(u8::from(right)), 1.0);
                }
            }
            let Some(one) = one.filter(|_| !fact.depends_on.is_empty()) else { continue };
            for (value, confidence) in claims(one, "spec.dependsOn") {
                let known =
                    pairs.iter().find(|(_, other)| folded(&other.entity.metadata.name) == named(&value));
                let Some((target, _)) = known else { continue };
                let right = fact.depends_on.iter().any(|reference| named(reference) == folded(&target.name));
                self.calibrate("dependsOn", confidence, right);
                self.tally("dependsOn: precision", right, || format!("`{}` → {value}", fact.name));
            }
        }
    }
}

/// Does it need a resource of the kind that the name of one tells that no file here declares? People call them otherwise.
fn needs(one: &Described, reference: &str, resources: &[&Described]) -> bool {
    if !reference.starts_with("resource:") {
        return false;
    }
    let name = named(reference);
    let words: Vec<&str> = name.split('-').map(|word| if word == "db" { "database" } else { word }).collect();
    let ours: Vec<String> = list(one, "dependsOn").iter().map(|own| named(own)).collect();
    resources.iter().filter(|own| ours.contains(&folded(&own.entity.metadata.name))).any(|own| {
        let told = spec(own, "type").into_iter().chain(own.entity.metadata.tags.iter().map(String::as_str));
        told.into_iter().any(|word| words.contains(&word))
    })
}

fn precision_of(field: &str) -> Option<&'static str> {
    match field {
        "owner" => Some("owner: precision"),
        "system" => Some("system: precision"),
        _ => None,
    }
}
