//! The cases of the templates in one folder: `cases/*.yaml` beside them.
//!
//! It reads files and says which case belongs to which template. The invariant: every file is a case or a finding,
//! and what is read is bounded.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use catalog_gen::FileTree;

use super::case::Case;
use super::finding::Finding;
use super::read;
use super::snapshot::{self, Home};
use crate::template::Template;
use crate::words::did_you_mean;

/// Bytes of a case file.
const LARGEST: u64 = 1024 * 1024;
/// Case files of a folder.
const MOST_CASES: usize = 10_000;

/// A template to be tested.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The template.
    pub template: Arc<Template>,
    /// The files that it may read.
    pub files: FileTree,
    /// Path of its own file among them.
    pub path: String,
    /// Its file as the command line names it.
    pub shown: String,
}

impl Subject {
    /// `metadata.name`.
    pub fn name(&self) -> &str {
        self.template.entity.pointer("/metadata/name").and_then(serde_json::Value::as_str).unwrap_or_default()
    }
}

/// The templates of one folder with their cases.
#[derive(Debug)]
pub struct Suite {
    /// The folder as the command line names it.
    pub shown: String,
    /// The templates.
    pub subjects: Vec<Arc<Subject>>,
    /// The cases, by name.
    pub cases: Vec<Entry>,
    pub(super) home: Home,
}

/// One case file.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Name of the case.
    pub name: String,
    /// Its file as the command line names it.
    pub file: String,
    /// The case with its template, or why it cannot be used.
    pub case: Result<(Arc<Subject>, Arc<Case>), Vec<Finding>>,
}

impl Suite {
    /// Reads the cases in `folder`, whose templates are `subjects`.
    pub fn read(folder: &Path, shown: &str, subjects: Vec<Arc<Subject>>) -> Self {
        let below = if matches!(shown, "" | ".") { "cases".to_owned() } else { format!("{shown}/cases") };
        let home = Home::new(folder, shown);
        let mut suite = Self { shown: shown.to_owned(), subjects, cases: Vec::new(), home };
        let files = match case_files(&folder.join("cases")) {
            Ok(files) => files,
            Err(message) => {
                let case = Err(vec![Finding::of_file(below.clone(), message)]);
                suite.cases.push(Entry { name: "cases".to_owned(), file: below, case });
                return suite;
            }
        };
        let mut seen = BTreeSet::new();
        for (name, path) in files {
            let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let file = format!("{below}/{file}");
            let case = if seen.insert(name.clone()) {
                suite.case(&name, &path, &file)
            } else {
                let message = format!("there are two files of a case `{name}`; rename one of them");
                Err(vec![Finding::of_file(&file, message)])
            };
            suite.cases.push(Entry { name, file, case });
        }
        suite
    }

    fn case(&self, name: &str, path: &Path, file: &str) -> Result<(Arc<Subject>, Arc<Case>), Vec<Finding>> {
        let text = text(path).map_err(|message| vec![Finding::of_file(file, message)])?;
        let case = read::case(name, file, &text)?;
        let subject = self.subject(&case).map_err(|finding| vec![finding])?;
        Ok((Arc::clone(subject), Arc::new(case)))
    }

    /// The template that a case is about.
    fn subject(&self, case: &Case) -> Result<&Arc<Subject>, Finding> {
        let names = || self.subjects.iter().map(|subject| subject.name());
        let known = || names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        match (&case.template, self.subjects.as_slice()) {
            (None, [only]) => Ok(only),
            (None, _) => Err(case.finding(
                "",
                format!(
                    "there are several templates here; say which one is meant with `template:` ({})",
                    known()
                ),
            )),
            (Some(name), subjects) => {
                subjects.iter().find(|subject| subject.name() == name).ok_or_else(|| {
                    let hint = did_you_mean(name, names());
                    let hint = if hint.is_empty() { format!("; there is {}", known()) } else { hint };
                    case.finding("template", format!("there is no template `{name}` here{hint}"))
                })
            }
        }
    }

    /// What an author of these templates should know, though no case fails for it.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        for subject in &self.subjects {
            let steps = subject.template.spec.steps.iter();
            let urls = steps.filter_map(|step| Some((step, step.input.as_ref()?.get("url")?.as_str()?)));
            for (step, url) in urls.filter(|(_, url)| matches!(url.trim_end_matches('/'), "." | "")) {
                notes.push(format!(
                    "{}: step `{}` fetches `{url}`, the template's own folder, and so the cases too; move what it is \
                     meant to fetch to a folder of its own",
                    subject.shown, step.id
                ));
            }
        }
        notes
    }

    /// Snapshots that no case has; a case that cannot be read keeps its own.
    pub fn stale(&self) -> Result<Vec<String>, Finding> {
        let has = |entry: &&Entry| entry.case.as_ref().map_or(true, |(_, case)| case.has_snapshot());
        let names = self.cases.iter().filter(has).map(|entry| entry.name.as_str()).collect();
        snapshot::stale(&self.home, &names)
    }

    /// Folder of a snapshot, as the command line names it.
    pub fn snapshot(&self, name: &str) -> String {
        self.home.shown(name)
    }

    /// Removes a snapshot that no case has.
    pub fn remove_stale(&self, name: &str) -> Result<(), Finding> {
        snapshot::remove_stale(&self.home, name)
    }
}

/// Name and path of each case file, by name. No folder is no case.
fn case_files(folder: &Path) -> Result<Vec<(String, PathBuf)>, String> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(format!("the folder cannot be read: {error}")),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| format!("the folder cannot be read: {error}"))?.path();
        if !path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
            continue;
        }
        let Some(name) = path.file_stem().and_then(|name| name.to_str()) else {
            let shown = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return Err(format!("`{shown}` has a name that is not UTF-8; rename it"));
        };
        if name.starts_with('.') {
            continue;
        }
        files.push((name.to_owned(), path));
        if files.len() > MOST_CASES {
            return Err(format!("there are more than {MOST_CASES} case files; split the template's cases"));
        }
    }
    files.sort();
    Ok(files)
}

/// The text of a case file.
fn text(path: &Path) -> Result<String, String> {
    let unreadable = |error: std::io::Error| format!("the file cannot be read: {error}");
    let found = std::fs::metadata(path).map_err(unreadable)?;
    if !found.is_file() {
        return Err("this is no file; a case is a YAML file".to_owned());
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!(
            "the file has {} bytes, more than the {LARGEST} that are read; a case only holds values and expectations",
            found.len()
        ));
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("line {line} is not UTF-8 text; save the file as UTF-8")
    })
}
