//! Wildcards in one segment of a path: `*`, `?`, `[a-z]` and `{a,b}`.
//!
//! It knows nothing of slashes and of `**`; who has them splits at them first. The invariant: time is bounded by the
//! length of the pattern times the length of the text.

/// Does a pattern fit the whole of a name? A backslash takes the next character as it is.
pub(crate) fn segment_fits(pattern: &str, name: &str) -> bool {
    if let Some((before, inner, after)) = braces(pattern) {
        return inner.split(',').any(|one| segment_fits(&format!("{before}{one}{after}"), name));
    }
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // Where to go on when the rest does not fit: after the last `*`, with one more character taken by it.
    let mut star: Option<(usize, usize)> = None;
    while let Some(&c) = name.get(n) {
        if pattern.get(p) == Some(&'*') {
            star = Some((p + 1, n));
            p += 1;
        } else if let Some(next) = one_fits(&pattern, p, c) {
            p = next;
            n += 1;
        } else if let Some((after, taken)) = star {
            star = Some((after, taken + 1));
            p = after;
            n = taken + 1;
        } else {
            return false;
        }
    }
    pattern.get(p..).is_none_or(|rest| rest.iter().all(|c| *c == '*'))
}

/// The place in the pattern after the one that fits the character.
fn one_fits(pattern: &[char], at: usize, c: char) -> Option<usize> {
    match pattern.get(at)? {
        '?' => Some(at + 1),
        '\\' => (pattern.get(at + 1) == Some(&c)).then_some(at + 2),
        '[' => {
            let rest = pattern.get(at + 1..)?;
            let end = rest.iter().position(|c| *c == ']')?;
            let set = rest.get(..end)?;
            let (negated, set) = match set.split_first() {
                Some(('!' | '^', set)) => (true, set),
                _ => (false, set),
            };
            (in_set(set, c) != negated).then_some(at + end + 2)
        }
        other => (*other == c).then_some(at + 1),
    }
}

fn in_set(set: &[char], c: char) -> bool {
    let mut rest = set;
    loop {
        rest = match rest {
            [from, '-', to, after @ ..] => {
                if (*from..=*to).contains(&c) {
                    return true;
                }
                after
            }
            [one, after @ ..] => {
                if *one == c {
                    return true;
                }
                after
            }
            [] => return false,
        };
    }
}

/// The first pair of braces that holds no other.
fn braces(pattern: &str) -> Option<(&str, &str, &str)> {
    // More alternatives than a person writes are taken as they are.
    if pattern.matches('{').count() > 3 {
        return None;
    }
    let (before, rest) = pattern.split_once('{')?;
    let (inner, after) = rest.split_once('}')?;
    (!inner.contains('{')).then_some((before, inner, after))
}

#[cfg(test)]
mod tests {
    use super::segment_fits;

    #[test]
    fn wildcards_stand_for_what_they_say() {
        for (pattern, name) in [
            ("*", "a"),
            ("*.rs", "x.rs"),
            ("a*b*c", "a1b2b3c"),
            ("?x", "ax"),
            ("[a-c]d", "bd"),
            ("[!a]b", "cb"),
        ] {
            assert!(segment_fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("*.rs", "x.r"), ("a?", "a"), ("[a-c]", "d"), ("a", "ab"), ("", "a"), ("{a,b}", "c")]
        {
            assert!(!segment_fits(pattern, name), "{pattern} {name}");
        }
        assert!(segment_fits("{apps,libs}-*", "libs-x"));
        assert!(segment_fits(r"a\*", "a*") && !segment_fits(r"a\*", "ab"));
    }

    #[test]
    fn many_stars_take_no_more_than_their_share_of_time() {
        assert!(!segment_fits(&"*a".repeat(500), &"a".repeat(499)));
    }
}
