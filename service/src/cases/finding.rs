//! What is wrong with a case, or with what came out of it.

use crate::template::TemplatePlace;

/// One thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file, and where in it if that is known.
    pub place: TemplatePlace,
    /// What is wrong, and what to do about it.
    pub message: String,
    /// The difference of a text to the one that is expected, as a unified diff.
    pub diff: Option<String>,
    /// Whether it is about a snapshot, which an update would write anew.
    pub of_snapshot: bool,
}

impl Finding {
    /// A finding at a place.
    pub fn new(place: TemplatePlace, message: impl Into<String>) -> Self {
        Self { place, message: message.into(), diff: None, of_snapshot: false }
    }

    /// A finding about a file as a whole.
    pub fn of_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(TemplatePlace { file: file.into(), line: None, column: None }, message)
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}
