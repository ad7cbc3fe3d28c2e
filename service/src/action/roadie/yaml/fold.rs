//! Breaking long lines of a scalar.
//!
//! A line is broken at a single space, the last one that keeps it within its width; a quoted text is broken
//! anywhere, with a backslash, when it has no such space. Widths are counted in UTF-16 units. The invariant: a
//! text that is folded here reads back as it was.

use std::collections::BTreeSet;

/// What kind of text is folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Plain or single-quoted.
    Flow,
    /// Double-quoted.
    Quoted,
    /// The lines of a block.
    Block,
}

/// The room a text has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    /// Where its first line begins, if not at its indentation.
    pub(super) starts_at: Option<usize>,
    /// 0: no line is broken.
    pub(super) line_width: i64,
    pub(super) min_content: i64,
}

/// A folded text, and whether a line of it is too long all the same.
#[derive(Debug)]
pub(super) struct Folded {
    pub(super) text: String,
    pub(super) overflow: bool,
}

const NEWLINE: u16 = 0x0a;
const SPACE: u16 = 0x20;
const TAB: u16 = 0x09;
const BACKSLASH: u16 = 0x5c;

fn is_blank(unit: Option<u16>) -> bool {
    matches!(unit, None | Some(SPACE | NEWLINE | TAB))
}

/// Folds a text whose lines are indented by `indent`.
pub(super) fn fold(text: &str, indent: &str, mode: Mode, room: Room) -> Folded {
    let whole = |overflow| Folded { text: text.to_owned(), overflow };
    if room.line_width <= 0 {
        return whole(false);
    }
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut folder = Folder::new(&units, signed(indent.len()), mode, room);
    if signed(units.len()) <= folder.step {
        return whole(false);
    }
    if !folder.find() || folder.folds.is_empty() {
        return whole(folder.overflow);
    }
    Folded { text: folder.broken(indent), overflow: folder.overflow }
}

struct Folder<'u> {
    units: &'u [u16],
    mode: Mode,
    indent: i64,
    /// How far the end of a line lies behind its fold.
    step: i64,
    /// Where the line at hand should end.
    end: i64,
    /// The units at which a line is broken.
    folds: Vec<usize>,
    /// Those of them that are broken with a backslash.
    escaped: BTreeSet<usize>,
    overflow: bool,
}

impl<'u> Folder<'u> {
    fn new(units: &'u [u16], indent: i64, mode: Mode, room: Room) -> Self {
        let min_content = if room.line_width < room.min_content { 0 } else { room.min_content };
        let mut folds = Vec::new();
        let mut end = room.line_width - indent;
        if let Some(starts_at) = room.starts_at.map(signed) {
            if starts_at > room.line_width - min_content.max(2) {
                folds.push(0);
            } else {
                end = room.line_width - starts_at;
            }
        }
        let step = (1 + min_content).max(1 + room.line_width - indent);
        Self { units, mode, indent, step, end, folds, escaped: BTreeSet::new(), overflow: false }
    }

    fn at(&self, index: i64) -> Option<u16> {
        usize::try_from(index).ok().and_then(|index| self.units.get(index)).copied()
    }

