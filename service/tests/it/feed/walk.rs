//! Any walk of changes and pages ends with what is there.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use stagecraft::db::Engine;
use stagecraft::entities::{LibrarySource, Publisher};

use super::reader::Reader;
use super::{component, owners, stored};
use crate::support::app::TestApp;

const LOCATIONS: usize = 3;
const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    /// A task registers these at a location.
    Register { location: usize, names: Vec<usize>, owner: u8 },
    /// The library has these now.
    Publish { names: Vec<usize>, owner: u8 },
    /// A reader reads one page.
    Page { reader: usize, limit: u32 },
    /// A reader forgets everything and begins anew.
    Anew { reader: usize },
    /// Removals are dropped.
    Forget,
}

fn step() -> impl Strategy<Value = Step> {
    let names = || proptest::collection::vec(0..NAMES.len(), 0..4);
    prop_oneof![
        3 => (0..LOCATIONS, names(), 0..4_u8).prop_map(|(location, names, owner)| Step::Register { location, names, owner }),
        1 => (names(), 0..4_u8).prop_map(|(names, owner)| Step::Publish { names, owner }),
        5 => (0..2_usize, 1..4_u32).prop_map(|(reader, limit)| Step::Page { reader, limit }),
        1 => (0..2_usize).prop_map(|reader| Step::Anew { reader }),
        1 => Just(Step::Forget),
    ]
}

fn location(number: usize) -> String {
    format!("url:https://github.com/acme/r{number}/blob/main/catalog-info.yaml")
}

/// What the feed has to offer, kept beside it.
#[derive(Default)]
struct Model {
    stored: BTreeMap<String, (usize, String)>,
    library: BTreeMap<String, String>,
}

impl Model {
    fn register(&mut self, at: usize, names: &[usize], owner: u8) {
        let reference = |name: &usize| format!("component:default/{}", NAMES[*name]);
        let holder = |name: &usize| self.stored.get(&reference(name)).map(|(at, _)| *at);
        // An entity of another location is not taken over, and then nothing is done.
        if names.iter().any(|name| holder(name).is_some_and(|other| other != at)) {
            return;
        }
        self.stored.retain(|_, (other, _)| *other != at);
        self.stored.extend(names.iter().map(|name| (reference(name), (at, owner.to_string()))));
    }

    fn offered(&self) -> BTreeMap<String, String> {
        let stored = self.stored.iter().map(|(reference, (_, owner))| (reference.clone(), owner.clone()));
        stored.chain(self.library.clone()).collect()
    }
}

/// Entities of any kind do where templates go: what counts here is that they come from somewhere else.
fn library(names: &[usize], owner: u8) -> Vec<LibrarySource> {
    let templates = names.iter().map(|name| {
        let name = NAMES[*name];
        (format!("component:default/{name}"), component(name, &owner.to_string()))
    });
    vec![LibrarySource {
        source: "s".to_owned(),
        templates: templates.collect(),
        broken: Vec::new(),
        whole: true,
    }]
}

async fn walked(app: &TestApp, publisher: &Publisher, steps: &[Step]) -> Result<(), TestCaseError> {
    for number in 0..LOCATIONS {
        app.app.entities.register(&location(number), "task", &[]).await.unwrap();
    }
    publisher.publish(&[]).await.unwrap();
    let mut readers = [Reader::new(app), Reader::new(app)];
    let mut model = Model::default();
    for step in steps {
        match step {
            Step::Register { location: at, names, owner } => {
                let place = location(*at);
                let mut names = names.clone();
                names.sort_unstable();
                names.dedup();
                let entities: Vec<_> =
                    names.iter().map(|name| stored(NAMES[*name], &place, &owner.to_string())).collect();
                let done = app.app.entities.register(&place, "task", &entities).await;
                let before = model.stored.clone();
                model.register(*at, &names, *owner);
                prop_assert!(done.is_ok() || before == model.stored);
            }
            Step::Publish { names, owner } => {
                publisher.publish(&library(names, *owner)).await.unwrap();
                model.library = names
                    .iter()
                    .map(|name| (format!("component:default/{}", NAMES[*name]), owner.to_string()))
                    .collect();
            }
            Step::Page { reader, limit } => drop(readers[*reader].page(*limit).await),
            Step::Anew { reader } => readers[*reader] = Reader::new(app),
            Step::Forget => {
                app.app.catalog.feed().forget_removals(std::time::Duration::ZERO).await.unwrap();
            }
        }
    }
    for reader in &mut readers {
        // One reading may end with everything as it was when it began; the next has the rest.
        reader.read(2).await;
        reader.read(2).await;
        prop_assert_eq!(owners(reader), model.offered());
    }
    Ok(())
}

/// Every walk begins where the one before ended, with everything removed.
fn any_walk_ends_with_what_is_there(engine: Engine, cases: u32) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let app = runtime.block_on(TestApp::on(engine, &[]));
    let publisher = Publisher::new(app.app.db.clone());
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let steps = proptest::collection::vec(step(), 1..50);

    let walked =
        TestRunner::new(config).run(&steps, |steps| runtime.block_on(walked(&app, &publisher, &steps)));

    walked.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn any_walk_ends_with_what_is_there_on_sqlite() {
    any_walk_ends_with_what_is_there(Engine::Sqlite, 100);
}

#[test]
fn any_walk_ends_with_what_is_there_on_postgres() {
    any_walk_ends_with_what_is_there(Engine::Postgres, 25);
}

/// Writers that do not wait for one another, and readers that look all the time.
async fn readers_beside_writers_lose_nothing(engine: Engine) {
    let app = TestApp::on(engine, &[]).await;
    let done = tokio_util::sync::CancellationToken::new();
    let readers: Vec<_> = (0..3_u32)
        .map(|number| {
            let (mut reader, done) = (Reader::new(&app), done.clone());
            tokio::spawn(async move {
                while !done.is_cancelled() {
                    reader.page(1 + number * 3).await;
                }
                reader.read(100).await;
                reader.read(100).await;
                reader
            })
        })
        .collect();
    let writers: Vec<_> = (0..4_usize)
        .map(|writer| {
            let entities = app.app.entities.clone();
            tokio::spawn(async move {
                let place = location(writer);
                for round in 0..15_usize {
                    let names = (0..6).filter(|name| (round + name) % 3 > 0);
                    let all: Vec<_> = names
                        .map(|name| stored(&format!("w{writer}-{name}"), &place, &round.to_string()))
                        .collect();
                    entities.register(&place, "task", &all).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    done.cancel();

    let there: BTreeMap<String, String> = app
        .app
        .entities
        .list()
        .await
        .unwrap()
        .into_iter()
        .map(|one| (one.entity_ref, one.entity["spec"]["owner"].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(there.len(), 16);
    for reader in readers {
        assert_eq!(owners(&reader.await.unwrap()), there);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_beside_writers_lose_nothing_on_sqlite() {
    readers_beside_writers_lose_nothing(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_beside_writers_lose_nothing_on_postgres() {
    readers_beside_writers_lose_nothing(Engine::Postgres).await;
}
