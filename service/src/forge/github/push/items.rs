//! What a commit holds, as the API takes it: pure, nothing is asked.
//!
//! Text goes inline, everything else is named by a blob that is made before; long lists are cut into parts that
//! build on each other. The invariant: the parts in their order are exactly the files that are wanted.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use catalog_gen::{Entry, FileTree};
use serde_json::{Value, json};

/// How much text one request holds.
const MAX_TEXT: usize = 4 * 1024 * 1024;
/// How many files one request names.
const MAX_FILES: usize = 1_000;

/// One change to a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) path: String,
    mode: &'static str,
    content: Content,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    Text(String),
    Bytes(Bytes),
    Gone,
}

/// The files of a tree; empty folders are left out, as git does.
pub(super) fn of_tree(tree: &FileTree) -> Vec<Item> {
    let item = |path: &str, entry: &Entry| {
        let (mode, bytes) = match entry {
            Entry::File(file) if file.executable => ("100755", file.bytes.clone()),
            Entry::File(file) => ("100644", file.bytes.clone()),
            Entry::Symlink { target } => ("120000", Bytes::copy_from_slice(target.as_bytes())),
            Entry::Dir => return None,
        };
        Some(Item { path: path.to_owned(), mode, content: content(bytes) })
    };
    tree.iter().filter_map(|(path, entry)| item(path.as_str(), entry)).collect()
}

/// A file that goes.
pub(super) fn gone(path: &str) -> Item {
    Item { path: path.to_owned(), mode: "100644", content: Content::Gone }
}

/// What JSON holds as it is: text without the one character that many readers stop at.
fn content(bytes: Bytes) -> Content {
    match std::str::from_utf8(&bytes) {
        Ok(text) if !text.contains('\0') => Content::Text(text.to_owned()),
        _ => Content::Bytes(bytes),
    }
}

impl Item {
    /// What its blob is made of, where it needs one.
    pub(super) fn blob(&self) -> Option<Value> {
        match &self.content {
            Content::Bytes(bytes) => Some(json!({ "content": STANDARD.encode(bytes), "encoding": "base64" })),
            Content::Text(_) | Content::Gone => None,
        }
    }

    /// As an entry of a tree; `blob` is the id of its blob, where it needs one.
    pub(super) fn entry(&self, blob: Option<&str>) -> Value {
        let (path, mode) = (&self.path, self.mode);
        match (&self.content, blob) {
            (Content::Text(text), None) => {
                json!({ "path": path, "mode": mode, "type": "blob", "content": text })
            }
            (_, blob) => json!({ "path": path, "mode": mode, "type": "blob", "sha": blob }),
        }
    }

    /// Base64 of a plain file, which one request can put into a repository that is empty.
    pub(super) fn plain(&self) -> Option<String> {
        match &self.content {
            _ if !self.mode.starts_with("100") => None,
            Content::Text(text) => Some(STANDARD.encode(text)),
            Content::Bytes(bytes) => Some(STANDARD.encode(bytes)),
            Content::Gone => None,
        }
    }

    fn length(&self) -> usize {
        match &self.content {
            Content::Text(text) => text.len() + self.path.len(),
            Content::Bytes(_) | Content::Gone => self.path.len(),
        }
    }
}

/// The file that a history may begin with: the README if there is one, and no workflow if that can be helped.
pub(super) fn beginning(items: &[Item]) -> Option<&Item> {
    let rank = |item: &&Item| {
        let is_readme = item.path.eq_ignore_ascii_case("README.md");
        (!is_readme, item.path.starts_with(".github/"), item.path.matches('/').count(), item.length())
    };
    items.iter().filter(|item| item.plain().is_some()).min_by_key(rank)
}

/// Runs of items that one request can hold.
pub(super) fn parts(items: &[Item]) -> Vec<&[Item]> {
    let (mut parts, mut rest) = (Vec::new(), items);
    while !rest.is_empty() {
        let mut text = 0;
        let fits = rest.iter().take(MAX_FILES).take_while(|item| {
            text += item.length();
            text <= MAX_TEXT
        });
        let (part, after) = rest.split_at(fits.count().max(1));
        parts.push(part);
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use catalog_gen::{File, TreePath};

    use super::*;

    fn items(entries: &[(&str, Entry)]) -> Vec<Item> {
        let mut tree = FileTree::new();
        for (path, entry) in entries {
            tree.insert(TreePath::parse(path).unwrap(), entry.clone()).unwrap();
        }
        of_tree(&tree)
    }

    #[test]
    fn text_goes_inline_and_everything_else_by_a_blob() {
        let items = items(&[
            ("a.txt", Entry::file("é\n")),
            ("b.png", Entry::file(vec![0xff, 0])),
            ("c.nul", Entry::file("a\0b")),
            ("d.sh", Entry::File(File { executable: true, ..File::new("#!") })),
            ("e", Entry::Symlink { target: "a.txt".to_owned() }),
            ("f", Entry::Dir),
        ]);

        let needs: Vec<bool> = items.iter().map(|item| item.blob().is_some()).collect();
        assert_eq!(needs, [false, true, true, false, false]);
        let entries: Vec<Value> =
            items.iter().map(|item| item.entry(item.blob().map(|_| "1".repeat(40)).as_deref())).collect();
        assert_eq!(
            entries[0],
            json!({ "path": "a.txt", "mode": "100644", "type": "blob", "content": "é\n" })
        );
        assert_eq!(entries[1]["sha"], "1".repeat(40));
        assert_eq!((&entries[3]["mode"], &entries[4]["mode"]), (&json!("100755"), &json!("120000")));
        assert_eq!(entries[4]["content"], "a.txt");
    }

    #[test]
    fn a_file_that_goes_has_no_id() {
        let entry = gone("old").entry(None);

        assert_eq!(entry, json!({ "path": "old", "mode": "100644", "type": "blob", "sha": null }));
    }

    #[test]
    fn a_history_begins_with_the_readme_and_not_with_a_workflow() {
        let text = || Entry::file("x");
        let path = |entries: &[(&str, Entry)]| beginning(&items(entries)).map(|item| item.path.clone());

        assert_eq!(path(&[("a", text()), ("readme.md", text())]).as_deref(), Some("readme.md"));
        assert_eq!(
            path(&[(".github/workflows/ci.yml", text()), ("src/a", text())]).as_deref(),
            Some("src/a")
        );
        assert_eq!(path(&[(".github/x", text())]).as_deref(), Some(".github/x"));
        assert_eq!(path(&[("link", Entry::Symlink { target: "x".to_owned() })]), None);
    }

    #[test]
    fn parts_hold_everything_in_its_order_and_none_is_too_long() {
        let names: Vec<String> = (0..2_500).map(|number| format!("file-{number:04}")).collect();
        let many: Vec<(&str, Entry)> =
            names.iter().map(|name| (name.as_str(), Entry::file("x".repeat(3_000)))).collect();
        let items = items(&many);

        let parts = parts(&items);

        assert_eq!(parts.concat(), items);
        for part in parts {
            assert!(part.len() <= MAX_FILES && part.iter().map(Item::length).sum::<usize>() <= MAX_TEXT);
        }
        let huge = [super::tests::items(&[("huge", Entry::file("x".repeat(MAX_TEXT + 1)))])].concat();
        assert_eq!(super::parts(&huge).len(), 1);
    }
}
