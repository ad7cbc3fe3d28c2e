//! Workers that die: when a request was sent and not done, and when it was done and nobody knows.
//!
//! What is kept of a request before the next one is sent is the first case of that next one.

use github_double::Fault;
use serde_json::json;
use stagecraft::ids::TaskId;

use super::flows::{self, Flow};
use super::world::World;

/// Runs a flow with a death at each of its requests that change anything, and has another worker go on.
async fn outlives(flow: &Flow) {
    let world = World::idle(flow, json!({ "timeout_seconds": 20, "retry_seconds": 30 })).await;
    let reference = world.reference().await;
    let mut wrong = Vec::new();
    for (operation, nth) in &reference.calls {
        for is_done in [false, true] {
            let name = world.fresh();
            let fault = Fault::on(operation).about(&name).nth(*nth).hang();
            world.github().fault(if is_done { fault.after_apply() } else { fault });
            let id = world.post(&name).await;
            world.dies(world.struck(&name)).await;
            world.github().clear_faults_about(&name);
            world.ended(id).await;
            let found = if flow.untold.contains(&operation.as_str()) {
                untold(&world, (id, &name), operation).await
            } else {
                world.wrong(&reference, (id, &name)).await
            };
            if let Some(found) = found {
                wrong.push(format!("{operation} #{nth}, done {is_done}: {found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(world.orphans(), [""; 0]);
}

/// Whether of an event that leaves no trace it was said that nobody knows whether it arrived, and it was not sent again.
async fn untold(world: &World, (id, name): (TaskId, &str), operation: &str) -> Option<String> {
    let sent = world.github().exchanges_about(name).of(operation).len();
    let messages = world.site.app.messages(id).await.join("\n  ");
    let is_told = messages.contains("whether it arrived is not known, and it is not sent again");
    (sent != 1 || !is_told).then(|| format!("sent {sent} times:\n  {messages}"))
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
