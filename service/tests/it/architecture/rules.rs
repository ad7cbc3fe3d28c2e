//! The rules themselves: each takes sources and gives the faults it finds, as lines for people.

use std::collections::BTreeSet;

use super::page::{Door, Rows};
use super::source::{SourceFile, bare};

/// Production lines that a file may have.
pub(crate) const LONGEST_FILE: usize = 450;

/// What must not stand in production code: it stops the process, or hides a lint.
const BANNED: [&str; 8] =
    [".unwrap()", ".expect(", "panic!", "todo!", "unimplemented!", "unreachable!", "#[allow(", "#![allow("];

/// A module uses rows below its own, and siblings only where the page says so.
pub(crate) fn rows(file: &SourceFile, rows: &Rows) -> Vec<String> {
    // `lib.rs` only declares.
    if file.place() == "lib" {
        return Vec::new();
    }
    let used: BTreeSet<String> = used_modules(file, rows);
    let faults = used.into_iter().filter(|to| !rows.allow(file.module(), to));
    faults.map(|to| format!("{}: `{}` must not know `{to}`", file.path, file.module())).collect()
}

/// The top modules that a file names, tests included.
fn used_modules(file: &SourceFile, rows: &Rows) -> BTreeSet<String> {
    let paths = file.all_paths().into_iter().chain(file.production_paths());
    paths
        .filter(|path| matches!(path[0].as_str(), "crate" | "stagecraft"))
        .filter_map(|path| path.into_iter().nth(1))
        .filter(|module| rows.of.contains_key(module))
        .collect()
}

/// Every top module has a row, and every module of a row is there.
pub(crate) fn every_module_has_a_row(files: &[SourceFile], rows: &Rows) -> Vec<String> {
    let there: BTreeSet<&str> =
        files.iter().map(SourceFile::module).filter(|module| *module != "lib").collect();
    let listed: BTreeSet<&str> = rows.of.keys().map(String::as_str).collect();
    let missing = there.difference(&listed).map(|module| format!("module `{module}` stands in no row"));
    missing
        .chain(
            listed.difference(&there).map(|module| format!("the row names `{module}`, which is not there")),
        )
        .collect()
}

/// No two top modules know each other.
pub(crate) fn two_way(files: &[SourceFile], rows: &Rows) -> Vec<String> {
    let uses: BTreeSet<(String, String)> = files
        .iter()
        .filter(|file| file.place() != "lib")
        .flat_map(|file| used_modules(file, rows).into_iter().map(|to| (file.module().to_owned(), to)))
        .collect();
    let pairs = uses.iter().filter(|(from, to)| from < to && uses.contains(&(to.clone(), from.clone())));
    pairs.map(|(from, to)| format!("`{from}` and `{to}` know each other")).collect()
}

/// A library is named by the modules behind its door alone.
pub(crate) fn doors(file: &SourceFile, doors: &[Door]) -> Vec<String> {
    let paths = file.production_paths();
    let mut faults = BTreeSet::new();
    for door in doors.iter().filter(|door| !door.places.iter().any(|place| lies_in(file.place(), place))) {
        for name in &door.names {
            let parts: Vec<&str> = name.split("::").collect();
            if paths
                .iter()
                .any(|path| path.len() >= parts.len() && path.iter().zip(&parts).all(|(a, b)| a == b))
            {
                faults.insert(format!("{}: `{name}` belongs to {}", file.path, door.places.join(", ")));
            }
        }
    }
    faults.into_iter().collect()
}

/// Is `place` the module `wanted`, or below it?
fn lies_in(place: &str, wanted: &str) -> bool {
    let (mut parts, mut wanted) = (place.split('/'), wanted.split('/'));
    wanted.all(|part| parts.next().is_some_and(|own| part == "*" || part == own))
}

/// Files are short; those that the page excuses are indeed long.
pub(crate) fn budget(files: &[SourceFile], excused: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        let lines = file.production().trim_end().lines().count();
        match (lines > LONGEST_FILE, excused.contains(&file.path)) {
            (true, false) => faults.push(format!(
                "{}: {lines} production lines; split it, {LONGEST_FILE} is the limit",
                file.path
            )),
            (false, true) => faults
                .push(format!("{}: {lines} production lines need no excuse on the page any more", file.path)),
            _ => {}
        }
    }
    let gone = excused.iter().filter(|path| !files.iter().any(|file| file.path == **path));
    faults.extend(gone.map(|path| format!("{path}: excused on the page, but not there")));
    faults
}

