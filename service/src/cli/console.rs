//! Printing for people: marks, durations, trees of names.

use std::time::Duration;

use catalog_gen::{FileTree, TreePath};

/// A duration as people say it.
pub(super) fn duration(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms < 10.0 {
        format!("{ms:.1} ms")
    } else if ms < 1000.0 {
        format!("{ms:.0} ms")
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

/// Takes terminal colours out of a line that was made for Backstage's page.
pub(super) fn without_colours(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        out.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    out
}

/// The names in a tree, drawn as a tree.
pub(super) fn draw(tree: &FileTree) -> String {
    let mut out = String::new();
    draw_folder(tree, None, "", &mut out);
    out
}

fn draw_folder(tree: &FileTree, folder: Option<&TreePath>, indent: &str, out: &mut String) {
    let children = tree.children(folder);
    for (index, child) in children.iter().enumerate() {
        let last = index + 1 == children.len();
        let (branch, below) = if last { ("└── ", "    ") } else { ("├── ", "│   ") };
        let slash = if tree.is_dir(child) { "/" } else { "" };
        out.push_str(&format!("{indent}{branch}{}{slash}\n", child.file_name()));
        if tree.is_dir(child) {
            draw_folder(tree, Some(child), &format!("{indent}{below}"), out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_taken_out() {
        assert_eq!(without_colours("\u{1b}[33mwarn\u{1b}[39m: no"), "warn: no");
    }

    #[test]
    fn a_tree_is_drawn_with_its_folders() {
        let mut tree = FileTree::new();
        for path in ["src/main.rs", "Cargo.toml"] {
            tree.insert(TreePath::parse(path).unwrap(), catalog_gen::Entry::file("x")).unwrap();
        }

        assert_eq!(draw(&tree), "├── Cargo.toml\n└── src/\n    └── main.rs\n");
    }
}
