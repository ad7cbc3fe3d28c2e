//! Mends that are certain, written into the files.
//!
//! Edits replace bytes and nothing else, so comments and layout stay. A file is written as a whole beside the
//! old one and then takes its place. The invariant: a file is only written if it still is what was looked at,
//! and if it can still be read afterwards.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use super::finding::{Edit, Finding};
use super::source::Source;

/// What was mended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mended {
    /// How many findings.
    pub findings: usize,
    /// In how many files.
    pub files: usize,
}

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("`{name}` cannot be written: {source}")]
pub struct FixError {
    /// The file.
    pub name: String,
    /// What the system said.
    #[source]
    pub source: std::io::Error,
}

/// Writes every certain mend among these findings.
pub fn fix(findings: &[Finding]) -> Result<Mended, FixError> {
    let mut by_file: BTreeMap<&str, (&Arc<Source>, Vec<&Finding>)> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.fix.is_some()) {
        let source = &finding.place.source;
        by_file.entry(&source.name).or_insert_with(|| (source, Vec::new())).1.push(finding);
    }
    let mut mended = Mended::default();
    for (name, (source, findings)) in by_file {
        let (text, count) = mend(&source.text, &findings);
        if count == 0 || text == source.text || !is_still_readable(source, &text) {
            continue;
        }
        let failed = |source| FixError { name: name.to_owned(), source };
        if std::fs::read(&source.path).map_err(failed)? != source.text.as_bytes() {
            continue;
        }
        replace(&source.path, &text).map_err(failed)?;
        mended.files += 1;
        mended.findings += count;
    }
    Ok(mended)
}

/// The text with all edits that do not touch one another, and of how many findings they are.
fn mend(text: &str, findings: &[&Finding]) -> (String, usize) {
    let mut taken: Vec<&Edit> = Vec::new();
    let mut count = 0;
    for fix in findings.iter().filter_map(|finding| finding.fix.as_ref()) {
        let touches = |edit: &Edit| {
            taken.iter().any(|other| edit.range.start < other.range.end && other.range.start < edit.range.end)
        };
        if !fix.edits.iter().any(touches) {
            taken.extend(&fix.edits);
            count += 1;
        }
    }
    taken.sort_by_key(|edit| edit.range.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in taken {
        out.push_str(text.get(at..edit.range.start).unwrap_or_default());
        out.push_str(&edit.text);
        at = edit.range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    (out, count)
}

/// YAML that could be read before can be read afterwards.
fn is_still_readable(source: &Source, text: &str) -> bool {
    if !source.name.ends_with(".yaml") && !source.name.ends_with(".yml") {
        return true;
    }
    let faults =
        |text: &str| catalog_gen::parse_documents(text).iter().filter(|document| document.is_err()).count();
    faults(text) <= faults(&source.text)
}

fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    // A link keeps being one: its target is replaced.
    let path = path.canonicalize()?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(std::fs::metadata(&path)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}
