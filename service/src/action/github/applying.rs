//! Settings on their way to a forge: applied as an effect, with a line in the log for what that changed.
//!
//! The invariant: no value that stems from a secret is in the log, in an output or in the journal. Where one stands
//! in the input elsewhere than under a key for secrets, nothing is said but how much was changed.

use nunjucks::Value as NValue;

use crate::action::phrase::count;
use crate::action::target::Target;
use crate::action::{ActionContext, ActionError};
use crate::forge::{Change, ChangeKind, Mode, Setting};

/// Inputs whose values are never shown anyway.
const FOR_SECRETS: [&str; 5] = ["token", "secrets", "dependabotSecrets", "webhookSecret", "privateKey"];
/// How much of a value a line shows.
const MAX_SHOWN: usize = 160;

/// Applies a setting as the effect `key` and says what that changed; `what` names it, such as `the webhook`.
pub(super) async fn apply(
    ctx: &mut ActionContext<'_>,
    target: &Target,
    key: &str,
    what: &str,
    setting: &Setting,
) -> Result<Vec<Change>, ActionError> {
    let open = is_open(ctx.input);
    let changes: Vec<Change> = ctx
        .effect(key, async {
            let changes = target.forge.apply(&target.slug, setting).await?;
            Ok(presentable(changes, what, open))
        })
        .await?;
    if changes.is_empty() {
        ctx.log(format!("{} of `{}` is as wanted already", capital(what), target.name())).await?;
    }
    for change in &changes {
        ctx.log(line(change, Mode::Apply)).await?;
    }
    Ok(changes)
}

/// Whether the changes that this input leads to may be shown.
pub(super) fn is_open(input: &NValue) -> bool {
    match input {
        NValue::Object(object) => object.iter().all(|(key, value)| {
            let is_for_secrets = FOR_SECRETS.contains(&key.as_str());
            !key.is_secret() && (if is_for_secrets { has_open_names(value) } else { is_open(value) })
        }),
        NValue::Array(items) => items.iter().all(is_open),
        other => !other.contains_secret(),
    }
}

fn has_open_names(value: &NValue) -> bool {
    value.as_object().is_none_or(|object| object.keys().all(|name| !name.is_secret()))
}

/// The changes as they may be kept and shown.
pub(super) fn presentable(changes: Vec<Change>, what: &str, open: bool) -> Vec<Change> {
    if open {
        return changes;
    }
    let hidden = |change: Change| Change { what: what.to_owned(), before: None, after: None, ..change };
    changes.into_iter().map(hidden).collect()
}

/// A change in one line, done or planned.
pub(super) fn line(change: &Change, mode: Mode) -> String {
    let verb = match (mode, change.kind) {
        (Mode::Apply, ChangeKind::Add) => "Added",
        (Mode::Apply, ChangeKind::Change) => "Changed",
        (Mode::Apply, ChangeKind::Remove) => "Removed",
        (Mode::Apply, ChangeKind::Write) => "Wrote",
        (Mode::Plan, ChangeKind::Add) => "Would add",
        (Mode::Plan, ChangeKind::Change) => "Would change",
        (Mode::Plan, ChangeKind::Remove) => "Would remove",
        (Mode::Plan, ChangeKind::Write) => "Would write",
    };
    let values = match (&change.before, &change.after) {
        (None, None) => String::new(),
        (None, Some(after)) => format!(": {}", cut(after)),
        (Some(before), None) => format!(", which was {}", cut(before)),
        (Some(before), Some(after)) => format!(" from {} to {}", cut(before), cut(after)),
    };
    format!("{verb} {}{values}", change.what)
}

/// How much was changed: `3 changes`.
pub(super) fn total(changes: &[Change]) -> String {
    count(changes.len(), "change")
}

fn cut(text: &str) -> String {
    // What would break the line is written as in a program.
    let plain = |c: char| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() };
    let shown: String = text.chars().take(MAX_SHOWN).map(plain).collect();
    if text.chars().count() > MAX_SHOWN { format!("`{shown}…`") } else { format!("`{shown}`") }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use nunjucks::Text;

    use super::*;

    fn secret() -> NValue {
        NValue::from(Text::secret("hunter2"))
    }

    #[test]
    fn a_secret_in_its_place_hides_nothing_else() {
        let input = NValue::object([
            ("token", secret()),
            ("secrets", NValue::object([("PASSWORD", secret())])),
            ("variables", NValue::object([("REGION", NValue::from("eu"))])),
        ]);

        assert!(is_open(&input));
    }

    #[test]
    fn a_secret_elsewhere_hides_what_is_changed() {
        let variables = NValue::object([("REGION", secret())]);
        let environment = NValue::object([("variables", variables.clone())]);
        for input in [
            NValue::object([("variables", variables)]),
            NValue::object([("environments", NValue::object([("prod", environment)]))]),
            NValue::object([("topics", NValue::array([secret()]))]),
        ] {
            assert!(!is_open(&input), "{input:?}");
        }
    }

    #[test]
    fn hidden_changes_say_only_what_kind_they_are() {
        let change = Change::replace("variable `A`", Some("hunter1".to_owned()), Some("hunter2".to_owned()));

        let hidden = presentable(vec![change], "a variable", false);

        assert_eq!(hidden, [Change::replace("a variable", None, None)]);
    }

    #[test]
    fn a_line_says_what_happens_to_what() {
        let change = Change::replace("variable `A`", Some("1".to_owned()), Some("2".to_owned()));

        assert_eq!(line(&change, Mode::Apply), "Changed variable `A` from `1` to `2`");
        assert_eq!(line(&Change::write("secret `B`"), Mode::Plan), "Would write secret `B`");
        assert_eq!(
            line(&Change::add("variable `A`", Some("x\n".repeat(100))), Mode::Apply).chars().count(),
            23 + 240
        );
    }
}
