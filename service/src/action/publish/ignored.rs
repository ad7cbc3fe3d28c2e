//! What the `.gitignore` files of a tree leave out of it.
//!
//! Git's rules, over a tree in memory: a file in a folder decides for what lies below, the deeper and the later
//! pattern wins, and nothing in a folder that is left out comes back in.

use catalog_gen::{Entry, FileTree, TreePath};
use ignore::gitignore::{Gitignore, GitignoreBuilder};

const NAME: &str = ".gitignore";

/// The tree without what is ignored, and the files and folders that were left out.
pub(super) fn without_ignored(tree: &FileTree) -> (FileTree, Vec<TreePath>) {
    let (mut kept, mut left_out) = (tree.clone(), Vec::new());
    if tree.iter().any(|(path, _)| path.file_name() == NAME) {
        let mut walk = Walk { tree, rules: Vec::new(), left_out: &mut left_out };
        walk.folder(None);
    }
    for path in &left_out {
        kept.remove_all(path);
    }
    (kept, left_out)
}

struct Walk<'a> {
    tree: &'a FileTree,
    /// The rules of the folders down to here, the outermost first.
    rules: Vec<(Option<TreePath>, Gitignore)>,
    left_out: &'a mut Vec<TreePath>,
}

impl Walk<'_> {
    fn folder(&mut self, folder: Option<&TreePath>) {
        let children = self.tree.children(folder);
        let own =
            children.iter().find(|child| child.file_name() == NAME).and_then(|path| self.tree.file(path));
        let rules = own.map(|file| parse(&String::from_utf8_lossy(&file.bytes)));
        let has_rules = rules.is_some();
        self.rules.extend(rules.map(|rules| (folder.cloned(), rules)));
        for child in children {
            let is_folder = self.tree.is_dir(&child);
            if self.is_ignored(&child, is_folder) {
                self.left_out.push(child);
            } else if is_folder && self.tree.get(&child) != Some(&Entry::Dir) {
                self.folder(Some(&child));
            }
        }
        if has_rules {
            self.rules.pop();
        }
    }

    fn is_ignored(&self, path: &TreePath, is_folder: bool) -> bool {
        for (folder, rules) in self.rules.iter().rev() {
            let below = match folder {
                Some(folder) => path.strip_prefix(folder),
                None => Some(path.clone()),
            };
            let Some(below) = below else { continue };
            let matched = rules.matched(below.as_str(), is_folder);
            if !matched.is_none() {
                return matched.is_ignore();
            }
        }
        false
    }
}

fn parse(text: &str) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for line in text.trim_start_matches('\u{feff}').lines() {
        // As in git, a line that is no pattern matches nothing.
        let _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let mut tree = FileTree::new();
        for (path, text) in files {
            tree.insert(TreePath::parse(path).unwrap(), Entry::file((*text).to_owned())).unwrap();
        }
        let (kept, left_out) = without_ignored(&tree);
        let kept = kept.iter().map(|(path, _)| path.to_string()).collect();
        (kept, left_out.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_folder_is_left_out_whole() {
        let (kept, left_out) = split(&[
            (".gitignore", "target/\n*.log\n"),
            ("src/a.log", ""),
            ("src/main.rs", ""),
            ("target/x/y", ""),
        ]);

        assert_eq!(kept, [".gitignore", "src/main.rs"]);
        assert_eq!(left_out, ["src/a.log", "target"]);
    }

    #[test]
    fn a_later_pattern_brings_a_file_back_but_not_from_a_folder_that_is_left_out() {
        let (kept, _) = split(&[
            (".gitignore", "*.env\n!keep.env\nout/\n!out/keep.env\n"),
            ("a.env", ""),
            ("keep.env", ""),
            ("out/keep.env", ""),
        ]);

        assert_eq!(kept, [".gitignore", "keep.env"]);
    }

    #[test]
    fn a_pattern_with_a_slash_is_anchored_to_its_folder() {
        let (kept, left_out) = split(&[
            (".gitignore", "/build\n"),
            ("build/a", ""),
            ("sub/.gitignore", "/local.txt\n!*.log\n"),
            ("sub/build/a", ""),
            ("sub/deep/local.txt", ""),
            ("sub/local.txt", ""),
        ]);

        assert_eq!(kept, [".gitignore", "sub/.gitignore", "sub/build/a", "sub/deep/local.txt"]);
        assert_eq!(left_out, ["build", "sub/local.txt"]);
    }

    #[test]
    fn the_rules_of_a_folder_end_with_it() {
        let (kept, _) = split(&[("a/.gitignore", "x\n"), ("a/x", ""), ("b/x", "")]);

        assert_eq!(kept, ["a/.gitignore", "b/x"]);
    }

    #[test]
    fn without_rules_nothing_is_left_out() {
        let (kept, left_out) = split(&[("a", ""), ("b/c", "")]);

        assert_eq!(kept, ["a", "b/c"]);
        assert!(left_out.is_empty());
    }
}
