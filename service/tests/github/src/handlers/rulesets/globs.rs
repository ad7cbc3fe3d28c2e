//! Which refs the conditions of a set of rules are for.

use serde_json::Value;

/// Whether the conditions include a ref, by its full name, and do not exclude it.
pub(super) fn covers(conditions: &Value, name: &str, is_default: bool) -> bool {
    let any = |list: &str| {
        let patterns = conditions["ref_name"][list].as_array().into_iter().flatten();
        patterns.filter_map(Value::as_str).any(|pattern| match pattern {
            "~ALL" => true,
            "~DEFAULT_BRANCH" => is_default,
            glob => matches(glob.as_bytes(), name.as_bytes()),
        })
    };
    any("include") && !any("exclude")
}

/// As `File.fnmatch` does with path names: `*` stops at a slash, `**/` does not, `?` is one character.
fn matches(glob: &[u8], text: &[u8]) -> bool {
    match (glob, text) {
        ([], []) => true,
        ([b'*', b'*', b'/', rest @ ..], _) => {
            matches(rest, text) || after_slash(text).is_some_and(|text| matches(glob, text))
        }
        ([b'*', rest @ ..], _) => {
            matches(rest, text)
                || text.split_first().is_some_and(|(first, text)| *first != b'/' && matches(glob, text))
        }
        ([b'?', rest @ ..], [first, text @ ..]) => *first != b'/' && matches(rest, text),
        ([wanted, rest @ ..], [first, text @ ..]) => wanted == first && matches(rest, text),
        _ => false,
    }
}

fn after_slash(text: &[u8]) -> Option<&[u8]> {
    let place = text.iter().position(|byte| *byte == b'/')?;
    text.get(place + 1..)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{covers, matches};

    #[test]
    fn a_star_stops_at_a_slash_and_two_do_not() {
        let fits = |glob: &str, text: &str| matches(glob.as_bytes(), text.as_bytes());

        assert!(fits("refs/heads/*", "refs/heads/main"));
        assert!(!fits("refs/heads/*", "refs/heads/feat/x"));
        assert!(fits("refs/heads/**/x", "refs/heads/feat/y/x"));
        assert!(fits("refs/heads/**/*", "refs/heads/feat/x"));
        assert!(fits("refs/heads/v?", "refs/heads/v1"));
        assert!(!fits("refs/heads/main", "refs/heads/mains"));
    }

    #[test]
    fn what_is_excluded_is_not_covered() {
        let conditions = json!({ "ref_name": { "include": ["~ALL"], "exclude": ["refs/heads/wip/*"] } });
        assert!(covers(&conditions, "refs/heads/main", true));
        assert!(!covers(&conditions, "refs/heads/wip/a", false));
        let none = json!({ "ref_name": { "include": [], "exclude": [] } });
        assert!(!covers(&none, "refs/heads/main", true));
    }
}
