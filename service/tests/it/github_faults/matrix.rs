//! Each request that changes anything, of each flow, with each fault: once, and for as long as the task is patient.

use futures_util::future::join_all;
use github_double::Fault;
use serde_json::json;
use stagecraft::task::TaskStatus;

use super::flows::{self, Flow};
use super::world::{Reference, World};

pub(super) type Make = fn(Fault) -> Fault;

/// What goes wrong once.
pub(super) const FAULTS: [(&str, Make); 11] = [
    ("500", |it| it.answer(500)),
    ("502, a page of HTML", |it| it.html(502)),
    ("503", |it| it.answer(503)),
    ("429 that says when", |it| it.too_many(Some(1))),
    ("429", |it| it.too_many(None)),
    ("403 of a limit that says when", |it| it.secondary(Some(1))),
    ("403 of a limit", |it| it.secondary(None)),
    ("reset before it is done", Fault::drop_before),
    ("reset after it is done", Fault::drop_after),
    ("half of the JSON", Fault::truncated),
    ("silence", Fault::hang),
];

/// What stays wrong until the task has failed.
pub(super) const LASTING: (&str, Make) = ("500 for good", |it| it.answer(500).always());

/// How often a task is retried at most.
const RETRIES: usize = 5;

/// Runs a flow with each fault at each of its requests that change anything, many at once.
async fn survives(flow: &Flow) {
    let world = World::of(flow, json!({ "timeout_seconds": 5, "retry_seconds": 6 })).await;
    let reference = world.reference().await;
    let mut runs = Vec::new();
    for call in &reference.calls {
        let is_untold = flow.untold.contains(&&*call.0);
        for (what, make) in FAULTS.into_iter().chain([LASTING]) {
            let (world, reference) = (&world, &reference);
            runs.push(async move {
                let is_limit = what.starts_with("4");
                let found = if is_untold && !is_limit {
                    told(world, call, make).await
                } else {
                    once(world, reference, call, make).await
                };
                found.map(|found| format!("{} #{}, {what}: {found}", call.0, call.1))
            });
        }
    }
    let wrong: Vec<String> = join_all(runs).await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(world.orphans(), [""; 0]);
}

/// One run with one fault. Where the task fails because the fault stays, it is retried without it.
async fn once(
    world: &World,
    reference: &Reference,
    (operation, nth): &(String, u64),
    make: Make,
) -> Option<String> {
    let name = world.fresh();
    world.github().fault(make(Fault::on(operation).about(&name).nth(*nth)));
    let id = world.run(&name).await;
    let has_struck = || world.github().exchanges_about(&name).iter().any(|one| one.fault.is_some());
    // A machine with much else to do may be slower than tasks are patient.
    for _ in 0..RETRIES {
        if has_struck() {
            world.github().clear_faults_about(&name);
        }
        if world.site.app.status(id).await != TaskStatus::Failed {
            break;
        }
        let (kind, message) = world.site.app.failure(id).await;
        if kind != "ServiceUnavailableError" {
            return Some(format!("failed with {kind}: {message}"));
        }
        world.retry(id).await;
    }
    if !has_struck() {
        return Some("nothing went wrong".to_owned());
    }
    world.wrong(reference, (id, &name)).await
}

/// One run with a fault of which nobody can tell whether the request was done: it is sent once, and that is said.
async fn told(world: &World, (operation, nth): &(String, u64), make: Make) -> Option<String> {
    let name = world.fresh();
    world.github().fault(make(Fault::on(operation).about(&name).nth(*nth)));
    let id = world.run(&name).await;
    world.github().clear_faults_about(&name);
    let sent = world.github().exchanges_about(&name).of(operation).len();
    let messages = world.site.app.messages(id).await.join("\n");
    let is_done = world.site.app.status(id).await == TaskStatus::Completed;
    let is_told = is_done || messages.contains("Whether it arrived is not known");
    (sent != 1 || !is_told).then(|| format!("sent {sent} times: {messages}"))
}

/// The same with several flows at once: most of the time is waited.
async fn all_survive(flows: &[&Flow]) {
    join_all(flows.iter().map(|flow| survives(flow))).await;
}

#[tokio::test]
async fn publishing_survives_every_fault() {
    all_survive(&flows::PUBLISHING).await;
}

#[tokio::test]
async fn publishing_with_values_and_through_the_api_survives_every_fault() {
    all_survive(&flows::VALUES_AND_API).await;
}

#[tokio::test]
async fn creating_pushing_and_generating_survive_every_fault() {
    all_survive(&flows::CREATING).await;
}

#[tokio::test]
async fn pull_requests_issues_and_runs_survive_every_fault() {
    all_survive(&flows::WORKING_TOGETHER).await;
}

#[tokio::test]
async fn what_is_set_survives_every_fault() {
    all_survive(&flows::SETTING).await;
}
