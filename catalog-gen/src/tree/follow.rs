//! Where a path leads when links stand on its way.
//!
//! It answers as a file system would and changes nothing. The invariant: because no link of a tree leads out of
//! it, neither does an answer; links that go in a circle are an error, not an endless walk.

use super::{Entry, FileTree, TreeError, TreePath};

/// Links that one path may pass through, as on Linux.
const MOST_LINKS: usize = 40;

/// Which links of a path are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// Those of the folders above: the answer is where an entry of that name would stand.
    Folders,
    /// The path's own too: the answer is where writing to the path would write.
    All,
}

impl FileTree {
    /// The place that a path names once links are followed; `None` is the root. Nothing has to be there.
    pub fn follow(&self, path: &TreePath, links: Follow) -> Result<Option<TreePath>, TreeError> {
        if !self.passes_a_link(path, links) {
            return Ok(Some(path.clone()));
        }
        let mut open: Vec<String> = path.segments().rev().map(str::to_owned).collect();
        let (mut here, mut passed) = (None::<TreePath>, 0);
        while let Some(name) = open.pop() {
            let next = TreePath::resolve(here.as_ref(), &name)?;
            let Some(Entry::Symlink { target }) = next.as_ref().and_then(|next| self.get(next)) else {
                here = next;
                continue;
            };
            if open.is_empty() && links == Follow::Folders {
                return Ok(next);
            }
            passed += 1;
            if passed > MOST_LINKS {
                return Err(TreeError::LinksInACircle { path: path.clone() });
            }
            let aim = TreePath::resolve(here.as_ref(), target)?;
            open.extend(aim.iter().flat_map(|aim| aim.segments().rev()).map(str::to_owned));
            here = None;
        }
        Ok(here)
    }

    fn passes_a_link(&self, path: &TreePath, links: Follow) -> bool {
        let is_link = |path: &str| matches!(self.entries.get(path), Some(Entry::Symlink { .. }));
        (links == Follow::All && is_link(path.as_str()))
            || (!self.has_neighbour(path) && path.ancestors().any(is_link))
    }
}
