//! Which operation a method and a path are.
//!
//! Paths are matched segment by segment after decoding each one, so that an encoded slash is part of a name and never
//! a new segment. A path with `.` or `..` in it, or an empty segment, is no operation at all.

use std::collections::BTreeMap;

use crate::auth::permission::Needs;
use crate::call::Handler;
use crate::handlers;

/// An operation.
pub(crate) struct Route {
    /// The HTTP method.
    pub(crate) method: &'static str,
    /// The path below the API's base; `{name}` is one segment, `{name*}` all that remain.
    pub(crate) path: &'static str,
    /// GitHub's own id of the operation.
    pub(crate) operation: &'static str,
    /// What it asks of the one who calls it.
    pub(crate) needs: Needs,
    /// What it does.
    pub(crate) run: Handler,
}

/// A row of the table.
pub(crate) const fn route(
    method: &'static str,
    path: &'static str,
    operation: &'static str,
    needs: Needs,
    run: Handler,
) -> Route {
    Route { method, path, operation, needs, run }
}

/// An operation and the parameters in its path.
pub(crate) struct Found {
    pub(crate) route: &'static Route,
    pub(crate) params: BTreeMap<&'static str, String>,
}

/// The operation of a method and a path.
pub(crate) fn find(method: &str, path: &str) -> Option<Found> {
    let segments = segments(path)?;
    let method = if method == "HEAD" { "GET" } else { method };
    let all = handlers::TABLE.iter().flat_map(|area| area.iter());
    let fitting = all.filter(|route| route.method == method);
    let found = fitting.filter_map(|route| {
        let params = matched(route.path, &segments)?;
        Some((params.len(), Found { route, params }))
    });
    // `/app/installations/1` before `/app/{anything}`: the fewer parameters, the closer.
    found.min_by_key(|(count, _)| *count).map(|(_, found)| found)
}

/// The decoded segments of a path. GitHub takes the root of a repository's files with a slash at the end, too.
fn segments(path: &str) -> Option<Vec<String>> {
    let path = if path.ends_with("/contents/") { path.strip_suffix('/')? } else { path };
    let rest = path.strip_prefix('/')?;
    if rest.is_empty() { Some(Vec::new()) } else { rest.split('/').map(decoded).collect() }
}

/// A segment decoded; nothing if no name could be it.
fn decoded(segment: &str) -> Option<String> {
    let text = percent_decoded(segment)?;
    (!text.is_empty() && text != "." && text != "..").then_some(text)
}

/// A text with its `%xx` decoded.
pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// A query as names and values.
pub(crate) fn query(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .filter_map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((percent_decoded(&name.replace('+', " "))?, percent_decoded(&value.replace('+', " "))?))
        })
        .collect()
}

/// The parameters, if the path fits.
fn matched(template: &'static str, segments: &[String]) -> Option<BTreeMap<&'static str, String>> {
    let mut params = BTreeMap::new();
    let mut rest = segments.iter();
    for part in template.split('/').filter(|part| !part.is_empty()) {
        let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        match name.map(|name| (name.strip_suffix('*'), name)) {
            Some((Some(name), _)) => {
                let all: Vec<&str> = rest.by_ref().map(String::as_str).collect();
                if all.is_empty() {
                    return None;
                }
                params.insert(name, all.join("/"));
            }
            Some((None, name)) => {
                params.insert(name, rest.next()?.clone());
            }
            None => {
                if rest.next()? != part {
                    return None;
                }
            }
        }
    }
    rest.next().is_none().then_some(params)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{find, percent_decoded};
    use crate::handlers;

    #[test]
    fn an_encoded_slash_stays_in_its_segment_and_dots_are_no_operation() {
        let found = find("GET", "/repos/acme/a%2Fb").unwrap();
        assert_eq!((found.route.operation, found.params["repo"].as_str()), ("repos/get", "a/b"));
        for path in
            ["/repos/acme/..", "/repos/acme/%2e%2e", "/repos//shop", "/repos/acme/%zz", "repos/acme/shop"]
        {
            assert!(find("GET", path).is_none(), "{path}");
        }
        assert_eq!(percent_decoded("%C3%A9").as_deref(), Some("é"));
        assert!(percent_decoded("%ff").is_none());
    }

    #[test]
    fn no_operation_stands_in_the_table_twice() {
        let all: Vec<_> = handlers::TABLE.iter().flat_map(|area| area.iter()).collect();
        let ids: BTreeSet<_> = all.iter().map(|route| (route.operation, route.path)).collect();
        let places: BTreeSet<_> = all.iter().map(|route| (route.method, route.path)).collect();
        assert_eq!((ids.len(), places.len()), (all.len(), all.len()));
    }
}
