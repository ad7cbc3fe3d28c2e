//! What a `fetch:*` URL means.
//!
//! Pure: text in, a place out; nothing is looked up. A relative URL is resolved by [`beside`], an absolute one
//! taken apart by [`absolute`]. The invariant: no `..` gets through that was not written as `..`, however
//! often it is encoded, and no place lies outside of its repository or folder.

use catalog_gen::TreePath;

use super::FetchError;

/// Words that stand in front of the revision in the URLs of code hosts.
const MARKERS: [&str; 5] = ["tree", "blob", "edit", "raw", "src"];
/// How often an encoded text is decoded before it is taken for an attack.
const MAX_DECODING: usize = 8;

/// A place that an absolute URL names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::template) enum Absolute {
    /// A place in a git repository.
    Git(GitPlace),
    /// An absolute path on this machine.
    File(String),
}

/// A place in a git repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::template) struct GitPlace {
    /// URL of the repository, as a clone wants it.
    pub(in crate::template) repository: String,
    /// Branch, tag or commit; the remote's own choice where none is named.
    pub(in crate::template) revision: Option<String>,
    /// Path inside; none for the root.
    pub(in crate::template) path: Option<TreePath>,
}

/// Is this an absolute URL?
pub(in crate::template) fn is_absolute(url: &str) -> bool {
    url.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'))
    })
}

/// Takes an absolute URL apart.
///
/// - `https://host/owner/repo/tree/<rev>/<path>`, also with `blob`, `edit`, `raw` or `src` (GitHub, Gitea,
///   Bitbucket), and `https://host/group/…/repo/-/tree/<rev>/<path>` (GitLab). The revision is one segment.
/// - `https://host/owner/repo`, with or without `.git`: the root at the remote's own branch.
/// - `git+https://…/repo.git//path?ref=<rev>`, also `git+file://`: any repository at all.
/// - `file:///path`.
pub(in crate::template) fn absolute(url: &str) -> Result<Absolute, FetchError> {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let address = address.split('#').next().unwrap_or_default();
    let (scheme, rest) = address.split_once("://").ok_or_else(|| not_understood(url))?;
    match scheme {
        "file" => file(rest, url).map(Absolute::File),
        "http" | "https" => web(scheme, rest, url).map(Absolute::Git),
        "git+http" | "git+https" | "git+file" => {
            explicit(scheme.trim_start_matches("git+"), rest, query, url).map(Absolute::Git)
        }
        _ => Err(FetchError::Invalid(format!(
            "`{url}` has the scheme `{scheme}`, which is not read; use `https`, or `git+file` for a repository on disk"
        ))),
    }
}

/// The branch, tag or commit that the URL of a place in a repository names.
pub(crate) fn revision_of(url: &str) -> Result<Option<String>, FetchError> {
    match absolute(url)? {
        Absolute::Git(place) => Ok(place.revision),
        Absolute::File(_) => Ok(None),
    }
}

fn file(rest: &str, url: &str) -> Result<String, FetchError> {
    let path = rest.strip_prefix("localhost/").map_or_else(|| rest.to_owned(), |path| format!("/{path}"));
    let path = decoded(&path, url)?;
    if !path.starts_with('/') {
        return Err(FetchError::Invalid(format!("`{url}` names no absolute path; write `file:///…`")));
    }
    if path.split('/').any(|segment| segment == "..") {
        return Err(FetchError::Invalid(format!(
            "`{url}` leads upwards with `..`; write the path without it"
        )));
    }
    Ok(path)
}

fn explicit(scheme: &str, rest: &str, query: &str, url: &str) -> Result<GitPlace, FetchError> {
    let (repository, path) = rest.split_once("//").unwrap_or((rest, ""));
    let revision = query.split('&').find_map(|pair| pair.strip_prefix("ref=")).filter(|rev| !rev.is_empty());
    let revision = revision.map(|revision| decoded(revision, url)).transpose()?;
    checked_repository(repository, url)?;
    let repository = format!("{scheme}://{}", repository.trim_end_matches('/'));
    Ok(GitPlace { repository, revision, path: inside(None, path, url)? })
}

