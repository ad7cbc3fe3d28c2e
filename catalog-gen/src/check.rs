//! Has the catalog file drifted from the code?
//!
//! Compares the catalog files of a repository with what is in it now: files and folders they name, owners, docs, the
//! repository's own name, relations, and what a generator finds. It does not judge whether a file is legal
//! ([`crate::validate_files`] does) and changes nothing. The invariant: a file that agrees with the code has no finding,
//! and what only another repository could tell is not claimed.

mod owners;
mod places;
mod relations;

use serde_json::Value;

use crate::files::{CatalogFile, DocumentRead, Scope, read};
use crate::report::{Source, locate, sort};
use crate::{
    Catalogue, Confidence, Described, Finding, Level, Material, Merged, Site, Surroundings, TreePath,
    merge_files,
};

/// What is compared.
struct Look<'l> {
    material: &'l Material<'l>,
    catalogue: &'l Catalogue,
    site: &'l Site,
    scope: Scope<'l>,
    files: &'l [CatalogFile],
}

/// Everything in which the catalog files of a repository differ from its code, in the order of files and lines. The
/// material holds the catalog files too: [`crate::catalog_files()`] says which to read. `catalogue` is what
/// [`crate::generate()`] made of it.
///
/// Findings under the level of a warning are no drift: values that the generator would have written otherwise, and
/// entities that no file declares.
pub fn check(material: &Material<'_>, catalogue: &Catalogue, site: &Site) -> Vec<Finding> {
    let surroundings = Surroundings { listing: Some(material.listing), ..Surroundings::default() };
    let scope = Scope::new(material.files, &surroundings);
    let mut findings = Vec::new();
    let files = read(&scope, &mut findings);
    let look = Look { material, catalogue, site, scope, files: &files };
    let owners = owners::Owners::read(&look);
    for file in &files {
        for document in &file.documents {
            places::check(&look, file, document, &mut findings);
            owners.check(&look, file, document, &mut findings);
        }
    }
    relations::check(&look, &mut findings);
    look.values(&mut findings);
    sort(&mut findings);
    findings
}

impl Look<'_> {
    /// A finding about a field of a document.
    fn finding(
        &self,
        (file, document): (&CatalogFile, &DocumentRead),
        rule: &'static str,
        field: &str,
        (message, mend): (String, String),
    ) -> Finding {
        let range = locate(&document.value, &document.placed, field).value_or_key();
        file.source.finding(rule, range, message, mend).about(document.name(), field)
    }

    /// What the generator found otherwise, or found and no file declares.
    fn values(&self, findings: &mut Vec<Finding>) {
        // A name that no file has, so that what is new is not taken for a file's.
        let Ok(new) = TreePath::parse(".new/catalog-info.yaml") else { return };
        let sure: Vec<Described> =
            self.catalogue.entities.iter().filter(|own| is_sure(own)).cloned().collect();
        for (path, merged) in merge_files(self.material.files, &sure, &new).files {
            match self.files.iter().find(|file| file.path == path) {
                Some(file) => self.differences(file, &merged, findings),
                None => self.undeclared(&merged, findings),
            }
        }
    }

    fn differences(&self, file: &CatalogFile, merged: &Merged, findings: &mut Vec<Finding>) {
        for difference in merged.differences.iter().filter(|difference| self.is_certain(difference)) {
            let Some(document) = file
                .documents
                .iter()
                .find(|document| document.name().as_deref() == Some(difference.entity.as_str()))
            else {
                continue;
            };
            let message = format!(
                "the file says {}, the code {}",
                shown(&difference.written),
                shown(&difference.found)
            );
            let words = (message, "see which of them is right".to_owned());
            findings.push(self.finding((file, document), "drift.value", &difference.field, words));
        }
    }

    /// Is the value that was found sure, and about more than words?
    fn is_certain(&self, difference: &crate::Difference) -> bool {
        const TOLD_ELSEWHERE: [&str; 4] = [
            "metadata.annotations[\"github.com/project-slug\"]",
            "metadata.annotations[\"backstage.io/source-location\"]",
            "metadata.annotations[\"backstage.io/techdocs-ref\"]",
            "spec.owner",
        ];
        let words = matches!(
            difference.field.as_str(),
            "metadata.title" | "metadata.description" | "metadata.tags" | "metadata.links"
        );
        let all = self.catalogue.entities.iter().flat_map(|own| &own.fields);
        let mut claims =
            all.filter(|claim| claim.field == difference.field && claim.claim.value == difference.found);
        !words
            && !TOLD_ELSEWHERE.contains(&difference.field.as_str())
            && claims.any(|claim| claim.claim.confidence == Confidence::Certain)
    }

    fn undeclared(&self, merged: &Merged, findings: &mut Vec<Finding>) {
        let Some(file) = self.files.first() else { return };
        for addition in &merged.added {
            let message = format!("no catalog file declares `{}`, which the code has", addition.entity);
            let source: &Source = &file.source;
            let mend = "add it to the file; `catalog-gen generate --write` does";
            let finding = source.finding("drift.missing", 0..0, message, mend);
            findings.push(finding.weighing(Level::Note).about(Some(addition.entity.clone()), ""));
        }
    }
}

fn is_sure(described: &Described) -> bool {
    described.existence.confidence == Confidence::Certain
}

/// A value as a message may show it.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 80;
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() { format!("`{short}…`") } else { format!("`{short}`") }
}

#[cfg(test)]
mod tests;
