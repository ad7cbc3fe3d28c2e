//! Where something comes from, in a comment that GitHub's pages do not show.
//!
//! The invariant: a mark is one line and cannot end early, whatever the name of the step is.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::forge::Origin;

/// What could end a comment, among others.
const UNSAFE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'_');

/// The comment.
pub(super) fn of(origin: &Origin) -> String {
    let step = utf8_percent_encode(&origin.step, UNSAFE);
    format!("<!-- stagecraft task={} step={step} -->", origin.task)
}

/// A text with its mark below.
pub(super) fn marked(text: &str, origin: &Origin) -> String {
    let mark = of(origin);
    match text.trim_end() {
        "" => mark,
        text => format!("{text}\n\n{mark}"),
    }
}

/// RFC 3339 in seconds, as GitHub's queries and commits have it.
pub(super) fn instant(ms: i64) -> String {
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc3339;

    let seconds = ms.div_euclid(1_000);
    let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    at.format(&Rfc3339).unwrap_or_else(|_| "1970-01-01T00:00:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TaskId;

    #[test]
    fn a_mark_is_one_comment_whatever_the_step_is_called() {
        let task = TaskId::generate();
        let origin = |step: &str| Origin { task, step: step.to_owned(), since_ms: 0 };

        assert_eq!(of(&origin("pull_1")), format!("<!-- stagecraft task={task} step=pull_1 -->"));
        assert_eq!(
            of(&origin("a --> b\n[2]")),
            format!("<!-- stagecraft task={task} step=a%20%2D%2D%3E%20b%0A%5B2%5D -->")
        );
        assert_eq!(marked("text\n", &origin("x")), format!("text\n\n{}", of(&origin("x"))));
    }

    #[test]
    fn an_instant_has_seconds() {
        assert_eq!(instant(1_795_406_400_999), "2026-11-23T04:00:00Z");
    }
}