fn web(scheme: &str, rest: &str, url: &str) -> Result<GitPlace, FetchError> {
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if host.is_empty() || host.contains('@') {
        return Err(FetchError::Invalid(format!(
            "an address on `{}` must name a host, and no user or token; tokens belong into `git.credentials`",
            host.rsplit('@').next().unwrap_or_default()
        )));
    }
    let path = path.trim_matches('/');
    let (repository, after) = match path.split_once("/-/") {
        Some((repository, after)) => (repository, after),
        None => split_at_marker(path),
    };
    checked_repository(repository, url)?;
    if repository.is_empty() {
        return Err(not_understood(url));
    }
    let mut after = after.splitn(3, '/');
    let (marker, revision, path) = (after.next(), after.next(), after.next().unwrap_or_default());
    if marker.is_some_and(|marker| !marker.is_empty() && !MARKERS.contains(&marker)) {
        return Err(not_understood(url));
    }
    let revision =
        revision.filter(|revision| !revision.is_empty()).map(|text| decoded(text, url)).transpose()?;
    let repository = format!("{scheme}://{host}/{repository}");
    Ok(GitPlace { repository, revision, path: inside(None, path, url)? })
}

/// `owner/repo/tree/…` into repository and the rest; without a marker all of it is the repository.
fn split_at_marker(path: &str) -> (&str, &str) {
    let mut ends = path.match_indices('/').map(|(at, _)| at);
    let second = ends.nth(1);
    match second.and_then(|at| Some((path.get(..at)?, path.get(at + 1..)?))) {
        Some((repository, after)) if MARKERS.contains(&after.split('/').next().unwrap_or_default()) => {
            (repository, after)
        }
        _ => (path, ""),
    }
}

fn checked_repository(repository: &str, url: &str) -> Result<(), FetchError> {
    let plain = decoded(repository, url)?;
    let fine = plain.split('/').all(|segment| !matches!(segment, "." | ".."));
    if fine { Ok(()) } else { Err(climbs(url)) }
}

/// The place that a relative URL names beside the file `base` of the same source; `/…` starts at the root.
pub(in crate::template) fn beside(base: &str, url: &str) -> Result<Option<TreePath>, FetchError> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    match path.strip_prefix('/') {
        Some(from_root) => inside(None, from_root, url),
        None => {
            let folder = base.rsplit_once('/').map(|(folder, _)| folder);
            let folder =
                folder.map(TreePath::parse).transpose().map_err(|error| FetchError::Tree(error.into()))?;
            inside(folder.as_ref(), path, url)
        }
    }
}

fn inside(folder: Option<&TreePath>, path: &str, url: &str) -> Result<Option<TreePath>, FetchError> {
    let path = decoded(path, url)?;
    TreePath::resolve(folder, &path).map_err(|error| match error {
        catalog_gen::PathError::ParentSegment(_) => FetchError::Invalid(format!(
            "`{url}` leads out of the template's source; what a template reads has to lie within it"
        )),
        other => FetchError::Invalid(format!("`{url}` cannot be read: {other}")),
    })
}

/// The text with its `%…` decoded. A `..` that appears only by decoding is refused, as is a text that is still
/// encoded after many turns.
fn decoded(text: &str, url: &str) -> Result<String, FetchError> {
    let once = decode(text, url)?;
    let written = text.split('/').filter(|segment| *segment == "..").count();
    let mut turn = once.clone();
    for _ in 0..MAX_DECODING {
        let dots = turn.split(['/', '\\']).filter(|segment| matches!(*segment, "..")).count();
        if dots != written {
            return Err(climbs(url));
        }
        // A `%` that encodes nothing stands for itself; only the first turn is strict about it.
        match decode(&turn, url) {
            Ok(next) if next != turn => turn = next,
            _ => return Ok(once),
        }
    }
    Err(climbs(url))
}

fn decode(text: &str, url: &str) -> Result<String, FetchError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let byte = match (first, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)).map(|(high, low)| high * 16 + low),
            _ => None,
        };
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8(bytes).map_err(|_| {
        FetchError::Invalid(format!("`{url}` holds encoded bytes that are not UTF-8; correct them"))
    })
}

fn climbs(url: &str) -> FetchError {
    FetchError::Invalid(format!("`{url}` holds an encoded `..`; write the path without it"))
}

