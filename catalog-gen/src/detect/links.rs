//! Detector `links`: pages about a component.
//!
//! Its home page, as the host or the manifest has it, and the documentation that the readme leads to. It follows no
//! link. The invariant: every link has a scheme and a title.

use serde_json::json;
use url::Url;

use crate::detect::{Detector, components};
use crate::{Claim, Confidence, Evidence, Findings, Material, Site, SubjectKind, TreePath};

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    name: "links",
    finds: "the home page and the documentation of a component",
    limits: "links are not followed; dashboards and runbooks are only found where the readme names them so",
    reads: &[],
    run,
};

/// Texts of links that lead to something worth keeping, and the icon for it.
const TITLES: [(&str, &str); 10] = [
    ("documentation", "docs"),
    ("docs", "docs"),
    ("api docs", "docs"),
    ("api documentation", "docs"),
    ("user guide", "docs"),
    ("website", "web"),
    ("storybook", "web"),
    ("dashboard", "dashboard"),
    ("runbook", "help"),
    ("changelog", "docs"),
];

fn run(material: &Material<'_>, _: &Site, findings: &mut Findings) {
    for id in findings.ids(SubjectKind::Component) {
        let Some(subject) = findings.subject(id) else { continue };
        let folder = subject.folder.clone();
        let mut claims: Vec<Claim> = Vec::new();
        if folder.is_none()
            && let Some(page) = material.about.homepage.as_deref()
        {
            let evidence = Evidence::of_repository("links.homepage", "the repository's home page");
            claims.extend(link(material, page, "Website", "web", Confidence::Likely, evidence));
        }
        for package in components::packages_of(findings, id, folder.as_ref()) {
            let Some(page) = package.homepage.as_ref().filter(|_| package.folder == folder) else { continue };
            let evidence = Evidence::at(&package.file, page.line, "links.homepage", "the home page there");
            claims.extend(link(material, &page.text, "Website", "web", Confidence::Likely, evidence));
        }
        claims.extend(named(material, folder.as_ref()));
        let Some(subject) = findings.subject_mut(id) else { continue };
        let mut known: Vec<String> = Vec::new();
        for claim in claims {
            let address = claim.value.get("url").map(ToString::to_string).unwrap_or_default();
            if !known.contains(&address) {
                known.push(address);
                subject.claim("metadata.links", claim);
            }
        }
    }
}

/// Links of the readme whose text says what they lead to.
fn named(material: &Material<'_>, folder: Option<&TreePath>) -> Vec<Claim> {
    let Some((path, text)) = super::prose::readme_of(material, folder) else { return Vec::new() };
    let mut out: Vec<Claim> = Vec::new();
    for (at, line) in text.lines().enumerate().take(400) {
        for (start, _) in line.match_indices("](http") {
            let Some((before, after)) = line.get(..start).zip(line.get(start + 2..)) else { continue };
            let shown = before.rsplit('[').next().unwrap_or_default().trim();
            let address = after.split([')', ' ']).next().unwrap_or_default();
            let plain = shown.to_ascii_lowercase();
            let Some((_, icon)) = TITLES.iter().find(|(title, _)| *title == plain) else { continue };
            let evidence =
                Evidence::at(&path, u32::try_from(at + 1).ok(), "links.readme", format!("a link `{shown}`"));
            out.extend(link(material, address, shown, icon, Confidence::Guess, evidence));
        }
    }
    out
}

fn link(
    material: &Material<'_>,
    address: &str,
    title: &str,
    icon: &str,
    confidence: Confidence,
    evidence: Evidence,
) -> Option<Claim> {
    let address = address.trim();
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    // The repository itself is where `source-location` leads.
    let plain = |text: &str| {
        let text = text.split('#').next().unwrap_or_default().trim_end_matches('/').to_ascii_lowercase();
        text.strip_suffix(".git").map(str::to_owned).unwrap_or(text)
    };
    let itself =
        material.about.remote.as_ref().is_some_and(|remote| plain(remote.address()) == plain(url.as_str()));
    if itself || url.host_str().is_none_or(|host| host == "localhost" || host.contains("example.")) {
        return None;
    }
    let value = json!({"url": address, "title": title, "icon": icon});
    Some(Claim::new(value, confidence, evidence))
}
