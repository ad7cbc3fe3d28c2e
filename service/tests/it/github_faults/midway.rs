//! What happens to a repository, an App or a token while a task is at work: it is said, and once it is put right a retry
//! of the task comes to what is wanted.
//!
//! GitHub is silent to one request; meanwhile it happens; then the request is sent again.

use std::time::Duration;

use futures_util::future::join_all;
use github_double::Fault;
use serde_json::json;
use stagecraft::task::TaskStatus;

use super::flows::{self, Flow};
use super::mints::MINT;
use super::world::World;

/// Something that happens, and what is said of it.
struct Event {
    /// The request during which it happens.
    at: &'static str,
    happens: fn(&World, &str),
    /// What the log says; nothing where the task comes through.
    said: &'static [&'static str],
    /// What puts it right.
    righted: fn(&World, &str),
}

const NOTHING: fn(&World, &str) = |_, _| {};

fn installed(world: &World, is_installed: bool) {
    let at = world.github().read(|state| state.now);
    world.github().change(|state| state.installations[0].suspended = (!is_installed).then_some(at));
}

/// While variables are set.
const AT_VARIABLES: &str = "actions/create-repo-variable";

const EVENTS: [Event; 10] = [
    Event {
        at: AT_VARIABLES,
        happens: |world, name| world.github().rename("acme", name, "other"),
        said: &["is called `github.com/acme/other` now", "renamed or transferred"],
        righted: |world, name| world.github().rename("acme", "other", name),
    },
    Event {
        at: AT_VARIABLES,
        happens: |world, name| {
            world.github().organisation("beta");
            world.github().transfer("acme", name, "beta");
        },
        said: &["Not Found", "is gone again. A retry of the task makes it anew"],
        righted: NOTHING,
    },
    Event {
        at: AT_VARIABLES,
        happens: |world, name| world.github().remove("acme", name),
        said: &["Not Found", "is gone again. A retry of the task makes it anew"],
        righted: NOTHING,
    },
    Event {
        at: "git/receive-pack",
        happens: |world, name| world.github().remove("acme", name),
        said: &["is gone again. A retry of the task makes it anew"],
        righted: NOTHING,
    },
    Event {
        at: AT_VARIABLES,
        happens: |world, _| installed(world, false),
        said: &["installation on `acme` is suspended", "was made by this task and stays", "Retry the task"],
        righted: |world, _| installed(world, true),
    },
    Event {
        at: "git/receive-pack",
        happens: |world, _| installed(world, false),
        said: &["suspended", "was made by this task and stays"],
        righted: |world, _| installed(world, true),
    },
    Event {
        at: "git/receive-pack",
        happens: |world, _| world.github().advance(Duration::from_secs(2 * 3_600)),
        said: &[],
        righted: NOTHING,
    },
    Event {
        at: "git/receive-pack",
        happens: |world, _| {
            world.github().advance(Duration::from_secs(2 * 3_600));
            world.github().fault(Fault::on(MINT).drop_after());
        },
        said: &[],
        righted: NOTHING,
    },
    Event {
        at: AT_VARIABLES,
        happens: |world, _| drop(world.github().rotate_key(world.site.credentials.id)),
        said: &[],
        righted: NOTHING,
    },
    Event {
        at: AT_VARIABLES,
        happens: |world, _| {
            world.github().rotate_key(world.site.credentials.id);
            world.github().advance(Duration::from_secs(2 * 3_600));
        },
        said: &["does not take the App's key", "was made by this task and stays"],
        righted: |world, _| {
            world.github().change(|state| state.apps[0].key = 0);
        },
    },
];

async fn comes_through(flow: &Flow, event: &Event) {
    let world = World::of(flow, json!({ "timeout_seconds": 2, "retry_seconds": 8 })).await;
    let reference = world.reference().await;
    let name = world.fresh();
    world.github().fault(Fault::on(event.at).about(&name).hang());

    let id = world.post(&name).await;
    world.struck(&name).await;
    (event.happens)(&world, &name);
    world.ended(id).await;

    let log = world.site.app.messages(id).await.join("\n");
    let status = world.site.app.status(id).await;
    assert_eq!(status == TaskStatus::Completed, event.said.is_empty(), "{log}");
    for said in event.said {
        assert!(log.contains(said), "`{said}` is not said:\n{log}");
    }
    if status != TaskStatus::Completed {
        world.github().clear_faults();
        (event.righted)(&world, &name);
        // What is known of an installation is looked at again after a while.
        world.retry(id).await;
    }
    assert_eq!(
        world.site.app.status(id).await,
        TaskStatus::Completed,
        "{:#?}",
        world.site.app.messages(id).await
    );
    assert_eq!(world.imprint(&name), reference.imprint, "{log}");
}

async fn all_come_through(range: std::ops::Range<usize>) {
    join_all(EVENTS[range].iter().map(|event| comes_through(&flows::PUBLISH_WITH_VALUES, event))).await;
}

#[tokio::test]
async fn a_repository_that_is_renamed_transferred_or_removed_midway_is_told_and_finished() {
    all_come_through(0..4).await;
}

#[tokio::test]
async fn an_installation_that_is_suspended_midway_is_told_and_the_task_finished() {
    all_come_through(4..6).await;
}

#[tokio::test]
async fn tokens_and_keys_that_end_midway_are_replaced_or_told() {
    all_come_through(6..10).await;
}
