//! Whose a folder is, by a `CODEOWNERS` file.
//!
//! Only rules that plainly cover the whole folder count: everything, the folder itself, or one above it. As code hosts
//! do, the last of them decides, also when it names nobody. Patterns of files are passed over, because they own a part.

use crate::TreePath;

/// An owner as an entity names it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Owner {
    /// `payments`, or `user:jane`.
    pub(super) reference: String,
    /// As the file has it.
    pub(super) written: String,
    /// Where.
    pub(super) line: usize,
}

/// The owner of a folder (`None`: the root). A team goes before a person.
pub(super) fn owner_of(text: &str, folder: Option<&TreePath>) -> Option<Owner> {
    let rules = text.lines().enumerate().filter_map(|(at, line)| {
        let line = line.split(" #").next().unwrap_or_default().trim();
        let mut words = line.split_whitespace();
        let pattern = words.next().filter(|word| !word.starts_with('#'))?;
        covers(pattern, folder).then(|| (at + 1, words.collect::<Vec<_>>()))
    });
    let (line, owners) = rules.last()?;
    let found = |reference: fn(&str) -> Option<String>| {
        owners.iter().find_map(|written| {
            Some(Owner { reference: reference(written)?, written: (*written).to_owned(), line })
        })
    };
    found(team).or_else(|| found(user))
}

fn team(written: &str) -> Option<String> {
    let (_, team) = written.strip_prefix('@')?.split_once('/')?;
    // Groups of groups exist on some hosts; the catalog knows the last.
    team.rsplit('/').next().filter(|team| !team.is_empty()).map(str::to_owned)
}

fn user(written: &str) -> Option<String> {
    let user = written.strip_prefix('@').filter(|user| !user.is_empty() && !user.contains('/'))?;
    Some(format!("user:{user}"))
}

fn covers(pattern: &str, folder: Option<&TreePath>) -> bool {
    let pattern = pattern.strip_suffix("/**").unwrap_or(pattern);
    if matches!(pattern, "" | "*" | "**" | "/") {
        return true;
    }
    let Some(folder) = folder else { return false };
    let anchored = pattern.trim_end_matches('/').contains('/');
    let plain = pattern.trim_matches('/');
    if plain.contains(['*', '?', '[', '\\']) {
        return false;
    }
    if anchored {
        folder.as_str() == plain
            || folder.as_str().strip_prefix(plain).is_some_and(|rest| rest.starts_with('/'))
    } else {
        folder.segments().any(|segment| segment == plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(text: &str, folder: &str) -> Option<(String, usize)> {
        let folder = (!folder.is_empty()).then(|| TreePath::parse(folder).unwrap());
        owner_of(text, folder.as_ref()).map(|owner| (owner.reference, owner.line))
    }

    fn some(reference: &str, line: usize) -> Option<(String, usize)> {
        Some((reference.to_owned(), line))
    }

    #[test]
    fn the_last_rule_for_everything_decides_at_the_root() {
        let text = "# who\n* @acme/one\n\n*.md @acme/docs\n/src/ @acme/src\n* @jane @acme/two # now\n/a/* @acme/three\n";

        assert_eq!(owner(text, ""), some("two", 6));
        assert_eq!(owner("/** @acme/one", ""), some("one", 1));
        assert_eq!(owner("*.md @acme/docs\n", ""), None);
    }

    #[test]
    fn a_folder_is_owned_by_a_rule_for_it_or_for_one_above_it() {
        let text =
            "* @acme/all\n/services/ @acme/services\n/services/shop/** @acme/shop\nlegacy/ @acme/old\n";

        assert_eq!(owner(text, "web"), some("all", 1));
        assert_eq!(owner(text, "services/basket"), some("services", 2));
        assert_eq!(owner(text, "services/shop"), some("shop", 3));
        assert_eq!(owner(text, "services/shopping"), some("services", 2));
        assert_eq!(owner(text, "services/shop/legacy/x"), some("old", 4));
    }

    #[test]
    fn a_person_counts_where_no_team_is_named_and_an_address_does_not() {
        assert_eq!(owner("* jane@acme.io @jane", ""), some("user:jane", 1));
        assert_eq!(owner("* jane@acme.io", ""), None);
        assert_eq!(owner("* @acme/one\n*\n", ""), None);
        assert_eq!(owner("* @acme/platform/build", ""), some("build", 1));
    }
}
