//! Detector `tags`: words to find a component by.
//!
//! Its main languages, what it is built on, the topics of the repository; at most eight are written. It invents no
//! words. The invariant: every tag has the form that Backstage takes.

use std::collections::HashMap;

use crate::detect::Detector;
use crate::detect::languages::{Table, shares};
use crate::{
    Claim, Confidence, Evidence, Findings, LanguageShare, Material, Site, Subject, SubjectId, SubjectKind,
};

/// The least part of a component's code that makes a language a tag.
const LEAST: f64 = 0.1;
/// The most tags of one sort.
const MOST: usize = 2;
/// Frameworks that people look for things by.
const TELLING: [&str; 40] = [
    "angular",
    "astro",
    "aws-cdk",
    "aws-lambda",
    "azure-functions",
    "blazor",
    "django",
    "docusaurus",
    "electron",
    "ember",
    "fastapi",
    "flask",
    "flutter",
    "gatsby",
    "grpc",
    "helm",
    "hugo",
    "ionic",
    "jekyll",
    "kubernetes-operator",
    "laravel",
    "lit",
    "micronaut",
    "nestjs",
    "nextjs",
    "nuxt",
    "phoenix",
    "pulumi",
    "quarkus",
    "rails",
    "react",
    "react-native",
    "serverless",
    "spring-boot",
    "streamlit",
    "strapi",
    "svelte",
    "symfony",
    "terraform-provider",
    "vue",
];

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    name: "tags",
    finds: "tags: the main languages, frameworks, and topics of the repository",
    limits: "words of the house that stand nowhere in the repository are not found",
    reads: &[],
    run,
};

fn run(material: &Material<'_>, _: &Site, findings: &mut Findings) {
    let mut languages = by_component(material, findings);
    for id in findings.ids(SubjectKind::Component) {
        let own = languages.remove(&id).unwrap_or_default();
        let Some(subject) = findings.subject_mut(id) else { continue };
        let mut claims = languages_of(&own);
        claims.extend(platform_of(subject, &own));
        claims.extend(frameworks_of(subject));
        if subject.folder.is_none() {
            claims.extend(topics(material));
        }
        for claim in claims {
            subject.claim("metadata.tags", claim);
        }
    }
}

fn languages_of(shares: &[LanguageShare]) -> Vec<Claim> {
    let main = shares.iter().filter(|language| language.share >= LEAST).take(MOST);
    let claims = main.filter_map(|language| {
        let seen = format!("{:.0} % of the code is {}", language.share * 100.0, language.name);
        let evidence = Evidence::of_repository("tags.language", seen);
        let word = if language.name == "C#" { "dotnet".to_owned() } else { tag(&language.name)? };
        Some(Claim::new(word, Confidence::Likely, evidence))
    });
    claims.collect()
}

/// What a program in the browser's language runs on.
fn platform_of(subject: &Subject, languages: &[LanguageShare]) -> Option<Claim> {
    let first = languages.first().map(|language| language.name.as_str())?;
    let draws = ["role:frontend", "role:website", "role:widgets"].iter().any(|role| subject.has(role));
    let evidence =
        subject.signs.get("deployed").filter(|_| !draws && matches!(first, "JavaScript" | "TypeScript"))?;
    let evidence = Evidence { rule: "tags.platform".to_owned(), ..evidence.clone() };
    Some(Claim::new("node", Confidence::Likely, evidence))
}

fn frameworks_of(subject: &Subject) -> Vec<Claim> {
    let frameworks = subject.signs.iter().filter_map(|(sign, evidence)| {
        let name = sign.strip_prefix("framework:").filter(|name| TELLING.contains(name))?;
        let evidence = Evidence { rule: "tags.framework".to_owned(), ..evidence.clone() };
        Some(Claim::new(tag(name)?, Confidence::Likely, evidence))
    });
    frameworks.take(MOST).collect()
}

fn topics(material: &Material<'_>) -> Vec<Claim> {
    let claims = material.about.topics.iter().filter_map(|topic| {
        let evidence =
            Evidence::of_repository("tags.topic", format!("the repository has the topic `{topic}`"));
        Some(Claim::new(tag(topic)?, Confidence::Likely, evidence))
    });
    claims.collect()
}

/// The languages of each component's own files.
fn by_component(material: &Material<'_>, findings: &Findings) -> HashMap<SubjectId, Vec<LanguageShare>> {
    let mut table = Table::default();
    let mut counted: HashMap<SubjectId, Vec<(&'static str, u64)>> = HashMap::new();
    // Files come folder by folder.
    let mut last: Option<(&str, Option<SubjectId>)> = None;
    for file in material.listing.iter() {
        let (folder, _) = file.path.as_str().rsplit_once('/').unwrap_or_default();
        let id = match last {
            Some((before, id)) if before == folder => id,
            _ => findings.component_of(&file.path),
        };
        last = Some((folder, id));
        if let (Some(id), Some(found)) = (id, table.counted(file)) {
            counted.entry(id).or_default().push(found);
        }
    }
    counted.into_iter().map(|(id, files)| (id, shares(files.into_iter()))).collect()
}

/// A word in the form of a tag.
fn tag(word: &str) -> Option<String> {
    let mut out = String::new();
    for c in word.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' | '+' | '#' | ':' => out.push(c),
            _ if !out.is_empty() && !out.ends_with('-') => out.push('-'),
            _ => {}
        }
    }
    let out = out.trim_end_matches('-');
    (1..=63).contains(&out.len()).then(|| out.to_owned())
}
