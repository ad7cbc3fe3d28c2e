//! Deploy keys, told apart by their title. GitHub changes none: another one takes its place.

use serde_json::{Value, json};

use super::plan::{At, Plan, flag, id, text};
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;
use crate::forge::{Change, DeployKey};

/// What differs.
pub(super) async fn look(at: &At<'_>, wanted: &DeployKey) -> Result<Plan, Failure> {
    let route = at.route("keys")?;
    let found = at.list(route.clone(), None).await?;
    let same_key = |item: &Value| material(text(item, "key")) == material(&wanted.public_key);
    let same_title = |item: &Value| text(item, "title") == wanted.title;
    let is_wanted =
        |item: &Value| same_key(item) && same_title(item) && flag(item, "read_only") == wanted.read_only;
    let mut plan = Plan::default();
    let what = format!("deploy key `{}`", wanted.title);
    let after = || Some(described(&wanted.public_key, wanted.read_only));
    let kept = found.iter().find(|item| is_wanted(item)).map(id);
    // One key serves once in all of GitHub: it has to go before it comes again.
    let in_the_way: Vec<&Value> =
        found.iter().filter(|item| Some(id(item)) != kept && (same_key(item) || same_title(item))).collect();
    if let Some(old) = in_the_way.first() {
        let before = described(text(old, "key"), flag(old, "read_only"));
        plan.differs(Change::replace(what, Some(before), after()));
    } else if kept.is_none() {
        plan.differs(Change::add(what, after()));
    }
    for old in in_the_way {
        plan.ask(Ask::delete(route.clone().number(id(old))));
    }
    if kept.is_none() {
        let body =
            json!({ "title": wanted.title, "key": wanted.public_key.trim(), "read_only": wanted.read_only });
        plan.ask(Ask::post(route, body));
    }
    Ok(plan)
}

/// Kind and key, without the comment, which GitHub drops.
fn material(key: &str) -> Vec<&str> {
    key.split_whitespace().take(2).collect()
}

fn described(key: &str, read_only: bool) -> String {
    let kind = key.split_whitespace().next().unwrap_or("no key");
    let end: String =
        material(key).get(1).map(|text| text.chars().rev().take(8).collect()).unwrap_or_default();
    let end: String = end.chars().rev().collect();
    format!("{kind} …{end}, {}", if read_only { "read only" } else { "read and write" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_comment_of_a_key_does_not_count() {
        assert_eq!(material("ssh-ed25519 AAAA jane@home\n"), material(" ssh-ed25519  AAAA"));
        assert_ne!(material("ssh-ed25519 AAAA"), material("ssh-ed25519 AAAB"));
    }
}
