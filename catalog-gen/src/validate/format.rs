//! The forms that names, keys and values must have.
//!
//! Plain questions about texts, with no reports and no entity. They follow what Backstage's code accepts, which
//! is in places more than its documentation says.

/// One word of a DNS name: lower-case letters and digits, dashes inside only, at most 63 characters.
pub(super) fn is_dns_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// DNS words joined by dots, at most 253 characters.
pub(super) fn is_dns_subdomain(text: &str) -> bool {
    (1..=253).contains(&text.len()) && text.split('.').all(is_dns_label)
}

/// The form of `metadata.name`: letters, digits, `-`, `_`, `.`; first and last a letter or digit; at most 63.
pub(crate) fn is_name(text: &str) -> bool {
    let alphanumeric = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        && alphanumeric(text.bytes().next())
        && alphanumeric(text.bytes().next_back())
}

/// `suffix` or `prefix/suffix`, the prefix a DNS subdomain, the suffix letters and digits.
pub(super) fn is_api_version(text: &str) -> bool {
    let suffix_fits = |suffix: &str| {
        (1..=63).contains(&suffix.len()) && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    prefixed(text, suffix_fits)
}

/// The key of a label or an annotation: a name, or a DNS subdomain, a slash and a name.
pub(super) fn is_key(text: &str) -> bool {
    prefixed(text, is_name)
}

fn prefixed(text: &str, suffix_fits: impl Fn(&str) -> bool) -> bool {
    match text.split_once('/') {
        Some((prefix, suffix)) => is_dns_subdomain(prefix) && suffix_fits(suffix),
        None => suffix_fits(text),
    }
}

/// A letter, then letters and digits, at most 63.
pub(super) fn is_kind(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic())
}

/// Empty, or the form of a name.
pub(super) fn is_label_value(text: &str) -> bool {
    text.is_empty() || is_name(text)
}

/// Words of `a-z`, `0-9`, `:`, `+` and `#`, joined by single dashes, at most 63 characters.
pub(super) fn is_tag(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b':' | b'+' | b'#')
            })
    };
    text.len() <= 63 && text.split('-').all(is_word)
}

/// A URL with a scheme, as a browser would read it.
pub(super) fn is_url(text: &str) -> bool {
    url::Url::parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn split(check: fn(&str) -> bool, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(check(text), "{text:?} is good");
        }
        for text in bad {
            assert!(!check(text), "{text:?} is bad");
        }
    }

    #[test]
    fn names_begin_and_end_with_a_letter_or_digit() {
        let (long, too_long) = ("a".repeat(63), "a".repeat(64));
        let good = ["a", "A1", "a--b", "a._b", "1.0", &long];
        split(is_name, &good, &["", "-a", "a-", "a b", "a/b", "ä", ".a", "a.", &too_long]);
    }

    #[test]
    fn namespaces_are_dns_labels() {
        let (long, too_long) = ("a".repeat(63), "a".repeat(64));
        split(
            is_dns_label,
            &["a", "a-b", "a--b", "1", &long],
            &["", "A", "a.b", "a_b", "-a", "a-", &too_long],
        );
    }

    #[test]
    fn api_versions_have_at_most_one_slash_and_a_suffix_without_signs() {
        let good = ["v1", "backstage.io/v1alpha1", "a-b.c/V1"];
        split(is_api_version, &good, &["", "/v1", "a/", "a/b/c", "A.b/v1", "a..b/v1", "a/v1.0", "v-1"]);
        let prefix = vec!["a".repeat(63); 4].join(".");
        assert!(!is_api_version(&format!("{prefix}/v1")), "a prefix of 255 characters is too long");
        assert!(is_api_version(&format!("{}/v1", prefix.get(2..).unwrap())), "one of 253 is not");
    }

    #[test]
    fn kinds_are_letters_and_digits_after_a_letter() {
        split(is_kind, &["A", "Component", "x1"], &["", "1x", "A-b", "A.b", "A b", &"K".repeat(64)]);
    }

    #[test]
    fn keys_are_names_with_an_optional_domain() {
        let good = ["a", "A_b.c", "github.com/project-slug", "a.b/C_d"];
        split(is_key, &good, &["", "a/b/c", "/a", "a/", "A.b/c", "a/-b", "a b", &"k".repeat(64)]);
    }

    #[test]
    fn label_values_may_be_empty() {
        split(is_label_value, &["", "a", "A.b_c-d"], &["-", "a b", "a/b", &"v".repeat(64)]);
    }

    #[test]
    fn tags_are_lower_case_words_with_single_dashes() {
        let good = ["a", "c++", "c#", "a:b", "go-1", "1", &"t".repeat(63)];
        split(is_tag, &good, &["", "A", "a_b", "a.b", "a--b", "-a", "a-", "a b", &"t".repeat(64)]);
    }

    #[test]
    fn urls_need_a_scheme_and_web_urls_a_host() {
        let good = ["https://a.b/c", "mailto:a@b.c", "slack://x", "HTTP://a"];
        split(is_url, &good, &["", "a.b/c", "/x", "https://", "//a.b", "http://a b/", "https://a:99999/"]);
    }
}
