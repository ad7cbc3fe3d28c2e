//! Rust sources as the house rules see them: without comments and texts, as paths and parts.
//!
//! A scanner, not a compiler: macros are not expanded. It errs on the strict side.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A file below a `src` folder.
pub(crate) struct SourceFile {
    /// Path below `src`, `/`-separated.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// A path in code, with `use` lines taken apart and followed: `["crate", "task", "Tasks"]`.
pub(crate) type CodePath = Vec<String>;

impl SourceFile {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// The path as a module: `task/store` for `task/store.rs`.
    pub(crate) fn place(&self) -> &str {
        self.path.strip_suffix(".rs").unwrap_or(&self.path)
    }

    /// The top module: `task` for `task/store.rs`.
    pub(crate) fn module(&self) -> &str {
        self.place().split('/').next().unwrap_or_default()
    }

    /// Is the whole file a test?
    pub(crate) fn is_test(&self) -> bool {
        self.place().split('/').skip(1).any(|part| part == "tests")
    }

    /// The part that is built into the product: without test modules.
    pub(crate) fn production(&self) -> String {
        let mut out = String::new();
        let mut lines = self.text.lines().filter(|_| !self.is_test()).peekable();
        while let Some(line) = lines.next() {
            let tests = lines.next_if(|next| line == "#[cfg(test)]" && next.starts_with("mod "));
            match tests {
                None => out.extend([line, "\n"]),
                Some(declared) if declared.ends_with(';') => {}
                // A module of tests that is written out stands last.
                Some(_) => break,
            }
        }
        out
    }

    /// The paths of the production part, `super` followed.
    pub(crate) fn production_paths(&self) -> Vec<CodePath> {
        paths(&bare(&self.production())).into_iter().map(|path| self.absolute(path)).collect()
    }

    /// The paths of the whole file.
    pub(crate) fn all_paths(&self) -> Vec<CodePath> {
        paths(&bare(&self.text))
    }

    fn absolute(&self, path: CodePath) -> CodePath {
        let ups = path.iter().take_while(|part| *part == "super").count();
        if ups == 0 {
            return path;
        }
        let own: Vec<&str> = self.place().split('/').collect();
        let above = own[..own.len().saturating_sub(ups)].iter().map(|part| (*part).to_owned());
        std::iter::once("crate".to_owned()).chain(above).chain(path.iter().skip(ups).cloned()).collect()
    }
}

/// All Rust files below a folder, in order.
pub(crate) fn sources(root: &Path) -> Vec<SourceFile> {
    let (mut files, mut open) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let below = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                files.push(SourceFile { path: below, text: std::fs::read_to_string(&path).unwrap() });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// Code with comments, texts and characters blanked out; lines stay where they are.
pub(crate) fn bare(code: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(code.len()), code);
    while let Some(first) = rest.chars().next() {
        let blanked = length_of_text(rest, out.chars().last());
        if blanked == 0 {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            out.extend(rest[..blanked].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            rest = &rest[blanked..];
        }
    }
    out
}

/// Bytes of the comment, text or character that `rest` begins with; 0 if it begins with code.
fn length_of_text(rest: &str, before: Option<char>) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return length_of_block(rest);
    }
    if let Some(text) = rest.strip_prefix('"') {
        return 1 + closing(text, '"');
    }
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let raw = rest.strip_prefix('b').unwrap_or(rest);
    if !in_word && raw.starts_with('r') && raw[1..].trim_start_matches('#').starts_with('"') {
        let hashes: String = raw[1..].chars().take_while(|c| *c == '#').collect();
        let head = rest.len() - raw.len() + 2 + hashes.len();
        let end = format!("\"{hashes}");
        return rest[head..].find(&end).map_or(rest.len(), |at| head + at + end.len());
    }
    let mut after = rest.chars().skip(1);
    match (rest.chars().next(), after.next(), after.next()) {
        (Some('\''), Some('\\'), _) => 1 + closing(&rest[1..], '\''),
        // A character, not a lifetime.
        (Some('\''), Some(c), Some('\'')) => 2 + c.len_utf8(),
        _ => 0,
    }
}

/// Bytes up to and with the closing mark; a backslash takes the next character with it.
fn closing(text: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if !escaped && c == mark {
            return at + 1;
        }
        escaped = !escaped && c == '\\';
    }
    text.len()
}

/// Bytes of a block comment; they nest.
fn length_of_block(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Colons,
    Mark(char),
}

fn tokens(code: &str) -> Vec<Token> {
    let (mut tokens, mut rest) = (Vec::new(), code.trim_start());
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let length = if word > 0 {
            tokens.push(Token::Word(rest[..word].to_owned()));
            word
        } else if rest.starts_with("::") {
            tokens.push(Token::Colons);
            2
        } else {
            tokens.push(Token::Mark(first));
            first.len_utf8()
        };
        rest = rest[length..].trim_start();
    }
    tokens
}

/// What a scan has found so far.
#[derive(Default)]
struct Scan {
    used: Vec<CodePath>,
    /// Name in this file → what `use` says it is.
    names: BTreeMap<String, CodePath>,
    written: Vec<CodePath>,
    /// Modules that this file declares.
    own: BTreeSet<String>,
}

