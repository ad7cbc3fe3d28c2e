//! A catalog file, and the files that its `Location` entities lead to.
//!
//! Targets are followed as the stock catalog follows them, beside the file that names them, but stay on its host;
//! patterns are not expanded. A target that is not followed is a warning. Nothing is stored here. The invariant:
//! no file is read twice, so Locations that name each other end.

use std::collections::{HashMap, HashSet, VecDeque};

use catalog_gen::{FileTree, TreePath};
use serde_json::Value;

use super::document::{self, Entities};
use crate::action::address::{Address, is_absolute};
use crate::action::{ActionError, Capabilities};
use crate::forge::{Acting, RepoSlug};

/// Files that one registration reads.
const MAX_FILES: usize = 200;
/// Host, owner, name, page and revision: what of an address no relative target changes.
const FIXED_PARTS: usize = 5;

/// A file that a Location names.
struct Target {
    url: String,
    /// The reference of that Location.
    named_by: String,
    /// Whether it is an error that there is no such file.
    needed: bool,
}

/// Reads the file at `url` and all that it leads to. With `forgiving`, a file that is led to and is not there is a
/// warning.
pub(super) async fn collect(
    capabilities: &Capabilities,
    url: &str,
    forgiving: bool,
) -> Result<Entities, ActionError> {
    let mut reader = Reader { capabilities, trees: HashMap::new() };
    let mut all = Entities::default();
    let mut seen = HashSet::from([url.to_owned()]);
    let mut waiting = VecDeque::new();
    let first = document::entities(&reader.text(url).await?, url)?;
    waiting.extend(targets(&first, url, &mut all.warnings));
    all.take(first, url)?;
    while let Some(target) = waiting.pop_front() {
        let Target { url, named_by, needed } = target;
        if !seen.insert(url.clone()) {
            continue;
        }
        if seen.len() > MAX_FILES {
            return Err(ActionError::Input(format!(
                "`{named_by}` leads to more than {MAX_FILES} files; register a part of them"
            )));
        }
        let text = match reader.text(&url).await {
            Ok(text) => text,
            Err(ActionError::NotFound(_)) if !needed => continue,
            Err(ActionError::NotFound(reason)) if forgiving => {
                all.warnings.push(format!("`{named_by}`: {reason}"));
                continue;
            }
            Err(ActionError::NotFound(reason)) => {
                return Err(ActionError::NotFound(format!("`{named_by}`: {reason}")));
            }
            Err(error) => return Err(error),
        };
        let read = document::entities(&text, &url)?;
        waiting.extend(targets(&read, &url, &mut all.warnings));
        all.take(read, &url)?;
    }
    Ok(all)
}

/// Where the Locations of a file lead to.
fn targets(read: &Entities, url: &str, warnings: &mut Vec<String>) -> Vec<Target> {
    let mut found = Vec::new();
    for (reference, entity) in &read.entities {
        let Some(spec) = entity.get("spec").filter(|_| reference.kind().eq_ignore_ascii_case("location"))
        else {
            continue;
        };
        let kind = spec.get("type").and_then(Value::as_str).unwrap_or("url");
        let needed = spec.get("presence").and_then(Value::as_str) != Some("optional");
        let many = spec.get("targets").and_then(Value::as_array).into_iter().flatten();
        for target in spec.get("target").into_iter().chain(many).filter_map(Value::as_str) {
            match beside(url, kind, target) {
                Ok(url) => found.push(Target { url, named_by: reference.to_string(), needed }),
                Err(reason) => {
                    warnings
                        .push(format!("the target `{target}` of `{reference}` is not followed: {reason}"));
                }
            }
        }
    }
    found
}

