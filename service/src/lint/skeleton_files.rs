//! The files of skeletons, as they lie on the disk beside a template.
//!
//! A skeleton is listed once, however many steps and templates read it; contents are read one file at a time
//! and not kept. Links are not followed, and nothing outside of the folder that holds the templates is looked
//! at. The invariant: time and memory are bounded by the limits below.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::linted::Fetched;
use super::source::Source;

/// The most files of a skeleton that are looked at.
pub(crate) const MAX_FILES: usize = 10_000;
/// The largest file that is read.
pub(crate) const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// A folder that a step reads.
#[derive(Debug)]
pub(crate) struct Skeleton {
    /// As people see it.
    pub name: String,
    /// Where it is.
    pub folder: PathBuf,
    /// Its files and links, by path.
    pub files: Vec<SkeletonFile>,
    /// Its folders, by path.
    pub folders: Vec<String>,
    /// There are more files than are looked at.
    pub too_many: bool,
    /// Names that are not UTF-8, as far as they can be shown.
    pub odd_names: Vec<String>,
}

/// A file of a skeleton.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SkeletonFile {
    /// Its path, with `/` between the names.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Whether it is a link.
    pub link: bool,
}

impl Skeleton {
    /// The bytes of a file; nothing for links, for large files, and for what cannot be read.
    pub(crate) fn read(&self, file: &SkeletonFile) -> Option<Vec<u8>> {
        if file.link || file.bytes > MAX_FILE_BYTES {
            return None;
        }
        let mut bytes = Vec::new();
        let opened = std::fs::File::open(self.on_disk(file)).ok()?;
        opened.take(MAX_FILE_BYTES).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// A file's name for people.
    pub(crate) fn shown(&self, file: &SkeletonFile) -> String {
        format!("{}/{}", self.name.trim_end_matches('/'), file.path)
    }

    /// Where a file is.
    pub(crate) fn on_disk(&self, file: &SkeletonFile) -> PathBuf {
        self.folder.join(&file.path)
    }

    fn list(name: String, folder: PathBuf) -> Self {
        let mut skeleton = Self {
            name,
            folder,
            files: Vec::new(),
            folders: Vec::new(),
            too_many: false,
            odd_names: Vec::new(),
        };
        let mut open = vec![String::new()];
        while let Some(folder) = open.pop() {
            let Ok(entries) = std::fs::read_dir(skeleton.folder.join(&folder)) else { continue };
            for entry in entries.flatten() {
                if skeleton.files.len() >= MAX_FILES {
                    skeleton.too_many = true;
                    break;
                }
                skeleton.take(&entry, &folder, &mut open);
            }
        }
        skeleton.files.sort();
        skeleton.folders.sort();
        skeleton
    }

    fn take(&mut self, entry: &std::fs::DirEntry, folder: &str, open: &mut Vec<String>) {
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            self.odd_names.push(format!("{folder}/{}", name.to_string_lossy()));
            return;
        };
        let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let Ok(metadata) = entry.metadata() else { return };
        if metadata.is_dir() {
            if name != ".git" {
                self.folders.push(path.clone());
                open.push(path);
            }
        } else if metadata.is_file() || metadata.is_symlink() {
            let link = metadata.is_symlink();
            self.files.push(SkeletonFile { path, bytes: if link { 0 } else { metadata.len() }, link });
        }
    }
}

/// The skeletons that were listed so far.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    listed: Mutex<HashMap<PathBuf, Arc<Skeleton>>>,
}

impl Shelf {
    /// What the `url` of a step in this template stands for.
    pub(crate) fn read(&self, template: &Source, url: &str) -> Fetched {
        match beside(template, url) {
            Ok(path) if path.is_file() => Fetched::File,
            Ok(path) => Fetched::Folder(self.skeleton(path, &shown(template, url))),
            Err(why) => why,
        }
    }

    fn skeleton(&self, path: PathBuf, name: &str) -> Arc<Skeleton> {
        let mut listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = listed.get(&path) {
            return Arc::clone(known);
        }
        let skeleton = Arc::new(Skeleton::list(name.to_owned(), path.clone()));
        listed.insert(path, Arc::clone(&skeleton));
        skeleton
    }

    /// The folders that were listed.
    pub(crate) fn folders(&self) -> Vec<PathBuf> {
        self.listed.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }
}

/// The file or folder that a path in a template names, if it lies where the template may read.
pub(crate) fn beside(template: &Source, url: &str) -> Result<PathBuf, Fetched> {
    if url.contains("{{") || url.contains("{%") {
        return Err(Fetched::Computed);
    }
    if url.contains("://") {
        return Err(Fetched::Remote);
    }
    let folder = template.path.parent().ok_or(Fetched::Missing)?;
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let repository = repository(folder);
    let path = match url.strip_prefix('/') {
        Some(inside) => repository.as_ref().ok_or(Fetched::Outside)?.join(inside),
        None => folder.join(url),
    };
    let path = path.canonicalize().map_err(|_| Fetched::Missing)?;
    let reach = repository.or_else(|| above(folder, url)).and_then(|root| root.canonicalize().ok());
    if reach.is_some_and(|root| path.starts_with(root)) { Ok(path) } else { Err(Fetched::Outside) }
}

/// The repository around a folder.
fn repository(folder: &Path) -> Option<PathBuf> {
    let folder = folder.canonicalize().ok()?;
    folder.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_path_buf)
}

/// Without a repository, a template can read as far above its folder as its URL climbs, but not the whole disk.
fn above(folder: &Path, url: &str) -> Option<PathBuf> {
    let climbs = Path::new(url).components().filter(|part| *part == Component::ParentDir).count();
    let folder = folder.canonicalize().ok()?;
    let root = folder.ancestors().nth(climbs)?;
    root.parent().is_some().then(|| root.to_path_buf())
}

/// A path beside the template, in the words of the command line.
fn shown(template: &Source, url: &str) -> String {
    let mut parts: Vec<&str> = template.name.split('/').collect();
    parts.pop();
    for part in url.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skeleton_is_listed_with_its_folders() {
        let disk = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(disk.path().join("skeleton/src")).unwrap();
        std::fs::write(disk.path().join("skeleton/src/a.rs"), "x").unwrap();
        std::fs::write(disk.path().join("skeleton/b"), "yy").unwrap();
        let template = Source::new("t/template.yaml", disk.path().join("template.yaml"), "");

        let Fetched::Folder(skeleton) = Shelf::default().read(&template, "./skeleton") else {
            panic!("no folder")
        };

        assert_eq!(
            skeleton.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(),
            ["b", "src/a.rs"]
        );
        assert_eq!(skeleton.folders, ["src"]);
        let file = &skeleton.files[1];
        assert_eq!(skeleton.shown(file), "t/skeleton/src/a.rs");
        assert_eq!(skeleton.read(file).unwrap(), b"x");
    }

    #[test]
    fn what_is_no_folder_beside_the_template_is_told() {
        let disk = tempfile::tempdir().unwrap();
        std::fs::write(disk.path().join("file"), "x").unwrap();
        let template = Source::new("template.yaml", disk.path().join("template.yaml"), "");
        let read = |url| Shelf::default().read(&template, url);

        assert!(matches!(read("./nope"), Fetched::Missing));
        assert!(matches!(read("./file"), Fetched::File));
        assert!(matches!(read("https://github.com/a/b"), Fetched::Remote));
        assert!(matches!(read("${{ parameters.x }}"), Fetched::Computed));
        assert!(matches!(read("../../../../../../../../../../../etc"), Fetched::Outside | Fetched::Missing));
    }
}
