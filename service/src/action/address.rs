//! Web addresses of repositories, and of files and folders in them.
//!
//! What an address looks like, the forge module knows; here it is asked who has the repository, and revision and
//! path are told apart with what is known of it. The invariant: a path that comes out of an address stays inside
//! the repository.

use std::sync::Arc;

use catalog_gen::TreePath;

use super::{ActionError, Capabilities};
use crate::forge::{Acting, Forge, ForgeError, RepoSlug, RepoUrl, Repository};

/// What GitHub's pages call the default branch.
const DEFAULT_REVISION: &str = "HEAD";

/// A place in a repository, as a URL names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// The repository.
    pub(crate) slug: RepoSlug,
    revision: Option<String>,
    path: Option<String>,
}

/// Does the text name a place by itself, without anything to be relative to?
pub(crate) fn is_absolute(url: &str) -> bool {
    url.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

impl Address {
    /// Reads a URL; `None` when it is not the address of a repository or of something in one.
    pub(crate) fn parse(url: &str) -> Option<Self> {
        let RepoUrl { slug, revision, path } = RepoSlug::from_url(url).ok()?;
        Some(Self { slug, revision, path })
    }

    /// The forge that serves the repository, acting as it is told, and what it knows of it; `None` when no forge has
    /// it, or the one that could has nothing to ask with: it may be public.
    pub(crate) async fn find(
        &self,
        capabilities: &Capabilities,
        acting: Acting,
    ) -> Result<Option<(Arc<dyn Forge>, Repository)>, ActionError> {
        let Some(forge) = capabilities.forges.for_host(&self.slug.host) else { return Ok(None) };
        let forge = forge.acting(acting);
        if !forge.can_ask(&self.slug).await? {
            return Ok(None);
        }
        match forge.find(&self.slug).await {
            Ok(found) => Ok(found.map(|repository| (forge, repository))),
            // A name that this forge cannot have may still be one that a source can read.
            Err(ForgeError::Invalid(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The revision (`None`: the default branch) and the path. A default branch with slashes in its name is
    /// recognised; of any other revision the name ends at the first slash.
    pub(crate) fn inside(
        &self,
        default_branch: &str,
    ) -> Result<(Option<String>, Option<TreePath>), ActionError> {
        let Some(revision) = &self.revision else { return Ok((None, None)) };
        let path = self.path.as_deref().unwrap_or_default();
        let whole = format!("{revision}/{path}/");
        let (revision, path) =
            match whole.strip_prefix(default_branch).and_then(|rest| rest.strip_prefix('/')) {
                Some(rest) => (None, rest),
                None => (Some(revision.clone()).filter(|revision| revision != DEFAULT_REVISION), path),
            };
        let path = match path.trim_matches('/') {
            "" => None,
            path => Some(TreePath::parse(path).map_err(|error| ActionError::NotAllowed(error.to_string()))?),
        };
        Ok((revision, path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(url: &str) -> (Option<String>, Option<String>) {
        let (revision, path) = Address::parse(url).unwrap().inside("release/one").unwrap();
        (revision, path.map(|path| path.to_string()))
    }

    #[test]
    fn a_repository_is_read_from_its_page_and_from_its_clone_url() {
        for url in [
            "https://GitHub.com/acme/demo",
            "https://github.com/acme/demo.git",
            "https://github.com/acme/demo/",
        ] {
            let address = Address::parse(url).unwrap();

            assert_eq!(address.slug.host, "github.com", "{url}");
            assert_eq!((address.slug.owner.as_str(), address.slug.name.as_str()), ("acme", "demo"), "{url}");
            assert_eq!(address.inside("main").unwrap(), (None, None), "{url}");
        }
    }

    #[test]
    fn a_page_below_a_repository_names_revision_and_path() {
        let some = |text: &str| Some(text.to_owned());

        assert_eq!(inside("https://github.com/a/b/tree/v1/x/y"), (some("v1"), some("x/y")));
        assert_eq!(inside("https://github.com/a/b/blob/v1/a%20b.md?raw=1"), (some("v1"), some("a b.md")));
        assert_eq!(inside("https://github.com/a/b/tree/v1"), (some("v1"), None));
        assert_eq!(inside("https://github.com/a/b/tree/HEAD/x"), (None, some("x")));
        assert_eq!(inside("https://github.com/a/b/tree/release/one/x"), (None, some("x")));
        assert_eq!(inside("https://github.com/a/b/tree/release/one"), (None, None));
        assert_eq!(inside("https://github.com/a/b/tree/other%2Ftwo/x"), (some("other/two"), some("x")));
    }

    #[test]
    fn a_path_that_leads_out_is_not_allowed() {
        let address = Address::parse("https://github.com/a/b/tree/main/x%2F..%2F..%2Fsecret").unwrap();

        assert!(matches!(address.inside("main"), Err(ActionError::NotAllowed(_))));
    }

    #[test]
    fn other_pages_are_not_addresses_of_files() {
        for url in [
            "https://github.com/a",
            "https://github.com/a/b/issues/1",
            "file:///srv/x",
            "https://t@github.com/a/b",
        ] {
            assert_eq!(Address::parse(url), None, "{url}");
        }
    }

    #[test]
    fn only_a_scheme_makes_a_url_absolute() {
        assert!(is_absolute("https://github.com/a/b"));
        assert!(is_absolute("file:///srv/x"));
        assert!(!is_absolute("./skeleton"));
        assert!(!is_absolute("/docs"));
        assert!(!is_absolute("a/b?x=https://c"));
    }
}
