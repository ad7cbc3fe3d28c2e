//! Looking into a repository without bringing it here: its head, the list of its files, some of their contents.
//!
//! What a server sends is unpacked beside the store, read, and dropped; nothing of it can be found in the store
//! afterwards. A repository that lies on this machine is read where it lies. The invariant: a content is read after its
//! size was looked at, and never more than the caller allows in all.

use bytes::Bytes;
use catalog_gen::{Listed, ListedKind, Listing, TreePath};
use git2::{ObjectType, Oid, Repository, Tree};

use super::error::GitError;
use super::fetch::{Credentials, Origin};
use super::http::{Remote, Service};
use super::pack::Incoming;
use super::wire::{Decoder, HeadAnswer, head_request, objects_request};
use super::{Author, CommitId, ObjectStore, blocking, read, setup};

/// How many objects are asked for at once.
const AT_ONCE: usize = 2_000;
/// What the answer about a head may measure.
const MAX_HEAD_BYTES: u64 = 64 * 1024;
const EXECUTABLE: i32 = 0o100_755;
const LINK: i32 = 0o120_000;

/// The default branch of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultBranch {
    /// Its head.
    pub commit: CommitId,
    /// Its name; none where a server's HEAD names a commit.
    pub name: Option<String>,
}

/// What is asked of a server.
struct Wish<'w> {
    url: &'w str,
    credentials: Option<&'w Credentials>,
    /// The objects.
    ids: &'w [String],
    /// Whether the contents of files are left out.
    trees_only: bool,
    max_bytes: u64,
}

impl ObjectStore {
    /// The files at a commit of this repository.
    pub async fn listing(&self, commit: &CommitId) -> Result<Listing, GitError> {
        let (path, commit) = (self.path().to_owned(), commit.clone());
        blocking(move || listing(&setup::open(&path)?, &commit)).await
    }

    /// Who made a commit of this repository, and its message.
    pub async fn signed(&self, commit: &CommitId) -> Result<(Author, String), GitError> {
        let (path, commit) = (self.path().to_owned(), commit.clone());
        blocking(move || {
            let repository = setup::open(&path)?;
            let found = read::commit(&repository, Some(&commit.0))?;
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let author = found.author();
            let author = Author { name: text(author.name_bytes()), email: text(author.email_bytes()) };
            Ok((author, text(found.message_bytes())))
        })
        .await
    }

    /// Contents of this repository by their ids, in that order.
    pub async fn contents(&self, ids: Vec<String>, max_bytes: u64) -> Result<Vec<Bytes>, GitError> {
        let path = self.path().to_owned();
        blocking(move || contents(&setup::open(&path)?, &ids, max_bytes)).await
    }

    /// The default branch of the repository at an `http(s)://` address; none where it has no commit.
    pub async fn head_of(
        &self,
        url: &str,
        credentials: Option<&Credentials>,
    ) -> Result<Option<DefaultBranch>, GitError> {
        let remote = self.remote(url, credentials)?;
        let mut response = remote.ask(head_request()).await?;
        let (mut decoder, mut answer, mut total) = (Decoder::default(), HeadAnswer::default(), 0);
        while let Some(piece) = response.chunk().await.map_err(|error| remote.broken(&error))? {
            total += piece.len() as u64;
            remote.check_size(total, MAX_HEAD_BYTES)?;
            decoder.push(&piece);
            while let Some(packet) = decoder.pop().map_err(|error| remote.wire(error))? {
                answer.feed(packet).map_err(|error| remote.wire(error))?;
            }
        }
        let head = answer.end().map_err(|error| remote.wire(error))?;
        Ok(head.map(|head| DefaultBranch { commit: CommitId(head.commit), name: head.branch }))
    }

    /// The files at a commit of the repository at an `http(s)://` address. Their sizes are not known: the tree alone is
    /// sent.
    pub async fn listing_of(
        &self,
        url: &str,
        commit: &CommitId,
        credentials: Option<&Credentials>,
    ) -> Result<Listing, GitError> {
        let (commit, ids) = (commit.clone(), [commit.0.clone()]);
        let wish = Wish { url, credentials, ids: &ids, trees_only: true, max_bytes: self.limits.max_bytes };
        self.unpacked(wish, move |received| listing(received, &commit)).await
    }

    /// Contents in the repository at an `http(s)://` address by their ids, in that order.
    pub async fn contents_of(
        &self,
        url: &str,
        ids: Vec<String>,
        max_bytes: u64,
        credentials: Option<&Credentials>,
    ) -> Result<Vec<Bytes>, GitError> {
        let (mut found, mut left) = (Vec::with_capacity(ids.len()), max_bytes);
        for part in ids.chunks(AT_ONCE) {
            let asked = part.to_vec();
            let read = move |received: &Repository| contents(received, &asked, left);
            let wish = Wish { url, credentials, ids: part, trees_only: false, max_bytes: left };
            let part = self.unpacked(wish, read).await?;
            left = left.saturating_sub(part.iter().map(|content| content.len() as u64).sum());
            found.extend(part);
        }
        Ok(found)
    }

