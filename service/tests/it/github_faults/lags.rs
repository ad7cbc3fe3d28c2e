//! What GitHub does not know yet: things just made, tokens just given, permissions, content of a template.
//!
//! GitHub's clock runs sixty times faster, and so do the waits of the service.

use std::time::Duration;

use github_double::Lag;
use serde_json::json;

use super::flows::{self, Flow};
use super::world::World;

/// Seconds that it takes.
const LAGS_S: [u64; 4] = [0, 1, 5, 60];
/// So much faster GitHub's clock runs.
const FASTER: u32 = 60;
/// How often it is moved.
const TICK: Duration = Duration::from_millis(10);

/// Runs a flow with each lag of a kind, the last one with everything that was known forgotten.
async fn waits_out(flow: &Flow, lag: fn(Duration) -> Lag) {
    let world = World::of(flow, json!({ "timeout_seconds": 20, "retry_seconds": 120 })).await;
    let reference = world.reference().await;
    let runs = async {
        for seconds in LAGS_S {
            // The next request takes a new token.
            world.github().advance(Duration::from_secs(3_700));
            world.github().lag(lag(Duration::from_secs(seconds)));
            let name = world.fresh();
            let id = world.run(&name).await;
            let wrong = world.wrong(&reference, (id, &name)).await;
            assert_eq!(wrong, None, "{seconds} s");
        }
    };
    let faster = async {
        loop {
            tokio::time::sleep(TICK).await;
            world.github().advance(TICK * (FASTER - 1));
        }
    };
    tokio::select! {
        () = runs => {}
        () = faster => {}
    }
    assert_eq!(world.orphans(), [""; 0]);
}

#[tokio::test]
async fn a_new_repository_that_is_not_seen_yet_is_waited_for() {
    for flow in [&flows::PUBLISH, &flows::PUBLISH_BY_API, &flows::CREATE_AND_PUSH] {
        waits_out(flow, Lag::after_create).await;
    }
}

#[tokio::test]
async fn a_new_token_that_is_not_known_yet_is_waited_for() {
    for flow in [&flows::PUBLISH, &flows::WIRE] {
        waits_out(flow, Lag::after_mint).await;
    }
}

#[tokio::test]
async fn permissions_that_are_not_there_yet_are_waited_for() {
    for flow in [&flows::PUBLISH, &flows::WIRE] {
        waits_out(flow, Lag::of_permissions).await;
    }
}

#[tokio::test]
async fn the_content_of_a_template_that_is_not_there_yet_is_waited_for() {
    waits_out(&flows::GENERATE, Lag::after_generate).await;
}

#[tokio::test]
async fn all_that_is_late_at_once_is_waited_for() {
    waits_out(&flows::GENERATE, |it| Lag { create: it, mint: it, permissions: it / 4, generate: it }).await;
}
