//! Answers that stand in for actions while a dry run walks, and the record of what the walk did.
//!
//! A mock takes the place of an action's run alone: conditions, `each`, the rendering and the check of inputs are
//! the same with and without it. Which mocks make sense for a template is not judged here. The invariant: a real
//! run knows no mocks and keeps no record.

use std::collections::BTreeMap;

use catalog_gen::{Entry, TreePath};
use serde_json::{Map, Value};

use super::FailedExpression;
use crate::action::ActionError;
use crate::ids::TaskId;

/// Answers by step and by action; those of the step come first.
#[derive(Clone, Debug, Default)]
pub struct Mocks {
    /// By id of the step.
    pub steps: BTreeMap<String, Vec<Mock>>,
    /// By id of the action, also of one that is not there.
    pub actions: BTreeMap<String, Vec<Mock>>,
    /// The task that the run takes itself for, so that what is made from its id and time is always the same.
    pub task: Option<MockTask>,
}

/// Identity of a task that there is not.
#[derive(Clone, Copy, Debug)]
pub struct MockTask {
    /// Its id.
    pub id: TaskId,
    /// When it was created, milliseconds UTC.
    pub created_at_ms: i64,
}

/// One answer, and when it is given. Of several the first that fits counts.
#[derive(Clone, Debug, Default)]
pub struct Mock {
    /// Only for the element of `each` with this key.
    pub iteration: Option<String>,
    /// Only for an input that holds this, see [`holds`].
    pub when: Option<Value>,
    /// What the action puts out.
    pub output: Map<String, Value>,
    /// Files that it leaves in the workspace; they replace what is there.
    pub files: Vec<(TreePath, Entry)>,
    /// How it fails, in place of output and files.
    pub failure: Option<MockFailure>,
}

/// The failure that a mock answers with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MockFailure {
    /// One of [`MockFailure::NAMES`].
    pub name: String,
    /// What the action says.
    pub message: String,
}

impl MockFailure {
    /// The errors that an action can end with.
    pub const NAMES: [&str; 5] =
        ["InputError", "NotFoundError", "ConflictError", "NotAllowedError", "ServiceUnavailableError"];

    fn error(&self) -> ActionError {
        let message = self.message.clone();
        match self.name.as_str() {
            "NotFoundError" => ActionError::NotFound(message),
            "ConflictError" => ActionError::Conflict(message),
            "NotAllowedError" => ActionError::NotAllowed(message),
            "ServiceUnavailableError" => ActionError::Unavailable(message),
            _ => ActionError::Input(message),
        }
    }
}

impl Mocks {
    /// The mocks of a step: its own, else those of its action.
    pub(super) fn of(&self, step: &str, action: &str) -> Option<&[Mock]> {
        self.steps.get(step).or_else(|| self.actions.get(action)).map(Vec::as_slice)
    }
}

/// The answer of the first mock that fits a call.
pub(super) fn answer<'m>(
    mocks: &'m [Mock],
    iteration: Option<&str>,
    input: &Value,
) -> Result<&'m Mock, ActionError> {
    let fits = |mock: &&Mock| {
        mock.iteration.as_deref().is_none_or(|key| iteration == Some(key))
            && mock.when.as_ref().is_none_or(|when| holds(input, when))
    };
    let mock = mocks.iter().find(fits).ok_or_else(|| {
        ActionError::Input("no mock fits this call; add one without `when`, which always fits".to_owned())
    })?;
    mock.failure.as_ref().map_or(Ok(mock), |failure| Err(failure.error()))
}

/// Does `value` hold `part`? Of a map every key of `part` has to be there and hold what stands there; a list has
/// to have the same length and hold each in turn; everything else has to be equal.
pub fn holds(value: &Value, part: &Value) -> bool {
    match (value, part) {
        (Value::Object(value), Value::Object(part)) => {
            part.iter().all(|(key, part)| value.get(key).is_some_and(|value| holds(value, part)))
        }
        (Value::Array(value), Value::Array(part)) => {
            value.len() == part.len() && value.iter().zip(part).all(|(value, part)| holds(value, part))
        }
        (Value::Number(value), Value::Number(part)) => value == part || value.as_f64() == part.as_f64(),
        (value, part) => value == part,
    }
}

