//! A text as a scalar: without quotes where it reads back as the same text, else quoted or as a block.
//!
//! It knows one text and the place that it is written at. The invariant: what comes out reads back as the text.

use super::fold::{Mode, Room, fold};
use super::options::{Blocks, Style};
use super::write::{Place, as_comment};

/// A scalar as it was written, and what the writer of its collection has to know.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) text: String,
    /// The comment stands in it already.
    pub(super) comment_done: bool,
    /// Its end keeps every line break that follows.
    pub(super) keeps_breaks: bool,
}

impl From<String> for Written {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

/// A text in a style, or in the one that its place asks for.
pub(super) fn text(value: &str, style: Option<Style>, comment: Option<&str>, place: &Place<'_>) -> Written {
    let style = if style != Some(Style::QuoteDouble) && value.chars().any(needs_escape) {
        Some(Style::QuoteDouble)
    } else {
        style
    };
    let usual = place.settings.key_style.filter(|_| place.key).unwrap_or(place.settings.string_style);
    let scalar = Scalar { value, style, comment, place };
    match style.unwrap_or(usual) {
        Style::BlockFolded | Style::BlockLiteral if place.key || place.in_flow => scalar.quoted().into(),
        Style::BlockFolded | Style::BlockLiteral => scalar.block(place.force_block_indent),
        Style::QuoteDouble => scalar.double().into(),
        Style::QuoteSingle => scalar.single().into(),
        Style::Plain => scalar.plain(),
    }
}

/// Control characters, but for tab and line break.
fn needs_escape(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}')
}

struct Scalar<'a> {
    value: &'a str,
    style: Option<Style>,
    comment: Option<&'a str>,
    place: &'a Place<'a>,
}

impl Scalar<'_> {
    fn room(&self, starts_at: Option<usize>) -> Room {
        let settings = self.place.settings;
        Room { starts_at, line_width: settings.line_width, min_content: settings.min_content }
    }

    /// Folds a scalar in a flow style, unless it is a name.
    fn folded(&self, text: String, indent: &str, mode: Mode) -> String {
        if self.place.key {
            return text;
        }
        fold(&text, indent, mode, self.room(self.place.starts_at)).text
    }

    /// The indentation of further lines. A line that could be taken for the end of a document is indented.
    fn indent(&self, forced: bool) -> &str {
        match self.place.indent.as_str() {
            "" if forced || has_marker(self.value) => "  ",
            indent => indent,
        }
    }

    fn quoted(&self) -> String {
        let (double, single) = (self.value.contains('"'), self.value.contains('\''));
        match self.place.settings.single_quote {
            Some(false) => self.double(),
            _ if double && !single => self.single(),
            _ if single && !double => self.double(),
            Some(true) => self.single(),
            None => self.double(),
        }
    }

    fn single(&self) -> String {
        let broken = self.place.key && self.value.contains('\n');
        if self.place.settings.single_quote == Some(false) || broken || blank_at_break(self.value) {
            return self.double();
        }
        let indent = self.indent(false);
        let inner = after_breaks(&self.value.replace('\'', "''"), &format!("\n{indent}"));
        self.folded(format!("'{inner}'"), indent, Mode::Flow)
    }

    fn double(&self) -> String {
        let json = serde_json::Value::from(self.value).to_string();
        if self.place.settings.quoted_as_json {
            return json;
        }
        let indent = self.indent(false).to_owned();
        let short = (json.encode_utf16().count() as f64) < self.place.settings.quoted_min;
        let text = double_quoted(&json, self.place.key || short, &indent);
        self.folded(text, &indent, Mode::Quoted)
    }

    fn plain(&self) -> Written {
        let Place { key, in_flow, settings, .. } = *self.place;
        let value = self.value;
        let breaks = value.contains('\n');
        if (key && breaks) || (in_flow && value.contains(['[', ']', '{', '}', ','])) {
            return self.quoted().into();
        }
        if !may_be_plain(value) {
            return if key || in_flow || !breaks { self.quoted().into() } else { self.block(false) };
        }
        if !key && !in_flow && breaks && self.style != Some(Style::Plain) {
            return self.block(false);
        }
        if has_marker(value) {
            if self.place.indent.is_empty() {
                return self.block(true);
            }
            if key && self.place.indent.len() == settings.step {
                return self.quoted().into();
            }
        }
        let text = after_breaks(value, &format!("\n{}", self.place.indent));
        if is_word_of_schema(&text) {
            return self.quoted().into();
        }
        self.folded(text, &self.place.indent, Mode::Flow).into()
    }

    fn block(&self, forced: bool) -> Written {
        let settings = self.place.settings;
        let ends_blank = self
            .value
            .rsplit_once('\n')
            .is_some_and(|(_, last)| !last.is_empty() && last.bytes().all(|b| matches!(b, b' ' | b'\t')));
        if settings.blocks == Blocks::Never || ends_blank {
            return self.quoted().into();
        }
        let indent = self.indent(forced);
        let literal = match (settings.blocks, self.style) {
            (Blocks::Literal, _) => true,
            (Blocks::Folded, _) | (_, Some(Style::BlockFolded)) => false,
            (_, Some(Style::BlockLiteral)) => true,
            _ => !has_long_line(self.value, settings.line_width, indent.len()),
        };
        if self.value.is_empty() {
            return (if literal { "|\n" } else { ">\n" }).to_owned().into();
        }
        let parts = Parts::of(self.value, indent);
        let mut written = Written { keeps_breaks: parts.chomp == "+", ..Written::default() };
        let mut header = format!("{}{}", parts.indicator(indent), parts.chomp);
        if let Some(comment) = self.comment {
            let line: Vec<&str> = comment.split(['\r', '\n']).filter(|part| !part.is_empty()).collect();
            header.push_str(&format!(" {}", as_comment(&line.join(" "))));
            written.comment_done = true;
        }
        if !literal {
            let body = format!("{}{}{}", parts.start, folded_body(parts.body, indent), parts.end);
            let folded = fold(&body, indent, Mode::Block, self.room(Some(indent.len())));
            let as_it_is = settings.blocks == Blocks::Folded || self.style == Some(Style::BlockFolded);
            if as_it_is || !folded.overflow {
                written.text = format!(">{header}\n{indent}{}", folded.text);
                return written;
            }
        }
        let body = after_breaks(parts.body, indent);
        written.text = format!("|{header}\n{indent}{}{body}{}", parts.start, parts.end);
        written
    }
}

