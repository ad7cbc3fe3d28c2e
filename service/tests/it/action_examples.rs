//! Every example of every action is run, and does what is expected of it.
//!
//! `action_examples/<id>.yaml` (with `.` for `:`) has one [`Trial`] for each example of an action: what is there
//! before, and what must be there after. The steps are the example's own, rendered with the trial's parameters
//! and checked as a task would check them. What an action does in a dry run as well must come out the same there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use catalog_gen::{Entry, FileTree};
use nunjucks::{Context, Text, Value as NValue};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use stagecraft::action::{ActionError, Definition, Example, Registry};
use stagecraft::backstage::Backstage;
use stagecraft::config::{Backstage as Settings, ValueMode};
use stagecraft::entities::StoredEntity;
use stagecraft::humanitec::Humanitec;
use stagecraft::render::ValueRenderer;

use crate::support::backstage::BackstageDouble;
use crate::support::bench::{Bench, slug, tree};
use crate::support::humanitec::HumanitecDouble;

/// Where the entities of a trial come from.
pub(crate) const LOCATION: &str = "url:https://example.com/catalog-info.yaml";

pub(crate) type Files = BTreeMap<String, String>;

/// What is there when an example runs, and what must come of it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trial {
    /// The example's description.
    pub(crate) example: String,
    /// The workspace.
    #[serde(default)]
    pub(crate) files: Files,
    /// Files beside the template.
    #[serde(default)]
    pub(crate) template: Files,
    /// Repositories of `acme`, by name.
    #[serde(default)]
    pub(crate) repositories: BTreeMap<String, Files>,
    /// What is in the catalog.
    #[serde(default)]
    pub(crate) entities: Vec<Value>,
    /// Values of the form.
    #[serde(default)]
    pub(crate) parameters: Map<String, Value>,
    /// The task's secrets.
    #[serde(default)]
    pub(crate) secrets: Map<String, Value>,
    /// Steps before the example's.
    #[serde(default)]
    pub(crate) before: Vec<Step>,
    /// Whether there is a Backstage, from which dry runs may read.
    #[serde(default)]
    backstage: bool,
    /// Whether there is a Humanitec.
    #[serde(default)]
    humanitec: bool,
    expect: Expect,
    /// What must come of it in a dry run, where that is something else.
    dry_run: Option<Expect>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    /// All files of the workspace; an empty value stands for any content.
    files: Option<BTreeMap<String, Option<String>>>,
    /// The output of the last step; `<any>` stands for any text.
    output: Option<Value>,
    /// Parts of the log.
    #[serde(default)]
    log: Vec<String>,
    /// All files of repositories of `acme`; an empty value stands for any content.
    #[serde(default)]
    repositories: BTreeMap<String, BTreeMap<String, Option<String>>>,
    /// Parts of what repositories of `acme` have beside their files, as it stands in `forge.json`.
    #[serde(default)]
    beside: BTreeMap<String, Value>,
    /// References of entities that are in the catalog.
    #[serde(default)]
    entities: Vec<String>,
    /// What Backstage or Humanitec was asked, all of it.
    #[serde(default)]
    requests: Vec<String>,
    /// The last step waits until its task is cancelled.
    #[serde(default)]
    waits: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Step {
    pub(crate) id: String,
    pub(crate) action: String,
    #[serde(default)]
    pub(crate) input: Value,
}

#[derive(Deserialize)]
pub(crate) struct Steps {
    pub(crate) steps: Vec<Step>,
}

