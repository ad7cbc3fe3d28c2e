//! The request for a token, which stands before all others, in trouble.

use std::time::Duration;

use github_double::Fault;
use serde_json::json;
use stagecraft::ids::TaskId;
use stagecraft::task::TaskStatus;

use super::flows;
use super::matrix::{FAULTS, LASTING, Make};
use super::world::{Reference, World};

/// GitHub's name of it.
pub(super) const MINT: &str = "apps/create-installation-access-token";

/// Longer than a token lives.
const LIFE: Duration = Duration::from_secs(3_700);

/// One run that needs a new token and meets this fault. Where the fault stays, the task fails and is retried without it.
async fn once(world: &World, reference: &Reference, make: Make) -> Option<String> {
    let met = || world.github().exchanges().of(MINT).those(|one| one.fault.is_some()).len();
    let before = met();
    world.github().advance(LIFE);
    world.github().fault(make(Fault::on(MINT)));
    let name = world.fresh();
    let id = world.run(&name).await;
    world.github().clear_faults();
    if let Some(found) = retried(world, id).await {
        return Some(found);
    }
    if met() == before {
        return Some("nothing went wrong".to_owned());
    }
    world.wrong(reference, (id, &name)).await
}

/// Retries a task that failed because GitHub was away; says so where it failed of anything else.
async fn retried(world: &World, id: TaskId) -> Option<String> {
    if world.site.app.status(id).await != TaskStatus::Failed {
        return None;
    }
    let (kind, message) = world.site.app.failure(id).await;
    if kind != "ServiceUnavailableError" {
        return Some(format!("failed with {kind}: {message}"));
    }
    world.retry(id).await;
    None
}

#[tokio::test]
async fn a_new_token_is_got_whatever_befalls_the_request_for_it() {
    let world =
        World::of(&flows::PUBLISH_WITH_VALUES, json!({ "timeout_seconds": 2, "retry_seconds": 4 })).await;
    let reference = world.reference().await;
    let mut wrong = Vec::new();
    for (what, make) in FAULTS.into_iter().chain([LASTING]) {
        if let Some(found) = once(&world, &reference, make).await {
            wrong.push(format!("{what}: {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(world.orphans(), [""; 0]);
}
