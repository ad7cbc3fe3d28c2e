//! The words of a pull request that brings a catalog file.
//!
//! Markdown as code hosts show it. What was found and how sure it is is `catalog-gen`'s. The invariant: whatever a
//! repository holds, a cell of a table stays a cell, nobody is mentioned, and the text is not longer than a host takes.

use std::fmt::Write as _;

use serde_json::Value;

use crate::{Catalogue, Confidence, Described, Evidence, FieldClaim};

/// Characters that a text may have; GitHub takes some more.
const LONGEST: usize = 60_000;
/// Characters of a cell.
const CELL: usize = 160;

/// The text, as Markdown: what the files are for, `closing` (what becomes of the pull request when it is closed), every
/// value with its reason, and what was left out.
pub fn describe_offer(
    catalogue: &Catalogue,
    left_out: &[(String, String)],
    has_more: bool,
    closing: &str,
) -> String {
    let mut text = "This file tells the software catalog what is in this repository. Every value of it is below, with \
                    where it was found. Change in this branch what is not right, then merge it; from then on the \
                    file is yours and nothing here touches it. "
        .to_owned();
    text.push_str(closing);
    text.push('\n');
    if has_more {
        text.push_str(
            "\nThe catalog takes `System` and `Resource` from a file only if its `catalog.rules` allow it: \
             `- allow: [Component, API, Location, System, Resource]`. They stand in a file of their own, so that the \
             others are taken either way.\n",
        );
    }
    for described in &catalogue.entities {
        let part = table(described);
        if text.chars().count() + part.chars().count() > LONGEST {
            text.push_str("\nThere is more; it is in the files.\n");
            break;
        }
        text.push_str(&part);
    }
    let mut rest = String::new();
    for (what, why) in left_out {
        let _ = writeln!(rest, "- {}: {}", code(what), plain(why));
    }
    for note in catalogue.notes.iter().take(50) {
        let _ = writeln!(rest, "- {}", seen(note));
    }
    if !rest.is_empty() {
        text.push_str("\n### Left out\n\n");
        text.push_str(&rest);
    }
    text.chars().take(LONGEST).collect()
}

/// The document that leads to another file.
pub(super) fn location(repository: &str, file: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name: String = repository.chars().filter(|c| fits(*c)).take(58).collect();
    let name = name.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: {name}-more\nspec:\n  targets:\n    - ./{file}\n"
    )
}

fn table(described: &Described) -> String {
    let entity = &described.entity;
    let mut text = format!(
        "\n### {} {}\n\n| Field | Value | Sure? | Because |\n| --- | --- | --- | --- |\n",
        entity.kind,
        code(&entity.metadata.name)
    );
    for field in &described.fields {
        row(&mut text, field);
    }
    for missing in &described.missing {
        let _ = writeln!(text, "| {} | | no | nothing was found; please write it |", code(missing));
    }
    if !described.suggestions.is_empty() {
        text.push_str("\nNot written, because it is only a guess:\n\n| Field | Value | Sure? | Because |\n| --- | --- | --- | --- |\n");
        for field in &described.suggestions {
            row(&mut text, field);
        }
    }
    text
}

fn row(text: &mut String, field: &FieldClaim) {
    let value = match &field.claim.value {
        Value::String(value) => value.clone(),
        other => other.to_string(),
    };
    let sure = match field.claim.confidence {
        Confidence::Certain => "certain",
        Confidence::Likely => "likely",
        Confidence::Guess => "guess",
    };
    let because: Vec<String> = field.claim.evidence.iter().take(3).map(seen).collect();
    let _ = writeln!(text, "| {} | {} | {sure} | {} |", code(&field.field), code(&value), because.join("; "));
}

fn seen(evidence: &Evidence) -> String {
    let place = match (&evidence.file, evidence.line) {
        (Some(file), Some(line)) => format!("{} line {line}: ", code(file)),
        (Some(file), None) => format!("{}: ", code(file)),
        (None, _) => String::new(),
    };
    format!("{place}{}", plain(&evidence.seen))
}

/// In one line, as text that has no other meaning.
fn code(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() || c == '`' { ' ' } else { c }).collect();
    let short: String = text.chars().take(CELL).collect();
    let rest = if text.chars().count() > CELL { "…" } else { "" };
    match short.trim() {
        "" => String::new(),
        short => format!("`{}{rest}`", short.replace('|', "\\|")),
    }
}

/// In one line, with what is marked as code left so, and everything else without a meaning to a host.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut in_code = false;
    for c in text.chars().take(CELL * 2) {
        in_code ^= c == '`';
        match c {
            c if c.is_control() => out.push(' '),
            '|' => out.push_str("\\|"),
            '@' if !in_code => out.push_str("@\u{200b}"),
            '<' if !in_code => out.push_str("&lt;"),
            '#' if !in_code => out.push_str("#\u{200b}"),
            c => out.push(c),
        }
    }
    if in_code {
        out.push('`');
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Claim, Entity, TreePath};

    fn claim(field: &str, value: &str, confidence: Confidence, seen: &str) -> FieldClaim {
        let path = TreePath::parse("package.json").unwrap();
        let claim = Claim::new(value, confidence, Evidence::at(&path, Some(3), "rule", seen));
        FieldClaim { field: field.to_owned(), claim }
    }

    fn catalogue() -> Catalogue {
        let entity = json!({
            "apiVersion": "backstage.io/v1alpha1",
            "kind": "Component",
            "metadata": { "name": "shop" },
            "spec": { "type": "service", "lifecycle": "production", "owner": "unknown" },
        });
        let described = Described {
            entity: Entity::from_value(&entity).unwrap(),
            folder: String::new(),
            existence: Claim::new(true, Confidence::Certain, Evidence::of_repository("rule", "it is there")),
            fields: vec![claim("spec.type", "service", Confidence::Likely, "`express` | @acme")],
            suggestions: vec![claim("spec.owner", "group:default/a", Confidence::Guess, "most commits")],
            outvoted: Vec::new(),
            missing: vec!["spec.owner".to_owned()],
        };
        Catalogue { entities: vec![described], ..Catalogue::default() }
    }

    #[test]
    fn every_value_stands_with_its_reason_and_how_sure_it_is() {
        let text = describe_offer(
            &catalogue(),
            &[("api:default/x".to_owned(), "not read".to_owned())],
            true,
            "Close it.",
        );

        assert!(
            text.contains(
                "| `spec.type` | `service` | likely | `package.json` line 3: `express` \\| @\u{200b}acme |"
            ),
            "{text}"
        );
        assert!(text.contains("| `spec.owner` | | no | nothing was found"), "{text}");
        assert!(text.contains("only a guess") && text.contains("catalog.rules"), "{text}");
        assert!(text.contains("- `api:default/x`: not read"), "{text}");
    }

    #[test]
    fn what_a_repository_holds_breaks_no_table_and_calls_nobody() {
        assert_eq!(code("a|b`c\nd"), "`a\\|b c d`");
        assert_eq!(plain("see @jane <b> #1"), "see @\u{200b}jane &lt;b> #\u{200b}1");
        assert_eq!(plain("`open"), "`open`");
        assert!(code(&"x".repeat(500)).chars().count() < 170);
    }
}
