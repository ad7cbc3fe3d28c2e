//! Work over many entries, split over threads when it takes long.
//!
//! One thread begins; what is left after a moment is shared by all cores, block by block, from a common
//! counter. It knows nothing of languages; a worker is made per thread and may keep a cache. The invariant: the
//! result stands in the order of the entries and does not depend on who did what; work after the first failing
//! entry may be left undone, before it never.

use std::num::NonZero;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use catalog_gen::{Entry, FileTree, TreePath};

use super::RenderError;
use super::outcome::{Outcome, RenderedTree, assemble};

/// How long one thread works alone: starting others, and giving back memory that they took, costs time too.
const PATIENCE: Duration = Duration::from_millis(20);
/// Entries taken at once.
const BLOCK: usize = 32;

type Item<'a> = (&'a TreePath, &'a Entry);
type Done = Vec<(usize, Result<Outcome, RenderError>)>;

/// Who does the work.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crew {
    /// How many threads there are in the end.
    pub(super) threads: usize,
    /// How long one of them works alone.
    pub(super) patience: Duration,
}

impl Crew {
    /// One thread, and every core when that takes long.
    pub(super) fn of_this_machine() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self { threads, patience: PATIENCE }
    }

    fn work<'a, W>(self, shift: &Shift<'_, 'a>, worker: &(impl Fn() -> W + Sync)) -> Done
    where
        W: FnMut(&'a TreePath, &'a Entry) -> Result<Outcome, RenderError>,
    {
        if self.threads <= 1 {
            return shift.work(worker(), None);
        }
        let mut done = shift.work(worker(), Some(self.patience));
        if shift.is_over() {
            return done;
        }
        std::thread::scope(|scope| {
            let crew: Vec<_> =
                (0..self.threads).map(|_| scope.spawn(|| shift.work(worker(), None))).collect();
            for member in crew {
                done.extend(member.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
        });
        done
    }
}

/// Renders every entry of a skeleton, and the `folders` that follow from them, with workers of this kind and
/// makes a tree of what they give.
pub(super) fn render<'a, W>(
    skeleton: &'a FileTree,
    folders: &'a [TreePath],
    crew: Crew,
    worker: impl Fn() -> W + Sync,
) -> Result<RenderedTree, RenderError>
where
    W: FnMut(&'a TreePath, &'a Entry) -> Result<Outcome, RenderError>,
{
    let folders = folders.iter().map(|folder| (folder, &Entry::Dir));
    let mut items: Vec<Item<'a>> = skeleton.iter().chain(folders).collect();
    items.sort_by_key(|(path, _)| *path);
    let shift = Shift::new(&items, skeleton.budget().max_bytes);
    let mut done = crew.work(&shift, &worker);
    done.sort_unstable_by_key(|(place, _)| *place);
    let complete = done.len() == items.len();
    let outcomes = done.into_iter().filter_map(|(place, outcome)| Some((items.get(place)?.0, outcome)));
    let rendered = assemble(skeleton, outcomes)?;
    if complete { Ok(rendered) } else { Err(too_large(skeleton)) }
}

fn too_large(skeleton: &FileTree) -> RenderError {
    let limit = skeleton.budget().max_bytes;
    RenderError::about(
        "skeleton",
        format!("its files render to more than {limit} bytes together; leave files out"),
    )
}

/// What the threads share.
struct Shift<'i, 'a> {
    items: &'i [Item<'a>],
    next: AtomicUsize,
    first_failure: AtomicUsize,
    bytes: AtomicU64,
    most_bytes: u64,
}

