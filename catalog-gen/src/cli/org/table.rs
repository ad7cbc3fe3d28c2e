//! The answer of a run over many repositories.

use std::collections::BTreeMap;
use std::fmt::Write;

use catalog_gen::Catalogue;
use serde_json::{Value, json};

use super::Row;
use crate::cli::Failure;

const OWNER: &str = "spec.owner";
const KINDS: [&str; 4] = ["System", "Component", "API", "Resource"];

fn count(catalogue: &Catalogue, kind: &str) -> usize {
    catalogue.entities.iter().filter(|one| one.entity.kind == kind).count()
}

/// Entities that have an owner, and all that need one.
fn owned(catalogue: &Catalogue) -> (usize, usize) {
    let unknown =
        catalogue.entities.iter().filter(|one| one.missing.iter().any(|field| field == OWNER)).count();
    (catalogue.entities.len() - unknown, catalogue.entities.len())
}

/// Fields that nothing was found for, with how often.
fn gaps(catalogue: &Catalogue) -> BTreeMap<&str, usize> {
    let mut gaps = BTreeMap::new();
    for field in catalogue.entities.iter().flat_map(|one| &one.missing) {
        *gaps.entry(field.strip_prefix("spec.").unwrap_or(field)).or_default() += 1;
    }
    gaps
}

fn told(gaps: &BTreeMap<&str, usize>) -> String {
    let all: Vec<String> = gaps.iter().map(|(field, count)| format!("{field} {count}")).collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

/// A line for each repository, and the sums.
pub(super) fn text(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).max("Repository".len());
    let mut out =
        format!("{:width$}  Systems  Components  APIs  Resources  Owners known  Gaps\n", "Repository");
    let (mut sums, mut owners, mut all_gaps) = ([0; 4], (0, 0), BTreeMap::new());
    let mut failed = Vec::new();
    for row in rows {
        let catalogue = match &row.outcome {
            Ok(catalogue) => catalogue,
            Err(why) => {
                failed.push(format!("{}: {why}", row.name));
                continue;
            }
        };
        let counts = KINDS.map(|kind| count(catalogue, kind));
        let (known, of) = owned(catalogue);
        let gaps = gaps(catalogue);
        let [systems, components, apis, resources] = counts;
        // Writing to a text cannot fail.
        let _ = writeln!(
            out,
            "{:width$}  {systems:>7}  {components:>10}  {apis:>4}  {resources:>9}  {:>12}  {}",
            row.name,
            format!("{known} of {of}"),
            told(&gaps)
        );
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += count;
        }
        owners = (owners.0 + known, owners.1 + of);
        for (field, count) in gaps {
            *all_gaps.entry(field).or_default() += count;
        }
    }
    let [systems, components, apis, resources] = sums;
    let _ = write!(
        out,
        "\n{} repositories: {systems} systems, {components} components, {apis} APIs, {resources} resources.\n\
         Owners known: {} of {} entities. Gaps: {}.\n",
        rows.len() - failed.len(),
        owners.0,
        owners.1,
        told(&all_gaps)
    );
    if !failed.is_empty() {
        let _ = writeln!(out, "\nNot read:\n{}", failed.join("\n"));
    }
    out
}

/// A line of JSON for each repository.
pub(super) fn lines(rows: &[Row]) -> Result<String, Failure> {
    let mut out = String::new();
    for row in rows {
        let line: Value = match &row.outcome {
            Ok(catalogue) => json!({ "repository": row.name, "catalogue": catalogue }),
            Err(why) => json!({ "repository": row.name, "error": why }),
        };
        out.push_str(&serde_json::to_string(&line)?);
        out.push('\n');
    }
    Ok(out)
}