/// A file opens with what it is for, and modules are `name.rs`.
pub(crate) fn form(file: &SourceFile) -> Vec<String> {
    let mut faults = Vec::new();
    if !file.is_test() && !file.text.starts_with("//! ") {
        faults.push(format!("{}: opens without `//!`; say what it is for", file.path));
    }
    if file.path.rsplit('/').next() == Some("mod.rs") {
        faults.push(format!("{}: modules are `name.rs`", file.path));
    }
    faults
}

/// Nothing in production stops the process or hides a lint, and nothing in it knows of tests.
pub(crate) fn production(file: &SourceFile) -> Vec<String> {
    let code = bare(&file.production());
    let mut faults = Vec::new();
    for (number, line) in (1..).zip(code.lines()) {
        let banned =
            BANNED.iter().filter(|word| holds(line, word)).map(|word| format!("`{word}` in production code"));
        let seam = line.contains("cfg(test)") || line.contains("not(test)");
        let seam = seam.then(|| "`cfg(test)` belongs to `mod tests` at the end of the file alone".to_owned());
        faults.extend(banned.chain(seam).map(|fault| format!("{}:{number}: {fault}", file.path)));
    }
    faults
}

/// Does the line hold the word, and not as the end of a longer one?
fn holds(line: &str, word: &str) -> bool {
    let begins_in_word = |at: usize| line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| word.starts_with(['.', '#']) || !begins_in_word(at))
}

