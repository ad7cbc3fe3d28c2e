//! Reading the repository behind an address.
//!
//! A forge that has the repository is asked first; else it is read over git, as templates are. Whoever may ask for an
//! analysis could otherwise have any address fetched that this machine reaches, so over the network only hosts are
//! asked that the settings name: in `forges`, in `git.credentials`, or before a prefix of `git.rewrites`.

use catalog_gen::{CodeHost, FileTree, Remote, TreePath};

use crate::action::{ActionError, Address, Capabilities};
use crate::config;
use crate::forge::Acting;
use crate::template::{Pin, revision_of};

/// What code hosts call the default branch.
const DEFAULT_REVISION: &str = "HEAD";

/// A folder of a repository that was read.
pub(super) struct Place {
    /// All files of the repository.
    pub(super) tree: FileTree,
    /// The folder that was asked about; none for the root.
    pub(super) folder: Option<TreePath>,
    /// Where it lives.
    pub(super) remote: Remote,
}

/// The hosts that may be asked.
#[derive(Debug)]
pub(in crate::catalog) struct Hosts {
    /// Scheme, host and port, as an address begins.
    origins: Vec<String>,
    prefixes: Vec<String>,
}

impl Hosts {
    /// From `forges` and `git` of the settings.
    pub(in crate::catalog) fn new<'h>(forges: impl Iterator<Item = &'h str>, git: &config::Git) -> Self {
        let of_forges = forges.map(|host| format!("https://{host}"));
        let of_tokens = git.credentials.iter().map(|known| known.url.clone());
        Self {
            origins: of_forges.chain(of_tokens).filter_map(|url| origin(&url)).collect(),
            prefixes: git.rewrites.iter().map(|rewrite| rewrite.prefix.clone()).collect(),
        }
    }

    fn allow(&self, url: &str) -> bool {
        let known = origin(url).is_some_and(|origin| self.origins.contains(&origin));
        known || (is_web(url) && self.prefixes.iter().any(|prefix| url.starts_with(prefix)))
    }
}

/// Reads what an address names.
pub(super) async fn read(
    capabilities: &Capabilities,
    hosts: &Hosts,
    url: &str,
) -> Result<Place, ActionError> {
    if let Some(address) = Address::parse(url)
        && let Some((forge, repository)) = address.find(capabilities, Acting::default()).await?
    {
        let (revision, path) = address.inside(&repository.default_branch)?;
        let (_, tree) = forge.read(&address.slug, revision.as_deref()).await?;
        let remote = Remote {
            url: repository.html_url,
            revision: revision.unwrap_or(repository.default_branch),
            host: CodeHost::GitHub,
        };
        return Place { tree, folder: None, remote }.at(path, url);
    }
    if !hosts.allow(url) {
        return Err(ActionError::Input(format!(
            "`{}` is not on a host that this service reads; name the host in `forges` or in `git.credentials` of its settings",
            url.escape_debug()
        )));
    }
    let fetched = capabilities.sources.read_folder(None, url, None).await?;
    let root = Pin { path: String::new(), ..fetched.pin.clone() };
    let tree = capabilities.sources.read_pinned(&root).await?;
    let host = fetched.pin.source.split('/').nth(2).unwrap_or_default();
    let remote = Remote {
        host: CodeHost::by_name(host),
        revision: revision_of(url)?.unwrap_or_else(|| DEFAULT_REVISION.to_owned()),
        url: fetched.pin.source,
    };
    let path = Some(fetched.pin.path.as_str()).filter(|path| !path.is_empty());
    let path =
        path.map(TreePath::parse).transpose().map_err(|error| ActionError::Input(error.to_string()))?;
    Place { tree, folder: None, remote }.at(path, url)
}

impl Place {
    /// The same repository at a folder of it; a file stands for the folder that it is in.
    fn at(self, path: Option<TreePath>, url: &str) -> Result<Self, ActionError> {
        let folder = match path {
            Some(path) if self.tree.file(&path).is_some() => path.parent(),
            Some(path) if !self.tree.is_dir(&path) => {
                return Err(ActionError::NotFound(format!(
                    "there is no folder at `{}`; check the path and the branch",
                    url.escape_debug()
                )));
            }
            path => path,
        };
        Ok(Self { folder, ..self })
    }
}

fn is_web(url: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme))
}

/// Scheme, host and port of a web address that names no user.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let default = match scheme.as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    let host = rest.split(['/', '?', '#', '\\']).next()?.to_ascii_lowercase();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    if host.is_empty() || !host.chars().all(plain) {
        return None;
    }
    let bare = host.strip_suffix(default).unwrap_or(&host);
    Some(format!("{scheme}://{bare}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn hosts() -> Hosts {
        let credential = config::GitCredential {
            url: "https://git.acme.io:8443".to_owned(),
            username: "bot".to_owned(),
            token: Secret::new("t"),
        };
        let rewrite = config::Rewrite {
            prefix: "https://mirrored.io/acme/".to_owned(),
            replacement: "https://git.acme.io/".to_owned(),
        };
        let git = config::Git { rewrites: vec![rewrite], credentials: vec![credential], timeout_seconds: 60 };
        Hosts::new(["github.com"].into_iter(), &git)
    }

    #[test]
    fn hosts_that_the_settings_name_are_asked() {
        for url in [
            "https://github.com/acme/shop",
            "https://GitHub.com:443/acme/shop/tree/main/x?y",
            "https://git.acme.io:8443/acme/shop",
            "https://mirrored.io/acme/shop",
        ] {
            assert!(hosts().allow(url), "{url}");
        }
    }

    #[test]
    fn no_other_host_is_asked() {
        for url in [
            "https://example.com/acme/shop",
            "http://github.com/acme/shop",
            "https://github.com:8443/acme/shop",
            "https://github.com@example.com/acme/shop",
            "https://github.com.example.com/acme/shop",
            "https://example.com\\@github.com/acme/shop",
            "https://git.acme.io/acme/shop",
            "https://mirrored.io/other/shop",
            "http://169.254.169.254/latest/meta-data",
            "http://localhost:7007/api/catalog",
            "file:///etc/passwd",
            "git+https://github.com/acme/shop.git",
            "//github.com/acme/shop",
            "",
        ] {
            assert!(!hosts().allow(url), "{url}");
        }
    }
}
