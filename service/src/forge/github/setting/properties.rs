//! Custom properties that the organisation has for its repositories. Others than those that are wanted stay.

use serde_json::{Value, json};

use super::compare::holds;
use super::plan::{At, Plan, shown, text};
use crate::forge::Change;
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;

/// What differs.
pub(super) async fn look(at: &At<'_>, wanted: &Value) -> Result<Plan, Failure> {
    let Some(wanted) = wanted.as_object().filter(|wanted| !wanted.is_empty()) else {
        return Ok(Plan::default());
    };
    let route = at.route("properties/values")?;
    let found = match at.get(route.clone()).await? {
        Value::Array(found) => found,
        _ => return Err(Failure::Unknown("GitHub's answer is no list".to_owned())),
    };
    let (mut changes, mut values) = (Vec::new(), Vec::new());
    for (name, value) in wanted {
        let value = as_kept(value);
        let current = found.iter().find(|item| text(item, "property_name") == name);
        let current = current.and_then(|item| item.get("value")).unwrap_or(&Value::Null);
        if holds(current, &value) {
            continue;
        }
        changes.push(Change::replace(format!("custom property `{name}`"), shown(current), shown(&value)));
        values.push(json!({ "property_name": name, "value": value }));
    }
    Ok(Plan::all(changes, || Ask::patch(route, json!({ "properties": values }))))
}

/// The values of properties by their names, as GitHub keeps them.
pub(in crate::forge::github) fn all_as_kept(wanted: &Value) -> Value {
    let given = wanted.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    given.map(|(name, value)| (name.clone(), as_kept(value))).collect()
}

/// GitHub keeps texts and lists of texts, also of what is true or a number.
fn as_kept(value: &Value) -> Value {
    match value {
        Value::Bool(_) | Value::Number(_) => Value::String(value.to_string()),
        other => other.clone(),
    }
}
