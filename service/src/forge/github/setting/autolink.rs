//! Autolinks, told apart by their prefix. GitHub changes none: another one takes its place.

use serde_json::json;

use super::plan::{At, Plan, cut, flag, id, text};
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;
use crate::forge::{Autolink, Change};

/// What differs.
pub(super) async fn look(at: &At<'_>, wanted: &Autolink) -> Result<Plan, Failure> {
    let route = at.route("autolinks")?;
    // They come all at once: this list has no pages.
    let found = at.get(route.clone()).await?;
    let found = found.as_array().map(Vec::as_slice).unwrap_or_default();
    let what = format!("autolink `{}`", wanted.key_prefix);
    let mut plan = Plan::default();
    match found.iter().find(|item| text(item, "key_prefix").eq_ignore_ascii_case(&wanted.key_prefix)) {
        Some(current)
            if text(current, "url_template") == wanted.url_template
                && flag(current, "is_alphanumeric") == wanted.is_alphanumeric =>
        {
            return Ok(plan);
        }
        Some(current) => {
            let before = cut(text(current, "url_template"));
            plan.differs(Change::replace(what, Some(before), Some(cut(&wanted.url_template))));
            plan.ask(Ask::delete(route.clone().number(id(current))));
        }
        None => plan.differs(Change::add(what, Some(cut(&wanted.url_template)))),
    }
    let body = json!({
        "key_prefix": wanted.key_prefix,
        "url_template": wanted.url_template,
        "is_alphanumeric": wanted.is_alphanumeric,
    });
    plan.ask(Ask::post(route, body));
    Ok(plan)
}
