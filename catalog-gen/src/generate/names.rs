//! What the entities are called.
//!
//! Makes of every subject's claimed name one that Backstage takes, and that no other entity of the same kind here has.
//! It does not look for names. The invariant: every subject has a legal name, and no two of a kind differ in letter
//! case alone.

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::validate::is_name;
use crate::{Findings, Subject, SubjectId, SubjectKind};

/// The longest name that an entity can have.
const LONGEST: usize = 63;

/// The name of each subject.
pub(super) fn assign(findings: &Findings) -> IndexMap<SubjectId, String> {
    let mut names = IndexMap::new();
    for kind in super::ORDER {
        let mut taken: HashSet<String> = HashSet::new();
        // What exists for sure chooses first.
        let mut subjects: Vec<(SubjectId, &Subject)> = findings.of(kind).collect();
        subjects.sort_by_key(|(id, subject)| (std::cmp::Reverse(subject.existence.confidence), *id));
        for (id, subject) in subjects {
            let name = free(&wishes(kind, subject), &taken);
            taken.insert(name.to_ascii_lowercase());
            names.insert(id, name);
        }
    }
    names
}

/// Names in the order they are tried.
fn wishes(kind: SubjectKind, subject: &Subject) -> Vec<String> {
    let claimed = subject.best("metadata.name").and_then(|claim| claim.text()).and_then(legal);
    let folder = subject.folder.as_ref();
    let last = folder.and_then(|folder| legal(folder.file_name()));
    let name = claimed.or_else(|| last.clone()).unwrap_or_else(|| kind.word().to_ascii_lowercase());
    let before = folder.and_then(|folder| Some(format!("{}-{name}", folder.parent()?.file_name())));
    let with_last = last.filter(|last| *last != name).map(|last| format!("{last}-{name}"));
    let whole = folder.map(|folder| folder.as_str().replace('/', "-"));
    [Some(name), with_last, before, whole].into_iter().flatten().filter_map(|name| legal(&name)).collect()
}

fn free(wishes: &[String], taken: &HashSet<String>) -> String {
    let is_free = |name: &&String| !taken.contains(&name.to_ascii_lowercase());
    if let Some(name) = wishes.iter().find(is_free) {
        return name.clone();
    }
    let first = wishes.first().map(String::as_str).unwrap_or("unnamed");
    let room: String = first.chars().take(LONGEST - 8).collect();
    let numbered = (2_u32..).map(|number| format!("{room}-{number}"));
    numbered.into_iter().find(|name| is_free(&name)).unwrap_or_default()
}

/// A name that an entity can have: what cannot be in it becomes a dash; of a scoped name the scope goes.
pub(crate) fn legal(text: &str) -> Option<String> {
    let bare = match text.strip_prefix('@').and_then(|scoped| scoped.split_once('/')) {
        Some((_, name)) => name,
        None => text,
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let edge = |c: char| !c.is_ascii_alphanumeric();
    let mut name = String::with_capacity(bare.len());
    for c in bare.chars() {
        match c {
            _ if fits(c) => name.push(c),
            _ if !name.ends_with('-') => name.push('-'),
            _ => {}
        }
    }
    let name: String = name.trim_matches(edge).chars().take(LONGEST).collect();
    let name = name.trim_end_matches(edge);
    is_name(name).then(|| name.to_owned())
}
