//! A string that knows whether it came from a secret.
//!
//! What is derived from a marked text is marked again; the mark never changes how a template
//! behaves, only how the result may be shown. Equality and hashing look at the characters alone.
//! `Debug` never prints the characters of a marked text, and there is no `Display`: whoever wants
//! the characters asks for them by name.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// What is shown in place of a secret.
pub const MASK: &str = "***";

/// Whether something came from a secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark(bool);

impl Mark {
    pub(crate) const PLAIN: Self = Self(false);
    pub(crate) const SECRET: Self = Self(true);

    pub(crate) fn is_secret(self) -> bool {
        self.0
    }
}

impl std::ops::BitOr for Mark {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 || other.0)
    }
}

impl std::ops::BitOrAssign for Mark {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// An immutable string, cheap to clone, with a secret mark.
#[derive(Clone)]
pub struct Text {
    chars: Arc<str>,
    mark: Mark,
}

impl Text {
    /// A text that may be shown to anybody.
    pub fn plain(chars: impl Into<Arc<str>>) -> Self {
        Self { chars: chars.into(), mark: Mark::PLAIN }
    }

    /// A text that must never be shown; everything derived from it is marked too.
    pub fn secret(chars: impl Into<Arc<str>>) -> Self {
        Self { chars: chars.into(), mark: Mark::SECRET }
    }

    pub(crate) fn marked(chars: impl Into<Arc<str>>, mark: Mark) -> Self {
        Self { chars: chars.into(), mark }
    }

    pub(crate) fn mark(&self) -> Mark {
        self.mark
    }

    /// The same characters, with this mark added to the text's own.
    pub(crate) fn and_mark(mut self, mark: Mark) -> Self {
        self.mark |= mark;
        self
    }

    /// Whether this text came from a secret.
    pub fn is_secret(&self) -> bool {
        self.mark.is_secret()
    }

    /// The characters, secret or not.
    pub fn as_str(&self) -> &str {
        &self.chars
    }

    /// The characters as an owned string, secret or not.
    pub fn into_string(self) -> String {
        self.chars.as_ref().to_owned()
    }

    /// The characters, or [`MASK`] for a secret.
    pub fn masked(&self) -> &str {
        if self.is_secret() { MASK } else { &self.chars }
    }

    /// Whether there are no characters.
    pub fn is_empty(&self) -> bool {
        self.chars.is_empty()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_secret() { f.write_str(MASK) } else { fmt::Debug::fmt(&self.chars, f) }
    }
}

impl Default for Text {
    fn default() -> Self {
        Self::plain("")
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.chars == other.chars
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl From<&str> for Text {
    fn from(chars: &str) -> Self {
        Self::plain(chars)
    }
}

impl From<String> for Text {
    fn from(chars: String) -> Self {
        Self::plain(chars)
    }
}