fn not_understood(url: &str) -> FetchError {
    FetchError::Invalid(format!(
        "`{url}` is not understood; write `https://host/owner/repo/tree/<branch>/<folder>`, or a path relative to \
         the template"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn git(url: &str) -> (String, Option<String>, Option<String>) {
        match absolute(url).unwrap() {
            Absolute::Git(place) => {
                (place.repository, place.revision, place.path.map(|path| path.as_str().to_owned()))
            }
            Absolute::File(path) => panic!("{path} is no repository"),
        }
    }

    fn place(repository: &str, revision: &str, path: &str) -> (String, Option<String>, Option<String>) {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        (repository.to_owned(), given(revision), given(path))
    }

    #[test]
    fn urls_of_code_hosts_are_taken_apart() {
        let repo = "https://github.com/acme/tpl";
        assert_eq!(git("https://github.com/acme/tpl/tree/main/a/b"), place(repo, "main", "a/b"));
        assert_eq!(git("https://github.com/acme/tpl/blob/v1/x.yaml"), place(repo, "v1", "x.yaml"));
        assert_eq!(git("https://github.com/acme/tpl/edit/main/a%20b"), place(repo, "main", "a b"));
        assert_eq!(git("https://github.com/acme/tpl/tree/main"), place(repo, "main", ""));
        assert_eq!(git("https://github.com/acme/tpl"), place(repo, "", ""));
        assert_eq!(git("https://github.com/acme/tpl.git/"), place("https://github.com/acme/tpl.git", "", ""));
        assert_eq!(
            git("https://gitlab.com/a/b/c/-/tree/main/x"),
            place("https://gitlab.com/a/b/c", "main", "x")
        );
        assert_eq!(
            git("https://bitbucket.org/a/b/src/main/x"),
            place("https://bitbucket.org/a/b", "main", "x")
        );
        assert_eq!(
            git("git+file:///srv/tpl.git//all.yaml?ref=main"),
            place("file:///srv/tpl.git", "main", "all.yaml")
        );
        assert_eq!(git("git+https://host/a/b.git"), place("https://host/a/b.git", "", ""));
    }

    #[test]
    fn an_encoded_parent_is_refused_however_often_it_is_encoded() {
        for path in
            ["%2e%2e/x", "a/%2E./x", "%252e%252e/x", "%25252e%25252e%25252fx", "a/..%2f..%2fb", "..%5cx"]
        {
            let url = format!("https://github.com/acme/tpl/tree/main/{path}");
            assert!(matches!(absolute(&url), Err(FetchError::Invalid(_))), "{url}");
            assert!(matches!(beside("a/b/template.yaml", path), Err(FetchError::Invalid(_))), "{path}");
        }
        assert!(absolute("https://github.com/acme/%2e%2e/tree/main/x").is_err());
        assert!(absolute("file:///srv/%2e%2e/etc").is_err());
    }

    #[test]
    fn a_relative_url_climbs_within_its_source_and_no_further() {
        let resolve =
            |url| beside("a/b/template.yaml", url).map(|path| path.map(|path| path.as_str().to_owned()));

        assert_eq!(resolve("./skeleton").unwrap().as_deref(), Some("a/b/skeleton"));
        assert_eq!(resolve("../shared/").unwrap().as_deref(), Some("a/shared"));
        assert_eq!(resolve("/docs").unwrap().as_deref(), Some("docs"));
        assert_eq!(resolve(".").unwrap().as_deref(), Some("a/b"));
        assert_eq!(resolve("../..").unwrap(), None);
        assert_eq!(resolve("50%25 off").unwrap().as_deref(), Some("a/b/50% off"));
        let error = resolve("../../../etc").unwrap_err().to_string();
        assert_eq!(
            error,
            "`../../../etc` leads out of the template's source; what a template reads has to lie within it"
        );
    }

    #[test]
    fn other_schemes_and_urls_with_a_user_are_refused() {
        for url in [
            "ftp://x/y",
            "https://",
            "https://me:secret@host/a/b",
            "file://relative",
            "https://h/a/b/-/pipelines/1",
        ] {
            assert!(matches!(absolute(url), Err(FetchError::Invalid(_))), "{url}");
        }
    }

    #[test]
    fn only_a_scheme_makes_a_url_absolute() {
        assert!(is_absolute("https://x"));
        assert!(is_absolute("git+file:///x"));
        assert!(!is_absolute("./a://b"));
        assert!(!is_absolute("skeleton"));
    }
}
