//! [`Exchange`]: what was asked and answered, in the order in which requests came.
//!
//! Tokens and keys are not kept, only whose they were.

use serde_json::Value;

use crate::clock::Millis;

/// A request and its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Its number, from 1.
    pub number: usize,
    /// When it came.
    pub at: Millis,
    /// GitHub's id of the operation; `git/receive-pack` and the like for git; empty if there is no such operation.
    pub operation: String,
    /// The HTTP method.
    pub method: String,
    /// The path below the API's base, as sent.
    pub path: String,
    /// The query, as sent.
    pub query: String,
    /// The body, if it was JSON.
    pub body: Value,
    /// Whose credentials it had: `anonymous`, `app 1002`, `installation 1003`, `user jane`.
    pub who: String,
    /// The status of the answer; 0 if there was none.
    pub status: u16,
    /// Whether the operation was done, whatever the answer said.
    pub applied: bool,
    /// The fault that was put in, if one was.
    pub fault: Option<String>,
}

impl Exchange {
    /// Whether it could change something.
    #[must_use]
    pub fn is_mutation(&self) -> bool {
        let reads = ["git/info-refs", "git/upload-pack", "apps/create-installation-access-token"];
        let graphql_query = self.operation == "graphql"
            && !self.body["query"].as_str().is_some_and(|query| query.trim_start().starts_with("mutation"));
        !matches!(self.method.as_str(), "GET" | "HEAD")
            && !reads.contains(&self.operation.as_str())
            && !graphql_query
    }
}

/// Whether a request is about the repository of this name: its path names it, or its body gives it that name.
pub(crate) fn is_about(name: &str, path: &str, body: &Value) -> bool {
    let in_path = path.split('/').any(|part| part.strip_suffix(".git").unwrap_or(part) == name);
    in_path || body["name"] == name
}

/// Exchanges in their order.
#[derive(Clone, Debug, Default)]
pub struct Exchanges(pub Vec<Exchange>);

impl Exchanges {
    /// Those of one operation.
    #[must_use]
    pub fn of(&self, operation: &str) -> Self {
        self.those(|exchange| exchange.operation == operation)
    }

    /// Those that could change something.
    #[must_use]
    pub fn mutations(&self) -> Self {
        self.those(Exchange::is_mutation)
    }

    /// Those that were done.
    #[must_use]
    pub fn applied(&self) -> Self {
        self.those(|exchange| exchange.applied)
    }

    /// Those that a rule picks.
    #[must_use]
    pub fn those(&self, rule: impl Fn(&Exchange) -> bool) -> Self {
        Self(self.0.iter().filter(|exchange| rule(exchange)).cloned().collect())
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = &Exchange> {
        self.0.iter()
    }

    /// The ids of the operations, in their order.
    #[must_use]
    pub fn operations(&self) -> Vec<&str> {
        self.0.iter().map(|exchange| exchange.operation.as_str()).collect()
    }
}
