//! Actions for the terminal: the list of all, and one in full.

use super::{dry_run, summary, table};
use crate::action::Definition;

/// How wide the text of a table is.
const WIDTH: usize = 76;

/// One line for each action.
pub fn listed<'a>(definitions: impl Iterator<Item = &'a Definition>) -> String {
    let all: Vec<&Definition> = definitions.collect();
    let width = all.iter().map(|one| one.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for one in &all {
        out.push_str(&format!("{:width$}  {:9}  {}\n", one.id, one.kind.word(), summary(one)));
    }
    out.push_str("\n`stagecraft actions <id>` shows inputs, outputs and examples.\n");
    out
}

/// One action with its inputs, outputs and examples.
pub fn shown(definition: &Definition) -> String {
    let Definition { id, description, kind, .. } = definition;
    let mut out = format!("{id}\n\n");
    for line in wrapped(description, WIDTH) {
        out.push_str(&format!("{line}\n"));
    }
    out.push_str(&format!("\nKind: {}. {}\n", kind.word(), dry_run(definition)));
    rows("Input", &table::forms(&definition.input), &mut out);
    if let Some(output) = &definition.output {
        rows("Output", &table::forms(output), &mut out);
    }
    for example in definition.examples {
        out.push_str(&format!("\nExample: {}\n\n", example.description));
        for line in example.example.lines() {
            out.push_str(&format!("  {line}\n"));
        }
    }
    out
}

fn rows(what: &str, forms: &[table::Form], out: &mut String) {
    for (index, form) in forms.iter().filter(|form| !form.rows.is_empty()).enumerate() {
        let or = if index == 0 { "" } else { ", or" };
        out.push_str(&format!("\n{what}{or}:\n"));
        for row in &form.rows {
            let required = if row.required { ", required" } else { "" };
            out.push_str(&format!("  {} ({}{required})\n", row.name, row.kind));
            for line in wrapped(&row.description, WIDTH - 6) {
                out.push_str(&format!("      {line}\n"));
            }
        }
    }
}

/// The text in lines of at most so many characters, where its words allow it.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::Registry;

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
        assert_eq!(wrapped("extraordinary word", 4), ["extraordinary", "word"]);
        assert_eq!(wrapped("", 4), Vec::<String>::new());
    }

    #[test]
    fn an_action_is_shown_with_its_inputs_and_examples() {
        let registry = Registry::standard();
        let text = shown(registry.get("fs:rename").unwrap().definition());

        for part in
            ["files (list of object, required)", "files[].overwrite (true or false)", "  - id: rename"]
        {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }

    #[test]
    fn the_list_has_a_line_for_each_action() {
        let registry = Registry::standard();
        let text = listed(registry.definitions());

        assert_eq!(text.lines().count(), registry.definitions().count() + 2);
    }
}