/// The parts of a block: blank lines in front, lines, blank lines behind.
struct Parts<'v> {
    start: String,
    starts_with_space: bool,
    body: &'v str,
    end: String,
    chomp: &'static str,
}

impl<'v> Parts<'v> {
    fn of(value: &'v str, indent: &str) -> Self {
        let body = value.trim_end_matches(['\n', '\t', ' ']);
        let end = value.get(body.len()..).unwrap_or_default();
        let chomp = match end.find('\n') {
            None => "-",
            Some(at) if body.is_empty() || at + 1 != end.len() => "+",
            Some(_) => "",
        };
        let end = breaks_inside(end.strip_suffix('\n').unwrap_or(end), indent);
        let blank = body.len() - body.trim_start_matches([' ', '\n']).len();
        let blank_text = body.get(..blank).unwrap_or_default();
        let start_length = blank_text.rfind('\n').map_or(0, |at| at + 1);
        let (start, body) = body.split_at_checked(start_length).unwrap_or(("", body));
        Self {
            start: after_breaks(start, indent),
            starts_with_space: blank_text.contains(' '),
            body,
            end,
            chomp,
        }
    }

    /// The digit that says how far lines are indented, where the first one begins with a space.
    fn indicator(&self, indent: &str) -> &'static str {
        match (self.starts_with_space, indent) {
            (false, _) => "",
            (true, "") => "1",
            (true, _) => "2",
        }
    }
}

/// Each run of line breaks with `more` behind it.
fn after_breaks(text: &str, more: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(c);
        if c == '\n' && chars.peek() != Some(&'\n') {
            out.push_str(more);
        }
    }
    out
}

/// The same for the runs that do not end the text.
fn breaks_inside(text: &str, more: &str) -> String {
    let body = text.trim_end_matches('\n');
    let end = text.get(body.len()..).unwrap_or_default();
    format!("{}{end}", after_breaks(body, more))
}

/// The lines of a folded block before long ones are broken: a break is doubled, so that it is not taken for a
/// fold, but not at lines that are indented further.
fn folded_body(body: &str, indent: &str) -> String {
    let mut doubled = String::with_capacity(body.len());
    let mut before = None;
    for c in body.chars() {
        if c == '\n' && before != Some('\n') {
            doubled.push('\n');
        }
        doubled.push(c);
        before = Some(c);
    }
    let mut out = String::with_capacity(doubled.len());
    let mut rest = doubled.as_str();
    let mut first = true;
    while !rest.is_empty() {
        let after_break = rest.strip_prefix('\n');
        let line = if first { Some(rest) } else { after_break };
        let line = line.filter(|line| line.starts_with([' ', '\t']));
        // At the very start a break may stand before a deeper line as well.
        let line = line.or_else(|| after_break.filter(|line| line.starts_with([' ', '\t'])));
        first = false;
        if let Some(line) = line {
            let length = line.find('\n').unwrap_or(line.len());
            let (deeper, behind) = line.split_at_checked(length).unwrap_or((line, ""));
            out.push_str(deeper);
            let blank = behind.len() - behind.trim_start_matches(['\n', '\t', ' ']).len();
            let (blank, _) = behind.split_at_checked(blank).unwrap_or(("", behind));
            match blank.strip_suffix('\n') {
                Some(kept) => {
                    out.push_str(kept);
                    rest = behind.get(blank.len()..).unwrap_or_default();
                }
                None => rest = behind,
            }
        } else {
            let mut chars = rest.chars();
            out.extend(chars.next());
            rest = chars.as_str();
        }
    }
    after_breaks(&out, indent)
}

