//! Text to HTML, and the frame that all pages of a forge have.
//!
//! It knows no repository. The invariant: markup is what stands in the program; whatever else goes into a page
//! goes through [`Html::text`] or [`Html::link`], which escape it.

use super::address::address;

const STYLE: &str = include_str!("style.css");

/// A piece of a page.
#[derive(Debug, Default)]
pub(super) struct Html(String);

impl Html {
    /// Appends markup of the program.
    pub(super) fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Appends text of others.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                // What turns the reading direction could make one name look like another.
                '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => self.0.push('\u{fffd}'),
                other => self.0.push(other),
            }
        }
        self
    }

    /// Appends a link to an address of this forge.
    pub(super) fn link(&mut self, address: &str, text: &str) -> &mut Self {
        self.markup("<a href=\"").text(address).markup("\">").text(text).markup("</a>")
    }

    /// The page in its frame.
    pub(super) fn into_page(self, host: &str, title: &str) -> String {
        let mut page = Self::default();
        page.markup("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
            .text(title)
            .markup("</title>\n<style>\n")
            .markup(STYLE)
            .markup("</style>\n</head>\n<body>\n<header><div>")
            .link(&address(&[]), "Local forge")
            .markup("<span>")
            .text(host)
            .markup(" · this machine only, read-only</span></div></header>\n<main>\n");
        page.0.push_str(&self.0);
        page.markup("\n</main>\n</body>\n</html>\n");
        page.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_is_no_markup() {
        let mut html = Html::default();

        html.text("<b>&\"'\u{202e}").link("/\"x", "<i>");

        assert_eq!(html.0, "&lt;b&gt;&amp;&quot;&#39;\u{fffd}<a href=\"/&quot;x\">&lt;i&gt;</a>");
    }

    #[test]
    fn a_title_cannot_end_the_head() {
        let page = Html::default().into_page("127.0.0.1:7009", "</title><script>");

        assert!(page.contains("<title>&lt;/title&gt;&lt;script&gt;</title>"), "{page}");
    }
}
