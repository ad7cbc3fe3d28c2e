//! Braces of a pattern, written out: `{a,b}`, `{1..3}`, `{a..c}`.
//!
//! Braces without a comma or a range are plain text, as are those behind a backslash. The invariant: no pattern
//! becomes more than [`MOST`] others.

/// Patterns that one may stand for.
const MOST: usize = 1_000;
/// The longest pattern.
const LONGEST: usize = 1_000;

/// All patterns that the text stands for, in order.
pub(super) fn expand(text: &str) -> Result<Vec<String>, String> {
    if text.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes; write several shorter ones"));
    }
    let mut done = Vec::new();
    let mut open = vec![(String::new(), text.to_owned())];
    while let Some((before, rest)) = open.pop() {
        if done.len() + open.len() > MOST {
            return Err(format!("its braces stand for more than {MOST} patterns; write a wider glob"));
        }
        match first_braces(&rest) {
            None => done.push(before + &rest),
            Some((start, end)) => {
                let (head, inside) = (rest.get(..start), rest.get(start + 1..end));
                let (head, inside) = (head.unwrap_or_default(), inside.unwrap_or_default());
                let tail = rest.get(end + 1..).unwrap_or_default();
                match alternatives(inside)? {
                    Some(all) => {
                        let joined = |one: &String| (format!("{before}{head}"), format!("{one}{tail}"));
                        open.extend(all.iter().rev().map(joined));
                    }
                    // Plain text, but there may be others in it.
                    None => open.push((format!("{before}{head}{{"), format!("{inside}}}{tail}"))),
                }
            }
        }
    }
    Ok(done)
}

/// Where the first pair of braces opens and closes.
fn first_braces(text: &str) -> Option<(usize, usize)> {
    let mut escaped = false;
    let mut open: Vec<usize> = Vec::new();
    let mut outermost = None;
    for (place, c) in text.char_indices() {
        match c {
            _ if escaped => {
                escaped = false;
                continue;
            }
            '\\' => escaped = true,
            '{' => open.push(place),
            '}' => {
                if let Some(start) = open.pop() {
                    outermost = Some((start, place));
                    if open.is_empty() {
                        return outermost;
                    }
                }
            }
            _ => {}
        }
    }
    outermost
}

/// What stands between the commas, or in the range; nothing for plain text.
fn alternatives(inside: &str) -> Result<Option<Vec<String>>, String> {
    let (mut depth, mut escaped, mut parts) = (0_u32, false, vec![String::new()]);
    for c in inside.chars() {
        let splits = c == ',' && depth == 0 && !escaped;
        match c {
            _ if escaped => {}
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        escaped = !escaped && c == '\\';
        match parts.last_mut() {
            Some(part) if !splits => part.push(c),
            _ => parts.push(String::new()),
        }
    }
    if parts.len() > 1 {
        return Ok(Some(parts));
    }
    range(inside)
}

fn range(inside: &str) -> Result<Option<Vec<String>>, String> {
    let parts: Vec<&str> = inside.split("..").collect();
    let (from, to, step) = match parts.as_slice() {
        [from, to] => (*from, *to, "1"),
        [from, to, step] => (*from, *to, *step),
        _ => return Ok(None),
    };
    let Ok(step) = step.parse::<i64>() else { return Ok(None) };
    let step = step.unsigned_abs().max(1);
    let (first, last, letters) = match (from.parse::<i64>(), to.parse::<i64>(), letter(from), letter(to)) {
        (Ok(first), Ok(last), ..) => (first, last, false),
        (_, _, Some(first), Some(last)) => (first, last, true),
        _ => return Ok(None),
    };
    if first.abs_diff(last) / step >= MOST as u64 {
        return Err(format!("its range stands for more than {MOST} patterns; write a wider glob"));
    }
    let padded = |text: &str| text.trim_start_matches('-').starts_with('0') && text.len() > 1;
    let width = if padded(from) || padded(to) { from.len().max(to.len()) } else { 0 };
    let mut all = Vec::new();
    let mut offset = 0_u64;
    while offset <= first.abs_diff(last) {
        let here = if first <= last {
            first.checked_add_unsigned(offset)
        } else {
            first.checked_sub_unsigned(offset)
        };
        let Some(here) = here else { break };
        let code = u32::try_from(here).ok().and_then(char::from_u32).filter(|_| letters);
        all.push(code.map_or_else(|| format!("{here:0width$}"), String::from));
        offset += step;
    }
    Ok(Some(all))
}

/// The code of a single letter.
fn letter(text: &str) -> Option<i64> {
    match text.as_bytes() {
        [letter] if letter.is_ascii_alphabetic() => Some(i64::from(*letter)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_are_written_out() {
        let cases: &[(&str, &[&str])] = &[
            ("a", &["a"]),
            ("{a,b}/c", &["a/c", "b/c"]),
            ("a{,b}", &["a", "ab"]),
            ("{a,b{1,2}}{x,y}", &["ax", "ay", "b1x", "b1y", "b2x", "b2y"]),
            ("f{1..3}", &["f1", "f2", "f3"]),
            ("f{3..1}", &["f3", "f2", "f1"]),
            ("f{1..5..2}", &["f1", "f3", "f5"]),
            ("f{08..10}", &["f08", "f09", "f10"]),
            ("{a..c}", &["a", "b", "c"]),
            ("{}", &["{}"]),
            ("{a}", &["{a}"]),
            ("${{ values.name }}", &["${{ values.name }}"]),
            ("{{a,b}}", &["{a}", "{b}"]),
            ("{a", &["{a"]),
            ("\\{a,b\\}", &["\\{a,b\\}"]),
            ("{a..b.c}", &["{a..b.c}"]),
        ];
        for (text, all) in cases {
            assert_eq!(expand(text).unwrap(), *all, "{text}");
        }
    }

    #[test]
    fn braces_have_an_end() {
        for text in ["{1..2000}", &"{a,b}".repeat(20), "{1..999999999999}", &"x".repeat(2_000)] {
            assert!(expand(text).is_err(), "{text}");
        }
    }
}
