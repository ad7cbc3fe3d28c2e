//! Detector `languages`: in which languages the code is written, and how much of each there is.
//!
//! Files are known by name and ending, by the table that GitHub shows languages by; nothing is read for it. Words that
//! describe rather than do (data, prose) do not count; styles, markup, queries and scripts around the code count little,
//! so that they do not drown it. The invariant: the shares of a repository sum up to one, or there are none.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::detect::Detector;
use crate::detect::paths::is_side;
use crate::{Findings, LanguageShare, Listed, ListedKind, Material, Site, TreePath, is_foreign};

/// Files longer than that were not written by hand.
const LONGEST: u64 = 1024 * 1024;

/// Languages that stand around the code: what a byte of them counts, in hundredths.
const AROUND: [(&str, u64); 26] = [
    ("CSS", 10),
    ("SCSS", 10),
    ("Less", 10),
    ("Sass", 10),
    ("HTML", 10),
    ("SQL", 5),
    ("PLpgSQL", 5),
    ("TSQL", 5),
    ("PLSQL", 5),
    ("Jupyter Notebook", 2),
    ("Makefile", 10),
    ("Dockerfile", 10),
    ("Shell", 25),
    ("Batchfile", 10),
    ("PowerShell", 40),
    ("CMake", 20),
    ("HCL", 50),
    ("Nix", 30),
    ("Starlark", 20),
    ("Gherkin", 10),
    ("Jinja", 10),
    ("Handlebars", 10),
    ("EJS", 10),
    ("Mustache", 10),
    ("Smarty", 20),
    ("Go Template", 10),
];
/// Markup in which programs are written.
const MARKUP_CODE: [&str; 6] = ["Vue", "Svelte", "Astro", "HTML", "CSS", "SCSS"];
/// Of several languages with the same ending the first of these is meant.
const USUAL: [&str; 29] = [
    "Markdown",
    "YAML",
    "JSON",
    "Text",
    "TypeScript",
    "TSX",
    "JavaScript",
    "Python",
    "Java",
    "C#",
    "Go",
    "Rust",
    "Ruby",
    "PHP",
    "C++",
    "C",
    "Objective-C",
    "Perl",
    "R",
    "F#",
    "Groovy",
    "Kotlin",
    "Elixir",
    "SQL",
    "HTML",
    "Dart",
    "Verilog",
    "Apex",
    "XML",
];
/// Ends of the names of files that a program made.
const MADE: [&str; 15] = [
    ".min.js",
    ".min.css",
    ".bundle.js",
    ".pb.go",
    "_pb2.py",
    "_pb2_grpc.py",
    "_pb.js",
    "_pb.d.ts",
    ".g.dart",
    ".freezed.dart",
    ".designer.cs",
    ".g.cs",
    ".d.ts",
    ".snap",
    "_gen.go",
];

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    name: "languages",
    finds: "the languages of the code and the share of each, by names and endings of files",
    limits: "content is not read: an ending that several languages share is taken for the usual one",
    reads: &[],
    run,
};

fn run(material: &Material<'_>, _: &Site, findings: &mut Findings) {
    let mut table = Table::default();
    let files = material.listing.iter();
    findings.languages = shares(files.filter_map(|file| table.counted(file)));
}