/// Every path in the code: of `use` lines, and written out; names that a `use` brought in are followed. What
/// begins with a module that the file declares itself is left out.
pub(crate) fn paths(code: &str) -> Vec<CodePath> {
    let (tokens, mut scan, mut at) = (tokens(code), Scan::default(), 0);
    while let Some(token) = tokens.get(at) {
        at += 1;
        let Token::Word(word) = token else { continue };
        match (word.as_str(), tokens.get(at)) {
            ("use", _) => at = scan.use_tree(&tokens, at, &[]),
            ("mod", Some(Token::Word(name))) => {
                scan.own.insert(name.clone());
            }
            (_, Some(Token::Colons)) => {
                let mut path = vec![word.clone()];
                while let (Some(Token::Colons), Some(Token::Word(part))) =
                    (tokens.get(at), tokens.get(at + 1))
                {
                    path.push(part.clone());
                    at += 2;
                }
                scan.written.push(path);
            }
            _ => {}
        }
    }
    let Scan { mut used, names, written, own } = scan;
    used.extend(written.into_iter().map(|path| match names.get(&path[0]) {
        Some(known) => known.iter().chain(&path[1..]).cloned().collect(),
        None => path,
    }));
    used.retain(|path| !own.contains(&path[0]));
    used
}

impl Scan {
    /// Reads one branch of a `use` tree from token `at`; gives the token after it.
    fn use_tree(&mut self, tokens: &[Token], mut at: usize, prefix: &[String]) -> usize {
        let mut path = prefix.to_vec();
        loop {
            match tokens.get(at) {
                Some(Token::Word(word)) if word == "as" => {
                    if let Some(Token::Word(alias)) = tokens.get(at + 1) {
                        self.names.insert(alias.clone(), path.clone());
                    }
                    self.used.push(path);
                    return at + 2;
                }
                Some(Token::Word(word)) => path.push(word.clone()),
                Some(Token::Colons) => {}
                Some(Token::Mark('{')) => return self.use_group(tokens, at + 1, &path),
                Some(Token::Mark('*')) => {
                    self.used.push(path);
                    return at + 1;
                }
                _ => {
                    self.end_of_branch(path);
                    return at;
                }
            }
            at += 1;
        }
    }

    fn use_group(&mut self, tokens: &[Token], mut at: usize, prefix: &[String]) -> usize {
        loop {
            match tokens.get(at) {
                Some(Token::Mark('}')) => return at + 1,
                Some(Token::Mark(',')) => at += 1,
                None => return at,
                _ => at = self.use_tree(tokens, at, prefix),
            }
        }
    }

    fn end_of_branch(&mut self, mut path: CodePath) {
        if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
            path.pop();
        }
        if let Some(name) = path.last() {
            self.names.insert(name.clone(), path.clone());
            self.used.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(code: &str) -> Vec<String> {
        paths(&bare(code)).into_iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn a_use_tree_is_taken_apart() {
        let code = "use crate::{db::{self, Db}, task::Tasks as T, ids::*};\nuse std::env;";

        assert_eq!(
            found(code),
            ["crate::db", "crate::db::Db", "crate::task::Tasks", "crate::ids", "std::env"]
        );
    }

    #[test]
    fn a_name_that_was_brought_in_is_followed() {
        assert_eq!(found("use std::env;\nfn f() { env::var(x) }"), ["std::env", "std::env::var"]);
        assert_eq!(found("use a::b as c;\nfn f() { c::d::<E>() }"), ["a::b", "a::b::d"]);
    }

    #[test]
    fn a_module_of_the_file_itself_is_no_library() {
        assert_eq!(found("mod handlebars;\npub use handlebars::Handlebars;"), Vec::<String>::new());
    }

    #[test]
    fn comments_texts_and_characters_are_no_code() {
        let code = r###"
            // sqlx::query
            /* sqlx::a /* sqlx::b */ sqlx::c */
            let a = "sqlx::d \" sqlx::e"; let b = r#"sqlx::f " sqlx::g"#; let c = b"sqlx::h"; let d = '"'; let e = '\'';
            fn f<'a>(x: &'a git2::Oid) {}
        "###;

        assert_eq!(found(code), ["git2::Oid"]);
    }

    #[test]
    fn a_parent_is_followed_to_its_place() {
        let file =
            SourceFile::new("task/store.rs", "use super::super::http::router;\nuse super::model::Task;");

        let found: Vec<String> = file.production_paths().into_iter().map(|path| path.join("::")).collect();
        assert_eq!(found, ["crate::http::router", "crate::task::model::Task"]);
    }

    #[test]
    fn test_modules_are_no_production() {
        let written_out = "fn f() {}\n\n#[cfg(test)]\nmod tests {\n    fn g() {}\n}\n";
        let declared = "mod a;\n#[cfg(test)]\nmod tests;\n\nfn f() {}\n";

        assert_eq!(SourceFile::new("a.rs", written_out).production(), "fn f() {}\n\n");
        assert_eq!(SourceFile::new("a.rs", declared).production(), "mod a;\n\nfn f() {}\n");
        assert_eq!(SourceFile::new("a/tests.rs", "fn f() {}\n").production(), "");
    }

    #[test]
    fn anything_else_for_tests_stays_in_sight() {
        let seam = "#[cfg(test)]\nfn g() {}\n";

        assert_eq!(SourceFile::new("a.rs", seam).production(), seam);
    }
}
