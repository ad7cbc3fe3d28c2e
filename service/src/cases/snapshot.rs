//! The tree that a case gives, kept beside its template in `cases/snapshots/<case>/`.
//!
//! A snapshot is compared entry by entry: text by its lines, other files by their bytes, links by where they lead,
//! and the mark of a program. What of it is written, and how it is read, is in `disk`; how names are kept, in
//! `names`. The invariant: comparing writes nothing.

mod disk;
mod names;

use std::collections::BTreeMap;

use catalog_gen::{Entry, File, FileTree, TreePath};

use super::diff;
use super::finding::Finding;
use crate::template::TemplatePlace;
use disk::{Found, Opened};

pub(super) use disk::{Home, remove_stale, stale};

/// Entries that a snapshot may have beside those that are rendered; with more it is not looked at.
const MOST_MORE: usize = 1_000;
/// Differences that are told file by file.
const MOST_TOLD: usize = 20;

/// What an update did to a snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Entries that were not there.
    pub added: usize,
    /// Entries that were there, but otherwise.
    pub changed: usize,
    /// Entries that are gone.
    pub removed: usize,
}

impl Written {
    /// Was there anything to do?
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Compares the tree with the snapshot of a case.
pub(super) fn compare(home: &Home, case: &str, tree: &FileTree) -> Vec<Finding> {
    let shown = home.shown(case);
    let opened = match home.open(case) {
        Ok(Some(opened)) => opened,
        Ok(None) => {
            let message = "there is no snapshot yet; write it with `--update`, look at it, and commit it";
            return vec![Finding::of_file(shown, message)];
        }
        Err(finding) => return vec![finding],
    };
    let mut known = match opened.entries(tree.len() + MOST_MORE) {
        Ok(Some(known)) => known,
        Ok(None) => {
            let message = format!(
                "the snapshot has over {MOST_MORE} entries more than are rendered; write it anew with `--update`"
            );
            return vec![Finding::of_file(shown, message)];
        }
        Err(finding) => return vec![finding],
    };
    let mut findings = Vec::new();
    let mut differing = 0;
    for (path, entry) in tree.iter() {
        let stored = names::stored(path.as_str(), entry);
        let told = differing < MOST_TOLD;
        if let Some(finding) = difference(&opened, (path, entry), known.remove(&stored), told) {
            differing += 1;
            findings.extend(Some(finding).filter(|_| told));
        }
    }
    for stored in known.into_keys() {
        if differing < MOST_TOLD {
            let message = match names::is_ours(&stored) {
                true => "this is in the snapshot, but is not rendered any more",
                false => "this is not part of the snapshot; remove it",
            };
            findings.push(Finding::of_file(format!("{shown}/{stored}"), message));
        }
        differing += 1;
    }
    if differing > findings.len() {
        let more = differing - findings.len();
        findings.push(Finding::of_file(shown, format!("{more} more entries differ from the snapshot")));
    }
    findings
}

/// How an entry differs from what the snapshot has of it. `told` asks for the diff as well.
fn difference(
    opened: &Opened,
    (path, entry): (&TreePath, &Entry),
    known: Option<Found>,
    told: bool,
) -> Option<Finding> {
    let stored = names::stored(path.as_str(), entry);
    let place = format!("{}/{stored}", opened.shown);
    let Some(known) = known else {
        return Some(Finding::of_file(place, format!("`{path}` is rendered, but not in the snapshot")));
    };
    match (entry, known) {
        (Entry::Dir, Found::File { .. }) => None,
        (Entry::Symlink { target }, Found::Link(old)) if *target == old => None,
        (Entry::Symlink { target }, Found::Link(old)) => {
            Some(Finding::of_file(place, format!("`{path}` leads to `{target}`; in the snapshot to `{old}`")))
        }
        (Entry::File(file), Found::File { executable, length }) => {
            if length == file.bytes.len() as u64 || told {
                match opened.read(&stored) {
                    Ok(old) if old == file.bytes => return mode(place, path, (executable, file.executable)),
                    Ok(old) => return Some(changed((place, path), &old, file)),
                    Err(finding) => return Some(finding),
                }
            }
            Some(Finding::of_file(place, format!("`{path}` differs")))
        }
        (Entry::File(_), Found::Link(_)) => {
            Some(Finding::of_file(place, format!("`{path}` is a file; in the snapshot a link")))
        }
        (Entry::Symlink { .. }, Found::File { .. }) => {
            Some(Finding::of_file(place, format!("`{path}` is a link; in the snapshot a file")))
        }
        (_, Found::Link(_)) => Some(Finding::of_file(place, format!("`{path}` is a link in the snapshot"))),
        (_, Found::Other(why)) => Some(Finding::of_file(place, why)),
    }
}

fn mode(place: String, path: &TreePath, (old, new): (bool, bool)) -> Option<Finding> {
    let message = match (old, new) {
        (true, false) => "is executable in the snapshot, but is not rendered so",
        (false, true) => "is rendered executable, but is not so in the snapshot",
        _ => return None,
    };
    Some(Finding::of_file(place, format!("`{path}` {message}")))
}

fn changed((place, path): (String, &TreePath), old: &[u8], file: &File) -> Finding {
    let (old_text, new_text) =
        (std::str::from_utf8(old).ok().filter(|text| !text.contains('\0')), file.text());
    let Some((old_text, new_text)) = old_text.zip(new_text) else {
        let first = diff::first_byte(old, &file.bytes);
        let message = format!(
            "`{path}` differs: {} bytes in the snapshot, {} rendered, the first difference at byte {first}",
            old.len(),
            file.bytes.len()
        );
        return Finding::of_file(place, message);
    };
    let difference = diff::texts(old_text, new_text, (&place, "rendered"));
    let place = TemplatePlace { file: place, line: Some(difference.line), column: None };
    let mut finding = Finding::new(place, format!("`{path}` differs from what is rendered"));
    finding.diff = Some(difference.text);
    finding
}

/// Makes the snapshot of a case equal to the tree.
pub(super) fn update(home: &Home, case: &str, tree: &FileTree) -> Result<Written, Finding> {
    let opened = home.create(case)?;
    let mut known = opened.entries(usize::MAX)?.unwrap_or_default();
    let mut written = Written::default();
    let mut wanted: BTreeMap<String, &Entry> = BTreeMap::new();
    for (path, entry) in tree.iter() {
        let stored = names::stored(path.as_str(), entry);
        let old = known.remove(&stored);
        if old.is_none() {
            written.added += 1;
        } else if difference(&opened, (path, entry), old, false).is_some() {
            written.changed += 1;
        } else {
            continue;
        }
        wanted.insert(stored, entry);
    }
    // What goes makes place for what comes.
    written.removed = known.len();
    for stored in known.keys() {
        opened.remove(stored)?;
    }
    for (stored, entry) in wanted {
        opened.write(&stored, entry)?;
    }
    Ok(written)
}
