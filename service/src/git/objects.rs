//! A file tree as the objects that git would make of it: pure, nothing is written.
//!
//! It knows the bytes of a tree object and the modes of its entries, nothing of repositories. The invariant:
//! the root's id is what `git write-tree` gives for the same content, and children come before their parents.

use std::collections::BTreeMap;

use bytes::Bytes;
use catalog_gen::{Entry, FileTree};
use git2::{ObjectType, Oid, Tree, TreeEntry};

/// What becomes of folders with nothing in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EmptyFolders {
    /// They are empty trees.
    Keep,
    /// They are left out, and so is a folder that holds nothing else.
    Drop,
}

/// One object, not yet written.
pub(super) struct Object {
    pub(super) kind: ObjectType,
    pub(super) id: Oid,
    pub(super) data: Bytes,
}

impl Object {
    /// Hashes the bytes.
    pub(super) fn new(kind: ObjectType, data: impl Into<Bytes>) -> Result<Self, git2::Error> {
        let data = data.into();
        Ok(Self { kind, id: Oid::hash_object(kind, &data)?, data })
    }
}

/// Objects that belong together; a folder's files come before it, the root is the last.
pub(super) struct Objects {
    pub(super) root: Oid,
    pub(super) all: Vec<Object>,
}

impl Objects {
    /// The blobs and trees of a file tree. Contents are shared with it, not copied.
    pub(super) fn of_tree(tree: &FileTree, empty: EmptyFolders) -> Result<Self, git2::Error> {
        let mut all = Vec::with_capacity(tree.len() * 2);
        let mut root = Folder::default();
        // The folders between the root and the entry at hand. In the order of a tree's paths everything
        // below a folder is in one run, so a folder that is left is complete.
        let mut open: Vec<(String, Folder)> = Vec::new();
        for (path, entry) in tree.iter() {
            let mut folders: Vec<&str> = path.segments().collect();
            let leaf = if *entry == Entry::Dir { None } else { folders.pop() };
            let shared = open.iter().zip(&folders).take_while(|((name, _), folder)| name == *folder).count();
            close_down_to(shared, &mut open, &mut root, &mut all, empty)?;
            open.extend(folders.iter().skip(shared).map(|name| ((*name).to_owned(), Folder::default())));
            if let (Some(name), Some((mode, blob))) = (leaf, blob(entry)?) {
                innermost(&mut open, &mut root).put(name.as_bytes(), mode, blob.id);
                all.push(blob);
            }
        }
        close_down_to(0, &mut open, &mut root, &mut all, empty)?;
        let root = root.into_object()?;
        let id = root.id;
        all.push(root);
        Ok(Self { root: id, all })
    }

    /// The same objects with one more, which refers to the root and becomes it.
    pub(super) fn with_root(mut self, root: Object) -> Self {
        self.root = root.id;
        self.all.push(root);
        self
    }
}

/// The modes that a tree can hold.
pub(super) mod mode {
    pub(in super::super) const FILE: u32 = 0o100_644;
    pub(in super::super) const EXECUTABLE: u32 = 0o100_755;
    pub(in super::super) const LINK: u32 = 0o120_000;
    pub(in super::super) const FOLDER: u32 = 0o40_000;
}

/// The entries of a folder that is still being filled: mode and id by name.
#[derive(Default)]
pub(super) struct Folder {
    entries: BTreeMap<Vec<u8>, (u32, Oid)>,
}

impl Folder {
    /// What a folder holds already.
    pub(super) fn of_tree(tree: &Tree<'_>) -> Self {
        let mode = |entry: &TreeEntry<'_>| entry.filemode_raw().unsigned_abs();
        let entries = tree.iter().map(|entry| (entry.name_bytes().to_vec(), (mode(&entry), entry.id())));
        Self { entries: entries.collect() }
    }

    /// Puts an entry in the place of what has its name; `false` when it is there already.
    pub(super) fn put(&mut self, name: &[u8], mode: u32, id: Oid) -> bool {
        self.entries.insert(name.to_vec(), (mode, id)) != Some((mode, id))
    }

    /// Takes an entry out, if it is there.
    pub(super) fn remove(&mut self, name: &[u8]) {
        self.entries.remove(name);
    }

    /// Is there nothing in it?
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The folder as git writes it.
    pub(super) fn into_object(self) -> Result<Object, git2::Error> {
        let mut entries: Vec<_> = self.entries.into_iter().collect();
        // Git sorts a folder as if its name ended in a slash.
        entries.sort_by_cached_key(|(name, (mode, _))| {
            let mut key = name.clone();
            key.extend((*mode == mode::FOLDER).then_some(b'/'));
            key
        });
        let mut data = Vec::new();
        for (name, (mode, id)) in &entries {
            data.extend_from_slice(format!("{mode:o} ").as_bytes());
            data.extend_from_slice(name);
            data.push(0);
            data.extend_from_slice(id.as_bytes());
        }
        Object::new(ObjectType::Tree, data)
    }
}

/// A file or link as git keeps it; a folder is not kept by itself.
pub(super) fn blob(entry: &Entry) -> Result<Option<(u32, Object)>, git2::Error> {
    let (mode, data) = match entry {
        Entry::File(file) if file.executable => (mode::EXECUTABLE, file.bytes.clone()),
        Entry::File(file) => (mode::FILE, file.bytes.clone()),
        Entry::Symlink { target } => (mode::LINK, Bytes::copy_from_slice(target.as_bytes())),
        Entry::Dir => return Ok(None),
    };
    Ok(Some((mode, Object::new(ObjectType::Blob, data)?)))
}

fn innermost<'a>(open: &'a mut [(String, Folder)], root: &'a mut Folder) -> &'a mut Folder {
    open.last_mut().map_or(root, |(_, folder)| folder)
}

fn close_down_to(
    depth: usize,
    open: &mut Vec<(String, Folder)>,
    root: &mut Folder,
    all: &mut Vec<Object>,
    empty: EmptyFolders,
) -> Result<(), git2::Error> {
    while open.len() > depth {
        let Some((name, folder)) = open.pop() else { break };
        if folder.is_empty() && empty == EmptyFolders::Drop {
            continue;
        }
        let tree = folder.into_object()?;
        innermost(open, root).put(name.as_bytes(), mode::FOLDER, tree.id);
        all.push(tree);
    }
    Ok(())
}
