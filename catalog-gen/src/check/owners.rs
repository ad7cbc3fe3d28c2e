//! Is the owner of an entity still one of CODEOWNERS?
//!
//! Only names are compared: `team-a`, `group:default/team-a` and `@acme/team-a` are one. What a site maps to other names
//! counts as mapped. Without a CODEOWNERS file, or one that names nobody, nothing is said, and nothing of teams where it
//! names people alone. Each owner is told once for a file.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::Value;

use super::Look;
use crate::files::{CatalogFile, DocumentRead};
use crate::words::nearest;
use crate::{DEFAULT_NAMESPACE, EntityRef, Finding, TreePath};

/// Where GitHub looks, in its order.
const PLACES: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// Those whom CODEOWNERS names.
pub(super) struct Owners {
    path: String,
    /// Names in lower case.
    names: BTreeSet<String>,
    /// Does it name a team?
    teams: bool,
    /// What was told of each file already.
    told: RefCell<BTreeSet<(TreePath, String)>>,
}

impl Owners {
    /// Reads the file that the code host would read.
    pub(super) fn read(look: &Look<'_>) -> Self {
        let found = PLACES.iter().find_map(|place| {
            let path = TreePath::parse(place).ok()?;
            let bytes = &look.material.files.file(&path)?.bytes;
            Some((path.to_string(), String::from_utf8_lossy(bytes)))
        });
        let (path, text) = found.unwrap_or_default();
        let rules = text.lines().map(|line| line.split('#').next().unwrap_or_default());
        let written =
            rules.flat_map(|rule| rule.split_whitespace().skip(1)).filter(|word| word.contains('@'));
        let written: Vec<&str> = written.collect();
        let teams = written.iter().any(|owner| owner.starts_with('@') && owner.contains('/'));
        let names = written.iter().filter_map(|owner| name_of(owner, look)).collect();
        Self { path, names, teams, told: RefCell::default() }
    }

    /// Tells of an owner whom the file does not name.
    pub(super) fn check(
        &self,
        look: &Look<'_>,
        file: &CatalogFile,
        document: &DocumentRead,
        findings: &mut Vec<Finding>,
    ) {
        let owner = document.value.pointer("/spec/owner").and_then(Value::as_str);
        let Some(owner) = owner.filter(|_| !self.names.is_empty()) else { return };
        let Ok(parsed) = EntityRef::parse_with(owner, Some("Group"), Some(DEFAULT_NAMESPACE)) else { return };
        // A team cannot be missing where people alone are named.
        let comparable = self.teams || !parsed.kind().eq_ignore_ascii_case("Group");
        if !comparable || self.names.contains(&parsed.name().to_lowercase()) {
            return;
        }
        if !self.told.borrow_mut().insert((file.path.clone(), parsed.to_string())) {
            return;
        }
        let near = nearest(parsed.name(), self.names.iter().map(String::as_str));
        let one = if self.names.len() == 1 { self.names.iter().next().map(String::as_str) } else { None };
        let mend = match near.or(one) {
            Some(name) => {
                format!("write `{name}` if that is who owns it now, or add `{owner}` to `{}`", self.path)
            }
            None => format!("write an owner whom `{}` names, or add `{owner}` to it", self.path),
        };
        let message = format!("the owner `{owner}` is not in `{}`", self.path);
        findings.push(look.finding((file, document), "drift.owner", "spec.owner", (message, mend)));
    }
}

/// The name that an entity has for one whom CODEOWNERS names.
fn name_of(written: &str, look: &Look<'_>) -> Option<String> {
    let mapped = look
        .site
        .owners
        .get(written)
        .and_then(|owner| EntityRef::parse_with(owner, Some("Group"), Some(DEFAULT_NAMESPACE)).ok());
    if let Some(owner) = mapped {
        return Some(owner.name().to_lowercase());
    }
    let name = match written.strip_prefix('@') {
        Some(team) => team.rsplit('/').next(),
        // An address: the part in front is often the name.
        None => written.split('@').next(),
    };
    name.filter(|name| !name.is_empty()).map(str::to_lowercase)
}
