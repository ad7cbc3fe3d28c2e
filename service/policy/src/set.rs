//! Policies, as they are read from their files.
//!
//! A policy is a package with rules named `deny`, `violation` or `warn`, or one of these with a name behind it
//! (`deny_root_user`). Other packages are there for the policies to use. The invariant: a set that exists was
//! understood by the engine as a whole, every policy has one id, and the same files have the same digest.

use std::collections::BTreeMap;
use std::fmt;
use std::fmt::Write as _;

use regorus::Engine;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::ask::Turn;
use crate::document::Kind;
use crate::finding::{Level, one_line};
use crate::meta::{self, Meta};

mod module;

use module::{Module, Rule};

/// What is wrong with a policy's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong, and what to do about it.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

/// Everything that is wrong; at least one thing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Faults(pub Vec<Fault>);

/// A policy, as people know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its id, by which findings are allowed.
    pub id: String,
    /// What must hold; the id where it does not say.
    pub title: String,
    /// Why.
    pub why: String,
    /// What to do about a finding.
    pub mend: String,
    /// The file that it stands in.
    pub file: String,
    /// The kinds of files it is asked about.
    pub kinds: Vec<Kind>,
    /// Whether it is asked about all files together.
    pub repository: bool,
}

/// A rule that is asked.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// `data.…`.
    pub rule: String,
    pub level: Level,
    /// The place of the policy in the set.
    pub policy: usize,
    /// Whether it looks at `data.conftest`.
    pub wants_file: bool,
}

/// A test of policies.
#[derive(Debug, Clone)]
pub(crate) struct Test {
    /// `data.…`.
    pub rule: String,
    pub name: String,
    pub file: String,
    pub line: usize,
}

/// Policies that were read and understood.
#[derive(Debug, Clone)]
pub struct PolicySet {
    pub(crate) engine: Engine,
    pub(crate) policies: Vec<Policy>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) tests: Vec<Test>,
    pub(crate) data: Value,
    digest: String,
}

impl PolicySet {
    /// Reads modules in Rego v1, by the names of their files. `data` is what policies see as `data`: an object.
    pub fn read(files: &BTreeMap<String, String>, data: Value) -> Result<Self, Faults> {
        let _turn = Turn::wait();
        let mut faults = Vec::new();
        let mut modules = Vec::new();
        for (file, text) in files {
            match Module::read(file, text) {
                Ok(module) => modules.push(module),
                Err(fault) => faults.push(fault),
            }
        }
        if !faults.is_empty() {
            return Err(Faults(faults));
        }
        let mut set = Self {
            engine: Engine::new(),
            policies: Vec::new(),
            entries: Vec::new(),
            tests: Vec::new(),
            digest: digest(files, &data),
            data,
        };
        set.take(&modules).map_err(|fault| Faults(vec![fault]))?;
        set.prepare(&modules).map_err(|fault| Faults(vec![fault]))?;
        Ok(set)
    }

    /// The policies, in the order of their ids.
    pub fn policies(&self) -> impl ExactSizeIterator<Item = &Policy> {
        self.policies.iter()
    }

