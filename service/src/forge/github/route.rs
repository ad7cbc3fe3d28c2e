//! Addresses in GitHub's API, made of segments.
//!
//! The only place where a name becomes a part of an address. The invariant: a name is exactly one segment, whatever
//! characters it has, and can neither leave its place nor begin a query; one that no encoding can keep in its place
//! (`.`, `..`, an empty one) is refused.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;

use crate::forge::{ForgeError, RepoSlug};

/// A path below the API's base, with its query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    path: String,
    query: String,
}

impl Route {
    /// A path of fixed words, such as `app/installations`. Never pass a name here.
    pub(super) fn fixed(path: &'static str) -> Self {
        Self { path: format!("/{path}"), query: String::new() }
    }

    /// `/repos/{owner}/{name}`.
    pub(super) fn repository(slug: &RepoSlug) -> Result<Self, ForgeError> {
        slug.check()?;
        Self::fixed("repos").name(&slug.owner)?.name(&slug.name)
    }

    /// Path and query of an address of the API at `base` that an answer gave. The host is not looked at: requests go
    /// to no other than the configured one.
    pub(super) fn of_link(base: &Url, link: &str) -> Option<Self> {
        let link = Url::parse(link).ok()?;
        let path = link.path().strip_prefix(base.path().trim_end_matches('/'))?;
        let query = link.query().map(|query| format!("?{query}")).unwrap_or_default();
        path.starts_with('/').then(|| Self { path: path.to_owned(), query })
    }

    /// Adds fixed words, such as `actions/variables`. Never pass a name here.
    pub(super) fn then(mut self, words: &'static str) -> Self {
        self.path.push('/');
        self.path.push_str(words);
        self
    }

    /// Adds one segment with any characters in it.
    pub(super) fn name(mut self, name: &str) -> Result<Self, ForgeError> {
        if name.is_empty() || name == "." || name == ".." || name.len() > MAX_NAME {
            return Err(ForgeError::Invalid(format!(
                "`{}` cannot be a name on GitHub; choose another",
                name.chars().take(80).collect::<String>().escape_debug()
            )));
        }
        self.path.push('/');
        encode(name, &mut self.path);
        Ok(self)
    }

    /// Adds a number.
    pub(super) fn number(mut self, number: u64) -> Self {
        self.path.push_str(&format!("/{number}"));
        self
    }

    /// Adds names with slashes between them: the path of a file, the rest of a reference.
    pub(super) fn names(self, path: &str) -> Result<Self, ForgeError> {
        path.split('/').try_fold(self, Self::name)
    }

    /// Adds a pair to the query.
    pub(super) fn with(mut self, key: &'static str, value: &str) -> Self {
        self.query.push(if self.query.is_empty() { '?' } else { '&' });
        self.query.push_str(key);
        self.query.push('=');
        encode(value, &mut self.query);
        self
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.path, self.query)
    }
}

/// Characters that may mean something in an address.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// Longer than any name that GitHub takes.
const MAX_NAME: usize = 1_024;

/// Everything but RFC 3986's unreserved characters as `%XX`.
fn encode(text: &str, into: &mut String) {
    into.extend(utf8_percent_encode(text, RESERVED));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(name: &str) -> Result<String, ForgeError> {
        Ok(Route::fixed("repos").name("acme")?.name("shop")?.then("branches").name(name)?.to_string())
    }

    #[test]
    fn a_name_stays_one_segment() {
        for (name, segment) in [
            ("feat/x", "feat%2Fx"),
            ("../../orgs/x", "..%2F..%2Forgs%2Fx"),
            ("a?b=c#d", "a%3Fb%3Dc%23d"),
            ("%2e%2e", "%252e%252e"),
            ("a\r\nb c", "a%0D%0Ab%20c"),
            ("é\0", "%C3%A9%00"),
            (".github", ".github"),
        ] {
            assert_eq!(route(name).unwrap(), format!("/repos/acme/shop/branches/{segment}"), "{name:?}");
        }
    }

    #[test]
    fn a_name_that_would_move_the_path_is_refused() {
        for name in ["", ".", "..", &"x".repeat(2_000)] {
            assert!(matches!(route(name), Err(ForgeError::Invalid(_))), "{name:?}");
        }
    }

    #[test]
    fn a_query_holds_its_values() {
        let route = Route::fixed("search").with("q", "a&b=c d").with("page", "2");

        assert_eq!(route.to_string(), "/search?q=a%26b%3Dc%20d&page=2");
    }
}
