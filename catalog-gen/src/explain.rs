//! Why every value is what it is, as text for people; and why not.
//!
//! Prints a [`Catalogue`] for `--explain`. It judges nothing anew. The invariant: every claim of the catalogue occurs,
//! each with all of its evidence.

use std::fmt::{self, Write as _};

use serde_json::Value;

use crate::{Catalogue, Confidence, Described, Evidence, FieldClaim};

/// The reasons for a catalogue, as lines of text.
#[must_use]
pub fn explain(catalogue: &Catalogue) -> String {
    let mut out = String::new();
    // Writing to a text cannot fail.
    let _ = write(&mut out, catalogue);
    out
}

fn write(out: &mut String, catalogue: &Catalogue) -> fmt::Result {
    let Catalogue { entities, suggested, languages, notes } = catalogue;
    if entities.is_empty() {
        writeln!(out, "No entity: nothing in the repository speaks for one.\n")?;
    }
    for described in entities {
        entity(out, described, "")?;
    }
    if !suggested.is_empty() {
        writeln!(out, "Left out, because only guesses speak for them:\n")?;
        for described in suggested {
            entity(out, described, "  ")?;
        }
    }
    if !languages.is_empty() {
        let shares: Vec<String> = languages
            .iter()
            .filter(|language| language.share >= 0.01)
            .map(|language| format!("{} {:.0} %", language.name, language.share * 100.0))
            .collect();
        writeln!(out, "Languages: {}\n", shares.join(", "))?;
    }
    if !notes.is_empty() {
        writeln!(out, "Also seen:")?;
        for note in notes {
            writeln!(out, "  - {}", reason(note))?;
        }
    }
    Ok(())
}

fn entity(out: &mut String, described: &Described, indent: &str) -> fmt::Result {
    let Described { entity, folder, existence, fields, suggestions, outvoted, missing } = described;
    let place = if folder.is_empty() { "the root" } else { folder };
    writeln!(
        out,
        "{indent}{} `{}` in {place} ({})",
        entity.kind,
        entity.metadata.name,
        word(existence.confidence)
    )?;
    for evidence in &existence.evidence {
        writeln!(out, "{indent}    {}", reason(evidence))?;
    }
    for claimed in fields {
        field(out, claimed, indent, "")?;
    }
    for name in missing {
        writeln!(out, "{indent}  {name} is missing: nothing was found, and Backstage demands it")?;
    }
    for claimed in suggestions {
        field(out, claimed, indent, "not written: ")?;
    }
    for claimed in outvoted {
        field(out, claimed, indent, "outvoted: ")?;
    }
    writeln!(out)
}

fn field(out: &mut String, claimed: &FieldClaim, indent: &str, fate: &str) -> fmt::Result {
    let FieldClaim { field, claim } = claimed;
    writeln!(out, "{indent}  {fate}{field} = {} ({})", shown(&claim.value), word(claim.confidence))?;
    for evidence in &claim.evidence {
        writeln!(out, "{indent}      {}", reason(evidence))?;
    }
    Ok(())
}

fn reason(evidence: &Evidence) -> String {
    let Evidence { file, line, rule, seen } = evidence;
    let place = match (file, line) {
        (Some(file), Some(line)) => format!("{file}:{line}: "),
        (Some(file), None) => format!("{file}: "),
        (None, _) => String::new(),
    };
    format!("{place}{seen} [{rule}]")
}

/// A value on one line, not longer than a screen is wide.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 100;
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.get("url").and_then(Value::as_str).map_or_else(|| other.to_string(), str::to_owned),
    };
    let mut line: String = text.chars().take(LONGEST).flat_map(visible).collect();
    if text.chars().nth(LONGEST).is_some() {
        line.push('…');
    }
    line
}

/// What a terminal would act on is shown as a blank.
fn visible(c: char) -> Option<char> {
    Some(if c.is_control() { ' ' } else { c })
}

fn word(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Certain => "certain",
        Confidence::Likely => "likely",
        Confidence::Guess => "a guess",
    }
}
