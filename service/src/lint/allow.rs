//! Allowances: findings that somebody has looked at and keeps, written beside the place with the reason.
//!
//! `# stagecraft-allow rule-id: reason` at the end of a line, or alone on the line above it, in whatever
//! comments the file has. An allowance without a reason, or that nothing needs any more, is a finding itself.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use super::finding::{Finding, Findings};
use super::rule::{Area, Example, Level, Rule};
use super::source::{Place, Source};
use crate::words::nearest;

/// The rules of this area.
pub(super) static RULES: [&Rule; 3] = [&ALLOW_UNUSED, &ALLOW_WITHOUT_REASON, &ALLOW_UNKNOWN_RULE];

/// What an allowance begins with.
const WORD: &str = "stagecraft-allow";
/// What may stand before it: the marks of comments.
const COMMENTS: [&str; 8] = ["#", "//", "--", "<!--", "{#", "/*", ";", "%"];

static ALLOW_UNUSED: Rule = Rule {
    id: "allow-unused",
    title: "An allowance that nothing needs",
    level: Level::Warning,
    area: Area::Allowances,
    text: "The line gives no finding of this rule, so the allowance would only hide one that comes later. \
           `--fix` removes it.",
    bad: Example::of(
        "\
steps:
  - id: log
    name: Log
    action: debug:log # stagecraft-allow unknown-key: it was misspelt once
",
    ),
    good: Example::of(
        "\
steps:
  - id: log
    name: Log
    action: debug:log
",
    ),
};

static ALLOW_WITHOUT_REASON: Rule = Rule {
    id: "allow-without-reason",
    title: "An allowance without a reason",
    level: Level::Warning,
    area: Area::Allowances,
    text: "Whoever reads the line later has to know why it stays. Write the reason behind a colon.",
    bad: Example::of(
        "\
steps:
  - id: log
    name: Log
    action: debug:log
    x-team: web # stagecraft-allow unknown-key
",
    ),
    good: Example::of(
        "\
steps:
  - id: log
    name: Log
    action: debug:log
    x-team: web # stagecraft-allow unknown-key: our own tooling reads it
",
    ),
};

static ALLOW_UNKNOWN_RULE: Rule = Rule {
    id: "allow-unknown-rule",
    title: "An allowance for a rule that is not there",
    level: Level::Warning,
    area: Area::Allowances,
    text: "No rule has this id, so the allowance does nothing.",
    bad: Example::of(
        "\
steps:
  - id: log
    name: Log
    action: debug:log # stagecraft-allow unknwon-key: misspelt
",
    ),
    good: Example::of(
        "\
steps:
  - id: log
    name: Log
    action: debug:log
    x-team: web # stagecraft-allow unknown-key: our own tooling reads it
",
    ),
};

/// An allowance as it was written.
struct Allowance<'t> {
    /// From its word to the end of the reason.
    range: Range<usize>,
    /// All of the comment, with the white space before it.
    comment: Range<usize>,
    /// The rule, and its place.
    rule: &'t str,
    rule_range: Range<usize>,
    reason: bool,
    /// The line that it stands for, from 1.
    line: usize,
    /// Whether it has a line to itself.
    alone: bool,
}

/// Takes the findings of one file out of which its allowances take theirs. `ran` are the rules that were asked.
pub(super) fn apply(source: &Arc<Source>, found: Vec<Finding>, ran: &BTreeSet<&str>) -> Vec<Finding> {
    let written = read(source);
    if written.is_empty() {
        return found;
    }
    let mut used = BTreeSet::new();
    let mut kept: Vec<Finding> = Vec::new();
    for finding in found {
        let (first, last) = (finding.place.start().line, finding.place.end().line);
        let mut by = written.iter().enumerate().filter(|(_, allowance)| {
            allowance.rule == finding.rule.id && (first..=last).contains(&allowance.line)
        });
        match by.next() {
            Some((index, _)) => drop(used.insert(index)),
            None => kept.push(finding),
        }
    }
    let mut own = Findings::default();
    for (index, allowance) in written.iter().enumerate() {
        judge(source, allowance, used.contains(&index), ran, &mut own);
    }
    kept.extend(own.into_sorted().into_iter().filter(|finding| ran.contains(finding.rule.id)));
    kept
}

