//! The paragraph of a readme that says what the thing is.
//!
//! Goes through the text by lines, in Markdown, reStructuredText and AsciiDoc alike, and passes over whatever is no
//! prose: badges, tables, code, lists, directives, and paragraphs that tell how to use or build it. It is no parser of
//! any of them. The invariant: what it gives begins on the line it names.

use crate::detect::slug::without_marks;
use crate::propose::prose::{one_line, plain};

/// The furthest line that is looked at.
const LINES: usize = 250;

/// Shorter paragraphs are taken together with the next.
const SHORT: usize = 120;

/// Beginnings of paragraphs that tell something else than what the thing is.
const OTHER: [&str; 40] = [
    "run ",
    "runs the app",
    "running ",
    "to ",
    "install",
    "please",
    "we welcome",
    "see ",
    "see:",
    "for more",
    "for further",
    "for details",
    "note",
    "if you",
    "you can",
    "clone",
    "copyright",
    "licensed",
    "license",
    "table of contents",
    "this is a monorepo",
    "this readme",
    "the following",
    "make sure",
    "before you",
    "click",
    "download",
    "check out",
    "first,",
    "contributions",
    "contributing",
    "dette er skrevet",
    "using the",
    "use ",
    "har du",
    "when you",
    "here you",
    "the easiest way",
    "build status",
    "click here",
];
/// Beginnings of paragraphs that a generator of projects has written, wherever they stand.
const GENERATED: [&str; 9] = [
    "this project was generated",
    "this project was bootstrapped",
    "this project was created",
    "this package was",
    "this app was",
    "a progressive node.js framework",
    "nest framework typescript starter",
    "this template should help",
    "this template provides a minimal setup",
];

/// Words of headings under which no such paragraph stands.
const ELSEWHERE: [&str; 29] = [
    "install",
    "contribut",
    "license",
    "licence",
    "getting started",
    "usage",
    "prerequisite",
    "requirement",
    "develop",
    "build",
    "setup",
    "set up",
    "quick",
    "how to",
    "test",
    "release",
    "deploy",
    "changelog",
    "table of contents",
    "configur",
    "setting up",
    "environment",
    "support",
    "running",
    "badge",
    "toc",
    "warning",
    "example",
    "moved",
];

/// Words of headings under which it does.
const HERE: [&str; 8] =
    ["purpose", "overview", "about", "description", "introduction", "what is", "summary", "background"];

/// What the heading above a paragraph says of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Under {
    /// It says what the thing is.
    Purpose,
    /// It says nothing of that.
    Name,
    /// It tells something else.
    Other,
}

/// The paragraph, on one line, and the line on which it begins.
pub(in crate::detect) fn purpose(text: &str) -> Option<(String, usize)> {
    let wanted = paragraphs(text).into_iter().filter(|(_, _, under)| *under != Under::Other);
    let mut read = wanted.filter(|(paragraph, _, under)| {
        one_line(&plain(paragraph)).is_some_and(|found| says_what_it_is(&found, *under))
    });
    let (found, line, under) = read.next()?;
    let mut found = plain(&found);
    // A short paragraph says more together with the next.
    while found.chars().count() < SHORT
        && let Some((next, _, same)) = read.next()
        && same == under
    {
        found = joined(&found, &plain(&next));
    }
    Some((without_opening(&one_line(&found)?), line))
}

/// Two texts, with an end to the first.
pub(super) fn joined(first: &str, second: &str) -> String {
    let first = first.trim_end();
    let end = if first.ends_with(['.', '!', '?', '…', ':']) { " " } else { ". " };
    format!("{first}{end}{}", second.trim_start())
}

/// The text without words that only say that it is about this repository: "This repository contains".
fn without_opening(text: &str) -> String {
    const THINGS: [&str; 9] =
        ["repository", "repo", "project", "package", "module", "folder", "directory", "monorepo", "library"];
    const HOLDS: [&str; 8] =
        ["contains", "holds", "houses", "hosts", "includes", "provides", "implements", "is"];
    let words: Vec<&str> = text.split(' ').take(4).collect();
    let small = |at: usize| words.get(at).map(|word| word.to_lowercase()).unwrap_or_default();
    let before = match (small(0).as_str(), small(1).as_str()) {
        ("this" | "the", thing) if THINGS.contains(&thing) && HOLDS.contains(&small(2).as_str()) => 3,
        ("this", "is") if matches!(small(2).as_str(), "a" | "an" | "the") => 2,
        _ => return text.to_owned(),
    };
    let rest: String = text.splitn(before + 1, ' ').nth(before).unwrap_or_default().to_owned();
    if before == 3 && small(2) == "is" && !matches!(small(3).as_str(), "a" | "an" | "the") {
        return text.to_owned();
    }
    let mut letters = rest.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => text.to_owned(),
    }
}

/// Does a heading tell of something else than what the thing is?
pub(super) fn tells_other(heading: &str) -> bool {
    let heading = heading.to_lowercase();
    ELSEWHERE.iter().any(|word| heading.contains(word))
}

