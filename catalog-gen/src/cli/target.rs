//! What a command looks at: a folder, a bare repository, or a repository on a host.
//!
//! It opens, reads and completes: the files that generating wants, then the catalog files that people wrote. The
//! invariant: nothing here writes.

use std::path::{Path, PathBuf};

use catalog_gen::source::bare::Bare;
use catalog_gen::source::github::{GITHUB_API, GitHub};
use catalog_gen::source::{Limits, Snapshot, folder, remote};
use catalog_gen::{CodeHost, Entry, Remote, Site, TreePath, catalog_files};
use clap::Args;

use super::{Failure, say};

/// What all commands on one repository take.
#[derive(Args)]
pub(super) struct Target {
    /// A folder, a bare git repository, an address or `owner/name` on GitHub
    #[arg(default_value = ".")]
    pub(super) target: String,
    /// Where the repository is, if git does not tell: `owner/name` or an address
    #[arg(long, value_name = "OWNER/NAME")]
    remote: Option<String>,
    /// The revision of a bare repository; without it its HEAD
    #[arg(long)]
    revision: Option<String>,
    /// The site file: house words, owners, annotations
    #[arg(long, value_name = "FILE")]
    site: Option<PathBuf>,
    #[command(flatten)]
    host: Host,
}

/// How GitHub is reached.
#[derive(Args, Clone)]
pub(super) struct Host {
    /// Base of GitHub's API, such as `https://github.example.com/api/v3`; without it that of the address
    #[arg(long, env = "GITHUB_API_URL", value_name = "URL")]
    pub(super) api: Option<String>,
    /// Token for GitHub; better set in the environment than here, where others see it
    #[arg(long, env = "GITHUB_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    token: Option<String>,
}

/// A repository that was read.
pub(super) struct Opened {
    /// What was read of it.
    pub(super) snapshot: Snapshot,
    /// The settings of the site.
    pub(super) site: Site,
    /// The folder it is in, where it is a folder.
    pub(super) folder: Option<PathBuf>,
}

impl Host {
    /// GitHub, for a remote on a host. The token goes to github.com, or to the API that was named, and nowhere else:
    /// the host of an address is whatever somebody wrote.
    pub(super) fn github(&self, host: &str) -> Result<GitHub, Failure> {
        let own = GitHub::api_of(host);
        let named =
            self.api.as_deref().filter(|api| own == GITHUB_API || api.trim_end_matches('/') != GITHUB_API);
        if named.is_none() && own != GITHUB_API && self.token.is_some() {
            say(&format!(
                "note: the token is not sent to `{host}`; name its API with `--api {own}` if it is for it"
            ));
        }
        let trusted = named.is_some() || own == GITHUB_API;
        let token = self.token.clone().filter(|_| trusted);
        Ok(GitHub::new(named.unwrap_or(&own), token)?)
    }
}

impl Target {
    /// How GitHub is reached.
    pub(super) fn host(&self) -> &Host {
        &self.host
    }
}

impl Target {
    /// Reads what generating wants, and the catalog files.
    pub(super) async fn open(&self) -> Result<Opened, Failure> {
        let site = site(self.site.as_deref())?;
        let path = Path::new(&self.target);
        if !path.exists() {
            let Some(remote) = remote(&self.target, "HEAD") else {
                return Err(Failure(format!(
                    "`{}` is neither a folder here nor a repository on a host; give a path, an address or `owner/name`",
                    self.target
                )));
            };
            let snapshot = self.named(on_host(&self.host, &remote).await?)?;
            return Ok(Opened { snapshot, site, folder: None });
        }
        let (snapshot, folder) = local(path, self.revision.as_deref())?;
        Ok(Opened { snapshot: self.named(snapshot)?, site, folder })
    }

    /// The snapshot with the remote that the person named.
    fn named(&self, mut snapshot: Snapshot) -> Result<Snapshot, Failure> {
        if let Some(text) = &self.remote {
            let known = snapshot.about.remote.as_ref().map(|known| known.revision.clone());
            let revision = known.filter(|revision| revision != "HEAD").unwrap_or_else(|| "main".to_owned());
            let named = remote(text, &revision);
            snapshot.about.remote = Some(named.ok_or_else(|| {
                Failure(format!("`{text}` names no repository; write `owner/name` or its address"))
            })?);
        }
        Ok(snapshot)
    }
}

/// Reads a folder or bare repository with its catalog files; the folder, where files can be written to it.
pub(super) fn local(path: &Path, revision: Option<&str>) -> Result<(Snapshot, Option<PathBuf>), Failure> {
    let limits = Limits::default();
    let bare = revision.is_some() || path.join("HEAD").is_file() && path.join("objects").is_dir();
    if bare {
        let bare = Bare::open(path, revision)?;
        let mut snapshot = bare.snapshot(limits)?;
        complete(&mut snapshot, |snapshot, path| bare.content(snapshot.listing.get(path)?));
        return Ok((snapshot, None));
    }
    if path.is_file() {
        return Err(Failure(format!("`{}` is a file; give the folder of a repository", path.display())));
    }
    let mut snapshot = folder::snapshot(path, limits)?;
    complete(&mut snapshot, |_, file| folder::read(path, file, limits.bytes));
    Ok((snapshot, Some(path.to_owned())))
}

/// Adds the catalog files, and those that their locations name, until there are no more.
fn complete(snapshot: &mut Snapshot, read: impl Fn(&Snapshot, &TreePath) -> Option<Vec<u8>>) {
    let mut asked = std::collections::BTreeSet::new();
    loop {
        let mut files = catalog_files(&snapshot.listing, &snapshot.files);
        files.retain(|path| asked.insert(path.clone()));
        if files.is_empty() {
            return;
        }
        for path in files {
            let kept = read(snapshot, &path)
                .is_some_and(|bytes| snapshot.files.insert(path.clone(), Entry::file(bytes)).is_ok());
            if !kept {
                snapshot.unread.push(path);
            }
        }
    }
}

async fn on_host(host: &Host, remote: &Remote) -> Result<Snapshot, Failure> {
    if remote.host == CodeHost::GitLab || remote.host == CodeHost::Bitbucket {
        return Err(Failure(format!("`{}` is not on a GitHub; clone it and give the folder", remote.url)));
    }
    let (name, slug) = parts(remote);
    Ok(host.github(name)?.snapshot(slug, Limits::default()).await?)
}

/// Host and `owner/name` of a remote.
fn parts(remote: &Remote) -> (&str, &str) {
    remote.url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).unwrap_or_default()
}

/// The settings of the site; without a file those that change nothing.
pub(super) fn site(path: Option<&Path>) -> Result<Site, Failure> {
    let Some(path) = path else { return Ok(Site::default()) };
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure(format!("the site file `{}` cannot be read: {error}", path.display())))?;
    serde_yaml::from_str(&text)
        .map_err(|error| Failure(format!("the site file `{}` is not right: {error}", path.display())))
}
