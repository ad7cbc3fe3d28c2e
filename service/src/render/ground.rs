//! What a skeleton is rendered onto: a folder of the workspace, and what stands there already.
//!
//! It says for each rendered name whether the entry is written, where links take it, and with which mode, as the
//! stock backend's file system would. It writes nothing. The invariant: an entry is placed below the folder or
//! refused, and what stands there is only ever replaced by its own kind, on request.

use catalog_gen::{Entry, FileTree, Follow, TreeError, TreePath};

/// A folder of a workspace, as it is before anything is rendered onto it. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Ground {
    workspace: FileTree,
    at: Option<TreePath>,
    replace: bool,
}

/// What becomes of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// It is written there, relative to the folder.
    Put {
        /// Where.
        path: TreePath,
        /// The executable bit of the file that it is written over, where that one stays.
        executable: Option<bool>,
    },
    /// What stands there stays.
    Kept,
}

/// How an entry is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// As text: through a link, and into a file that is there, which keeps its mode.
    Text,
    /// As a copy, which takes the place of what is there.
    Copy,
}

impl Ground {
    /// The folder `at` of the workspace (`None`: the workspace itself), which may be reached through links.
    /// Files that are there are replaced, or stay.
    pub fn new(workspace: &FileTree, at: Option<&TreePath>, replace: bool) -> Result<Self, TreeError> {
        let at = match at {
            Some(at) => workspace.follow(at, Follow::All)?,
            None => None,
        };
        Ok(Self { workspace: workspace.clone(), at, replace })
    }

    /// The folder, with links followed.
    pub fn at(&self) -> Option<&TreePath> {
        self.at.as_ref()
    }

    /// What becomes of an entry of that name; the message says why it can be nothing.
    pub fn spot(
        &self,
        path: &TreePath,
        entry: &Entry,
        manner: impl FnOnce() -> Manner,
    ) -> Result<Spot, String> {
        let free = Spot::Put { path: path.clone(), executable: None };
        if self.workspace.is_empty() {
            return Ok(free);
        }
        let full = self.full(path).map_err(|error| error.to_string())?;
        let follow = |links| self.workspace.follow(&full, links).map_err(|error| error.to_string());
        let (here, there) = (follow(Follow::Folders)?, follow(Follow::All)?);
        let (Some(here), Some(there)) = (here, there) else {
            return self.over_folder(path, entry);
        };
        let below = self.below(&there).ok_or_else(|| {
            format!("it renders to `{path}`, and a link in the workspace takes that out of the target folder")
        })?;
        if self.workspace.is_dir(&there) && (here == there || *entry == Entry::Dir || !self.replace) {
            return self.over_folder(path, entry);
        }
        let standing = self.workspace.get(&there);
        if standing.is_some() && !self.replace {
            return Ok(Spot::Kept);
        }
        if *entry == Entry::Dir {
            let taken = standing.is_some() || self.workspace.get(&here).is_some();
            return if taken {
                Err(in_the_way(path, "a folder", "a file"))
            } else {
                Ok(self.put(below, None))
            };
        }
        let is_file = matches!(entry, Entry::File(_));
        if is_file && (standing.is_some() || here != there) && manner() == Manner::Text {
            if self.workspace.is_dir(&there) {
                return self.over_folder(path, entry);
            }
            let executable = self.workspace.file(&there).map(|file| file.executable);
            return Ok(self.put(below, executable));
        }
        let here = self.below(&here).unwrap_or(below);
        Ok(self.put(here, None))
    }

    fn put(&self, path: TreePath, executable: Option<bool>) -> Spot {
        Spot::Put { path, executable }
    }

    /// An entry whose name is a folder's.
    fn over_folder(&self, path: &TreePath, entry: &Entry) -> Result<Spot, String> {
        if *entry == Entry::Dir || !self.replace {
            return Ok(Spot::Kept);
        }
        Err(in_the_way(path, "a file", "a folder"))
    }

    fn full(&self, path: &TreePath) -> Result<TreePath, TreeError> {
        Ok(match &self.at {
            Some(at) => at.join_path(path)?,
            None => path.clone(),
        })
    }

    fn below(&self, full: &TreePath) -> Option<TreePath> {
        match &self.at {
            Some(at) => full.strip_prefix(at),
            None => Some(full.clone()),
        }
    }
}