fn says_what_it_is(found: &str, under: Under) -> bool {
    let lower = found.to_lowercase();
    found.split_whitespace().count() >= 3
        && !lower.ends_with(':')
        && !lower.starts_with(['[', '|'])
        && !lower.starts_with("todo")
        && without_marks(found).is_some()
        && !GENERATED.iter().any(|start| lower.starts_with(start))
        && (under == Under::Purpose || !OTHER.iter().any(|start| lower.starts_with(start)))
        && !lower.contains("img.shields.io")
        && found.chars().filter(|c| c.is_alphabetic()).count() * 2 > found.chars().count()
}

/// Paragraphs of prose, the lines they begin on, and what the heading above says.
fn paragraphs(text: &str) -> Vec<(String, usize, Under)> {
    let lines: Vec<&str> = text.lines().take(LINES).collect();
    let mut out: Vec<(String, usize, Under)> = Vec::new();
    let mut open: Option<(String, usize)> = None;
    let (mut under, mut named) = (Under::Name, false);
    let mut reader = Reader::default();
    for (at, whole) in lines.iter().enumerate() {
        let line = whole.trim();
        let next = lines.get(at + 1).map(|line| line.trim()).unwrap_or_default();
        let is_code = reader.fence.is_some() || reader.comment;
        let is_prose = reader.is_prose(whole);
        let tagged = tagged(line);
        let heading = heading(line, next).or(tagged.as_ref().map(|(text, level)| (text.as_str(), *level)));
        let heading = heading.filter(|_| !is_code);
        // A paragraph of HTML says as much as one without.
        let within = words_in_tags(line).filter(|_| !is_code && heading.is_none());
        let prose = is_prose && heading.is_none() && !is_underline(line);
        if let Some(paragraph) = within {
            out.extend(open.take().map(|(before, first)| (before, first, under)));
            out.push((paragraph, at + 1, under));
            continue;
        }
        if prose {
            match &mut open {
                Some((so_far, _)) => {
                    so_far.push(' ');
                    so_far.push_str(line);
                }
                None => open = Some((line.to_owned(), at + 1)),
            }
            continue;
        }
        out.extend(open.take().map(|(paragraph, first)| (paragraph, first, under)));
        if let Some((heading, level)) = heading {
            let lower = heading.to_lowercase();
            under = match (HERE.iter().any(|word| lower.contains(word)), tells_other(heading)) {
                (true, _) => Under::Purpose,
                (false, false) if level == 1 || !named => Under::Name,
                (false, _) => Under::Other,
            };
            named = true;
        }
    }
    out.extend(open.map(|(paragraph, first)| (paragraph, first, under)));
    out
}

/// What of the text is code, a comment or a directive at this point.
#[derive(Default)]
struct Reader {
    fence: Option<&'static str>,
    comment: bool,
    directive: bool,
    list: bool,
}

impl Reader {
    fn is_prose(&mut self, whole: &str) -> bool {
        let line = whole.trim();
        if self.comment {
            self.comment = !line.contains("-->");
            return false;
        }
        if let Some(marker) =
            ["```", "~~~", "----", "...."].into_iter().find(|marker| line.starts_with(marker))
        {
            let code = marker == "```" || marker == "~~~";
            if self.fence == Some(marker) {
                self.fence = None;
            } else if self.fence.is_none() && code {
                self.fence = Some(marker);
            }
            return false;
        }
        if self.fence.is_some() {
            return false;
        }
        if line.starts_with("<!--") {
            self.comment = !line.contains("-->");
            return false;
        }
        // A directive of reStructuredText goes on as long as lines are indented.
        if line.starts_with(".. ") {
            self.directive = true;
            return false;
        }
        if self.directive && (line.is_empty() || whole.starts_with([' ', '\t'])) {
            return false;
        }
        self.directive = false;
        // What follows an item of a list belongs to it as long as it is indented, or nothing is between.
        self.list = match line {
            "" => false,
            _ => {
                is_item(line)
                    || (self.list && !line.starts_with('#'))
                    || (whole.starts_with("  ") && !is_prose(line))
            }
        };
        if self.list {
            return false;
        }
        is_prose(line) && !whole.starts_with("    ")
    }
}

fn is_item(line: &str) -> bool {
    let is_numbered = line.split_once(['.', ')']).is_some_and(|(number, rest)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) && rest.starts_with(' ')
    });
    is_numbered || ["- ", "* ", "+ "].iter().any(|mark| line.starts_with(mark))
}

fn is_prose(line: &str) -> bool {
    const MARKS: [&str; 14] =
        ["#", "<", "|", ">", "[![", "![", "[//]", "::", ":target:", ":alt:", "image:", "toc::", "= ", "=="];
    let is_reference = line.starts_with('[') && line.contains("]: ");
    let is_attribute = line.starts_with(':') && line.get(1..).is_some_and(|rest| rest.contains(':'));
    !line.is_empty()
        && !is_item(line)
        && !is_reference
        && !is_attribute
        && !MARKS.iter().any(|mark| line.starts_with(mark))
}

