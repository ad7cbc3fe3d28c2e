//! What a repository without catalog files is offered: the files, and the words beside them.
//!
//! For pull requests: the files are new ones, every value of them stands in the text with its reason. Repositories that
//! have such files are [`crate::merge_files()`]'s. The invariant: what is only guessed is in no file.

mod text;

use crate::{Described, Entry, FileTree, TreePath};

pub use text::describe_offer;

/// What a catalog reads by its default rules.
const MAIN_FILE: &str = "catalog-info.yaml";
/// The file beside it, for the kinds that a catalog does not take from a file by its default rules.
pub const MORE_FILE: &str = "catalog-more.yaml";
const USUAL_KINDS: [&str; 2] = ["Component", "API"];

/// The files that describe a repository of this name: `catalog-info.yaml`, and beside it, led to by a `Location`, one
/// with the kinds that a stock catalog takes only where its rules allow it.
pub fn offered_files(entities: &[Described], repository: &str) -> FileTree {
    let (usual, more): (Vec<&Described>, Vec<&Described>) =
        entities.iter().partition(|described| USUAL_KINDS.contains(&described.entity.kind.as_str()));
    let mut documents: Vec<String> = usual.iter().map(|described| document(described)).collect();
    let mut tree = FileTree::new();
    if !more.is_empty() {
        documents.push(text::location(repository, MORE_FILE));
        put(&mut tree, MORE_FILE, &more.iter().map(|described| document(described)).collect::<Vec<_>>());
    }
    put(&mut tree, MAIN_FILE, &documents);
    tree
}

fn put(tree: &mut FileTree, name: &str, documents: &[String]) {
    if let Ok(path) = TreePath::parse(name) {
        // Two small files fit into every budget.
        let _ = tree.insert(path, Entry::file(documents.join("---\n")));
    }
}

fn document(described: &Described) -> String {
    serde_yaml::to_string(&described.entity.to_value()).unwrap_or_default()
}
