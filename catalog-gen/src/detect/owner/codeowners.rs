//! `CODEOWNERS` as GitHub reads it: for each file the last pattern that fits decides, also when it names nobody.
//!
//! Patterns are like those of gitignore, without negation and without `[a-z]`; `docs/*` stops at the files of that
//! folder. Sections as GitLab has them give their owners to the lines that name none. The invariant: a file with
//! thousands of plain patterns costs a few look-ups for each path, not a walk over all of them.

use std::collections::HashMap;

use crate::glob::segment_fits;

/// A line of the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// From 1.
    pub(super) line: u32,
    pub(super) pattern: String,
    /// As written: `@acme/shop`, `@jane`, `jane@acme.io`.
    pub(super) owners: Vec<String>,
}

/// All rules, with the plain patterns where they are found at once.
#[derive(Debug, Default)]
pub(super) struct Rules {
    rules: Vec<Rule>,
    everything: Option<usize>,
    /// Folders and files from the root.
    paths: HashMap<String, usize>,
    /// Folders and files of that name, anywhere.
    names: HashMap<String, usize>,
    /// Folders of that name, anywhere.
    folders: HashMap<String, usize>,
    /// Ends of file names, with the dot.
    ends: HashMap<String, usize>,
    /// All others, those that begin with a plain folder by its name.
    anchored: HashMap<String, Vec<(usize, Glob)>>,
    loose: Vec<(usize, Glob)>,
}

/// A pattern with wildcards.
#[derive(Debug)]
struct Glob {
    segments: Vec<String>,
    /// Only what is below it counts, for it names a folder.
    folder: bool,
    /// Only the files of that folder count.
    shallow: bool,
}

impl Rules {
    /// Reads a file. Lines that are no rules are passed over.
    pub(super) fn parse(text: &str) -> Self {
        let mut rules = Self::default();
        let mut section: Vec<String> = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line.starts_with('[') || line.starts_with("^[") {
                section = line.split_whitespace().filter(|word| is_owner(word)).map(str::to_owned).collect();
                continue;
            }
            let (pattern, rest) = pattern(line);
            let words = rest.split_whitespace().take_while(|word| !word.starts_with('#'));
            let mut owners: Vec<String> = words.filter(|word| is_owner(word)).map(str::to_owned).collect();
            if owners.is_empty() {
                owners.clone_from(&section);
            }
            let line = u32::try_from(at + 1).unwrap_or(u32::MAX);
            rules.index(&pattern, rules.rules.len());
            rules.rules.push(Rule { line, pattern, owners });
        }
        rules
    }

    /// Are there no rules?
    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rule of that line.
    pub(super) fn at(&self, line: u32) -> Option<&Rule> {
        let at = self.rules.binary_search_by_key(&line, |rule| rule.line).ok()?;
        self.rules.get(at)
    }

    fn index(&mut self, pattern: &str, at: usize) {
        if matches!(pattern, "*" | "**" | "/" | "/**" | "**/*" | "/**/*") {
            self.everything = Some(at);
            return;
        }
        let folder = pattern.ends_with('/') || pattern.ends_with("/**");
        let body = pattern.strip_suffix("/**").unwrap_or(pattern).trim_end_matches('/');
        let anchored = body.contains('/');
        let plain = body.trim_start_matches('/');
        let wild = plain.contains(['*', '?']);
        if !anchored && !wild {
            let place = if folder { &mut self.folders } else { &mut self.names };
            place.insert(plain.to_owned(), at);
        } else if !wild {
            self.paths.insert(plain.to_owned(), at);
        } else if let Some(end) = plain
            .strip_prefix('*')
            .filter(|end| !anchored && end.starts_with('.') && !end.contains(['*', '?']))
        {
            self.ends.insert(end.to_owned(), at);
        } else {
            let mut segments: Vec<String> = plain.split('/').map(str::to_owned).collect();
            if !anchored {
                segments.insert(0, "**".to_owned());
            }
            let shallow = !folder && anchored && segments.last().is_some_and(|last| last == "*");
            let first = segments.first().cloned().unwrap_or_default();
            let glob = Glob { segments, folder, shallow };
            if first.contains(['*', '?']) {
                self.loose.push((at, glob));
            } else {
                self.anchored.entry(first).or_default().push((at, glob));
            }
        }
    }

    /// The rule that decides about a file.
    pub(super) fn deciding(&self, path: &str) -> Option<&Rule> {
        let segments: Vec<&str> = path.split('/').collect();
        let name = segments.last().copied().unwrap_or_default();
        let mut best = self.everything;
        let mut take = |found: Option<&usize>| best = best.max(found.copied());
        let cuts = path.char_indices().filter(|(_, c)| *c == '/').map(|(at, _)| at).chain([path.len()]);
        for cut in cuts {
            take(self.paths.get(path.get(..cut).unwrap_or_default()));
        }
        for (at, segment) in segments.iter().enumerate() {
            take(self.names.get(*segment));
            if at + 1 < segments.len() {
                take(self.folders.get(*segment));
            }
        }
        for (at, _) in name.char_indices().filter(|(_, c)| *c == '.') {
            take(self.ends.get(name.get(at..).unwrap_or_default()));
        }
        let own = segments.first().and_then(|first| self.anchored.get(*first));
        for list in own.into_iter().chain([&self.loose]) {
            let later = list.iter().rev().take_while(|(at, _)| best.is_none_or(|best| *at > best));
            let found = later.filter(|(_, glob)| glob.fits(&segments)).map(|(at, _)| *at).next();
            best = best.max(found);
        }
        self.rules.get(best?)
    }
}

