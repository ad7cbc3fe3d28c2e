//! Where fetched files come from.
//!
//! A relative URL is read from the template's own pinned files and needs no journal: the pin never changes. An
//! absolute one is read from the forge that serves its host, or else through the configured sources, and what
//! was read is journalled as a commit or a pin, so that a repeated run sees the same files whatever has
//! happened since. Nothing is written here.

use catalog_gen::{Entry, File, FileTree, TreePath};
use serde::{Deserialize, Serialize};

use crate::action::address::{Address, is_absolute};
use crate::action::{ActionContext, ActionError, Capabilities};
use crate::forge::{Acting, RepoSlug};
use crate::git::CommitId;
use crate::secret::Secret;
use crate::template::Pin;

/// Name of the journal entry.
const KEY: &str = "fetch";

/// What was read, for the journal.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "from")]
enum Origin {
    /// A repository of a forge.
    Forge { slug: RepoSlug, commit: CommitId },
    /// A source.
    Source { pin: Pin },
}

/// Whether the URL names a folder or one file.
#[derive(Clone, Copy)]
enum Wanted {
    Folder,
    File,
}

/// The folder at `url`.
pub(super) async fn folder(
    ctx: &mut ActionContext<'_>,
    url: &str,
    token: Option<&Secret>,
) -> Result<FileTree, ActionError> {
    if !is_absolute(url) {
        let base = ctx.run.template.pin.as_ref();
        return Ok(ctx.capabilities.sources.read_folder(base, url, token).await?.tree);
    }
    absolute(ctx, url, token, Wanted::Folder).await
}

/// The folder at an absolute `url`, without a run around it.
pub(super) async fn folder_of(
    capabilities: &Capabilities,
    url: &str,
) -> Result<(Option<CommitId>, FileTree), ActionError> {
    let (origin, tree) = look(capabilities, url, Acting::default(), Wanted::Folder).await?;
    let commit = match origin {
        Origin::Forge { commit, .. } => Some(commit),
        Origin::Source { pin } => pin.commit,
    };
    Ok((commit, tree))
}

/// The file at `url`.
pub(super) async fn file(
    ctx: &mut ActionContext<'_>,
    url: &str,
    token: Option<&Secret>,
) -> Result<File, ActionError> {
    let tree = if is_absolute(url) {
        absolute(ctx, url, token, Wanted::File).await?
    } else {
        let base = ctx.run.template.pin.as_ref();
        ctx.capabilities.sources.read_file(base, url, token).await?.tree
    };
    let mut files = tree.iter().filter_map(|(_, entry)| match entry {
        Entry::File(file) => Some(file.clone()),
        _ => None,
    });
    files.next().ok_or_else(|| ActionError::NotFound(format!("there is no file at `{url}`; check the path")))
}

async fn absolute(
    ctx: &mut ActionContext<'_>,
    url: &str,
    token: Option<&Secret>,
    wanted: Wanted,
) -> Result<FileTree, ActionError> {
    let capabilities = ctx.capabilities;
    let acting = ctx.acting(token.cloned());
    let mut fresh = None;
    let origin: Origin = ctx
        .read(KEY, async {
            let (origin, tree) = look(capabilities, url, acting.clone(), wanted).await?;
            fresh = Some(tree);
            Ok(origin)
        })
        .await?;
    match fresh {
        Some(tree) => Ok(tree),
        None => again(capabilities, &origin, url, (acting, wanted)).await,
    }
}

/// Reads for the first time.
async fn look(
    capabilities: &Capabilities,
    url: &str,
    acting: Acting,
    wanted: Wanted,
) -> Result<(Origin, FileTree), ActionError> {
    let token = acting.token.clone();
    if let Some(address) = Address::parse(url)
        && let Some((forge, repository)) = address.find(capabilities, acting).await?
    {
        let (revision, path) = address.inside(&repository.default_branch)?;
        let (commit, tree) = forge.read(&address.slug, revision.as_deref()).await?;
        let tree = part(&tree, path.as_ref(), url, wanted)?;
        return Ok((Origin::Forge { slug: address.slug, commit }, tree));
    }
    let sources = &capabilities.sources;
    let fetched = match wanted {
        Wanted::Folder => sources.read_folder(None, url, token.as_ref()).await?,
        Wanted::File => sources.read_file(None, url, token.as_ref()).await?,
    };
    Ok((Origin::Source { pin: fetched.pin }, fetched.tree))
}

/// Reads what the journal says was read before.
async fn again(
    capabilities: &Capabilities,
    origin: &Origin,
    url: &str,
    (acting, wanted): (Acting, Wanted),
) -> Result<FileTree, ActionError> {
    match origin {
        Origin::Source { pin } => Ok(capabilities.sources.read_pinned(pin).await?),
        Origin::Forge { slug, commit } => {
            let found = match Address::parse(url) {
                Some(address) => address.find(capabilities, acting).await?.map(|found| (address, found)),
                None => None,
            };
            let Some((address, (forge, repository))) = found else {
                let name = format!("{}/{}", slug.owner, slug.name);
                return Err(ActionError::NotFound(format!("repository `{name}` is gone from {}", slug.host)));
            };
            let (_, path) = address.inside(&repository.default_branch)?;
            let (_, tree) = forge.read(slug, Some(&commit.0)).await?;
            part(&tree, path.as_ref(), url, wanted)
        }
    }
}

/// The part of a repository that the URL names.
fn part(
    tree: &FileTree,
    path: Option<&TreePath>,
    url: &str,
    wanted: Wanted,
) -> Result<FileTree, ActionError> {
    let missing = |what: &str| {
        ActionError::NotFound(format!("there is no {what} at `{url}`; check the path and the branch"))
    };
    match (wanted, path) {
        (Wanted::Folder, None) => Ok(tree.clone()),
        (Wanted::Folder, Some(path)) if tree.is_dir(path) => Ok(tree.subtree(path)?),
        (Wanted::Folder, Some(_)) => Err(missing("folder")),
        (Wanted::File, path) => {
            let path = path.ok_or_else(|| missing("file"))?;
            let file = tree.file(path).ok_or_else(|| missing("file"))?;
            let name =
                TreePath::parse(path.file_name()).map_err(|error| ActionError::Input(error.to_string()))?;
            let mut one = FileTree::with_budget(tree.budget());
            one.insert(name, Entry::File(file.clone()))?;
            Ok(one)
        }
    }
}
