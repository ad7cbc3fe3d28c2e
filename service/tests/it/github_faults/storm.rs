//! GitHub is away for a while, and many tasks want something of it.

use futures_util::future::join_all;
use github_double::Fault;
use serde_json::json;

use super::flows;
use super::world::World;

/// Tasks that meet it.
const TASKS: usize = 50;
/// Requests that fail before it is back.
const FAILED: usize = 300;

#[tokio::test]
async fn fifty_tasks_outlive_a_github_that_is_away() {
    let world =
        World::of(&flows::PUBLISH_WITH_VALUES, json!({ "timeout_seconds": 30, "retry_seconds": 600 })).await;
    let reference = world.reference().await;
    world.github().fault(Fault::on("*").always().html(503));
    let names: Vec<String> = (0..TASKS).map(|_| world.fresh()).collect();
    let tasks = join_all(names.iter().map(|name| world.run(name)));
    let back = async {
        let failed = || world.github().exchanges().those(|one| one.status == 503).len();
        while failed() < FAILED {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        world.github().clear_faults();
    };

    let (ids, ()) = tokio::join!(tasks, back);

    for (id, name) in ids.into_iter().zip(&names) {
        assert_eq!(world.wrong(&reference, (id, name)).await, None, "{name}");
    }
    assert_eq!(world.orphans(), [""; 0]);
}
