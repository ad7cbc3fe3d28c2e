//! What GitHub was recorded to answer (`recorded/`), asked of the double.
//!
//! An exchange is reproduced if the status is the same and the double's answer has every header and every key that
//! GitHub's has; those that GitHub has added since are allowed. Ids and commits of the recording stand for those that the double gave.

use std::collections::BTreeMap;
use std::io::Read as _;

use github_double::state::account::Role;
use github_double::{GitHub, Setup};
use serde_json::{Value, json};

use crate::client::{Answer, Client};

/// How many of the exchanges the double reproduces. A number that has changed is to be written here.
const REPRODUCED: usize = 99;

const ORGANISATION: &str = "octokit-fixture-org";
const OWNER: &str = "octokit-fixture-user-a";
const OTHER: &str = "octokit-fixture-user-b";

/// Headers of the connection, of a moment, or of an operation that is about to go.
const PASSING: [&str; 8] = [
    "connection",
    "content-length",
    "deprecation",
    "expires",
    "last-modified",
    "sunset",
    "x-commonmarker-version",
    "x-poll-interval",
];

struct Replay {
    github: GitHub,
    owner: String,
    other: String,
    /// What stands in the recording, and what stands for it here.
    known: BTreeMap<String, String>,
}

impl Replay {
    fn new() -> Self {
        let github = GitHub::start(Setup::default());
        github.member(ORGANISATION, OWNER, Role::Admin);
        github.user(OTHER);
        let team = github.team(ORGANISATION, "a-team");
        let scopes = ["repo", "admin:org", "delete_repo", "user"];
        let (owner, other) = (github.token(OWNER, &scopes), github.token(OTHER, &scopes));
        let known = BTreeMap::from([("2527061".to_owned(), team.to_string())]);
        let replay = Self { github, owner, other, known };
        replay.ask("POST", "/orgs/octokit-fixture-org/repos", &json!({ "name": "hello-world" }));
        replay.github.change(|state| {
            let id = state.repository(ORGANISATION, "hello-world").unwrap().id;
            let topics = ["demo", "octokit-fixture-org", "octokit.js"].map(str::to_owned).to_vec();
            state.repositories.get_mut(&id).unwrap().topics = topics;
        });
        let readme = json!({ "message": "Begin", "content": "IyBoZWxsby13b3JsZA==" });
        replay.ask("PUT", "/repos/octokit-fixture-org/hello-world/contents/README.md", &readme);
        replay
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        // Only he who is asked may accept.
        let token = if path.starts_with("/user/repository_invitations") { &self.other } else { &self.owner };
        Client::new(&self.github, Some(token)).send(method, path, body)
    }

    /// A text of the recording, as it has to be here.
    fn here(&self, text: &str) -> String {
        self.known.iter().fold(text.to_owned(), |text, (there, here)| text.replace(there, here))
    }

    /// Asks what was asked; gives what differs.
    fn differs(&mut self, exchange: &Value) -> Vec<String> {
        let text = |key: &str| exchange[key].as_str().unwrap();
        let body: Value = serde_json::from_str(&self.here(&exchange["body"].to_string())).unwrap();
        let answer = self.ask(text("method"), &self.here(text("path")), &body);
        let mut found = Vec::new();
        if exchange["status"] != answer.status {
            found.push(format!("status {} in place of {}", answer.status, exchange["status"]));
        }
        let headers = exchange["headers"].as_object().unwrap();
        for (name, value) in headers.iter().filter(|(name, _)| !PASSING.contains(&name.as_str())) {
            // A link to other pages; there is one to a newer operation, too.
            let needed = name != "link" || value.as_str().unwrap().contains("page=");
            if needed && answer.header(name).is_none() {
                found.push(format!("no header {name}"));
            }
        }
        self.learn(&exchange["response"], &answer.body);
        compare(&exchange["response"], &answer.body, "", &mut found);
        found
    }

    /// Notes which id here stands for which of the recording.
    fn learn(&mut self, there: &Value, here: &Value) {
        match (there, here) {
            (Value::Object(there), Value::Object(here)) => {
                for (key, value) in there {
                    let Some(own) = here.get(key) else { continue };
                    let text =
                        |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    let is_id = (key == "id" && value.as_u64().is_some_and(|id| id > 9999)) || key == "sha";
                    if is_id && value.is_null() == own.is_null() {
                        self.known.entry(text(value)).or_insert_with(|| text(own));
                    }
                    self.learn(value, own);
                }
            }
            (Value::Array(there), Value::Array(here)) => {
                there.iter().zip(here).for_each(|(one, other)| self.learn(one, other));
            }
            _ => {}
        }
    }
}

/// What of GitHub's answer the double's has not.
fn compare(there: &Value, here: &Value, at: &str, found: &mut Vec<String>) {
    match (there, here) {
        (Value::Object(there), Value::Object(here)) => {
            for (key, value) in there {
                match here.get(key) {
                    Some(own) => compare(value, own, &format!("{at}/{key}"), found),
                    None => found.push(format!("no {at}/{key}")),
                }
            }
        }
        (Value::Array(there), Value::Array(here)) => {
            if there.len() != here.len() {
                found.push(format!("{} in place of {} at {at}", here.len(), there.len()));
            }
            there.iter().zip(here).for_each(|(one, other)| compare(one, other, at, found));
        }
        (Value::Object(_) | Value::Array(_), _) => found.push(format!("{here} at {at}")),
        _ => {}
    }
}

fn recordings() -> Value {
    let file = include_bytes!("../../recorded/exchanges.json.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(file.as_slice()).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn recorded_exchanges_are_reproduced() {
    let mut replay = Replay::new();
    let (mut all, mut same, mut told) = (0, 0, String::new());
    for scenario in recordings().as_array().unwrap() {
        for exchange in scenario["exchanges"].as_array().unwrap() {
            all += 1;
            let differs = replay.differs(exchange);
            if differs.is_empty() {
                same += 1;
            } else {
                told += &format!(
                    "{} {} {}: {}\n",
                    scenario["name"],
                    exchange["method"],
                    exchange["path"],
                    differs.join(", ")
                );
            }
        }
    }
    // What the double does not have at all is no fault of a request.
    let _ = replay.github.take_violations();
    println!("{same} of {all} reproduced; not these:\n{told}");
    assert_eq!((same, all), (REPRODUCED, 127), "not reproduced:\n{told}");
}