/// A crate that is to stand on its own names no crate of ours and no path.
pub(crate) fn stands_alone(manifest: &str, own_crates: &[&str]) -> Vec<String> {
    let mut section = "";
    let mut faults = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line;
        }
        let dependency = section.ends_with("dependencies]") || section.contains("dependencies.");
        let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
        let in_heading = own_crates
            .iter()
            .any(|own| line.starts_with('[') && line.ends_with(&format!("dependencies.{own}]")));
        if dependency && (own_crates.contains(&name) || in_heading || line.contains("path =")) {
            faults.push(format!("depends on `{line}`"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn house() -> Rows {
        let of = [("db", 0), ("queue", 0), ("task", 1), ("http", 2)];
        Rows {
            of: of.into_iter().map(|(module, row)| (module.to_owned(), row)).collect(),
            siblings: [("queue".to_owned(), "db".to_owned())].into(),
        }
    }

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile::new(path, text)
    }

    #[test]
    fn a_use_of_a_higher_row_is_a_fault() {
        let found = rows(&file("task/store.rs", "use crate::{db::Db, http};"), &house());

        assert_eq!(found, ["task/store.rs: `task` must not know `http`"]);
    }

    #[test]
    fn a_use_of_a_higher_row_by_way_of_the_parent_is_a_fault() {
        assert_eq!(rows(&file("task/store.rs", "use super::super::http::router;"), &house()).len(), 1);
    }

    #[test]
    fn a_use_of_a_sibling_needs_an_exception() {
        assert_eq!(rows(&file("queue.rs", "use crate::db::Db;"), &house()), Vec::<String>::new());
        assert_eq!(rows(&file("db.rs", "fn f(x: crate::queue::Queue) {}"), &house()).len(), 1);
    }

    #[test]
    fn two_modules_that_know_each_other_are_a_fault() {
        let files = [file("task.rs", "use crate::db::Db;"), file("db/a.rs", "use crate::task::Task;")];

        assert_eq!(two_way(&files, &house()), ["`db` and `task` know each other"]);
        assert_eq!(two_way(&files[..1], &house()), Vec::<String>::new());
    }

    #[test]
    fn a_module_without_a_row_is_a_fault_and_so_is_a_row_without_a_module() {
        let files = ["db.rs", "queue.rs", "task/a.rs", "extra.rs", "lib.rs"].map(|path| file(path, ""));

        let found = every_module_has_a_row(&files, &house());

        assert_eq!(found, ["module `extra` stands in no row", "the row names `http`, which is not there"]);
    }

    #[test]
    fn a_library_outside_of_its_door_is_a_fault() {
        let door = |names: &[&str], places: &[&str]| Door {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            places: places.iter().map(|place| (*place).to_owned()).collect(),
        };
        let all = [door(&["sqlx"], &["db", "*/store"]), door(&["std::env"], &["config"])];

        for (path, text, faults) in [
            ("task/run.rs", "use sqlx::Row;", 1),
            ("task/store.rs", "use sqlx::Row;", 0),
            ("task/store/changes.rs", "use sqlx::Row;", 0),
            ("db/error.rs", "fn f(e: sqlx::Error) {}", 0),
            ("dbx.rs", "fn f(e: sqlx::Error) {}", 1),
            ("task/run.rs", "use std::{env, fs};", 1),
            ("task/run.rs", "use std::fs;\nfn f() { my::sqlx::x() }", 0),
            ("task/run.rs", "fn f() {}\n\n#[cfg(test)]\nmod tests { use sqlx::Row; }", 0),
        ] {
            assert_eq!(doors(&file(path, text), &all).len(), faults, "{path}: {text}");
        }
    }

    #[test]
    fn a_long_file_is_a_fault_unless_excused() {
        let long = file("a.rs", &"x\n".repeat(LONGEST_FILE + 1));
        let short = file(
            "b.rs",
            &format!("{}\n#[cfg(test)]\nmod tests {{\n{}", "x\n".repeat(LONGEST_FILE), "y\n".repeat(99)),
        );

        assert_eq!(budget(&[long, short], &[]).len(), 1);
        let long = file("a.rs", &"x\n".repeat(LONGEST_FILE + 1));
        assert_eq!(budget(&[long], &["a.rs".to_owned()]), Vec::<String>::new());
    }

    #[test]
    fn an_excuse_that_nothing_needs_is_a_fault() {
        let excused = ["a.rs".to_owned(), "gone.rs".to_owned()];

        assert_eq!(budget(&[file("a.rs", "x\n")], &excused).len(), 2);
    }

    #[test]
    fn a_file_without_a_heading_is_a_fault() {
        assert_eq!(form(&file("a.rs", "use x::y;")).len(), 1);
        assert_eq!(form(&file("a.rs", "//! What it is for.\n")), Vec::<String>::new());
        assert_eq!(form(&file("a/tests.rs", "use super::*;")), Vec::<String>::new());
    }

    #[test]
    fn mod_rs_is_a_fault() {
        assert_eq!(form(&file("a/mod.rs", "//! What it is for.\n")).len(), 1);
    }

    #[test]
    fn what_stops_the_process_or_hides_a_lint_is_a_fault() {
        for line in [
            "x.unwrap()",
            "x.expect(\"y\")",
            "panic!(\"y\")",
            "todo!()",
            "unimplemented!()",
            "unreachable!()",
            "#[allow(dead_code)]",
        ] {
            assert_eq!(production(&file("a.rs", line)).len(), 1, "{line}");
            let tested = format!("fn f() {{}}\n\n#[cfg(test)]\nmod tests {{ {line} }}\n");
            assert_eq!(production(&file("a.rs", &tested)), Vec::<String>::new(), "{line}");
        }
        for line in [
            "x.unwrap_or(y)",
            "// x.unwrap()",
            "#[expect(dead_code, reason = \"x\")]",
            "dont_panic!()",
            "let x = \"panic!\";",
        ] {
            assert_eq!(production(&file("a.rs", line)), Vec::<String>::new(), "{line}");
        }
    }

    #[test]
    fn a_seam_for_tests_is_a_fault() {
        assert_eq!(production(&file("a.rs", "fn f() {\n    #[cfg(test)]\n    g();\n}\n")).len(), 1);
        assert_eq!(production(&file("a.rs", "#[cfg(not(test))]\nfn g() {}\n")).len(), 1);
    }

    #[test]
    fn a_crate_that_names_one_of_ours_does_not_stand_alone() {
        for manifest in [
            "[dependencies]\nstagecraft.workspace = true",
            "[dev-dependencies]\nstagecraft = { path = \"..\" }",
            "[dependencies.stagecraft]\nversion = \"1\"",
            "[dependencies]\nother = { path = \"../other\" }",
        ] {
            assert_eq!(stands_alone(manifest, &["stagecraft"]).len(), 1, "{manifest}");
        }
        let manifest = "[package]\nname = \"stagecraft\"\n[dependencies]\nserde = \"1\"";
        assert_eq!(stands_alone(manifest, &["stagecraft"]), Vec::<String>::new());
    }
}
