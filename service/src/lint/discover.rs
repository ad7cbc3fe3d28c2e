//! Which files may hold templates.
//!
//! A file is taken as it is named. In a folder, every YAML file below is looked into, except in hidden folders
//! and `node_modules`. Links are not followed. Names are those of the command line with what is below.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

/// The most files and folders that are looked at below one path.
const MAX_ENTRIES: usize = 500_000;

/// A file to look into.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    /// As people see it.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Whether it was asked for by name, so that any `kind: Template` in it is meant.
    pub named: bool,
}

/// The files below these paths, each once, in the order of their names.
pub(super) fn candidates(paths: &[PathBuf]) -> std::io::Result<Vec<Candidate>> {
    let mut found = BTreeSet::new();
    for path in paths {
        let metadata = std::fs::metadata(path)?;
        if metadata.is_dir() {
            below(path, &mut found);
        } else {
            found.insert(Candidate { name: shown(path), path: path.clone(), named: true });
        }
    }
    let mut seen = BTreeSet::new();
    let mut found: Vec<Candidate> = found.into_iter().collect();
    // One that is named explicitly wins over the same one met in a folder.
    found.sort_by_key(|candidate| !candidate.named);
    found.retain(|candidate| {
        seen.insert(candidate.path.canonicalize().unwrap_or_else(|_| candidate.path.clone()))
    });
    found.sort();
    Ok(found)
}

fn below(root: &Path, found: &mut BTreeSet<Candidate>) {
    let mut open = vec![root.to_path_buf()];
    let mut looked_at = 0;
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            looked_at += 1;
            if looked_at > MAX_ENTRIES {
                return;
            }
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && !name.starts_with('.') && name != "node_modules" {
                open.push(entry.path());
            } else if kind.is_file() && (name.ends_with(".yaml") || name.ends_with(".yml")) {
                let path = entry.path();
                found.insert(Candidate { name: shown(&path), path, named: false });
            }
        }
    }
}

/// A path for people: with `/`, without `./` in front.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./").map_or(text.clone(), str::to_owned)
}

/// The files that a target of a Location in the file `from` names, within its own folder. Targets elsewhere are
/// not followed.
pub(super) fn targets(from: &Candidate, target: &str) -> Vec<Candidate> {
    let Some(folder) = from.path.parent() else { return Vec::new() };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let target = target.strip_prefix("./").unwrap_or(target);
    if target.contains("://") || target.starts_with('/') || target.split('/').any(|part| part == "..") {
        return Vec::new();
    }
    if !target.contains(['*', '?', '{', '[']) {
        let path = folder.join(target);
        return if path.is_file() {
            vec![Candidate { name: shown(&path), path, named: true }]
        } else {
            Vec::new()
        };
    }
    let Some(pattern) = glob(target) else { return Vec::new() };
    let mut below_folder = BTreeSet::new();
    below(folder, &mut below_folder);
    let inside = |candidate: &Candidate| {
        candidate.path.strip_prefix(folder).is_ok_and(|inside| pattern.is_match(inside))
    };
    below_folder.into_iter().filter(inside).map(|candidate| Candidate { named: true, ..candidate }).collect()
}

fn glob(pattern: &str) -> Option<GlobMatcher> {
    GlobBuilder::new(pattern).literal_separator(true).build().ok().map(|glob| glob.compile_matcher())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk(files: &[&str]) -> tempfile::TempDir {
        let disk = tempfile::tempdir().unwrap();
        for file in files {
            let path = disk.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        disk
    }

    fn names(found: &[Candidate], disk: &tempfile::TempDir) -> Vec<String> {
        let inside = |candidate: &Candidate| shown(candidate.path.strip_prefix(disk.path()).unwrap());
        found.iter().map(inside).collect()
    }

    #[test]
    fn yaml_files_below_a_folder_are_found_once() {
        let disk = disk(&["a/template.yaml", "b.yml", "c.txt", ".git/d.yaml", "node_modules/e.yaml"]);
        let root = disk.path().to_path_buf();

        let found = candidates(&[root.clone(), root.join("b.yml")]).unwrap();

        assert_eq!(names(&found, &disk), ["a/template.yaml", "b.yml"]);
        assert_eq!(found.iter().map(|one| one.named).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn targets_of_a_location_stay_in_its_folder() {
        let disk = disk(&["all.yaml", "a/template.yaml", "b/template.yaml"]);
        let all = Candidate { name: "all.yaml".into(), path: disk.path().join("all.yaml"), named: true };

        assert_eq!(names(&targets(&all, "./a/template.yaml"), &disk), ["a/template.yaml"]);
        assert_eq!(targets(&all, "./*/template.yaml").len(), 2);
        assert_eq!(targets(&all, "../x.yaml"), []);
        assert_eq!(targets(&all, "https://example.com/x.yaml"), []);
    }
}
