//! The original engines, asked side by side with ours.
//!
//! Each case is a template that both render, as a file and as a step value. The fixed corpus covers every name of
//! the language; the generator makes as many more as one likes, from a seed that is printed:
//!
//! ```sh
//! DIFFERENTIAL_CASES=200000 DIFFERENTIAL_SEED=1 cargo test -p nunjucks --test it differential
//! ```
//!
//! `DIFFERENTIAL_DIALECT=current` or `legacy` asks for one dialect alone.
//!
//! An error is compared with an error, whatever either says. A difference must be one of the rows of
//! `docs/templates.md`, or it fails the suite; it is shrunk before it is shown.

pub(crate) mod compare;
mod corpus;
mod explained;
mod generator;
mod grammar;
mod original;
mod shrink;

use compare::{Difference, compare, is_endless};
use corpus::Case;
use explained::Row;
use original::{Engine, Original};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Templates that go to an original at once.
const BATCH: usize = 250;
/// Generated cases for each engine when nobody asks for more.
const FRESH: usize = 500;
/// Unexplained differences that are shrunk and shown.
const SHOWN: usize = 8;

/// What a comparison of many cases came to.
#[derive(Default)]
struct Report {
    /// Whether originals are spared what our budget does not allow: most of it takes them very long.
    sparing: bool,
    cases: usize,
    errors: usize,
    explained: BTreeMap<&'static str, usize>,
    unexplained: Vec<(Case, Difference)>,
}

impl Report {
    /// Asks the original for all of the cases and compares.
    fn add(&mut self, original: &mut Original, engine: Engine, cases: Vec<Case>) {
        let count = cases.len();
        let asked: Vec<Case> =
            cases.into_iter().filter(|case| !self.sparing || !is_endless(engine, case)).collect();
        if asked.len() < count {
            self.cases += count - asked.len();
            *self.explained.entry(explained::ENDLESS).or_default() += count - asked.len();
        }
        for batch in corpus::batches(asked, BATCH) {
            let answers = original.ask(engine, &batch);
            assert_eq!(answers.len(), batch.len(), "an original left templates unanswered");
            for (case, answer) in batch.into_iter().zip(answers) {
                self.cases += 1;
                self.errors += usize::from(answer.get("error").is_some());
                let Some(difference) = compare(engine, &case, &answer) else { continue };
                match explained::row_of(engine, &case, &difference) {
                    Some(Row { id, .. }) => *self.explained.entry(id).or_default() += 1,
                    None => self.unexplained.push((case, difference)),
                }
            }
        }
    }

    /// Says past any capture how much was compared.
    fn tell(&self, what: &str, engine: Engine, since: Instant) {
        let explained: usize = self.explained.values().sum();
        let rows: Vec<String> = self.explained.iter().map(|(id, count)| format!("{id} {count}")).collect();
        let rows = if rows.is_empty() { String::new() } else { format!(" ({})", rows.join(", ")) };
        let line = format!(
            "{what}: {} against {}: {} cases, {} of them errors, {explained} explained differences{rows}, {} unexplained, {:.1} s\n",
            engine.dialect_name(),
            engine.package(),
            self.cases,
            self.errors,
            self.unexplained.len(),
            since.elapsed().as_secs_f64(),
        );
        std::io::stderr().write_all(line.as_bytes()).unwrap();
    }

    /// Fails if anything is left unexplained.
    fn judge(self, what: &str) {
        if self.unexplained.is_empty() {
            return;
        }
        let mut shown = String::new();
        for (case, difference) in self.unexplained.iter().take(SHOWN) {
            write!(shown, "\n[{}] {:?}\n{difference}", case.options.name(), case.template).unwrap();
        }
        panic!("{what}: {} unexplained differences{shown}", self.unexplained.len());
    }
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("`{name}` must be a number, not `{text}`")))
}

#[test]
fn the_corpus_has_the_originals_answers() {
    let cases = corpus::all();
    assert!(cases.len() >= 1500, "the corpus has shrunk to {} cases", cases.len());
    let mut original = Original::start(&corpus::context());
    let mut used: BTreeMap<&str, usize> = BTreeMap::new();
    let mut reports = Vec::new();
    for engine in Engine::ALL {
        let since = Instant::now();
        let mut report = Report::default();
        report.add(&mut original, engine, cases.clone());
        report.tell("corpus", engine, since);
        for (id, count) in &report.explained {
            *used.entry(id).or_default() += count;
        }
        reports.push((engine, report));
    }
    for (engine, report) in reports {
        report.judge(&format!("corpus against {}", engine.package()));
    }
    let idle: Vec<&str> =
        explained::ROWS.iter().map(|row| row.id).filter(|id| !used.contains_key(id)).collect();
    assert!(idle.is_empty(), "no case of the corpus shows these intended differences: {idle:?}");
}

/// Both dialects, or the one that `DIFFERENTIAL_DIALECT` names.
fn asked_engines() -> Vec<Engine> {
    let wanted = std::env::var("DIFFERENTIAL_DIALECT").ok();
    let known = |engine: &Engine| wanted.as_ref().is_none_or(|wanted| wanted == engine.dialect_name());
    let engines: Vec<Engine> = [Engine::Current, Engine::Legacy].into_iter().filter(known).collect();
    assert!(!engines.is_empty(), "`DIFFERENTIAL_DIALECT` must be `current` or `legacy`");
    engines
}

#[test]
fn fresh_templates_have_the_originals_answers() {
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let seed = number("DIFFERENTIAL_SEED").unwrap_or(clock);
    let asked = number("DIFFERENTIAL_CASES");
    let count = asked.map_or(FRESH, |count| usize::try_from(count).unwrap());
    let mut original = Original::start(&corpus::context());
    let mut failures = String::new();
    for engine in asked_engines() {
        let since = Instant::now();
        let mut report = Report { sparing: true, ..Report::default() };
        let mut generator = generator::Generator::new(seed);
        // The former engine takes longer, and its oddities are not all known.
        let mut left = if asked.is_none() && engine == Engine::Legacy { count / 25 } else { count };
        while left > 0 && report.unexplained.len() < 4 * SHOWN {
            let size = left.min(BATCH);
            left -= size;
            report.add(&mut original, engine, (0..size).map(|_| generator.case()).collect());
        }
        report.tell(&format!("seed {seed}"), engine, since);
        for (case, _) in report.unexplained.iter().take(SHOWN) {
            let (case, difference) = shrink::shrink(&mut original, engine, case);
            write!(failures, "\n[{engine:?} {}] {:?}\n{difference}", case.options.name(), case.template)
                .unwrap();
        }
    }
    assert!(failures.is_empty(), "with the seed {seed} these templates differ:{failures}");
}

#[test]
fn every_intended_difference_is_documented() {
    let page = include_str!("../../../../docs/templates.md");
    let documented: Vec<&str> = page
        .lines()
        .skip_while(|line| !line.starts_with("### Where the language differs"))
        .skip(1)
        .take_while(|line| !line.starts_with('#'))
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(id, _)| id)
        .collect();
    let known: Vec<&str> = explained::ROWS.iter().map(|row| row.id).collect();
    assert_eq!(
        documented, known,
        "the table of `docs/templates.md` and the rows of the comparison must agree"
    );
    assert!(known.len() <= 10, "{} intended differences are more than 10", known.len());
}
