//! [`Call`] and [`Answer`]: what a handler gets and gives.
//!
//! Parameters are decoded, the body is JSON, whoever calls is known and may do it: handlers only do their work.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::auth::Identity;
use crate::errors;
use crate::state::State;
use crate::state::repository::Repository;

/// A request to one operation.
pub(crate) struct Call {
    /// GitHub's own id of the operation.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: String,
    /// The path below the API's base, as sent.
    pub path: String,
    /// The path's parameters, decoded.
    pub params: BTreeMap<&'static str, String>,
    /// The query's parameters, decoded.
    pub query: BTreeMap<String, String>,
    /// The headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body; `Null` where there is none.
    pub body: Value,
    /// Who calls.
    pub who: Identity,
    /// The version of the API.
    pub version: String,
    /// The id of the repository that the path names.
    pub repository: Option<u64>,
}

impl Call {
    /// A parameter of the path; empty if there is none of this name.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    /// A text in the body.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.body.get(key).and_then(Value::as_str)
    }

    /// A truth value in the body.
    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        self.body.get(key).and_then(Value::as_bool)
    }

    /// The texts of a list in the body.
    pub(crate) fn texts(&self, key: &str) -> Option<Vec<String>> {
        let list = self.body.get(key)?.as_array()?;
        Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// A number in the path.
    pub(crate) fn number(&self, name: &str) -> Result<u64, Answer> {
        self.param(name).parse().map_err(|_| errors::not_found())
    }

    /// The repository that the path names.
    pub(crate) fn repository<'state>(&self, state: &'state State) -> Result<&'state Repository, Answer> {
        self.repository.and_then(|id| state.repositories.get(&id)).ok_or_else(errors::not_found)
    }

    /// The repository that the path names, to change it.
    pub(crate) fn repository_mut<'state>(
        &self,
        state: &'state mut State,
    ) -> Result<&'state mut Repository, Answer> {
        self.repository.and_then(|id| state.repositories.get_mut(&id)).ok_or_else(errors::not_found)
    }
}

/// What an operation answers.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, if there is one.
    pub body: Option<Value>,
    /// Headers beyond those that every answer has.
    pub headers: Vec<(String, String)>,
}

impl Answer {
    /// With this status and body.
    pub(crate) const fn of(status: u16, body: Value) -> Self {
        Self { status, body: Some(body), headers: Vec::new() }
    }

    /// 200.
    pub(crate) const fn ok(body: Value) -> Self {
        Self::of(200, body)
    }

    /// 201.
    pub(crate) const fn created(body: Value) -> Self {
        Self::of(201, body)
    }

    /// 204.
    pub(crate) const fn nothing() -> Self {
        Self { status: 204, body: None, headers: Vec::new() }
    }

    /// With a header more.
    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// What an operation does.
pub(crate) type Handler = fn(&mut State, &Call) -> Result<Answer, Answer>;
