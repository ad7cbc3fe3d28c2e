//! The paragraph of a readme that says what the thing is.
//!
//! Goes through the text by lines, in Markdown, reStructuredText and AsciiDoc alike, and passes over whatever is no
//! prose: badges, tables, code, lists, directives, and paragraphs that tell how to use or build it. It is no parser of
//! any of them. The invariant: what it gives begins on the line it names.

use crate::propose::prose::{one_line, plain};

/// The furthest line that is looked at.
const LINES: usize = 250;

/// Shorter paragraphs are taken together with the next.
const SHORT: usize = 90;

/// Beginnings of paragraphs that tell something else than what the thing is.
const OTHER: [&str; 45] = [
    "run ",
    "runs the app",
    "running ",
    "this project was generated",
    "this project was bootstrapped",
    "this project was created",
    "this package was",
    "this app was",
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
/// Words of headings under which no such paragraph stands.
const ELSEWHERE: [&str; 28] = [
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
    let (mut found, line, under) = read.next()?;
    // A short paragraph says more together with the next.
    if found.chars().count() < SHORT
        && let Some((next, _, same)) = read.next()
        && same == under
    {
        let end = if found.ends_with(['.', '!', '?']) { " " } else { ". " };
        found = format!("{found}{end}{next}");
    }
    Some((one_line(&plain(&found))?, line))
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
        let heading = heading(line, next);
        let prose = reader.is_prose(whole) && heading.is_none() && !is_underline(line);
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
    fn what_only_tells_how_to_use_it_says_nothing() {
        for text in [
            "",
            "# Shop\n",
            "Run it with make.\n",
            "Endpoints:\n",
            "[a]: https://x\n",
            "This project was \
                     generated with Angular CLI.\n",
        ] {
            assert_eq!(found(text), None, "{text:?}");
        }
    }
}