impl<'i, 'a> Shift<'i, 'a> {
    fn new(items: &'i [Item<'a>], most_bytes: u64) -> Self {
        let (next, first_failure) = (AtomicUsize::new(0), AtomicUsize::new(usize::MAX));
        Self { items, next, first_failure, bytes: AtomicU64::new(0), most_bytes }
    }

    /// Works until nothing is left or, between two blocks, the time is up.
    fn work(
        &self,
        mut worker: impl FnMut(&'a TreePath, &'a Entry) -> Result<Outcome, RenderError>,
        time: Option<Duration>,
    ) -> Done {
        let mut done = Done::new();
        let begin = Instant::now();
        while !self.is_over() && time.is_none_or(|time| begin.elapsed() < time) {
            let start = self.next.fetch_add(BLOCK, Ordering::Relaxed);
            let block = self.items.iter().enumerate().skip(start).take(BLOCK);
            for (place, (path, entry)) in block {
                if place > self.first_failure.load(Ordering::Relaxed) || self.is_too_large() {
                    return done;
                }
                let outcome = worker(path, entry);
                match &outcome {
                    Ok(outcome) => _ = self.bytes.fetch_add(outcome.size(), Ordering::Relaxed),
                    Err(_) => _ = self.first_failure.fetch_min(place, Ordering::Relaxed),
                }
                done.push((place, outcome));
            }
        }
        done
    }

    /// Is nothing left to do?
    fn is_over(&self) -> bool {
        let next = self.next.load(Ordering::Relaxed);
        next >= self.items.len() || next > self.first_failure.load(Ordering::Relaxed) || self.is_too_large()
    }

    fn is_too_large(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) > self.most_bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalog_gen::TreeBudget;

    fn crew(threads: usize) -> Crew {
        Crew { threads, patience: Duration::ZERO }
    }

    fn skeleton(files: usize) -> FileTree {
        let mut tree = FileTree::new();
        for number in 0..files {
            let path = TreePath::parse(&format!("d{}/f{number:05}", number % 7)).unwrap();
            tree.insert(path, Entry::file(format!("{number}"))).unwrap();
        }
        tree
    }

    fn copy<'a>(path: &'a TreePath, entry: &'a Entry) -> Result<Outcome, RenderError> {
        Ok(Outcome::Put(path.clone(), entry.clone()))
    }

    #[test]
    fn the_number_of_threads_does_not_change_the_tree() {
        let skeleton = skeleton(1_000);
        for threads in [1, 2, 3, 8] {
            assert_eq!(render(&skeleton, &[], crew(threads), || copy).unwrap().tree, skeleton);
        }
    }

    #[test]
    fn work_that_takes_long_is_shared_and_short_work_is_not() {
        let skeleton = skeleton(1_000);
        for (patience, shared) in [(Duration::ZERO, true), (Duration::from_secs(600), false)] {
            let hired = AtomicUsize::new(0);
            let hire = || {
                hired.fetch_add(1, Ordering::Relaxed);
                copy
            };
            assert_eq!(render(&skeleton, &[], Crew { threads: 3, patience }, hire).unwrap().tree, skeleton);
            assert_eq!(hired.into_inner(), if shared { 4 } else { 1 });
        }
    }

    #[test]
    fn the_first_failure_in_order_is_the_one_reported() {
        let skeleton = skeleton(1_000);
        let fail = |path: &TreePath, _: &Entry| Err(RenderError::about(path.as_str(), "no"));
        for threads in [1, 4] {
            assert_eq!(render(&skeleton, &[], crew(threads), || fail).unwrap_err().file, "d0/f00000");
        }
    }

    #[test]
    fn a_tree_that_grows_over_its_budget_is_refused() {
        let mut small = FileTree::with_budget(TreeBudget { max_entries: 1_000, max_bytes: 400 });
        for number in 0..100 {
            small.insert(TreePath::parse(&format!("f{number}")).unwrap(), Entry::file("1")).unwrap();
        }
        let grow =
            |path: &'_ TreePath, _: &'_ Entry| Ok(Outcome::Put(path.clone(), Entry::file("0123456789")));
        for threads in [1, 4] {
            assert!(
                render(&small, &[], crew(threads), || grow).unwrap_err().to_string().contains("400 bytes")
            );
        }
    }
}
