//! A sentence or two out of what people write for people.
//!
//! It looks for the first paragraph of plain prose in Markdown and takes the marks off it. It is no Markdown parser:
//! what looks like anything else than prose is passed over. The invariant: what comes out is one line, not empty, and
//! not longer than [`MAX_CHARS`].

/// The longest description: the catalog searches no longer ones.
const MAX_CHARS: usize = 200;

/// The first paragraph of prose, and the line on which it begins.
pub(crate) fn first_paragraph(text: &str) -> Option<(String, usize)> {
    let mut fence: Option<&str> = None;
    let mut comment = false;
    let mut paragraph: Option<(String, usize)> = None;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        let marker = ["```", "~~~"].into_iter().find(|marker| line.starts_with(marker));
        let outside = fence.is_none() && !comment;
        if !comment && let Some(marker) = marker {
            fence = match fence {
                Some(open) if open == marker => None,
                Some(open) => Some(open),
                None => Some(marker),
            };
        }
        comment =
            if comment { !line.contains("-->") } else { line.starts_with("<!--") && !line.contains("-->") };
        let is_prose = outside && marker.is_none() && is_prose(line);
        match &mut paragraph {
            // What is underlined was a heading.
            Some(_) if is_underline(line) => paragraph = None,
            Some((so_far, _)) if is_prose => {
                so_far.push(' ');
                so_far.push_str(line);
            }
            Some((so_far, first)) => match one_line(&plain(so_far)) {
                Some(found) => return Some((found, *first)),
                None => paragraph = None,
            },
            None if is_prose => paragraph = Some((line.to_owned(), at + 1)),
            None => {}
        }
    }
    let (so_far, first) = paragraph?;
    Some((one_line(&plain(&so_far))?, first))
}

/// The text on one line, cut at the end of a sentence or of a word if it is long; nothing if there is no word in it.
pub(crate) fn one_line(text: &str) -> Option<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !line.chars().any(char::is_alphanumeric) {
        return None;
    }
    let Some((end, _)) = line.char_indices().nth(MAX_CHARS) else { return Some(line) };
    let head = line.get(..end).unwrap_or_default();
    // A short first sentence before a long second one says too little.
    if let Some((sentence, _)) =
        head.rsplit_once(". ").filter(|(sentence, _)| sentence.chars().count() * 2 >= MAX_CHARS)
    {
        return Some(format!("{sentence}."));
    }
    let words = head.rsplit_once(' ').map_or(head, |(words, _)| words);
    let words: String = words.chars().take(MAX_CHARS - 1).collect();
    Some(format!("{words}…"))
}

fn is_prose(line: &str) -> bool {
    let begins = |marks: &[&str]| marks.iter().any(|mark| line.starts_with(mark));
    let is_listed = line.split_once(['.', ')']).is_some_and(|(number, rest)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) && rest.starts_with(' ')
    });
    // `**bold**` begins a sentence, `* ` a list.
    !line.is_empty()
        && !is_listed
        && !is_underline(line)
        && !begins(&["#", "<", "|", ">", "[![", "![", "- ", "* ", "+ ", "[//]", "::", ".. "])
}

fn is_underline(line: &str) -> bool {
    line.len() > 1 && (line.bytes().all(|byte| byte == b'=') || line.bytes().all(|byte| byte == b'-'))
}

/// Without the marks of Markdown: links become their text, pictures and tags go.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        rest = match first {
            '!' if after.starts_with('[') => match link(after) {
                Some((_, rest)) => rest,
                None => keep(&mut out, first, after),
            },
            '[' => match link(rest) {
                Some((text, rest)) => {
                    out.push_str(&plain(text));
                    rest
                }
                None => keep(&mut out, first, after),
            },
            '<' if after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') => {
                match after.split_once('>') {
                    Some((_, rest)) => rest,
                    None => keep(&mut out, first, after),
                }
            }
            '`' => after,
            '*' | '_' if after.starts_with(first) => after.get(1..).unwrap_or_default(),
            '*' if !after.starts_with(' ') || out.ends_with(char::is_alphanumeric) => after,
            _ => keep(&mut out, first, after),
        };
    }
    out
}

fn keep<'t>(out: &mut String, c: char, after: &'t str) -> &'t str {
    out.push(c);
    after
}

/// `[text](address)` or `[text][name]` at the start: the text, and what follows.
fn link(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    let close = text.char_indices().find_map(|(at, c)| {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth == 0).then_some(at)
    })?;
    let inside = text.get(1..close)?;
    let after = text.get(close + 1..)?;
    let end = match after.chars().next()? {
        '(' => after.find(')')?,
        '[' => after.find(']')?,
        _ => return None,
    };
    Some((inside, after.get(end + 1..)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Option<(String, usize)> {
        first_paragraph(text)
    }

    fn some(text: &str, line: usize) -> Option<(String, usize)> {
        Some((text.to_owned(), line))
    }

    #[test]
    fn the_first_paragraph_is_found_behind_headings_badges_and_code() {
        let text = "\
# Shop
[![ci](https://x/y.svg)](https://x)
<p align=\"center\">
<!-- a note
over two lines -->

```sh
make shop
```

Sells *things* to **people**,
see [the docs](https://x/docs) or `shop --help`.

More of it.
";
        assert_eq!(found(text), some("Sells things to people, see the docs or shop --help.", 11));
    }

    #[test]
    fn an_underlined_heading_is_no_prose() {
        assert_eq!(found("Shop\n====\n\nSells things.\n"), some("Sells things.", 4));
    }

    #[test]
    fn where_there_is_no_prose_there_is_no_description() {
        for text in
            ["", "# Shop\n", "- a\n- b\n", "1. a\n2. b\n", "![x](y)\n", "| a | b |\n", "***\n", "```\nx\n"]
        {
            assert_eq!(found(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_long_paragraph_ends_with_a_sentence_or_a_word() {
        let first = "Sells things to people who come by, and to those who write, all day, all night, and all through the winter, too.";
        let sentences = format!("{first} {}", "And many more of them ".repeat(20));
        assert_eq!(one_line(&sentences).unwrap(), first);
        let short = one_line(&format!("Sells things. {}", "And many more ".repeat(20))).unwrap();
        assert!(short.starts_with("Sells things. And many more") && short.ends_with('…'), "{short}");

        let words = one_line(&"thing ".repeat(60)).unwrap();
        assert!(words.ends_with("thing…") && words.chars().count() <= MAX_CHARS, "{words}");
        let word = one_line(&"ü".repeat(500)).unwrap();
        assert_eq!(word.chars().count(), MAX_CHARS);
    }

    #[test]
    fn signs_that_mark_nothing_stay() {
        assert_eq!(plain("a_b < c [x] 3 * 4 !"), "a_b < c [x] 3 * 4 !");
        assert_eq!(plain("[a [b] c](d) ![e](f)g <br/>h"), "a [b] c g h");
    }

    proptest! {
        #[test]
        fn what_comes_out_is_one_short_line_with_a_word(text in "[a-zü *_`\\[\\]()!<>#=.\n-]{0,400}") {
            if let Some((line, _)) = first_paragraph(&text) {
                prop_assert!(line.chars().count() <= MAX_CHARS);
                prop_assert!(!line.contains('\n') && line.chars().any(char::is_alphanumeric), "{:?}", line);
            }
        }
    }
}
