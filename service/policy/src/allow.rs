//! Allowances: findings that somebody has looked at and keeps, written beside the place with the reason.
//!
//! `# policy:allow <id> <reason>` at the end of a line, or alone above it. One without a reason allows nothing.

use std::collections::BTreeSet;

use crate::finding::{Finding, Level};

const WORD: &str = "policy:allow";
/// What may stand before it: the marks of comments.
const COMMENTS: [&str; 3] = ["#", "//", "/*"];

/// An allowance as it was written.
#[derive(Debug, PartialEq, Eq)]
struct Allowance<'t> {
    policy: &'t str,
    reason: &'t str,
    /// The line it was written on.
    written: usize,
    /// The line that it stands for.
    line: usize,
}

/// The findings of one file without those that its allowances take, with what there is to say of the allowances;
/// and how many were taken.
pub(crate) fn apply(
    file: &str,
    text: &str,
    found: Vec<Finding>,
    known: &BTreeSet<String>,
    asked: &BTreeSet<String>,
) -> (Vec<Finding>, usize) {
    let written = read(text);
    let mut used = BTreeSet::new();
    let mut taken = 0;
    let mut kept = Vec::new();
    for finding in found {
        let mut by = written
            .iter()
            .enumerate()
            .filter(|(_, one)| one.policy == finding.policy && one.line == finding.line);
        match by.next() {
            Some((at, one)) => {
                used.insert(at);
                if one.reason.is_empty() { kept.push(finding) } else { taken += 1 }
            }
            None => kept.push(finding),
        }
    }
    for (at, one) in written.iter().enumerate() {
        let say = |policy: &str, level, message: String, mend: String| Finding {
            policy: policy.to_owned(),
            level,
            file: file.to_owned(),
            line: one.written,
            message,
            mend,
        };
        let id = one.policy;
        if one.reason.is_empty() {
            let mend = format!("write why it may stay: `# {WORD} {id} <reason>`");
            let message = format!("`{id}` is allowed here without a reason, so it is not");
            kept.push(say("allow-without-reason", Level::Error, message, mend));
        } else if !known.contains(id) {
            let message = format!("there is no policy `{id}`, so this allows nothing");
            kept.push(say(
                "allow-unknown-policy",
                Level::Warning,
                message,
                "mend the id, or remove it".to_owned(),
            ));
        } else if !used.contains(&at) && asked.contains(id) {
            let message = format!("line {} gives no finding of `{id}`", one.line);
            kept.push(say("allow-unused", Level::Warning, message, "remove the allowance".to_owned()));
        }
    }
    (kept, taken)
}

fn read(text: &str) -> Vec<Allowance<'_>> {
    let mut found = Vec::new();
    if !text.contains(WORD) {
        return found;
    }
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let Some((before, rest)) = line.split_once(WORD) else { continue };
        let Some(code) = COMMENTS.iter().find_map(|mark| before.trim_end().strip_suffix(mark)) else {
            continue;
        };
        let rest = rest.trim().trim_end_matches("*/").trim();
        let (policy, reason) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let reason = reason.trim_start_matches([':', '-', ' ']).trim();
        let stands_for = if code.trim().is_empty() { next_with_code(&lines, at) } else { at };
        found.push(Allowance {
            policy: policy.trim_end_matches(':'),
            reason,
            written: at + 1,
            line: stands_for + 1,
        });
    }
    found
}

/// The next line with something else on it than a comment.
fn next_with_code(lines: &[&str], at: usize) -> usize {
    let is_code = |line: &str| {
        let line = line.trim_start();
        !line.is_empty() && !COMMENTS.iter().any(|mark| line.starts_with(mark))
    };
    lines.iter().enumerate().skip(at + 1).find(|(_, line)| is_code(line)).map_or(at, |(next, _)| next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(policy: &str, line: usize) -> Finding {
        Finding {
            policy: policy.to_owned(),
            level: Level::Error,
            file: "a".to_owned(),
            line,
            message: "m".to_owned(),
            mend: "n".to_owned(),
        }
    }

    fn applied(text: &str, found: Vec<Finding>) -> (Vec<(String, usize)>, usize) {
        let known = ["x".to_owned(), "y".to_owned()].into();
        let (kept, taken) = apply("a", text, found, &known, &known);
        (kept.into_iter().map(|one| (one.policy, one.line)).collect(), taken)
    }

    #[test]
    fn an_allowance_with_a_reason_takes_the_finding_of_its_line() {
        assert_eq!(applied("a: 1 # policy:allow x it is a test\n", vec![finding("x", 1)]), (vec![], 1));
        let above = "# policy:allow x one\n// policy:allow y two\n\na\n";
        assert_eq!(applied(above, vec![finding("x", 4), finding("y", 4)]), (vec![], 2));
    }

    #[test]
    fn an_allowance_without_a_reason_takes_nothing() {
        let (kept, taken) = applied("a: 1 # policy:allow x\n", vec![finding("x", 1)]);

        assert_eq!(kept, [("x".to_owned(), 1), ("allow-without-reason".to_owned(), 1)]);
        assert_eq!(taken, 0);
    }

    #[test]
    fn an_allowance_that_nothing_needs_is_told() {
        assert_eq!(applied("# policy:allow x why\na\n", vec![finding("x", 5)]).0.len(), 2);
        assert_eq!(applied("# policy:allow z why\na\n", vec![]).0, [("allow-unknown-policy".to_owned(), 1)]);
        assert_eq!(applied("text: policy:allow x why\n", vec![]).0, []);
    }
}
