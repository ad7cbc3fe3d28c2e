//! Asking every policy about every file it is for.

use std::collections::{BTreeMap, BTreeSet};

use catalog_gen::{Entry as TreeEntry, FileTree, TreePath};
use regorus::Engine;
use serde_json::{Value, json};

use crate::allow;
use crate::ask::{Asker, Limits, NoAnswer};
use crate::document::{self, Document, MAX_FILE_BYTES};
use crate::finding::{Finding, Level, Report, one_line};
use crate::set::{Entry, Policy, PolicySet};

mod said;

use said::Said;

/// What is checked: files with their contents, and the names of all others.
#[derive(Debug, Clone, Default)]
pub struct Repository {
    files: FileTree,
    others: BTreeSet<TreePath>,
    too_large: BTreeSet<TreePath>,
}

impl Repository {
    /// Of files that are all there.
    pub fn new(files: FileTree) -> Self {
        Self { files, ..Self::default() }
    }

    /// Names a file that was not read, because [`document::wanted`] does not want it or because it is too large.
    pub fn name(&mut self, path: TreePath, size: u64) {
        let large = size > u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX);
        if large && document::wanted(&path) {
            self.too_large.insert(path.clone());
        }
        self.others.insert(path);
    }

    /// The texts of the files that policies are about.
    fn texts(&self) -> impl Iterator<Item = (&TreePath, Option<&str>)> {
        self.files.iter().filter_map(|(path, entry)| match entry {
            TreeEntry::File(file) if document::wanted(path) => Some((path, file.text())),
            _ => None,
        })
    }
}

/// Asks all policies about a repository.
pub fn check(set: &PolicySet, repository: &Repository, limits: Limits) -> Report {
    let mut found = Vec::new();
    let documents = documents(repository, &mut found);
    let asker = Asker::new(limits);
    let inputs: Vec<regorus::Value> =
        documents.iter().map(|document| regorus::Value::from(document.value.clone())).collect();
    let mut asking = Asking { set, asker, engine: set.engine.clone(), found };
    for entry in &set.entries {
        let Some(policy) = set.policies.get(entry.policy) else { continue };
        asking.each(entry, policy, &documents, &inputs);
        if policy.repository {
            asking.together(entry, policy, &documents, repository);
        }
    }
    let (findings, allowed) = with_allowances(set, repository, asking.found);
    Report {
        findings,
        policies: set.policies.len(),
        documents: documents.len(),
        allowed,
        digest: set.digest().to_owned(),
    }
}

/// What a rule about all files together sees: a list of `{path, kind, contents}`. The contents of each are what rules
/// about that kind of file see. Files that policies are not about have the kind `other` and no contents.
pub fn input(repository: &Repository) -> Value {
    combined(&documents(repository, &mut Vec::new()), repository)
}

fn documents(repository: &Repository, found: &mut Vec<Finding>) -> Vec<Document> {
    let mut documents = Vec::new();
    let mut too_large: Vec<&TreePath> = repository.too_large.iter().collect();
    for (path, text) in repository.texts() {
        match text {
            Some(text) if text.len() > MAX_FILE_BYTES => too_large.push(path),
            Some(text) => {
                for read in document::read_all(path, text) {
                    match read {
                        Ok(document) => documents.push(document),
                        Err(why) => found.push(unreadable(path, why.line, &why.message)),
                    }
                }
            }
            None if document::is_known(path) => found.push(unreadable(path, 1, "it is not UTF-8")),
            None => {}
        }
    }
    for path in too_large {
        found.push(Finding {
            policy: "file-too-large".to_owned(),
            level: if document::is_known(path) { Level::Error } else { Level::Warning },
            file: path.to_string(),
            line: 1,
            message: format!("`{path}` has more than {MAX_FILE_BYTES} bytes, so no policy has looked at it"),
            mend: "split it".to_owned(),
        });
    }
    documents
}

fn unreadable(path: &TreePath, line: usize, why: &str) -> Finding {
    Finding {
        policy: "file-unreadable".to_owned(),
        level: Level::Error,
        file: path.to_string(),
        line,
        message: one_line(&format!("no policy can look at `{path}`: {why}")),
        mend: "mend the file; what a template engine has to fill in first is checked once it is filled in"
            .to_owned(),
    }
}

struct Asking<'s> {
    set: &'s PolicySet,
    asker: Asker,
    engine: Engine,
    found: Vec<Finding>,
}

