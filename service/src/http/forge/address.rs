//! The addresses of a forge's pages, shaped as GitHub's: taken apart and put together.
//!
//! Pure: nothing is looked up, so where a revision ends in `tree/<revision>/<path>` is not known here. The
//! invariant: what is put together holds no character that an address, a header or a page could stumble over.

use super::api;

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// `/`: all repositories.
    Index,
    /// `/<owner>`: the repositories of one owner.
    Owner(String),
    /// `/<owner>/<repository>`, or `tree/<place>` below it: a folder.
    Folder(Name, String),
    /// `blob/<place>` or `raw/<place>` below a repository, or `/raw/<owner>/<repository>/<place>`: a file.
    File(Name, String),
    /// A file of the bare repository, as a clone asks for it.
    Git(Name, String),
    /// Something below `/api/v3/repos/<owner>/<repository>`.
    Api(Name, api::Asked),
}

/// A repository as an address names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// User or organisation.
    pub(super) owner: String,
    /// The repository.
    pub(super) name: String,
}

impl Asked {
    /// Takes the path of a request apart; `None` when nothing can be there.
    pub(super) fn parse(path: &str) -> Option<Self> {
        let segments: Option<Vec<String>> =
            path.split('/').filter(|segment| !segment.is_empty()).map(decoded).collect();
        let segments = segments?;
        let name = |owner: &String, name: &String| Name {
            owner: owner.clone(),
            name: name.strip_suffix(".git").unwrap_or(name).to_owned(),
        };
        Some(match segments.as_slice() {
            [] => Self::Index,
            [owner] => Self::Owner(owner.clone()),
            [owner, repository] => Self::Folder(name(owner, repository), String::new()),
            [api, version, repos, owner, repository, asked @ ..]
                if api == "api" && version == "v3" && repos == "repos" =>
            {
                Self::Api(name(owner, repository), api::Asked::parse(asked)?)
            }
            [raw, owner, repository, place @ ..] if raw == "raw" && !place.is_empty() => {
                Self::File(name(owner, repository), place.join("/"))
            }
            [owner, repository, page, place @ ..] => {
                let (name, place) = (name(owner, repository), place.join("/"));
                match page.as_str() {
                    "tree" => Self::Folder(name, place),
                    "blob" | "raw" | "edit" if !place.is_empty() => Self::File(name, place),
                    "HEAD" if place.is_empty() => Self::Git(name, "HEAD".to_owned()),
                    "info" | "objects" => Self::Git(name, format!("{page}/{place}")),
                    _ => return None,
                }
            }
        })
    }
}

/// An address below the forge's own: each part one segment, however it looks.
pub(super) fn address(parts: &[&str]) -> String {
    let encoded = parts.iter().map(|part| format!("/{}", encoded(part)));
    let address: String = encoded.collect();
    if address.is_empty() { "/".to_owned() } else { address }
}

/// The address of a place in a repository; `kind` is `tree` or `blob`.
pub(super) fn place(name: &Name, kind: &str, revision: &str, path: Option<&str>) -> String {
    let mut parts = vec![name.owner.as_str(), name.name.as_str(), kind, revision];
    parts.extend(path.into_iter().flat_map(|path| path.split('/')));
    address(&parts)
}

