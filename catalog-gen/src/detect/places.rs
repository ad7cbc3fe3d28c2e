//! Detector `places`: where the source of everything is.
//!
//! Says the repository's slug and the page of each folder, from the remote alone. It looks at no file. The invariant:
//! without a remote it says nothing.

use crate::detect::Detector;
use crate::{Claim, Confidence, Evidence, Findings, Material, Site, SubjectKind};

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    name: "places",
    finds: "the slug of the repository and the address of each folder",
    limits: "needs to know the repository's address; a folder without one says nothing",
    reads: &[],
    run,
};

fn run(material: &Material<'_>, _: &Site, findings: &mut Findings) {
    let Some(remote) = &material.about.remote else { return };
    for kind in [SubjectKind::System, SubjectKind::Component, SubjectKind::Api, SubjectKind::Resource] {
        for id in findings.ids(kind) {
            let Some(subject) = findings.subject_mut(id) else { continue };
            let said = format!("the repository is {}", remote.address());
            let evidence = |rule: &str| Evidence::of_repository(rule, said.clone());
            if let Some(annotation) = remote.host.slug_annotation().filter(|_| kind == SubjectKind::Component)
            {
                let claim = Claim::new(remote.slug(), Confidence::Certain, evidence("places.slug"));
                subject.claim(&format!("metadata.annotations[\"{annotation}\"]"), claim);
            }
            let page = format!("url:{}", remote.folder_url(subject.folder.as_ref()));
            let claim = Claim::new(page, Confidence::Certain, evidence("places.folder"));
            subject.claim("metadata.annotations[\"backstage.io/source-location\"]", claim);
        }
    }
}
