//! Folders and repositories of templates, made for one test.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails loudly")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use catalog_gen::{Entry, FileTree};
use stagecraft::config;
use stagecraft::git::ObjectStore;
use stagecraft::template::{Library, Sources};
use tempfile::TempDir;

/// A folder that holds the sources, and the object store beside them.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(below)
    }

    /// Writes a file, and the folders above it.
    pub(crate) fn write(&self, path: &str, content: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Writes a template with one step that reads `./skeleton`.
    pub(crate) fn template(&self, path: &str, name: &str) {
        self.write(path, &template(name));
    }

    /// A store of its own for each name.
    pub(crate) fn store(&self, name: &str) -> ObjectStore {
        ObjectStore::open_or_init(&self.path(&format!("store-{name}.git"))).unwrap()
    }

    pub(crate) fn sources(&self, name: &str) -> Sources {
        Sources::new(self.store(name), &git_settings(&[]))
    }

    /// A library over sources that are named relative to this place, or by URL.
    pub(crate) async fn library(&self, sources: &Sources, named: &[&str]) -> Library {
        let absolute = |name: &&str| match name.contains("://") {
            true => (*name).to_owned(),
            false => self.path(name).display().to_string(),
        };
        let settings = config::Templates {
            sources: named.iter().map(absolute).collect(),
            from_catalog: true,
            reload_seconds: 0,
            value_mode: config::ValueMode::Current,
        };
        Library::load(&settings, sources.clone()).await
    }

    /// Makes a repository of the folder `path` and commits everything in it; gives the commit.
    pub(crate) fn commit(&self, path: &str) -> String {
        let folder = self.path(path);
        if !folder.join(".git").exists() {
            git(&folder, &["init", "--quiet", "--initial-branch=main"]);
        }
        git(&folder, &["add", "--all"]);
        git(&folder, &["commit", "--quiet", "--allow-empty", "--message=change"]);
        git(&folder, &["rev-parse", "HEAD"])
    }
}

/// The text of a template.
pub(crate) fn template(name: &str) -> String {
    format!(
        "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata:\n  name: {name}\nspec:\n  \
         type: service\n  steps:\n    - action: fetch:template\n      input:\n        url: ./skeleton\n"
    )
}

/// The text of a Location.
pub(crate) fn location(targets: &[&str]) -> String {
    let targets: String = targets.iter().map(|target| format!("    - {target}\n")).collect();
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {{ name: l }}\nspec:\n  targets:\n{targets}"
    )
}

/// Settings that rewrite prefixes.
pub(crate) fn git_settings(rewrites: &[(&str, &str)]) -> config::Git {
    let rewrite = |(prefix, replacement): &(&str, &str)| config::Rewrite {
        prefix: (*prefix).to_owned(),
        replacement: (*replacement).to_owned(),
    };
    config::Git {
        rewrites: rewrites.iter().map(rewrite).collect(),
        credentials: Vec::new(),
        timeout_seconds: 60,
    }
}

/// Runs git without anybody's settings.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .args(["-c", "user.name=Test", "-c", "user.email=test@example.com"])
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// What a library lists: references of usable templates, and the first fault of the others.
pub(crate) fn listed(library: &Library) -> Vec<String> {
    let line = |listed: stagecraft::template::Listed| match listed.errors.first() {
        Some(error) => format!("! {error}"),
        None => listed.entity_ref.unwrap(),
    };
    library.list().into_iter().map(line).collect()
}

/// Paths and texts of a tree.
pub(crate) fn texts(tree: &FileTree) -> BTreeMap<String, String> {
    let text = |entry: &Entry| match entry {
        Entry::File(file) => file.text().unwrap().to_owned(),
        Entry::Symlink { target } => format!("-> {target}"),
        Entry::Dir => "(empty)".to_owned(),
    };
    tree.iter().map(|(path, entry)| (path.to_string(), text(entry))).collect()
}