/// The words of a line that is a paragraph of HTML, if they are some.
fn words_in_tags(line: &str) -> Option<String> {
    const BLOCKS: [&str; 8] = ["<p", "<b>", "<strong>", "<em>", "<i>", "<div", "<h3", "<h4"];
    if !BLOCKS.iter().any(|tag| line.starts_with(tag)) {
        return None;
    }
    let text = plain(line);
    let text = text.trim();
    let words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count();
    (words >= 4).then(|| text.to_owned())
}

/// The text and level of a heading written as HTML, `<h1 align="center">Shop</h1>`. Lower ones hold mottos.
pub(super) fn tagged(line: &str) -> Option<(String, usize)> {
    let level = line.strip_prefix("<h")?.chars().next()?.to_digit(3)?;
    let text = plain(line);
    let text = text.trim();
    (!text.is_empty()).then(|| (text.to_owned(), level as usize))
}

/// A heading, `# Shop`, `== Shop`, or what the next line underlines; and its level.
fn heading<'l>(line: &'l str, next: &str) -> Option<(&'l str, usize)> {
    let marks = line.bytes().take_while(|byte| matches!(byte, b'#' | b'=')).count();
    if marks > 0 && line.get(marks..).is_some_and(|rest| rest.starts_with(' ')) {
        return Some((line.trim_matches(['#', '=', ' ']), marks));
    }
    let level = if next.starts_with('=') { 1 } else { 2 };
    (!line.is_empty() && is_underline(next) && !is_underline(line)).then_some((line, level))
}

fn is_underline(line: &str) -> bool {
    let mut bytes = line.bytes();
    let Some(first) = bytes.next() else { return false };
    line.len() > 2 && b"=-~^#*\"'+.".contains(&first) && bytes.all(|byte| byte == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(String, usize)> {
        purpose(text)
    }

    #[test]
    fn the_paragraph_that_says_what_it_is_is_found_behind_everything_else() {
        let text = "# Shop\n\n[![ci](https://x/y.svg)](https://x)\n<p>x</p>\n\n## Installation\n\nInstall it with \
                    npm and friends.\n\n```sh\nnpm i is what one does\n```\n\n## About\n\nSells *things* to\npeople \
                    all day.\n";
        assert_eq!(found(text), Some(("Sells things to people all day.".to_owned(), 16)));
    }

    #[test]
    fn directives_and_underlined_headings_of_restructured_text_are_passed_over() {
        let text = "shop\n####\n\n|ci| |docs|\n\n.. image:: https://x\n   :target: https://x and more\n\nPurpose\n\
                    *******\n\nSells things to people.\n";
        assert_eq!(found(text), Some(("Sells things to people.".to_owned(), 12)));
    }

    #[test]
    fn paragraphs_and_headings_of_html_are_read() {
        let text = "<h1 align=\"center\">Shop</h1>\n\n<p align=\"center\">\n  <img src=\"x\">\n</p>\n\n\
                    <p><b>Sells things to people.</b></p>\n\n<h2>Usage</h2>\n\nSells nothing if one does not ask.\n";
        assert_eq!(found(text), Some(("Sells things to people.".to_owned(), 7)));
    }

    #[test]
    fn what_a_template_has_left_open_says_nothing() {
        let text =
            "# ${{ values.name }}\n\n${{ values.description }} and some more.\n\nSells things to people.\n";
        assert_eq!(found(text), Some(("Sells things to people.".to_owned(), 5)));
    }

    #[test]
    fn remarks_in_code_are_no_headings() {
        let text = "# Shop\n\n```sh\n# Install it\nmake\n```\n\nSells things to people.\n";
        assert_eq!(found(text), Some(("Sells things to people.".to_owned(), 8)));
    }

    #[test]
    fn short_paragraphs_are_joined_as_long_as_they_are_about_it() {
        let text =
            "# Shop\n\nSells things to people.\n\nAsks what they want!\n\n## Install\n\nJust do so now.\n";
        assert_eq!(found(text), Some(("Sells things to people. Asks what they want!".to_owned(), 3)));
    }

    #[test]
    fn words_about_the_repository_are_left_out() {
        for (text, short) in [
            ("This repository contains the code of the shop.", "The code of the shop."),
            ("This is a shop for people.", "A shop for people."),
            ("The project is a shop for people.", "A shop for people."),
            ("This project is written in Rust.", "This project is written in Rust."),
            ("This is where people buy.", "This is where people buy."),
            ("The shop contains things.", "The shop contains things."),
        ] {
            assert_eq!(without_opening(text), short);
        }
    }

    #[test]
    fn what_only_tells_how_to_use_it_says_nothing() {
        for text in [
            "",
            "# Shop\n",
            "Run it with make.\n",
            "Endpoints:\n",
            "[a]: https://x\n",
            "## About\n\nThis project was \
                     generated with Angular CLI.\n",
        ] {
            assert_eq!(found(text), None, "{text:?}");
        }
    }
}