    /// Finds the places to break at; `false` when the text has to stay as it is.
    fn find(&mut self) -> bool {
        let mut at: i64 = -1;
        let mut split: Option<i64> = None;
        let mut before: Option<u16> = None;
        let (mut escape_start, mut escape_end): (i64, i64) = (-1, -1);
        if self.mode == Mode::Block {
            at = self.deeper_lines(at);
            if at != -1 {
                self.end = at + self.step;
            }
        }
        loop {
            at += 1;
            let Some(mut unit) = self.at(at) else { return true };
            if self.mode == Mode::Quoted && unit == BACKSLASH {
                escape_start = at;
                at += match self.at(at + 1).and_then(|unit| u8::try_from(unit).ok()) {
                    Some(b'x') => 3,
                    Some(b'u') => 5,
                    Some(b'U') => 9,
                    _ => 1,
                };
                escape_end = at;
            }
            if unit == NEWLINE {
                if self.mode == Mode::Block {
                    at = self.deeper_lines(at);
                }
                self.end = at + self.indent + self.step;
                split = None;
            } else {
                if unit == SPACE && !is_blank(before) && !is_blank(self.at(at + 1)) {
                    split = Some(at);
                }
                if at >= self.end {
                    match split.take() {
                        // A space at the very start is none to break at.
                        Some(place) if place > 0 => {
                            self.fold_at(place);
                            self.end = place + self.step;
                        }
                        _ if self.mode == Mode::Quoted => {
                            while matches!(before, Some(SPACE | TAB)) {
                                before = Some(unit);
                                at += 1;
                                self.overflow = true;
                                let Some(next) = self.at(at) else { break };
                                unit = next;
                            }
                            let place = if at > escape_end + 1 { at - 2 } else { escape_start - 1 };
                            let Ok(index) = usize::try_from(place) else { return false };
                            if !self.escaped.insert(index) {
                                return false;
                            }
                            self.folds.push(index);
                            self.end = place + self.step;
                        }
                        _ => self.overflow = true,
                    }
                }
            }
            before = Some(unit);
        }
    }

    fn fold_at(&mut self, place: i64) {
        if let Ok(place) = usize::try_from(place) {
            self.folds.push(place);
        }
    }

    /// The end of the lines from the next one on that are indented further than the block: they are not folded.
    fn deeper_lines(&self, from: i64) -> i64 {
        let mut at = from;
        let mut end = from;
        let mut start = from + 1;
        let mut unit = self.at(start);
        while matches!(unit, Some(SPACE | TAB)) {
            if at < start + self.indent {
                at += 1;
                unit = self.at(at);
            } else {
                loop {
                    at += 1;
                    unit = self.at(at);
                    if matches!(unit, None | Some(NEWLINE)) {
                        break;
                    }
                }
                end = at;
                start = at + 1;
                unit = self.at(start);
            }
        }
        end
    }

    fn broken(&self, indent: &str) -> String {
        let part = |from: usize, to: usize| {
            String::from_utf16_lossy(self.units.get(from..to.min(self.units.len())).unwrap_or_default())
        };
        let mut out = part(0, self.folds.first().copied().unwrap_or_default());
        for (at, fold) in self.folds.iter().copied().enumerate() {
            let end = self.folds.get(at + 1).copied().unwrap_or(self.units.len());
            if fold == 0 {
                out = format!("\n{indent}{}", part(0, end));
                continue;
            }
            if self.mode == Mode::Quoted && self.escaped.contains(&fold) {
                out.push_str(&part(fold, fold + 1));
                out.push('\\');
            }
            out.push_str(&format!("\n{indent}{}", part(fold + 1, end)));
        }
        out
    }
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str, mode: Mode) -> String {
        fold(text, "  ", mode, Room { starts_at: None, line_width: 20, min_content: 0 }).text
    }

    #[test]
    fn a_line_is_broken_at_its_last_space() {
        assert_eq!(folded("one two three four five six", Mode::Flow), "one two three four\n  five six");
        assert_eq!(folded("short", Mode::Flow), "short");
    }

    #[test]
    fn a_quoted_text_without_spaces_is_broken_with_a_backslash() {
        let text = format!("\"{}\"", "x".repeat(30));

        assert!(folded(&text, Mode::Quoted).contains("\\\n  "));
        assert_eq!(folded(&text, Mode::Flow), text);
    }

    #[test]
    fn lines_that_are_indented_further_stay() {
        let text = "    a line that is much longer than twenty\nand another that is longer than twenty";

        assert!(folded(text, Mode::Block).starts_with("    a line that is much longer than twenty\n"));
    }
}
