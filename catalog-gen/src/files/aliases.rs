//! Aliases that Backstage finds too many.
//!
//! The reader of Backstage counts, for each anchor, how often it is used, times what is used within it, and gives up
//! at 100. Ours bears more; this counts as that one does.

use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser};

/// What an anchor may come to.
const MOST: u64 = 100;

/// What is known of an anchored value.
#[derive(Default)]
struct Anchored {
    used: u64,
    /// How much is used within it; 0 while that is not known.
    within: u64,
    /// Is there a plain value in it?
    filled: bool,
    inner: Vec<usize>,
}

/// The first alias that is one too many.
pub(super) fn overused(text: &str) -> Option<Range<usize>> {
    if !text.contains('&') || text.bytes().filter(|byte| *byte == b'*').count() < 2 {
        return None;
    }
    let mut anchors: HashMap<usize, Anchored> = HashMap::new();
    // The anchors of what is open; 0 for what has none.
    let mut open: Vec<usize> = Vec::new();
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else { return None };
        match event {
            Event::DocumentStart(_) => anchors.clear(),
            Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                anchors.insert(anchor, Anchored { used: 1, ..Anchored::default() });
                open.push(anchor);
            }
            Event::SequenceEnd | Event::MappingEnd => drop(open.pop()),
            Event::Scalar(_, _, anchor, _) => {
                anchors.insert(anchor, Anchored { used: 1, filled: true, ..Anchored::default() });
                fill(&mut anchors, &open);
            }
            Event::Alias(anchor) => {
                if use_once(&mut anchors, anchor) > MOST {
                    let byte = |at| text.char_indices().nth(at).map_or(text.len(), |(at, _)| at);
                    return Some(byte(span.start.index())..byte(span.end.index()));
                }
                for outer in open.iter().filter(|outer| **outer > 0) {
                    anchors.entry(*outer).or_default().inner.push(anchor);
                }
            }
            _ => {}
        }
    }
    None
}

fn fill(anchors: &mut HashMap<usize, Anchored>, open: &[usize]) {
    for outer in open.iter().rev().filter(|outer| **outer > 0) {
        let outer = anchors.entry(*outer).or_default();
        if outer.filled {
            return;
        }
        outer.filled = true;
    }
}

/// Counts one more use, and tells what the anchor has come to.
fn use_once(anchors: &mut HashMap<usize, Anchored>, anchor: usize) -> u64 {
    let Some(found) = anchors.get_mut(&anchor) else { return 0 };
    found.used += 1;
    if found.within == 0 {
        let (filled, inner) = (found.filled, std::mem::take(&mut found.inner));
        let product = |id: &usize| anchors.get(id).map_or(0, |inner| inner.used.saturating_mul(inner.within));
        let within = inner.iter().map(product).max().unwrap_or(0).max(u64::from(filled));
        if let Some(found) = anchors.get_mut(&anchor) {
            (found.within, found.inner) = (within, inner);
        }
    }
    anchors.get(&anchor).map_or(0, |found| found.used.saturating_mul(found.within))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(times: usize) -> String {
        format!("a: &x 1\nb: [{}]\n", vec!["*x"; times].join(", "))
    }

    #[test]
    fn the_hundredth_alias_is_one_too_many() {
        assert_eq!(overused(&used(99)), None);
        let text = used(100);
        let range = overused(&text).unwrap();
        assert_eq!(&text[range.start..], "*x]\n");
    }

    #[test]
    fn aliases_within_aliases_multiply() {
        let inner = ["*x"; 11].join(", ");
        let outer = ["*y"; 11].join(", ");
        assert!(overused(&format!("a: &x 1\nb: &y [{inner}]\nc: [{outer}]\n")).is_some());
        assert_eq!(overused("a: &x 1\nb: &y [*x]\nc: [*y, *y]\n"), None);
    }
}
