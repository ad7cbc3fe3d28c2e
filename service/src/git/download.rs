//! Asking a server for one revision, and taking its pack.
//!
//! What the pack holds is `fetch`'s to judge; it is written to a file as it comes. The invariant: a pack that
//! did not come whole is an error, and one that is larger than allowed is broken off.

use std::path::Path;

use tokio::io::AsyncWriteExt;

use super::error::GitError;
use super::http::Remote;
use super::read::{full_id, reference_names, unknown_revision};
use super::wire::{Decoder, PackAnswer, Wanted};

impl Remote {
    /// Asks what the repository has, and finds the revision in it. The list may measure `limit` bytes.
    pub(super) async fn want(&self, revision: Option<&str>, limit: u64) -> Result<Wanted, GitError> {
        let listed = self.list(limit).await?;
        let (names, id) = match revision {
            None | Some("HEAD") => (vec!["HEAD".to_owned()], None),
            Some(revision) => (reference_names(revision), full_id(revision).map(|_| revision)),
        };
        let wanted = listed.want(&names, id).map_err(|error| self.wire(error))?;
        wanted.ok_or_else(|| {
            let reason = match revision {
                _ if listed.is_empty() => "the repository is empty".to_owned(),
                None => "the repository's default branch is not there; name a branch".to_owned(),
                Some(revision) => unknown_revision(revision).to_string(),
            };
            GitError::NotFound(format!("`{}`: {reason}", self.url))
        })
    }

    /// Asks for a pack of at most `limit` bytes and writes it into a new file.
    pub(super) async fn download(&self, request: String, file: &Path, limit: u64) -> Result<(), GitError> {
        let failed = |source| GitError::io(file, source);
        let mut response = self.ask(request).await?;
        let file = tokio::fs::File::create_new(file).await.map_err(failed)?;
        let mut file = tokio::io::BufWriter::with_capacity(256 * 1024, file);
        let (mut decoder, mut answer, mut total) = (Decoder::default(), PackAnswer::default(), 0);
        while let Some(piece) = response.chunk().await.map_err(|error| self.broken(&error))? {
            total += piece.len() as u64;
            self.check_size(total, limit)?;
            decoder.push(&piece);
            while let Some(packet) = decoder.pop().map_err(|error| self.wire(error))? {
                if let Some(pack) = answer.feed(packet).map_err(|error| self.wire(error))? {
                    file.write_all(&pack).await.map_err(failed)?;
                }
            }
        }
        if !answer.is_complete() || !decoder.is_drained() {
            return Err(GitError::Unavailable(format!("`{}` broke the transfer off; try again", self.url)));
        }
        file.flush().await.map_err(failed)
    }
}