/// What became of one step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepReport {
    /// Its id.
    pub id: String,
    /// How it ended.
    pub end: StepEnd,
    /// The rendered inputs, in order: one, or one for each element of `each` whose `if` holds.
    pub calls: Vec<StepCall>,
    /// What later steps read of it; what stems from secrets reads `***`.
    pub output: Value,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepEnd {
    /// Its action ran, or a mock in its place.
    Ran,
    /// It was its turn, but its action does not run in a dry run.
    LeftOut,
    /// Its `if` was false, or an earlier step failed.
    Skipped,
    /// It failed.
    Failed,
}

/// The input of one call; what stems from secrets reads `***`.
#[derive(Clone, Debug, PartialEq)]
pub struct StepCall {
    /// Key of the element of `each`.
    pub iteration: Option<String>,
    /// The input.
    pub input: Value,
}

/// The steps of a walk as they end.
#[derive(Debug, Default)]
pub(super) struct Record {
    reports: Vec<StepReport>,
    calls: Vec<StepCall>,
    /// Expressions that failed.
    pub(super) problems: Vec<FailedExpression>,
}

impl Record {
    /// Keeps a call of the step under way.
    pub(super) fn called(&mut self, iteration: Option<&str>, input: Value) {
        self.calls.push(StepCall { iteration: iteration.map(str::to_owned), input });
    }

    /// Closes the step under way.
    pub(super) fn ended(&mut self, id: &str, end: StepEnd, output: Value) {
        let calls = std::mem::take(&mut self.calls);
        self.reports.push(StepReport { id: id.to_owned(), end, calls, output });
    }

    /// All steps, in order, and the expressions that failed.
    pub(super) fn into_parts(self) -> (Vec<StepReport>, Vec<FailedExpression>) {
        (self.reports, self.problems)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_part_is_held_by_what_has_more_keys_but_not_by_a_longer_list() {
        let value = json!({ "a": { "b": 1, "c": [1, { "d": 2, "e": 3 }] }, "f": null });

        for part in
            [json!({}), json!({ "a": { "b": 1.0 } }), json!({ "a": { "c": [1, { "d": 2 }] }, "f": null })]
        {
            assert!(holds(&value, &part), "{part}");
        }
        for part in [json!({ "a": { "c": [1] } }), json!({ "g": null }), json!({ "a": { "b": "1" } })] {
            assert!(!holds(&value, &part), "{part}");
        }
    }

    #[test]
    fn the_first_mock_that_fits_answers() {
        let named = |name: &str, iteration: Option<&str>, when: Option<Value>| Mock {
            iteration: iteration.map(str::to_owned),
            when,
            output: Map::from_iter([("name".to_owned(), json!(name))]),
            ..Mock::default()
        };
        let mocks = [
            named("second", Some("1"), None),
            named("ours", None, Some(json!({ "team": "ours" }))),
            Mock {
                when: Some(json!({ "team": "theirs" })),
                failure: Some(MockFailure { name: "NotFoundError".to_owned(), message: "gone".to_owned() }),
                ..Mock::default()
            },
        ];
        let asked = |iteration: Option<&str>, team: &str| {
            answer(&mocks, iteration, &json!({ "team": team, "more": 1 }))
                .map(|mock| mock.output.get("name").cloned().unwrap_or_default())
                .map_err(|error| format!("{}: {error}", error.name()))
        };

        assert_eq!(asked(Some("1"), "ours"), Ok(json!("second")));
        assert_eq!(asked(None, "ours"), Ok(json!("ours")));
        assert_eq!(asked(None, "theirs"), Err("NotFoundError: gone".to_owned()));
        assert!(asked(Some("0"), "nobody").is_err());
    }
}
