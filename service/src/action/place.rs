//! Places in the workspace, as inputs name them.
//!
//! Turns a path of an input into a [`TreePath`] or says which input leads where it must not. It never looks at
//! what is there.

use catalog_gen::{PathError, TreePath};

use super::ActionError;

/// The place that the input `name` names with `text`; `None` is the workspace itself.
pub(crate) fn place(name: &str, text: &str) -> Result<Option<TreePath>, ActionError> {
    TreePath::resolve(None, text).map_err(|error| refused(name, &error))
}

/// The same for an input that has to name something inside the workspace.
pub(crate) fn place_inside(name: &str, text: &str) -> Result<TreePath, ActionError> {
    place(name, text)?.ok_or_else(|| {
        ActionError::Input(format!(
            "`{name}` names the workspace itself; name a file or folder in it, for example `README.md`"
        ))
    })
}

/// How a message names a place.
pub(crate) fn shown(place: Option<&TreePath>) -> String {
    place.map_or_else(|| "the workspace".to_owned(), |path| format!("`{path}`"))
}

fn refused(name: &str, error: &PathError) -> ActionError {
    let message = format!("`{name}`: {error}");
    match error {
        PathError::ParentSegment(_) | PathError::Absolute(_) | PathError::GitMetadata(_) => {
            ActionError::NotAllowed(message)
        }
        _ => ActionError::Input(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_outside_the_workspace_is_not_allowed() {
        for text in ["../x", "a/../../x", "/etc/passwd", ".git/config"] {
            let error = place("targetPath", text).unwrap_err();

            assert!(
                matches!(&error, ActionError::NotAllowed(message) if message.starts_with("`targetPath`: ")),
                "{text}"
            );
        }
    }

    #[test]
    fn dots_and_doubled_slashes_are_folded() {
        assert_eq!(place("targetPath", "./").unwrap(), None);
        assert_eq!(place("targetPath", "a//b/../c/").unwrap().unwrap().as_str(), "a/c");
    }
}
