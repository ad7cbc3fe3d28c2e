//! Are the files as the case expects?
//!
//! A name with `*`, `?`, `[` or `{` is a pattern, unless a file is called just so: something has to match it, and
//! all that does has to be as expected.

use catalog_gen::{Entry, FileTree, TreePath};
use globset::GlobBuilder;
use serde_json::Value;

use super::case::{Case, ExpectedFile, FileRule};
use super::diff;
use super::finding::Finding;
use super::keys::below;
use super::part;

/// Files that are told for one pattern.
const MOST_TOLD: usize = 5;

/// Compares the tree with what the case says of single files.
pub(super) fn findings(case: &Case, tree: &FileTree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, expected) in &case.expect.files {
        let place = below("expect.files", name);
        let matching = match matching(tree, name) {
            Ok(matching) => matching,
            Err(message) => {
                found.push(case.finding(&place, message));
                continue;
            }
        };
        match expected {
            ExpectedFile::Absent => {
                for path in matching.iter().take(MOST_TOLD) {
                    found.push(case.finding(&place, format!("`{path}` is there; it has to be absent")));
                }
            }
            _ if matching.is_empty() => found.push(case.finding(&place, missing(tree, name))),
            ExpectedFile::Present => {}
            ExpectedFile::Like(rule) => {
                for path in matching.iter().take(MOST_TOLD) {
                    found.extend(like(case, &place, (path, tree.get(path)), rule));
                }
            }
        }
    }
    found
}

fn missing(tree: &FileTree, name: &str) -> String {
    let known: Vec<&str> = tree.iter().map(|(path, _)| path.as_str()).collect();
    format!("`{name}` is not there{}", crate::words::did_you_mean(name, known))
}

fn matching(tree: &FileTree, name: &str) -> Result<Vec<TreePath>, String> {
    if let Ok(path) = TreePath::parse(name.trim_end_matches('/'))
        && tree.contains(&path)
    {
        return Ok(vec![path]);
    }
    if !name.contains(['*', '?', '[', '{']) {
        return Ok(Vec::new());
    }
    let glob = GlobBuilder::new(name).literal_separator(true).build();
    let matcher = glob.map_err(|error| format!("`{name}` is not a pattern: {error}"))?.compile_matcher();
    Ok(tree.iter().map(|(path, _)| path.clone()).filter(|path| matcher.is_match(path.as_str())).collect())
}

/// Compares one entry with a rule.
fn like(
    case: &Case,
    place: &str,
    (path, entry): (&TreePath, Option<&Entry>),
    rule: &FileRule,
) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut tell = |key: &str, message: String| found.push(case.finding(&format!("{place}.{key}"), message));
    let file = match entry {
        Some(Entry::File(file)) => file,
        Some(Entry::Symlink { target }) => {
            match &rule.symlink {
                Some(wanted) if wanted == target => {}
                Some(wanted) => {
                    tell("symlink", format!("`{path}` leads to `{target}` and not to `{wanted}`"))
                }
                None => tell("", format!("`{path}` is a link to `{target}`; expected a file")),
            }
            return found;
        }
        _ => {
            tell("", format!("`{path}` is a folder; expected a file"));
            return found;
        }
    };
    if let Some(wanted) = &rule.symlink {
        tell("symlink", format!("`{path}` is a file; expected a link to `{wanted}`"));
    }
    if let Some(wanted) = rule.executable.filter(|wanted| *wanted != file.executable) {
        let is = if file.executable { "is executable" } else { "is not executable" };
        tell("executable", format!("`{path}` {is}; expected `executable: {wanted}`"));
    }
    let reads = !rule.text.is_empty() || !rule.json.is_empty() || !rule.yaml.is_empty();
    let text = match file.text() {
        Some(text) => text,
        None if reads => {
            tell("", format!("`{path}` is no text, so only its being there can be expected"));
            return found;
        }
        None => return found,
    };
    for (key, fault) in rule.text.faults(text) {
        tell(key, format!("`{path}` {fault}"));
    }
    for (key, read, parts) in
        [("json", json as fn(&str) -> Result<Value, String>, &rule.json), ("yaml", yaml, &rule.yaml)]
    {
        parts_of(path, text, (read, parts)).into_iter().for_each(|(at, message)| {
            tell(&below(key, at), message);
        });
    }
    if let Some(wanted) = rule.text.equals.as_ref().filter(|wanted| *wanted != text) {
        let mut finding =
            case.finding(&format!("{place}.equals"), format!("`{path}` is not the text that is expected"));
        finding.diff = Some(diff::texts(wanted, text, ("expected", path.as_str())).text);
        found.push(finding);
    }
    found
}

type Parts<'r> = (fn(&str) -> Result<Value, String>, &'r Vec<(String, Value)>);

/// Compares parts of the document in a file.
fn parts_of<'r>(path: &TreePath, text: &str, (read, parts): Parts<'r>) -> Vec<(&'r str, String)> {
    let Some((first, _)) = parts.first() else { return Vec::new() };
    let document = match read(text) {
        Ok(document) => document,
        Err(why) => return vec![(first, format!("`{path}` cannot be read: {why}"))],
    };
    let mut found = Vec::new();
    for (at, wanted) in parts {
        match part::at(&document, at) {
            None => found.push((
                at.as_str(),
                format!("`{path}` has nothing at `{at}`; expected {}", part::shown(wanted)),
            )),
            Some(value) => {
                for difference in part::differences(value, wanted, at) {
                    found.push((at.as_str(), format!("`{path}`: {difference}")));
                }
            }
        }
    }
    found
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// The document of a YAML file; of several a list.
fn yaml(text: &str) -> Result<Value, String> {
    let mut documents = Vec::new();
    for document in catalog_gen::parse_documents(text) {
        documents.push(document.map_err(|error| error.to_string())?.value);
    }
    Ok(if documents.len() == 1 { documents.remove(0) } else { Value::Array(documents) })
}
