//! What the pages of a repository show, and the files that a clone reads.
//!
//! It reads; nothing here writes. A clone goes by git's simple protocol, in which the client asks for the files of
//! a bare repository by their names. The invariant: of those files only references, packs and objects are given
//! out, never `forge.json` or anything else that lies beside them.

use std::fs::File;
use std::path::Path;

use super::{Facts, ForgeError, LocalForge, RepoSlug, Repository, about, blocking, failed, record::Record};
use crate::git::{Blob, CommitId, FileEntry, GitError, Reference, Spot};

/// One file of a bare repository, as a clone asks for it.
#[derive(Debug)]
pub enum GitFile {
    /// A list that is made when it is asked for.
    List(String),
    /// A file of the disk, and how long it is.
    File(File, u64),
}

impl LocalForge {
    /// A repository and what stands beside its files; `None` when there is none.
    pub async fn facts(&self, slug: &RepoSlug) -> Result<Option<(Repository, Facts)>, ForgeError> {
        let (forge, folder) = (self.clone(), self.folder(slug)?);
        blocking(move || {
            let record = Record::read(&folder)?;
            Ok(record.map(|record| (forge.repository(&record, &folder), record.facts())))
        })
        .await
    }

    /// The repositories of a host, in the order of their names.
    pub async fn repositories_of(&self, host: &str) -> Result<Vec<(Repository, Facts)>, ForgeError> {
        let (forge, host) = (self.clone(), self.root.join(host.to_ascii_lowercase()));
        blocking(move || {
            let records = forge.records(&[host])?;
            let shown = records.into_iter().map(|(folder, record)| {
                let repository = forge.repository(&record, &folder);
                (repository, record.facts())
            });
            Ok(shown.collect())
        })
        .await
    }

    /// Branches and tags.
    pub async fn references(&self, slug: &RepoSlug) -> Result<Vec<Reference>, ForgeError> {
        Ok(self.store(slug)?.references().await?)
    }

    /// What is at `<revision>/<path>`, or with nothing named in the root at the default branch. Of a file that is
    /// longer than `largest`, the size alone.
    pub async fn look_at(&self, slug: &RepoSlug, place: &str, largest: u64) -> Result<Spot, ForgeError> {
        self.store(slug)?.look_at(place, largest).await.map_err(|error| match error {
            GitError::Tree(error) => ForgeError::NotFound(format!("`{slug}`: {error}")),
            error => about(slug, error.into()),
        })
    }

    /// Every file at a revision, in the order of paths, with the commit.
    pub async fn files(
        &self,
        slug: &RepoSlug,
        revision: &str,
    ) -> Result<(CommitId, Vec<FileEntry>), ForgeError> {
        self.store(slug)?.files(revision).await.map_err(|error| about(slug, error.into()))
    }

    /// The content of a file by its id; of one that is longer than `largest`, the size alone.
    pub async fn blob(&self, slug: &RepoSlug, id: &str, largest: u64) -> Result<Blob, ForgeError> {
        self.store(slug)?.blob(id, largest).await.map_err(|error| about(slug, error.into()))
    }

    /// A file that a clone reads, by its path in the bare repository; `None` when there is none for clones.
    pub async fn git_file(&self, slug: &RepoSlug, path: &str) -> Result<Option<GitFile>, ForgeError> {
        let store = self.store(slug)?;
        if path == "info/refs" {
            return Ok(Some(GitFile::List(advertised(&store.references().await?))));
        }
        let (folder, path) = (store.path().to_owned(), path.to_owned());
        blocking(move || match path.as_str() {
            "objects/info/packs" => Ok(Some(GitFile::List(packs(&folder.join("objects/pack"))?))),
            path if is_for_clones(path) => open(&folder.join(path)),
            _ => Ok(None),
        })
        .await
    }
}

/// `info/refs` as git writes it: a tag with a message is followed by the commit it is about.
fn advertised(references: &[Reference]) -> String {
    let mut lines = String::new();
    for Reference { name, target, peeled } in references {
        lines.push_str(&format!("{target}\t{name}\n"));
        if let Some(commit) = peeled {
            lines.push_str(&format!("{commit}\t{name}^{{}}\n"));
        }
    }
    lines
}

/// `objects/info/packs` as git writes it. A pack counts once its index is there.
fn packs(folder: &Path) -> Result<String, ForgeError> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| failed(folder, &error))? {
        let name = entry.map_err(|error| failed(folder, &error))?.file_name();
        let Some(name) = name.to_str().and_then(|name| name.strip_suffix(".idx")) else { continue };
        if is_for_clones(&format!("objects/pack/{name}.pack")) {
            names.push(format!("P {name}.pack\n"));
        }
    }
    names.sort();
    Ok(names.concat() + "\n")
}

/// `HEAD`, a single object, a pack or its index.
fn is_for_clones(path: &str) -> bool {
    let is_hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    if let Some(pack) = path.strip_prefix("objects/pack/pack-") {
        let name = pack.strip_suffix(".pack").or_else(|| pack.strip_suffix(".idx"));
        return name.is_some_and(|name| is_hex(name, 40));
    }
    let object = path.strip_prefix("objects/").and_then(|object| object.split_once('/'));
    path == "HEAD" || object.is_some_and(|(start, rest)| is_hex(start, 2) && is_hex(rest, 38))
}

fn open(path: &Path) -> Result<Option<GitFile>, ForgeError> {
    let opened = File::open(path).and_then(|file| {
        let length = file.metadata()?.len();
        Ok(GitFile::File(file, length))
    });
    match opened {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_clone_needs_is_a_file_for_clones() {
        let id = "0123456789abcdef0123456789abcdef01234567";

        assert!(is_for_clones("HEAD"));
        assert!(is_for_clones(&format!("objects/ab/{}", &id[2..])));
        assert!(is_for_clones(&format!("objects/pack/pack-{id}.pack")));
        assert!(is_for_clones(&format!("objects/pack/pack-{id}.idx")));
        for path in [
            "forge.json",
            "forge.lock",
            "config",
            "objects",
            "objects/../forge.json",
            "objects/ab/../../forge.json",
            "objects/pack/../../forge.json",
            "objects/pack/tmp_pack_1.pack",
            "objects/pack/pack-x.pack",
            &format!("objects/pack/pack-{id}.keep"),
            &format!("objects/AB/{}", &id[2..]),
            "refs/heads/main",
        ] {
            assert!(!is_for_clones(path), "{path}");
        }
    }

    #[test]
    fn a_tag_with_a_message_is_advertised_with_its_commit() {
        let reference = |name: &str, peeled: Option<&str>| Reference {
            name: name.to_owned(),
            target: "a".repeat(40),
            peeled: peeled.map(str::to_owned),
        };

        let list = advertised(&[reference("refs/heads/main", None), reference("refs/tags/v1", Some("b"))]);

        let a = "a".repeat(40);
        assert_eq!(list, format!("{a}\trefs/heads/main\n{a}\trefs/tags/v1\nb\trefs/tags/v1^{{}}\n"));
    }
}
