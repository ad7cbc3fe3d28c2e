//! Where the files of a Score workload are read: from the disk, or from a commit.

use std::io::Read;
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use catalog_gen::{Entry, FileTree, TreePath};

use super::unreadable;
use crate::cli::error::CommandError;
use crate::git::ObjectStore;

/// Longest file that is read.
const LONGEST: u64 = 1024 * 1024;

/// Where files are read.
pub(super) enum Origin {
    /// As they are.
    Disk,
    /// As they were in a commit of the work tree at `root`.
    Commit {
        /// The folder with `.git`.
        root: PathBuf,
        /// All files of the commit.
        files: FileTree,
    },
}

impl Origin {
    /// The files at a revision of the repository that a file is in.
    pub(super) async fn at(file: &Path, revision: &str) -> Result<Self, CommandError> {
        let file = std::path::absolute(file).map_err(|error| unreadable(file, error))?;
        let root = file.ancestors().skip(1).find(|folder| folder.join(".git").is_dir()).ok_or_else(|| {
            CommandError::usage(format!("`{}` is in no git repository; `--since` needs one", file.display()))
        })?;
        let failed =
            |error: crate::git::GitError| CommandError::failed(format!("`--since {revision}`: {error}"));
        let store = ObjectStore::open(&root.join(".git")).map_err(failed)?;
        let (_, tree) = store.resolve(Some(revision)).await.map_err(failed)?;
        let files = store.read_tree(&tree, None).await.map_err(failed)?;
        Ok(Self::Commit { root: root.to_owned(), files })
    }

    /// The text of a file.
    pub(super) fn text(&self, file: &Path) -> Result<String, CommandError> {
        if let Some((path, files)) = self.in_commit(file)? {
            let found = files.file(&path).ok_or_else(|| unreadable(file, "the commit does not hold it"))?;
            return found.text().map(str::to_owned).ok_or_else(|| unreadable(file, "it is not UTF-8"));
        }
        let mut text = String::new();
        let opened = std::fs::File::open(file).map_err(|error| unreadable(file, error))?;
        opened.take(LONGEST + 1).read_to_string(&mut text).map_err(|error| unreadable(file, error))?;
        if u64::try_from(text.len()).is_ok_and(|length| length > LONGEST) {
            return Err(unreadable(file, format!("it is longer than {LONGEST} bytes")));
        }
        Ok(text)
    }

    /// Those of `sources` that are there, by their path relative to the folder of `file`.
    pub(super) fn beside(&self, file: &Path, sources: &[&str]) -> Result<FileTree, CommandError> {
        let mut tree = FileTree::new();
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        for source in sources {
            let Ok(path) = TreePath::parse(source.trim_start_matches("./")) else { continue };
            let entry = match self.in_commit(&folder.join(path.as_str()))? {
                Some((path, files)) => files.file(&path).cloned().map(Entry::from),
                None => on_disk(folder, &path)?,
            };
            if let Some(entry) = entry {
                tree.insert(path, entry).map_err(|error| CommandError::usage(error.to_string()))?;
            }
        }
        Ok(tree)
    }

    /// The path in the commit and its files; none for the disk, and for what is outside of the repository.
    fn in_commit(&self, file: &Path) -> Result<Option<(TreePath, &FileTree)>, CommandError> {
        let Self::Commit { root, files } = self else { return Ok(None) };
        let absolute = std::path::absolute(file).map_err(|error| unreadable(file, error))?;
        let Ok(inside) = absolute.strip_prefix(root) else { return Ok(None) };
        let path = inside.to_str().and_then(|inside| TreePath::parse(inside).ok());
        Ok(path.map(|path| (path, files)))
    }
}

/// A file below a folder; nothing behind a link that leads out of it.
fn on_disk(folder: &Path, path: &TreePath) -> Result<Option<Entry>, CommandError> {
    let shown = folder.join(path.as_str());
    let dir =
        Dir::open_ambient_dir(folder, ambient_authority()).map_err(|error| unreadable(&shown, error))?;
    let file = match dir.open(path.as_str()) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&shown, error)),
    };
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&shown, error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LONGEST) {
        return Err(unreadable(&shown, format!("it is longer than {LONGEST} bytes")));
    }
    Ok(Some(Entry::file(bytes)))
}