impl Glob {
    fn fits(&self, path: &[&str]) -> bool {
        // A pattern fits a file, or a folder above it.
        let ends = match (self.folder, self.shallow) {
            (_, true) => path.len()..=path.len(),
            (true, _) => 1..=path.len().saturating_sub(1),
            (false, false) => 1..=path.len(),
        };
        let reached = self.reach(path);
        ends.into_iter().any(|end| reached.get(end) == Some(&true))
    }

    /// For each number of segments, whether the whole pattern fits so many.
    fn reach(&self, path: &[&str]) -> Vec<bool> {
        let mut row = vec![false; path.len() + 1];
        if let Some(first) = row.first_mut() {
            *first = true;
        }
        for part in &self.segments {
            let mut next = vec![false; path.len() + 1];
            let mut any = false;
            for (at, reached) in row.iter().enumerate() {
                any |= *reached;
                let fits = if part == "**" {
                    any
                } else {
                    let before =
                        at.checked_sub(1).and_then(|before| Some((row.get(before)?, path.get(before)?)));
                    before.is_some_and(|(reached, segment)| *reached && segment_fits(part, segment))
                };
                if let Some(place) = next.get_mut(at) {
                    *place = fits;
                }
            }
            row = next;
        }
        row
    }
}

fn is_owner(word: &str) -> bool {
    word.contains('@')
}

/// The pattern of a line, in which a backslash keeps a blank, and the rest of it.
fn pattern(line: &str) -> (String, &str) {
    let mut out = String::new();
    let mut chars = line.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => out.extend(chars.next().map(|(_, c)| c)),
            c if c.is_whitespace() => return (out, line.get(at..).unwrap_or_default()),
            c => out.push(c),
        }
    }
    (out, "")
}

#[cfg(test)]
mod tests {
    use super::Rules;

    fn owner(text: &str, path: &str) -> Option<String> {
        Rules::parse(text).deciding(path).map(|rule| rule.owners.join(" "))
    }

    #[test]
    fn the_last_pattern_that_fits_decides() {
        let text = "* @a/all\n*.js @a/js # web\n/build/logs/ @a/logs\ndocs/* @a/docs\napps/ @a/apps\n/scripts @a/scripts\n**/gen @a/gen\n/apps/github\n";
        for (path, expected) in [
            ("README.md", "@a/all"),
            ("x/y.js", "@a/js"),
            ("build/logs/a", "@a/logs"),
            ("x/build/logs/a", "@a/all"),
            ("docs/a.md", "@a/docs"),
            ("docs/deep/a.md", "@a/all"),
            ("x/apps/y/z.js", "@a/apps"),
            ("scripts/x/y", "@a/scripts"),
            ("x/gen/y.js", "@a/gen"),
            ("apps/github/x", ""),
        ] {
            assert_eq!(owner(text, path).as_deref(), Some(expected), "{path}");
        }
        assert_eq!(owner("/a/ @x\n", "b"), None);
    }

    #[test]
    fn wildcards_in_folders_and_escaped_blanks_are_understood() {
        assert_eq!(owner("/src/*/api/ @x", "src/shop/api/a.rs").as_deref(), Some("@x"));
        assert_eq!(owner("/src/*/api/ @x", "src/shop/api"), None);
        assert_eq!(owner("src/**/api @x", "src/a/b/api/c").as_deref(), Some("@x"));
        assert_eq!(owner("test_* @x", "a/test_1/b").as_deref(), Some("@x"));
        assert_eq!(owner("/release\\ notes/ @x", "release notes/1.md").as_deref(), Some("@x"));
    }

    #[test]
    fn a_section_gives_its_owners_to_lines_without() {
        let text = "[Docs][2] @a/docs\ndocs/\nREADME.md @a/readme\n^[Other] @a/other\n*.c\n";
        assert_eq!(owner(text, "docs/x").as_deref(), Some("@a/docs"));
        assert_eq!(owner(text, "README.md").as_deref(), Some("@a/readme"));
        assert_eq!(owner(text, "x.c").as_deref(), Some("@a/other"));
    }

    #[test]
    fn ten_thousand_lines_cost_a_few_look_ups_for_each_path() {
        let text: String = (0..10_000)
            .map(|at| format!("/services/s{at}/ @acme/t{at}\n/lib/*/m{at}.rs @acme/l{at}\n"))
            .collect();
        let rules = Rules::parse(&text);
        let started = std::time::Instant::now();
        for at in 0..10_000 {
            let owner = rules.deciding(&format!("services/s{at}/src/main.rs")).unwrap();
            assert_eq!(owner.owners, [format!("@acme/t{at}")]);
        }
        assert!(started.elapsed().as_secs() < 2);
    }
}
