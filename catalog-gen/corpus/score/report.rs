//! The tables.

use catalog_gen::Confidence;
use serde_json::{Map, Value, json};

use crate::measure::{Score, Tally};
use crate::words::number;

/// What is counted, what it should reach, and what a good generator can reach with the repository alone.
const FIELDS: [(&str, Option<f64>, Option<f64>); 30] = [
    ("valid", Some(1.0), Some(1.0)),
    ("name", Some(0.85), Some(0.88)),
    ("components: F1", Some(0.75), Some(0.75)),
    ("components: recall", None, None),
    ("components: precision", None, None),
    ("type", Some(0.85), Some(0.88)),
    ("type: exact", None, Some(0.74)),
    ("lifecycle", Some(0.85), Some(0.87)),
    ("owner", None, Some(0.35)),
    ("owner: precision", None, None),
    ("description", Some(0.6), Some(0.65)),
    ("description: alike", None, None),
    ("title", None, Some(0.75)),
    ("tags: recall", None, Some(0.6)),
    ("tags: precision", None, Some(0.7)),
    ("links: recall", None, Some(0.65)),
    ("techdocs: recall", None, Some(0.6)),
    ("techdocs: precision", Some(0.9), Some(0.9)),
    ("slug", Some(0.99), Some(0.99)),
    ("source-location", None, Some(0.99)),
    ("system", None, Some(0.65)),
    ("system: precision", None, None),
    ("api: recall", Some(0.7), Some(0.7)),
    ("api: precision", None, None),
    ("providesApis, API found", None, Some(0.85)),
    ("resource: recall", Some(0.5), Some(0.5)),
    ("resource: precision", None, None),
    ("dependsOn: recall", Some(0.6), Some(0.6)),
    ("dependsOn: recall, same repository", None, None),
    ("dependsOn: precision", None, None),
];

const CONFIDENCES: [(Confidence, &str, Option<f64>); 3] = [
    (Confidence::Certain, "certain", Some(0.98)),
    (Confidence::Likely, "likely", Some(0.85)),
    (Confidence::Guess, "guess", None),
];

/// Mean over the repositories, and all values together.
fn means(score: &Score, field: &str) -> Option<(f64, Tally, usize)> {
    let repositories = score.fields.get(field)?;
    let shares: Vec<f64> =
        repositories.values().filter(|one| one.of > 0.0).map(|one| one.right / one.of).collect();
    let all = repositories
        .values()
        .fold(Tally::default(), |sum, one| Tally { right: sum.right + one.right, of: sum.of + one.of });
    Some((shares.iter().sum::<f64>() / number(shares.len().max(1)), all, shares.len()))
}

pub(crate) fn print(score: &Score, misses: bool) {
    println!("{} repositories, {} entities generated\n", score.repositories, score.entities);
    println!("| Field | Mean over repositories | Aim | Bound | Values | Repositories |");
    println!("|---|---|---|---|---|---|");
    let shown = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"));
    for (field, aim, bound) in FIELDS {
        let Some((mean, all, repositories)) = means(score, field) else { continue };
        let mark = if aim.is_some_and(|aim| mean < aim) { " (short)" } else { "" };
        println!(
            "| {field} | {mean:.2}{mark} | {} | {} | {:.0} of {:.0} | {repositories} |",
            shown(aim),
            shown(bound),
            all.right,
            all.of
        );
    }
    println!("\n| Marked | Aim | Right | By field |\n|---|---|---|---|");
    for (confidence, word, aim) in CONFIDENCES {
        let (all, fields) = calibration(score, confidence);
        let share = if all.of > 0.0 { all.right / all.of } else { 0.0 };
        println!("| {word} | {} | {share:.3} ({:.0} of {:.0}) | {fields} |", shown(aim), all.right, all.of);
    }
    if misses {
        println!("\n| Rule | Field | Marked | Right |\n|---|---|---|---|");
        for ((rule, field, confidence), tally) in &score.rules {
            println!("| {rule} | {field} | {confidence:?} | {:.0} of {:.0} |", tally.right, tally.of);
        }
        println!();
        let mut all: Vec<_> = score.misses.iter().collect();
        all.sort_by_key(|(field, repository, _)| (*field, repository.clone()));
        for (field, repository, what) in all {
            println!("{field}\t{repository}\t{what}");
        }
    }
}

/// Both beside each other: the fields in which a value of people can be right or wrong.
pub(crate) fn beside(ours: &Score, wizard: &Score) {
    const COMPARED: [&str; 15] = [
        "name",
        "components: recall",
        "type",
        "lifecycle",
        "owner",
        "description",
        "title",
        "tags: recall",
        "links: recall",
        "techdocs: recall",
        "system",
        "slug",
        "api: recall",
        "resource: recall",
        "dependsOn: recall",
    ];
    println!("\n| Field | Right of | catalog-gen | Mean | Import wizard | Mean |\n|---|---|---|---|---|---|");
    let (mut sums, mut all) = ([0.0; 2], 0.0);
    for field in COMPARED {
        let of = |score: &Score| means(score, field).unwrap_or_default();
        let ((mean, one, _), (other_mean, other, _)) = (of(ours), of(wizard));
        // Only values of people count, which are the same for both; the slug is one for each component that was found.
        let count = one.of.max(other.of);
        println!(
            "| {field} | {count:.0} | {:.0} | {mean:.2} | {:.0} | {other_mean:.2} |",
            one.right, other.right
        );
        if field != "slug" {
            sums = [sums[0] + one.right, sums[1] + other.right];
            all += count;
        }
    }
    let [one, other] = sums;
    println!(
        "| all but the slug | {all:.0} | {one:.0} | {:.2} | {other:.0} | {:.2} |",
        one / all,
        other / all
    );
}

fn calibration(score: &Score, confidence: Confidence) -> (Tally, String) {
    let of = score.sure.iter().filter(|((_, sure), _)| *sure == confidence);
    let mut all = Tally::default();
    let mut fields = Vec::new();
    for ((field, _), tally) in of {
        all.right += tally.right;
        all.of += tally.of;
        fields.push(format!("{field} {:.0}/{:.0}", tally.right, tally.of));
    }
    (all, fields.join(", "))
}

/// The same as values.
pub(crate) fn figures(score: &Score) -> Value {
    let mut fields = Map::new();
    for (field, aim, bound) in FIELDS {
        if let Some((mean, all, repositories)) = means(score, field) {
            let figure = json!({ "mean": mean, "aim": aim, "bound": bound, "right": all.right, "of": all.of,
                "repositories": repositories });
            fields.insert(field.to_owned(), figure);
        }
    }
    let mut marked = Map::new();
    for (confidence, word, _) in CONFIDENCES {
        let (all, by_field) = calibration(score, confidence);
        marked.insert(word.to_owned(), json!({ "right": all.right, "of": all.of, "fields": by_field }));
    }
    json!({ "repositories": score.repositories, "entities": score.entities, "fields": fields, "marked": marked })
}
