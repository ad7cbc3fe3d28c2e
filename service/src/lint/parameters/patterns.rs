//! Regular expressions of schemas: whether they can be read, and whether they explode.
//!
//! Stagecraft runs patterns in linear time; the browser and the stock backend do not. A repetition inside of a
//! repetition that can share its letters takes them time that doubles with every letter.

use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind, Repetition};

use super::schemas::Schema;
use super::table::{PATTERN_EXPLODES, PATTERN_INVALID};
use crate::lint::finding::Findings;
use crate::lint::node::Node;
use crate::template::parameters::Patterns;

/// Repeated up to so often counts as without end.
const MANY: u32 = 25;
/// The deepest nesting of groups that is looked at.
const MAX_DEPTH: u32 = 60;

/// Looks at the patterns of a schema.
pub(super) fn check(schema: &Schema<'_>, findings: &mut Findings) {
    let own = schema.node.get("pattern").filter(|pattern| pattern.text().is_some());
    let names = schema.node.get("patternProperties");
    if let Some(node) = own {
        judge(node.text().unwrap_or_default(), node, findings);
    }
    for member in names.into_iter().flat_map(Node::members) {
        judge(member.key, member.node, findings);
    }
}

fn judge(pattern: &str, node: Node<'_>, findings: &mut Findings) {
    if !Patterns::default().is_readable(pattern) {
        let message = format!("`{}` is no regular expression, so no value fits", shortened(pattern));
        findings.add(&PATTERN_INVALID, node.place(), message, mend(pattern));
        return;
    }
    let parsed = regex_syntax::ParserBuilder::new().nest_limit(MAX_DEPTH).build().parse(pattern);
    if parsed.is_ok_and(|hir| explodes(&hir)) {
        let message = format!(
            "`{}` repeats what is repeated already: a browser takes minutes for a text that almost fits",
            shortened(pattern)
        );
        let mend = "repeat once: `(a+)+` is `a+`, `(a|ab*)*` needs a separator between its rounds";
        findings.add(&PATTERN_EXPLODES, node.place(), message, mend);
    }
}

fn mend(pattern: &str) -> &'static str {
    if pattern.starts_with('/')
        && pattern.len() > 1
        && pattern.trim_end_matches(char::is_alphabetic).ends_with('/')
    {
        "write it without the slashes around it"
    } else {
        "correct it; a `\\` inside of double quotes is written twice"
    }
}

fn shortened(pattern: &str) -> String {
    const MOST: usize = 60;
    if pattern.chars().count() <= MOST {
        return pattern.to_owned();
    }
    pattern.chars().take(MOST).chain(['…']).collect()
}

/// Whether some repetition holds another that can take the same letters in several ways.
fn explodes(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Repetition(outer) => {
            (is_endless(outer) && shares_letters(&outer.sub)) || explodes(&outer.sub)
        }
        HirKind::Capture(group) => explodes(&group.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(explodes),
        _ => false,
    }
}

fn is_endless(repetition: &Repetition) -> bool {
    repetition.max.is_none_or(|most| most >= MANY)
}

/// Whether `body`, repeated, can match one text in many ways: an endless repetition in it whose letters alone
/// can make up the whole body.
fn shares_letters(body: &Hir) -> bool {
    let mut inner = Vec::new();
    endless_letters(body, &mut inner);
    inner.iter().any(|letters| made_of(body, letters))
}

/// The letters of each endless repetition of one class.
fn endless_letters(hir: &Hir, found: &mut Vec<ClassUnicode>) {
    match hir.kind() {
        HirKind::Repetition(repetition) => {
            if is_endless(repetition)
                && let Some(letters) = class(&repetition.sub)
            {
                found.push(letters);
            }
            endless_letters(&repetition.sub, found);
        }
        HirKind::Capture(group) => endless_letters(&group.sub, found),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().for_each(|part| endless_letters(part, found));
        }
        _ => {}
    }
}

/// One letter as a class.
fn class(hir: &Hir) -> Option<ClassUnicode> {
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class.clone()),
        HirKind::Class(Class::Bytes(class)) => class.to_unicode_class(),
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            let mut letters = text.chars();
            let (first, None) = (letters.next()?, letters.next()) else { return None };
            Some(ClassUnicode::new([regex_syntax::hir::ClassUnicodeRange::new(first, first)]))
        }
        HirKind::Capture(group) => class(&group.sub),
        _ => None,
    }
}

/// Whether something that fits can be written with these letters alone.
fn made_of(hir: &Hir, letters: &ClassUnicode) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).is_ok_and(|text| {
            text.chars().all(|c| letters.iter().any(|range| (range.start()..=range.end()).contains(&c)))
        }),
        HirKind::Class(_) => class(hir).is_some_and(|mut class| {
            class.intersect(letters);
            class.iter().next().is_some()
        }),
        HirKind::Repetition(repetition) => repetition.min == 0 || made_of(&repetition.sub, letters),
        HirKind::Capture(group) => made_of(&group.sub, letters),
        HirKind::Concat(parts) => parts.iter().all(|part| made_of(part, letters)),
        HirKind::Alternation(parts) => parts.iter().any(|part| made_of(part, letters)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exploding(pattern: &str) -> bool {
        explodes(&regex_syntax::parse(pattern).unwrap())
    }

    #[test]
    fn repetitions_that_share_their_letters_explode() {
        for pattern in [
            "^(a+)+$",
            "(a*)*b",
            "^([a-zA-Z]+)*$",
            "(\\w+\\s?)+$",
            "^(([a-z])+.)+[A-Z]([a-z])+$",
            "((a|b)*)*c",
        ] {
            assert!(exploding(pattern), "{pattern}");
        }
    }

    #[test]
    fn repetitions_with_a_separator_do_not() {
        for pattern in [
            "^[a-z0-9]+(-[a-z0-9]+)*$",
            "^([a-z0-9]+-)*[a-z0-9]+$",
            "^[a-zA-Z0-9_-]*$",
            "^(\\d{1,3}\\.){3}\\d{1,3}$",
            "^([a-z]+[.])+[a-z]+$",
            "^(ab+c)+$",
            "^[a-z]([-a-z0-9]*[a-z0-9])?$",
        ] {
            assert!(!exploding(pattern), "{pattern}");
        }
    }
}
