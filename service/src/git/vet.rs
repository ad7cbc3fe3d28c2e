//! What is not put into a commit: names and files with which a repository turns on those who clone it.
//!
//! A path that is not safe is no [`TreePath`], and a link that leads out is in no tree; here
//! is what only git makes dangerous. Names that are merely awkward (`CON`, twins that differ in case, a colon) are
//! files like others: they are never files of a disk here, and many repositories hold such. The invariant: what
//! passes is taken by a server that checks what it is sent (`receive.fsckObjects`), and is refused before any call.

mod submodules;

use catalog_gen::{Entry, FileTree, TreePath};

use super::error::GitError;

/// What hosts take as a branch's name, in bytes.
const MAX_BRANCH: usize = 244;
const SUBMODULES: &str = ".gitmodules";

/// Is this a name for a branch?
pub(super) fn branch(name: &str) -> Result<(), GitError> {
    let shown: String = name.chars().take(80).flat_map(char::escape_debug).collect();
    if !git2::Branch::name_is_valid(name).unwrap_or(false) {
        return Err(GitError::Invalid(format!("`{shown}` is not a branch name that git takes")));
    }
    if name.len() > MAX_BRANCH {
        return Err(GitError::Invalid(format!(
            "the branch name `{shown}…` is too long; at most {MAX_BRANCH} bytes are allowed"
        )));
    }
    if super::read::full_id(name).is_some() {
        return Err(GitError::Invalid(format!(
            "the branch name `{shown}` reads as the id of a commit; choose another"
        )));
    }
    Ok(())
}

/// May these files be committed?
pub(super) fn files(tree: &FileTree) -> Result<(), GitError> {
    for (path, entry) in tree.iter() {
        let last = path.segments().count();
        for (number, name) in path.segments().enumerate() {
            if !is_submodules(name) {
                continue;
            }
            let file = match entry {
                Entry::File(file) if name == SUBMODULES && number + 1 == last => file,
                _ => return Err(disguised(path)),
            };
            submodules::check(&file.bytes).map_err(|fault| {
                GitError::Invalid(format!("`{path}` {fault}; git refuses such a file, so remove that"))
            })?;
        }
    }
    Ok(())
}

/// Would some file system take this name for `.gitmodules`?
fn is_submodules(name: &str) -> bool {
    // The short names that NTFS may give to it: the first four, and those with a hash.
    let is_short = |name: &str| {
        let tail = name.strip_prefix("gitmod~").filter(|tail| matches!(*tail, "1" | "2" | "3" | "4"));
        tail.or_else(|| name.strip_prefix("gi7eba~"))
            .is_some_and(|tail| !tail.is_empty() && tail.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if name.is_ascii() && !name.starts_with(['.', 'g', 'G']) {
        return false;
    }
    let plain = TreePath::plain_name(name);
    plain == SUBMODULES || is_short(&plain)
}

fn disguised(path: &TreePath) -> GitError {
    GitError::Invalid(format!(
        "`{}` stands for `{SUBMODULES}` without being that file; git refuses it, so choose another name",
        path.as_str().escape_debug()
    ))
}

#[cfg(test)]
mod tests;
