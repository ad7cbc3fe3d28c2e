//! The examples of the actions that need a GitHub.

use std::collections::BTreeMap;

use github_double::state::tracker::Milestone;
use serde_json::{Value, json};
use stagecraft::action::{Example, Registry};
use stagecraft::task::TaskStatus;

use super::{kinds, seed, site_of};
use crate::action_examples::{LOCATION, Steps, Trial, stored, trials_of};
use crate::support::github::GitHubSite;

/// What GitHub takes a workflow for that can be started: the trials' own are not read by anybody.
const WORKFLOW: &str = "name: Deploy\non:\n  workflow_dispatch:\n    inputs:\n      stage: {}\n  repository_dispatch:\n    \
                        types: [go]\njobs: {}\n";

/// Makes what the trial expects to be there.
async fn prepare(site: &GitHubSite, trial: &Trial) {
    for (name, files) in &trial.repositories {
        let mut files: BTreeMap<&str, &str> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        for (path, text) in &mut files {
            if path.starts_with(".github/workflows/") {
                *text = WORKFLOW;
            }
        }
        seed(site, name, "main", &files.into_iter().collect::<Vec<_>>()).await;
    }
    site.github.change(|state| {
        for one in state.repositories.values_mut() {
            let is_template = one.name.ends_with("template");
            one.settings.insert("is_template".to_owned(), is_template.into());
            one.teams.insert("platform".to_owned(), "push".to_owned());
            one.tracker.milestones.push(Milestone {
                id: 1,
                number: 1,
                title: "First".to_owned(),
                description: None,
                state: "open".to_owned(),
                due_on: None,
                creator: "founder".to_owned(),
                created: 0,
            });
        }
    });
    let entities: Vec<_> = trial.entities.iter().map(stored).collect();
    site.app.app.entities.register(LOCATION, "somebody", &entities).await.unwrap();
}

/// Runs the example as a task; what it does not come to is an error.
async fn attempt(site: &GitHubSite, trial: &Trial, example: &Example) -> Result<(), String> {
    prepare(site, trial).await;
    let example: Steps = serde_yaml::from_str(example.example).unwrap();
    let mut steps: Vec<Value> = Vec::new();
    let mut files: Vec<(String, &str)> = Vec::new();
    for (folder, all) in [("given", &trial.files), (".", &trial.template)] {
        files.extend(all.iter().map(|(path, text)| (format!("{folder}/{path}"), text.as_str())));
    }
    if !trial.files.is_empty() {
        steps.push(json!({ "id": "given", "action": "fetch:plain", "input": { "url": "./given" } }));
    }
    let all = trial.before.iter().chain(&example.steps);
    steps.extend(all.map(|step| json!({ "id": step.id, "action": step.action, "input": step.input })));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let given = (Value::Object(trial.parameters.clone()), Value::Object(trial.secrets.clone()));
    let id = super::run(site, Value::Array(steps), &files, given).await;
    let status = site.app.status(id).await;
    let violations = site.github.take_violations();
    if status == TaskStatus::Completed && violations.is_empty() {
        return Ok(());
    }
    Err(format!("{status:?} {violations:?} {:#?}", site.app.messages(id).await))
}

#[tokio::test]
async fn every_example_of_githubs_actions_runs_on_every_kind_of_github() {
    let registry = Registry::standard();
    let (mut faults, mut runs) = (Vec::new(), 0);
    for (kind, setup, settings) in kinds() {
        let site = site_of(setup, settings).await;
        for definition in registry.definitions().filter(|one| one.id.contains("github")) {
            for trial in trials_of(definition) {
                let example =
                    definition.examples.iter().find(|one| one.description == trial.example).unwrap();
                if let Err(fault) = attempt(&site, &trial, example).await {
                    faults.push(format!("{kind}: {}: {}: {fault}", definition.id, trial.example));
                }
                runs += 1;
                site.github.change(|state| state.repositories.clear());
            }
        }
    }
    assert!(faults.is_empty(), "{} of {runs}:\n{}", faults.len(), faults.join("\n\n"));
    assert!(runs > 3 * 30, "{runs}");
}