fn file_of(id: &str) -> PathBuf {
    let name = format!("tests/it/action_examples/{}.yaml", id.replace(':', "."));
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

pub(crate) fn trials_of(definition: &Definition) -> Vec<Trial> {
    let file = file_of(&definition.id);
    let text = std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}; write what its examples do there", file.display()));
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn pairs(files: &Files) -> Vec<(&str, &str)> {
    files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect()
}

impl Trial {
    /// Runs the steps; what differs from the expectation is an error.
    async fn run(&self, example: &Example, dry_run: bool) -> Result<(), String> {
        let mut bench = Bench::new().await;
        self.prepare(&mut bench, dry_run).await;
        let double = BackstageDouble::start().await;
        if self.backstage {
            let settings = Settings { dry_run_reads: true, ..double.settings() };
            bench.capabilities.backstage = Backstage::from_settings(&settings).unwrap();
        }
        let humanitec = HumanitecDouble::start().await;
        if self.humanitec {
            bench.capabilities.humanitec = Humanitec::from_settings(&humanitec.settings()).unwrap();
        }
        let expect = self.dry_run.as_ref().filter(|_| dry_run).unwrap_or(&self.expect);
        let example: Steps = serde_yaml::from_str(example.example).map_err(|error| error.to_string())?;
        let steps: Vec<Step> = self.before.iter().cloned().chain(example.steps).collect();
        let renderer = ValueRenderer::new(&["github.com".to_owned()], ValueMode::Current);
        let mut outputs = Map::new();
        for step in &steps {
            let input = renderer.render(&step.input, &self.scope(&outputs), "input");
            if let Some(problem) = input.problems.first() {
                return Err(format!("step `{}`: `{}`: {}", step.id, problem.source, problem.message));
            }
            let cancelled = bench.cancelled.clone();
            let done = bench.named_step(&step.id, &step.action, input.value);
            if expect.waits && !dry_run {
                let (done, ()) = tokio::join!(done, async move { cancelled.cancel() });
                assert!(matches!(done, Err(ActionError::Cancelled)), "step `{}`: {done:?}", step.id);
            } else {
                done.await.map_err(|error| format!("step `{}`: {error}", step.id))?;
            }
            outputs.insert(step.id.clone(), json!({ "output": bench.outputs }));
        }
        let requests = [double.lines(), humanitec.lines()].concat();
        if requests != expect.requests {
            return Err(format!("expected the requests {:?}, got {requests:?}", expect.requests));
        }
        expect.compare(&mut bench).await
    }

    async fn prepare(&self, bench: &mut Bench, dry_run: bool) {
        bench.workspace = tree(&pairs(&self.files));
        let held = bench.capabilities.sources.hold(tree(&pairs(&self.template)), "template.yaml");
        bench.run.template.pin = Some(held.pin().clone());
        bench.held = Some(held);
        bench.run.parameters = Value::Object(self.parameters.clone());
        bench.run.dry_run = dry_run;
        for (name, files) in &self.repositories {
            bench.repository(name, &pairs(files)).await;
        }
        let entities: Vec<StoredEntity> = self.entities.iter().map(stored).collect();
        if !entities.is_empty() {
            bench.capabilities.entities.register(LOCATION, "somebody", &entities).await.unwrap();
        }
    }

    fn scope(&self, outputs: &Map<String, Value>) -> Context {
        let secrets = self.secrets.iter().map(|(name, value)| {
            let text = value.as_str().unwrap_or_default();
            (name.as_str(), NValue::from(Text::secret(text)))
        });
        Context::new()
            .with("parameters", NValue::from(&Value::Object(self.parameters.clone())))
            .with("steps", NValue::from(&Value::Object(outputs.clone())))
            .with("secrets", NValue::object(secrets))
    }
}

impl Expect {
    async fn compare(&self, bench: &mut Bench) -> Result<(), String> {
        if let Some(files) = &self.files {
            same_files("workspace", files, &bench.workspace)?;
        }
        if let Some(output) = &self.output {
            let got = Value::Object(bench.outputs.clone());
            if !fits(output, &got) {
                return Err(format!("output: expected {output}, got {got}"));
            }
        }
        let log = bench.log();
        if let Some(missing) = self.log.iter().find(|part| !log.contains(part.as_str())) {
            return Err(format!("log: expected `{missing}` in\n{log}"));
        }
        for (name, files) in &self.repositories {
            same_files(name, files, &bench.pushed(name).await)?;
        }
        for (name, wanted) in &self.beside {
            let got = Value::Object(bench.forge.settings(&slug(name)).await.unwrap());
            if !holds(wanted, &got) {
                return Err(format!("beside `{name}`: expected {wanted} in {got:#}"));
            }
        }
        for reference in &self.entities {
            let found = bench.capabilities.entities.get(reference).await.unwrap();
            if found.is_none() {
                return Err(format!("catalog: there is no `{reference}`"));
            }
        }
        Ok(())
    }

    fn says_something(&self) -> bool {
        let Self { files, output, log, repositories, beside, entities, requests, waits } = self;
        files.is_some()
            || output.is_some()
            || *waits
            || !(log.is_empty() && repositories.is_empty() && beside.is_empty())
            || !(entities.is_empty() && requests.is_empty())
    }
}

pub(crate) fn stored(entity: &Value) -> StoredEntity {
    let part = |pointer: &str| entity.pointer(pointer).and_then(Value::as_str).map(str::to_lowercase);
    let namespace = part("/metadata/namespace").unwrap_or_else(|| "default".to_owned());
    let (kind, name) = (part("/kind").unwrap(), part("/metadata/name").unwrap());
    let entity_ref = format!("{kind}:{namespace}/{name}");
    StoredEntity { entity_ref, entity: entity.clone(), location: LOCATION.to_owned() }
}

fn same_files(what: &str, wanted: &BTreeMap<String, Option<String>>, found: &FileTree) -> Result<(), String> {
    let names: Vec<&str> =
        found.iter().filter(|(_, entry)| **entry != Entry::Dir).map(|(path, _)| path.as_str()).collect();
    let wanted_names: Vec<&str> = wanted.keys().map(String::as_str).collect();
    if names != wanted_names {
        return Err(format!("{what}: expected the files {wanted_names:?}, got {names:?}"));
    }
    for (path, entry) in found.iter() {
        if let (Entry::File(file), Some(Some(text))) = (entry, wanted.get(path.as_str()))
            && file.text() != Some(text)
        {
            return Err(format!("{what}: expected in `{path}`\n{text:?}, got\n{:?}", file.text()));
        }
    }
    Ok(())
}

/// Whether `got` is what was wanted, `<any>` standing for any text.
fn fits(wanted: &Value, got: &Value) -> bool {
    match (wanted, got) {
        (Value::String(any), Value::String(text)) if any == "<any>" => !text.is_empty(),
        (Value::Object(wanted), Value::Object(got)) => {
            wanted.len() == got.len()
                && wanted.iter().all(|(key, value)| got.get(key).is_some_and(|got| fits(value, got)))
        }
        (Value::Array(wanted), Value::Array(got)) => {
            wanted.len() == got.len() && wanted.iter().zip(got).all(|(wanted, got)| fits(wanted, got))
        }
        _ => wanted == got,
    }
}

/// Whether `got` holds what was wanted; objects may have further members.
fn holds(wanted: &Value, got: &Value) -> bool {
    match (wanted, got) {
        (Value::Object(wanted), Value::Object(got)) => {
            wanted.iter().all(|(key, value)| got.get(key).is_some_and(|got| holds(value, got)))
        }
        (Value::Array(wanted), Value::Array(got)) => {
            wanted.len() == got.len() && wanted.iter().zip(got).all(|(wanted, got)| holds(wanted, got))
        }
        _ => fits(wanted, got),
    }
}

#[test]
fn every_example_has_one_trial_that_expects_something() {
    for definition in Registry::standard().definitions() {
        let trials = trials_of(definition);

        let examples: BTreeSet<&str> = definition.examples.iter().map(|one| one.description).collect();
        let tried: BTreeSet<&str> = trials.iter().map(|trial| trial.example.as_str()).collect();
        assert_eq!(tried, examples, "{}", definition.id);
        assert_eq!(trials.len(), definition.examples.len(), "{}", definition.id);
        for trial in &trials {
            for expect in std::iter::once(&trial.expect).chain(&trial.dry_run) {
                assert!(expect.says_something(), "{}: {}", definition.id, trial.example);
            }
        }
    }
}

#[test]
fn no_trial_is_left_over_from_an_action_that_is_gone() {
    let registry = Registry::standard();
    let wanted: BTreeSet<PathBuf> =
        registry.definitions().map(|definition| file_of(&definition.id)).collect();

    for entry in std::fs::read_dir(file_of("x").parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        assert!(wanted.contains(&path), "{}", path.display());
    }
}

#[tokio::test]
async fn every_example_does_what_is_expected_of_it() {
    let registry = Registry::standard();
    let mut faults = Vec::new();
    for definition in registry.definitions() {
        for trial in trials_of(definition) {
            let example = definition.examples.iter().find(|one| one.description == trial.example).unwrap();
            let runs: &[bool] = if definition.supports_dry_run { &[false, true] } else { &[false] };
            for dry_run in runs {
                if let Err(fault) = trial.run(example, *dry_run).await {
                    let how = if *dry_run { " (dry run)" } else { "" };
                    faults.push(format!("{}: {}{how}: {fault}", definition.id, trial.example));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}