impl Asking<'_> {
    /// About each document by itself.
    fn each(&mut self, entry: &Entry, policy: &Policy, documents: &[Document], inputs: &[regorus::Value]) {
        for (document, input) in documents.iter().zip(inputs) {
            if !policy.kinds.contains(&document.kind) {
                continue;
            }
            if entry.wants_file {
                self.tell_file(&document.file);
            }
            let Some(said) = self.ask(entry, policy, input.clone(), document.file.as_str()) else { return };
            for said in said {
                let line = said.line.unwrap_or_else(|| document.marks.line_at(&said.path));
                let file = said.file.clone().unwrap_or_else(|| document.file.to_string());
                self.add(entry, policy, said, (file, line));
            }
        }
    }

    /// About all files in one question.
    fn together(&mut self, entry: &Entry, policy: &Policy, documents: &[Document], repository: &Repository) {
        if entry.wants_file {
            self.forget_file();
        }
        let input = regorus::Value::from(combined(documents, repository));
        let Some(said) = self.ask(entry, policy, input, "all files together") else { return };
        for said in said {
            let file = said.file.clone().unwrap_or_else(|| ".".to_owned());
            let document = documents.iter().find(|document| document.file.as_str() == file);
            let line = said.line.or_else(|| document.map(|document| document.marks.line_at(&said.path)));
            self.add(entry, policy, said, (file, line.unwrap_or(1)));
        }
    }

    /// What a rule says; none where it must not be asked again, which is told.
    fn ask(
        &mut self,
        entry: &Entry,
        policy: &Policy,
        input: regorus::Value,
        about: &str,
    ) -> Option<Vec<Said>> {
        let rule = &entry.rule;
        let (id, message, mend) = match self.asker.ask(&mut self.engine, rule, input) {
            Ok(None) => return Some(Vec::new()),
            Ok(Some(value)) => match said::read(value) {
                Ok(said) => return Some(said),
                Err(why) => (
                    "policy-broken",
                    format!("`{rule}` gave {why} about `{about}`"),
                    "let it hold texts, or objects with `msg`: `deny contains msg if { … }`",
                ),
            },
            Err(NoAnswer::Time(limit)) => (
                "policy-stopped",
                format!("`{rule}` was stopped after {} ms with `{about}`", limit.as_millis()),
                "look for a rule that goes over everything for each of everything",
            ),
            Err(NoAnswer::Memory(limit)) => (
                "policy-stopped",
                format!(
                    "`{rule}` was stopped with `{about}`, because it took more than {limit} bytes of memory"
                ),
                "look for a text or a set that grows with each step",
            ),
            Err(NoAnswer::Broken(why)) => {
                // The engine's words for what stands behind `contains` and has no value in some turn.
                let in_head = why.ends_with("not an object") || why.ends_with("not a set");
                let mend = if in_head {
                    "give what stands behind `contains` a name in the body: `deny contains found if { …; found := … }`"
                } else {
                    "run `stagecraft policy test` on it"
                };
                ("policy-broken", format!("`{rule}` broke with `{about}`: {why}"), mend)
            }
        };
        self.found.push(Finding {
            policy: id.to_owned(),
            level: Level::Error,
            file: policy.file.clone(),
            line: 1,
            message: one_line(&message),
            mend: mend.to_owned(),
        });
        None
    }

    fn add(&mut self, entry: &Entry, policy: &Policy, said: Said, (file, line): (String, usize)) {
        self.found.push(Finding {
            policy: policy.id.clone(),
            level: entry.level,
            file,
            line: line.max(1),
            message: one_line(&said.message),
            mend: one_line(said.mend.as_deref().unwrap_or(&policy.mend)),
        });
    }

    fn forget_file(&mut self) {
        self.engine.clear_data();
        let _ = self.engine.add_data(regorus::Value::from(self.set.data.clone()));
    }

    /// Conftest tells policies the file by this name.
    fn tell_file(&mut self, path: &TreePath) {
        let folder = path.parent().map(|parent| parent.to_string()).unwrap_or_default();
        let file = json!({ "conftest": { "file": { "name": path.file_name(), "dir": folder } } });
        // Both are objects; policies with data of their own under this name keep them.
        self.forget_file();
        let _ = self.engine.add_data(regorus::Value::from(file));
    }
}

/// All files as one value: a list of `{path, kind, contents}`; files that are not read have only their path.
fn combined(documents: &[Document], repository: &Repository) -> Value {
    let mut all: Vec<Value> = documents
        .iter()
        .map(|document| {
            json!({
                "path": document.file.as_str(),
                "kind": document.kind.word(),
                "contents": document.value,
            })
        })
        .collect();
    let read: BTreeSet<&TreePath> = documents.iter().map(|document| &document.file).collect();
    let named = repository.files.iter().map(|(path, _)| path).chain(&repository.others);
    let names: BTreeSet<&TreePath> = named.filter(|path| !read.contains(path)).collect();
    all.extend(names.into_iter().map(|path| json!({ "path": path.as_str(), "kind": "other" })));
    Value::Array(all)
}

fn with_allowances(set: &PolicySet, repository: &Repository, found: Vec<Finding>) -> (Vec<Finding>, usize) {
    let known: BTreeSet<String> = set.policies.iter().map(|policy| policy.id.clone()).collect();
    let mut by_file: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
    // One that was stopped has not been asked about everything: nobody can say that an allowance is not needed.
    let stopped: BTreeSet<String> = found
        .iter()
        .filter(|finding| finding.policy.starts_with("policy-"))
        .flat_map(|finding| set.policies.iter().filter(|policy| policy.file == finding.file))
        .map(|policy| policy.id.clone())
        .collect();
    for finding in found {
        by_file.entry(finding.file.clone()).or_default().push(finding);
    }
    let asked: BTreeSet<String> = known.difference(&stopped).cloned().collect();
    let mut kept = Vec::new();
    let mut allowed = 0;
    for (path, text) in repository.texts() {
        let Some(text) = text else { continue };
        let (rest, taken) = allow::apply(
            path.as_str(),
            text,
            by_file.remove(path.as_str()).unwrap_or_default(),
            &known,
            &asked,
        );
        kept.extend(rest);
        allowed += taken;
    }
    kept.extend(by_file.into_values().flatten());
    kept.sort_by(|a, b| {
        (&a.file, a.line, &a.policy, &a.message).cmp(&(&b.file, b.line, &b.policy, &b.message))
    });
    kept.dedup();
    (kept, allowed)
}

#[cfg(test)]
mod tests;
