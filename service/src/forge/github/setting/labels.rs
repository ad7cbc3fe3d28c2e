//! Labels of an issue or a pull request. Others than those that are wanted stay.

use serde_json::json;

use super::plan::{At, Plan, text};
use crate::forge::Change;
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;

/// What is missing.
pub(super) async fn look(at: &At<'_>, number: u64, wanted: &[String]) -> Result<Plan, Failure> {
    if wanted.is_empty() {
        return Ok(Plan::default());
    }
    let route = at.route("issues")?.number(number).then("labels");
    let found = at.list(route.clone(), None).await?;
    let mut missing: Vec<&str> = Vec::new();
    for label in wanted {
        let is = |other: &str| other.to_lowercase() == label.to_lowercase();
        if !found.iter().any(|found| is(text(found, "name"))) && !missing.iter().any(|other| is(other)) {
            missing.push(label);
        }
    }
    let changes =
        missing.iter().map(|label| Change::add(format!("label `{label}` of #{number}"), None)).collect();
    Ok(Plan::all(changes, || Ask::post(route, json!({ "labels": missing }))))
}
