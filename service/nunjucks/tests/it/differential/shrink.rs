//! The shortest template that still shows a difference.

use super::compare::{Difference, compare, is_endless};
use super::corpus::Case;
use super::explained::row_of;
use super::original::{Engine, Original};
use std::time::{Duration, Instant};

/// Candidates asked for at once.
const CANDIDATES: usize = 40;
/// How long one template may be shrunk.
const PATIENCE: Duration = Duration::from_secs(5);

/// Takes pieces out of a template, large ones first, as long as it goes on to differ in the same way.
pub(super) fn shrink(original: &mut Original, engine: Engine, case: &Case) -> (Case, Difference) {
    let mut best = case.clone();
    let mut shown = differing(original, engine, vec![best.clone()], None).expect("the case differs").1;
    let kind = kind(&shown);
    let mut size = best.template.chars().count() / 2;
    let started = Instant::now();
    while size > 0 && started.elapsed() < PATIENCE {
        let candidates = without_pieces(&best, size);
        match differing(original, engine, candidates, Some(kind)) {
            Some((shorter, difference)) => {
                best = shorter;
                shown = difference;
                size = size.min(best.template.chars().count() / 2).max(1);
            }
            None => size /= 2,
        }
    }
    (best, shown)
}

/// Whether we and they failed.
fn kind(difference: &Difference) -> (bool, bool) {
    (difference.text.is_err(), difference.theirs.get("error").is_some())
}

/// The template without each of its pieces of this size.
fn without_pieces(case: &Case, size: usize) -> Vec<Case> {
    let chars: Vec<char> = case.template.chars().collect();
    let last = chars.len() - size;
    let step = (last / CANDIDATES).max(1);
    (0..=last)
        .step_by(step)
        .map(|start| {
            let kept = chars.iter().take(start).chain(chars.iter().skip(start + size));
            Case { template: kept.collect(), ..case.clone() }
        })
        .collect()
}

/// The first candidate that differs without a reason, and in this way.
fn differing(
    original: &mut Original,
    engine: Engine,
    candidates: Vec<Case>,
    wanted: Option<(bool, bool)>,
) -> Option<(Case, Difference)> {
    let candidates: Vec<Case> = candidates.into_iter().filter(|case| !is_endless(engine, case)).collect();
    let answers = original.ask(engine, &candidates);
    candidates.into_iter().zip(answers).find_map(|(case, answer)| {
        let difference = compare(engine, &case, &answer)?;
        let same = wanted.is_none_or(|wanted| wanted == kind(&difference));
        (same && row_of(engine, &case, &difference).is_none()).then_some((case, difference))
    })
}
