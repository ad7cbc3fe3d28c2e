//! Workers that die: when a request was sent and not done, and when it was done and nobody knows.
//!
//! What is kept of a request before the next one is sent is the first case of that next one.

use std::time::Duration;

use github_double::Fault;
use serde_json::json;
use stagecraft::queue::Queue;
use stagecraft::task::JOB_KIND;
use tokio_util::sync::CancellationToken;

use super::flows::{self, Flow};
use super::world::World;

/// Runs a flow with a death at each of its requests that change anything, and has another worker go on.
async fn outlives(flow: &Flow) {
    let world = World::idle(flow, json!({ "timeout_seconds": 20, "retry_seconds": 30 })).await;
    let reference = world.reference().await;
    let mut wrong = Vec::new();
    for (operation, nth) in &reference.calls {
        for is_done in [false, true] {
            if is_done && flow.untold.contains(&operation.as_str()) {
                continue;
            }
            let name = world.fresh();
            let fault = Fault::on(operation).about(&name).nth(*nth).hang();
            world.github().fault(if is_done { fault.after_apply() } else { fault });
            let id = world.post(&name).await;
            dies(&world, &name).await;
            world.github().clear_faults_about(&name);
            world.ended(id).await;
            if let Some(found) = world.wrong(&reference, (id, &name)).await {
                wrong.push(format!("{operation} #{nth}, done {is_done}: {found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(world.orphans(), [""; 0]);
}

/// A worker whose lease is short, and who is no more as soon as the fault has struck.
async fn dies(world: &World, name: &str) {
    let hasty = Queue::new(world.site.app.app.db.clone(), Duration::from_millis(1));
    let lease = hasty.claim(JOB_KIND, "dying").await.unwrap().expect("a job is waiting");
    tokio::select! {
        ended = world.site.app.app.tasks.run_claimed(lease, CancellationToken::new()) => panic!("nobody died: {ended:?}"),
        () = world.struck(name) => {}
    }
}

async fn all_outlive(flows: &[&Flow]) {
    for flow in flows {
        outlives(flow).await;
    }
}

#[tokio::test]
async fn publishing_outlives_its_workers() {
    all_outlive(&flows::PUBLISHING).await;
}

#[tokio::test]
async fn publishing_with_values_and_through_the_api_outlives_its_workers() {
    all_outlive(&flows::VALUES_AND_API).await;
}

#[tokio::test]
async fn creating_pushing_and_generating_outlive_their_workers() {
    all_outlive(&flows::CREATING).await;
}

#[tokio::test]
async fn pull_requests_issues_and_runs_outlive_their_workers() {
    all_outlive(&flows::WORKING_TOGETHER).await;
}

#[tokio::test]
async fn what_is_set_outlives_its_workers() {
    all_outlive(&flows::SETTING).await;
}