    fn remote(&self, url: &str, credentials: Option<&Credentials>) -> Result<Remote, GitError> {
        let Origin::Http(url) = Origin::parse(url)? else {
            return Err(GitError::Invalid(format!("`{}` is not on a server", url.escape_debug())));
        };
        Ok(Remote::new(url, credentials, Service::Reading, self.limits.idle)?.in_second_version())
    }

    /// Brings objects beside the store, has them read, and drops them.
    async fn unpacked<T: Send + 'static>(
        &self,
        wish: Wish<'_>,
        look: impl FnOnce(&Repository) -> Result<T, GitError> + Send + 'static,
    ) -> Result<T, GitError> {
        let Wish { url, credentials, ids, trees_only, max_bytes } = wish;
        let remote = self.remote(url, credentials)?;
        let place = self.path().to_owned();
        let incoming = blocking(move || Incoming::new(&setup::open(&place)?)).await?;
        let spool = incoming.spool();
        let download = remote.download(objects_request(ids, trees_only), &spool, max_bytes);
        let total = self.limits.total;
        tokio::time::timeout(total, download).await.map_err(|_| {
            GitError::Unavailable(format!("`{url}` took longer than {} seconds; try again", total.as_secs()))
        })??;
        let url = url.to_owned();
        blocking(move || {
            let broken =
                || GitError::Unavailable(format!("`{url}` sent a pack that is not whole; try again"));
            let indexed = incoming.index(|indexer| {
                let mut file = std::fs::File::open(&spool).map_err(|source| GitError::io(&spool, source))?;
                std::io::copy(&mut file, indexer).map_err(|_| broken())?;
                Ok(())
            });
            indexed.map_err(|error| if matches!(error, GitError::Git(_)) { broken() } else { error })?;
            look(&incoming.objects()?)
        })
        .await
    }
}

/// Every file at a commit. What has a name that no path can hold is counted alone.
fn listing(repository: &Repository, commit: &CommitId) -> Result<Listing, GitError> {
    let root = read::commit(repository, Some(&commit.0))?.tree()?;
    let odb = repository.odb()?;
    let (mut found, mut left_out) = (Vec::new(), 0);
    let mut open: Vec<(Option<TreePath>, Tree<'_>)> = vec![(None, root)];
    while let Some((folder, tree)) = open.pop() {
        for entry in &tree {
            let Some(path) = named(folder.as_ref(), entry.name_bytes()) else {
                left_out += 1;
                continue;
            };
            let kind = match (entry.kind(), entry.filemode()) {
                (Some(ObjectType::Tree), _) => {
                    open.push((Some(path), repository.find_tree(entry.id())?));
                    continue;
                }
                (Some(ObjectType::Commit), _) => ListedKind::Submodule,
                (_, LINK) => ListedKind::Link,
                (_, EXECUTABLE) => ListedKind::Executable,
                _ => ListedKind::File,
            };
            // A list without contents does not know it.
            let size = odb.read_header(entry.id()).map_or(0, |(size, _)| size as u64);
            found.push(Listed { path, kind, size, id: Some(entry.id().to_string()) });
        }
    }
    Ok(Listing::new(found, left_out))
}

fn named(folder: Option<&TreePath>, name: &[u8]) -> Option<TreePath> {
    let name = std::str::from_utf8(name).ok()?;
    match folder {
        Some(folder) => folder.join(name).ok(),
        None => TreePath::parse(name).ok(),
    }
}

fn contents(repository: &Repository, ids: &[String], max_bytes: u64) -> Result<Vec<Bytes>, GitError> {
    let odb = repository.odb()?;
    let (mut found, mut left) = (Vec::with_capacity(ids.len()), max_bytes);
    for text in ids {
        let missing =
            || GitError::NotFound(format!("there is no file with the id `{}`", text.escape_debug()));
        let id: Oid = read::full_id(text).ok_or_else(missing)?;
        let (size, kind) = odb.read_header(id).map_err(|_| missing())?;
        if kind != ObjectType::Blob {
            return Err(missing());
        }
        left = left.checked_sub(size as u64).ok_or_else(|| {
            GitError::Invalid(format!("the files that are wanted have more than {max_bytes} bytes in all"))
        })?;
        found.push(Bytes::copy_from_slice(odb.read(id)?.data()));
    }
    Ok(found)
}