/// Shares of bytes by language, most first.
pub(super) fn shares(counted: impl Iterator<Item = (&'static str, u64)>) -> Vec<LanguageShare> {
    let mut bytes: IndexMap<&'static str, u64> = IndexMap::new();
    for (name, count) in counted {
        *bytes.entry(name).or_default() += count;
    }
    let all: u64 = bytes.values().sum();
    if all == 0 {
        return Vec::new();
    }
    bytes.sort_by(|a, count, b, other| other.cmp(count).then(a.cmp(b)));
    #[expect(clippy::cast_precision_loss, reason = "a share needs no more digits than a float has")]
    let share = |bytes: u64| (bytes as f64 / all as f64 * 10_000.0).round() / 10_000.0;
    let shares = bytes.into_iter().filter(|(_, bytes)| *bytes > 0);
    shares.map(|(name, bytes)| LanguageShare { name: name.to_owned(), bytes, share: share(bytes) }).collect()
}

/// Languages by name or ending, asked for once each.
#[derive(Default)]
pub(super) struct Table {
    known: HashMap<String, Option<(&'static str, u64)>>,
    /// The folder that was looked at last: files come folder by folder.
    last: String,
    standing: Standing,
    name: String,
}

/// How the files of a folder count.
#[derive(Clone, Copy, Default)]
enum Standing {
    /// They are the product.
    #[default]
    Own,
    /// They stand beside it.
    Beside,
    /// Somebody else wrote them.
    Foreign,
}

impl Table {
    /// The language of a file and the bytes of it that count.
    pub(super) fn counted(&mut self, file: &Listed) -> Option<(&'static str, u64)> {
        let is_file = matches!(file.kind, ListedKind::File | ListedKind::Executable);
        if !is_file || file.size == 0 || file.size > LONGEST {
            return None;
        }
        let (language, weight) = self.language(file.path.file_name())?;
        // What is beside the product decides only where there is nothing else.
        let beside = match self.standing(&file.path) {
            Standing::Own => 1,
            Standing::Beside => 20,
            Standing::Foreign => return None,
        };
        if is_made(&file.path) {
            return None;
        }
        let bytes = (file.size * weight).div_ceil(100 * beside);
        Some((language, bytes))
    }

    fn language(&mut self, name: &str) -> Option<(&'static str, u64)> {
        let Self { known, name: key, .. } = self;
        key.clear();
        match name.rsplit_once('.') {
            Some((stem, ending)) if !stem.is_empty() => {
                key.push('.');
                key.push_str(ending);
                key.make_ascii_lowercase();
            }
            _ => key.push_str(name),
        }
        match known.get(key) {
            Some(known) => *known,
            None => *known.entry(key.clone()).or_insert_with_key(|key| look_up(key)),
        }
    }

    fn standing(&mut self, path: &TreePath) -> Standing {
        let (folder, _) = path.as_str().rsplit_once('/').unwrap_or_default();
        if folder != self.last {
            folder.clone_into(&mut self.last);
            self.standing = match (is_foreign(path), is_side(path) || is_documentation(path)) {
                (true, _) => Standing::Foreign,
                (false, true) => Standing::Beside,
                (false, false) => Standing::Own,
            };
        }
        self.standing
    }
}

fn look_up(key: &str) -> Option<(&'static str, u64)> {
    let found = if key.starts_with('.') {
        linguist::detect_language_by_extension(format!("file{key}"))
    } else {
        linguist::detect_language_by_filename(key)
    };
    let found = found.ok()?;
    let usual = USUAL.iter().find_map(|usual| found.iter().find(|language| language.name == *usual));
    let first = usual.or_else(|| found.iter().min_by_key(|language| language.name))?;
    let name = match first.name {
        // GitHub counts it as TypeScript, too.
        "TSX" => "TypeScript",
        name => name,
    };
    let is_code = format!("{:?}", first.definition.language_type) == "Programming";
    if !is_code && !MARKUP_CODE.contains(&name) && !AROUND.iter().any(|(around, _)| *around == name) {
        return None;
    }
    let weight = AROUND.iter().find(|(around, _)| *around == name).map_or(100, |(_, weight)| *weight);
    Some((name, weight))
}

fn is_made(path: &TreePath) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    MADE.iter().any(|end| name.ends_with(end))
        || name.contains(".generated.")
        || name.starts_with("zz_generated")
}

fn is_documentation(path: &TreePath) -> bool {
    let mut folders = path.segments();
    folders.next_back();
    folders.any(|folder| matches!(folder, "docs" | "doc" | "documentation" | "website"))
}
