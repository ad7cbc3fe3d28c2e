//! What is published is registered in the catalog as well, and the worker dies: there is one repository and one
//! location, whenever it was.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use github_double::Fault;
use serde_json::json;
use stagecraft::ids::TaskId;
use stagecraft::queue::Queue;
use stagecraft::task::JOB_KIND;
use tokio_util::sync::CancellationToken;

use super::flows;
use super::world::{Reference, World};
use crate::support::backstage::BackstageDouble;

/// Names of repositories whose file Backstage can read.
const NAMES: u32 = 400;

/// A worker that lives longer has done everything.
const LONGEST_LIFE: usize = 300;

/// A world in which the catalog is Backstage's or, without one, the service's own.
struct Site {
    world: World,
    backstage: Option<BackstageDouble>,
}

impl Site {
    async fn new(backstage: Option<BackstageDouble>) -> Self {
        let more = backstage.as_ref().map(|double| double.variables(&[])).unwrap_or_default();
        let settings = json!({ "timeout_seconds": 20, "retry_seconds": 30 });
        let site = Self { world: World::beside(&flows::REGISTER, settings, &more).await, backstage };
        let entity = json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": { "name": "shop" },
            "spec": { "type": "service", "lifecycle": "experimental", "owner": "platform" },
        });
        for name in (0..NAMES).map(|number| format!("run-{number:04}")) {
            if let Some(double) = &site.backstage {
                double.has_file(&site.file(&name), std::slice::from_ref(&entity));
            }
        }
        site
    }

    /// The address of the file that is registered.
    fn file(&self, name: &str) -> String {
        format!("{}/acme/{name}/tree/main/catalog-info.yaml", self.world.github().git_url())
    }

    /// How often a repository's file stands in the catalog, and how many locations there are in all.
    async fn registered(&self, name: &str) -> (usize, usize) {
        let all: Vec<String> = match &self.backstage {
            Some(double) => double.locations(),
            None => self.own().await,
        };
        (all.iter().filter(|one| **one == self.file(name)).count(), all.len())
    }

    /// The locations of what the service has in its own store; each has one entity.
    async fn own(&self) -> Vec<String> {
        let stored = self.world.site.app.app.entities.list().await.unwrap();
        let places = stored.into_iter().map(|entity| entity.location);
        places.filter_map(|place| place.strip_prefix("url:").map(str::to_owned)).collect()
    }

    /// Whether a task whose worker died has come to one repository and one location.
    async fn wrong(&self, reference: &Reference, (id, name): (TaskId, &str), runs: usize) -> Option<String> {
        self.world.ended(id).await;
        if let Some(found) = self.world.wrong(reference, (id, name)).await {
            return Some(found);
        }
        let found = self.registered(name).await;
        (found != (1, runs)).then(|| format!("registered {found:?} times after {runs} runs"))
    }

    /// Runs a waiting task until what it publishes stands, and for so many turns more; then its worker is no more.
    /// Says whether it had anything left to do.
    async fn dies_after(&self, name: &str, turns: usize) -> bool {
        let hasty = Queue::new(self.world.site.app.app.db.clone(), Duration::from_millis(1));
        let lease = hasty.claim(JOB_KIND, "dying").await.unwrap().expect("a job is waiting");
        let mut run = pin!(self.world.site.app.app.tasks.run_claimed(lease, CancellationToken::new()));
        let is_published = || {
            let found = self.world.github().repository("acme", name);
            found.is_some_and(|found| found.settings["description"] == flows::DESCRIPTION)
        };
        let mut turn = 0;
        std::future::poll_fn(|context| {
            if run.as_mut().poll(context).is_ready() {
                return Poll::Ready(false);
            }
            turn += usize::from(is_published());
            if turn > turns { Poll::Ready(true) } else { Poll::Pending }
        })
        .await
    }
}

/// A death at each request to GitHub that changes anything, sent and not done, and done; then at each turn of the worker
/// from when the repository stands.
async fn is_registered_once(backstage: Option<BackstageDouble>) {
    let site = Site::new(backstage).await;
    let world = &site.world;
    let reference = world.reference().await;
    let (mut runs, mut wrong) = (1, Vec::new());
    for (operation, nth) in &reference.calls {
        for is_done in [false, true] {
            let name = world.fresh();
            let fault = Fault::on(operation).about(&name).nth(*nth).hang();
            world.github().fault(if is_done { fault.after_apply() } else { fault });
            let id = world.post(&name).await;
            world.dies(world.struck(&name)).await;
            world.github().clear_faults_about(&name);
            runs += 1;
            let found = site.wrong(&reference, (id, &name), runs).await;
            wrong.extend(found.map(|found| format!("{operation} #{nth}, done {is_done}: {found}")));
        }
    }
    for turns in 0.. {
        assert!(turns < LONGEST_LIFE, "it never ends");
        let name = world.fresh();
        let id = world.post(&name).await;
        let has_died = site.dies_after(&name, turns).await;
        runs += 1;
        let found = site.wrong(&reference, (id, &name), runs).await;
        wrong.extend(found.map(|found| format!("{turns} turns after it was published: {found}")));
        if !has_died {
            assert!(turns > 5, "nobody died");
            break;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(world.orphans(), [""; 0]);
}

#[tokio::test]
async fn a_worker_that_dies_makes_one_repository_and_one_location_of_the_own_catalog() {
    is_registered_once(None).await;
}

#[tokio::test]
async fn a_worker_that_dies_makes_one_repository_and_one_location_in_backstage() {
    is_registered_once(Some(BackstageDouble::start().await)).await;
}

#[tokio::test]
async fn a_worker_that_dies_before_backstage_answers_registers_nothing_twice() {
    let site = Site::new(Some(BackstageDouble::start().await)).await;
    let double = site.backstage.clone().unwrap();
    let reference = site.world.reference().await;
    for (runs, asked) in [(2, "/api/catalog/locations?dryRun=true"), (3, "/api/catalog/locations")] {
        let times = double.requests().iter().filter(|request| request.line.ends_with(asked)).count();
        let name = site.world.fresh();
        double.hold_only(asked);
        let id = site.world.post(&name).await;
        site.world.dies(double.was_asked_times(asked, times + 1)).await;
        double.hold(false);

        assert_eq!(site.wrong(&reference, (id, &name), runs).await, None, "{asked}");
    }
}
