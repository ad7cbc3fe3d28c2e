//! A file tree as the objects that git would make of it: pure, nothing is written.
//!
//! It knows the bytes of a tree object and the modes of its entries, nothing of repositories. The invariant:
//! the root's id is what `git write-tree` gives for the same content, and children come before their parents.

use bytes::Bytes;
use catalog_gen::{Entry, FileTree};
use git2::{ObjectType, Oid};

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
                innermost(&mut open, &mut root).add(name, mode, blob.id);
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

/// How git writes the modes that a tree can hold.
mod mode {
    pub(super) const FILE: &str = "100644";
    pub(super) const EXECUTABLE: &str = "100755";
    pub(super) const LINK: &str = "120000";
    pub(super) const FOLDER: &str = "40000";
}

/// The entries of a folder that is still being filled.
#[derive(Default)]
struct Folder {
    entries: Vec<(String, &'static str, Oid)>,
}

impl Folder {
    fn add(&mut self, name: &str, mode: &'static str, id: Oid) {
        self.entries.push((name.to_owned(), mode, id));
    }

    fn into_object(mut self) -> Result<Object, git2::Error> {
        // Git sorts a folder as if its name ended in a slash.
        self.entries.sort_by_cached_key(|(name, mode, _)| {
            let mut key = name.clone().into_bytes();
            key.extend((*mode == mode::FOLDER).then_some(b'/'));
            key
        });
        let mut data = Vec::new();
        for (name, mode, id) in &self.entries {
            data.extend_from_slice(mode.as_bytes());
            data.push(b' ');
            data.extend_from_slice(name.as_bytes());
            data.push(0);
            data.extend_from_slice(id.as_bytes());
        }
        Object::new(ObjectType::Tree, data)
    }
}

fn blob(entry: &Entry) -> Result<Option<(&'static str, Object)>, git2::Error> {
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
        if folder.entries.is_empty() && empty == EmptyFolders::Drop {
            continue;
        }
        let tree = folder.into_object()?;
        innermost(open, root).add(&name, mode::FOLDER, tree.id);
        all.push(tree);
    }
    Ok(())
}
