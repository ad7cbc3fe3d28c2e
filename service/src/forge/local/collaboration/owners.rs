//! What is wrong with a file CODEOWNERS, as far as its text alone tells.
//!
//! Nobody here knows users and teams, so whether an owner is there is not asked.

use catalog_gen::{FileTree, TreePath};

/// Where GitHub looks for the file, in this order.
const PLACES: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// Its faults, one line each; `None` where there is no such file.
pub(super) fn faults(tree: &FileTree) -> Option<Vec<String>> {
    let (path, text) = PLACES.iter().find_map(|place| {
        let path = TreePath::parse(place).ok()?;
        Some((*place, tree.file(&path)?.text().unwrap_or_default().to_owned()))
    })?;
    let lines = text.lines().enumerate();
    let faults = lines.flat_map(|(index, line)| {
        line_faults(line).into_iter().map(move |fault| format!("`{path}` line {}: {fault}", index + 1))
    });
    Some(faults.collect())
}

fn line_faults(line: &str) -> Vec<String> {
    let line = line.split_once('#').map_or(line, |(before, _)| before);
    let mut words = line.split_whitespace();
    let Some(pattern) = words.next() else { return Vec::new() };
    let mut faults = Vec::new();
    if pattern.starts_with('!') || pattern.contains(['[', ']']) {
        faults.push(format!("the pattern `{pattern}` is none that GitHub takes: no `!`, `[` and `]`"));
    }
    for owner in words.filter(|owner| !is_owner(owner)) {
        faults
            .push(format!("`{owner}` is no owner; write `@user`, `@organisation/team` or an e-mail address"));
    }
    faults
}

fn is_owner(text: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    match text.strip_prefix('@') {
        Some(name) => match name.split_once('/') {
            Some((organisation, team)) => is_name(organisation) && is_name(team),
            None => is_name(name),
        },
        None => text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.')),
    }
}

#[cfg(test)]
mod tests {
    use catalog_gen::Entry;

    use super::*;

    fn of(path: &str, text: &str) -> Option<Vec<String>> {
        let mut tree = FileTree::new();
        tree.insert(TreePath::parse(path).unwrap(), Entry::file(text.to_owned())).unwrap();
        faults(&tree)
    }

    #[test]
    fn a_file_that_says_what_it_means_has_no_faults() {
        let text = "# owners\n* @acme/platform jane@acme.io\n\n/docs/ @jane # writes\n/free/\n";

        assert_eq!(of("docs/CODEOWNERS", text), Some(Vec::new()));
    }

    #[test]
    fn each_fault_has_its_line() {
        let faults = of(".github/CODEOWNERS", "* @acme/platform\n!x jane\n").unwrap();

        assert_eq!(faults.len(), 2);
        assert!(faults[0].starts_with("`.github/CODEOWNERS` line 2: the pattern `!x`"), "{faults:?}");
        assert!(faults[1].starts_with("`.github/CODEOWNERS` line 2: `jane` is no owner"), "{faults:?}");
    }

    #[test]
    fn a_tree_may_have_no_such_file() {
        assert_eq!(of("README.md", "x"), None);
    }
}
