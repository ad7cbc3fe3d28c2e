//! GitHub's public example payloads, as they are and broken.
//!
//! They come from an npm package (`service/tests/tools/install.sh`, which `make test` runs). A test that misses them
//! fails.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use stagecraft::webhook::plan;

use super::Desk;

#[derive(Deserialize)]
struct Event {
    name: String,
    examples: Vec<Value>,
}

fn examples() -> Vec<Event> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/tools/node_modules/@octokit/webhooks-examples/api.github.com/index.json");
    let text = std::fs::read(&file)
        .expect("GitHub's examples are not there: run service/tests/tools/install.sh (make test does it)");
    serde_json::from_slice(&text).unwrap()
}

#[tokio::test]
async fn every_public_example_is_accepted_and_understood() {
    let desk = Desk::new().await;
    let (mut sent, mut states) = (0, BTreeMap::<String, usize>::new());

    for event in examples() {
        for payload in &event.examples {
            sent += 1;
            let (status, answer) = desk.deliver(&format!("example-{sent}"), &event.name, payload).await;
            assert_eq!(status, 202, "{}: {answer}", event.name);
        }
    }
    assert_eq!(desk.plan().await, sent);

    for number in 1..=sent {
        let outcome = desk.outcome(&format!("example-{number}")).await;
        assert_ne!(outcome["state"], "failed", "{outcome}");
        *states.entry(outcome["state"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(sent, 329, "{states:?}");
    assert!(states["planned"] >= 20, "{states:?}");
}

/// A generator of numbers that are the same whenever it is run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

/// Some bytes changed, left out, doubled or put elsewhere.
fn broken(payload: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = payload.to_vec();
    for _ in 0..=dice.below(4) {
        let (from, length) = (dice.below(bytes.len()), dice.below(40));
        let to = (from + length).min(bytes.len());
        match dice.below(5) {
            0 => bytes.truncate(from.max(1)),
            1 => drop(bytes.drain(from..to)),
            2 => {
                let part = bytes[from..to].to_vec();
                bytes.splice(from..from, part);
            }
            3 => bytes[from] = u8::try_from(dice.below(256)).unwrap(),
            _ => drop(bytes.splice(from..to, b"null".iter().copied())),
        }
        if bytes.is_empty() {
            bytes.push(b'{');
        }
    }
    bytes
}

/// So many are broken; each is planned, or its fault told.
const BROKEN: usize = 100_000;

#[test]
fn broken_examples_do_no_harm() {
    let used =
        ["push", "repository", "installation", "installation_repositories", "team", "pull_request", "star"];
    let events: Vec<Event> =
        examples().into_iter().filter(|event| used.contains(&event.name.as_str())).collect();
    let payloads: Vec<(&str, Vec<u8>)> = events
        .iter()
        .flat_map(|event| {
            event.examples.iter().map(|one| (event.name.as_str(), one.to_string().into_bytes()))
        })
        .collect();
    let mut dice = Dice(7);
    let (mut understood, mut refused) = (0, 0);

    for round in 0..BROKEN {
        let (event, payload) = &payloads[round % payloads.len()];
        match plan("github.com", event, &broken(payload, &mut dice)) {
            Ok(_) => understood += 1,
            Err(_) => refused += 1,
        }
    }

    assert!(understood > 0 && refused > 0, "{understood} {refused}");
}
