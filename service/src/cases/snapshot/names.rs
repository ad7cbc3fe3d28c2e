//! Under which names a snapshot keeps entries, so that nobody takes them for what they are named like.
//!
//! Git obeys a `.gitignore` wherever it lies, and whoever looks for `catalog-info.yaml` or `template.yaml` in a
//! repository would find those of snapshots. Such names get the ending `.snap`. A folder without entries, which git
//! cannot hold, is kept as a folder with an empty file `.snap`. The invariant: no two entries have one stored name,
//! and the stored name tells the entry's.

use catalog_gen::Entry;

const ENDING: &str = ".snap";

/// Names, in small letters, that are not kept as they are.
const OBEYED: [&str; 7] = [
    ".gitattributes",
    ".gitignore",
    ".gitmodules",
    "catalog-info.yaml",
    "catalog-info.yml",
    "template.yaml",
    "template.yml",
];

/// The stored name of an entry at `path`.
pub(super) fn stored(path: &str, entry: &Entry) -> String {
    let segments: Vec<String> = path.split('/').map(segment).collect();
    let path = segments.join("/");
    if *entry == Entry::Dir { format!("{path}/{ENDING}") } else { path }
}

fn segment(name: &str) -> String {
    if must_change(name) { format!("{name}{ENDING}") } else { name.to_owned() }
}

fn must_change(name: &str) -> bool {
    name.ends_with(ENDING) || OBEYED.contains(&name.to_lowercase().as_str())
}

/// Can an update have written this name?
pub(super) fn is_ours(stored: &str) -> bool {
    stored.split('/').all(|segment| match segment.strip_suffix(ENDING) {
        Some(name) => name.is_empty() || must_change(name),
        None => !must_change(segment),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_would_obey_is_kept_under_another_name() {
        let file = Entry::file("x");

        assert_eq!(stored("a/.gitignore", &file), "a/.gitignore.snap");
        assert_eq!(stored("Catalog-Info.yaml", &file), "Catalog-Info.yaml.snap");
        assert_eq!(stored("src/main.rs", &file), "src/main.rs");
        assert_eq!(stored("empty", &Entry::Dir), "empty/.snap");
    }

    #[test]
    fn a_name_that_has_the_ending_already_gets_it_once_more() {
        let file = Entry::file("x");
        let names = [".gitignore", ".gitignore.snap", ".gitignore.snap.snap", ".snap", "a.snap"];

        let stored: std::collections::BTreeSet<String> =
            names.iter().map(|name| super::stored(name, &file)).collect();

        assert_eq!(stored.len(), names.len());
        assert!(stored.iter().all(|name| is_ours(name)), "{stored:?}");
        assert!(!is_ours("notes.snap"));
        assert!(!is_ours("x/.gitignore"));
    }
}
