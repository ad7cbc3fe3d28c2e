//! The Template entity: its keys, and what Backstage's catalog asks of it.

use super::finding::{Finding, Findings};
use super::linted::Linted;
use super::rule::{Area, Example, Level, Rule};
use crate::words::nearest;

/// The rules of this area.
pub(super) static RULES: [&Rule; 1] = [&UNKNOWN_KEY];

static UNKNOWN_KEY: Rule = Rule {
    id: "unknown-key",
    title: "A key that means nothing",
    level: Level::Warning,
    area: Area::Entity,
    text: "Backstage reads a Template with unknown keys without a word and ignores them, so a slip changes what \
           the template does. `--fix` corrects a key that is one slip away from one that exists.",
    bad: Example::of(
        "\
steps:
  - id: log
    name: Log
    action: debug:log
    inputs:
      message: Done
",
    ),
    good: Example::of(
        "\
steps:
  - id: log
    name: Log
    action: debug:log
    input:
      message: Done
",
    ),
};

const STEP_KEYS: [&str; 7] = ["id", "name", "action", "input", "if", "each", "backstage:permissions"];

/// Looks at the entity.
pub(super) fn check(template: &Linted<'_>, findings: &mut Findings) {
    for step in &template.steps {
        for member in step.node.members().filter(|member| !STEP_KEYS.contains(&member.key)) {
            let known = nearest(member.key, STEP_KEYS).filter(|known| step.node.get(known).is_none());
            let message = format!("a step has no key `{}`, so it is ignored", member.key);
            let mend = match known {
                Some(known) => format!("did you mean `{known}`?"),
                None => "remove it".to_owned(),
            };
            let mut finding = Finding::new(&UNKNOWN_KEY, member.key_place(), message, mend);
            if let Some(known) = known.filter(|_| step.node.is_exact()) {
                finding = finding.replacing(member.key_range.clone(), known);
            }
            findings.push(finding);
        }
    }
}
