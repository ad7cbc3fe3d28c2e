//! The files of the workspace, as the actions of this family use them, and the actions on files alone.
//!
//! A file is read as text; bytes that are no text are an error that says so. A file that is written keeps its
//! executable bit, and stays hidden from logs when something in it stems from a secret.

mod append;
mod parse;
mod replace;
mod write;

use catalog_gen::{Entry, File, FileTree, TreePath};

pub(crate) use append::Append;
pub(crate) use parse::Parse;
pub(crate) use replace::Replace;
pub(crate) use write::Write;

use crate::action::ActionError;
use crate::action::place::place_inside;

/// A file of the workspace that was found, with what it holds.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) path: TreePath,
    pub(super) text: String,
    pub(super) sensitive: bool,
}

/// The file that the input `path` names.
pub(super) fn file(tree: &FileTree, path: &str) -> Result<Found, ActionError> {
    let path = place_inside("path", path)?;
    match existing(tree, &path)? {
        Some(found) => Ok(found),
        None => Err(ActionError::NotFound(format!(
            "there is no file `{path}` in the workspace; check the spelling, and that an earlier step makes it"
        ))),
    }
}

/// The file at a place; nothing if nothing is there.
pub(super) fn existing(tree: &FileTree, path: &TreePath) -> Result<Option<Found>, ActionError> {
    if tree.is_dir(path) {
        return Err(ActionError::Input(format!("`{path}` is a folder; name a file in it")));
    }
    let Some(entry) = tree.get(path) else { return Ok(None) };
    let Entry::File(file) = entry else {
        return Err(ActionError::Input(format!("`{path}` is a link; name the file that it leads to")));
    };
    let Some(text) = file.text() else {
        return Err(ActionError::Input(format!(
            "`{path}` is not text in UTF-8; only such files are read here"
        )));
    };
    Ok(Some(Found { path: path.clone(), text: text.to_owned(), sensitive: file.sensitive }))
}

/// Writes a file; one that was there keeps its mode.
pub(super) fn put(
    tree: &mut FileTree,
    path: &TreePath,
    text: String,
    sensitive: bool,
) -> Result<(), ActionError> {
    if tree.is_dir(path) {
        return Err(ActionError::Conflict(format!("`{path}` is a folder; give the file another name")));
    }
    let before = tree.file(path);
    let executable = before.is_some_and(|file| file.executable);
    let file = File { executable, sensitive, ..File::new(text) };
    tree.insert(path.clone(), Entry::File(file))?;
    Ok(())
}

/// An error unless the folder of a file is there: these actions make files, not folders.
pub(super) fn in_a_folder(tree: &FileTree, path: &TreePath) -> Result<(), ActionError> {
    match path.parent() {
        Some(folder) if !tree.is_dir(&folder) => Err(ActionError::NotFound(format!(
            "there is no folder `{folder}` in the workspace; write `{path}` with `roadiehq:utils:fs:write`, which \
             makes the folders too"
        ))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> FileTree {
        let mut tree = FileTree::new();
        let mut insert =
            |path: &str, entry: Entry| tree.insert(TreePath::parse(path).unwrap(), entry).unwrap();
        insert("a/text", Entry::File(File { executable: true, ..File::new("x") }));
        insert("bytes", Entry::file(vec![0xff]));
        insert("link", Entry::Symlink { target: "bytes".to_owned() });
        tree
    }

    #[test]
    fn only_text_files_are_read() {
        let tree = tree();

        assert_eq!(file(&tree, "./a/text").unwrap().text, "x");
        assert!(matches!(file(&tree, "none"), Err(ActionError::NotFound(_))));
        assert!(matches!(file(&tree, "../x"), Err(ActionError::NotAllowed(_))));
        for other in ["a", "bytes", "link"] {
            assert!(matches!(file(&tree, other), Err(ActionError::Input(_))), "{other}");
        }
    }

    #[test]
    fn a_file_that_is_written_again_keeps_its_mode() {
        let mut tree = tree();
        let path = TreePath::parse("a/text").unwrap();

        put(&mut tree, &path, "y".to_owned(), true).unwrap();

        let file = tree.file(&path).unwrap();
        assert!(file.executable && file.sensitive && file.text() == Some("y"));
        assert!(matches!(
            put(&mut tree, &TreePath::parse("a").unwrap(), String::new(), false),
            Err(ActionError::Conflict(_))
        ));
    }

    #[test]
    fn a_missing_folder_is_told() {
        let tree = tree();

        assert!(in_a_folder(&tree, &TreePath::parse("top").unwrap()).is_ok());
        assert!(in_a_folder(&tree, &TreePath::parse("a/x").unwrap()).is_ok());
        assert!(in_a_folder(&tree, &TreePath::parse("b/x").unwrap()).is_err());
    }
}
