//! What a component is called: by its manifest, its folder, its repository.

use crate::detect::paths::folder_text;
use crate::detect::prose::readme_heading;
use crate::detect::slug::slug;
use crate::generate::legal;
use crate::{Claim, Confidence, Ecosystem, Evidence, Findings, Material, Package, Subject, TreePath};

/// Names that say what a part is, not which.
const GENERIC: [&str; 40] = [
    "api",
    "app",
    "apps",
    "application",
    "backend",
    "back-end",
    "back",
    "client",
    "cli",
    "common",
    "core",
    "database",
    "db",
    "demo",
    "front",
    "front-end",
    "frontend",
    "functions",
    "gateway",
    "lambda",
    "main",
    "package",
    "parent",
    "project",
    "root",
    "server",
    "service",
    "services",
    "shared",
    "site",
    "src",
    "template",
    "test",
    "ui",
    "web",
    "web-app",
    "webapp",
    "website",
    "worker",
    "workspace",
];

/// Does the name say only what a part is?
fn is_generic(name: &str) -> bool {
    GENERIC.contains(&name.to_ascii_lowercase().as_str())
}

/// What is to be called something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// The repository.
    Whole,
    /// A part that is shipped.
    Part,
    /// A package for others.
    Library,
}

/// Claims names for a component.
pub(super) fn claim(
    material: &Material<'_>,
    findings: &Findings,
    folder: Option<&TreePath>,
    what: What,
    subject: &mut Subject,
) {
    let repository = material.about.remote.as_ref().map(|remote| remote.name().to_owned());
    let whole = what == What::Whole;
    let manifest = findings.packages_in(folder).find_map(|package| Some((package, bare_name(package)?)));
    if whole && let Some(claim) = with_owner(material).or_else(|| agreed(material, manifest.as_ref())) {
        subject.claim("metadata.name", claim);
    }
    if whole && let Some(repository) = repository.as_deref().and_then(legal) {
        let agreed = manifest.as_ref().filter(|(_, name)| folded(name) == folded(&repository));
        let evidence = Evidence::of_repository("names.repository", "the name of the repository");
        let sure = agreed.is_some() && !is_generic(&repository);
        let confidence = if sure { Confidence::Certain } else { Confidence::Likely };
        let mut claim = Claim::new(repository, confidence, evidence);
        if let Some((package, _)) = agreed {
            claim = claim.and(named_by(package));
        }
        subject.claim("metadata.name", claim);
    }
    let Some(folder) = folder else {
        claim_manifest(manifest, repository.as_deref(), Confidence::Likely, subject);
        return;
    };
    // A package for others has the name that they know it by; another part is told apart by the repository's name.
    let known_by_it = manifest.as_ref().is_some_and(|(package, name)| {
        let repeats =
            repository.as_deref().is_some_and(|repository| folded(name).contains(&folded(repository)));
        repeats || (what == What::Library && package.published.is_some() && !package.private)
    });
    if known_by_it {
        claim_manifest(manifest.clone(), repository.as_deref(), Confidence::Likely, subject);
    }
    let last = folder.file_name();
    let full = match &repository {
        Some(repository) if !folded(last).contains(&folded(repository)) => format!("{repository}-{last}"),
        _ => last.to_owned(),
    };
    let seen = format!("the folder `{}` of the repository", folder_text(Some(folder)));
    let evidence = Evidence::of_repository("names.folder", seen);
    subject.claim("metadata.name", Claim::new(full, Confidence::Likely, evidence));
    if !known_by_it {
        claim_manifest(manifest, repository.as_deref(), Confidence::Likely, subject);
    }
}