fn judge(
    source: &Arc<Source>,
    allowance: &Allowance<'_>,
    used: bool,
    ran: &BTreeSet<&str>,
    own: &mut Findings,
) {
    let rule = allowance.rule;
    let place = Place::new(source, allowance.range.clone());
    if !super::rules().any(|known| known.id == rule) {
        let place = Place::new(source, allowance.rule_range.clone());
        let message = format!("there is no rule `{rule}`, so this allows nothing");
        let mend = match nearest(rule, super::rules().map(|known| known.id)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`stagecraft lint --list` tells the rules".to_owned(),
        };
        own.add(&ALLOW_UNKNOWN_RULE, place, message, mend);
    } else if !used {
        if ran.contains(rule) {
            let message = format!("this line gives no finding of `{rule}`");
            let mut finding = Finding::new(&ALLOW_UNUSED, place, message, "remove the allowance");
            let range =
                if allowance.alone { whole_line(source, allowance) } else { allowance.comment.clone() };
            finding = finding.replacing(range, "");
            own.push(finding);
        }
    } else if !allowance.reason {
        let mend = format!("write why: `{WORD} {rule}: reason`");
        own.add(&ALLOW_WITHOUT_REASON, place, format!("`{rule}` is allowed here without a reason"), mend);
    }
}

fn whole_line(source: &Source, allowance: &Allowance<'_>) -> Range<usize> {
    let start =
        source.text.get(..allowance.comment.start).and_then(|text| text.rfind('\n')).map_or(0, |at| at + 1);
    let rest = source.text.get(start..).unwrap_or_default();
    start..start + rest.find('\n').map_or(rest.len(), |at| at + 1)
}

/// Whether a text may hold allowances.
pub(super) fn mentioned(text: &str) -> bool {
    text.contains(WORD)
}

fn read(source: &Source) -> Vec<Allowance<'_>> {
    let mut found = Vec::new();
    if !mentioned(&source.text) {
        return found;
    }
    let mut start = 0;
    for (index, line) in source.text.split_inclusive('\n').enumerate() {
        if let Some(mut allowance) = read_line(line, start) {
            allowance.line = index + 1;
            found.push(allowance);
        }
        start += line.len();
    }
    // One alone on its line stands for the next line with something else on it.
    let alone: BTreeSet<usize> = found.iter().filter(|one| one.alone).map(|one| one.line).collect();
    for allowance in found.iter_mut().filter(|one| one.alone) {
        while alone.contains(&allowance.line) {
            allowance.line += 1;
        }
    }
    found
}

fn read_line(line: &str, start: usize) -> Option<Allowance<'_>> {
    let at = line.find(WORD)?;
    let before = line.get(..at)?.trim_end();
    let mark = COMMENTS.iter().filter_map(|mark| before.strip_suffix(mark)).min_by_key(|rest| rest.len())?;
    let code = mark.trim_end();
    let rest = line.get(at + WORD.len()..)?;
    let body = rest.trim_start_matches([' ', ':']);
    let rule_start = at + WORD.len() + (rest.len() - body.len());
    let length =
        body.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(body.len());
    let rule = body.get(..length)?;
    let behind = body.get(length..)?;
    let reason = behind.trim_start().strip_prefix(':').map(|reason| ended(reason).trim());
    let text = ended(line.get(at..)?).trim_end();
    Some(Allowance {
        range: start + at..start + at + text.len(),
        comment: start + code.len()..start + line.trim_end().len(),
        rule,
        rule_range: start + rule_start..start + rule_start + length,
        reason: reason.is_some_and(|reason| !reason.is_empty()),
        line: 0,
        alone: code.is_empty(),
    })
}

/// A comment without its closing mark.
fn ended(text: &str) -> &str {
    let text = text.trim_end();
    ["-->", "#}", "*/"].iter().find_map(|mark| text.strip_suffix(mark)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_one(text: &str) -> (String, bool, usize, bool) {
        let source = Source::new("a", "a", text);
        let found = read(&source);
        assert_eq!(found.len(), 1, "{text}");
        (found[0].rule.to_owned(), found[0].reason, found[0].line, found[0].alone)
    }

    #[test]
    fn allowances_are_read_in_all_kinds_of_comments() {
        assert_eq!(read_one("a: b # stagecraft-allow x-y: why\n"), ("x-y".into(), true, 1, false));
        assert_eq!(read_one("# stagecraft-allow x-y\na\n"), ("x-y".into(), false, 2, true));
        assert_eq!(read_one("a {# stagecraft-allow x: #}\n"), ("x".into(), false, 1, false));
        assert_eq!(read_one("<!-- stagecraft-allow x: ok -->\nb"), ("x".into(), true, 2, true));
    }

    #[test]
    fn several_above_a_line_stand_for_the_same_line() {
        let source = Source::new("a", "a", "# stagecraft-allow a: x\n# stagecraft-allow b: x\nc\n");

        assert_eq!(read(&source).iter().map(|one| one.line).collect::<Vec<_>>(), [3, 3]);
    }

    #[test]
    fn the_word_outside_of_a_comment_is_no_allowance() {
        assert!(read(&Source::new("a", "a", "text: the word stagecraft-allow x: y\n")).is_empty());
    }
}
