//! What `render --diff` compares with: a folder of this machine, or a repository.
//!
//! Of a folder that is read what a commit of it would hold: nothing of `.git`, nothing that its `.gitignore` files
//! leave out, and nothing behind a link. Printing writes control characters as escapes: a file could take a
//! terminal over with them.

use std::io::Read;
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, MetadataExt};
use catalog_gen::{Entry, File, FileTree, TreeBudget, TreePath};
use ignore::{DirEntry, WalkBuilder};
use serde_json::{Value, json};

use super::shown;
use crate::action::is_absolute;
use crate::app::Offline;
use crate::cli::error::CommandError;
use crate::diff::{self, Change, Lines, TreeDiff};
use crate::task::TrialError;

/// Folders that are no content: git's own, and ours for lock files.
const NOT_CONTENT: [&str; 2] = [".git", ".stagecraft"];

/// The difference between what `at` names and `made`.
pub(super) async fn compare(
    offline: &Offline,
    at: &str,
    made: &FileTree,
    budget: TreeBudget,
) -> Result<TreeDiff, CommandError> {
    let mut base = if is_absolute(at) || at.contains("?owner=") || at.contains("&owner=") {
        offline.repository_files(at).await.map_err(not_read)?
    } else {
        folder(Path::new(at), budget)?
    };
    for name in NOT_CONTENT {
        if let Ok(path) = TreePath::parse(name) {
            base.remove_all(&path);
        }
    }
    Ok(diff::trees(&base, made))
}

fn not_read(error: TrialError) -> CommandError {
    match error {
        TrialError::Files(_) | TrialError::Broken(_) => CommandError::unavailable(error.to_string()),
        other => CommandError::failed(format!("`--diff`: {other}")),
    }
}

fn folder(at: &Path, budget: TreeBudget) -> Result<FileTree, CommandError> {
    let unusable = |error: std::io::Error| {
        CommandError::usage(format!(
            "`--diff {}` cannot be read: {error}; name a folder or the URL of a repository",
            shown(at)
        ))
    };
    let dir = Dir::open_ambient_dir(at, ambient_authority()).map_err(unusable)?;
    let mut tree = FileTree::with_budget(budget);
    let walk = WalkBuilder::new(at)
        .hidden(false)
        .parents(false)
        .require_git(false)
        .git_global(false)
        .git_exclude(false)
        .filter_entry(is_content)
        .build();
    for found in walk {
        let found = found.map_err(|error| {
            CommandError::usage(format!("`--diff {}` cannot be read: {error}", shown(at)))
        })?;
        let Some(name) =
            found.path().strip_prefix(at).ok().and_then(Path::to_str).filter(|name| !name.is_empty())
        else {
            continue;
        };
        let Ok(path) = TreePath::parse(name) else { continue };
        if let Some(entry) = entry(&dir, &found, &path).map_err(unusable)? {
            tree.insert(path, entry)
                .map_err(|error| CommandError::failed(format!("`--diff {}`: {error}", shown(at))))?;
        }
    }
    Ok(tree)
}

fn is_content(entry: &DirEntry) -> bool {
    entry.depth() != 1 || !NOT_CONTENT.iter().any(|name| entry.file_name() == *name)
}

fn entry(dir: &Dir, found: &DirEntry, path: &TreePath) -> std::io::Result<Option<Entry>> {
    let kind = match found.file_type() {
        Some(kind) => kind,
        None => return Ok(None),
    };
    if kind.is_symlink() {
        let target = dir.read_link(path.as_str())?;
        return Ok(target.to_str().map(|target| Entry::Symlink { target: target.into() }));
    }
    if !kind.is_file() {
        return Ok(None);
    }
    let mut file = dir.open(path.as_str())?;
    let executable = file.metadata()?.mode() & 0o111 != 0;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(Some(Entry::File(File { executable, ..File::new(bytes) })))
}

/// The difference for people: a unified diff, and names where there are no lines to show.
pub(super) fn print(diff: &TreeDiff) {
    for file in &diff.files {
        let path = safe(file.path.as_str());
        if let Some((before, after)) = file.modes {
            println!("mode of {path}: {before} → {after}");
        }
        let told = match (&file.lines, file.change) {
            // What only the folder has is its owner's; the name is enough.
            (_, Change::Removed) => format!("Only there: {path}"),
            (Lines::Unified(text), _) => {
                text.lines().for_each(|line| println!("{}", safe(line)));
                continue;
            }
            (Lines::Binary, change) => format!("{} {path} (not text)", word(change)),
            (Lines::Secret, change) => format!("{} {path} (holds a secret)", word(change)),
            (Lines::TooLong, change) => format!("{} {path} (too long to show)", word(change)),
        };
        println!("{told}");
    }
    let (added, changed, removed) = diff.counts();
    println!("{added} added, {changed} changed, {removed} only there, {} the same", diff.unchanged);
}

fn word(change: Change) -> &'static str {
    match change {
        Change::Added => "Added",
        Change::Changed => "Changed",
        Change::Removed => "Only there",
    }
}

/// The difference for programs.
pub(super) fn json(diff: &TreeDiff) -> Value {
    let files: Vec<Value> = diff
        .files
        .iter()
        .map(|file| {
            let (content, text) = match &file.lines {
                Lines::Unified(text) => ("text", Some(text)),
                Lines::Binary => ("binary", None),
                Lines::Secret => ("secret", None),
                Lines::TooLong => ("tooLong", None),
            };
            let change = match file.change {
                Change::Added => "added",
                Change::Changed => "changed",
                Change::Removed => "removed",
            };
            json!({ "path": file.path, "change": change, "content": content, "diff": text })
        })
        .collect();
    let (added, changed, removed) = diff.counts();
    json!({ "added": added, "changed": changed, "removed": removed, "unchanged": diff.unchanged, "files": files })
}

/// A line that is safe to print.
fn safe(line: &str) -> String {
    line.chars()
        .flat_map(|c| {
            let escaped = c.is_control() && c != '\t';
            let plain = (!escaped).then_some(c);
            plain.into_iter().chain(escaped.then(|| c.escape_default()).into_iter().flatten())
        })
        .collect()
}
