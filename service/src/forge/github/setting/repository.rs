//! What stands on a repository itself: description, archiving, topics, and whether it is watched.
//!
//! The description that is set here is the real one: with it the mark of a repository that is being made ends.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::plan::{At, Plan, cut, flag, refused, text};
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;
use crate::forge::{Change, checked};

/// Topics: exactly these.
pub(super) async fn topics(at: &At<'_>, wanted: &[String]) -> Result<Plan, Failure> {
    let wanted = checked::topics(wanted).map_err(refused)?;
    let route = at.route("topics")?;
    let found = at.get(route.clone()).await?;
    let current: Vec<&str> = found
        .get("names")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let same =
        current.iter().copied().collect::<BTreeSet<_>>() == wanted.iter().map(String::as_str).collect();
    if same {
        return Ok(Plan::default());
    }
    let listed = |topics: String| (!topics.is_empty()).then_some(topics);
    let change = Change::replace("topics", listed(current.join(", ")), listed(wanted.join(", ")));
    Ok(Plan::one(change, Ask::put(route, Some(json!({ "names": wanted })))))
}

/// The description.
pub(super) async fn description(at: &At<'_>, wanted: Option<&str>) -> Result<Plan, Failure> {
    let found = at.get(at.repository()?).await?;
    let (current, wanted) = (text(&found, "description"), wanted.unwrap_or_default());
    if current == wanted {
        return Ok(Plan::default());
    }
    let listed = |text: &str| (!text.is_empty()).then(|| cut(text));
    let change = Change::replace("description", listed(current), listed(wanted));
    Ok(Plan::one(change, Ask::patch(at.repository()?, json!({ "description": wanted }))))
}

/// Whether it is read-only.
pub(super) async fn archived(at: &At<'_>, wanted: bool) -> Result<Plan, Failure> {
    let found = at.get(at.repository()?).await?;
    let current = flag(&found, "archived");
    if current == wanted {
        return Ok(Plan::default());
    }
    let change = Change::replace("archived", Some(current.to_string()), Some(wanted.to_string()));
    Ok(Plan::one(change, Ask::patch(at.repository()?, json!({ "archived": wanted }))))
}

/// Whether the user who acts watches it.
pub(super) async fn subscription(at: &At<'_>, wanted: bool) -> Result<Plan, Failure> {
    if at.acts_as_app().await? {
        return Err(Failure::Settings(
            "an App cannot watch a repository; give the step a user's `token`, or leave `subscribe` out"
                .to_owned(),
        ));
    }
    let route = at.route("subscription")?;
    let found = at.find(route.clone()).await?;
    let current = found.as_ref().is_some_and(|found| flag(found, "subscribed"));
    if current == wanted {
        return Ok(Plan::default());
    }
    let change = Change::replace("subscription", Some(current.to_string()), Some(wanted.to_string()));
    let ask = if wanted {
        Ask::put(route, Some(json!({ "subscribed": true, "ignored": false })))
    } else {
        Ask::delete(route)
    };
    Ok(Plan::one(change, ask))
}
