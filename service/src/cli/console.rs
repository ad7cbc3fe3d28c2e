//! Printing for people: marks, durations, trees of names.

use std::time::Duration;

use catalog_gen::{Entry, FileTree, TreePath};

/// A duration as people say it.
pub(super) fn duration(time: Duration) -> String {
    match time.as_millis() {
        0 => "<1 ms".to_owned(),
        ms @ 1..1000 => format!("{ms} ms"),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

/// How many files there are, and how large they are together.
pub(super) fn size(tree: &FileTree) -> String {
    let files = tree.iter().filter(|(_, entry)| **entry != Entry::Dir).count();
    let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
    format!("{files}, {}", bytes(tree.total_bytes()))
}

fn bytes(bytes: u64) -> String {
    let tenths = |unit: u64| (bytes.saturating_mul(10) + unit / 2) / unit;
    let (tenths, unit) = match bytes {
        1 => return "1 byte".to_owned(),
        0..1_000 => return format!("{bytes} bytes"),
        1_000..1_000_000 => (tenths(1_000), "kB"),
        _ => (tenths(1_000_000), "MB"),
    };
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
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
    fn durations_are_whole_milliseconds_until_a_second() {
        let said = [900, 1_000, 999_999, 1_250_000].map(|us| duration(Duration::from_micros(us)));

        assert_eq!(said, ["<1 ms", "1 ms", "999 ms", "1.2 s"]);
    }

    #[test]
    fn sizes_are_said_in_one_unit() {
        assert_eq!(
            [1, 999, 1_000, 38_364, 1_250_000].map(bytes),
            ["1 byte", "999 bytes", "1.0 kB", "38.4 kB", "1.3 MB"]
        );
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
