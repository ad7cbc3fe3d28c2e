//! Where a reader of the feed stands, as the text that he keeps for us.
//!
//! It is one word of letters, digits, `-` and `_`, and means nothing to anybody else. The invariant: a text that
//! is not one of ours is no position; it is never guessed at.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Before the parts: a later form of cursors will begin otherwise.
const FORM: &str = "1";

/// A place in the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Position {
    /// In the middle of everything there is, which is told by reference.
    Within {
        /// Number of the last change when the reading began: what came later is told after it.
        start: i64,
        /// The last reference that was told.
        after: String,
    },
    /// Has every change up to this number.
    After(i64),
}

impl Position {
    /// The position as a cursor of the feed `epoch`.
    pub(super) fn written(&self, epoch: &str) -> String {
        let text = match self {
            Self::Within { start, after } => format!("{FORM} {epoch} {start} {after}"),
            Self::After(seq) => format!("{FORM} {epoch} {seq}"),
        };
        URL_SAFE_NO_PAD.encode(text)
    }

    /// Reads a cursor; nothing if it is none of the feed `epoch`.
    pub(super) fn read(cursor: &str, epoch: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let mut parts = text.splitn(4, ' ');
        if parts.next() != Some(FORM) || parts.next() != Some(epoch) {
            return None;
        }
        let number: i64 = parts.next()?.parse().ok().filter(|number| *number >= 0)?;
        Some(match parts.next() {
            Some(after) => Self::Within { start: number, after: after.to_owned() },
            None => Self::After(number),
        })
    }

    /// The change up to which this position needs the removals that followed.
    pub(super) fn seq(&self) -> i64 {
        match self {
            Self::Within { start, .. } => *start,
            Self::After(seq) => *seq,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_to_its_position() {
        for position in [
            Position::After(0),
            Position::After(i64::MAX),
            Position::Within { start: 7, after: "component:default/a b/ü".to_owned() },
        ] {
            let cursor = position.written("abc");

            assert_eq!(Position::read(&cursor, "abc"), Some(position));
            assert!(cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)), "{cursor}");
        }
    }

    #[test]
    fn what_is_no_cursor_of_this_feed_is_no_position() {
        let cursor = Position::After(7).written("abc");
        assert_eq!(Position::read(&cursor, "abd"), None);
        assert_eq!(Position::read(cursor.split_at(8).0, "abc"), None);
        for text in ["", "7", "\u{fc}", "MSBhYmMgLTE", "MSBhYmMgeA", "MiBhYmMgNw"] {
            assert_eq!(Position::read(text, "abc"), None, "{text}");
        }
    }
}
