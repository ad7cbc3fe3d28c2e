//! Rulesets of the repository, told apart by their names. Those of the organisation are not looked at.

use serde_json::{Value, json};

use super::compare::holds;
use super::plan::{At, Plan, id, shown, text};
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;
use crate::forge::{Change, Ruleset};

/// What differs.
pub(super) async fn look(at: &At<'_>, wanted: &Ruleset) -> Result<Plan, Failure> {
    let route = at.route("rulesets")?;
    let listed = at.list(route.clone().with("includes_parents", "false"), None).await?;
    let is_it = |item: &&Value| {
        text(item, "name") == wanted.name && matches!(text(item, "source_type"), "" | "Repository")
    };
    let body = body(wanted);
    let Some(listed) = listed.iter().find(is_it) else {
        let change = Change::add(format!("ruleset `{}`", wanted.name), shown(&types(&body)));
        return Ok(Plan::one(change, Ask::post(route, body)));
    };
    let route = route.number(id(listed));
    // The list leaves the rules out.
    let found = at.get(route.clone()).await?;
    Ok(Plan::all(changes(wanted, &found, &body), || Ask::put(route, Some(body))))
}

fn changes(wanted: &Ruleset, found: &Value, body: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    for (key, wanted_part) in body.as_object().into_iter().flatten() {
        let current = found.get(key).unwrap_or(&Value::Null);
        if !holds(current, wanted_part) {
            let what = format!("`{key}` of the ruleset `{}`", wanted.name);
            changes.push(Change::replace(what, shown(current), shown(wanted_part)));
        }
    }
    changes
}

fn body(wanted: &Ruleset) -> Value {
    let mut body = json!({
        "name": wanted.name,
        "target": wanted.target,
        "enforcement": wanted.enforcement,
        "bypass_actors": wanted.bypass_actors,
        "rules": wanted.rules,
    });
    if let Some(body) = body.as_object_mut().filter(|_| !wanted.conditions.is_null()) {
        body.insert("conditions".to_owned(), wanted.conditions.clone());
    }
    body
}

/// The kinds of its rules.
fn types(body: &Value) -> Value {
    let rules = body.get("rules").and_then(Value::as_array).into_iter().flatten();
    rules.map(|rule| text(rule, "type")).collect::<Vec<_>>().join(", ").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> Ruleset {
        Ruleset {
            name: "main".to_owned(),
            target: "branch".to_owned(),
            enforcement: "active".to_owned(),
            conditions: json!({ "ref_name": { "include": ["~DEFAULT_BRANCH"], "exclude": [] } }),
            rules: vec![
                json!({ "type": "deletion" }),
                json!({
                    "type": "required_status_checks",
                    "parameters": {
                        "strict_required_status_checks_policy": true,
                        "required_status_checks": [{ "context": "build" }, { "context": "lint" }],
                    },
                }),
            ],
            bypass_actors: Vec::new(),
        }
    }

    /// As GitHub shows it: with defaults, and rules in its own order.
    fn found() -> Value {
        json!({
            "id": 7, "name": "main", "target": "branch", "source_type": "Repository", "source": "acme/shop",
            "enforcement": "active",
            "conditions": { "ref_name": { "exclude": [], "include": ["~DEFAULT_BRANCH"] } },
            "rules": [
                {
                    "type": "required_status_checks",
                    "parameters": {
                        "do_not_enforce_on_create": false,
                        "strict_required_status_checks_policy": true,
                        "required_status_checks": [{ "context": "lint" }, { "context": "build", "integration_id": 5 }],
                    },
                },
                { "type": "deletion" },
            ],
            "current_user_can_bypass": "never",
        })
    }

    fn told(found: &Value) -> Vec<String> {
        changes(&wanted(), found, &body(&wanted())).into_iter().map(|change| change.what).collect()
    }

    #[test]
    fn defaults_and_order_are_no_difference() {
        assert!(told(&found()).is_empty());
    }

    #[test]
    fn a_rule_too_many_another_parameter_and_a_bypass_are_differences() {
        let mut other = found();
        other["rules"].as_array_mut().unwrap().push(json!({ "type": "creation" }));
        assert_eq!(told(&other), ["`rules` of the ruleset `main`"]);

        let mut other = found();
        other["rules"][0]["parameters"]["strict_required_status_checks_policy"] = json!(false);
        assert_eq!(told(&other), ["`rules` of the ruleset `main`"]);

        let mut other = found();
        other["bypass_actors"] = json!([{ "actor_id": 1, "actor_type": "Team", "bypass_mode": "always" }]);
        other["enforcement"] = json!("disabled");
        assert_eq!(told(&other).len(), 2);
    }
}
