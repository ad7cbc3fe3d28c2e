//! What follows from changed refs, however they were changed: a first default branch, the time, the `push` event.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Store, plumbing};
use crate::state::State;
use crate::state::repository::Repository;

/// The refs of a repository and their objects.
pub(crate) type Refs = BTreeMap<String, String>;

/// The refs of a repository now.
pub(crate) fn refs(repository: &Repository) -> Refs {
    Store::at(&repository.folder).refs("refs/").into_iter().collect()
}

const NOTHING: &str = "0000000000000000000000000000000000000000";

impl State {
    /// Draws the consequences of what changed since `before`.
    pub(crate) fn pushed(&mut self, id: u64, before: &Refs) {
        let now = self.now;
        let Some(repository) = self.repositories.get_mut(&id) else { return };
        let after = refs(repository);
        if after == *before {
            return;
        }
        (repository.pushed, repository.updated) = (Some(now), now);
        let default = format!("refs/heads/{}", repository.default_branch);
        let first = after.keys().find_map(|name| name.strip_prefix("refs/heads/"));
        if let (false, true, Some(first)) = (after.contains_key(&default), before.is_empty(), first) {
            // The first branch of an empty repository becomes the default one.
            first.clone_into(&mut repository.default_branch);
            let _ = Store::at(&repository.folder).set_head(first);
        }
        let repository = repository.clone();
        let names = before.keys().chain(after.keys()).collect::<std::collections::BTreeSet<_>>();
        for name in names {
            let (old, new) = (before.get(name), after.get(name));
            if old != new {
                let payload = self.push_payload(&repository, name, (old, new));
                self.emit_with("push", "", id, payload);
            }
        }
    }

    fn push_payload(
        &self,
        repository: &Repository,
        name: &str,
        change: (Option<&String>, Option<&String>),
    ) -> Value {
        let (old, new) = (change.0.map_or(NOTHING, String::as_str), change.1.map_or(NOTHING, String::as_str));
        let web = format!("{}/{}", self.bases.web, repository.full_name());
        let head = change.1.and_then(|new| self.told_commit(repository, new));
        let commits: Vec<Value> = new_commits(repository, change)
            .iter()
            .filter_map(|commit| self.told_commit(repository, commit))
            .collect();
        let forced = matches!(change, (Some(old), Some(new)) if !is_ancestor(repository, old, new));
        json!({
            "ref": name,
            "before": old,
            "after": new,
            "base_ref": null,
            "created": change.0.is_none(),
            "deleted": change.1.is_none(),
            "forced": forced,
            "compare": format!("{web}/compare/{old}...{new}"),
            "commits": commits,
            "head_commit": head,
            "pusher": { "name": self.sender, "email": null },
        })
    }

    fn told_commit(&self, repository: &Repository, sha: &str) -> Option<Value> {
        let told = plumbing::told(&repository.folder, sha)?;
        let who =
            |(name, email): &(String, String)| json!({ "name": name, "email": email, "username": name });
        let files = plumbing::git(
            &repository.folder,
            &["diff-tree", "-r", "--root", "--no-commit-id", "--name-status", sha],
            None,
        );
        let files = files.unwrap_or_default();
        let with = |letters: &[&str]| {
            let found = files.lines().filter_map(|line| line.split_once('\t'));
            found.filter(|(kind, _)| letters.contains(kind)).map(|(_, path)| path).collect::<Vec<_>>()
        };
        Some(json!({
            "id": sha,
            "tree_id": told.tree,
            "distinct": true,
            "message": told.message.trim_end(),
            "timestamp": told.when,
            "url": format!("{}/{}/commit/{sha}", self.bases.web, repository.full_name()),
            "author": who(&told.author),
            "committer": who(&told.committer),
            "added": with(&["A"]),
            "removed": with(&["D"]),
            "modified": with(&["M", "T"]),
        }))
    }
}

/// Commits that a push brought, oldest first; GitHub lists no more than 2,048, the latest.
fn new_commits(repository: &Repository, change: (Option<&String>, Option<&String>)) -> Vec<String> {
    let (old, Some(new)) = change else { return Vec::new() };
    let range = old.map_or_else(|| new.clone(), |old| format!("{old}..{new}"));
    let most = if old.is_some() { "2048" } else { "1" };
    let listed = plumbing::git(&repository.folder, &["rev-list", "-n", most, &range], None);
    let mut commits: Vec<String> = listed.unwrap_or_default().lines().map(str::to_owned).collect();
    commits.reverse();
    commits
}

fn is_ancestor(repository: &Repository, old: &str, new: &str) -> bool {
    plumbing::git(&repository.folder, &["merge-base", "--is-ancestor", old, new], None).is_some()
}
