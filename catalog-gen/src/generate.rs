//! From what was found to entities.
//!
//! Runs the detectors, names the subjects, takes for every field the surest claim, writes the relations between them,
//! and lets the validator judge: what is not legal is not given out. It detects nothing itself. The invariant: the
//! same material and site give the same bytes.

mod fields;
mod names;

pub(crate) use names::legal;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::detect::DETECTORS;
use crate::{
    Catalogue, Claim, Confidence, DEFAULT_NAMESPACE, Described, Edge, Entity, EntityRef, Evidence,
    FieldClaim, Findings, Material, Metadata, Relation, Site, Subject, SubjectId, SubjectKind, Target,
    Violation, validate,
};

/// Subjects in the order their entities are written.
const ORDER: [SubjectKind; 4] =
    [SubjectKind::System, SubjectKind::Component, SubjectKind::Api, SubjectKind::Resource];

/// The catalog of a repository.
pub fn generate(material: &Material<'_>, site: &Site) -> Catalogue {
    let mut findings = Findings::default();
    for detector in DETECTORS {
        (detector.run)(material, site, &mut findings);
    }
    from_findings(findings, site)
}

/// The catalog of what was found.
pub(crate) fn from_findings(findings: Findings, site: &Site) -> Catalogue {
    let names = names::assign(&findings);
    let writer = Writer { findings: &findings, site, names: &names };
    let mut out = Catalogue { languages: findings.languages.clone(), ..Catalogue::default() };
    for kind in ORDER {
        let mut of_kind: Vec<(SubjectId, &Subject)> = findings.of(kind).collect();
        of_kind.sort_by_key(|(id, _)| (names.get(id), *id));
        for (id, subject) in of_kind {
            let described = writer.describe(id, subject);
            let known = subject.existence.confidence > Confidence::Guess;
            match writer.judge(described, known, &mut out.notes) {
                Some((described, true)) => out.entities.push(described),
                Some((described, false)) => out.suggested.push(described),
                None => {}
            }
        }
    }
    out.notes.splice(0..0, findings.notes);
    out
}

/// What entities are written from.
struct Writer<'f> {
    findings: &'f Findings,
    site: &'f Site,
    names: &'f IndexMap<SubjectId, String>,
}

impl Writer<'_> {
    fn describe(&self, id: SubjectId, subject: &Subject) -> Described {
        let mut described = Described {
            entity: self.bare(id, subject.kind),
            folder: subject.folder.as_ref().map(ToString::to_string).unwrap_or_default(),
            existence: subject.existence.clone(),
            fields: Vec::new(),
            suggestions: Vec::new(),
            outvoted: Vec::new(),
            missing: Vec::new(),
        };
        for (field, claims) in subject.claims() {
            fields::sort_out(field, claims, self.site, &mut described);
        }
        self.note_name(id, subject, &mut described);
        for edge in self.findings.edges.iter().filter(|edge| edge.from == id) {
            self.relate(edge, &mut described);
        }
        fields::write(subject.kind, &mut described);
        described
    }

    fn bare(&self, id: SubjectId, kind: SubjectKind) -> Entity {
        let namespace = self.site.namespace.clone().filter(|namespace| namespace != DEFAULT_NAMESPACE);
        let name = self.names.get(&id).cloned().unwrap_or_default();
        Entity {
            api_version: "backstage.io/v1alpha1".to_owned(),
            kind: kind.word().to_owned(),
            metadata: Metadata { name, namespace, ..Metadata::default() },
            spec: Some(Map::new()),
        }
    }

    /// The name's claim says what was found; where the entity is called otherwise, it says that too.
    fn note_name(&self, id: SubjectId, subject: &Subject, described: &mut Described) {
        let name = self.names.get(&id).cloned().unwrap_or_default();
        let found = subject.best("metadata.name");
        let mut claim = found.cloned().unwrap_or_else(|| Claim {
            value: Value::String(name.clone()),
            confidence: Confidence::Guess,
            evidence: subject.existence.evidence.clone(),
        });
        if claim.text() != Some(&name) {
            let was = claim.text().unwrap_or_default().escape_debug().to_string();
            claim.evidence.push(Evidence::of_repository(
                "names.legal",
                format!("`{was}` made a legal name that no other entity here has"),
            ));
            claim.value = Value::String(name);
        }
        described.fields.retain(|field| field.field != "metadata.name");
        described.fields.insert(0, FieldClaim { field: "metadata.name".to_owned(), claim });
    }

    fn relate(&self, edge: &Edge, described: &mut Described) {
        let (written, known) = match &edge.to {
            Target::Entity(target) => (Some(target.to_written()), true),
            Target::Subject(id) => {
                let target = self.findings.subject(*id);
                let known = target.is_some_and(|target| target.existence.confidence > Confidence::Guess);
                (target.and_then(|target| self.reference(*id, target.kind)), known)
            }
        };
        let Some(written) = written else { return };
        let claim = Claim {
            value: Value::String(written),
            confidence: edge.confidence,
            evidence: edge.evidence.clone(),
        };
        let field = FieldClaim { field: edge.relation.field().to_owned(), claim };
        if known && edge.confidence > Confidence::Guess {
            described.fields.push(field);
        } else {
            described.suggestions.push(field);
        }
    }

    fn reference(&self, id: SubjectId, kind: SubjectKind) -> Option<String> {
        let namespace = self.site.namespace.as_deref().unwrap_or(DEFAULT_NAMESPACE);
        let kind = kind.word().to_ascii_lowercase();
        Some(EntityRef::new(&kind, namespace, self.names.get(&id)?).ok()?.to_written())
    }

    /// The entity if it is legal, without the optional values that are not; and whether it is a fact.
    fn judge(
        &self,
        mut described: Described,
        known: bool,
        notes: &mut Vec<Evidence>,
    ) -> Option<(Described, bool)> {
        for _ in 0..2 {
            let violations = validate(&described.entity.to_value());
            if violations.is_empty() {
                return Some((described, known));
            }
            for violation in violations {
                notes.push(refusal(&described.entity, &violation));
                fields::drop_value(&mut described, &violation.path);
            }
        }
        validate(&described.entity.to_value()).is_empty().then_some((described, known))
    }
}

fn refusal(entity: &Entity, violation: &Violation) -> Evidence {
    let Entity { kind, metadata, .. } = entity;
    let seen = format!("left out of {kind} `{}`: {violation}", metadata.name);
    Evidence::of_repository("generate.not-legal", seen)
}

impl SubjectKind {
    /// The entity's kind.
    pub fn word(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Component => "Component",
            Self::Api => "API",
            Self::Resource => "Resource",
        }
    }
}

impl Relation {
    /// The field it is written in.
    pub fn field(self) -> &'static str {
        match self {
            Self::ProvidesApi => "spec.providesApis",
            Self::ConsumesApi => "spec.consumesApis",
            Self::DependsOn => "spec.dependsOn",
            Self::PartOf => "spec.system",
            Self::SubcomponentOf => "spec.subcomponentOf",
        }
    }

    /// Has it room for one target only?
    pub fn is_single(self) -> bool {
        matches!(self, Self::PartOf | Self::SubcomponentOf)
    }
}

#[cfg(test)]
mod tests;