    /// Names exactly these policies with these data: two sets with one digest give the same findings.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    fn take(&mut self, modules: &[Module]) -> Result<(), Fault> {
        let metas = metas(modules);
        let mut policies: BTreeMap<String, (Policy, &str)> = BTreeMap::new();
        let mut entries: BTreeMap<String, (Level, String, bool)> = BTreeMap::new();
        for module in modules {
            let nothing = Meta::default();
            let meta = metas.get(module.package.as_str()).copied().unwrap_or(&nothing);
            for rule in &module.rules {
                let path = format!("{}.{}", module.package, rule.name);
                if rule.name.starts_with("test_") {
                    let name = path.trim_start_matches("data.").to_owned();
                    self.tests.push(Test { rule: path, name, file: module.file.clone(), line: rule.line });
                    continue;
                }
                let Some((level, about)) = asked(&rule.name) else { continue };
                let id = meta.id.clone().unwrap_or_else(|| module.id_of(about));
                let policy = described(&id, meta, &module.file);
                match policies.get(&id) {
                    Some((other, package)) if *package != module.package => {
                        return Err(two_of_one_id(module, rule, &id, other));
                    }
                    Some(_) => {}
                    None => drop(policies.insert(id.clone(), (policy, &module.package))),
                }
                let entry = entries.entry(path).or_insert((level, id, false));
                entry.2 |= module.wants_file;
            }
        }
        // A rule that stands several times is one rule; so is a test.
        self.tests.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        self.tests.dedup_by(|a, b| a.rule == b.rule);
        let places: BTreeMap<String, usize> =
            policies.keys().enumerate().map(|(at, id)| (id.clone(), at)).collect();
        self.policies = policies.into_values().map(|(policy, _)| policy).collect();
        self.entries = entries
            .into_iter()
            .filter_map(|(rule, (level, id, wants_file))| {
                Some(Entry { rule, level, policy: *places.get(&id)?, wants_file })
            })
            .collect();
        Ok(())
    }

    /// Lets the engine look at all modules together: what one uses of another must be there.
    fn prepare(&mut self, modules: &[Module]) -> Result<(), Fault> {
        // As in OPA: what a function cannot do has no value.
        self.engine.set_strict_builtin_errors(false);
        for module in modules {
            module.give_to(&mut self.engine)?;
        }
        let whole = |message: String| module::fault("data", &message);
        self.engine
            .add_data(regorus::Value::from(self.data.clone()))
            .map_err(|error| whole(format!("the data of the policies cannot be used: {error}")))?;
        self.engine.eval_query("1 == 1".to_owned(), false).map_err(|error| {
            let name = modules.first().map_or("policies", |module| &module.file);
            module::fault(name, &error.to_string())
        })?;
        Ok(())
    }
}

/// What packages say of themselves: the first of their files that says something.
fn metas(modules: &[Module]) -> BTreeMap<&str, &Meta> {
    let mut metas: BTreeMap<&str, &Meta> = BTreeMap::new();
    for module in modules {
        let says = module.meta.id.is_some() || !module.meta.title.is_empty() || module.meta.kinds.is_some();
        if says {
            metas.entry(&module.package).or_insert(&module.meta);
        }
    }
    metas
}

fn described(id: &str, meta: &Meta, file: &str) -> Policy {
    let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
    Policy {
        id: id.to_owned(),
        title: or(&meta.title, id),
        why: meta.why.clone(),
        mend: or(&meta.mend, &format!("see `{file}`")),
        file: file.to_owned(),
        kinds: meta.kinds.clone().unwrap_or_else(|| Kind::ALL.to_vec()),
        repository: meta.repository,
    }
}

/// Whether a rule is one that is asked; with what its name says behind `deny_`.
fn asked(name: &str) -> Option<(Level, &str)> {
    [("deny", Level::Error), ("violation", Level::Error), ("warn", Level::Warning)].into_iter().find_map(
        |(word, level)| match name.strip_prefix(word)? {
            "" => Some((level, "")),
            rest => rest.strip_prefix('_').map(|about| (level, about)),
        },
    )
}

fn two_of_one_id(module: &Module, rule: &Rule, id: &str, other: &Policy) -> Fault {
    Fault {
        file: module.file.clone(),
        line: rule.line,
        column: 1,
        message: format!(
            "the policy has the id `{id}`, which `{}` has, too; give one of them another `custom.id`",
            other.file
        ),
    }
}

fn digest(files: &BTreeMap<String, String>, data: &Value) -> String {
    let mut hash = Sha256::new();
    let data = data.to_string();
    for text in files.iter().flat_map(|(file, text)| [file, text]).chain([&data]) {
        hash.update(text.len().to_string().as_bytes());
        hash.update([0]);
        hash.update(text.as_bytes());
    }
    let mut out = String::from("sha256:");
    for byte in hash.finalize() {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

#[cfg(test)]
mod tests;
