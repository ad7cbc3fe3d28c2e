//! GitHub Pages.

use serde_json::{Value, json};

use super::plan::{At, Plan, text};
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;
use crate::forge::{Change, Pages};

/// What differs.
pub(super) async fn look(at: &At<'_>, wanted: &Pages) -> Result<Plan, Failure> {
    let route = at.route("pages")?;
    let source = json!({ "branch": wanted.source_branch, "path": wanted.source_path });
    let body = if wanted.build_type == "legacy" {
        json!({ "build_type": "legacy", "source": source })
    } else {
        json!({ "build_type": wanted.build_type })
    };
    let Some(found) = at.find(route.clone()).await? else {
        return Ok(Plan::one(Change::add("pages", Some(described(&body))), Ask::post(route, body)));
    };
    // Sites of old say nothing of how they are built: from a branch.
    let build_type = Some(text(&found, "build_type")).filter(|kind| !kind.is_empty()).unwrap_or("legacy");
    let same_source = found.get("source").is_some_and(|current| super::compare::holds(current, &source));
    if build_type == wanted.build_type && (build_type != "legacy" || same_source) {
        return Ok(Plan::default());
    }
    let change = Change::replace("pages", Some(described(&found)), Some(described(&body)));
    Ok(Plan::one(change, Ask::put(route, Some(body))))
}

fn described(pages: &Value) -> String {
    match (text(pages, "build_type"), pages.get("source")) {
        ("workflow", _) => "built by a workflow".to_owned(),
        (_, Some(source)) => format!("built from `{}` {}", text(source, "branch"), text(source, "path")),
        _ => "built from a branch".to_owned(),
    }
}
