//! [`Store`]: one bare repository.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A bare repository.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    folder: PathBuf,
}

/// What a bare repository is set to: pushes come in, nothing is tidied behind our back, bad objects are refused.
const CONFIG: &str = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n\tfsync = none\n\
                      \talternateRefsCommand = true\n\
                      [http]\n\treceivepack = true\n[receive]\n\tfsckObjects = true\n\tautogc = false\n\
                      \tadvertiseAtomic = true\n[gc]\n\tauto = 0\n[uploadpack]\n\tallowAnySHA1InWant = true\n\
                      \tallowFilter = true\n";

impl Store {
    /// The repository in this folder.
    pub(crate) fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Makes an empty repository.
    pub(crate) fn create(folder: &Path, branch: &str) -> io::Result<Self> {
        for part in ["objects/info", "objects/pack", "refs/heads", "refs/tags"] {
            fs::create_dir_all(folder.join(part))?;
        }
        fs::write(folder.join("config"), CONFIG)?;
        let store = Self::at(folder);
        store.set_head(branch)?;
        Ok(store)
    }

    /// Names the default branch.
    pub(crate) fn set_head(&self, branch: &str) -> io::Result<()> {
        fs::write(self.folder.join("HEAD"), format!("ref: refs/heads/{branch}\n"))
    }

    /// The object that a ref names, by its full name.
    pub(crate) fn resolve(&self, name: &str) -> Option<String> {
        let text = fs::read_to_string(self.folder.join(name)).ok()?;
        let id = text.trim();
        (id.len() == 40).then(|| id.to_owned())
    }

    /// All refs below a prefix (`refs/heads/`), full names and objects, in order.
    pub(crate) fn refs(&self, prefix: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        walk(&self.folder.join("refs"), "refs", &mut found);
        found.retain(|(name, _)| name.starts_with(prefix));
        found.sort();
        found
    }

    /// Whether there is no commit.
    pub(crate) fn is_empty(&self) -> bool {
        self.refs("refs/").is_empty()
    }
}

fn walk(folder: &Path, name: &str, found: &mut Vec<(String, String)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let Ok(part) = entry.file_name().into_string() else { continue };
        let (path, name) = (entry.path(), format!("{name}/{part}"));
        if path.is_dir() {
            walk(&path, &name, found);
        } else if let Ok(text) = fs::read_to_string(&path)
            && text.trim().len() == 40
        {
            found.push((name, text.trim().to_owned()));
        }
    }
}
