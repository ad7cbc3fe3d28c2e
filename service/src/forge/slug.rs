//! Repository names: read from what people and Backstage write, and checked before they name anything.
//!
//! It knows GitHub's rules for names and pages, no network and no disk. The invariant: the parts of a slug that
//! passed [`RepoSlug::check`] are each one plain segment of a path, never `.`, `..` or hidden above the name.

use std::fmt;

use percent_encoding::percent_decode_str;
use reqwest::Url;

use super::{ForgeError, RepoSlug};

const MAX_OWNER: usize = 39;
const MAX_NAME: usize = 100;
const MAX_HOST: usize = 253;

/// What a page's address points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepoUrl {
    /// The repository.
    pub slug: RepoSlug,
    /// The branch, tag or commit, where the address names one.
    pub revision: Option<String>,
    /// The file or folder in the repository, where the address names one; without slashes around it.
    pub path: Option<String>,
}

impl fmt::Display for RepoSlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.host, self.owner, self.name)
    }
}

impl RepoSlug {
    /// Reads Backstage's `host?owner=…&repo=…`. Further parameters are other hosts' business.
    pub fn parse_repo_url(text: &str) -> Result<Self, ForgeError> {
        let shown = text.escape_debug();
        let invalid = |what: &str| {
            ForgeError::Invalid(format!(
                "the repository URL `{shown}` {what}; write it as `github.com?owner=acme&repo=shop`"
            ))
        };
        let url = Url::parse(&format!("https://{}", text.trim()))
            .map_err(|_| invalid("cannot be read"))
            .and_then(|url| if has_user(&url) { Err(holds_user(&url)) } else { Ok(url) })?;
        if url.path() != "/" {
            return Err(invalid("has a path after its host"));
        }
        let value = |key: &str| {
            let found = url.query_pairs().find(|(name, _)| name == key);
            found.map(|(_, value)| value.trim_matches('/').to_owned()).filter(|value| !value.is_empty())
        };
        match (value("owner"), value("repo")) {
            (Some(owner), Some(name)) => Self { host: host_of(&url), owner, name }.checked(),
            (None, Some(_)) => Err(invalid("has no `owner`")),
            (Some(_), None) => Err(invalid("has no `repo`")),
            (None, None) => Err(invalid("has no `owner` and no `repo`")),
        }
    }

    /// Reads the address of a repository, or of a folder or file in it:
    /// `https://host/owner/repo[.git]` with `/tree/<revision>/<path>` or `/blob/<revision>/<path>` behind it.
    ///
    /// A branch with slashes in its name has them written as `%2F`: where it ends could not be told otherwise.
    pub fn from_url(text: &str) -> Result<RepoUrl, ForgeError> {
        let shown = text.escape_debug();
        let invalid = |what: &str| {
            ForgeError::Invalid(format!(
                "the address `{shown}` {what}; write it as `https://github.com/acme/shop/tree/main/folder`"
            ))
        };
        let url = Url::parse(text.trim()).map_err(|_| invalid("cannot be read"))?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(invalid("does not begin with `https://`"));
        }
        if has_user(&url) {
            return Err(holds_user(&url));
        }
        let decoded = |segment: &str| {
            let text = percent_decode_str(segment).decode_utf8().map(std::borrow::Cow::into_owned);
            text.map_err(|_| invalid("is not UTF-8"))
        };
        let segments: Vec<String> = url
            .path()
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(decoded)
            .collect::<Result<_, _>>()?;
        let (owner, name, rest) = match segments.as_slice() {
            [owner, name, rest @ ..] => (owner, name, rest),
            _ => return Err(invalid("does not name an owner and a repository")),
        };
        let name = name.strip_suffix(".git").unwrap_or(name);
        let slug = Self { host: host_of(&url), owner: owner.clone(), name: name.to_owned() }.checked()?;
        match rest {
            [] => Ok(RepoUrl { slug, revision: None, path: None }),
            [kind, revision, path @ ..] if matches!(kind.as_str(), "tree" | "blob" | "raw" | "edit") => {
                let path = Some(path.join("/")).filter(|path| !path.is_empty());
                Ok(RepoUrl { slug, revision: Some(revision.clone()), path })
            }
            _ => Err(invalid("points at a page that is not a folder or file")),
        }
    }

    /// Are the parts names that a host takes? The rules are GitHub's, and none is looser than a path's.
    pub fn check(&self) -> Result<(), ForgeError> {
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
        let edges = |text: &str, bad: &[char]| text.starts_with(bad) || text.ends_with(bad);
        let (host, port) = self.host.split_once(':').unwrap_or((&self.host, "0"));
        let host_is_good = !host.is_empty()
            && host.len() <= MAX_HOST
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
            && !edges(host, &['.', '-'])
            && port.parse::<u16>().is_ok_and(|_| port.bytes().all(|b| b.is_ascii_digit()));
        if !host_is_good {
            return Err(bad_name("a host", &self.host, "a host name such as `github.com` is needed"));
        }
        let owner_is_good = !self.owner.is_empty()
            && self.owner.len() <= MAX_OWNER
            && plain(&self.owner)
            && !edges(&self.owner, &['.', '-']);
        if !owner_is_good {
            let rule =
                "up to 39 letters, digits, `-`, `_` and `.` are allowed, with no `-` or `.` at either end";
            return Err(bad_name("an owner", &self.owner, rule));
        }
        let name_is_good = !self.name.is_empty()
            && self.name.len() <= MAX_NAME
            && plain(&self.name)
            && !matches!(self.name.as_str(), "." | "..")
            && !self.name.to_ascii_lowercase().ends_with(".git");
        if !name_is_good {
            let rule = "up to 100 letters, digits, `-`, `_` and `.` are allowed, and no `.git` at the end";
            return Err(bad_name("a repository name", &self.name, rule));
        }
        Ok(())
    }

    /// Is it the same repository? Hosts, owners and names are compared as hosts do: without letter case.
    pub fn is_same(&self, other: &Self) -> bool {
        self.host.eq_ignore_ascii_case(&other.host)
            && self.owner.eq_ignore_ascii_case(&other.owner)
            && self.name.eq_ignore_ascii_case(&other.name)
    }

    fn checked(self) -> Result<Self, ForgeError> {
        self.check().map(|()| self)
    }
}

fn bad_name(what: &str, text: &str, rule: &str) -> ForgeError {
    let shown: String = text.chars().take(MAX_NAME).flat_map(char::escape_debug).collect();
    ForgeError::Invalid(format!("`{shown}` cannot be {what}: {rule}"))
}

fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// The text itself is not shown: it holds a secret, perhaps.
fn holds_user(url: &Url) -> ForgeError {
    ForgeError::Invalid(format!(
        "the address of a repository on `{}` holds a user name or token; take it out of the address",
        host_of(url)
    ))
}

fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests;
