//! Detector `links`: pages about a component.
//!
//! Its home page, as the host or the manifest has it; the page of its package in a registry and its documentation, where
//! the readme leads there. It follows no link. The invariant: every link has a scheme and a title, and none leads to the
//! repository itself.

use serde_json::json;
use url::Url;

use crate::detect::prose::readme_of;
use crate::detect::{Detector, components};
use crate::{
    Claim, Confidence, Ecosystem, Evidence, Findings, Material, Package, Site, SubjectKind, TreePath,
};

/// How many lines of a readme are looked at.
const LINES: usize = 600;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    name: "links",
    finds: "the home page, the package's page in a registry and the documentation of a component",
    limits: "links are not followed; dashboards and runbooks are only suggested, where the readme names them so",
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
/// Hosts of documentation, by a part of their name.
const DOCUMENTATION: [&str; 5] =
    [".readthedocs.io", ".readthedocs.org", ".gitbook.io", "docs.rs/", ".github.io/"];

/// A page that was found.
struct Page<'t> {
    address: &'t str,
    title: &'t str,
    icon: &'t str,
    confidence: Confidence,
    evidence: Evidence,
}

fn run(material: &Material<'_>, _: &Site, findings: &mut Findings) {
    for id in findings.ids(SubjectKind::Component) {
        let Some(subject) = findings.subject(id) else { continue };
        let folder = subject.folder.clone();
        let own: Vec<&Package> = components::packages_of(findings, id, folder.as_ref())
            .into_iter()
            .filter(|package| package.folder == folder)
            .collect();
        let mut pages = homepages(material, folder.as_ref(), &own);
        if let Some((path, text)) = readme_of(material, folder.as_ref()) {
            pages.extend(named(&path, text, &own));
        }
        let mut known: Vec<String> = Vec::new();
        let mut claims: Vec<Claim> = Vec::new();
        for page in pages {
            let address = page.address.trim_end_matches('/').to_ascii_lowercase();
            if !known.contains(&address) {
                known.push(address);
                claims.extend(claim(material, page));
            }
        }
        let Some(subject) = findings.subject_mut(id) else { continue };
        for claim in claims {
            subject.claim("metadata.links", claim);
        }
    }
}

fn homepages<'t>(material: &Material<'t>, folder: Option<&TreePath>, own: &[&'t Package]) -> Vec<Page<'t>> {
    let page = |address: &'t str, evidence: Evidence| Page {
        address,
        title: "Website",
        icon: "web",
        confidence: Confidence::Likely,
        evidence,
    };
    let mut out: Vec<Page<'t>> = Vec::new();
    if folder.is_none()
        && let Some(address) = material.about.homepage.as_deref()
    {
        out.push(page(address, Evidence::of_repository("links.homepage", "the repository's home page")));
    }
    for package in own {
        let Some(said) = &package.homepage else { continue };
        let evidence = Evidence::at(&package.file, said.line, "links.homepage", "the home page there");
        out.push(page(&said.text, evidence));
    }
    out
}

/// Links of the readme that are to a registry or to documentation, or whose text says what they lead to.
fn named<'t>(path: &TreePath, text: &'t str, own: &[&Package]) -> Vec<Page<'t>> {
    let registries: Vec<(String, &str)> = own.iter().filter_map(|package| registry(package)).collect();
    let mut out: Vec<Page<'t>> = Vec::new();
    for (at, line) in text.lines().enumerate().take(LINES) {
        let line_number = u32::try_from(at + 1).ok();
        for (start, _) in line.match_indices("https://") {
            let Some((before, after)) = line.get(..start).zip(line.get(start..)) else { continue };
            let end =
                after.find(|c: char| c.is_whitespace() || ")>\"'`]|,".contains(c)).unwrap_or(after.len());
            let address = after.get(..end).unwrap_or_default().trim_end_matches(['.', ';']);
            let plain = address.trim_end_matches('/').to_ascii_lowercase();
            let shown =
                before.strip_suffix("](").and_then(|before| before.rsplit('[').next()).unwrap_or_default();
            let icon = TITLES.iter().find(|(title, _)| *title == shown.trim().to_ascii_lowercase());
            let page = |title, icon, confidence, rule: &str| Page {
                address,
                title,
                icon,
                confidence,
                evidence: Evidence::at(path, line_number, rule, format!("a link to {address}")),
            };
            if let Some((_, title)) =
                registries.iter().find(|(registry, _)| plain.ends_with(registry.as_str()))
            {
                out.push(page(*title, "web", Confidence::Likely, "links.registry"));
            } else if let Some((_, icon)) = icon {
                let documents = DOCUMENTATION.iter().any(|host| plain.contains(host));
                let confidence = if documents { Confidence::Likely } else { Confidence::Guess };
                out.push(page(shown, icon, confidence, "links.readme"));
            }
        }
    }
    out
}

/// The address of a package's page in the registry of its language, without the scheme.
fn registry(package: &Package) -> Option<(String, &'static str)> {
    let name = &package.name.as_ref()?.text;
    let (page, title) = match package.ecosystem {
        Ecosystem::Npm => (format!("npmjs.com/package/{name}"), "npm"),
        Ecosystem::Cargo => (format!("crates.io/crates/{name}"), "crates.io"),
        Ecosystem::Go => (format!("pkg.go.dev/{name}"), "Go packages"),
        Ecosystem::Python => (format!("pypi.org/project/{name}"), "PyPI"),
        Ecosystem::Ruby => (format!("rubygems.org/gems/{name}"), "RubyGems"),
        Ecosystem::DotNet => (format!("nuget.org/packages/{name}"), "NuGet"),
        Ecosystem::Php => (format!("packagist.org/packages/{name}"), "Packagist"),
        Ecosystem::Dart => (format!("pub.dev/packages/{name}"), "pub.dev"),
        Ecosystem::Elixir => (format!("hex.pm/packages/{name}"), "Hex"),
        _ => return None,
    };
    Some((page.to_ascii_lowercase(), title))
}

fn claim(material: &Material<'_>, page: Page<'_>) -> Option<Claim> {
    let address = page.address.trim();
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let host = url.host_str()?;
    // The repository itself is where `source-location` leads.
    let plain = |text: &str| {
        let text = text.split('#').next().unwrap_or_default().trim_end_matches('/').to_ascii_lowercase();
        text.strip_suffix(".git").map(str::to_owned).unwrap_or(text)
    };
    let itself = |repository: &str| plain(repository) == plain(address);
    let a_repository = host == "github.com" && url.path_segments().is_some_and(|path| path.count() <= 2);
    let is_itself = material.about.remote.as_ref().is_some_and(|remote| itself(remote.address()));
    if is_itself
        || a_repository
        || host == "localhost"
        || host.contains("example.")
        || address.contains("badge")
    {
        return None;
    }
    let value = json!({"url": address, "title": page.title, "icon": page.icon});
    Some(Claim::new(value, page.confidence, page.evidence))
}
