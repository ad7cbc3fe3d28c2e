//! The tables of `docs/architecture.md`: the page is what the sources are held to.

use std::collections::{BTreeMap, BTreeSet};

/// Which module stands in which row, and which siblings may know each other.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Rows {
    pub(crate) of: BTreeMap<String, u32>,
    pub(crate) siblings: BTreeSet<(String, String)>,
}

/// A library with the only places that may name it.
#[derive(Debug, PartialEq)]
pub(crate) struct Door {
    /// Beginnings of paths: `axum`, `std::env`, `nunjucks::Environment`.
    pub(crate) names: Vec<String>,
    /// Modules with everything below them; `*` is any one part of a path.
    pub(crate) places: Vec<String>,
}

impl Rows {
    /// The tables under "Rows" and "Siblings".
    pub(crate) fn read(page: &str) -> Self {
        let mut of = BTreeMap::new();
        for cells in table(page, "Rows") {
            let row = cells[0]
                .parse()
                .unwrap_or_else(|_| panic!("`{}` in the table of rows is no number", cells[0]));
            of.extend(words(&cells[1]).into_iter().map(|module| (module, row)));
        }
        let mut siblings = BTreeSet::new();
        for cells in table(page, "Siblings") {
            for from in words(&cells[0]) {
                siblings.extend(words(&cells[1]).into_iter().map(|to| (from.clone(), to)));
            }
        }
        Self { of, siblings }
    }

    pub(crate) fn allow(&self, from: &str, to: &str) -> bool {
        let (Some(own), Some(other)) = (self.of.get(from), self.of.get(to)) else { return false };
        from == to || other < own || self.siblings.contains(&(from.to_owned(), to.to_owned()))
    }
}

/// The table under "Doors".
pub(crate) fn doors(page: &str) -> Vec<Door> {
    table(page, "Doors")
        .into_iter()
        .map(|cells| Door { names: words(&cells[0]), places: words(&cells[1]) })
        .collect()
}

/// The table under "Long files": path below the repository.
pub(crate) fn long_files(page: &str) -> Vec<String> {
    table(page, "Long files").iter().flat_map(|cells| words(&cells[0])).collect()
}

/// The cells of the first table under a heading, without its head; none if the section has no table.
fn table(page: &str, heading: &str) -> Vec<Vec<String>> {
    let is_heading = |line: &str| line.starts_with('#') && line.trim_start_matches('#').trim() == heading;
    let section =
        page.lines().skip_while(|line| !is_heading(line)).skip(1).take_while(|line| !line.starts_with('#'));
    let rows = section.skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells =
        |line: &str| line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    rows.skip(2).map(cells).collect()
}

/// The words in backticks.
fn words(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A\n\n## Rows\n\nWords.\n\n| Row | Modules |\n| --- | --- |\n| 1 | `task` |\n| 0 | `db` `ids` `queue` |\n\n\
                        ### Siblings\n\n| From | To | Why |\n| --- | --- | --- |\n| `queue` `db` | `ids` | x |\n\n## Doors\n\n\
                        | Library | Only in |\n| --- | --- |\n| `sqlx` | `db` `*/store` |\n\n## Long files\n\nNone.\n";

    #[test]
    fn rows_and_siblings_are_read() {
        let rows = Rows::read(PAGE);

        assert_eq!(rows.of["task"], 1);
        assert_eq!(rows.of.len(), 4);
        assert!(rows.allow("task", "db"));
        assert!(rows.allow("queue", "ids"));
        assert!(!rows.allow("queue", "db"));
        assert!(!rows.allow("db", "task"));
        assert!(!rows.allow("task", "unknown"));
    }

    #[test]
    fn doors_are_read() {
        let door =
            Door { names: vec!["sqlx".to_owned()], places: vec!["db".to_owned(), "*/store".to_owned()] };

        assert_eq!(doors(PAGE), [door]);
    }

    #[test]
    fn a_section_without_a_table_names_nothing() {
        assert_eq!(long_files(PAGE), Vec::<String>::new());
    }
}
