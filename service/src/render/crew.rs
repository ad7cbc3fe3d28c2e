//! Work over many entries, split over threads.
//!
//! The threads take blocks of entries from a common counter. It knows nothing of languages; a worker is made
//! per thread and may keep a cache. The invariant: the result stands in the order of the entries and does not
//! depend on the number of threads; work after the first failing entry may be left undone, before it never.

use std::num::NonZero;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use catalog_gen::{Entry, FileTree, TreePath};

use super::RenderError;
use super::outcome::{Outcome, RenderedTree, assemble};

/// Below this many entries one thread is faster.
const WORTH_A_THREAD: usize = 256;
/// Entries taken at once.
const BLOCK: usize = 32;

type Item<'a> = (&'a TreePath, &'a Entry);
type Done = Vec<(usize, Result<Outcome, RenderError>)>;

/// How many threads a skeleton is worth.
pub(super) fn threads_for(skeleton: &FileTree) -> usize {
    if skeleton.len() < WORTH_A_THREAD {
        return 1;
    }
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// Renders every entry of a skeleton with workers of this kind and makes a tree of what they give.
pub(super) fn render<'a, W>(
    skeleton: &'a FileTree,
    threads: usize,
    worker: impl Fn() -> W + Sync,
) -> Result<RenderedTree, RenderError>
where
    W: FnMut(&'a TreePath, &'a Entry) -> Result<Outcome, RenderError>,
{
    let items: Vec<Item<'a>> = skeleton.iter().collect();
    let shift = Shift::new(&items, skeleton.budget().max_bytes);
    let mut done: Done = if threads <= 1 {
        shift.work(worker())
    } else {
        let (shift, worker) = (&shift, &worker);
        std::thread::scope(|scope| {
            let crew: Vec<_> = (0..threads).map(|_| scope.spawn(move || shift.work(worker()))).collect();
            crew.into_iter()
                .flat_map(|member| member.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        })
    };
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

    fn work(&self, mut worker: impl FnMut(&'a TreePath, &'a Entry) -> Result<Outcome, RenderError>) -> Done {
        let mut done = Done::new();
        loop {
            let start = self.next.fetch_add(BLOCK, Ordering::Relaxed);
            let block = self.items.iter().enumerate().skip(start).take(BLOCK);
            if start >= self.items.len() {
                return done;
            }
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
    }

    fn is_too_large(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) > self.most_bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalog_gen::TreeBudget;

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
            assert_eq!(render(&skeleton, threads, || copy).unwrap().tree, skeleton);
        }
    }

    #[test]
    fn the_first_failure_in_order_is_the_one_reported() {
        let skeleton = skeleton(1_000);
        let fail = |path: &TreePath, _: &Entry| Err(RenderError::about(path.as_str(), "no"));
        for threads in [1, 4] {
            assert_eq!(render(&skeleton, threads, || fail).unwrap_err().file, "d0/f00000");
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
            assert!(render(&small, threads, || grow).unwrap_err().to_string().contains("400 bytes"));
        }
    }
}