fn encoded(segment: &str) -> String {
    let mut text = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// A segment with its `%…` decoded; `None` when what comes out cannot be part of a name.
fn decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (high, low) = (char::from(rest.next()?).to_digit(16)?, char::from(rest.next()?).to_digit(16)?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    let text = String::from_utf8(bytes).ok()?;
    let climbs = text.split('/').any(|part| matches!(part, "." | ".."));
    if climbs || text.chars().any(char::is_control) { None } else { Some(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name() -> Name {
        Name { owner: "acme".to_owned(), name: "shop".to_owned() }
    }

    fn folder(place: &str) -> Option<Asked> {
        Some(Asked::Folder(name(), place.to_owned()))
    }

    fn file(place: &str) -> Option<Asked> {
        Some(Asked::File(name(), place.to_owned()))
    }

    fn git(path: &str) -> Option<Asked> {
        Some(Asked::Git(name(), path.to_owned()))
    }

    #[test]
    fn addresses_are_read_as_githubs() {
        assert_eq!(Asked::parse("/"), Some(Asked::Index));
        assert_eq!(Asked::parse("/acme"), Some(Asked::Owner("acme".to_owned())));
        assert_eq!(Asked::parse("/acme/shop"), folder(""));
        assert_eq!(Asked::parse("/acme/shop.git/"), folder(""));
        assert_eq!(Asked::parse("/acme/shop/tree/main"), folder("main"));
        assert_eq!(Asked::parse("/acme/shop/tree/main/a%20b/c"), folder("main/a b/c"));
        assert_eq!(Asked::parse("/acme/shop/tree/release%2Fone/x"), folder("release/one/x"));
        assert_eq!(Asked::parse("/acme/shop/blob/main/x.yaml"), file("main/x.yaml"));
        assert_eq!(Asked::parse("/acme/shop/edit/main/x.yaml"), file("main/x.yaml"));
        assert_eq!(Asked::parse("/acme/shop/raw/main/x.yaml"), file("main/x.yaml"));
        assert_eq!(Asked::parse("/raw/acme/shop/main/x.yaml"), file("main/x.yaml"));
    }

    #[test]
    fn a_clone_is_read_with_and_without_its_ending() {
        assert_eq!(Asked::parse("/acme/shop.git/info/refs"), git("info/refs"));
        assert_eq!(Asked::parse("/acme/shop/HEAD"), git("HEAD"));
        assert_eq!(Asked::parse("/acme/shop.git/objects/info/packs"), git("objects/info/packs"));
    }

    #[test]
    fn the_api_is_asked_below_its_own_address() {
        let api = |asked: api::Asked| Some(Asked::Api(name(), asked));
        let base = "/api/v3/repos/acme/shop";

        assert_eq!(Asked::parse(base), api(api::Asked::Repository));
        let status = api::Asked::Status("release/one".to_owned());
        assert_eq!(Asked::parse(&format!("{base}/commits/release/one/status")), api(status));
        assert_eq!(Asked::parse(&format!("{base}/git/trees/main")), api(api::Asked::Tree("main".to_owned())));
        assert_eq!(
            Asked::parse(&format!("{base}/tarball/main")),
            api(api::Asked::Tarball("main".to_owned()))
        );
        assert_eq!(Asked::parse(&format!("{base}/issues")), None);
    }

    #[test]
    fn other_pages_and_ways_upwards_are_nothing() {
        for path in [
            "/acme/shop/issues",
            "/acme/shop/blob",
            "/acme/shop/HEAD/x",
            "/acme/../shop",
            "/acme/%2e%2e/tree/main",
            "/acme/shop/tree/main/%2E%2E%2Fx",
            "/acme/shop/blob/main/a/./b",
            "/acme/shop/tree/%00",
            "/acme/shop/tree/%0a",
            "/acme/shop/tree/%ff",
            "/acme/shop/tree/%",
            "/acme/shop/tree/%4",
            "/acme/shop/tree/%zz",
        ] {
            assert_eq!(Asked::parse(path), None, "{path}");
        }
    }

    #[test]
    fn what_was_encoded_twice_is_a_name_and_not_a_way_upwards() {
        assert_eq!(Asked::parse("/acme/shop/tree/main/%252e%252e/x"), folder("main/%2e%2e/x"));
    }

    #[test]
    fn an_address_leads_back_to_what_it_was_made_of() {
        for path in ["a b/c", "ünïcode", "a%2Fb", "50%", "\"><script>", "?x#y", "a&b=c"] {
            let address = place(&name(), "blob", "main", Some(path));

            assert_eq!(Asked::parse(&address), file(&format!("main/{path}")), "{address}");
            assert!(address.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/%-_.~".contains(&byte)));
        }
    }

    #[test]
    fn a_branch_with_a_slash_is_one_segment() {
        assert_eq!(place(&name(), "tree", "release/one", Some("a/b")), "/acme/shop/tree/release%2Fone/a/b");
        assert_eq!(address(&[]), "/");
    }
}
