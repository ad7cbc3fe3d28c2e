//! The page of all actions, `docs/actions.md`, made from what the registry knows.
//!
//! It shows and decides nothing: an action that is registered is on the page. The invariant: the same actions
//! give the same text.

mod table;
mod terminal;

pub use terminal::{listed, shown};

use super::{Definition, Kind, Registry};
use table::{Form, Row};

const HEAD: &str = "\
<!-- Written by `make generate` from the actions themselves (`stagecraft actions --markdown`). Do not edit. -->

# Actions

What a step can name under `action`. `stagecraft actions` lists the same in the terminal, `stagecraft actions <id>` shows one,
and `GET /api/scaffolder/v2/actions` gives them to programs.

- A **workspace** action works on the task's files alone. A **read** looks at something outside; a task that is run again takes the
  answer from its journal. An **effect** changes something outside, once for each task.
- An input that is not in an action's table is an error; the nearest name is told. Required inputs are marked `*`.
- A step that names an action which is not here is refused when the task is created, with what to do instead.
";

/// The page as Markdown.
pub fn markdown() -> String {
    let registry = Registry::standard();
    let mut out = HEAD.to_owned();
    out.push_str("\n| Action | Kind | Dry run | |\n| --- | --- | --- | --- |\n");
    for one in registry.definitions() {
        let dry = if one.supports_dry_run { "runs" } else { "left out" };
        let (id, kind) = (&one.id, one.kind.word());
        out.push_str(&format!("| [`{id}`](#{}) | {kind} | {dry} | {} |\n", anchor(id), summary(one)));
    }
    for one in registry.definitions() {
        action(one, &mut out);
    }
    out
}

/// The first sentence of an action's description. Those of Backstage's plugins may have several lines.
fn summary(definition: &Definition) -> &str {
    let text = definition.description.lines().next().unwrap_or_default();
    text.find(". ").and_then(|end| text.get(..=end)).unwrap_or(text)
}

/// What a dry run does with it, as a sentence.
fn dry_run(definition: &Definition) -> &'static str {
    match (definition.supports_dry_run, definition.output.is_some()) {
        (true, _) => "A dry run runs it.",
        (false, true) => "A dry run leaves it out and makes its outputs up.",
        (false, false) => "A dry run leaves it out.",
    }
}

impl Kind {
    /// Its name, as people read it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Workspace => "workspace",
            Self::Read => "read",
            Self::Effect => "effect",
        }
    }
}

fn anchor(id: &str) -> String {
    id.replace(':', "")
}

fn action(definition: &Definition, out: &mut String) {
    let Definition { id, description, kind, .. } = definition;
    out.push_str(&format!(
        "\n## `{id}`\n\n{description}\n\nKind: {}. {}\n",
        kind.word(),
        dry_run(definition)
    ));
    forms("Input", &table::forms(&definition.input), out);
    if let Some(output) = &definition.output {
        forms("Output", &table::forms(output), out);
    }
    for example in definition.examples {
        out.push_str(&format!(
            "\n{}:\n\n```yaml\n{}\n```\n",
            example.description,
            example.example.trim_end()
        ));
    }
}

fn forms(what: &str, forms: &[Form], out: &mut String) {
    let several = forms.len() > 1;
    for (index, form) in forms.iter().enumerate() {
        let head = match (several, index) {
            (false, _) => what.to_owned(),
            (true, 0) => format!("{what}, one form"),
            (true, _) => format!("{what}, another form"),
        };
        if form.rows.is_empty() {
            continue;
        }
        out.push_str(&format!("\n| {head} | Type | |\n| --- | --- | --- |\n"));
        for row in &form.rows {
            out.push_str(&line(row));
        }
    }
}

fn line(row: &Row) -> String {
    let star = if row.required { " *" } else { "" };
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    format!("| `{}`{star} | {} | {} |\n", row.name, cell(&row.kind), cell(&row.description))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_section_and_a_link_to_it() {
        let page = markdown();

        for definition in Registry::standard().definitions() {
            let id = &definition.id;
            assert!(page.contains(&format!("\n## `{id}`\n")), "{id}");
            assert!(page.contains(&format!("(#{})", anchor(id))), "{id}");
        }
    }

    #[test]
    fn a_bar_in_a_cell_does_not_end_it() {
        let row = Row {
            name: "x".to_owned(),
            kind: "`a | b`".to_owned(),
            required: true,
            description: "one\ntwo".to_owned(),
        };

        assert_eq!(line(&row), "| `x` * | `a \\| b` | one two |\n");
    }
}
