//! Trees that were read lately, up to a number of bytes.
//!
//! Tasks of one template read the same folder again and again; this keeps them from unpacking it each time.
//! The invariant: what is kept never weighs more than the limit.

use std::sync::{Mutex, MutexGuard, PoisonError};

use catalog_gen::FileTree;
use indexmap::IndexMap;

use crate::git::TreeId;

/// What an entry costs beside its content.
const ENTRY_BYTES: u64 = 256;

/// A tree, and the folder of it; the root is the empty text.
type Key = (TreeId, String);

/// Trees by id and folder, the one used last at the end.
#[derive(Debug)]
pub(super) struct Trees {
    limit: u64,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    trees: IndexMap<Key, FileTree>,
    weight: u64,
}

impl Trees {
    /// Keeps up to `limit` bytes.
    pub(super) fn new(limit: u64) -> Self {
        Self { limit, kept: Mutex::default() }
    }

    /// The tree, if it was read lately.
    pub(super) fn get(&self, id: &TreeId, folder: &str) -> Option<FileTree> {
        let mut kept = self.lock();
        let (key, tree) = kept.trees.shift_remove_entry(&(id.clone(), folder.to_owned()))?;
        kept.trees.insert(key, tree.clone());
        Some(tree)
    }

    /// Keeps a tree; the ones that were not used for longest make room. One over the limit is not kept.
    pub(super) fn put(&self, id: &TreeId, folder: &str, tree: &FileTree) {
        let weight = weight(tree);
        if weight > self.limit {
            return;
        }
        let mut kept = self.lock();
        let old = kept.trees.shift_remove(&(id.clone(), folder.to_owned()));
        kept.weight = kept.weight - old.as_ref().map_or(0, self::weight) + weight;
        kept.trees.insert((id.clone(), folder.to_owned()), tree.clone());
        while kept.weight > self.limit {
            let Some((_, oldest)) = kept.trees.shift_remove_index(0) else { break };
            kept.weight -= self::weight(&oldest);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn weight(tree: &FileTree) -> u64 {
    tree.total_bytes() + tree.len() as u64 * ENTRY_BYTES
}

#[cfg(test)]
mod tests {
    use catalog_gen::{Entry, TreePath};

    use super::*;

    fn tree(bytes: usize) -> FileTree {
        let mut tree = FileTree::new();
        tree.insert(TreePath::parse("a").unwrap(), Entry::file(vec![0; bytes])).unwrap();
        tree
    }

    fn id(name: &str) -> TreeId {
        TreeId(name.to_owned())
    }

    #[test]
    fn the_tree_that_was_not_used_for_longest_makes_room() {
        let trees = Trees::new(3_000);
        trees.put(&id("a"), "", &tree(1_000));
        trees.put(&id("b"), "", &tree(1_000));
        assert!(trees.get(&id("a"), "").is_some());

        trees.put(&id("c"), "", &tree(1_000));

        assert!(trees.get(&id("a"), "").is_some());
        assert!(trees.get(&id("b"), "").is_none());
        assert!(trees.get(&id("c"), "").is_some());
    }

    #[test]
    fn a_tree_over_the_limit_is_not_kept() {
        let trees = Trees::new(100);
        trees.put(&id("a"), "", &tree(1_000));

        assert!(trees.get(&id("a"), "").is_none());
    }

    #[test]
    fn a_folder_of_a_tree_is_kept_for_itself() {
        let trees = Trees::new(10_000);
        trees.put(&id("a"), "x", &tree(1));

        assert!(trees.get(&id("a"), "").is_none());
        assert_eq!(trees.get(&id("a"), "x"), Some(tree(1)));
    }
}