/// The owner's name before the repository's, where the repository's says only what it is, or the readme calls it so.
fn with_owner(material: &Material<'_>) -> Option<Claim> {
    let remote = material.about.remote.as_ref()?;
    let (owner, name) = remote.slug().rsplit_once('/')?;
    let mut full = legal(&format!("{}-{}", owner.to_ascii_lowercase(), name.to_ascii_lowercase()))?;
    let heading = readme_heading(material).and_then(|(heading, path)| {
        let called = if folded(&heading.replace(' ', "-")) == folded(&full) {
            full.clone()
        } else {
            after_owner(&slug(&heading), owner, name)?
        };
        Some((called, heading, path))
    });
    let evidence = match heading {
        Some((called, heading, path)) => {
            full = called;
            Evidence::at(&path, None, "names.heading", format!("it calls it `{heading}`"))
        }
        None if is_generic(name) => {
            Evidence::of_repository("names.owner", format!("`{name}` alone says only what it is"))
        }
        None => return None,
    };
    Some(Claim::new(full, Confidence::Likely, evidence))
}

/// A heading of the owner's name and words that end the repository's: `acmes-shop-modules` for `infra-shop-modules` of
/// `acme-inc`.
fn after_owner(heading: &str, owner: &str, repository: &str) -> Option<String> {
    const LEAST: usize = 4;
    let (first, rest) = heading.split_once('-')?;
    let owner = folded(owner);
    let common = first.bytes().zip(owner.bytes()).take_while(|(one, other)| one == other).count();
    let is_owner = common >= LEAST && (common == owner.len() || common + 1 >= first.len());
    let ends = slug(repository).strip_suffix(rest).is_some_and(|before| before.ends_with('-'));
    (is_owner && ends && rest.contains('-')).then(|| heading.to_owned())
}

/// The manifest's name, where the readme's heading is the same and the repository is called something else altogether.
fn agreed(material: &Material<'_>, manifest: Option<&(&Package, String)>) -> Option<Claim> {
    const THING: [&str; 5] = ["-application", "-app", "-service", "-project", "-library"];
    let (package, name) = manifest?;
    let (heading, path) = readme_heading(material)?;
    let called = slug(&heading);
    let bare = THING.iter().find_map(|end| called.strip_suffix(end)).unwrap_or(&called);
    let own = slug(name);
    let repository = slug(material.about.remote.as_ref()?.name());
    let related = own.split('-').any(|word| repository.split('-').any(|other| other == word));
    if is_generic(&own) || related || (own != called && own != bare) {
        return None;
    }
    let evidence = Evidence::at(&path, None, "names.agreed", format!("its heading is `{heading}`, too"));
    Some(Claim::new(name.clone(), Confidence::Likely, named_by(package)).and(evidence))
}

/// The name in the manifest, with the repository's before it where it says only what a part is.
fn claim_manifest(
    manifest: Option<(&Package, String)>,
    repository: Option<&str>,
    confidence: Confidence,
    subject: &mut Subject,
) {
    let Some((package, name)) = manifest else { return };
    let full = match repository {
        Some(repository) if is_generic(&name) => format!("{repository}-{name}"),
        _ => name,
    };
    subject.claim("metadata.name", Claim::new(full, confidence, named_by(package)));
}

fn named_by(package: &Package) -> Evidence {
    let name = package.name.as_ref();
    let seen = format!("it is called `{}` there", name.map(|name| name.text.as_str()).unwrap_or_default());
    Evidence::at(&package.file, name.and_then(|name| name.line), "names.manifest", seen)
}

/// The name in a manifest, without group, scope or host.
fn bare_name(package: &Package) -> Option<String> {
    let name = package.name.as_ref()?.text.as_str();
    let bare = match package.ecosystem {
        Ecosystem::Maven => name.rsplit(':').next()?,
        Ecosystem::Go => {
            let unversioned = name.rsplit_once("/v").filter(|(_, version)| version.parse::<u32>().is_ok());
            unversioned.map_or(name, |(module, _)| module).rsplit('/').next()?
        }
        Ecosystem::Php => name.rsplit('/').next()?,
        _ => name,
    };
    legal(bare)
}

/// A name without case and with one kind of separator.
fn folded(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}