fn in_the_way(path: &TreePath, wanted: &str, found: &str) -> String {
    format!(
        "it renders to `{path}` and is {wanted}, but the workspace has {found} there; rename one, or delete what \
         is there first"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalog_gen::File;

    fn path(text: &str) -> TreePath {
        TreePath::parse(text).unwrap()
    }

    fn workspace() -> FileTree {
        let mut tree = FileTree::new();
        tree.insert(path("file"), Entry::file("old")).unwrap();
        tree.insert(path("run"), Entry::File(File { executable: true, ..File::new("old") })).unwrap();
        tree.insert(path("folder/x"), Entry::file("old")).unwrap();
        tree.insert(path("empty"), Entry::Dir).unwrap();
        for (link, target) in [("to-file", "run"), ("to-folder", "folder"), ("to-nothing", "new")] {
            tree.insert(path(link), Entry::Symlink { target: target.to_owned() }).unwrap();
        }
        tree
    }

    fn spot(replace: bool, name: &str, entry: &Entry, manner: Manner) -> Result<Spot, String> {
        Ground::new(&workspace(), None, replace).unwrap().spot(&path(name), entry, || manner)
    }

    fn put(at: &str, executable: Option<bool>) -> Result<Spot, String> {
        Ok(Spot::Put { path: path(at), executable })
    }

    #[test]
    fn what_stands_there_stays_unless_it_is_to_be_replaced() {
        let new = Entry::file("new");
        for name in ["file", "run", "folder", "empty", "folder/x", "to-file", "to-folder", "to-folder/x"] {
            assert_eq!(spot(false, name, &new, Manner::Text), Ok(Spot::Kept), "{name}");
        }
        assert_eq!(spot(false, "other", &new, Manner::Text), put("other", None));
        assert_eq!(spot(false, "to-folder/y", &new, Manner::Text), put("folder/y", None));
    }

    #[test]
    fn text_is_written_through_links_and_keeps_the_mode_that_was_there() {
        let new = Entry::file("new");
        assert_eq!(spot(true, "file", &new, Manner::Text), put("file", Some(false)));
        assert_eq!(spot(true, "run", &new, Manner::Text), put("run", Some(true)));
        assert_eq!(spot(true, "to-file", &new, Manner::Text), put("run", Some(true)));
        assert_eq!(spot(false, "to-nothing", &new, Manner::Text), put("new", None));
    }

    #[test]
    fn a_copy_takes_the_place_of_a_link() {
        let new = Entry::file("new");
        assert_eq!(spot(true, "run", &new, Manner::Copy), put("run", None));
        for name in ["to-file", "to-folder", "to-nothing"] {
            assert_eq!(spot(true, name, &new, Manner::Copy), put(name, None), "{name}");
        }
    }

    #[test]
    fn a_file_never_takes_the_place_of_a_folder_nor_a_folder_that_of_a_file() {
        for name in ["folder", "empty"] {
            for manner in [Manner::Text, Manner::Copy] {
                assert!(
                    spot(true, name, &Entry::file(""), manner).unwrap_err().contains("has a folder there")
                );
            }
            assert_eq!(spot(true, name, &Entry::Dir, Manner::Copy), Ok(Spot::Kept));
        }
        assert!(spot(true, "to-folder", &Entry::file(""), Manner::Text).is_err());
        assert!(spot(true, "file", &Entry::Dir, Manner::Copy).unwrap_err().contains("has a file there"));
        assert_eq!(spot(false, "file", &Entry::Dir, Manner::Copy), Ok(Spot::Kept));
    }

    #[test]
    fn a_link_does_not_lead_out_of_the_target_folder() {
        let mut tree = workspace();
        tree.insert(path("folder/up"), Entry::Symlink { target: "../empty".to_owned() }).unwrap();
        let ground = Ground::new(&tree, Some(&path("to-folder")), false).unwrap();

        assert_eq!(ground.at(), Some(&path("folder")));
        assert_eq!(ground.spot(&path("new"), &Entry::file(""), || Manner::Text), put("new", None));
        let error = ground.spot(&path("up/x"), &Entry::file(""), || Manner::Text).unwrap_err();
        assert!(error.contains("out of the target folder"), "{error}");
    }
}
