//! [`Fault`]: what goes wrong, as data.
//!
//! A fault names an operation (or `*`, every one) and the first request to it, counted from when the fault was put
//! in. Done once, it is gone, unless it says otherwise.

use std::time::Duration;

use serde_json::{Value, json};

/// What happens instead of the right answer.
#[derive(Clone, Debug)]
pub enum Kind {
    /// This JSON with this status and these headers.
    Answer(u16, Value, Vec<(String, String)>),
    /// A page of HTML with this status, as a proxy sends it.
    Html(u16),
    /// The connection ends without an answer.
    Drop,
    /// The connection ends in the middle of the answer.
    Cut,
    /// An answer that says it is whole, with JSON that is not.
    Truncated,
    /// The right answer, a byte at a time, with so long between them.
    Dribble(Duration),
    /// No answer, ever.
    Hang,
    /// The right answer, so much later.
    Late(Duration),
    /// 301 for reads, 307 for all else, to this address.
    Redirect(String),
}

/// Something that goes wrong.
#[derive(Clone, Debug)]
pub struct Fault {
    pub(crate) operation: String,
    pub(crate) about: Option<String>,
    pub(crate) first: u64,
    pub(crate) times: u64,
    pub(crate) applied: bool,
    pub(crate) kind: Kind,
    pub(crate) seen: u64,
}

impl Fault {
    /// At the first request to the operation: a 500, unless something else is said.
    #[must_use]
    pub fn on(operation: &str) -> Self {
        let kind = Kind::Answer(500, json!({ "message": "Server Error" }), Vec::new());
        Self {
            operation: operation.to_owned(),
            about: None,
            first: 1,
            times: 1,
            applied: false,
            kind,
            seen: 0,
        }
    }

    /// Only at requests about the repository of this name.
    #[must_use]
    pub fn about(self, repository: &str) -> Self {
        Self { about: Some(repository.to_owned()), ..self }
    }

    /// At the n-th request instead of the first.
    #[must_use]
    pub fn nth(self, first: u64) -> Self {
        Self { first, ..self }
    }

    /// So many times in a row.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Self { times, ..self }
    }

    /// Each time from then on.
    #[must_use]
    pub fn always(self) -> Self {
        self.times(u64::MAX)
    }

    /// The operation is done all the same: whoever asked cannot know.
    #[must_use]
    pub fn after_apply(self) -> Self {
        Self { applied: true, ..self }
    }

    /// This status, with a body as GitHub's.
    #[must_use]
    pub fn answer(self, status: u16) -> Self {
        let message = match status {
            401 => "Bad credentials",
            403 => "Resource not accessible by integration",
            404 => "Not Found",
            409 => "Git Repository is empty.",
            502 => "Server Error",
            503 => "Service Unavailable",
            _ => "Something went wrong",
        };
        self.body(status, json!({ "message": message, "documentation_url": "https://docs.github.com/rest" }))
    }

    /// This status and body.
    #[must_use]
    pub fn body(self, status: u16, body: Value) -> Self {
        self.kind(Kind::Answer(status, body, Vec::new()))
    }

    /// A page of HTML with this status.
    #[must_use]
    pub fn html(self, status: u16) -> Self {
        self.kind(Kind::Html(status))
    }

    /// The connection ends before the operation is done.
    #[must_use]
    pub fn drop_before(self) -> Self {
        Self { applied: false, ..self.kind(Kind::Drop) }
    }

    /// The connection ends after the operation is done.
    #[must_use]
    pub fn drop_after(self) -> Self {
        Self { applied: true, ..self.kind(Kind::Drop) }
    }

    /// The operation is done and the connection ends in the middle of the answer.
    #[must_use]
    pub fn cut(self) -> Self {
        Self { applied: true, ..self.kind(Kind::Cut) }
    }

    /// The operation is done and half of the JSON is answered.
    #[must_use]
    pub fn truncated(self) -> Self {
        Self { applied: true, ..self.kind(Kind::Truncated) }
    }

    /// The operation is done and answered a byte at a time.
    #[must_use]
    pub fn dribble(self, between: Duration) -> Self {
        Self { applied: true, ..self.kind(Kind::Dribble(between)) }
    }

    /// No answer; the operation is not done, unless [`Fault::after_apply`].
    #[must_use]
    pub fn hang(self) -> Self {
        self.kind(Kind::Hang)
    }

    /// The operation is done and answered so much later.
    #[must_use]
    pub fn late(self, by: Duration) -> Self {
        Self { applied: true, ..self.kind(Kind::Late(by)) }
    }

    /// 301 for reads, 307 for all else, to this address.
    #[must_use]
    pub fn redirect(self, to: &str) -> Self {
        self.kind(Kind::Redirect(to.to_owned()))
    }

    /// 429, with when to come again if it is given.
    #[must_use]
    pub fn too_many(self, retry_after: Option<u64>) -> Self {
        self.limited(429, retry_after)
    }

    /// 403 with the words of a secondary limit, with when to come again if it is given.
    #[must_use]
    pub fn secondary(self, retry_after: Option<u64>) -> Self {
        self.limited(403, retry_after)
    }

    fn limited(self, status: u16, retry_after: Option<u64>) -> Self {
        let headers = retry_after.map(|seconds| ("retry-after".to_owned(), seconds.to_string()));
        let body = crate::limits::secondary_body();
        self.kind(Kind::Answer(status, body, headers.into_iter().collect()))
    }

    fn kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// Counts a request to an operation; tells whether this fault strikes.
    pub(crate) fn strikes(&mut self, operation: &str, is_about: impl Fn(&str) -> bool) -> bool {
        let elsewhere = self.about.as_deref().is_some_and(|name| !is_about(name));
        if elsewhere || (self.operation != "*" && self.operation != operation) {
            return false;
        }
        self.seen += 1;
        self.seen >= self.first && self.seen - self.first < self.times
    }

    /// In a few words, for the recorder.
    pub(crate) fn told(&self) -> String {
        let kind = match &self.kind {
            Kind::Answer(status, ..) => format!("answer {status}"),
            Kind::Html(status) => format!("html {status}"),
            Kind::Drop => "drop".to_owned(),
            Kind::Cut => "cut".to_owned(),
            Kind::Truncated => "truncated".to_owned(),
            Kind::Dribble(_) => "dribble".to_owned(),
            Kind::Hang => "hang".to_owned(),
            Kind::Late(_) => "late".to_owned(),
            Kind::Redirect(_) => "redirect".to_owned(),
        };
        if self.applied { format!("{kind} after apply") } else { kind }
    }
}