/// The address of a target beside the file at `base`, or why it is not followed.
fn beside(base: &str, kind: &str, target: &str) -> Result<String, String> {
    if kind != "url" {
        return Err(format!("its type is `{kind}`; only `url` is read here"));
    }
    if target.contains('*') {
        return Err("it is a pattern; name the files".to_owned());
    }
    let bare = base.split(['?', '#']).next().unwrap_or(base);
    let (scheme, rest) = bare.split_once("://").unwrap_or(("https", bare));
    let parts: Vec<&str> = rest.split('/').collect();
    let host = parts.first().copied().unwrap_or_default();
    if is_absolute(target) {
        let same_host = ["https://", "http://"].iter().any(|scheme| {
            let rest = target.strip_prefix(scheme).and_then(|rest| rest.split('/').next());
            rest.is_some_and(|other| other.eq_ignore_ascii_case(host))
        });
        return if same_host { Ok(target.to_owned()) } else { Err(format!("it is not on `{host}`")) };
    }
    let (fixed, inside) = parts.split_at_checked(FIXED_PARTS).unwrap_or((&parts, &[]));
    let wrong = |error: catalog_gen::PathError| error.to_string();
    let (folder, path) = match target.strip_prefix('/') {
        Some(path) => (None, path),
        None => {
            let folder = inside.split_last().map(|(_, folder)| folder.join("/")).unwrap_or_default();
            (TreePath::resolve(None, &folder).map_err(wrong)?, target)
        }
    };
    let path = TreePath::resolve(folder.as_ref(), path).map_err(wrong)?;
    let path = path.ok_or("it is a folder; name a file in it")?;
    Ok(format!("{scheme}://{}/{path}", fixed.join("/")))
}

/// Reads files by address, each repository once.
struct Reader<'c> {
    capabilities: &'c Capabilities,
    trees: HashMap<(RepoSlug, Option<String>), FileTree>,
}

impl Reader<'_> {
    /// The text of a file: from the forge that has the repository, else from the configured sources.
    async fn text(&mut self, url: &str) -> Result<String, ActionError> {
        let missing = || {
            ActionError::NotFound(format!(
                "there is no catalog file at `{url}`; check the path and whether it was pushed"
            ))
        };
        let address = Address::parse(url);
        let found = match &address {
            Some(address) => {
                let found = address.find(self.capabilities, Acting::default()).await?;
                found.map(|found| (address, found))
            }
            None => None,
        };
        let file = match found {
            Some((address, (forge, repository))) => {
                let (revision, path) = address.inside(&repository.default_branch)?;
                let key = (address.slug.clone(), revision);
                if !self.trees.contains_key(&key) {
                    let (_, tree) = forge.read(&key.0, key.1.as_deref()).await?;
                    self.trees.insert(key.clone(), tree);
                }
                let tree = self.trees.get(&key);
                path.and_then(|path| tree?.file(&path).cloned())
            }
            None => {
                let fetched = self.capabilities.sources.read_file(None, url, None).await?;
                fetched.tree.iter().find_map(|(path, _)| fetched.tree.file(path)).cloned()
            }
        };
        let file = file.ok_or_else(missing)?;
        let text = file.text().map(str::to_owned);
        text.ok_or_else(|| ActionError::Input(format!("the catalog file at `{url}` is not UTF-8 text")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://github.com/acme/demo/tree/main/catalog/all.yaml";

    #[test]
    fn a_target_is_found_beside_the_file_or_from_the_root_of_the_repository() {
        let inside = |path: &str| Ok(format!("https://github.com/acme/demo/tree/main/{path}"));

        assert_eq!(beside(BASE, "url", "./systems/a.yaml"), inside("catalog/systems/a.yaml"));
        assert_eq!(beside(BASE, "url", "../b.yaml"), inside("b.yaml"));
        assert_eq!(beside(BASE, "url", "/c.yaml"), inside("c.yaml"));
        let other = "https://GitHub.com/acme/other/blob/main/x.yaml";
        assert_eq!(beside(BASE, "url", other), Ok(other.to_owned()));
    }

    #[test]
    fn what_leads_elsewhere_is_not_followed() {
        for target in [
            "https://example.com/acme/demo/blob/main/x.yaml",
            "https://github.com.example.com/acme/demo/blob/main/x.yaml",
            "file:///etc/passwd",
            "../../x.yaml",
            "/",
            "./*.yaml",
        ] {
            assert!(beside(BASE, "url", target).is_err(), "{target}");
        }
        assert!(beside(BASE, "file", "./x.yaml").is_err());
    }
}
