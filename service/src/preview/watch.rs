//! Notices that files change, and has the preview look at them.
//!
//! Signals of the system only say "look again": which file is meant is found out by the look itself. A burst
//! of them, as editors and git make it, counts as one. The invariant: no change is lost; one that arrives during
//! a look leads to another.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Preview;

/// After so much quiet a burst is over.
const QUIET: Duration = Duration::from_millis(4);
/// A burst that does not end is looked at after this time.
const LONGEST_BURST: Duration = Duration::from_millis(25);
/// Signals that wait; more of them say nothing new.
const WAITING: usize = 64;

/// Why changes cannot be noticed.
#[derive(Debug, thiserror::Error)]
#[error("changes of `{folder}` cannot be watched: {reason}")]
pub struct WatchError {
    /// The folder.
    pub folder: String,
    /// What the system said, and what to do.
    pub reason: String,
}

/// Watches folders.
pub struct Watch {
    watcher: RecommendedWatcher,
    folders: BTreeSet<PathBuf>,
    signals: mpsc::Receiver<Instant>,
}

impl Watch {
    /// Begins to watch the folders of a preview.
    pub async fn start(preview: &Preview) -> Result<Self, WatchError> {
        let (sender, signals) = mpsc::channel(WAITING);
        let notice = move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| !matters(&event.kind)) {
                return;
            }
            // One that does not fit in follows others that are not looked at yet.
            let _ = sender.try_send(Instant::now());
        };
        let watcher = notify::recommended_watcher(notice).map_err(|error| cannot(Path::new("."), &error))?;
        let mut watch = Self { watcher, folders: BTreeSet::new(), signals };
        watch.cover(preview.folders().await)?;
        Ok(watch)
    }

    /// Has the preview look whenever something changed, until `shutdown` fires.
    pub async fn follow(mut self, preview: &Preview, shutdown: CancellationToken) -> Result<(), WatchError> {
        loop {
            let since = tokio::select! {
                () = shutdown.cancelled() => return Ok(()),
                since = self.burst() => since,
            };
            let Some(since) = since else { return Ok(()) };
            preview.look(since).await;
            self.cover(preview.folders().await)?;
        }
    }

    /// Watches exactly these folders.
    fn cover(&mut self, folders: Vec<PathBuf>) -> Result<(), WatchError> {
        let folders: BTreeSet<PathBuf> = folders.into_iter().collect();
        for gone in self.folders.difference(&folders) {
            // One that was deleted is not watched any more.
            let _ = self.watcher.unwatch(gone);
        }
        for new in folders.difference(&self.folders) {
            self.watcher.watch(new, RecursiveMode::Recursive).map_err(|error| cannot(new, &error))?;
        }
        self.folders = folders;
        Ok(())
    }

    /// Waits for a burst of signals to pass; gives when it began.
    async fn burst(&mut self) -> Option<Instant> {
        let first = self.signals.recv().await?;
        let end = tokio::time::Instant::from_std(first + LONGEST_BURST);
        loop {
            let quiet = (tokio::time::Instant::now() + QUIET).min(end);
            match tokio::time::timeout_at(quiet, self.signals.recv()).await {
                Ok(Some(_)) if tokio::time::Instant::now() < end => {}
                _ => return Some(first),
            }
        }
    }
}

/// Reading a file is a signal too; our own looks must not lead to looks.
fn matters(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    }
}

fn cannot(folder: &Path, error: &notify::Error) -> WatchError {
    let help = match error.kind {
        notify::ErrorKind::MaxFilesWatch => {
            "; there are more folders than the system lets one watch: raise `fs.inotify.max_user_watches`, or \
             put the template into a folder of its own"
        }
        _ => "",
    };
    WatchError { folder: folder.display().to_string(), reason: format!("{error}{help}") }
}

#[cfg(test)]
mod tests {
    use notify::event::{CreateKind, DataChange, ModifyKind};

    use super::*;

    #[test]
    fn reading_a_file_is_no_change() {
        assert!(!matters(&EventKind::Access(AccessKind::Open(AccessMode::Any))));
        assert!(!matters(&EventKind::Access(AccessKind::Close(AccessMode::Read))));
        assert!(matters(&EventKind::Access(AccessKind::Close(AccessMode::Write))));
        assert!(matters(&EventKind::Modify(ModifyKind::Data(DataChange::Any))));
        assert!(matters(&EventKind::Create(CreateKind::File)));
    }
}