/// JSON's text with the escapes of YAML, over several lines unless `one_line`.
fn double_quoted(json: &str, one_line: bool, indent: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with(" \\n") {
            // A space before a line break would be folded away.
            out.push_str("\\ ");
            rest = rest.get(1..).unwrap_or_default();
            if !rest.starts_with("\\n") {
                continue;
            }
            rest = line_break(rest, one_line, indent, &mut out);
        } else if rest.starts_with("\\u") {
            out.push_str(&escape(rest.get(2..6).unwrap_or_default()));
            rest = rest.get(6..).unwrap_or_default();
        } else if rest.starts_with("\\n") {
            rest = line_break(rest, one_line, indent, &mut out);
        } else if c == '\\' {
            out.push_str(rest.get(..2).unwrap_or(rest));
            rest = rest.get(2..).unwrap_or_default();
        } else {
            out.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// Writes the break that `rest` begins with; gives what follows.
fn line_break<'r>(rest: &'r str, one_line: bool, indent: &str, out: &mut String) -> &'r str {
    let mut behind = rest.get(2..).unwrap_or_default();
    if one_line || behind.starts_with('"') {
        out.push_str("\\n");
        return behind;
    }
    // Folding eats the first break.
    out.push_str("\n\n");
    while let Some(next) = behind.strip_prefix("\\n").filter(|next| !next.starts_with('"')) {
        out.push('\n');
        behind = next;
    }
    out.push_str(indent);
    // So would it a space at the start of the next line.
    if behind.starts_with(' ') {
        out.push('\\');
    }
    behind
}

fn escape(code: &str) -> String {
    match code {
        "0000" => "\\0".to_owned(),
        "0007" => "\\a".to_owned(),
        "000b" => "\\v".to_owned(),
        "001b" => "\\e".to_owned(),
        _ => match code.strip_prefix("00") {
            Some(short) => format!("\\x{short}"),
            None => format!("\\u{code}"),
        },
    }
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

/// Whether a line begins like a directive, or like the start or end of a document.
fn has_marker(value: &str) -> bool {
    value.split(is_break).any(|line| ["%", "---", "..."].iter().any(|marker| line.starts_with(marker)))
}

fn has_long_line(value: &str, line_width: i64, indent: usize) -> bool {
    if line_width <= 0 {
        return false;
    }
    let limit = line_width - i64::try_from(indent).unwrap_or(i64::MAX);
    let width = |line: &str| i64::try_from(line.encode_utf16().count()).unwrap_or(i64::MAX);
    value.split('\n').any(|line| width(line) > limit)
}

/// A blank next to a line break: quotes cannot hold it without escapes.
fn blank_at_break(value: &str) -> bool {
    [" \n", "\t\n", "\n ", "\n\t"].iter().any(|pair| value.contains(pair))
}

/// Whether a text without quotes is not taken for something of YAML's own.
fn may_be_plain(value: &str) -> bool {
    const INDICATORS: &str = "\n\t ,[]{}#&*!|>'\"%@`";
    const BLANKS: [char; 2] = [' ', '\t'];
    let mut chars = value.chars();
    let first = chars.next();
    if first.is_some_and(|c| INDICATORS.contains(c)) || matches!(value, "?" | "-") {
        return false;
    }
    if matches!(first, Some('?' | '-')) && chars.next().is_some_and(|c| BLANKS.contains(&c)) {
        return false;
    }
    if value.ends_with(['\n', '\t', ' ', ':']) {
        return false;
    }
    let mut before = ' ';
    for (at, c) in value.chars().enumerate() {
        let blank = BLANKS.contains(&c);
        let fault = at > 0
            && ((blank && matches!(before, '\n' | ':'))
                || (c == '\n' && BLANKS.contains(&before))
                || (c == '#' && matches!(before, '\n' | '\t' | ' ')));
        if fault {
            return false;
        }
        before = c;
    }
    true
}

/// Whether a text without quotes would be read as null, a truth value or a number.
pub(super) fn is_word_of_schema(text: &str) -> bool {
    const WORDS: [&str; 11] =
        ["", "~", "null", "Null", "NULL", "true", "True", "TRUE", "false", "False", "FALSE"];
    WORDS.contains(&text) || is_number(text)
}

/// Whether a text is written as a number.
pub(super) fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if let Some(octal) = text.strip_prefix("0o") {
        return !octal.is_empty() && octal.bytes().all(|b| matches!(b, b'0'..=b'7'));
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit());
    }
    if [".nan", ".NaN", ".NAN"].contains(&text) {
        return true;
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if [".inf", ".Inf", ".INF"].contains(&unsigned) {
        return true;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    if let Some(exponent) = exponent
        && !digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))
    {
        return false;
    }
    match mantissa.split_once('.') {
        None => digits(mantissa),
        Some(("", fraction)) => digits(fraction),
        Some((whole, fraction)) => digits(whole) && (fraction.is_empty() || digits(fraction)),
    }
}

#[cfg(test)]
mod tests;
