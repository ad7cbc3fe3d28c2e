//! Repositories, a server and the program, for tests.

use std::path::Path;
use std::process::{Command, Output};

use catalog_gen::source::bare::Bare;
use catalog_gen::source::{Limits, Snapshot};
use catalog_gen::{Catalogue, Site, generate, validate};
use git2::{Index, IndexEntry, IndexTime, Oid, Repository, Signature};
use tempfile::TempDir;

pub(crate) mod server;

/// A bare repository with one commit, or none.
pub(crate) struct Made {
    pub folder: TempDir,
    pub repository: Repository,
}

pub(crate) const FILE: u32 = 0o100_644;
pub(crate) const SUBMODULE: u32 = 0o160_000;

impl Made {
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::init_bare(folder.path()).unwrap();
        Self { folder, repository }
    }

    /// A repository with these files.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let made = Self::empty();
        let mut index = Index::new().unwrap();
        for (path, content) in files {
            index.add(&made.entry(path.as_bytes(), content.as_bytes())).unwrap();
        }
        made.commit_index(&mut index);
        made
    }

    pub(crate) fn entry(&self, path: &[u8], content: &[u8]) -> IndexEntry {
        entry(path, FILE, self.repository.blob(content).unwrap())
    }

    pub(crate) fn commit_index(&self, index: &mut Index) {
        let tree = index.write_tree_to(&self.repository).unwrap();
        self.commit(tree);
    }

    pub(crate) fn commit(&self, tree: Oid) {
        let tree = self.repository.find_tree(tree).unwrap();
        let who = Signature::new("A", "a@example.com", &git2::Time::new(0, 0)).unwrap();
        self.repository.commit(Some("HEAD"), &who, &who, "Begin", &tree, &[]).unwrap();
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Bare::open(self.folder.path(), None).unwrap().snapshot(Limits::default()).unwrap()
    }

    /// What is generated of it, which is always legal.
    pub(crate) fn catalogue(&self) -> Catalogue {
        catalogue(&self.snapshot())
    }
}

pub(crate) fn entry(path: &[u8], mode: u32, id: Oid) -> IndexEntry {
    let never = IndexTime::new(0, 0);
    IndexEntry {
        ctime: never,
        mtime: never,
        dev: 0,
        ino: 0,
        mode,
        uid: 0,
        gid: 0,
        file_size: 0,
        id,
        flags: 0,
        flags_extended: 0,
        path: path.to_vec(),
    }
}

/// What is generated of a snapshot, which is always legal.
pub(crate) fn catalogue(snapshot: &Snapshot) -> Catalogue {
    let mut snapshot = snapshot.clone();
    snapshot.about.remote = catalog_gen::source::remote("acme/shop", "main");
    let catalogue = generate(&snapshot.material(), &Site::default());
    for one in &catalogue.entities {
        assert_eq!(validate(&one.entity.to_value()), [], "{:?}", one.entity);
    }
    catalogue
}

/// Runs the program in a folder, with no token and no network.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Output {
    run_with(folder, arguments, &[])
}

pub(crate) fn run_with(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_catalog-gen"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_remove("GITHUB_TOKEN")
        .env("GITHUB_API_URL", "http://127.0.0.1:9");
    command.envs(environment.iter().copied()).output().unwrap()
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Puts files below a folder.
pub(crate) fn put(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}
