//! Small questions about texts that several detectors ask.
//!
//! Plain scans over a text, none of which walks back. They parse nothing. The invariant: the time is linear in the
//! length of the text.

use crate::Said;

/// The line, from 1, on which a text first stands.
pub(crate) fn line_of(text: &str, wanted: &str) -> Option<u32> {
    line_at(text, text.find(wanted)?)
}

/// The line, from 1, of a place in a text.
pub(crate) fn line_at(text: &str, offset: usize) -> Option<u32> {
    let before = text.as_bytes().get(..offset)?;
    u32::try_from(before.iter().filter(|byte| **byte == b'\n').count() + 1).ok()
}

/// A text that is not blank, with the line of the key before it.
pub(crate) fn said(whole: &str, key: &str, value: Option<&str>) -> Option<Said> {
    let value = value.map(str::trim).filter(|value| !value.is_empty())?;
    Some(Said::new(value, line_of(whole, key)))
}

/// The text between the first pair of quotes, single or double.
pub(crate) fn quoted(text: &str) -> Option<&str> {
    quoted_texts(text).next()
}

/// All texts between quotes on one line.
pub(crate) fn quoted_texts(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let start = rest.find(['"', '\''])?;
        let quote = rest.get(start..=start)?;
        let after = rest.get(start + 1..)?;
        let end = after.find(quote)?;
        rest = after.get(end + 1..).unwrap_or_default();
        after.get(..end)
    })
}
