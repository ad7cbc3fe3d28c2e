//! Files that were posted with a request, readable under a pin for as long as the request lasts.
//!
//! They are never written to the store. The invariant: when a [`Held`] is dropped its files are gone.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use catalog_gen::FileTree;

use super::Pin;
use crate::git::TreeId;

/// All files that are held.
#[derive(Debug, Default)]
pub(super) struct Holding {
    trees: Mutex<HashMap<String, FileTree>>,
    last: AtomicU64,
}

/// Posted files, for as long as this value lives.
#[derive(Debug)]
pub struct Held {
    pin: Pin,
    holding: Arc<Holding>,
}

impl Held {
    /// The pin under which the files are read.
    pub fn pin(&self) -> &Pin {
        &self.pin
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.holding.trees.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.pin.tree.0);
    }
}

impl Holding {
    /// Takes files in.
    pub(super) fn hold(holding: &Arc<Self>, files: FileTree, path: &str) -> Held {
        // No content hash: it would cost more than the whole read, and nothing outlives the request.
        let name = format!("posted-{}", holding.last.fetch_add(1, Ordering::Relaxed));
        holding.trees.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone(), files);
        let pin = Pin {
            source: "the given files".to_owned(),
            tree: TreeId(name),
            commit: None,
            path: path.to_owned(),
        };
        Held { pin, holding: Arc::clone(holding) }
    }

    /// The files under an id.
    pub(super) fn get(&self, id: &TreeId) -> Option<FileTree> {
        self.trees.lock().unwrap_or_else(PoisonError::into_inner).get(&id.0).cloned()
    }
}
